//! What is asked, and what comes of each kind of answer.

use std::time::Duration;

use serde_json::json;
use tokio::net::TcpListener;

use super::server::Server;
use super::{matrix, minutes, options, prometheus, series, subject};
use crate::prometheus::Standard;
use crate::{Kind, Metrics as _, Prometheus, Version};

#[tokio::test]
async fn exactly_the_host_and_its_callers_are_asked_about_in_windows() {
    let server = Server::new("200 OK", "", matrix(&[]).to_string()).await;
    let readings = prometheus(&server.url, Standard::Istio).range(&subject(), minutes(20)).await;
    let selector = r#"istio_requests_total{reporter="source",destination_service="reviews.bookinfo.svc.cluster.local",source_workload_namespace="bookinfo",source_app="productpage"}"#;
    let expected = [format!("{selector}[900000ms]"), format!("{selector}[600000ms]")];
    assert_eq!(server.queries(), expected);
    let readings = readings.unwrap();
    assert!(readings.is_empty() && readings.notes[0].contains(selector), "{:?}", readings.notes);
    assert!(readings.iter().all(|reading| reading.candidate.is_none() && reading.stable.is_none()));
}

#[tokio::test]
async fn a_path_before_the_api_and_a_token_are_sent() {
    let server = Server::new("200 OK", "", matrix(&[]).to_string()).await;
    let file = std::env::temp_dir().join(format!("serin-metrics-token-{}", std::process::id()));
    std::fs::write(&file, "hush\n").unwrap();
    let options = crate::prometheus::Options {
        token: Some(file.clone()),
        ..options(&server.url, Standard::Istio)
    };
    let asked = Prometheus::new(options.clone()).unwrap();
    asked.range(&subject(), minutes(0)).await.unwrap();
    assert!(server.heads()[0].contains("authorization: Bearer hush\r\n"), "{:?}", server.heads());
    std::fs::remove_file(&file).unwrap();
    let error = asked.range(&subject(), minutes(0)).await.unwrap_err();
    assert_eq!(error.kind, Kind::Unaskable, "{error}");
    let plain = crate::prometheus::Options {
        url: "http://prometheus.example.com".parse().unwrap(),
        ..options
    };
    let error = Prometheus::new(plain).unwrap_err();
    assert!(error.text.contains("not sent without encryption"), "{error}");
}

#[tokio::test]
async fn each_answer_that_is_none_says_what_it_is() {
    let own = r#"{"status":"error","errorType":"bad_data","error":"parse error: unexpected end"}"#;
    for (status, headers, body, kind, part) in [
        (
            "401 Unauthorized",
            "",
            "who are you?",
            Kind::Denied,
            "answers 401 Unauthorized: who are you?",
        ),
        ("403 Forbidden", "", "", Kind::Denied, "answers 403 Forbidden"),
        (
            "302 Found",
            "location: http://u:hush@login.example.com/a?token=hush\r\n",
            "",
            Kind::Wrong,
            "to `login.example.com/a`",
        ),
        ("400 Bad Request", "", own, Kind::Refused, "400 Bad Request: parse error: unexpected end"),
        (
            "503 Service Unavailable",
            "",
            "<html>\n  busy",
            Kind::Away,
            "503 Service Unavailable: <html> busy",
        ),
        (
            "404 Not Found",
            "",
            "404 page not found",
            Kind::Wrong,
            "404 Not Found: 404 page not found",
        ),
        ("200 OK", "", "<html>hello</html>", Kind::Wrong, "does not answer as Prometheus does"),
        ("200 OK", "", "{}", Kind::Wrong, "missing field `status`"),
        ("200 OK", "", own, Kind::Wrong, "parse error: unexpected end"),
        (
            "200 OK",
            "",
            r#"{"status":"success","data":{"resultType":"vector","result":[]}}"#,
            Kind::Wrong,
            "expected a `matrix`, found a `vector`",
        ),
    ] {
        let server = Server::new(status, headers, body.to_owned()).await;
        let asked = prometheus(&server.url, Standard::Istio);
        let error = asked.range(&subject(), minutes(1)).await.unwrap_err();
        assert_eq!(error.kind, kind, "{error}");
        assert!(error.text.contains(part) && error.text.contains(&server.url), "{error}");
        assert!(!error.text.contains("hush"), "{error}");
    }
}

#[tokio::test]
async fn a_server_that_is_away_or_silent_is_not_waited_for() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let slow = crate::prometheus::Options {
        limit: Duration::from_millis(100),
        ..options(&url, Standard::Istio)
    };
    let error = Prometheus::new(slow).unwrap().range(&subject(), minutes(1)).await.unwrap_err();
    assert!(error.kind == Kind::Away && error.text.contains("no answer within 0.1 s"), "{error}");
    drop(listener);
    let error = prometheus(&url, Standard::Istio).range(&subject(), minutes(1)).await.unwrap_err();
    assert!(error.kind == Kind::Away && error.text.contains("refused"), "{error}");
}

#[tokio::test]
async fn an_answer_that_is_too_large_is_asked_for_in_parts() {
    let large = matrix(&[series(&json!({ "large": "x".repeat(4096) }), &[(0, 1)])]);
    let server = Server::new("200 OK", "", large.to_string()).await;
    let asked = prometheus(&server.url, Standard::Istio).bounded(1024);
    let error = asked.range(&subject(), minutes(20)).await.unwrap_err();
    assert_eq!(error.kind, Kind::TooLarge, "{error}");
    let windows: Vec<String> =
        server.queries().iter().map(|query| query.split('[').nth(1).unwrap().to_owned()).collect();
    assert_eq!(windows, ["900000ms]", "450000ms]", "225000ms]", "112500ms]", "60000ms]"]);
}

#[tokio::test]
async fn subsets_that_no_label_tells_apart_are_refused() {
    let unlabelled = |name: &str| Version { name: name.to_owned(), ..Version::default() };
    let mut subject = subject();
    (subject.candidate, subject.stable) = (unlabelled("v2"), unlabelled("v1"));
    let server = Server::new("200 OK", "", matrix(&[]).to_string()).await;
    let asked = prometheus(&server.url, Standard::Istio);
    let error = asked.range(&subject, minutes(1)).await.unwrap_err();
    assert_eq!((error.kind, server.heads().len()), (Kind::Unaskable, 0), "{error}");
    // By their Deployments they are.
    subject.candidate.workload = Some("reviews-v2".to_owned());
    subject.stable.workload = Some("reviews-v1".to_owned());
    assert!(asked.range(&subject, minutes(1)).await.is_ok());
}

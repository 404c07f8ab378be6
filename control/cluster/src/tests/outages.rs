//! Requests are made again while no answer comes: how often, how long, and what the user is told.

use std::time::Duration;

use rollout::drive::cluster::{ApplyOptions, Cluster, Error, Notice, Resource};
use serde_json::{Value, json};

use tokio::net::TcpListener;

use super::server::{Server, json as answer, text, with};
use super::{Test, failure, filter};

const MINUTE: Duration = Duration::from_mins(1);

fn starting() -> Vec<u8> {
    answer(503, &failure(503, "ServiceUnavailable", "starting up", &json!({})))
}

fn retries(told: &[Notice]) -> Vec<u128> {
    let after = told.iter().filter_map(|notice| match notice {
        Notice::Retrying { after, .. } => Some(after.as_millis()),
        _ => None,
    });
    after.collect()
}

#[tokio::test]
async fn a_request_is_made_again_until_it_is_answered_and_the_user_is_told() {
    let there = answer(200, filter().value());
    let server = Server::new(vec![starting(), Vec::new(), starting(), there]).await;
    let test = Test::new(&server.url, MINUTE, None);
    let how = ApplyOptions::default();
    let applied = test.client.apply(&Resource::ENVOY_FILTER, &filter(), how).await;
    assert_eq!(applied, Ok(filter()));
    let asked = server.asked();
    assert_eq!(asked.len(), 4);
    assert!(asked.iter().all(|again| again.body == asked[0].body && again.query == asked[0].query));
    let told = test.told();
    assert_eq!(retries(&told), [200, 400, 800]);
    assert_eq!(told.last(), Some(&Notice::Answered));
    assert_eq!(
        test.clock.pauses().iter().map(Duration::as_millis).collect::<Vec<_>>(),
        [200, 400, 800]
    );
}

#[tokio::test]
async fn patience_ends_it_and_pauses_grow_no_longer_than_five_seconds() {
    let server = Server::new(vec![starting()]).await;
    let test = Test::new(&server.url, MINUTE, None);
    let error = test.client.get(&Resource::POD, None, "a").await.unwrap_err();
    assert_eq!(error.to_string(), "the API server is unavailable: starting up");
    let pauses = test.clock.pauses();
    assert_eq!(pauses.iter().max(), Some(&Duration::from_secs(5)));
    let all: Duration = pauses.iter().sum();
    assert!(all < MINUTE && all + Duration::from_secs(6) > MINUTE, "{all:?}");
}

/// The way back must not wait for a webhook.
#[tokio::test]
async fn a_webhook_is_not_waited_for_as_the_api_server_is() {
    let down = "Internal error occurred: failed calling webhook \"releases.example.com\": refused";
    let down = answer(500, &failure(500, "InternalError", down, &json!({})));
    let server = Server::new(vec![down]).await;
    let test = Test::new(&server.url, MINUTE, None);
    let how = ApplyOptions::default();
    let error = test.client.apply(&Resource::ENVOY_FILTER, &filter(), how).await.unwrap_err();
    assert!(matches!(error, Error::WebhookDown { .. }), "{error:?}");
    assert!(error.help().is_some_and(|help| !help.contains("istio")), "{error:?}");
    let all: Duration = test.clock.pauses().iter().sum();
    assert!((Duration::from_secs(2)..=Duration::from_secs(5)).contains(&all), "{all:?}");
}

#[tokio::test]
async fn what_does_not_pass_is_asked_once() {
    for reply in [
        answer(422, &failure(422, "Invalid", "it is invalid", &json!({}))),
        answer(403, &failure(403, "Forbidden", "no", &json!({}))),
        answer(409, &failure(409, "Conflict", "the object has been modified", &json!({}))),
        text(200, "text/html", "<html>"),
    ] {
        let server = Server::new(vec![reply]).await;
        let test = Test::new(&server.url, MINUTE, None);
        let how = ApplyOptions::default();
        assert!(test.client.apply(&Resource::ENVOY_FILTER, &filter(), how).await.is_err());
        assert_eq!((server.asked().len(), test.told()), (1, vec![]));
    }
}

/// A page in the place of an API server that has answered before is a proxy that stands in for it while it is away.
#[tokio::test]
async fn a_page_after_the_first_contact_is_waited_out() {
    let page = || text(502, "text/html", "<html><title>Bad Gateway</title></html>");
    let there = answer(200, filter().value());
    let server = Server::new(vec![there.clone(), page(), page(), there]).await;
    let test = Test::new(&server.url, MINUTE, None);
    let get = async || test.client.get(&Resource::ENVOY_FILTER, Some("shop"), "serin.shop.a").await;
    assert!(get().await.unwrap().is_some());
    assert!(get().await.unwrap().is_some());
    assert_eq!((server.asked().len(), retries(&test.told())), (4, vec![200, 400]));
}

/// What is asked later in an outage has no time of its own: `--timeout` bounds all of it.
#[tokio::test]
async fn an_outage_is_waited_for_once_whatever_is_asked() {
    let there = answer(200, filter().value());
    let server = Server::new(vec![there, starting()]).await;
    let test = Test::new(&server.url, Duration::from_secs(5), Some(Duration::from_secs(4)));
    let get = async || test.client.get(&Resource::ENVOY_FILTER, Some("shop"), "serin.shop.a").await;
    assert!(get().await.unwrap().is_some());
    assert!(get().await.is_err());
    let waited: Duration = test.clock.pauses().iter().sum();
    assert!(waited < Duration::from_secs(5), "{waited:?}");
    let asked = server.asked().len();
    for _ in 0..3 {
        test.client.clock.sleep(Duration::from_secs(2)).await;
        assert!(get().await.is_err());
    }
    assert_eq!(server.asked().len(), asked + 3);
}

fn busy(seconds: &str) -> Vec<u8> {
    let body = "Too many requests, please try again later.";
    let headers = format!("retry-after: {seconds}\r\ncontent-length: {}\r\n", body.len());
    with(429, &headers, body)
}

#[tokio::test]
async fn a_server_that_says_when_to_ask_again_is_asked_then() {
    let there = answer(200, filter().value());
    let server = Server::new(vec![busy("7"), busy("0"), busy("soon"), there]).await;
    for contact in [None, Some(Duration::from_secs(4))] {
        let test = Test::new(&server.url, MINUTE, contact);
        let get = test.client.get(&Resource::ENVOY_FILTER, Some("shop"), "serin.shop.a").await;
        assert!(get.unwrap().is_some());
        if contact.is_none() {
            assert_eq!(retries(&test.told()), [7000, 400, 800]);
        }
    }
    // It asks for more than there is time for.
    let server = Server::new(vec![busy("300")]).await;
    let test = Test::new(&server.url, MINUTE, None);
    let error = test.client.get(&Resource::POD, None, "a").await.unwrap_err();
    assert_eq!((server.asked().len(), test.clock.pauses()), (1, vec![]));
    assert_eq!(error.help().as_deref(), Some("try again in 300 s: the server asks for that"));
}

/// A port where something listens that speaks no TLS, and waits for the end of a line.
#[tokio::test]
async fn a_silent_port_is_told_from_a_server_that_is_away() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    for (scheme, help) in [("https", "it may not speak TLS"), ("http", "it may expect TLS")] {
        let url = format!("{scheme}://{address}");
        let test = Test::new(&url, MINUTE, Some(Duration::from_secs(1)));
        let error = test.client.get(&Resource::POD, None, "a").await.unwrap_err();
        assert!(matches!(error, Error::Unreachable { .. }), "{error:?}");
        let expected = format!(
            "the server at {url} (context `shop`) accepts connections and then does not answer: no answer within 1 s"
        );
        assert_eq!(error.to_string(), expected);
        assert!(error.help().unwrap().starts_with(help), "{error:?}");
    }
}

/// Where nothing ever answered the address may be wrong: a person waits to be told.
#[tokio::test]
async fn the_first_contact_is_given_up_soon_and_in_silence() {
    let server = Server::new(vec![Vec::new()]).await;
    let test = Test::new(&server.url, MINUTE, Some(Duration::from_secs(4)));
    let error = test.client.get(&Resource::POD, None, "a").await.unwrap_err();
    assert!(matches!(error, Error::Unreachable { .. }), "{error:?}");
    assert!(
        error.help().unwrap().contains("`--request-timeout 30s` waits longer"),
        "{:?}",
        error.help()
    );
    let all: Duration = test.clock.pauses().iter().sum();
    assert!(all < Duration::from_secs(1), "{all:?}");
    assert_eq!(test.told(), []);
    // A second request has no time of its own.
    let asked = server.asked().len();
    assert!(test.client.get(&Resource::POD, None, "a").await.is_err());
    assert!(server.asked().len() <= asked + 2);
}

/// The answer to the first request was lost: the second is told that the object has changed, by the first.
#[tokio::test]
async fn a_status_whose_answer_was_lost_is_known_again() {
    let status = json!({ "phase": "Idle" });
    let release = |version: &str, status: &Value| {
        json!({
            "apiVersion": "serin.dev/v1alpha1", "kind": "Release",
            "metadata": { "namespace": "shop", "name": "reviews", "uid": "u-1", "resourceVersion": version },
            "status": status,
        })
    };
    let conflict = || {
        answer(
            409,
            &failure(
                409,
                "Conflict",
                "the object has been modified",
                &json!({ "name": "reviews" }),
            ),
        )
    };
    let seen = rollout::drive::cluster::Object::from(release("7", &Value::Null));
    for (now, is_ours) in [(&status, true), (&json!({ "phase": "Paused" }), false)] {
        let server =
            Server::new(vec![Vec::new(), conflict(), answer(200, &release("8", now))]).await;
        let test = Test::new(&server.url, MINUTE, None);
        let cluster: &dyn Cluster = &test.client;
        let written = cluster.write_status(&seen, &status).await;
        let lines: Vec<String> = server.asked().iter().map(super::server::Asked::line).collect();
        let path = "/apis/serin.dev/v1alpha1/namespaces/shop/releases/reviews";
        assert_eq!(
            lines,
            [format!("PUT {path}/status"), format!("PUT {path}/status"), format!("GET {path}")]
        );
        if is_ours {
            assert_eq!(written.unwrap().resource_version(), "8");
        } else {
            assert_eq!(written, Err(Error::Conflict { object: "Release shop/reviews".to_owned() }));
        }
    }
}

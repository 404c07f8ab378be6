//! A receiver that listens: it takes, refuses, is slow, breaks off, or is not there.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::*;

/// What the receiver does with a request.
#[derive(Clone, Copy, Debug)]
enum Act {
    Answer(&'static str),
    /// It ends the connection in the middle of the request.
    BreakOff,
    /// It says nothing.
    Hang,
}

/// What was posted: head and body.
type Posted = Arc<Mutex<Vec<(String, Vec<u8>)>>>;

/// A receiver that does these, one after the other, and the last again and again.
async fn receiver(acts: &'static [Act]) -> (Uri, Posted) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let uri = format!("http://{}/serin", listener.local_addr().unwrap()).parse().unwrap();
    let posted = Posted::default();
    let seen = Arc::clone(&posted);
    tokio::spawn(async move {
        let mut acts = acts.iter().chain(acts.last().into_iter().cycle());
        while let Ok((stream, _)) = listener.accept().await {
            let act = *acts.next().unwrap();
            let seen = Arc::clone(&seen);
            tokio::spawn(async move { serve(stream, act, seen).await });
        }
    });
    (uri, posted)
}

async fn serve(mut stream: TcpStream, act: Act, seen: Posted) {
    let mut bytes = Vec::new();
    if matches!(act, Act::BreakOff) {
        let mut some = [0; 16];
        let _ = stream.read(&mut some).await;
        return;
    }
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|part| part == b"\r\n\r\n") {
            break end + 4;
        }
        if stream.read_buf(&mut bytes).await.unwrap_or(0) == 0 {
            return;
        }
    };
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    let length: usize = length.unwrap().parse().unwrap();
    while bytes.len() < end + length {
        stream.read_buf(&mut bytes).await.unwrap();
    }
    seen.lock().unwrap().push((head, bytes[end..].to_vec()));
    match act {
        Act::Answer(answer) => {
            let answer =
                format!("HTTP/1.1 {answer}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
            let _ = stream.write_all(answer.as_bytes()).await;
        }
        Act::Hang => std::future::pending().await,
        Act::BreakOff => {}
    }
}

fn notification() -> Notification {
    Notification {
        id: "0a1b".to_owned(),
        what: "approved".to_owned(),
        time: "2026-11-30T10:00:00Z".to_owned(),
        namespace: "shop".to_owned(),
        name: "frontend".to_owned(),
        text: "anna approved it".to_owned(),
        data: json!({ "by": "anna" }),
    }
}

fn secret() -> Secret {
    Secret::read("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap()
}

fn webhook(uri: Uri) -> Webhook {
    Webhook::new(uri, Format::CloudEvents, Some(secret()), None).unwrap()
}

#[tokio::test]
async fn a_receiver_knows_who_it_is_from() {
    let (uri, posted) = receiver(&[Act::Answer("204 No Content")]).await;
    assert_eq!(webhook(uri).tell(&notification()).await, Outcome::Taken);
    let (head, body) = posted.lock().unwrap()[0].clone();
    let header = |name: &str| {
        let line = head.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")));
        line.unwrap_or_else(|| panic!("no {name}: {head}")).to_owned()
    };
    assert!(head.starts_with("POST /serin HTTP/1.1"), "{head}");
    assert_eq!(header("content-type"), "application/cloudevents+json; charset=utf-8");
    assert_eq!(header("webhook-id"), "0a1b");
    let seconds = header("webhook-timestamp").parse().unwrap();
    assert_eq!(header("webhook-signature"), secret().sign("0a1b", seconds, &body));
    let body: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(body["type"], "dev.serin.rollout.approved");
}

#[tokio::test]
async fn a_receiver_that_fails_is_told_again_later() {
    let (uri, posted) = receiver(&[
        Act::Answer("500 Internal Server Error"),
        Act::Answer("429 Too Many Requests\r\nretry-after: 7"),
        Act::Answer("302 Found\r\nlocation: /elsewhere"),
        Act::Answer("400 Bad Request"),
        Act::BreakOff,
        Act::Answer("200 OK"),
    ])
    .await;
    let webhook = webhook(uri);
    let down = |why: &str, asked| Outcome::Down(format!("it answers {why}"), asked);
    for expected in [
        down("500 Internal Server Error", None),
        down("429 Too Many Requests", Some(Duration::from_secs(7))),
        down("302 Found", None),
        Outcome::Refused("it answers 400 Bad Request".to_owned()),
    ] {
        assert_eq!(webhook.tell(&notification()).await, expected);
    }
    assert!(matches!(webhook.tell(&notification()).await, Outcome::Down(_, None)));
    assert_eq!(webhook.tell(&notification()).await, Outcome::Taken);
    let bodies: Vec<Vec<u8>> =
        posted.lock().unwrap().iter().map(|(_, body)| body.clone()).collect();
    assert!(bodies.iter().all(|body| *body == bodies[0]), "a repeat is the same");
}

#[tokio::test]
async fn a_receiver_that_hangs_or_is_not_there_holds_nothing_up() {
    let (uri, _) = receiver(&[Act::Hang]).await;
    let mut slow = webhook(uri);
    slow.limit = Duration::from_millis(100);
    let told = slow.tell(&notification()).await;
    assert_eq!(told, Outcome::Down("no answer within 0 s".to_owned(), None));
    let nowhere = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let away = webhook(format!("http://{nowhere}/").parse().unwrap());
    let Outcome::Down(why, None) = away.tell(&notification()).await else { panic!("it is there") };
    assert!(why.contains("refused"), "{why}");
}

#[test]
fn a_receiver_says_when_in_seconds_or_by_a_date() {
    let now: Timestamp = "2026-11-30T10:00:00Z".parse().unwrap();
    for (value, expected) in [
        ("120", Some(120)),
        ("Mon, 30 Nov 2026 10:01:00 GMT", Some(60)),
        ("Mon, 30 Nov 2026 09:00:00 GMT", Some(0)),
        ("soon", None),
    ] {
        assert_eq!(retry_after(value, now), expected.map(Duration::from_secs), "{value}");
    }
}

#[test]
fn neither_the_url_nor_the_secret_is_shown() {
    let url = "https://hooks.slack.com/services/T0/B0/secret".parse().unwrap();
    let roots = std::env::temp_dir().join("serin-no-such-file.pem");
    let refused = Webhook::new(url, Format::Slack, Some(secret()), Some(&roots)).unwrap_err();
    assert!(refused.contains("serin-no-such-file.pem"), "{refused}");
    let url = "http://localhost/services/secret".parse().unwrap();
    let shown = format!("{:?}", Webhook::new(url, Format::Slack, Some(secret()), None).unwrap());
    assert_eq!(shown, "Webhook { format: Slack, .. }");
}

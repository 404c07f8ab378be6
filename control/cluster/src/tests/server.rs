//! A server that answers requests as it was told to, one after the other, and remembers them.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// The server; it ends with this.
pub(super) struct Server {
    pub(super) url: String,
    asked: Arc<Mutex<Vec<Asked>>>,
    task: JoinHandle<()>,
}

/// A request.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    method: String,
    path: String,
    /// As `key=value`, in order.
    pub(super) query: Vec<String>,
    headers: BTreeMap<String, String>,
    pub(super) body: Value,
}

impl Asked {
    /// `GET /api/v1/…`, without what is asked of it.
    pub(super) fn line(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(String::as_str).unwrap_or_default()
    }
}

/// An answer in JSON, which says what it is, as all of an API server do.
pub(super) fn json(code: u16, body: &Value) -> Vec<u8> {
    let mut body = body.clone();
    if let Some(fields) = body.as_object_mut() {
        fields.entry("kind").or_insert_with(|| "Answer".into());
    }
    text(code, "application/json", &body.to_string())
}

/// An answer in whatever it is.
pub(super) fn text(code: u16, kind: &str, body: &str) -> Vec<u8> {
    with(code, &format!("content-type: {kind}\r\ncontent-length: {}\r\n", body.len()), body)
}

/// An answer with these headers.
pub(super) fn with(code: u16, headers: &str, body: &str) -> Vec<u8> {
    format!("HTTP/1.1 {code} X\r\n{headers}connection: close\r\n\r\n{body}").into_bytes()
}

impl Server {
    /// One that gives these answers; to any further request, the last one.
    pub(super) async fn new(answers: Vec<Vec<u8>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::<Mutex<Vec<Asked>>>::default();
        let kept = Arc::clone(&asked);
        let task = tokio::spawn(async move {
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                let Some(request) = read(&mut stream).await else { continue };
                let position = {
                    let mut kept = kept.lock().unwrap();
                    kept.push(request);
                    kept.len() - 1
                };
                let answer = answers.get(position).or(answers.last()).unwrap();
                stream.write_all(answer).await.unwrap();
                stream.shutdown().await.unwrap();
            }
        });
        Self { url, asked, task }
    }

    /// What was asked so far.
    pub(super) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// A request; none where the connection ends before.
pub(super) async fn read(stream: &mut TcpStream) -> Option<Asked> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|end| end == b"\r\n\r\n") {
            break end + 4;
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
    let mut lines = head.lines();
    let mut first = lines.next()?.split(' ').map(str::to_owned);
    let (method, target) = (first.next()?, first.next()?);
    let fields = lines.filter_map(|line| line.split_once(": "));
    let headers: BTreeMap<String, String> =
        fields.map(|(name, value)| (name.to_lowercase(), value.to_owned())).collect();
    let length = headers.get("content-length").map_or(0, |length| length.parse().unwrap());
    while bytes.len() < end + length {
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
    let (path, query) = target.split_once('?').unwrap_or((target.as_str(), ""));
    let mut query: Vec<String> =
        query.split('&').filter(|field| !field.is_empty()).map(str::to_owned).collect();
    query.sort_unstable();
    let body = serde_json::from_slice(&bytes[end..end + length]).unwrap_or_default();
    Some(Asked { method, path: path.to_owned(), query, headers, body })
}

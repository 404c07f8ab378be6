//! What a proxy counts (`/stats/prometheus`): asked of its pod from inside of the cluster, and through the API server
//! from outside.

use std::net::{IpAddr, SocketAddr};

use document::load::reason;
use http_body_util::{BodyExt, Empty, Limited};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper::{Request, StatusCode};
use hyper_util::rt::TokioIo;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use rollout::drive::cluster::{Error, Object, Resource};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::error::Subject;
use super::resource::encoded;
use super::{Client, TIMEOUT};

/// The port of Istio's proxies that tells what they count. No mTLS is asked for there.
const PORT: u16 = 15090;
/// The most that is read of an answer.
const MOST_BYTES: usize = 16 * 1024 * 1024;

impl Client {
    /// What the proxy of a pod counts, of the statistics whose names match the regex `filter`.
    pub(super) async fn stats_of(&self, pod: &Object, filter: &str) -> Result<String, Error> {
        let filter = utf8_percent_encode(filter, NON_ALPHANUMERIC);
        let path = format!("/stats/prometheus?usedonly&filter={filter}");
        let title = format!("{}.{}:{PORT}", pod.name(), pod.namespace());
        let unread = |what: String| Error::Unreachable {
            what: format!("{title}: {what}"),
            help: "check that its proxy is ready".to_owned(),
        };
        let asked = async {
            if self.is_inside {
                let address = pod.text("/status/podIP").parse::<IpAddr>();
                let address = address.map_err(|_| unread("it has no address".to_owned()))?;
                return read((address, PORT).into(), &path).await.map_err(unread);
            }
            let (namespace, name) = (encoded(pod.namespace()), encoded(pod.name()));
            let path = format!("/api/v1/namespaces/{namespace}/pods/{name}:{PORT}/proxy{path}");
            let request = Request::get(path).body(Vec::new());
            let request = request.map_err(|error| unread(error.to_string()))?;
            let answer = self.kube().await?.request_text(request).await;
            answer.map_err(|error| self.unread(pod, &error))
        };
        let late = || unread(format!("no answer within {} s", TIMEOUT.as_secs()));
        timeout(TIMEOUT, asked).await.unwrap_or_else(|_| Err(late()))
    }

    fn unread(&self, pod: &Object, error: &kube::Error) -> Error {
        let subject = Subject {
            verb: "get",
            resource: &Resource::POD,
            part: Some("proxy"),
            namespace: Some(pod.namespace()),
            name: Some(pod.name()),
        };
        subject.error(error, &self.contact)
    }
}

/// The text at a path.
pub(super) async fn read(address: SocketAddr, path: &str) -> Result<String, String> {
    let stream = TcpStream::connect(address).await;
    let stream = stream.map_err(|error| reason::chain(&error))?;
    let handshake = http1::handshake(TokioIo::new(stream)).await;
    let (mut sender, connection) = handshake.map_err(|error| reason::chain(&error))?;
    let driver = tokio::spawn(async { drop(connection.await) });
    let answer = async {
        let request = Request::get(path).header("host", "proxy").body(Empty::<Bytes>::new());
        let request = request.map_err(|error| error.to_string())?;
        let answer = sender.send_request(request).await.map_err(|error| reason::chain(&error))?;
        let status = answer.status();
        let body = Limited::new(answer.into_body(), MOST_BYTES).collect().await;
        let body = body.map_err(|error| reason::chain(error.as_ref()))?;
        if status != StatusCode::OK {
            return Err(format!("status {status}"));
        }
        Ok(String::from_utf8_lossy(&body.to_bytes()).into_owned())
    };
    let answer = answer.await;
    driver.abort();
    answer
}

//! The server of one pod.

use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use envoy::proxy::{Client, SERVED_BY, Server};
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::http::{HeaderValue, Request, Response, StatusCode};
use tokio::net::TcpListener;
use tokio::time::sleep;

use super::{Behaviour, Log, Seen};

/// The server of a pod; it ends, with its connections, when this is dropped.
#[derive(Debug)]
pub(super) struct Served {
    subset: String,
    _server: Server,
}

impl Served {
    pub(super) async fn start(address: SocketAddr, subset: &str, log: &Log) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let served_by = HeaderValue::from_str(subset).map_err(io::Error::other)?;
        let pod = Pod {
            subset: subset.to_owned(),
            served_by,
            log: Arc::clone(log),
            asked: Arc::default(),
        };
        let server = Server::start(listener, move |request| pod.clone().answer(request));
        Ok(Self { subset: subset.to_owned(), _server: server })
    }

    pub(super) fn subset(&self) -> &str {
        &self.subset
    }
}

#[derive(Clone)]
struct Pod {
    subset: String,
    served_by: HeaderValue,
    log: Log,
    /// How many requests were to fail now and then.
    asked: Arc<AtomicU64>,
}

impl Pod {
    async fn answer(self, request: Request<Incoming>) -> Response<Full<Bytes>> {
        let asked = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
        if asked(Behaviour::ID).is_some() {
            let seen = Seen {
                subset: self.subset.clone(),
                path: request.uri().path_and_query().map(ToString::to_string).unwrap_or_default(),
                headers: request.headers().clone(),
            };
            self.log.lock().unwrap_or_else(PoisonError::into_inner).push(seen);
        }
        if let Some(milliseconds) = asked(Behaviour::DELAY).and_then(|text| text.parse().ok()) {
            sleep(Duration::from_millis(milliseconds)).await;
        }
        if let Some((address, host)) = asked(Behaviour::FORWARD).and_then(|to| to.split_once(' ')) {
            return forward(&request, address, host)
                .await
                .unwrap_or_else(|_| answer(StatusCode::BAD_GATEWAY, &self.served_by));
        }
        if let Some((subset, each)) = asked(Behaviour::FAIL).and_then(|how| how.split_once(' ')) {
            let number = self.asked.fetch_add(1, Ordering::Relaxed) + 1;
            let fails = each.parse().is_ok_and(|each: u64| number.is_multiple_of(each));
            if subset == self.subset && fails {
                return answer(StatusCode::SERVICE_UNAVAILABLE, &self.served_by);
            }
        }
        let status = asked(Behaviour::STATUS).and_then(|text| text.parse().ok());
        answer(status.unwrap_or(StatusCode::OK), &self.served_by)
    }
}

fn answer(status: StatusCode, served_by: &HeaderValue) -> Response<Full<Bytes>> {
    let mut answer = Response::new(Full::default());
    *answer.status_mut() = status;
    answer.headers_mut().insert(SERVED_BY, served_by.clone());
    answer
}

async fn forward(
    request: &Request<Incoming>,
    address: &str,
    host: &str,
) -> anyhow::Result<Response<Full<Bytes>>> {
    let mut onward = Request::builder().uri(request.uri().clone()).body(())?;
    *onward.headers_mut() = request.headers().clone();
    onward.headers_mut().remove(Behaviour::FORWARD);
    onward.headers_mut().insert("host", HeaderValue::from_str(host)?);
    let answer = Client::connect(address.parse()?).await?.send(&onward).await?;
    let mut response = Response::new(Full::new(answer.body));
    *response.status_mut() = answer.status;
    *response.headers_mut() = answer.headers;
    Ok(response)
}

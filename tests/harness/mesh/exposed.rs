//! What a proxy counts, where Istio's proxies tell it: at port 15090 of its pod's address, with the object of the pod.

use std::net::Ipv4Addr;

use anyhow::Context;
use envoy::proxy::{Admin, Server};
use http_body_util::Full;
use hyper::body::Bytes;
use hyper::http::{HeaderValue, Response, StatusCode};
use serde_json::json;
use tokio::net::TcpListener;

use super::{Kubectl, Pod, Proxy};

/// The port.
pub(super) const PORT: u16 = 15090;

/// What a proxy counts can be asked for, until this is dropped.
#[derive(Debug)]
pub struct Exposed {
    address: Ipv4Addr,
    _server: Server,
}

impl Exposed {
    /// Makes the object of the proxy's pod, with an address that the API server lets others ask, and answers there as
    /// the proxy itself does.
    ///
    /// # Errors
    /// When the object cannot be made, or nothing can listen there.
    pub async fn start(kubectl: &Kubectl, proxy: &Proxy, pod: &Pod) -> anyhow::Result<Self> {
        // Of those that kwok does not give away; the pod's own is on loopback, which no API server asks.
        let [.., scene, number] = pod.address.octets();
        let address = Ipv4Addr::new(10, 99, 128 | scene, number);
        let listener = TcpListener::bind((address, PORT)).await;
        let listener = listener.with_context(|| format!("no server at {address}:{PORT}"))?;
        let admin = *proxy.admin();
        let server = Server::start(listener, move |request| {
            let path = request.uri().path_and_query().map(ToString::to_string).unwrap_or_default();
            answer(admin, path)
        });
        let Pod { name, namespace, app, .. } = pod;
        let object = json!({
            "apiVersion": "v1", "kind": "Pod",
            "metadata": {"namespace": namespace, "name": name, "labels": {"app": app, "pod": name}},
            "spec": {"containers": [
                {"name": app, "image": app}, {"name": "istio-proxy", "image": "proxyv2"},
            ]},
        });
        kubectl.apply(&object.to_string()).await?;
        let status = json!({"status": {
            "phase": "Running", "podIP": address.to_string(), "podIPs": [{"ip": address.to_string()}],
        }});
        let patch = status.to_string();
        let arguments = ["patch", "pod", name, "-n", namespace, "--subresource=status"];
        let arguments = [arguments.as_slice(), &["--type=merge", "--patch", &patch]].concat();
        kubectl.run(&arguments, "").await?;
        Ok(Self { address, _server: server })
    }

    /// Where it is told.
    #[must_use]
    pub fn address(&self) -> Ipv4Addr {
        self.address
    }
}

async fn answer(admin: Admin, path: String) -> Response<Full<Bytes>> {
    let asked =
        if path.starts_with("/stats/prometheus") { admin.text(&path).await.ok() } else { None };
    let status = if asked.is_some() { StatusCode::OK } else { StatusCode::NOT_FOUND };
    let mut answer = Response::new(Full::from(asked.unwrap_or_default()));
    *answer.status_mut() = status;
    // As Envoy says it: Prometheus reads nothing that does not say what it is.
    let kind = HeaderValue::from_static("text/plain; version=0.0.4; charset=UTF-8");
    answer.headers_mut().insert("content-type", kind);
    answer
}

//! A canary that goes away and comes back, in each of the ways in which a proxy sees it go.

use std::net::SocketAddr;
use std::path::PathBuf;

use envoy::proxy::Upstream;
use istio::render::bootstrap::Rendered;
use istio::render::cluster::Endpoint;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::{TcpListener, TcpSocket};

use crate::envoy::stage::endpoint;

/// How it goes away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Away {
    /// It crashes: the proxy still knows its endpoint, which refuses connections.
    Crashed,
    /// It is scaled to nothing: the proxy is told that it has no endpoints.
    ScaledToZero,
}

/// A server of the subset v2 whose endpoints Envoy reads from a file.
pub(super) struct Canary {
    away: Away,
    port: Port,
    server: Option<Upstream>,
    folder: TempDir,
}

impl Canary {
    pub(super) fn start(away: Away) -> Self {
        let folder = tempfile::Builder::new().prefix("serin-test-").tempdir().unwrap();
        let mut canary = Self { away, port: Port::reserve(), server: None, folder };
        canary.serve();
        canary
    }

    pub(super) fn endpoint(&self) -> Endpoint {
        endpoint(self.port.address())
    }

    /// Moves the endpoints of the cluster `name` out of a bootstrap and into the file.
    pub(super) fn discover(&self, rendered: &mut Rendered, name: &str) {
        let clusters = &mut rendered.bootstrap.body["static_resources"]["clusters"];
        let clusters = clusters.as_array_mut().unwrap();
        let cluster = clusters.iter_mut().find(|cluster| cluster["name"] == name).unwrap();
        let mut assignment = cluster["load_assignment"].take();
        assignment["@type"] =
            json!("type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment");
        self.write(&json!({ "resources": [assignment] }));
        let cluster = cluster.as_object_mut().unwrap();
        cluster.remove("load_assignment");
        cluster["type"] = json!("EDS");
        let source = json!({
            "path": self.file(),
            "watched_directory": { "path": self.folder.path() },
        });
        let config = json!({ "eds_config": { "path_config_source": source } });
        cluster.insert("eds_cluster_config".to_owned(), config);
    }

    pub(super) async fn leave(&mut self) {
        match self.away {
            Away::Crashed => self.server.take().unwrap().stop().await,
            Away::ScaledToZero => self.assign(json!([])),
        }
    }

    pub(super) fn come_back(&mut self) {
        match self.away {
            Away::Crashed => self.serve(),
            Away::ScaledToZero => {
                let Endpoint { host, port, .. } = self.endpoint();
                let address = istio::render::cluster::address(&host, port);
                self.assign(json!([{ "lb_endpoints": [{ "endpoint": { "address": address } }] }]));
            }
        }
    }

    fn serve(&mut self) {
        self.server = Some(Upstream::serve("v2", self.port.listen()).unwrap());
    }

    fn assign(&self, endpoints: Value) {
        let text = std::fs::read(self.file()).unwrap();
        let mut discovered: Value = serde_json::from_slice(&text).unwrap();
        discovered["resources"][0]["endpoints"] = endpoints;
        self.write(&discovered);
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("endpoints.json")
    }

    fn write(&self, discovered: &Value) {
        let new = self.folder.path().join("new");
        std::fs::write(&new, discovered.to_string()).unwrap();
        std::fs::rename(&new, self.file()).unwrap();
    }
}

/// A port that refuses connections while nothing listens, and that no other process gets.
pub(super) struct Port(TcpSocket);

impl Port {
    pub(super) fn reserve() -> Self {
        Self(bound(SocketAddr::from(([127, 0, 0, 1], 0))))
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.0.local_addr().unwrap()
    }

    pub(super) fn listen(&self) -> TcpListener {
        bound(self.address()).listen(1024).unwrap()
    }
}

fn bound(address: SocketAddr) -> TcpSocket {
    let socket = TcpSocket::new_v4().unwrap();
    // So that one socket holds the port while others come and go.
    socket.set_reuseport(true).unwrap();
    socket.bind(address).unwrap();
    socket
}

//! One Envoy in which every VirtualService of a batch stands twice: as Envoy's own routes, and as a Release with the
//! filter. Both listeners are the rendered one, so that they treat requests alike before they route.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use envoy::proxy::{Client, Envoy, Upstream};
use istio::render::bootstrap::{self, Options};
use istio::render::{Delivery, FailurePolicy, Module, Modules};
use policy::config::Carrier;
use serde_json::{Value, json};
use serin_harness::virtual_service::envoy_routes::{self, RULE};
use tempfile::TempDir;

use super::shapes::Shape;
use crate::envoy::binary;
use crate::envoy::stage::{PATIENCE, endpoint, request};
use crate::served::Headers;

/// The subsets of every VirtualService; a server for each.
const SUBSETS: [&str; 3] = ["v1", "v2", "v3"];

/// A running Envoy; it ends when this is dropped.
pub(super) struct World {
    listeners: BTreeMap<String, SocketAddr>,
    _envoy: Envoy,
    upstreams: Vec<Upstream>,
    _folder: TempDir,
}

/// What became of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Answer {
    /// The subset that served it, or how it failed.
    pub(super) by: String,
    /// The position of the rule that took it, as far as Envoy's own route tells.
    pub(super) rule: Option<usize>,
    /// The path that Envoy looked at: it takes `..` out of what was sent.
    pub(super) path: Option<String>,
}

impl World {
    pub(super) async fn start(shapes: &[Shape]) -> Self {
        let mut upstreams = Vec::new();
        for subset in SUBSETS {
            upstreams.push(Upstream::start(subset).await.unwrap());
        }
        let folder = tempfile::Builder::new().prefix("serin-truth-").tempdir().unwrap();
        let bootstrap = bootstrap(shapes, &upstreams);
        let mut envoy = Envoy::start(&binary(), &bootstrap.to_string(), folder.path()).unwrap();
        let admin = envoy.wait_ready(PATIENCE).await.unwrap_or_else(|error| panic!("{error:#}"));
        let listeners = admin.listeners().await.unwrap();
        Self { listeners, _envoy: envoy, upstreams, _folder: folder }
    }

    /// Connections to both listeners of a shape.
    pub(super) fn connect(&self, shape: &Shape) -> Pair<'_> {
        let address = |side| self.listeners[&listener(shape, side)];
        let to =
            |side| Connection { address: address(side), client: None, upstreams: &self.upstreams };
        Pair { native: to("native"), serin: to("serin") }
    }
}

fn listener(shape: &Shape, side: &str) -> String {
    format!("{}.{side}", shape.number)
}

/// A connection, made again where Envoy has closed it after a request that it did not like.
struct Connection<'a> {
    address: SocketAddr,
    client: Option<Client>,
    upstreams: &'a [Upstream],
}

impl Connection<'_> {
    async fn send(&mut self, headers: &Headers) -> Answer {
        let mut client = match self.client.take() {
            Some(client) => client,
            None => Client::connect(self.address).await.unwrap(),
        };
        match client.send(&request(headers)).await {
            Ok(answer) => {
                let served_by = answer.served_by().map(str::to_owned);
                let rule =
                    answer.headers.get(RULE).map(|rule| rule.to_str().unwrap().parse().unwrap());
                self.client = Some(client).filter(|_| served_by.is_some());
                let server = SUBSETS.iter().position(|name| Some(*name) == served_by.as_deref());
                let received = server.and_then(|server| self.upstreams[server].last());
                let path = received.map(|received| received.path);
                Answer {
                    by: served_by.unwrap_or_else(|| answer.status.as_u16().to_string()),
                    rule,
                    path,
                }
            }
            Err(failure) => Answer { by: failure.to_string(), rule: None, path: None },
        }
    }
}

/// The two ways of a shape.
pub(super) struct Pair<'a> {
    native: Connection<'a>,
    serin: Connection<'a>,
}

impl Pair<'_> {
    pub(super) async fn native(&mut self, headers: &Headers) -> Answer {
        self.native.send(headers).await
    }

    pub(super) async fn serin(&mut self, headers: &Headers) -> Answer {
        self.serin.send(headers).await
    }
}

fn bootstrap(shapes: &[Shape], upstreams: &[Upstream]) -> Value {
    let mut listeners = Vec::new();
    let mut clusters: BTreeMap<String, Value> = BTreeMap::new();
    let mut whole = json!(null);
    for shape in shapes {
        let mut rendered = render(shape, upstreams);
        let resources = rendered["static_resources"].take();
        for cluster in resources["clusters"].as_array().unwrap() {
            clusters.insert(cluster["name"].as_str().unwrap().to_owned(), cluster.clone());
        }
        let mut serin = resources["listeners"][0].clone();
        let mut native = serin.clone();
        serin["name"] = listener(shape, "serin").into();
        native["name"] = listener(shape, "native").into();
        let manager = &mut native["filter_chains"][0]["filters"][0]["typed_config"];
        manager["http_filters"].as_array_mut().unwrap().remove(0);
        let service = shape.imported.policy.host().fqdn();
        let host = envoy_routes::virtual_host(shape.rules(), |subset| {
            format!("outbound|0|{subset}|{service}")
        });
        // A rule that no request reaches may lead to a subset of which the Release knows nothing.
        manager["route_config"] = json!({"virtual_hosts": [host], "validate_clusters": false});
        listeners.extend([serin, native]);
        whole = rendered;
    }
    let clusters: Vec<Value> = clusters.into_values().collect();
    whole["static_resources"] = json!({"listeners": listeners, "clusters": clusters});
    // As in the bootstrap of Istio's proxies: Envoy's own limit of 100 would refuse the tutorials' regexes.
    whole["layered_runtime"] = json!({"layers": [{
        "name": "istio",
        "static_layer": {"re2": {"max_program_size": {"error_level": 32768}}},
    }]});
    whole
}

fn render(shape: &Shape, upstreams: &[Upstream]) -> Value {
    let module = serin_harness::wasm_host::Module::path().canonicalize().unwrap();
    let of = |name: &str| {
        let position = SUBSETS.iter().position(|known| *known == name).unwrap();
        vec![endpoint(upstreams[position].address())]
    };
    let options = Options {
        listen: SocketAddr::from(([127, 0, 0, 1], 0)),
        admin: None,
        upstreams: shape.imported.policy.subsets().iter().map(|s| of(&s.name)).collect(),
        carrier: Carrier::FilterState,
        delivery: Delivery {
            modules: Modules::Full(Module::File(module.to_str().unwrap().to_owned())),
            failure: FailurePolicy::Open,
        },
        ecds: None,
        gate: true,
    };
    bootstrap::render(&shape.imported, &options).unwrap().bootstrap.body
}

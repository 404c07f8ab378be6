//! A whole Envoy without Istio: a listener, the filter, a route, and a cluster for each subset.

use std::net::SocketAddr;

use policy::config::Carrier;
use policy::policy::SubsetId;
use policy::{Checked, Policy, Problem};
use serde_json::{Value, json};

use super::cluster::{self, Endpoint};
use super::{Delivery, Manifest, early_headers, ecds, fallback, route, wasm_filter};
use crate::gate::Gate;
use crate::names;

/// What the bootstrap is made of, besides the Release.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where it listens.
    pub listen: SocketAddr,
    /// Where its admin interface listens; none: there is none.
    pub admin: Option<SocketAddr>,
    /// The endpoints of each subset, in the order of [`Policy::subsets`].
    pub upstreams: Vec<Vec<Endpoint>>,
    /// How decisions leave the filter.
    pub carrier: Carrier,
    /// Which module, and what if it fails.
    pub delivery: Delivery,
    /// The file that holds the filter's configuration, as Envoy is to open it; none: the bootstrap holds it.
    pub ecds: Option<String>,
    /// Whether requests that cannot leave the stable subset may pass by the filter, where routes can tell them.
    pub gate: bool,
}

/// What is rendered.
#[derive(Clone, Debug, PartialEq)]
pub struct Rendered {
    /// What Envoy is started with.
    pub bootstrap: Manifest,
    /// The file that it watches, if it does.
    pub ecds: Option<Manifest>,
}

/// Renders the bootstrap.
///
/// # Errors
/// When the Release cannot be JSON, or none of the modules can run it.
pub fn render(release: &Checked, options: &Options) -> Result<Rendered, Problem> {
    let policy = &release.policy;
    let typed_config = wasm_filter::typed_config(release, &options.carrier, &options.delivery)?;
    let (filter, ecds) = match &options.ecds {
        None => (("typed_config", typed_config), None),
        Some(path) => {
            let discovery = ecds::config_discovery(&ecds::file_source(path));
            (
                ("config_discovery", discovery),
                Some(ecds::manifest(policy, file_name(path), &typed_config)),
            )
        }
    };
    let body = body(policy, options, filter);
    let needs = match &options.carrier {
        Carrier::FilterState => {
            "Start it with `envoy --config-path FILE`; needs Envoy 1.35 or newer."
        }
        Carrier::Header { .. } => {
            "Start it with `envoy --config-path FILE`; needs Envoy 1.33 or newer."
        }
    };
    let purpose =
        format!("This Envoy sends each request for {} to its subset.", policy.host().fqdn());
    let mut purpose = vec![purpose.as_str(), needs];
    if ecds.is_some() {
        purpose.push("It reads the filter's configuration from a file next to it, and again when that is replaced.");
    }
    Ok(Rendered { bootstrap: Manifest::new(policy, "envoy.yaml", &purpose, body), ecds })
}

/// The gate, if there is one. A configuration that a running Envoy takes from a file may let others out of stable than
/// the routes that it was started with know of.
fn gate(policy: &Policy, options: &Options) -> Option<Gate> {
    (options.gate && options.ecds.is_none()).then(|| Gate::of(policy)).flatten()
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn body(policy: &Policy, options: &Options, filter: (&str, Value)) -> Value {
    let subsets = options.upstreams.iter().enumerate();
    let mut clusters: Vec<Value> = subsets
        .map(|(position, endpoints)| {
            let subset = SubsetId(position);
            let mut cluster = cluster::cluster(policy, subset, endpoints);
            if policy.falls_back(subset) {
                fallback::eject_unreachable(&mut cluster);
            }
            cluster
        })
        .collect();
    clusters.extend(fallback::aggregates(policy));
    // Envoy asks for a node wherever something may be discovered.
    let mut body = json!({ "node": { "id": names::qualified(policy), "cluster": "serin" } });
    if let Some(admin) = options.admin {
        body["admin"] = json!({ "address": address(admin) });
    }
    body["stats_config"] = json!({ "stats_tags": stats_tags() });
    body["static_resources"] = json!({
        "listeners": [{
            "name": names::qualified(policy),
            "address": address(options.listen),
            "filter_chains": [{ "filters": [{
                "name": "envoy.filters.network.http_connection_manager",
                "typed_config": connection_manager(policy, options, filter),
            }] }],
        }],
        "clusters": clusters,
    });
    body
}

fn address(address: SocketAddr) -> Value {
    cluster::address(&address.ip().to_string(), address.port())
}

/// Makes labels of what the filter puts into the names of its counters as `label=.=value;.;`, as Istio's
/// `extraStatTags` do.
fn stats_tags() -> Vec<Value> {
    let tag = |name: &str| json!({ "tag_name": name, "regex": format!(r"({name}=\.=(.*?);\.;)") });
    ["serin_release", "serin_rule", "serin_subset"].map(tag).to_vec()
}

/// As at an ingress gateway of Istio: the client's address is the connection's, paths are normalized, streams
/// may be idle, web sockets pass.
fn connection_manager(policy: &Policy, options: &Options, (field, filter): (&str, Value)) -> Value {
    let gate = gate(policy, options);
    let mut manager = json!({
        "@type":
            "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
        "stat_prefix": "serin",
        "use_remote_address": true,
        "normalize_path": true,
        "stream_idle_timeout": "0s",
        "upgrade_configs": [{ "upgrade_type": "websocket" }],
        "http_filters": [
            { "name": names::qualified(policy), "disabled": true, (field): filter },
            {
                "name": "envoy.filters.http.router",
                "typed_config": { "@type": "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router" },
            },
        ],
        "route_config": {
            "name": names::qualified(policy),
            "virtual_hosts": [route::virtual_host(policy, &options.carrier, gate.as_ref())],
        },
    });
    if let Some(removal) = early_headers::extensions(&options.carrier) {
        manager["early_header_mutation_extensions"] = removal;
    }
    manager
}

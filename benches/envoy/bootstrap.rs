//! The Envoy that is measured: listeners as `serin render` makes them, and the plain one beside them.

use std::net::SocketAddr;

use anyhow::{Context, bail, ensure};
use istio::render::bootstrap::{self, Options};
use istio::render::cluster::{self, Endpoint};
use istio::render::{Delivery, FailurePolicy, Module, Modules, route};
use istio::{decision_header, names};
use policy::config::Carrier;
use policy::policy::SubsetId;
use policy::{Checked, Policy};
use serde_json::{Map, Value, json};

use crate::release;
use crate::request::OTHER_HOST;
use crate::row;

/// The listener without any rules.
pub(crate) const PLAIN: &str = "plain";
/// What requests may hold: 64 KiB of cookies.
const MAX_HEADERS_KB: u32 = 96;
/// The subsets that any Release here has.
const SUBSETS: usize = 5;

/// How decisions leave the filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum By {
    Header,
    FilterState,
}

impl By {
    pub(crate) fn carrier(self, policy: &Policy) -> Carrier {
        match self {
            Self::Header => decision_header::subset_carrier(policy),
            Self::FilterState => Carrier::FilterState,
        }
    }
}

/// The listener that is rendered for a Release without a gate, as most are in a mesh, with another host beside the
/// Release's.
pub(crate) fn serin(release: &Checked, by: By, modules: &Modules) -> anyhow::Result<Value> {
    rendered(release, by, modules, false)
}

/// The same with the gate that is rendered for an Envoy without a mesh.
pub(crate) fn gated(release: &Checked, by: By, modules: &Modules) -> anyhow::Result<Value> {
    rendered(release, by, modules, true)
}

fn rendered(release: &Checked, by: By, modules: &Modules, gate: bool) -> anyhow::Result<Value> {
    let upstreams = vec![nowhere(); release.policy.subsets().len()];
    let rendered = render(release, by, modules, &upstreams, gate)?;
    let mut listener = rendered["static_resources"]["listeners"][0].clone();
    let manager = manager(&mut listener)?;
    manager.insert("max_request_headers_kb".to_owned(), json!(MAX_HEADERS_KB));
    hosts(&mut listener)?.push(other_host()?);
    Ok(listener)
}

/// The same listener with nothing of Serin's: these routes for the host that the rules are about, and these filters
/// before the router.
pub(crate) fn listener(routes: &[Value], filters: Vec<Value>) -> anyhow::Result<Value> {
    let mut listener = serin(&frame()?, By::Header, &nothing())?;
    manager(&mut listener)?.remove("early_header_mutation_extensions");
    without_filters(&mut listener)?;
    let http = manager(&mut listener)?.get_mut("http_filters").and_then(Value::as_array_mut);
    http.context("no filters")?.splice(..0, filters);
    *hosts(&mut listener)? =
        vec![json!({ "name": "bench", "domains": ["*"], "routes": routes }), other_host()?];
    Ok(listener)
}

/// Takes all filters but the router out of a rendered listener, and what switches them on.
pub(crate) fn without_filters(listener: &mut Value) -> anyhow::Result<()> {
    let http = manager(listener)?.get_mut("http_filters").and_then(Value::as_array_mut);
    http.context("no filters")?.retain(|filter| filter["name"] == "envoy.filters.http.router");
    for host in hosts(listener)? {
        if let Some(host) = host.as_object_mut() {
            host.remove("typed_per_filter_config");
        }
        for route in host["routes"].as_array_mut().into_iter().flatten() {
            if let Some(route) = route.as_object_mut() {
                route.remove("typed_per_filter_config");
            }
        }
    }
    Ok(())
}

fn other_host() -> anyhow::Result<Value> {
    let routes = [to(&json!({ "prefix": "/" }), release::STABLE)?];
    Ok(json!({ "name": OTHER_HOST, "domains": [OTHER_HOST], "routes": routes }))
}

/// The route that takes everything to the stable subset.
pub(crate) fn default_route() -> anyhow::Result<Value> {
    to(&json!({ "prefix": "/" }), release::STABLE)
}

/// A route to a subset, with Istio's time-outs and retries, as `serin render` writes them.
pub(crate) fn to(matches: &Value, subset: &str) -> anyhow::Result<Value> {
    let policy = frame()?.policy;
    let position = policy.subsets().iter().position(|known| known.name == subset);
    let id = SubsetId(position.with_context(|| format!("no subset `{subset}`"))?);
    Ok(json!({
        "match": matches,
        "route": {
            "cluster": names::target_cluster(&policy, id),
            "timeout": "0s",
            "max_stream_duration": { "max_stream_duration": "0s", "grpc_timeout_header_max": "0s" },
            "retry_policy": route::retry_policy(),
        },
    }))
}

/// The whole bootstrap of these listeners and the plain one, before the stable and the canary upstream.
pub(crate) fn whole(
    listeners: &[Value],
    [stable, canary]: [SocketAddr; 2],
) -> anyhow::Result<Value> {
    let upstreams = [stable, canary, stable, stable, stable];
    let mut bootstrap = render(&frame()?, By::Header, &nothing(), &upstreams, false)?;
    let mut plain = listener(&[default_route()?], Vec::new())?;
    plain["name"] = row::listener(PLAIN, 0).into();
    let listeners: Vec<&Value> = [&plain].into_iter().chain(listeners).collect();
    bootstrap["static_resources"]["listeners"] = json!(listeners);
    quiet(&mut bootstrap);
    Ok(bootstrap)
}

/// Lets nothing run by itself that a window could count: statistics are flushed when asked for, and no
/// slowness under callgrind wakes a watchdog.
pub(crate) fn quiet(bootstrap: &mut Value) {
    let patience = json!({ "miss_timeout": "86400s", "megamiss_timeout": "86400s" });
    bootstrap["admin"] = json!({ "address": address(nowhere()) });
    bootstrap["stats_flush_on_admin"] = json!(true);
    bootstrap["watchdogs"] =
        json!({ "main_thread_watchdog": patience, "worker_watchdog": patience });
}

/// An `Address` of Envoy.
pub(crate) fn address(address: SocketAddr) -> Value {
    cluster::address(&address.ip().to_string(), address.port())
}

/// A port that the kernel chooses.
pub(crate) fn nowhere() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 0))
}

/// The module of a listener whose filter is taken out of it.
fn nothing() -> Modules {
    Modules::Full(Module::File(String::new()))
}

/// A Release without rules, for what is around the rest.
fn frame() -> anyhow::Result<Checked> {
    release::checked("frame", &json!({ "subsets": release::subsets(SUBSETS) }))
}

fn render(
    release: &Checked,
    by: By,
    modules: &Modules,
    upstreams: &[SocketAddr],
    gate: bool,
) -> anyhow::Result<Value> {
    let upstream =
        |address: &SocketAddr| vec![Endpoint::new(address.ip().to_string(), address.port())];
    let options = Options {
        listen: nowhere(),
        admin: None,
        upstreams: upstreams.iter().map(upstream).collect(),
        carrier: by.carrier(&release.policy),
        delivery: Delivery { modules: modules.clone(), failure: FailurePolicy::Open },
        ecds: None,
        gate,
    };
    match bootstrap::render(release, &options) {
        Ok(rendered) => Ok(rendered.bootstrap.body),
        Err(problem) => bail!("the Release is not rendered: {problem}"),
    }
}

pub(crate) fn manager(listener: &mut Value) -> anyhow::Result<&mut Map<String, Value>> {
    let manager = listener.pointer_mut("/filter_chains/0/filters/0/typed_config");
    manager.and_then(Value::as_object_mut).context("a rendered listener has no connection manager")
}

pub(crate) fn hosts(listener: &mut Value) -> anyhow::Result<&mut Vec<Value>> {
    let config = manager(listener)?.get_mut("route_config");
    let hosts = config.and_then(|config| config.get_mut("virtual_hosts"));
    let hosts = hosts.and_then(Value::as_array_mut).context("no virtual hosts are rendered")?;
    ensure!(!hosts.is_empty(), "no virtual host is rendered");
    Ok(hosts)
}

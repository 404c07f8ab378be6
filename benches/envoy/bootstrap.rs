//! The Envoy that is measured: listeners as `serin render` makes them, and the plain one beside them.

use std::net::SocketAddr;
use std::path::Path;

use anyhow::Context;
use control::render::bootstrap::{self, Options};
use control::render::cluster::Endpoint;
use control::render::{Delivery, FailurePolicy, Module};
use policy::Checked;
use policy::config::Carrier;
use serde_json::{Value, json};

use crate::release;
use crate::request::OTHER_HOST;
use crate::row::Scene;

/// The name of the listener that knows nothing of anybody's rules.
pub(crate) const PLAIN: &str = "plain";

/// The listener `name` that is rendered for a Release, with another host's virtual host beside the Release's.
pub(crate) fn serin(
    name: &str,
    release: &Checked,
    carrier: Carrier,
    module: &Path,
) -> anyhow::Result<Value> {
    let rendered = render(release, carrier, module, &[nowhere(), nowhere()])?;
    let mut listener = rendered["static_resources"]["listeners"][0].clone();
    listener["name"] = json!(name);
    hosts(&mut listener)?.push(json!({
        "name": OTHER_HOST,
        "domains": [OTHER_HOST],
        "routes": [{ "match": { "prefix": "/" }, "route": action(release::STABLE)? }],
    }));
    Ok(listener)
}

/// A listener with these routes for the host that the rules are about, and these filters before the router.
pub(crate) fn listener(
    name: &str,
    routes: Vec<Value>,
    filters: Vec<Value>,
) -> anyhow::Result<Value> {
    let mut listener =
        serin(name, &release::checked("plain", &json!({}))?, header(), Path::new(""))?;
    let manager = manager(&mut listener)?;
    manager.remove("early_header_mutation_extensions");
    let http =
        manager.get_mut("http_filters").and_then(Value::as_array_mut).context("no filters")?;
    http.splice(..1, filters);
    let host =
        hosts(&mut listener)?.first_mut().and_then(Value::as_object_mut).context("no host")?;
    host.remove("typed_per_filter_config");
    host.remove("request_headers_to_remove");
    host.insert("routes".to_owned(), json!(routes));
    Ok(listener)
}

/// The route that takes everything to a subset.
pub(crate) fn route(subset: &str) -> anyhow::Result<Value> {
    Ok(json!({ "match": { "prefix": "/" }, "route": action(subset)? }))
}

/// The `route` to a subset, with Istio's time-outs and retries, as `serin render` writes it.
pub(crate) fn action(subset: &str) -> anyhow::Result<Value> {
    let release = release::checked("plain", &json!({}))?;
    let rendered = render(&release, header(), Path::new(""), &[nowhere(), nowhere()])?;
    let routes = "/static_resources/listeners/0/filter_chains/0/filters/0/typed_config/route_config/virtual_hosts/0/routes";
    let routes = rendered.pointer(routes).and_then(Value::as_array).context("no routes")?;
    let position = usize::from(subset == release::STABLE);
    Ok(routes.get(position).context("no such route")?["route"].clone())
}

/// The whole bootstrap of a scene, before these upstreams.
pub(crate) fn scene(scene: &Scene, upstreams: [SocketAddr; 2]) -> anyhow::Result<Value> {
    let release = release::checked("plain", &json!({}))?;
    let mut bootstrap = render(&release, header(), Path::new(""), &upstreams)?;
    let mut listeners = vec![listener(PLAIN, vec![route(release::STABLE)?], Vec::new())?];
    listeners.extend(scene.listeners.iter().cloned());
    bootstrap["static_resources"]["listeners"] = json!(listeners);
    quiet(&mut bootstrap);
    Ok(bootstrap)
}

/// Lets nothing run by itself that a window could count: statistics are flushed when asked for, and nobody's
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
    control::render::cluster::address(&address.ip().to_string(), address.port())
}

/// A port that the kernel chooses.
pub(crate) fn nowhere() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 0))
}

/// The carrier `header`, as `serin render --carrier header` has it.
pub(crate) fn header() -> Carrier {
    let values = [(release::CANARY.to_owned(), release::CANARY.to_owned())];
    Carrier::Header {
        name: control::render::decision_header::NAME.to_owned(),
        values: values.into_iter().collect(),
    }
}

fn render(
    release: &Checked,
    carrier: Carrier,
    module: &Path,
    upstreams: &[SocketAddr],
) -> anyhow::Result<Value> {
    let endpoint = |address: &SocketAddr| {
        vec![Endpoint { host: address.ip().to_string(), port: address.port() }]
    };
    let module = module.to_str().context("the module's path is not UTF-8")?;
    let options = Options {
        listen: nowhere(),
        admin: None,
        upstreams: upstreams.iter().map(endpoint).collect(),
        carrier,
        delivery: Delivery {
            module: Module::File(module.to_owned()),
            failure: FailurePolicy::Open,
        },
        ecds: None,
    };
    Ok(bootstrap::render(release, &options)?.bootstrap.body)
}

fn manager(listener: &mut Value) -> anyhow::Result<&mut serde_json::Map<String, Value>> {
    let manager = listener.pointer_mut("/filter_chains/0/filters/0/typed_config");
    manager.and_then(Value::as_object_mut).context("a rendered listener has no connection manager")
}

fn hosts(listener: &mut Value) -> anyhow::Result<&mut Vec<Value>> {
    let hosts = manager(listener)?
        .get_mut("route_config")
        .and_then(|config| config.get_mut("virtual_hosts"));
    hosts.and_then(Value::as_array_mut).context("a rendered listener has no virtual hosts")
}

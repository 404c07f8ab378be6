//! The floor: a module that makes the filter's host calls and does nothing else, and each call alone.

use anyhow::Context;
use istio::render::capabilities::ALWAYS;
use serde_json::{Map, Value, json};

use crate::bootstrap::{self, By};
use crate::options::Options;
use crate::release::{self, CANARY, STABLE};
use crate::request::Request;
use crate::row::Scene;

/// Rows.
pub(crate) const HEADER: &str = "floor, by header";
pub(crate) const STATE: &str = "floor, by filter state";
pub(crate) const EMPTY: &str = "part: empty callback";

/// What is measured call by call: the name, and the letters of the module's plan.
pub(crate) const CALLS: [(&str, &str); 9] = [
    (EMPTY, "-"),
    ("part: get cookie", "c"),
    ("part: get cookie, :path", "cp"),
    ("part: get cookie, :path, x-user", "cpu"),
    ("part: all pairs", "a"),
    ("part: property of the cookie header", "r"),
    ("part: get cookie, count", "cn"),
    ("part: get cookie, replace header", "cH"),
    ("part: get cookie, set property, clear", "cS"),
];

/// What the plans may need beside what every filter does.
const CAPABILITIES: [&str; 8] = [
    "proxy_get_header_map_value",
    "proxy_get_header_map_pairs",
    "proxy_get_property",
    "proxy_replace_header_map_value",
    "proxy_set_property",
    "proxy_call_foreign_function",
    "proxy_define_metric",
    "proxy_increment_metric",
];

pub(crate) fn add(scene: &mut Scene, options: &Options) -> anyhow::Result<()> {
    let all_users = || {
        [(Request::default(), STABLE), (Request::canary(), CANARY), (Request::no_cookie(), STABLE)]
    };
    scene.add((HEADER, 1), listener(By::Header, "h", options)?, all_users());
    scene.add((STATE, 1), listener(By::FilterState, "s", options)?, all_users());
    for (name, plan) in CALLS {
        // What is written always takes every request to the canary.
        let expected = if plan.ends_with(['H', 'S']) { CANARY } else { STABLE };
        let by = if plan.ends_with('S') { By::FilterState } else { By::Header };
        let requests = [(Request::default(), expected), (Request::browser(), expected)];
        scene.add((name, 1), listener(by, plan, options)?, requests);
    }
    Ok(())
}

/// The listener that is rendered for a Release with one rule, with the floor in the filter's place.
fn listener(by: By, plan: &str, options: &Options) -> anyhow::Result<Value> {
    let release = release::checked("floor", &release::exact(1))?;
    let mut listener = bootstrap::serin(&release, by, &options.floor())?;
    let filters = bootstrap::manager(&mut listener)?.get_mut("http_filters");
    let config = filters.and_then(|filters| filters.pointer_mut("/0/typed_config/config"));
    let config = config.context("no filter is rendered")?;
    config["configuration"]["value"] = json!(plan);
    let capabilities = ALWAYS.into_iter().chain(CAPABILITIES);
    let capabilities: Map<_, _> = capabilities.map(|name| (name.to_owned(), json!({}))).collect();
    config["capability_restriction_config"]["allowed_capabilities"] = json!(capabilities);
    if by == By::Header {
        // What the floor writes.
        let text = serde_json::to_string(&listener)?;
        let value = istio::decision_header::subset_carrier(&release.policy);
        let policy::config::Carrier::Header { values, .. } = value else { return Ok(listener) };
        let value = values.get(CANARY).cloned().unwrap_or_default();
        listener =
            serde_json::from_str(&text.replace(&format!("\"{value}\""), &format!("\"{CANARY}\"")))?;
    }
    Ok(listener)
}

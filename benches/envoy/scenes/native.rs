//! Envoy's own routes: a regex on the cookie header for each rule, as VirtualServices have them, and Envoy's own
//! `cookies` matchers, which Istio does not expose.

use serde_json::json;

use super::COUNTS;
use crate::bootstrap;
use crate::release::{self, CANARY};
use crate::row::Scene;

/// Rows.
pub(crate) const REGEX: &str = "native cookie regex";
pub(crate) const COOKIES: &str = "native cookies matcher";

pub(crate) fn add(scene: &mut Scene) -> anyhow::Result<()> {
    for rules in COUNTS {
        let routes = |matches: &dyn Fn(String) -> serde_json::Value| {
            let route = |number| bootstrap::to(&matches(release::cookie(number, rules)), CANARY);
            let mut routes = (1..=rules).map(route).collect::<anyhow::Result<Vec<_>>>()?;
            routes.push(bootstrap::default_route()?);
            bootstrap::listener(&routes, Vec::new())
        };
        let requests = || super::few_or_many(rules);
        let regex = routes(&|cookie| {
            let regex = format!(r"^(.*?;)?(\s*{cookie}={CANARY})(;.*)?$");
            let header =
                json!({ "name": "cookie", "string_match": { "safe_regex": { "regex": regex } } });
            json!({ "prefix": "/", "headers": [header] })
        });
        scene.add((REGEX, rules), regex?, requests());
        scene.costly((rules / 20).clamp(1, 20));
        let cookies = routes(&|cookie| {
            let cookie = json!({ "name": cookie, "string_match": { "exact": CANARY } });
            json!({ "prefix": "/", "cookies": [cookie] })
        });
        scene.add((COOKIES, rules), cookies?, requests());
        scene.costly((rules / 200).max(1));
    }
    Ok(())
}

//! The routes of a proxy, and what a rendering may change in them.

use anyhow::{Context, ensure};
use serde_json::Value;
use serin_harness::mesh::Proxy;

use crate::place::Mode;
use crate::scene::Scene;

/// The virtual hosts of a scene: nobody else's, since scenes share the mesh.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Routes(Vec<Value>);

impl Routes {
    pub(super) async fn of(proxy: &Proxy, scene: &Scene<'_>) -> anyhow::Result<Self> {
        let configs = proxy.routes().await?;
        let hosts = configs.iter().filter_map(|config| config["virtual_hosts"].as_array());
        let ours = |host: &&Value| host.to_string().contains(&format!("{}.svc", scene.namespace));
        let mut hosts: Vec<Value> = hosts.flatten().filter(ours).cloned().collect();
        hosts.sort_by_key(|host| host["name"].to_string());
        Ok(Self(hosts))
    }

    /// Of what was there before, only routes to `reviews` have changed, and of these only who picks the cluster and
    /// whether the filter runs; what is new are routes to a subset of it.
    pub(super) fn changed_only(&self, after: &Self, mode: Mode) -> anyhow::Result<String> {
        ensure!(self.0.len() == after.0.len(), "other virtual hosts:\n{after:#?}");
        let (mut changed, mut new) = (0, 0);
        for (before, after) in self.0.iter().zip(&after.0) {
            let without_routes = |host: &Value| {
                let mut host = host.clone();
                host["routes"] = Value::Null;
                host
            };
            ensure!(without_routes(before) == without_routes(after), "{before:#}\n{after:#}");
            let mut old = routes(before).iter();
            for route in routes(after) {
                if is_ours(route, mode) {
                    new += 1;
                    continue;
                }
                let old = old.next().context("a route too many")?;
                if old == route {
                    continue;
                }
                ensure!(
                    old.to_string().contains("||reviews.")
                        || old.to_string().contains("|v1|reviews."),
                    "changed though it is not to reviews: {old:#}"
                );
                ensure!(
                    kept(old) == kept(route),
                    "more is changed than may be:\n{old:#}\n{route:#}"
                );
                changed += 1;
            }
            ensure!(old.next().is_none(), "a route is missing: {after:#}");
        }
        ensure!(changed > 0, "no route was changed");
        Ok(format!("{changed} changed, {new} new"))
    }
}

fn routes(host: &Value) -> &[Value] {
    host["routes"].as_array().map(Vec::as_slice).unwrap_or_default()
}

/// A route that the mode adds.
fn is_ours(route: &Value, mode: Mode) -> bool {
    let text = route["match"]["headers"].to_string();
    match mode {
        Mode::Matcher => false,
        Mode::VirtualService => text.contains("x-serin-subset"),
        Mode::ClusterHeader => text.contains("x-serin-cluster"),
    }
}

/// The route without what a rendering may change in it.
fn kept(route: &Value) -> Value {
    let mut route = route.clone();
    if let Some(fields) = route.as_object_mut() {
        // An unnamed rule gets a name, to be found by.
        fields.remove("name");
        fields.remove("typed_per_filter_config");
    }
    if let Some(action) = route["route"].as_object_mut() {
        action.remove("cluster");
        action.remove("inline_cluster_specifier_plugin");
    }
    route
}

//! Serin in a connection manager that does nothing else, and in which it is on for all: no addresses and no paths are
//! looked at, no header is added, none removed, and no route switches anything on. So the figures were measured that Serin
//! was built to.

use serde_json::Value;

use super::serin;
use crate::bootstrap::{self, By};
use crate::options::Options;
use crate::release;
use crate::row::Scene;

/// Rows.
pub(crate) const PLAIN: &str = "bare, plain";
pub(crate) const HEADER: &str = "bare, serin by header";
pub(crate) const STATE: &str = "bare, serin by filter state";

/// What a rendered connection manager has beyond the least.
const MORE: [&str; 5] = [
    "use_remote_address",
    "normalize_path",
    "stream_idle_timeout",
    "upgrade_configs",
    "early_header_mutation_extensions",
];

/// What a rendered virtual host has beyond its routes.
const PER_HOST: [&str; 2] = ["typed_per_filter_config", "request_headers_to_remove"];

pub(crate) fn add(scene: &mut Scene, options: &Options) -> anyhow::Result<()> {
    let plain = bootstrap::listener(&[bootstrap::default_route()?], Vec::new())?;
    let in_host =
        || serin::all_users().into_iter().filter(|(request, _)| request.name != "other host");
    let stable = in_host().map(|(request, _)| (request, release::STABLE));
    scene.add((PLAIN, 1), bare(plain)?, stable.collect::<Vec<_>>());
    for (name, release, by) in
        [(HEADER, "header", By::Header), (STATE, "filter-state", By::FilterState)]
    {
        let release = release::checked(release, &release::exact(1))?;
        let listener = bootstrap::serin(&release, by, &options.modules())?;
        scene.add((name, 1), bare(listener)?, in_host().collect::<Vec<_>>());
    }
    Ok(())
}

fn bare(mut listener: Value) -> anyhow::Result<Value> {
    let manager = bootstrap::manager(&mut listener)?;
    manager.retain(|field, _| !MORE.contains(&field.as_str()));
    for filter in
        manager.get_mut("http_filters").and_then(Value::as_array_mut).into_iter().flatten()
    {
        filter.as_object_mut().map(|filter| filter.remove("disabled"));
    }
    for host in bootstrap::hosts(&mut listener)? {
        let Some(host) = host.as_object_mut() else { continue };
        host.retain(|field, _| !PER_HOST.contains(&field.as_str()));
        for route in host.get_mut("routes").and_then(Value::as_array_mut).into_iter().flatten() {
            if let Some(route) = route.pointer_mut("/route").and_then(Value::as_object_mut) {
                route.retain(|field, _| {
                    field == "cluster" || field == "inline_cluster_specifier_plugin"
                });
            }
        }
    }
    Ok(listener)
}

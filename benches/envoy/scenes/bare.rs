//! Serin in a connection manager that does nothing else: no addresses and no paths are looked at, no header is added,
//! none removed. That is how the figures were measured that Serin was built to; whatever else a listener does with headers
//! makes it dearer to look one up by its name.

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

pub(crate) fn add(scene: &mut Scene, options: &Options) -> anyhow::Result<()> {
    let plain = bootstrap::listener(&[bootstrap::default_route()?], Vec::new())?;
    let requests = serin::everybody().into_iter().map(|(request, _)| (request, release::STABLE));
    scene.add((PLAIN, 1), bare(plain)?, requests.collect::<Vec<_>>());
    for (name, release, by) in
        [(HEADER, "header", By::Header), (STATE, "filter-state", By::FilterState)]
    {
        let release = release::checked(release, &serin::exact(1))?;
        let listener = bootstrap::serin(&release, by, &options.modules())?;
        scene.add((name, 1), bare(listener)?, serin::everybody());
    }
    Ok(())
}

fn bare(mut listener: Value) -> anyhow::Result<Value> {
    let manager = bootstrap::manager(&mut listener)?;
    manager.retain(|field, _| !MORE.contains(&field.as_str()));
    Ok(listener)
}

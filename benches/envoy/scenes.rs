//! What is compared, by the Envoy that it shares.

mod serin;

use crate::options::Options;
use crate::row::Scene;

/// All that is wanted.
pub(crate) fn all(options: &Options) -> anyhow::Result<Vec<Scene>> {
    let mut scenes = vec![serin::one_rule(options)?];
    for scene in &mut scenes {
        scene.rows.retain(|row| options.wants(&row.name));
        let needed = |name: &str| scene.rows.iter().any(|row| row.listener == name);
        scene.listeners.retain(|listener| listener["name"].as_str().is_some_and(needed));
    }
    scenes.retain(|scene| !scene.rows.is_empty());
    Ok(scenes)
}

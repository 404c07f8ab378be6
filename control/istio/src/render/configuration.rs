//! The filter's configuration inside of objects that are there already: the one part of them that decides who gets what,
//! and that depends on nothing but the Release.

use policy::config::Carrier;
use policy::{Checked, Config, Policy, Problem};
use serde_json::{Value, json};

use super::unwritable;
use crate::names;

/// Where a WasmPlugin has it.
const PLUGIN: &str = "pluginConfig";
/// What an EnvoyFilter consists of.
const PATCHES: &str = "configPatches";
/// Where one of its patches has it, as text.
const PLACE: &str = "/patch/value/typed_config/config/configuration/value";

/// The Release in the configuration of an object that installs the filter for it; none where there is none.
#[must_use]
pub fn release(object: &Value, policy: &Policy) -> Option<Value> {
    let spec = object.get("spec")?;
    if let Some(plugin) = spec.get(PLUGIN) {
        return plugin.get("release").cloned();
    }
    let name = names::resource(policy);
    let mut patches = spec.get(PATCHES)?.as_array()?.iter().filter(|patch| is_of(patch, &name));
    let text = patches.find_map(|patch| patch.pointer(PLACE)?.as_str())?;
    let mut config: Value = serde_json::from_str(text).ok()?;
    config.get_mut("release").map(Value::take)
}

/// Whether a patch is of the filter with this name.
fn is_of(patch: &Value, name: &str) -> bool {
    patch.pointer("/patch/value/name").and_then(Value::as_str) == Some(name)
}

/// The `spec` of an EnvoyFilter or a WasmPlugin that installs the filter, with the configuration of this Release in the
/// place of its own; none where there is none in it. Without a `carrier` decisions leave the filter as they did.
///
/// # Errors
/// When the Release cannot be JSON.
pub fn replaced(
    object: &Value,
    release: &Checked,
    carrier: Option<&Carrier>,
) -> Result<Option<Value>, Problem> {
    let mut spec = object.get("spec").cloned().unwrap_or_default();
    let config = Config::new(release.spec.clone(), carrier.cloned().unwrap_or_default());
    let config = serde_json::to_value(config).map_err(|error| unwritable(&error.to_string()))?;
    let instead_of = |old: &Value| {
        let mut config = config.clone();
        if let (None, Some(carrier)) = (carrier, old.get("carrier")) {
            config["carrier"] = carrier.clone();
        }
        config
    };
    if let Some(plugin) = spec.get_mut(PLUGIN) {
        *plugin = instead_of(plugin);
        return Ok(Some(spec));
    }
    let name = names::resource(&release.policy);
    let patches = spec.get_mut(PATCHES).and_then(Value::as_array_mut);
    let mut is_there = false;
    for patch in patches.into_iter().flatten().filter(|patch| is_of(patch, &name)) {
        if let Some(value) = patch.pointer_mut(PLACE) {
            let old = value.as_str().and_then(|text| serde_json::from_str(text).ok());
            *value = json!(instead_of(&old.unwrap_or_default()).to_string());
            is_there = true;
        }
    }
    Ok(is_there.then_some(spec))
}

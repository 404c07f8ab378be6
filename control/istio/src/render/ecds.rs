//! The filter's configuration as a file of its own, which a running Envoy watches: extension configuration
//! discovery (ECDS). A configuration that is refused leaves the last good one in force, and kept-alive
//! connections follow to the new one.

use policy::Policy;
use serde_json::{Value, json};

use super::{Manifest, wasm_filter};
use crate::names;

/// The discovery response with the filter's configuration.
#[must_use]
pub fn manifest(policy: &Policy, file_name: &str, typed_config: &Value) -> Manifest {
    let purpose = [
        "The configuration of the filter in a running Envoy, which watches this file's folder: replace the file by",
        "renaming a new one to its name (as `serin render` does), because Envoy could read a file half written.",
    ];
    // Shown by the admin interface: tells which configuration is in force.
    let version = format!("{:016x}", names::digest(typed_config.to_string().as_bytes()));
    let body = json!({
        "version_info": version,
        "resources": [{
            "@type": "type.googleapis.com/envoy.config.core.v3.TypedExtensionConfig",
            "name": names::qualified(policy),
            "typed_config": typed_config,
        }],
    });
    Manifest::new(policy, file_name, &purpose, body)
}

/// The `config_discovery` of a filter that gets its configuration from `source`.
#[must_use]
pub fn config_discovery(source: &Value) -> Value {
    json!({
        "config_source": source,
        // Requests pass to stable where no good configuration ever came; before the first one arrives the
        // listener waits.
        "default_config": wasm_filter::stand_in(),
        "apply_default_config_without_warming": false,
        "type_urls": wasm_filter::DISCOVERED,
    })
}

/// A file as the source, seen when it is replaced.
#[must_use]
pub fn file_source(path: &str) -> Value {
    let folder = std::path::Path::new(path).parent().and_then(std::path::Path::to_str);
    let folder = folder.filter(|folder| !folder.is_empty()).unwrap_or(".");
    json!({
        "path_config_source": { "path": path, "watched_directory": { "path": folder } },
        "resource_api_version": "V3",
    })
}

/// The control plane as the source; it may take as long as it likes.
#[must_use]
pub fn control_plane() -> Value {
    json!({ "ads": {}, "initial_fetch_timeout": "0s", "resource_api_version": "V3" })
}

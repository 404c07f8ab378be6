//! The configuration of Envoy's wasm filter: which module, what it may do, and the Release it decides by.

use policy::config::Carrier;
use policy::{Checked, Config, Problem};
use serde_json::{Value, json};

use super::{Delivery, FailurePolicy, Module, capabilities, unwritable};
use crate::names;

/// The type of the filter's configuration.
pub const TYPE: &str = "type.googleapis.com/envoy.extensions.filters.http.wasm.v3.Wasm";

/// The filter's `typed_config`.
///
/// # Errors
/// When the Release cannot be JSON, or none of the modules can run it.
pub fn typed_config(
    release: &Checked,
    carrier: &Carrier,
    delivery: &Delivery,
) -> Result<Value, Problem> {
    let Checked { spec, policy, program, .. } = release;
    let name = names::qualified(policy);
    let module = delivery.modules.chosen(release)?;
    let configuration = serde_json::to_string(&Config::new(spec.clone(), carrier.clone()))
        .map_err(|error| unwritable(&error.to_string()))?;
    Ok(json!({
        "@type": TYPE,
        "config": {
            "name": name,
            // Envoy 1.33's changelog calls another one the default than its code has: written out always.
            "failure_policy": failure_policy(delivery.failure),
            "vm_config": {
                // Virtual machines of the same name and code are one, and fall together: one for each Release.
                "vm_id": name,
                "runtime": "envoy.wasm.runtime.v8",
                "code": code(module),
            },
            "capability_restriction_config": capabilities::restriction(policy, program, carrier),
            "configuration": {
                "@type": "type.googleapis.com/google.protobuf.StringValue",
                "value": configuration,
            },
        },
    }))
}

/// The same for proxies that do not know `failure_policy` yet (before Envoy 1.33), and would take requests that
/// fail for requests to refuse.
#[must_use]
pub fn before_failure_policy(typed_config: &Value, failure: FailurePolicy) -> Value {
    let mut typed_config = typed_config.clone();
    if let Some(config) = typed_config.get_mut("config").and_then(Value::as_object_mut) {
        config.shift_remove("failure_policy");
        config.insert("fail_open".to_owned(), json!(failure == FailurePolicy::Open));
    }
    typed_config
}

/// What stands in for the filter until it has a configuration that it accepts: no rules, so all requests pass.
#[must_use]
pub fn stand_in() -> Value {
    json!({ "@type": RBAC })
}

/// The types that may arrive by extension configuration discovery. Where istio-agent cannot fetch the module it
/// sends the second one.
pub const DISCOVERED: [&str; 2] = [TYPE, RBAC];

/// The type of what stands in.
pub const RBAC: &str = "type.googleapis.com/envoy.extensions.filters.http.rbac.v3.RBAC";

fn failure_policy(policy: FailurePolicy) -> &'static str {
    match policy {
        FailurePolicy::Open => "FAIL_OPEN",
        FailurePolicy::Closed => "FAIL_CLOSED",
        FailurePolicy::Reload => "FAIL_RELOAD",
    }
}

fn code(module: &Module) -> Value {
    match module {
        Module::File(path) => json!({ "local": { "filename": path } }),
        Module::Remote { url, sha256 } => json!({
            "remote": {
                // istio-agent fetches it (images of registries, too: pkg/wasm/cache.go) and puts a local file in its
                // place; the cluster is asked for, not used.
                "http_uri": { "uri": url, "timeout": "10s", "cluster": "unused" },
                "sha256": sha256,
            }
        }),
    }
}

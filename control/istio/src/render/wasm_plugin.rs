//! A WasmPlugin in place of the filter that an EnvoyFilter installs: the only one that can name a Secret for a
//! registry.
//!
//! It costs: the filter runs, and counts, for the requests to every host of the listener, since nothing can switch
//! it off; and what the module may call cannot be cut. So it is only for decisions in filter state, which mean
//! nothing to the routes of other hosts.

use policy::config::Carrier;
use policy::policy::{Attach, AttachKind};
use policy::{Checked, Config, Problem};
use serde_json::{Map, Value, json};

use super::{Delivery, FailurePolicy, Manifest, Module, unwritable};
use crate::metadata::{self, labels};
use crate::names;

/// The part of a name that says that it is the plugin.
pub const PLUGIN: &str = "plugin";

/// The manifest for the proxies of `attach`.
///
/// # Errors
/// When the Release cannot be JSON, or none of the modules can run it.
pub fn manifest(
    release: &Checked,
    attach: &Attach,
    delivery: &Delivery,
    pull_secret: &str,
) -> Result<Manifest, Problem> {
    let policy = &release.policy;
    let module = delivery.modules.chosen(release)?;
    let mut spec = Map::new();
    if !attach.labels.is_empty() {
        spec.insert("selector".to_owned(), json!({ "matchLabels": labels(&attach.labels) }));
    }
    if let Module::Remote { url, sha256 } = module {
        spec.insert("url".to_owned(), json!(url));
        spec.insert("sha256".to_owned(), json!(sha256));
    }
    spec.insert("imagePullSecret".to_owned(), json!(pull_secret));
    spec.insert("pluginName".to_owned(), json!(names::qualified(policy)));
    spec.insert("failStrategy".to_owned(), json!(fail_strategy(delivery.failure)));
    spec.insert("match".to_owned(), json!([listeners(names::port(policy), attach)]));
    let config = Config::new(release.spec.clone(), Carrier::FilterState);
    let config = serde_json::to_value(&config).map_err(|error| unwritable(&error.to_string()))?;
    spec.insert("pluginConfig".to_owned(), config);
    let body = json!({
        "apiVersion": "extensions.istio.io/v1alpha1",
        "kind": "WasmPlugin",
        "metadata": metadata::for_policy(policy, &names::patch(policy, PLUGIN, attach), &attach.namespace),
        "spec": spec,
    });
    let purpose = [
        "Installs the filter. Apply it after the VirtualService and before the switch; it changes no route by itself. The",
        "Secret must be in this namespace.",
    ];
    let file_name = format!("30-{PLUGIN}-{}.yaml", names::place(attach));
    Ok(Manifest::new(policy, &file_name, &purpose, body))
}

/// The listeners for HTTP: of sidecars those of callers, at the service's port; of gateways all.
fn listeners(port: u16, attach: &Attach) -> Value {
    match attach.kind {
        AttachKind::Sidecar => json!({ "mode": "CLIENT", "ports": [{ "number": port }] }),
        AttachKind::Gateway { .. } => json!({ "mode": "CLIENT" }),
    }
}

fn fail_strategy(policy: FailurePolicy) -> &'static str {
    match policy {
        FailurePolicy::Open => "FAIL_OPEN",
        FailurePolicy::Closed => "FAIL_CLOSE",
        FailurePolicy::Reload => "FAIL_RELOAD",
    }
}

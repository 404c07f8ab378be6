//! The EnvoyFilters: one that installs the filter in the listeners of some proxies, disabled, and one that
//! switches it on in their routes.
//!
//! Apart, because a listener's kept-alive connections do not see what is new in it, but see a route's change at
//! once: when the switch comes, the filter is everywhere.

mod install;
mod switch;

use policy::Policy;
use policy::policy::{Attach, AttachKind};
use serde_json::{Map, Value, json};

use super::{Manifest, metadata, names, proxy_version};

/// The part of a name that says what installs the filter.
pub const INSTALL: &str = "install";
/// The part of a name that says what switches it on.
pub const SWITCH: &str = "switch";

/// Before and after EnvoyFilters of others; without one, Istio goes by the age of objects.
const PRIORITY: i32 = 10;

/// The EnvoyFilter that installs the filter with its configuration.
#[must_use]
pub fn install(policy: &Policy, attach: &Attach, typed_config: &Value) -> Manifest {
    let purpose = [
        format!("Installs the filter, switched off, in {}.", proxies(attach)),
        "Apply it after the VirtualService. It alone changes no route.".to_owned(),
    ];
    let body = object(policy, attach, INSTALL, &install::patches(policy, attach, typed_config));
    manifest(policy, &format!("30-{INSTALL}-{}.yaml", names::place(attach)), &purpose, body)
}

/// The EnvoyFilter that switches it on and lets its decisions choose.
#[must_use]
pub fn switch(policy: &Policy, attach: &Attach) -> Manifest {
    let mut purpose = vec![
        format!("Switches the filter on in {}.", proxies(attach)),
        "Apply it last, half a second or more after the filter was installed; remove it first."
            .to_owned(),
    ];
    purpose.extend(switch::needs_named_rule(policy, attach));
    let body = object(policy, attach, SWITCH, &switch::patches(policy, attach));
    manifest(policy, &format!("40-{SWITCH}-{}.yaml", names::place(attach)), &purpose, body)
}

/// What a switch needs that serin does not render: the name of a rule in the gateway's VirtualService.
#[must_use]
pub fn needs(policy: &Policy, attach: &Attach) -> Option<String> {
    let lines = switch::needs_named_rule(policy, attach);
    (!lines.is_empty()).then(|| lines.join(" "))
}

fn manifest(policy: &Policy, file_name: &str, purpose: &[String], body: Value) -> Manifest {
    let purpose: Vec<&str> = purpose.iter().map(String::as_str).collect();
    Manifest::new(policy, file_name, &purpose, body)
}

/// `the sidecars of bookinfo with app=productpage`.
fn proxies(attach: &Attach) -> String {
    let kind = match attach.kind {
        AttachKind::Sidecar => "sidecars",
        AttachKind::Gateway { .. } => "gateways",
    };
    let labels: Vec<String> =
        attach.labels.iter().map(|(key, value)| format!("{key}={value}")).collect();
    if labels.is_empty() {
        format!("all {kind} of {}", attach.namespace)
    } else {
        format!("the {kind} of {} with {}", attach.namespace, labels.join(", "))
    }
}

fn object(policy: &Policy, attach: &Attach, part: &str, patches: &[Value]) -> Value {
    let name = names::patch(policy, part, attach);
    let mut spec = Map::new();
    if !attach.labels.is_empty() {
        let selector = json!({ "labels": metadata::labels(&attach.labels) });
        spec.insert("workloadSelector".to_owned(), selector);
    }
    spec.insert("priority".to_owned(), json!(PRIORITY));
    spec.insert("configPatches".to_owned(), json!(patches));
    json!({
        "apiVersion": "networking.istio.io/v1alpha3",
        "kind": "EnvoyFilter",
        "metadata": metadata::of(policy, &name, &attach.namespace),
        "spec": spec,
    })
}

/// A change of what Istio makes for a proxy.
struct Patch {
    /// The kind of thing that is changed.
    apply_to: &'static str,
    /// Which of them, in the field of `match` for their kind; none: the kind has no such field.
    which: Option<(&'static str, Value)>,
    operation: &'static str,
    value: Value,
}

impl Patch {
    /// The patch for the proxies of `attach`, as far as they are new enough.
    fn of(self, attach: &Attach) -> Value {
        let context = match attach.kind {
            AttachKind::Sidecar => "SIDECAR_OUTBOUND",
            AttachKind::Gateway { .. } => "GATEWAY",
        };
        let proxy = json!({ "proxyVersion": proxy_version::SINCE_1_27 });
        let mut matched = json!({ "context": context, "proxy": proxy });
        if let Some((field, value)) = self.which {
            matched[field] = value;
        }
        let patch = json!({ "operation": self.operation, "value": self.value });
        json!({ "applyTo": self.apply_to, "match": matched, "patch": patch })
    }
}

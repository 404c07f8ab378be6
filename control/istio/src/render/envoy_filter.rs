//! The EnvoyFilters: one that installs the filter in the listeners of some proxies, disabled, and one that
//! switches it on in their routes.
//!
//! Apart, because a listener's kept-alive connections do not see what is new in it, but see a route's change at
//! once: when the switch comes, the filter is everywhere.

mod install;
mod route_match;
mod switch;

use policy::Policy;
use policy::policy::{Attach, AttachKind};
use serde_json::{Map, Value, json};

use super::cluster_header::Settings;
use super::mode::Mode;
use super::{FailurePolicy, Manifest};
use crate::weave::Rules;
use crate::{metadata, names};

/// The part of a name that says what installs the filter.
pub const INSTALL: &str = "install";
/// The part of a name that says what switches it on.
pub const SWITCH: &str = "switch";

/// Before and after EnvoyFilters of others; without one, Istio goes by the age of objects.
const PRIORITY: i32 = 10;

/// Which proxies get what.
#[derive(Clone, Copy, Debug)]
pub struct Scope<'a> {
    /// The Release.
    pub policy: &'a Policy,
    /// The proxies.
    pub attach: &'a Attach,
    /// How decisions become routes in them.
    pub mode: Mode,
    /// What happens after a trap.
    pub failure: FailurePolicy,
    /// Whether a virtual host of a gateway can be found by its domain.
    pub has_domain_name: bool,
    /// Whether a WasmPlugin installs the filter, which then is on everywhere.
    pub is_plugin: bool,
    /// Whether requests are counted by subset.
    pub counts: bool,
}

/// Which routes get the filter.
#[derive(Clone, Debug)]
pub struct Switch {
    /// By the names of rules.
    pub rules: Rules,
    /// What the rules have in common.
    pub settings: Settings,
    /// Whether a rule has yet to be given its name.
    pub needs_name: bool,
}

/// The EnvoyFilter that installs the filter with its configuration; none where a WasmPlugin does and nothing is left.
#[must_use]
pub fn install(scope: &Scope, switch: &Switch, typed_config: &Value) -> Option<Manifest> {
    let after = match scope.mode {
        Mode::VirtualService => "Apply it after the DestinationRule and before the VirtualService.",
        Mode::Matcher | Mode::ClusterHeader => "Apply it after the VirtualService.",
    };
    let what = if scope.is_plugin {
        format!("Prepares {} for the filter.", proxies(scope.attach))
    } else {
        format!("Installs the filter, switched off, in {}.", proxies(scope.attach))
    };
    let purpose = [what, format!("{after} It changes no route by itself.")];
    let mut patches = install::patches(scope, typed_config);
    patches.extend(switch::too_old(scope, &switch.rules));
    (!patches.is_empty()).then(|| manifest(scope, INSTALL, 30, &purpose, &patches))
}

/// The EnvoyFilter that switches it on and lets its decisions choose.
#[must_use]
pub fn switch(scope: &Scope, switch: &Switch) -> Manifest {
    let mut purpose = vec![
        if scope.is_plugin {
            format!("Makes {} follow the filter's decisions.", proxies(scope.attach))
        } else {
            format!("Switches the filter on in {}.", proxies(scope.attach))
        },
        "Apply it last, once the proxies have the filter; remove it first.".to_owned(),
    ];
    if switch.needs_name {
        purpose.extend(switch::needs_named_rule(scope.policy, scope.attach));
    }
    manifest(scope, SWITCH, 40, &purpose, &switch::patches(scope, switch))
}

/// What a switch needs that serin does not render: the name of a rule in the gateway's VirtualService.
#[must_use]
pub fn needs(policy: &Policy, attach: &Attach) -> Option<String> {
    let lines = switch::needs_named_rule(policy, attach);
    (!lines.is_empty()).then(|| lines.join(" "))
}

fn manifest(
    scope: &Scope,
    part: &str,
    number: u32,
    purpose: &[String],
    patches: &[Value],
) -> Manifest {
    let Scope { policy, attach, .. } = scope;
    let purpose: Vec<&str> = purpose.iter().map(String::as_str).collect();
    let file_name = format!("{number}-{part}-{}.yaml", names::place(attach));
    Manifest::new(policy, &file_name, &purpose, object(policy, attach, part, patches))
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
        "metadata": metadata::for_policy(policy, &name, &attach.namespace),
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
    /// The proxies that can take it, by their version.
    proxies: &'static str,
}

impl Patch {
    /// The patch for the proxies of `attach`, as far as they can take it.
    fn of(self, attach: &Attach) -> Value {
        let context = match attach.kind {
            AttachKind::Sidecar => "SIDECAR_OUTBOUND",
            AttachKind::Gateway { .. } => "GATEWAY",
        };
        let proxy = json!({ "proxyVersion": self.proxies });
        let mut matched = json!({ "context": context, "proxy": proxy });
        if let Some((field, value)) = self.which {
            matched[field] = value;
        }
        let patch = json!({ "operation": self.operation, "value": self.value });
        json!({ "applyTo": self.apply_to, "match": matched, "patch": patch })
    }
}

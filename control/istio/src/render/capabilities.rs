//! What the module is allowed to call and to be called for: only what this Release needs of it.
//!
//! Everything that is not named is cut, imports and exports both: least privilege, and 9k instructions less a
//! request (measured by callgrind).

use policy::Policy;
use policy::Program;
use policy::config::Carrier;
use serde_json::{Map, Value, json};

/// Configuration, one call a request, and what keeps count of requests: without `proxy_on_delete` each would
/// leak. `proxy_log` is how a configuration says why it was refused. (A test finds the smallest list that works for
/// Releases of each kind, and holds it against this one.)
pub const ALWAYS: [&str; 6] = [
    "proxy_log",
    "proxy_get_buffer_bytes",
    "proxy_on_configure",
    "proxy_on_context_create",
    "proxy_on_request_headers",
    "proxy_on_delete",
];

/// The names of the capabilities.
#[must_use]
pub fn names(policy: &Policy, program: &Program, carrier: &Carrier) -> Vec<&'static str> {
    let mut names = ALWAYS.to_vec();
    // As `filter/src/headers.rs` reads: one header alone, several at once.
    let at_once = program.reads_at_once();
    if program.reads_first_lines() && !at_once {
        names.push("proxy_get_header_map_value");
    }
    if program.reads_lines() || program.headers().nth(1).is_some() {
        names.push("proxy_get_header_map_pairs");
    }
    if program.reads_lines() && !at_once || program.caller_labels().next().is_some() {
        names.push("proxy_get_property");
    }
    match carrier {
        Carrier::FilterState => names.extend(["proxy_set_property", "proxy_call_foreign_function"]),
        Carrier::Header { .. } => names.push("proxy_replace_header_map_value"),
    }
    if policy.counters() {
        names.extend(["proxy_define_metric", "proxy_increment_metric"]);
    }
    if program.needs_draws() {
        names.push("random_get");
    }
    names
}

/// The `capability_restriction_config` of Envoy's wasm filter.
#[must_use]
pub fn restriction(policy: &Policy, program: &Program, carrier: &Carrier) -> Value {
    let allowed: Map<String, Value> = names(policy, program, carrier)
        .into_iter()
        .map(|name| (name.to_owned(), json!({})))
        .collect();
    json!({ "allowed_capabilities": allowed })
}

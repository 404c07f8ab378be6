//! Removes the header that carries decisions before Envoy looks at a request for the first time, so that no client and
//! no earlier hop decides anything.
//!
//! Only where decisions travel in one: to look a header up by its name costs each request of the listener thousands of
//! instructions (docs/cost.md), and a decision in filter state needs no such protection.

use policy::config::Carrier;
use serde_json::{Value, json};

/// The `early_header_mutation_extensions` of an HTTP connection manager, where any are needed. (The filter of a similar
/// name would be too late: it does not clear the route that a header has chosen.)
#[must_use]
pub fn extensions(carrier: &Carrier) -> Option<Value> {
    let Carrier::Header { name, .. } = carrier else { return None };
    Some(json!([{
        "name": "envoy.http.early_header_mutation.header_mutation",
        "typed_config": {
            "@type": "type.googleapis.com/envoy.extensions.http.early_header_mutation.header_mutation.v3.HeaderMutation",
            "mutations": [{ "remove": name }],
        },
    }]))
}

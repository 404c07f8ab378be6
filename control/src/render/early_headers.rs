//! Removes the headers that carry decisions before Envoy looks at a request for the first time, so that no
//! client and no earlier hop decides anything.

use serde_json::{Value, json};

use super::decision_header;

/// The `early_header_mutation_extensions` of an HTTP connection manager. (The filter of a similar name would be
/// too late: it does not clear the route that a header has chosen.)
#[must_use]
pub fn extensions() -> Value {
    json!([{
        "name": "envoy.http.early_header_mutation.header_mutation",
        "typed_config": {
            "@type": "type.googleapis.com/envoy.extensions.http.early_header_mutation.header_mutation.v3.HeaderMutation",
            "mutations": [{ "remove": decision_header::NAME }, { "remove": decision_header::CLUSTER }],
        },
    }])
}

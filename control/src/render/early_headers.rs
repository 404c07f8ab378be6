//! Removes the header that carries decisions before Envoy looks at a request for the first time, so that no
//! client and no earlier hop decides anything.

use policy::policy::DECISION_HEADER;
use serde_json::{Value, json};

/// The `early_header_mutation_extensions` of an HTTP connection manager. (The filter of a similar name would be
/// too late: it does not clear the route that the header has chosen.)
#[must_use]
pub fn extensions() -> Value {
    json!([{
        "name": "envoy.http.early_header_mutation.header_mutation",
        "typed_config": {
            "@type": "type.googleapis.com/envoy.extensions.http.early_header_mutation.header_mutation.v3.HeaderMutation",
            "mutations": [{ "remove": DECISION_HEADER }],
        },
    }])
}

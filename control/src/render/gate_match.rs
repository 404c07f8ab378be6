//! The conditions of a gate as Envoy's routes ask them.

use policy::regex::Case;
use serde_json::{Value, json};

use crate::gate::{Condition, Relation, Test};

/// The `match` of a route that takes what meets the condition.
#[must_use]
pub fn of(condition: &Condition) -> Value {
    json!({ "prefix": "/", "headers": [header(condition)] })
}

/// The `HeaderMatcher`.
fn header(condition: &Condition) -> Value {
    let name = &condition.header;
    let Test::Text { relation, text, case } = &condition.test else {
        return json!({ "name": name, "present_match": true });
    };
    let relation = match relation {
        Relation::Exact => "exact",
        Relation::Prefix => "prefix",
        Relation::Contains => "contains",
    };
    let mut matched = json!({ (relation): text });
    if *case == Case::Ignore {
        matched["ignore_case"] = json!(true);
    }
    json!({ "name": name, "string_match": matched })
}

//! The conditions of a gate as Envoy's routes ask them.

use policy::regex::Case;
use serde_json::{Value, json};

use crate::gate::{Condition, Input, Relation, Test};

const PATH: &str = ":path";

/// The `match` of a route that takes what meets the condition.
#[must_use]
pub fn matcher(condition: &Condition) -> Value {
    json!({ "prefix": "/", "headers": [header(condition)] })
}

/// The `HeaderMatcher`.
fn header(condition: &Condition) -> Value {
    let name = match &condition.input {
        Input::Header(name) => name,
        // The query may follow, which the path of a test does not have: nothing that is asked of a path is untrue then.
        Input::Path => PATH,
        Input::Query(name) => {
            return json!({ "name": PATH, "string_match": { "contains": name } });
        }
    };
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

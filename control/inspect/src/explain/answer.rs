//! The answer about a request, for programs.

use document::report::Percent;
use policy::Policy;
use policy::policy::{Share, Subject, SubsetId};
use policy::program::Identified;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::explanation::Explanation;
use super::request::shown;

/// Which rule takes a request, and where it goes.
#[derive(Debug, Serialize)]
pub struct Answer {
    /// The rule's name; `default` where none takes it.
    pub rule: String,
    /// What tells its user: `{"cookie"|"header": name, "value": …}`.
    pub identity: Option<Value>,
    /// What such requests are drawn from, in percent, by subset.
    pub shares: Map<String, Value>,
    /// The subset.
    pub subset: String,
    /// What is copied of all requests: `{"to": subset, "percent": …}`; none where nothing is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mirror: Option<Value>,
    /// Whether each such request is drawn anew, so that the subset is an example.
    pub random: bool,
}

impl Answer {
    /// The answer that an explanation comes to.
    #[must_use]
    pub fn new(explanation: &Explanation<'_>) -> Self {
        Self {
            rule: explanation.rule().to_owned(),
            identity: explanation.identity().map(|(by, identified)| identity(by, identified)),
            shares: shares(explanation.policy, explanation.shares()),
            subset: explanation.subset().to_owned(),
            mirror: explanation.policy.mirror().map(|mirror| {
                let to = explanation.policy.subset_name(mirror.to);
                json!({ "to": to, "percent": Percent::from(mirror.share).to_value() })
            }),
            random: explanation.is_random(),
        }
    }
}

fn shares(policy: &Policy, shares: Vec<(SubsetId, Share)>) -> Map<String, Value> {
    let named = |(id, share)| (policy.subset_name(id).to_owned(), Percent::from(share).to_value());
    shares.into_iter().map(named).collect()
}

fn identity(by: &Subject, identified: &Identified) -> Value {
    let mut value = named(by);
    value.insert("value".to_owned(), shown(&identified.value).into());
    Value::Object(value)
}

/// `{"cookie": "device-id"}`, as in the Release.
#[must_use]
pub fn named(identity: &Subject) -> Map<String, Value> {
    let (kind, name) = match identity {
        Subject::Cookie(name) => ("cookie", name.as_str()),
        Subject::Query(name) => ("query", name.as_str()),
        Subject::Caller(label) => ("caller", label.as_str()),
        Subject::Header(name) => ("header", name.as_str()),
        Subject::Path => ("header", ":path"),
    };
    Map::from_iter([(kind.to_owned(), name.into())])
}

//! A rule's `retries` as Envoy's `retry_policy`, by what Istio makes of them
//! (pilot/pkg/networking/core/route/retry/retry.go).

use policy::{Code, Node, Path, Problem, Problems};
use serde_json::{Value, json};

use super::super::{fallback, route};
use super::duration;

const FIELDS: [&str; 6] = [
    "attempts",
    "perTryTimeout",
    "retryOn",
    "retryRemoteLocalities",
    "retryIgnorePreviousHosts",
    "backoff",
];

/// The `retry_policy`; none: no retries.
pub(super) fn read(retries: &Node, path: &Path, problems: &mut Problems) -> Option<Value> {
    if let Node::Map(entries) = retries {
        for (field, _) in entries.iter().filter(|(field, _)| !FIELDS.contains(&field.as_str())) {
            let message = format!("unknown field `{field}` of retries");
            problems.add(Problem::error(Code::NotYet, &path.key(field), message));
        }
    }
    // Without it Istio reads 0, and 0 means none.
    let attempts = match retries.get("attempts") {
        Some(Node::Number(attempts)) => attempts.to_string().parse().unwrap_or(0),
        _ => 0_u32,
    };
    let mut policy = route::retry_policy();
    policy["num_retries"] = json!(attempts);
    if let Some(Node::String(retry_on)) = retries.get("retryOn").filter(|on| !is_empty(on)) {
        let (retry_on, codes) = split(retry_on);
        policy["retry_on"] = json!(retry_on);
        if !codes.is_empty() {
            policy["retriable_status_codes"] = json!(codes);
        }
    }
    if let Some(time) = read_duration(retries, "perTryTimeout", path, problems) {
        policy["per_try_timeout"] = json!(time);
    }
    if retries.get("retryIgnorePreviousHosts") == Some(&Node::Bool(false))
        && let Some(fields) = policy.as_object_mut()
    {
        fields.remove("retry_host_predicate");
    }
    if retries.get("retryRemoteLocalities") == Some(&Node::Bool(true)) {
        policy["retry_priority"] = fallback::retry_priority();
    }
    if let Some(time) = read_duration(retries, "backoff", path, problems) {
        policy["retry_back_off"] = json!({ "base_interval": time });
    }
    (attempts > 0).then_some(policy)
}

fn is_empty(text: &Node) -> bool {
    matches!(text, Node::String(text) if text.is_empty())
}

/// The duration `field`, if it is there.
pub(super) fn read_duration(
    node: &Node,
    field: &str,
    path: &Path,
    problems: &mut Problems,
) -> Option<String> {
    let found = node.get(field)?;
    let read = match found {
        Node::String(text) => duration::seconds(text),
        _ => None,
    };
    if read.is_none() {
        let message = format!("expected a duration such as `3s`, found {}", found.describe());
        problems.add(Problem::error(Code::Type, &path.key(field), message));
    }
    read
}

/// Conditions, and status codes that stand among them.
fn split(retry_on: &str) -> (String, Vec<u16>) {
    let mut codes = Vec::new();
    let mut conditions = Vec::new();
    for part in retry_on.split(',').map(str::trim).filter(|part| !part.is_empty()) {
        match part.parse::<u16>() {
            Ok(code) if is_status(code) => codes.push(code),
            _ => conditions.push(part),
        }
    }
    if !codes.is_empty() && !conditions.iter().any(|part| part.contains(BY_STATUS)) {
        conditions.push(BY_STATUS);
    }
    (conditions.join(","), codes)
}

const BY_STATUS: &str = "retriable-status-codes";

/// The codes that Go's net/http has a text for, which are those that Istio takes for codes.
fn is_status(code: u16) -> bool {
    matches!(code,
        100..=103 | 200..=208 | 226 | 300..=305 | 307 | 308 | 400..=418 | 421..=426 | 428 | 429 | 431 | 451
        | 500..=508 | 510 | 511)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(retries: Value) -> Option<Value> {
        let node: Node = serde_json::from_value(retries).unwrap();
        let mut problems = Problems::default();
        let policy = read(&node, &Path::root(), &mut problems);
        assert!(problems.is_empty(), "{problems}");
        policy
    }

    #[test]
    fn attempts_decide_whether_there_are_any() {
        for none in [json!({}), json!({"attempts": 0}), json!({"perTryTimeout": "1s"})] {
            assert_eq!(policy(none), None);
        }
        let mut expected = route::retry_policy();
        expected["num_retries"] = json!(4);
        assert_eq!(policy(json!({"attempts": 4})), Some(expected));
    }

    #[test]
    fn everything_that_istio_knows_is_carried_over() {
        let policy = policy(json!({
            "attempts": 3,
            "perTryTimeout": "700ms",
            "retryOn": "reset, 503,retriable-4xx,499,429",
            "retryIgnorePreviousHosts": false,
            "retryRemoteLocalities": true,
            "backoff": "50ms",
        }));
        let expected = json!({
            "retry_on": "reset,retriable-4xx,499,retriable-status-codes",
            "num_retries": 3,
            "host_selection_retry_max_attempts": 5,
            "retriable_status_codes": [503, 429],
            "per_try_timeout": "0.7s",
            "retry_priority": fallback::retry_priority(),
            "retry_back_off": {"base_interval": "0.05s"},
        });
        assert_eq!(policy.unwrap(), expected);
    }

    #[test]
    fn what_is_not_known_is_refused() {
        let node: Node =
            serde_json::from_value(json!({"attempts": 1, "perTryTimeout": 3, "hedge": 1})).unwrap();
        let mut problems = Problems::default();
        read(&node, &Path::root(), &mut problems);
        assert_eq!(problems.iter().count(), 2, "{problems}");
    }
}

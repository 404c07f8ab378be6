//! Witnesses are requests, and say how to send them.

use policy::policy::Rule;
use serde_json::json;

use super::*;
use crate::diff::tests::release;

/// A witness that sets the inputs of these conditions, in their order, to these values.
fn witness(conditions: &serde_json::Value, values: &[&str]) -> Witness {
    let rule = json!([{"name": "r", "match": [conditions], "split": {"v2": 100}}]);
    let checked = release(&json!({"rules": rule}));
    let blocks = checked.policy.rules().iter().flat_map(Rule::blocks);
    let conditions = blocks.flat_map(|block| &block.conditions);
    conditions.zip(values).fold(Witness::default(), |witness, (condition, value)| {
        witness.with(&condition.subject, Some(value.as_bytes()))
    })
}

#[test]
fn a_witness_is_shown_as_curl_sends_it() {
    let any = json!({"present": true});
    let all = json!({
        "cookies": {"b": any, "a": any},
        "headers": {"X-Empty": any, "cookie": any},
        "query": {"q": any, "p": any},
        "path": any,
        "method": any,
        "authority": any,
    });
    let shown = [
        (json!({"cookies": {"version": any}}), vec!["v2"], "-H 'cookie: version=v2' /"),
        (json!({"path": any}), vec!["/api/"], "/api/"),
        (
            all,
            vec!["1", "it's", "", "raw=1", "x", "y", "/a", "POST", "shop.example.com"],
            r"-H 'host: shop.example.com' -X POST -H 'cookie: raw=1; a=it'\''s; b=1' -H 'x-empty;' '/a?p=y&q=x'",
        ),
    ];
    for (conditions, values, expected) in shown {
        let witness = witness(&conditions, &values);
        assert!(witness.is_sendable());
        assert_eq!(witness.curl(), expected);
    }
    assert_eq!(Witness::default().curl(), "/");
}

#[test]
fn what_no_client_can_send_is_known() {
    let any = json!({"present": true});
    let cases = [
        (json!({"headers": {"x": any}}), "a b\tc", true),
        (json!({"headers": {"x": any}}), "a\nb", false),
        (json!({"headers": {"x": any}}), " a", false),
        (json!({"path": any}), "a", false),
        (json!({"path": any}), "/a b", false),
        (json!({"query": {"x": any}}), "a#b", false),
        (json!({"method": any}), "", false),
    ];
    for (conditions, value, is_sendable) in cases {
        assert_eq!(witness(&conditions, &[value]).is_sendable(), is_sendable, "{value:?}");
    }
}

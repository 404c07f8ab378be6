//! Ranges, and bounds for everything that has a length: the API refuses rules whose worst cost it cannot tell, and
//! estimates it from these (a rule at most 10 million of its units times the places where it applies, all together
//! 100 million: `pkg/apiserver/schema/cel/compilation.go` of Kubernetes' apiextensions-apiserver).

use policy::policy::MAX_RULE_NAME;
use serde_json::{Map, Value, json};

use crate::KEPT;

/// Subsets, and so entries of a split.
const SUBSETS: usize = 32;
const RULES: usize = 1000;
/// Blocks of a rule, and tests by name of a block: with them a test's own rule costs three quarters of what it may.
const BLOCKS: usize = 64;
const TESTS: usize = 8;
const ATTACH: usize = 64;
const IDENTITY: usize = 16;
const STEPS: usize = 64;
const WINDOWS: usize = 16;
const CHECKS: usize = 16;
/// The longest query that is worth reading.
const QUERY: usize = 4096;
/// RFC 1123, as the reader has it.
const NAME: &str = "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$";
const DOTTED: &str = "^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$";
const RULE: &str = "^[-A-Za-z0-9._]+$";
const DURATION: &str = "^(([0-9]+(\\.[0-9]*)?|\\.[0-9]+)(h|m|s|ms|us|µs|μs|ns))+$";
const DAYS: &str = "^(mon|tue|wed|thu|fri|sat|sun)(-(mon|tue|wed|thu|fri|sat|sun))?$";
const FROM: &str = "^([01][0-9]|2[0-3]):[0-5][0-9]$";
const TO: &str = "^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$";
const ZONE: &str = "^[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*$";
const RATE: &str = "^[0-9]+(\\.[0-9]{1,4})?%$";
const PERCENT: &str = "^[0-9]+(\\.[0-9]{1,2})?%$";

/// What is said of the fields beside their types, by place.
pub(super) fn limits() -> Vec<(&'static str, Map<String, Value>)> {
    let name = json!({"minLength": 1, "maxLength": 63, "pattern": NAME});
    let share = json!({"minimum": 0, "maximum": 100});
    let copies = json!({"minimum": 0.01, "maximum": 100});
    let split = json!({"minProperties": 1, "maxProperties": SUBSETS});
    let dotted = json!({"minLength": 1, "maxLength": 253, "pattern": DOTTED});
    let some = json!({"minProperties": 1});
    let duration = json!({"pattern": DURATION});
    let checks = json!({"minItems": 1, "maxItems": CHECKS});
    let rate = json!({"pattern": RATE});
    let query = json!({"minLength": 1, "maxLength": QUERY});
    let mut limits = vec![
        ("spec.host", dotted.clone()),
        (
            "spec.port",
            json!({"type": "integer", "format": "int32", "minimum": 1, "maximum": 65535}),
        ),
        ("spec.stable", name.clone()),
        ("spec.subsets", json!({"minItems": 1, "maxItems": SUBSETS})),
        ("spec.subsets[].name", name.clone()),
        ("spec.subsets[].labels", some.clone()),
        ("spec.subsets[].key", json!({"minLength": 1})),
        ("spec.subsets[].workload.deployment", dotted),
        ("spec.attach", json!({"maxItems": ATTACH})),
        ("spec.attach[].gateway.hosts", json!({"minItems": 1})),
        ("spec.attach[].gateway.labels", some),
        ("spec.identity", json!({"maxItems": IDENTITY})),
        ("spec.rules", json!({"maxItems": RULES})),
        ("spec.rules[].name", json!({"maxLength": MAX_RULE_NAME, "pattern": RULE})),
        ("spec.rules[].match", json!({"minItems": 1, "maxItems": BLOCKS})),
        ("spec.rules[].split", split.clone()),
        ("spec.rules[].split{}", share.clone()),
        ("spec.split", json!({"maxProperties": SUBSETS})),
        ("spec.split{}", share.clone()),
        ("spec.cohort", json!({"minLength": 1})),
        ("spec.mirror.to", name.clone()),
        ("spec.mirror.percent", copies.clone()),
        ("spec.rollout.candidate", name.clone()),
        ("spec.rollout.steps", json!({"minItems": 1, "maxItems": STEPS})),
        ("spec.rollout.steps[].scale", split.clone()),
        ("spec.rollout.steps[].scale{}", json!({"pattern": PERCENT, "minimum": 0})),
        ("spec.rollout.steps[].mirror", json!({"minProperties": 1, "maxProperties": 1})),
        ("spec.rollout.steps[].mirror{}", copies),
        ("spec.rollout.steps[].shift", split),
        ("spec.rollout.steps[].shift{}", share),
        ("spec.rollout.steps[].pause.for", duration.clone()),
        ("spec.rollout.steps[].approve.timeout", duration.clone()),
        ("spec.rollout.steps[].update.from", name.clone()),
        ("spec.rollout.steps[].update.to", name.clone()),
        ("spec.rollout.steps[].promote", name.clone()),
        ("spec.rollout.steps[].retire", name),
        ("spec.rollout.steps[].analyze.for", duration.clone()),
        ("spec.rollout.steps[].analyze.every", duration.clone()),
        ("spec.rollout.steps[].analyze.checks", checks.clone()),
        ("spec.rollout.steps[].analyze.checks[].errors.atMost", rate.clone()),
        ("spec.rollout.steps[].analyze.checks[].query.promql", query.clone()),
        ("spec.rollout.watch", checks),
        ("spec.rollout.watch[].errors.atMost", rate),
        ("spec.rollout.watch[].query.promql", query),
        ("spec.rollout.windows", json!({"minItems": 1, "maxItems": WINDOWS})),
        ("spec.rollout.windows[].days", json!({"minItems": 1, "maxItems": 7})),
        ("spec.rollout.windows[].days[]", json!({"pattern": DAYS})),
        ("spec.rollout.windows[].from", json!({"pattern": FROM})),
        ("spec.rollout.windows[].to", json!({"pattern": TO})),
        ("spec.rollout.windows[].zone", json!({"maxLength": 64, "pattern": ZONE})),
        ("status.history", json!({"maxItems": KEPT})),
        (
            "status.conditions",
            json!({"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["type"]}),
        ),
    ];
    let tests = [
        "spec.rules[].match[].cookies",
        "spec.rules[].match[].headers",
        "spec.rules[].match[].query",
        "spec.rules[].match[].caller",
        "spec.rules[].match[].without.cookies",
        "spec.rules[].match[].without.headers",
        "spec.rules[].match[].without.query",
        "spec.rules[].match[].without.caller",
    ];
    limits.extend(tests.map(|place| (place, json!({"maxProperties": TESTS}))));
    let fields = limits.into_iter().map(|(place, limit)| match limit {
        Value::Object(limit) => (place, limit),
        _ => (place, Map::new()),
    });
    fields.collect()
}

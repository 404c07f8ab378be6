//! Numbers worked out by hand: 984 requests without an error have less than 1 % at 0.05, since 985 · 0.99^984 is the
//! first such product below 0.05; 1058 since 1059 · 0.99^1058 is the first below 0.05 / 1.95, where half of the
//! evidence has nothing to say.

use serde_json::{Value, json};

use super::too_short;
use crate::{Node, Path, Problems};

fn warnings(spec: &Value, rate: f64) -> Vec<String> {
    let mut release = json!({
        "apiVersion": "serin.dev/v1alpha1", "kind": "Release", "metadata": {"name": "reviews"},
        "spec": {
            "host": "reviews", "port": 9080, "stable": "v1", "identity": [{"cookie": "user"}],
            "subsets": [
                {"name": "v1", "labels": {"version": "v1"}},
                {"name": "v2", "labels": {"version": "v2"}, "workload": {"deployment": "v2"}},
            ],
        },
    });
    for (field, value) in spec.as_object().unwrap() {
        release["spec"][field] = value.clone();
    }
    let node: Node = serde_json::from_value(release).unwrap();
    let mut problems = Problems::default();
    let checked = crate::check(&node, &Path::root(), &mut problems);
    let Some(checked) = checked.filter(|_| problems.allow()) else { panic!("{problems}") };
    let found = too_short(&checked.policy, &checked.plan, rate);
    found
        .iter()
        .map(|problem| {
            let place = problem.place.path.to_string();
            let place = place.strip_prefix("spec.rollout.steps").unwrap();
            format!("{place}: {} ({})", problem.message, problem.help.as_deref().unwrap())
        })
        .collect()
}

fn steps(steps: &Value) -> Value {
    json!({"rollout": {"candidate": "v2", "steps": steps}})
}

/// An analysis for `time` at `share` percent.
fn analyzed(share: f64, time: &str, checks: &Value) -> Value {
    steps(&json!([{"shift": {"v2": share}}, {"analyze": {"for": time, "checks": checks}}]))
}

fn at_most(rate: &str) -> Value {
    json!({"errors": {"atMost": rate}})
}

fn worse() -> Value {
    json!({"errors": {"worseThanStable": {}}})
}

fn slower() -> Value {
    json!({"duration": {"worseThanStable": {}}})
}

#[test]
fn an_analysis_ends_too_soon() {
    for (rate, share, time, check, expected) in [
        (
            10.0,
            5.0,
            "10m",
            at_most("1%"),
            "at 10 requests a second, 5 % for `v2` are 300 requests in 10m: 984 without an error \
             are needed to show that at most 1 % fail (`for: 33m`, or shift more users to `v2` \
             before)",
        ),
        (
            0.5,
            12.5,
            "1h30m",
            at_most("0.1%"),
            "at 0.5 requests a second, 12.5 % for `v2` are 337 requests in 1h30m: 12417 without \
             an error are needed to show that at most 0.1 % fail (`for: 55h12m`, or shift more \
             users to `v2` before)",
        ),
        (
            10.0,
            5.0,
            "10m",
            worse(),
            "at 10 requests a second, 5 % for `v2` are 300 requests in 10m: 1058 are needed to \
             show that it is not worse than stable, if neither has an error (`for: 36m`, or shift \
             more users to `v2` before)",
        ),
        (
            1000.0,
            10.0,
            "10s",
            slower(),
            "at 1000 requests a second, 10 % for `v2` are 1000 requests in 10s: about 1900 are \
             needed to show that it is not slower than stable, if it is as fast (`for: 19s`, or \
             shift more users to `v2` before)",
        ),
    ] {
        let spec = analyzed(share, time, &json!([check]));
        assert_eq!(warnings(&spec, rate), [format!("[1].analyze.for: {expected}")]);
    }
}

#[test]
fn what_is_long_enough_is_no_matter() {
    let none = Vec::<String>::new();
    let check = json!([at_most("1%")]);
    // 9.84 requests a second for 100 seconds are 984.
    assert_eq!(warnings(&analyzed(10.0, "100s", &check), 98.4), none);
    assert_eq!(warnings(&analyzed(10.0, "100s", &check), 98.3).len(), 1);
    let query = json!([{"query": {"promql": "up", "atLeast": 1}}]);
    assert_eq!(warnings(&analyzed(0.01, "1s", &query), 0.01), none);
}

#[test]
fn the_check_that_takes_the_most_is_told() {
    let all = json!([worse(), at_most("1%"), slower()]);
    let found = warnings(&analyzed(10.0, "1m", &all), 1.0);
    assert!(found[0].contains("about 1900 ") && found.len() == 1, "{found:?}");
}

#[test]
fn the_share_is_that_of_the_steps_before() {
    let analyze = json!({"analyze": {"for": "1m", "checks": [at_most("1%")]}});
    let found = warnings(
        &steps(&json!([
            {"shift": {"v2": 1}}, analyze, {"pause": {}}, {"shift": {"v2": 50}}, analyze,
            {"promote": "v2"}, analyze,
        ])),
        10.0,
    );
    let shares: Vec<&str> = found.iter().map(|text| text.split(": 984").next().unwrap()).collect();
    assert_eq!(
        shares,
        [
            "[1].analyze.for: at 10 requests a second, 1 % for `v2` are 6 requests in 1m",
            "[4].analyze.for: at 10 requests a second, 50 % for `v2` are 300 requests in 1m",
            "[6].analyze.for: at 10 requests a second, 100 % for `v2` are 600 requests in 1m",
        ]
    );
}

#[test]
fn what_rules_send_to_the_candidate_is_not_known() {
    let rule = |share: u32| {
        json!([{
            "name": "staff", "match": [{"headers": {"x-staff": {"present": true}}}],
            "split": {"v2": share},
        }])
    };
    let found = |share: u32, shift: u32| {
        let analyze = json!({"analyze": {"for": "1m", "checks": [at_most("1%")]}});
        let mut spec = steps(&json!([{"shift": {"v2": shift}}, analyze]));
        spec["rules"] = rule(share);
        warnings(&spec, 10.0)
    };
    let beside = "without those that rules send to it";
    assert!(found(100, 10)[0].contains(beside));
    // It takes users away from the split, or leaves them as they are.
    assert!(!found(5, 10)[0].contains(beside) && !found(10, 10)[0].contains(beside));
    let none = "[1].analyze.for: at 10 requests a second, 0 % for `v2` are 0 requests in 1m, \
                without those that rules send to it: 984 without an error are needed to show that \
                at most 1 % fail (shift users to `v2` before)";
    assert_eq!(found(100, 0), [none]);
}

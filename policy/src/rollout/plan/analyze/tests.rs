use std::time::Duration;

use serde_json::{Value, json};

use super::{Analyze, Bound, Check, Query};
use crate::rollout::PlanStep;
use crate::rollout::analysis::{self, AtMost, Comparison};
use crate::rollout::plan::tests::{read, steps};
use crate::spec::Inconclusive;

/// A shift, and then this analysis.
fn analyzed(analyze: &Value) -> Value {
    steps(&json!([{"shift": {"v2": 10}}, {"analyze": analyze}, {"promote": "v2"}]))
}

/// The analysis of these fields.
fn analysis(analyze: &Value) -> Analyze {
    let plan = read(&analyzed(analyze)).unwrap();
    match &plan.steps[1] {
        PlanStep::Analyze(analyze) => analyze.clone(),
        other => panic!("{other:?}"),
    }
}

fn with_checks(checks: &Value) -> Value {
    analyzed(&json!({"for": "10m", "checks": checks}))
}

/// The beginning of the one problem.
#[track_caller]
fn refused(spec: &Value, expected: &str) {
    let found = read(spec).unwrap_err();
    assert!(found.starts_with(expected), "{found}\nnot {expected}");
    assert_eq!(found.lines().count(), 1, "{found}");
}

fn errors(alpha: f64) -> Check {
    let comparison = Comparison { alpha, ..Comparison::default() };
    Check::Counted(analysis::Check::ErrorsWorseThanStable(comparison))
}

#[test]
fn analyses_are_read() {
    let written = json!({
        "for": "10m", "every": "30s", "inconclusive": "rollback", "dryRun": true,
        "checks": [
            {"errors": {"worseThanStable": {"alpha": 0.05}}},
            {"errors": {"atMost": "0.05%"}},
            {"duration": {"worseThanStable": {}}},
            {"query": {"promql": " rate(x[1m]) ", "atMost": 2}},
            {"query": {"promql": "rate(x[1m])", "atLeast": -0.5}},
        ],
    });
    let query = |bound| Check::Query(Query { promql: "rate(x[1m])".to_owned(), bound });
    let checks = vec![
        errors(0.05),
        Check::Counted(analysis::Check::ErrorsAtMost(AtMost::new(0.0005))),
        Check::Counted(analysis::Check::DurationWorseThanStable(Comparison::default())),
        query(Bound::AtMost(2.0)),
        query(Bound::AtLeast(-0.5)),
    ];
    let expected = Analyze {
        length: Duration::from_mins(10),
        every: Duration::from_secs(30),
        checks,
        inconclusive: Inconclusive::Rollback,
        dry_run: true,
    };
    assert_eq!(analysis(&written), expected);
}

#[test]
fn what_is_not_written_has_a_default() {
    let checks = json!([{"errors": {"worseThanStable": {}}}]);
    let read = analysis(&json!({"for": "10m", "checks": checks}));
    assert_eq!((read.every, read.inconclusive), (Duration::from_secs(15), Inconclusive::Hold));
    assert_eq!((read.checks, read.dry_run), (vec![errors(0.01)], false));
    let short = analysis(&json!({"for": "5s", "checks": checks}));
    assert_eq!(short.every, Duration::from_secs(5));
}

#[test]
fn a_watch_is_read() {
    let checks = json!([{"errors": {"worseThanStable": {}}}]);
    let mut spec = with_checks(&checks);
    assert_eq!(read(&spec).unwrap().watch, vec![]);
    spec["rollout"]["watch"] = checks;
    assert_eq!(read(&spec).unwrap().watch, vec![errors(0.01)]);
    spec["rollout"]["watch"] = json!([]);
    refused(&spec, "error[empty] at `spec.rollout.watch`: `watch` has at least one check");
    spec["rollout"]["watch"] = json!([{"errors": {"atMost": "100%"}}]);
    refused(&spec, "error[out-of-range] at `spec.rollout.watch[0].errors.atMost`: expected a per");
}

#[test]
fn a_plan_that_is_only_watched_is_warned_of() {
    let mut spec = steps(&json!([{"shift": {"v2": 10}}, {"promote": "v2"}]));
    spec["rollout"]["watch"] = json!([{"errors": {"worseThanStable": {}}}]);
    refused(&spec, "warning[invalid-rollout] at `spec.rollout.watch`: `watch` only leads back");
}

#[test]
fn analyses_that_cannot_be_are_refused() {
    let checks = json!([{"errors": {"worseThanStable": {}}}]);
    for (written, at, expected) in [
        (json!(null), "", "type] at"),
        (json!({"checks": checks}), ".for", "missing field `for` of `analyze`"),
        (json!({"for": "10m"}), ".checks", "missing field `checks` of `analyze`"),
        (json!({"for": "10m", "checks": []}), ".checks", "`analyze` has at least one check"),
        (
            json!({"for": 10, "checks": checks}),
            ".for",
            "expected a duration, found the number `10`",
        ),
        (json!({"for": "0s", "checks": checks}), ".for", "expected a duration above zero, found"),
        (json!({"for": "1d", "checks": checks}), ".for", "expected a duration such as `10m`, fou"),
        (
            json!({"for": "1m", "every": "2m", "checks": checks}),
            ".every",
            "expected at most the `1m` of `for`, found `2m`",
        ),
        (
            json!({"for": "1m", "every": "10ms", "checks": checks}),
            ".every",
            "expected at least `1s`, found `10ms`",
        ),
        (
            json!({"for": "1m", "every": "0s", "checks": checks}),
            ".every",
            "expected a duration above zero, found `0s`",
        ),
        (
            json!({"for": "1m", "checks": checks, "inconclusive": "pass"}),
            ".inconclusive",
            "expected `hold`, `proceed` or `rollback`, found the string `pass`",
        ),
        (
            json!({"for": "1m", "checks": checks, "dryRun": "yes"}),
            ".dryRun",
            "expected `true` or `false`, found the string `yes`",
        ),
        (
            json!({"for": "1m", "checks": checks, "interval": "1m"}),
            ".interval",
            "unknown field `interval` of `analyze`",
        ),
    ] {
        let found = read(&analyzed(&written)).unwrap_err();
        assert!(found.contains(&format!("`spec.rollout.steps[1].analyze{at}`")), "{found}");
        assert!(found.contains(expected), "{found}\nnot {expected}");
        assert_eq!(found.lines().count(), 1, "{found}");
    }
}

#[test]
fn checks_that_cannot_be_are_refused() {
    let compared = |alpha: f64| json!({"errors": {"worseThanStable": {"alpha": alpha}}});
    let at_most = |percent: &str| json!({"errors": {"atMost": percent}});
    let alpha = "expected a number above 0 and at most 0.5, found";
    let range = "expected a percentage above 0 % and below 100 %, found";
    for (check, at, expected) in [
        (json!({}), "", "expected exactly one of `errors`, `duration` or `query`, found none"),
        (
            json!({"errors": {"atMost": "1%"}, "duration": {"worseThanStable": {}}}),
            "",
            "expected exactly one of `errors`, `duration` or `query`, found 2 of them",
        ),
        (json!({"latency": {}}), ".latency", "unknown field `latency` of a check"),
        (json!({"errors": {}}), ".errors", "exactly one of `worseThanStable` or `atMost`, found n"),
        (json!({"errors": {"worseThanStable": null}}), ".errors.worseThanStable", "found nothing"),
        (json!({"duration": {"atMost": "1s"}}), ".duration.atMost", "unknown field `atMost` of"),
        (compared(0.0), ".errors.worseThanStable.alpha", alpha),
        (compared(-0.1), ".errors.worseThanStable.alpha", alpha),
        (compared(0.51), ".errors.worseThanStable.alpha", alpha),
        (
            json!({"duration": {"worseThanStable": {"alpha": 1}}}),
            ".duration.worseThanStable.alpha",
            alpha,
        ),
        (
            json!({"errors": {"worseThanStable": {"alpha": "1%"}}}),
            ".errors.worseThanStable.alpha",
            "expected a number such as `0.01`, found the string `1%`",
        ),
        (at_most("0%"), ".errors.atMost", range),
        (at_most("100%"), ".errors.atMost", range),
        (at_most("99999999999%"), ".errors.atMost", range),
        (at_most("1"), ".errors.atMost", "expected a percentage such as `1%`, found `1`"),
        (at_most("0.00001%"), ".errors.atMost", "expected a percentage such as `1%`, found"),
        (at_most("-1%"), ".errors.atMost", "expected a percentage such as `1%`, found `-1%`"),
        (
            json!({"errors": {"atMost": 1}}),
            ".errors.atMost",
            "expected a percentage, found the number `1`",
        ),
        (json!({"query": {"atMost": 1}}), ".query.promql", "missing field `promql` of `query`"),
        (json!({"query": {"promql": " ", "atMost": 1}}), ".query.promql", "a query is not empty"),
        (json!({"query": {"promql": "x"}}), ".query", "one of `atMost` or `atLeast`, found none"),
        (
            json!({"query": {"promql": "x", "atMost": 1, "atLeast": 1}}),
            ".query",
            "expected exactly one of `atMost` or `atLeast`, found 2 of them",
        ),
        (
            json!({"query": {"promql": "x", "atMost": "1"}}),
            ".query.atMost",
            "expected a number, found the string `1`",
        ),
    ] {
        let found = read(&with_checks(&json!([check]))).unwrap_err();
        let place = format!("`spec.rollout.steps[1].analyze.checks[0]{at}`");
        assert!(found.contains(&place), "{found}\nnot {place}");
        assert!(found.contains(expected), "{found}\nnot {expected}");
        assert_eq!(found.lines().count(), 1, "{found}");
    }
}

#[test]
fn nothing_is_asked_twice() {
    let compared = |alpha: f64| json!({"errors": {"worseThanStable": {"alpha": alpha}}});
    let query = |bound: &str, number: u32| json!({"query": {"promql": "x", bound: number}});
    for checks in [
        [compared(0.01), compared(0.05)],
        [json!({"errors": {"atMost": "1%"}}), json!({"errors": {"atMost": "2%"}})],
        [query("atMost", 1), query("atMost", 2)],
    ] {
        let at = "error[invalid-rollout] at `spec.rollout.steps[1].analyze.checks[1]`: an earlier";
        refused(&with_checks(&json!(checks)), at);
    }
    for checks in [
        [compared(0.01), json!({"errors": {"atMost": "1%"}})],
        [query("atMost", 2), query("atLeast", 1)],
        [compared(0.01), json!({"duration": {"worseThanStable": {}}})],
    ] {
        read(&with_checks(&json!(checks))).unwrap();
    }
}

#[test]
fn all_problems_of_an_analysis_are_found_at_once() {
    let checks = json!([{"errors": {"atMost": "x"}}, {"query": {"promql": "", "atMost": 1}}, {}]);
    let found = read(&analyzed(&json!({"for": "x", "every": "y", "checks": checks}))).unwrap_err();
    for place in ["for", "every", "checks[0].errors.atMost", "checks[1].query.promql", "checks[2]"]
    {
        assert!(found.contains(&format!("analyze.{place}`")), "{place}: {found}");
    }
}

/// Nothing can be counted of a candidate without users, compared without users of stable, or led back after stable went.
#[test]
fn analyses_stand_where_they_can_tell_something() {
    let analyze = |check: Value| json!({"analyze": {"for": "10m", "checks": [check]}});
    let compare = || analyze(json!({"errors": {"worseThanStable": {}}}));
    let bound = || analyze(json!({"errors": {"atMost": "1%"}}));
    let query = || analyze(json!({"query": {"promql": "x", "atMost": 1}}));
    let promote = || json!({"promote": "v2"});
    for (written, position, expected) in [
        (json!([compare(), promote()]), 0, "the candidate `v2` gets no users at this step"),
        (json!([bound(), promote()]), 0, "the candidate `v2` gets no users at this step"),
        (
            json!([{"shift": {"v2": 0}}, bound(), promote()]),
            1,
            "the candidate `v2` gets no users at this step",
        ),
        (json!([promote(), compare()]), 1, "the stable subset `v1` gets no users at this step"),
        (
            json!([promote(), {"retire": "v1"}, query()]),
            2,
            "after a `retire` there is nothing to go back to",
        ),
    ] {
        let place = format!("error[invalid-rollout] at `spec.rollout.steps[{position}].analyze`: ");
        refused(&steps(&written), &(place + expected));
    }
    for written in [
        json!([query(), promote()]),
        json!([{"shift": {"v2": 1}}, compare(), promote(), bound(), {"retire": "v1"}]),
    ] {
        read(&steps(&written)).unwrap();
    }
    let mut ruled = steps(&json!([{"shift": {"v2": 0}}, compare(), promote()]));
    let get = json!([{"method": {"exact": "GET"}}]);
    ruled["rules"] = json!([{"name": "a", "match": get, "split": {"v2": 100}}]);
    read(&ruled).unwrap();
}

#[test]
fn digests_tell_analyses_apart() {
    let own = json!([{"query": {"promql": "x", "atMost": 1}}, {"errors": {"worseThanStable": {}}}]);
    let digest = |spec: &Value| read(spec).unwrap().digest;
    let of = |checks: &Value| digest(&with_checks(checks));
    let first = of(&own);
    // It is kept in the status of objects: it must not change from version to version.
    assert_eq!(first, "aa9122b1313788cd");
    assert_eq!(of(&json!([own[1], own[0]])), first);
    let written = json!({"errors": {"worseThanStable": {"alpha": 0.01}}});
    assert_eq!(of(&json!([own[0], written])), first);
    let mut watched = with_checks(&own);
    watched["rollout"]["watch"] = json!([{"errors": {"atMost": "1%"}}]);
    let mut others = vec![first, digest(&watched)];
    watched["rollout"]["watch"] = json!([{"errors": {"atMost": "2%"}}]);
    others.push(digest(&watched));
    for checks in [
        json!([own[0]]),
        json!([own[1]]),
        json!([own[0], {"errors": {"worseThanStable": {"alpha": 0.02}}}]),
        json!([own[0], {"duration": {"worseThanStable": {}}}]),
        json!([own[0], {"errors": {"atMost": "1%"}}]),
        json!([{"query": {"promql": "x", "atLeast": 1}}, own[1]]),
        json!([{"query": {"promql": "x", "atMost": 2}}, own[1]]),
        json!([{"query": {"promql": "y", "atMost": 1}}, own[1]]),
    ] {
        others.push(of(&checks));
    }
    for (field, value) in [
        ("for", json!("11m")),
        ("every", json!("16s")),
        ("inconclusive", json!("proceed")),
        ("inconclusive", json!("rollback")),
        ("dryRun", json!(true)),
    ] {
        let mut analyze = json!({"for": "10m", "checks": own});
        analyze[field] = value;
        others.push(digest(&analyzed(&analyze)));
    }
    let count = others.len();
    others.sort();
    others.dedup();
    assert_eq!(others.len(), count);
}

/// It serializes to the shape that it was read from.
#[test]
fn what_is_read_is_written_the_same() {
    let mut spec = with_checks(&json!([
        {"errors": {"worseThanStable": {"alpha": 0.05}}},
        {"errors": {"atMost": "1.5%"}},
        {"duration": {"worseThanStable": {}}},
        {"query": {"promql": "x", "atLeast": 0.5}},
    ]));
    let analyze = &mut spec["rollout"]["steps"][1]["analyze"];
    (analyze["every"], analyze["dryRun"]) = (json!("1m"), json!(false));
    analyze["inconclusive"] = json!("proceed");
    spec["rollout"]["watch"] = json!([{"query": {"promql": "y", "atMost": 3}}]);
    let node = serde_json::from_value(crate::rollout::plan::tests::release(&spec)).unwrap();
    let mut problems = crate::Problems::default();
    let read = crate::Spec::read(&node, &crate::Path::root(), &mut problems).unwrap();
    let written = serde_json::to_value(read).unwrap();
    assert_eq!(written["spec"]["rollout"], spec["rollout"], "{problems}");
}

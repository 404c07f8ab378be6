mod mirror;

use std::time::Duration;

use serde_json::{Value, json};

use super::{Amount, Plan, PlanStep};
use crate::policy::SubsetId;
use crate::{Node, Path, Problems};

/// A Release of three subsets, the first of which is stable; the last has no workload.
pub(super) fn release(spec: &Value) -> Value {
    let mut release = json!({
        "apiVersion": "serin.dev/v1alpha1", "kind": "Release", "metadata": {"name": "reviews"},
        "spec": {
            "host": "reviews", "stable": "v1",
            "subsets": [
                {"name": "v1", "workload": {"deployment": "reviews-v1"}},
                {"name": "v2", "workload": {"deployment": "reviews-v2"}},
                {"name": "v3"},
            ],
        },
    });
    for (field, value) in spec.as_object().unwrap() {
        release["spec"][field] = value.clone();
    }
    release
}

pub(super) fn read(spec: &Value) -> Result<Plan, String> {
    let node: Node = serde_json::from_value(release(spec)).unwrap();
    let mut problems = Problems::default();
    let checked = crate::check(&node, &Path::root(), &mut problems);
    if problems.is_empty() { Ok(checked.unwrap().plan) } else { Err(problems.to_string()) }
}

pub(super) fn steps(steps: &Value) -> Value {
    json!({"rollout": {"candidate": "v2", "steps": steps}})
}

/// The beginning of the one problem of these steps.
#[track_caller]
fn refused(written: &Value, expected: &str) {
    let found = read(&steps(written)).unwrap_err();
    assert!(found.starts_with(&format!("error[{expected}")), "{written}: {found}");
    assert_eq!(found.lines().count(), 1, "{written}: {found}");
}

#[test]
fn steps_are_read_in_their_order() {
    let plan = read(&steps(&json!([
        {"scale": {"v2": "12.5%", "v1": 3}},
        {"shift": {"v2": 10}},
        {"pause": {"for": "1h30m"}},
        {"pause": {}},
        {"approve": {"timeout": "6h"}},
        {"approve": {}},
        {"update": {"from": "v2", "to": "v1"}},
        {"promote": "v2"},
        {"retire": "v1"},
    ])))
    .unwrap();
    let (v1, v2) = (SubsetId(0), SubsetId(1));
    let [scale, PlanStep::Shift(split), rest @ ..] = plan.steps.as_slice() else {
        panic!("{:?}", plan.steps);
    };
    let amounts = vec![(v1, Amount::Pods(3)), (v2, Amount::Percent(1250))];
    assert_eq!(*scale, PlanStep::Scale(amounts));
    let shares: Vec<_> = split.shares().map(|(id, share)| (id, share.percent())).collect();
    assert_eq!(shares, [(v1, 90.0), (v2, 10.0)]);
    assert_eq!(
        rest,
        [
            PlanStep::Pause { length: Some(Duration::from_mins(90)) },
            PlanStep::Pause { length: None },
            PlanStep::Approve { timeout: Some(Duration::from_hours(6)) },
            PlanStep::Approve { timeout: None },
            PlanStep::Update { from: v2, to: v1 },
            PlanStep::Promote(v2),
            PlanStep::Retire(v1),
        ]
    );
    assert_eq!((plan.stable, plan.candidate), (v1, Some(v2)));
    assert_eq!(
        plan.workloads,
        [Some("reviews-v1".to_owned()), Some("reviews-v2".to_owned()), None]
    );
    assert_eq!((plan.ruled, plan.split), (vec![], vec![v1]));
}

#[test]
fn a_release_without_a_rollout_opens_as_a_whole() {
    let rule = json!({"name": "a", "match": [{"method": {"exact": "GET"}}], "split": {"v3": 100}});
    let plan = read(&json!({"rules": [rule], "identity": [{"cookie": "id"}], "split": {"v2": 1}}));
    let plan = plan.unwrap();
    assert_eq!(plan.steps, [PlanStep::Open]);
    assert_eq!(plan.candidate, None);
    assert_eq!(plan.ruled, [SubsetId(2)]);
    assert_eq!(plan.split, [SubsetId(0), SubsetId(1)]);
    let two = read(&json!({"subsets": [{"name": "v1"}, {"name": "v2"}]})).unwrap();
    assert_eq!(two.candidate, Some(SubsetId(1)));
}

#[test]
fn values_that_cannot_be_are_refused() {
    for (written, expected) in [
        (json!([]), "empty] at `spec.rollout.steps`: a rollout has at least one step"),
        (json!([{"scale": {}}]), "empty] at `spec.rollout.steps[0].scale`: `scale` names"),
        (json!([{"scale": {"v2": 1.5}}]), "out-of-range] at `spec.rollout.steps[0].scale.v2`"),
        (json!([{"scale": {"v2": -1}}]), "out-of-range] at `spec.rollout.steps[0].scale.v2`"),
        (json!([{"scale": {"v2": "5x%"}}]), "out-of-range] at `spec.rollout.steps[0].scale.v2`"),
        (json!([{"scale": {"v2": "1001%"}}]), "out-of-range] at `spec.rollout.steps[0].scale.v2`"),
        (json!([{"scale": {"v2": "5"}}]), "type] at `spec.rollout.steps[0].scale.v2`: expected a"),
        (json!([{"scale": {"v3": 1}}]), "missing-field] at `spec.rollout.steps[0].scale.v3`: sub"),
        (json!([{"scale": {"v4": 1}}]), "unknown-subset] at `spec.rollout.steps[0].scale.v4`"),
        (json!([{"scale": {"v1": "50%"}}]), "invalid-rollout] at `spec.rollout.steps[0].scale.v1`"),
        (json!([{"shift": {}}]), "empty] at `spec.rollout.steps[0].shift`: a split names"),
        (json!([{"shift": {"v2": 101}}]), "invalid-split] at `spec.rollout.steps[0].shift.v2`"),
        (json!([{"pause": null}]), "type] at `spec.rollout.steps[0].pause`: expected a pause (a"),
        (json!([{"pause": {"for": 10}}]), "type] at `spec.rollout.steps[0].pause.for`: expected a"),
        (json!([{"pause": {"for": "10"}}]), "out-of-range] at `spec.rollout.steps[0].pause.for`: "),
        (json!([{"pause": {"for": "0s"}}]), "out-of-range] at `spec.rollout.steps[0].pause.for`: "),
        (
            json!([{"approve": {"timeout": "1d"}}]),
            "out-of-range] at `spec.rollout.steps[0].approve",
        ),
        (
            json!([{"update": {"from": "v2"}}]),
            "missing-field] at `spec.rollout.steps[0].update.to`",
        ),
        (
            json!([{"update": {"from": "v2", "to": "v2"}}]),
            "invalid-rollout] at `spec.rollout.steps[0].update.to`: `v2` cannot be updated from",
        ),
        (json!([{"promote": "v4"}]), "unknown-subset] at `spec.rollout.steps[0].promote`"),
        (json!([{}]), "one-of] at `spec.rollout.steps[0]`: expected exactly one of `scale`"),
        (
            json!([{"promote": "v2", "retire": "v1"}]),
            "one-of] at `spec.rollout.steps[0]`: expected exactly one of `scale`",
        ),
        (json!([{"shfit": {}}]), "unknown-field] at `spec.rollout.steps[0].shfit`: unknown field"),
    ] {
        refused(&written, expected);
    }
}

#[test]
fn steps_that_cannot_stand_where_they_do_are_refused() {
    let (promote, retire) = (json!({"promote": "v2"}), json!({"retire": "v1"}));
    for (written, at, expected) in [
        (json!([retire]), "[0].retire", "another subset must get all users by now, but `v1` gets"),
        (
            json!([{"shift": {"v2": 50}}, retire]),
            "[1].retire",
            "another subset must get all users by now, but `v1` and `v2` get users",
        ),
        (json!([promote, {"retire": "v2"}]), "[1].retire", "another subset must get all users"),
        (json!([promote, {"shift": {"v2": 9}}]), "[1].shift", "after a `promote` all users get"),
        (json!([promote, retire, {"shift": {"v2": 9}}]), "[2].shift", "after a `retire`"),
        (json!([promote, retire, promote]), "[2].promote", "after a `retire` all users get one"),
        (
            json!([promote, retire, {"promote": "v1"}]),
            "[2].promote",
            "an earlier step retires `v1`",
        ),
        (json!([promote, retire, retire]), "[2].retire", "an earlier step retires `v1`"),
        (json!([promote, retire, {"scale": {"v1": 1}}]), "[2].scale.v1", "an earlier step retires"),
        (json!([promote, retire, {"scale": {"v2": "50%"}}]), "[2].scale.v2", "a percentage is of"),
        (
            json!([promote, retire, {"update": {"from": "v2", "to": "v1"}}]),
            "[2].update.to",
            "an earlier step retires `v1`",
        ),
        (json!([promote, {"scale": {"v2": 0}}]), "[1].scale.v2", "subset `v2` gets users at this"),
        (json!([promote, {"scale": {"v2": "0%"}}]), "[1].scale.v2", "subset `v2` gets users at"),
        (
            json!([{"scale": {"v2": 0}}, {"shift": {"v2": 1}}]),
            "[1].shift",
            "subset `v2` gets users at this step, but has no pods",
        ),
        (json!([{"scale": {"v2": 0}}, promote]), "[1].promote", "subset `v2` gets users at this"),
        (json!([{"scale": {"v1": 0}}]), "[0].scale.v1", "subset `v1` gets users at this step"),
        (json!([promote, {"scale": {"v1": 0}}]), "[1].scale.v1", "the stable subset `v1` needs a"),
    ] {
        refused(&written, &format!("invalid-rollout] at `spec.rollout.steps{at}`: {expected}"));
    }
}

#[test]
fn subsets_that_get_everybody_let_others_go() {
    for written in [
        json!([{"shift": {"v2": 100}}, {"retire": "v1"}]),
        json!([{"shift": {"v2": 10}}, {"promote": "v1"}, {"scale": {"v2": 0}}, {"retire": "v2"}]),
        json!([{"promote": "v2"}, {"scale": {"v1": 1}}, {"retire": "v1"}, {"scale": {"v2": 4}}]),
        json!([{"scale": {"v2": 0}}, {"shift": {"v2": 0}}, {"scale": {"v2": 1}}, {"promote": "v2"}]),
        json!([{"approve": {}}, {"update": {"from": "v2", "to": "v1"}}]),
    ] {
        read(&steps(&written)).unwrap();
    }
    let mut ruled = steps(&json!([{"shift": {"v2": 100}}, {"retire": "v1"}]));
    let rule =
        |split| json!([{"name": "a", "match": [{"method": {"exact": "GET"}}], "split": split}]);
    ruled["rules"] = rule(json!({"v2": 100}));
    read(&ruled).unwrap();
    ruled["rules"] = rule(json!({"v2": 100, "v1": 0}));
    read(&ruled).unwrap();
    ruled["identity"] = json!([{"cookie": "id"}]);
    ruled["rules"] = rule(json!({"v2": 99}));
    assert!(read(&ruled).unwrap_err().contains("but `v1` and `v2` get users"));
}

#[test]
fn candidates_and_workloads_are_looked_at() {
    let promote = json!([{"promote": "v2"}]);
    for (candidate, expected) in [
        ("v1", "error[invalid-rollout] at `spec.rollout.candidate`: the candidate `v1` is the"),
        ("v3", "error[missing-field] at `spec.rollout.candidate`: subset `v3` has no `workload`"),
        ("v4", "error[unknown-subset] at `spec.rollout.candidate`: subset `v4` is not declared"),
    ] {
        let found = read(&json!({"rollout": {"candidate": candidate, "steps": promote}}));
        let found = found.unwrap_err();
        assert!(found.starts_with(expected), "{found}");
    }
    let subsets = |deployment: &str| {
        json!({"subsets": [
            {"name": "v1", "workload": {"deployment": "reviews"}},
            {"name": "v2", "workload": {"deployment": deployment}},
        ]})
    };
    let twice = read(&subsets("reviews")).unwrap_err();
    assert!(twice.contains("the Deployment `reviews` also belongs to subset `v1`"), "{twice}");
    let odd = read(&subsets("Reviews!")).unwrap_err();
    assert!(odd.contains("`Reviews!` cannot be the name of a Deployment"), "{odd}");
}

#[test]
fn all_problems_are_found_at_once() {
    let found = read(&json!({
        "split": {"v2": 120},
        "rollout": {"candidate": "v9", "steps": [{"pause": {"for": "x"}}, {"promote": "v8"}]},
    }))
    .unwrap_err();
    for place in ["spec.split", "candidate", "steps[0].pause.for", "steps[1].promote"] {
        assert!(found.contains(place), "{place}: {found}");
    }
}

#[test]
fn steps_that_lead_nowhere_are_warned_of() {
    let found = read(&steps(&json!([{"scale": {"v2": 1}}, {"approve": {}}]))).unwrap_err();
    assert!(found.starts_with("warning[invalid-rollout] at `spec.rollout.steps`"), "{found}");
}

#[test]
fn digests_tell_plans_apart_and_nothing_else() {
    let first =
        json!([{"scale": {"v1": 2, "v2": "50%"}}, {"pause": {"for": "1h"}}, {"promote": "v2"}]);
    let digest = |spec: &Value| read(spec).unwrap().digest;
    let own = digest(&steps(&first));
    // It is kept in the status of objects: it must not change from version to version.
    assert_eq!(own, "d047383192f89b88");
    let same =
        json!([{"scale": {"v2": "50.0%", "v1": 2}}, {"pause": {"for": "60m"}}, {"promote": "v2"}]);
    assert_eq!(digest(&steps(&same)), own);
    let mut turned = steps(&first);
    turned["subsets"] = json!([
        {"name": "v2", "workload": {"deployment": "two"}},
        {"name": "v1", "workload": {"deployment": "one"}},
    ]);
    turned["rules"] =
        json!([{"name": "a", "match": [{"method": {"exact": "GET"}}], "split": {"v2": 100}}]);
    assert_eq!(digest(&turned), own);
    let mut others = vec![own];
    for changed in [
        json!([{"scale": {"v1": 2, "v2": "50%"}}, {"pause": {}}, {"promote": "v2"}]),
        json!([{"scale": {"v1": 2, "v2": 50}}, {"pause": {"for": "1h"}}, {"promote": "v2"}]),
        json!([{"scale": {"v1": 2, "v2": "50%"}}, {"approve": {"timeout": "1h"}}, {"promote": "v2"}]),
        json!([{"pause": {"for": "1h"}}, {"scale": {"v1": 2, "v2": "50%"}}, {"promote": "v2"}]),
        json!([{"promote": "v2"}]),
        json!([{"promote": "v1"}]),
    ] {
        others.push(digest(&steps(&changed)));
    }
    others.push(digest(&json!({})));
    let count = others.len();
    others.sort();
    others.dedup();
    assert_eq!(others.len(), count);
}

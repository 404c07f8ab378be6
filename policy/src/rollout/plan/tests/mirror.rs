//! Steps that copy requests, and the Release's own `mirror` beside a plan.

use super::*;

#[test]
fn copies_of_requests_go_to_one_other_subset_before_any_user_does() {
    let mirror = |mirror: Value| json!([{"mirror": mirror}, {"promote": "v2"}]);
    let plan = read(&steps(&mirror(json!({"v3": 0.25})))).unwrap();
    let [PlanStep::Mirror(read_mirror), PlanStep::Promote(_)] = plan.steps.as_slice() else {
        panic!("{:?}", plan.steps);
    };
    assert_eq!((read_mirror.to, read_mirror.share.hundredths()), (SubsetId(2), 25));
    for (written, expected) in [
        (
            json!({}),
            "one-of] at `spec.rollout.steps[0].mirror`: expected one subset that gets the copies, found none",
        ),
        (
            json!({"v2": 1, "v3": 1}),
            "one-of] at `spec.rollout.steps[0].mirror`: expected one subset that gets the copies, found 2",
        ),
        (
            json!({"v1": 5}),
            "duplicate-name] at `spec.rollout.steps[0].mirror.v1`: expected another subset than the stable one, found `v1`",
        ),
        (
            json!({"v4": 5}),
            "unknown-subset] at `spec.rollout.steps[0].mirror.v4`: subset `v4` is not declared",
        ),
        (
            json!({"v2": 0}),
            "out-of-range] at `spec.rollout.steps[0].mirror.v2`: expected a percentage from 0.01 to 100 with at most two decimals, found `0`",
        ),
        (
            json!({"v2": 101}),
            "out-of-range] at `spec.rollout.steps[0].mirror.v2`: expected a percentage from 0.01 to 100",
        ),
        (
            json!({"v2": 0.001}),
            "out-of-range] at `spec.rollout.steps[0].mirror.v2`: expected a percentage from 0.01 to 100",
        ),
        (
            json!({"v2": "5%"}),
            "type] at `spec.rollout.steps[0].mirror.v2`: expected a percentage, found",
        ),
    ] {
        refused(&mirror(written), expected);
    }
}

#[test]
fn copies_come_before_shifts_and_need_pods() {
    let copies = json!({"mirror": {"v2": 5}});
    let fine = [
        json!([copies, {"mirror": {"v2": 50}}, {"shift": {"v2": 10}}]),
        json!([{"shift": {"v2": 0}}, copies, {"promote": "v2"}]),
        json!([copies, {"pause": {}}, {"retire": "v2"}]),
        json!([copies, {"shift": {"v2": 10}}, {"promote": "v1"}, {"scale": {"v2": 0}}]),
    ];
    for plan in &fine {
        read(&steps(plan)).unwrap_or_else(|problems| panic!("{plan}: {problems}"));
    }
    for (plan, expected) in [
        (
            json!([{"shift": {"v2": 10}}, copies]),
            "invalid-rollout] at `spec.rollout.steps[1].mirror`: expected all users on stable while requests are \
             mirrored, but `v2` gets some since an earlier `shift`",
        ),
        (
            json!([{"promote": "v2"}, copies]),
            "invalid-rollout] at `spec.rollout.steps[1].mirror`: after a `promote` all users get one subset",
        ),
        (
            json!([{"scale": {"v2": 0}}, copies]),
            "invalid-rollout] at `spec.rollout.steps[1].mirror.v2`: subset `v2` gets copies at this step, but has no pods",
        ),
        (
            json!([copies, {"scale": {"v2": 0}}]),
            "invalid-rollout] at `spec.rollout.steps[1].scale.v2`: subset `v2` gets copies at this step: it needs a pod",
        ),
    ] {
        refused(&plan, expected);
    }
}

#[test]
fn steps_and_the_release_cannot_both_say_what_is_copied() {
    let own = json!({"mirror": {"to": "v3", "percent": 2.5}});
    assert_eq!(read(&own).unwrap().mirror, Some(SubsetId(2)));
    let mut both = steps(&json!([{"mirror": {"v2": 5}}, {"promote": "v2"}]));
    both["mirror"] = own["mirror"].clone();
    let found = read(&both).unwrap_err();
    let expected = "error[invalid-rollout] at `spec.mirror`: expected no `mirror` beside a `rollout`: its steps say which \
                    requests are copied; help: make it a step, which holds until the next one that is about traffic: \
                    `- mirror: {v3: 2.5}`";
    assert_eq!(found.trim_end(), expected);
}

//! The state in the status of the object.

use policy::rollout::{At, Phase, PlanStep, State, Traffic};
use serde_json::{Value, json};

use super::{V1, V2, at, mirrored, release};
use crate::saved::{read, read_back, write};

#[test]
fn every_state_comes_back() {
    let release = release();
    let shifts = release.plan.steps.iter().filter_map(|step| match step {
        PlanStep::Shift(split) => Some(Traffic::Shifted(split.clone())),
        _ => None,
    });
    let others = [Traffic::Spec, Traffic::Stable, mirrored()];
    let whole = [V1, V2].map(|id| [Traffic::Only(id), Traffic::Pinned(id), Traffic::Bare(id)]);
    let traffics = shifts.chain(others).chain(whole.into_iter().flatten());
    let phases = [
        Phase::Idle,
        Phase::Progressing,
        Phase::Paused,
        Phase::RollingBack,
        Phase::RolledBack,
        Phase::Completed,
    ];
    let mut count = 0;
    for traffic in traffics {
        for phase in phases {
            for at in [At::Plan(3), At::Promote(V2), At::Retire(V1)] {
                for some in [None, Some("6f7d".to_owned())] {
                    let state = State {
                        phase,
                        at,
                        traffic: traffic.clone(),
                        revision: some.clone(),
                        single: some.is_some(),
                        image: some,
                        plan: "d".to_owned(),
                    };
                    assert_eq!(
                        read(&write(&state, &release.policy, None), &release.policy),
                        Ok(state)
                    );
                    count += 1;
                }
            }
        }
    }
    assert_eq!(count, 11 * 6 * 3 * 2);
}

#[test]
fn states_are_written_with_names() {
    let release = release();
    let PlanStep::Shift(split) = &release.plan.steps[1] else { panic!() };
    let mut state = at(&release, 1, Traffic::Shifted(split.clone()));
    state.plan = "d".to_owned();
    let written = json!({
        "phase": "Progressing",
        "at": {"plan": 1},
        "traffic": {"shifted": {"v1": 82.5, "v2": 12.5, "v3": 5}},
        "plan": "d",
        "single": false,
    });
    assert_eq!(write(&state, &release.policy, None), written);
    state.traffic = mirrored();
    let written = write(&state, &release.policy, None);
    assert_eq!(written["traffic"], json!({"mirrored": {"v2": 2.5}}));
    state.traffic = Traffic::Spec;
    state.at = At::Promote(V2);
    let written = write(&state, &release.policy, None);
    assert_eq!(
        (&written["at"], &written["traffic"]),
        (&json!({"promote": "v2"}), &json!({"spec": {}}))
    );
}

#[test]
fn what_a_split_does_not_name_is_stables() {
    let release = release();
    let state = |shares: Value| {
        let traffic = json!({"shifted": shares});
        json!({"phase": "Paused", "at": {"plan": 1}, "traffic": traffic, "plan": "d"})
    };
    let short = read(&state(json!({"v2": 12.5, "v3": 5})), &release.policy).unwrap();
    let PlanStep::Shift(split) = &release.plan.steps[1] else { panic!() };
    assert_eq!(short.traffic, Traffic::Shifted(split.clone()));
    let none = read(&state(json!({})), &release.policy).unwrap();
    let PlanStep::Shift(split) = &release.plan.steps[7] else { panic!() };
    assert_eq!(none.traffic, Traffic::Shifted(split.clone()));
}

#[test]
fn what_cannot_be_read_is_said() {
    let release = release();
    let good =
        json!({"phase": "Paused", "at": {"plan": 1}, "traffic": {"stable": {}}, "plan": "d"});
    let with = |name: &str, value: Value| {
        let mut state = good.clone();
        state[name] = value;
        state
    };
    let shifted = |shares: Value| with("traffic", json!({"shifted": shares}));
    let mirrored = |shares: Value| with("traffic", json!({"mirrored": shares}));
    for (state, what) in [
        (json!("Paused"), "expected an object, found the string `Paused`"),
        (json!({}), "missing field `phase`"),
        (with("phase", json!("Analyzing")), "unknown value `Analyzing`"),
        (with("phase", json!(7)), "`state.phase` of the Release's status cannot be read"),
        (with("traffic", json!({"doubled": "v2"})), "unknown value `doubled`"),
        (
            with("traffic", json!("open")),
            "a newer serin wrote `state.traffic` of the Release's status",
        ),
        (with("at", json!({"plan": -1})), "expected a whole number, found the number `-1`"),
        (
            with("traffic", json!({"only": "v9"})),
            "`state.traffic.only` of the Release's status names subset `v9`; its spec has `v1`, `v2` and `v3`",
        ),
        (with("at", json!({"retire": "v9"})), "`state.at.retire`"),
        (shifted(json!({"v9": 10})), "`state.traffic.shifted`"),
        (shifted(json!({"v2": 101})), "is not a split: {\"v2\":101}"),
        (shifted(json!({"v2": 60, "v3": 60})), "is not a split"),
        (shifted(json!({"v1": 10, "v2": 10})), "is not a split"),
        (shifted(json!({"v2": "10"})), "is not a split"),
        (
            mirrored(json!({"v9": 5})),
            "`state.traffic.mirrored` of the Release's status names subset `v9`",
        ),
        (mirrored(json!({"v2": 0})), "is no share of one subset: {\"v2\":0}"),
        (mirrored(json!({"v2": 5, "v3": 5})), "is no share of one subset"),
        (mirrored(json!({})), "is no share of one subset"),
    ] {
        let error = read(&state, &release.policy).unwrap_err();
        assert!(error.chain().contains(what), "{state}: {}", error.chain());
        assert!(error.help.is_some());
    }
}

/// A newer `serin` may write more: what it adds is passed over, and kept.
#[test]
fn fields_of_a_later_version_are_passed_over_and_kept() {
    let release = release();
    let good =
        json!({"phase": "Paused", "at": {"plan": 1}, "traffic": {"stable": {}}, "plan": "d"});
    let mut newer = good.clone();
    newer["checks"] = json!([{"metric": "errors"}]);
    let state = read(&newer, &release.policy);
    assert_eq!(state, read(&good, &release.policy));
    let next = State { phase: Phase::RolledBack, revision: None, ..state.unwrap() };
    let written = write(&next, &release.policy, Some(&newer));
    assert_eq!((&written["checks"], &written["phase"]), (&newer["checks"], &json!("RolledBack")));
    // What is known is not kept when it is no more.
    let gone = json!({"revision": "6f7d", "image": "reviews:2"});
    assert_eq!(write(&next, &release.policy, Some(&gone)), write(&next, &release.policy, None));
}

/// What is not known of the state does not say that users are on stable.
#[test]
fn the_way_back_begins_in_whatever_state() {
    let release = release();
    let back = |state: &Value| read_back(state, &release.policy, &release.plan);
    let good = json!({
        "phase": "RolledBack", "at": {"plan": 1}, "traffic": {"stable": {}}, "plan": "d",
        "revision": "6f7d", "image": "reviews:2", "single": true,
    });
    assert_eq!(Ok(back(&good)), read(&good, &release.policy));
    for (field, value) in [
        ("phase", json!("Analyzing")),
        ("at", json!({"analyze": 1})),
        ("at", json!({"retire": "v9"})),
        ("traffic", json!({"doubled": "v2"})),
        ("traffic", json!({"only": "v9"})),
        ("plan", Value::Null),
        ("single", json!("yes")),
    ] {
        let mut newer = good.clone();
        newer[field] = value;
        assert!(read(&newer, &release.policy).is_err(), "{newer}");
        let state = back(&newer);
        assert_eq!((state.phase, state.single), (Phase::Progressing, false), "{newer}");
        assert_eq!(state.traffic == Traffic::Spec, field == "traffic", "{newer}");
        assert_eq!(state.at == At::Plan(10), field == "at", "{newer}");
        assert_eq!(
            (state.revision.as_deref(), state.image.as_deref()),
            (Some("6f7d"), Some("reviews:2"))
        );
    }
    for nothing in [json!("Paused"), json!({}), Value::Null] {
        assert_eq!(back(&nothing).traffic, Traffic::Spec);
    }
}

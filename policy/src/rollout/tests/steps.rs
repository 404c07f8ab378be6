//! What is done next: every kind of step before every observation.

use super::fixture::{HOUR, V1, V2, V3, at, done, fine, gone, open, pods, shifted, whole};
use crate::rollout::{At, Mesh, Observation, Phase, Plan, Presence, State, Traffic, step};

fn observations() -> Vec<(&'static str, Observation)> {
    let dead = |fine: Observation, id| fine.with(id, |it| (it.ready, it.settled) = (0, false));
    let failing = |it: &mut crate::rollout::Workload| {
        it.settled = false;
        it.failing = Some("v2-1 crashes".to_owned());
    };
    vec![
        ("all fine", fine()),
        ("mesh behind", fine().mesh(Some(Mesh::Behind))),
        ("mesh unknown", fine().mesh(None)),
        ("v1 unknown", fine().without(V1)),
        ("v2 unknown", fine().without(V2)),
        ("v3 unknown", fine().without(V3)),
        ("all unknown", Observation::default()),
        ("v2 has a pod that crashes", fine().with(V2, failing)),
        (
            "v2 autoscaled, and at it",
            fine().with(V2, |it| {
                it.settled = false;
                it.autoscaler = Some("v2".to_owned());
            }),
        ),
        ("v2 has no endpoints", dead(fine(), V2)),
        ("v2 has none, mesh behind", dead(fine(), V2).mesh(Some(Mesh::Behind))),
        ("v1 has no endpoints", dead(fine(), V1)),
        ("neither has any", dead(dead(fine(), V1), V2)),
        ("v2 has no workload", fine().with(V2, |it| *it = gone())),
        ("v1 has no workload", fine().with(V1, |it| *it = gone())),
        ("v1 has no workload, but pods", fine().with(V1, |it| it.presence = Presence::Absent)),
        ("v3 has pods", fine().with(V3, |it| *it = pods(V3, 1))),
        ("v2 is another", fine().with(V2, |it| it.template = Some("another".to_owned()))),
        ("v2's template unknown", fine().with(V2, |it| it.template = None)),
        ("time unknown", fine().elapsed(None)),
        ("a day passed", fine().elapsed(Some(24 * HOUR))),
        ("a day passed, v1 unknown", fine().elapsed(Some(24 * HOUR)).without(V1)),
    ]
}

fn states(plan: &Plan) -> Vec<(&'static str, State)> {
    let hand = |hand, traffic| State { at: hand, ..at(plan, 0, traffic) };
    let ended = |phase, traffic| State { phase, ..at(plan, plan.steps.len(), traffic) };
    let only = Traffic::Only(V2);
    vec![
        ("idle", State::fresh(plan)),
        ("idle, as written", State { traffic: Traffic::Spec, ..State::fresh(plan) }),
        ("at scale", at(plan, 0, Traffic::Stable)),
        ("at shift", at(plan, 1, Traffic::Stable)),
        ("at shift, routed", at(plan, 1, shifted())),
        ("at approve", at(plan, 2, shifted())),
        ("at pause", at(plan, 3, shifted())),
        ("at a pause of an hour", at(plan, 4, shifted())),
        ("at promote", at(plan, 5, shifted())),
        ("at promote, routed", at(plan, 5, only.clone())),
        ("at retire", at(plan, 6, only.clone())),
        ("at retire, pinned", at(plan, 6, Traffic::Pinned(V2))),
        ("at retire, bare", at(plan, 6, Traffic::Bare(V2))),
        ("behind the last", at(plan, 7, Traffic::Bare(V2))),
        ("by hand, promote", hand(At::Promote(V2), shifted())),
        ("by hand, retire v2", hand(At::Retire(V2), Traffic::Stable)),
        ("paused", State { phase: Phase::Paused, ..at(plan, 2, shifted()) }),
        ("rolling back", ended(Phase::RollingBack, Traffic::Stable)),
        ("rolled back", ended(Phase::RolledBack, Traffic::Stable)),
        ("completed at a split", ended(Phase::Completed, shifted())),
        ("completed, only v2", ended(Phase::Completed, only)),
    ]
}

fn table(plan: &Plan, of: &[&str]) -> String {
    let mut lines = Vec::new();
    for (name, state) in states(plan) {
        if of.is_empty() || of.contains(&name) {
            lines.push(name.to_owned());
            let step = |observation| done(&step(plan, &state, &observation));
            lines.extend(observations().into_iter().map(|(o, it)| format!("  {o}: {}", step(it))));
        }
    }
    lines.join("\n") + "\n"
}

/// steps/rollout.txt holds what is done next in every phase and at every kind of step, before every observation.
#[test]
fn steps_of_a_rollout() {
    assert_eq!(table(&whole(), &[]), include_str!("steps/rollout.txt"));
}

/// steps/open.txt holds what is different for a Release without `rollout`.
#[test]
fn steps_without_a_rollout() {
    assert_eq!(table(&open(), &["at scale"]), include_str!("steps/open.txt"));
}

/// Where the plan is another than the one with which the rollout began, nothing is done but going back to stable.
#[test]
fn another_plan() {
    let (old, new) = (whole(), Plan { digest: "another".to_owned(), ..whole() });
    for (name, state) in states(&old) {
        let step = done(&step(&new, &state, &fine().mesh(Some(Mesh::Behind))));
        let held = if state.phase.is_at_rest() || state.phase == Phase::RollingBack {
            step == "Route"
        } else {
            step == "wait: PlanChanged"
        };
        assert!(held, "{name}: {step}");
    }
}

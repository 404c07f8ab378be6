//! Random plans, states and observations.

use std::time::Duration;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use super::fixture::{HOUR, V1, V2, V3, analyze, mirror, plan, query, split, worse};
use crate::policy::SubsetId;
use crate::rollout::analysis::Reason;
use crate::rollout::{
    Amount, At, Check, Doubt, Freeze, Gate, Judgement, Mesh, Observation, Opening, Phase, Plan,
    PlanStep, Presence, State, Traffic, Verb, Workload,
};
use crate::spec::Inconclusive;

fn subset() -> impl Strategy<Value = SubsetId> {
    prop_oneof![4 => Just(V1), 4 => Just(V2), 1 => Just(V3)]
}

fn percent() -> impl Strategy<Value = f64> {
    prop_oneof![Just(0.0), Just(10.0), Just(50.0), Just(100.0)]
}

fn length() -> impl Strategy<Value = Option<Duration>> {
    option::of(Just(HOUR))
}

/// A step that can stand before all users get one subset.
fn early() -> impl Strategy<Value = PlanStep> {
    let amount =
        prop_oneof![(1_u32..=20_000).prop_map(Amount::Percent), (1_u32..=6).prop_map(Amount::Pods)];
    prop_oneof![
        3 => amount.prop_map(|amount| PlanStep::Scale(vec![(V2, amount)])),
        1 => (1_u32..=6).prop_map(|pods| {
            PlanStep::Scale(vec![(V1, Amount::Pods(pods)), (V2, Amount::Percent(5_000))])
        }),
        4 => percent().prop_map(|percent| PlanStep::Shift(split(percent))),
        2 => length().prop_map(|timeout| PlanStep::Approve { timeout }),
        2 => length().prop_map(|length| PlanStep::Pause { length }),
        1 => Just(PlanStep::Update { from: V2, to: V1 }),
        2 => (inconclusive(), any::<bool>()).prop_map(|(end, dry)| analyze(end, dry)),
    ]
}

fn inconclusive() -> impl Strategy<Value = Inconclusive> {
    prop_oneof![Just(Inconclusive::Hold), Just(Inconclusive::Proceed), Just(Inconclusive::Rollback)]
}

/// Plans as the language lets them be: perhaps a mirror, shifts, then perhaps a promotion, then perhaps a retirement.
pub(super) fn plans() -> impl Strategy<Value = Plan> {
    let ends = prop_oneof![
        Just(vec![]),
        Just(vec![PlanStep::Promote(V2)]),
        Just(vec![PlanStep::Promote(V1)]),
        Just(vec![PlanStep::Promote(V2), PlanStep::Retire(V1)]),
        Just(vec![
            PlanStep::Update { from: V2, to: V1 },
            PlanStep::Promote(V1),
            PlanStep::Retire(V2)
        ]),
        Just(vec![
            PlanStep::Promote(V2),
            PlanStep::Approve { timeout: None },
            PlanStep::Retire(V1)
        ]),
    ];
    let mirrors = vec(Just(PlanStep::Mirror(mirror(5.0))), 0..2);
    let steps = prop_oneof![
        1 => Just(vec![PlanStep::Open]),
        8 => (mirrors, vec(early(), 0..6), ends)
            .prop_map(|(mirrors, early, ends)| [mirrors, early, ends].concat()),
    ];
    let ruled = prop_oneof![Just(vec![]), Just(vec![V2]), Just(vec![V1, V2])];
    let split = prop_oneof![Just(vec![V1]), Just(vec![V1, V2])];
    let copied = prop_oneof![3 => Just(None), 1 => Just(Some(V2))];
    let watch = prop_oneof![2 => Just(vec![]), 1 => Just(vec![Check::Query(query())])];
    (steps, ruled, split, copied, watch).prop_map(|(steps, ruled, split, mirror, watch)| {
        let plan = plan(steps);
        Plan { ruled, split, watch, mirror: mirror.filter(|_| plan.is_open()), ..plan }
    })
}

fn workload(id: SubsetId) -> impl Strategy<Value = Workload> {
    let template = prop_oneof![
        6 => Just(Some(format!("template of {}", id.0))),
        1 => Just(Some("another".to_owned())),
        1 => Just(None)
    ];
    let autoscaler = prop_oneof![6 => Just(None), 1 => Just(Some("it".to_owned()))];
    let failing = prop_oneof![3 => Just(None), 1 => Just(Some("it crashes".to_owned()))];
    let odds = |yes: f64| proptest::bool::weighted(yes);
    let presence = prop_oneof![
        7 => Just(Presence::Present), 1 => Just(Presence::Terminating), 2 => Just(Presence::Absent),
    ];
    (presence, 0_u32..4, 0_u32..4, odds(0.7), autoscaler, failing, template, odds(0.8)).prop_map(
        |(presence, wanted, ready, settled, autoscaler, failing, template, has_image)| Workload {
            presence,
            wanted,
            ready,
            settled,
            autoscaler,
            failing,
            template,
            has_image,
        },
    )
}

pub(super) fn observations() -> impl Strategy<Value = Observation> {
    let mesh = prop_oneof![4 => Just(Mesh::Current), 1 => Just(Mesh::Behind)];
    let elapsed = prop_oneof![Just(Duration::from_secs(1)), Just(2 * HOUR)];
    let gate = prop_oneof![4 => Just(Gate::Open), 1 => closed()];
    let judged = (judgements(), judgements());
    (mesh, workload(V1), workload(V2), workload(V3), elapsed, gate, judged).prop_map(
        |(mesh, v1, v2, v3, elapsed, gate, (verdict, watch))| Observation {
            mesh: Some(mesh),
            subsets: vec![Some(v1), Some(v2), Some(v3)],
            elapsed: Some(elapsed),
            gate: Some(gate),
            verdict: Some(verdict),
            watch: Some(watch),
        },
    )
}

fn judgements() -> impl Strategy<Value = Judgement> {
    prop_oneof![
        2 => Just(Judgement::Healthy),
        1 => Just(Judgement::SoFar),
        1 => Just(worse()),
        1 => doubts().prop_map(Judgement::Inconclusive),
    ]
}

pub(super) fn doubts() -> impl Strategy<Value = Doubt> {
    prop_oneof![Just(Doubt::NoNumber), Just(Doubt::Counted(Reason::NotEnough))]
}

/// Outside all windows, or frozen.
pub(super) fn closed() -> impl Strategy<Value = Gate> {
    let opening = Opening { window: 0, time: 1_796_025_600, left: HOUR };
    let freeze = Freeze { namespace: "serin-system".to_owned(), reason: "holidays".to_owned() };
    prop_oneof![
        Just(Gate::Outside(Some(opening))),
        Just(Gate::Outside(None)),
        Just(Gate::Frozen(freeze)),
    ]
}

/// The same with some of it unknown. Not what is watched: where that is not known nothing waits for it, as where it is
/// in doubt.
pub(super) fn veiled(observation: &Observation) -> impl Strategy<Value = Observation> + use<> {
    let observation = observation.clone();
    vec(proptest::bool::weighted(0.3), 10).prop_map(move |unknown| {
        let mut veiled = observation.clone();
        for (subset, (whole, template)) in
            veiled.subsets.iter_mut().zip(unknown.iter().zip(unknown.iter().skip(3)))
        {
            if *template && let Some(workload) = subset {
                workload.template = None;
            }
            if *whole {
                *subset = None;
            }
        }
        Observation {
            mesh: veiled.mesh.filter(|_| !unknown[6]),
            elapsed: veiled.elapsed.filter(|_| !unknown[7]),
            gate: veiled.gate.filter(|_| !unknown[8]),
            verdict: veiled.verdict.clone().filter(|_| !unknown[9]),
            ..veiled
        }
    })
}

/// The traffic that a plan can come to.
pub(super) fn way(plan: &Plan) -> Vec<Traffic> {
    let mut way = vec![Traffic::Stable];
    for step in &plan.steps {
        match step {
            PlanStep::Open => way.push(Traffic::Spec),
            PlanStep::Mirror(mirror) => way.push(Traffic::Mirrored(*mirror)),
            PlanStep::Shift(split) => way.push(Traffic::Shifted(split.clone())),
            PlanStep::Promote(winner) => way.push(Traffic::Only(*winner)),
            PlanStep::Retire(loser) => {
                let winner = if *loser == V1 { V2 } else { V1 };
                way.extend([Traffic::Pinned(winner), Traffic::Bare(winner)]);
            }
            _ => {}
        }
    }
    way
}

pub(super) fn states(plan: &Plan) -> impl Strategy<Value = State> + use<> {
    let fresh = State::fresh(plan);
    let phase = prop_oneof![
        6 => Just(Phase::Progressing),
        1 => Just(Phase::Idle),
        1 => Just(Phase::Paused),
        1 => Just(Phase::RollingBack),
        1 => Just(Phase::RolledBack),
        1 => Just(Phase::Completed),
    ];
    let at = prop_oneof![
        6 => (0..=plan.steps.len()).prop_map(At::Plan),
        1 => subset().prop_map(At::Promote),
        1 => subset().prop_map(At::Retire),
    ];
    let revision = prop_oneof![Just(None), Just(Some(format!("template of {}", V2.0)))];
    let image = prop_oneof![4 => Just(None), 1 => Just(Some("new".to_owned()))];
    let traffic = proptest::sample::select(way(plan));
    (phase, at, traffic, revision, image, any::<bool>()).prop_map(
        move |(phase, at, traffic, revision, image, single)| State {
            phase,
            at,
            traffic,
            revision,
            image,
            single,
            ..fresh.clone()
        },
    )
}

pub(super) fn verbs() -> impl Strategy<Value = Verb> {
    prop_oneof![
        Just(Verb::Apply),
        Just(Verb::Start { image: None }),
        Just(Verb::Start { image: Some("new".to_owned()) }),
        Just(Verb::Approve),
        Just(Verb::Reject),
        Just(Verb::Pause),
        Just(Verb::Resume),
        Just(Verb::Step),
        option::of(subset()).prop_map(Verb::Promote),
        Just(Verb::Rollback),
        option::of(subset()).prop_map(Verb::Retire),
    ]
}

/// A plan, a state that it can be in, and what the cluster is like.
pub(super) fn rollouts() -> impl Strategy<Value = (Plan, State, Observation)> {
    (plans(), observations()).prop_flat_map(|(plan, observation)| {
        let states = states(&plan);
        (Just(plan), states, Just(observation))
    })
}

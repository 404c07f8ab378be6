//! Every verb in every phase.

use super::fixture::{V1, V2, at, fine, open, shifted, whole, words};
use crate::rollout::{At, Phase, Plan, State, Traffic, Transition, Verb, apply};

fn verbs() -> Vec<(&'static str, Verb)> {
    vec![
        ("apply", Verb::Apply),
        ("start", Verb::Start { image: None }),
        ("start --image", Verb::Start { image: Some("new".to_owned()) }),
        ("approve", Verb::Approve),
        ("reject", Verb::Reject),
        ("pause", Verb::Pause),
        ("resume", Verb::Resume),
        ("step", Verb::Step),
        ("promote", Verb::Promote(None)),
        ("rollback", Verb::Rollback),
        ("retire", Verb::Retire(None)),
    ]
}

fn ended(plan: &Plan, phase: Phase, traffic: Traffic) -> State {
    State { phase, ..at(plan, plan.steps.len(), traffic) }
}

/// The states, by what they are called in the tables.
fn states(plan: &Plan) -> Vec<(&'static str, Option<State>)> {
    let only = Traffic::Only(V2);
    let hand = |at_: At, traffic| State { at: at_, ..at(plan, 0, traffic) };
    let paused = |position| State { phase: Phase::Paused, ..at(plan, position, shifted()) };
    vec![
        ("nothing", None),
        ("idle", Some(State::fresh(plan))),
        ("idle, as written", Some(State { traffic: Traffic::Spec, ..State::fresh(plan) })),
        ("at scale", Some(at(plan, 0, Traffic::Stable))),
        ("at shift", Some(at(plan, 1, Traffic::Stable))),
        ("at approve", Some(at(plan, 2, shifted()))),
        ("at pause", Some(at(plan, 3, shifted()))),
        ("at a pause of an hour", Some(at(plan, 4, shifted()))),
        ("at promote", Some(at(plan, 5, only.clone()))),
        ("at retire", Some(at(plan, 6, Traffic::Pinned(V2)))),
        ("by hand, promote", Some(hand(At::Promote(V2), shifted()))),
        ("by hand, retire", Some(hand(At::Retire(V1), only.clone()))),
        ("paused at approve", Some(paused(2))),
        ("paused at pause", Some(paused(3))),
        ("paused at a pause of an hour", Some(paused(4))),
        ("rolling back", Some(ended(plan, Phase::RollingBack, Traffic::Stable))),
        ("rolled back", Some(ended(plan, Phase::RolledBack, Traffic::Stable))),
        ("completed at a split", Some(ended(plan, Phase::Completed, shifted()))),
        ("completed, only v2", Some(ended(plan, Phase::Completed, only))),
        ("completed, bare v2", Some(ended(plan, Phase::Completed, Traffic::Bare(V2)))),
        ("completed, bare v1", Some(ended(plan, Phase::Completed, Traffic::Bare(V1)))),
    ]
}

fn table(plan: &Plan, of: &[&str]) -> String {
    let mut lines = Vec::new();
    for (name, state) in states(plan) {
        if of.is_empty() || of.contains(&name) {
            lines.push(name.to_owned());
            let came = |verb| match apply(plan, state.as_ref(), &verb, &fine()) {
                Ok(Transition::To(state)) => words(&state),
                Ok(Transition::Already) => "already".to_owned(),
                Err(refusal) => format!("refused: {refusal:?}"),
            };
            lines.extend(verbs().into_iter().map(|(w, verb)| format!("  {w}: {}", came(verb))));
        }
    }
    lines.join("\n") + "\n"
}

/// verbs/rollout.txt holds what every verb does in every phase of a plan with every kind of step.
#[test]
fn verbs_of_a_rollout() {
    assert_eq!(table(&whole(), &[]), include_str!("verbs/rollout.txt"));
}

/// verbs/open.txt holds what is different for a Release without `rollout`.
#[test]
fn verbs_without_a_rollout() {
    let states = [
        "nothing",
        "idle",
        "idle, as written",
        "at scale",
        "rolled back",
        "completed, only v2",
        "completed, bare v1",
    ];
    assert_eq!(table(&open(), &states), include_str!("verbs/open.txt"));
}

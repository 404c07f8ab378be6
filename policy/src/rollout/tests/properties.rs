//! What holds for every plan, in every state, whatever the cluster is like.

use proptest::prelude::*;

use super::arbitrary::{closed, rollouts, veiled, verbs, way};
use super::fixture::V2;
use crate::rollout::{
    Action, At, Gate, Mesh, Phase, Presence, Refusal, State, Step, Traffic, Transition, Verb, Wait,
    apply, step,
};

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, failure_persistence: None, ..ProptestConfig::default() })]

    /// What is not known enables nothing: what is done without knowing it is what is done with knowing it, or makes the
    /// mesh show what is written down, or nothing.
    #[test]
    fn the_unknown_enables_nothing(
        (plan, state, observation, veiled) in rollouts().prop_flat_map(|(plan, state, observation)| {
            let veiled = veiled(&observation);
            (Just(plan), Just(state), Just(observation), veiled)
        })
    ) {
        let (known, unknown) = (step(&plan, &state, &observation), step(&plan, &state, &veiled));
        let harmless = match &unknown {
            Step::Wait(_) | Step::Do(Action::Route) => true,
            // Which one the candidate is may be written down at any time.
            Step::Become(next) => State { revision: state.revision.clone(), ..next.clone() } == state,
            _ => false,
        };
        prop_assert!(harmless || known == unknown, "{known:?}, and without knowing all {unknown:?}");
        if state.phase != Phase::RollingBack && veiled.mesh.is_none() {
            prop_assert!(matches!(unknown, Step::Wait(_) | Step::RollBack(..)), "{unknown:?}");
        }
    }

    /// No user gets anything but what the plan has, or was asked for.
    #[test]
    fn traffic_stays_on_the_plans_way((plan, state, observation) in rollouts()) {
        if let Step::Become(next) | Step::RollBack(next, _) = step(&plan, &state, &observation) {
            let by_hand = match (&next.traffic, state.at) {
                (Traffic::Only(to), At::Promote(winner)) => *to == winner,
                (Traffic::Pinned(_) | Traffic::Bare(_), At::Retire(_)) => true,
                (Traffic::Pinned(_), At::Plan(_)) => plan.winner(&state.traffic).is_some(),
                (traffic, _) => *traffic == state.traffic,
            };
            prop_assert!(by_hand || way(&plan).contains(&next.traffic), "{next:?}");
        }
    }

    /// Outside the windows, and while it is frozen, all is done as ever but what would take users or pods forward.
    #[test]
    fn a_closed_gate_holds_what_goes_forward_and_nothing_else(
        (plan, state, observation) in rollouts(),
        gate in closed(),
    ) {
        let open = observation.clone().gate(Some(Gate::Open));
        let stable_serves = !observation.is_dead(plan.stable);
        let closed = step(&plan, &state, &observation.gate(Some(gate)));
        let open = step(&plan, &state, &open);
        let goes_forward = match &open {
            Step::Do(action) => *action != Action::Route,
            Step::Become(next) => next.traffic != state.traffic && !next.phase.is_back(),
            Step::RollBack(..) | Step::Wait(_) | Step::Done => false,
        };
        // Where stable is gone, a promotion by hand is all that is left.
        let can_be_way_out = matches!(state.at, At::Promote(_)) && !stable_serves;
        if goes_forward && !can_be_way_out {
            prop_assert!(matches!(closed, Step::Wait(Wait::Window(_) | Wait::Frozen(_))), "{closed:?}");
        } else {
            prop_assert_eq!(open, closed);
        }
    }

    /// One state leads to the next and never back, as long as nothing changes.
    #[test]
    fn steps_come_to_an_end((plan, state, observation) in rollouts()) {
        let mut seen: Vec<State> = vec![state];
        while let Step::Become(next) | Step::RollBack(next, _) =
            step(&plan, seen.last().unwrap(), &observation)
        {
            prop_assert!(!seen.contains(&next), "back to {next:?} by {seen:?}");
            seen.push(next);
        }
    }

    /// Pods go only where no user gets them, and come only where none would.
    #[test]
    fn nothing_is_taken_from_those_who_get_it((plan, state, observation) in rollouts()) {
        let current = observation.mesh == Some(Mesh::Current);
        let reached = plan.reached(&state.traffic);
        match step(&plan, &state, &observation) {
            Step::Do(Action::Remove(loser)) => {
                let routed = matches!(state.traffic, Traffic::Pinned(_) | Traffic::Bare(_));
                prop_assert!(current && routed && !reached.contains(&loser));
                prop_assert!(reached.iter().all(|id| !observation.is_dead(*id)));
            }
            Step::Do(Action::Scale(subset, 0)) => {
                prop_assert!(current && !plan.needed(&state.traffic).contains(&subset));
            }
            Step::Do(Action::Create(subset)) => {
                prop_assert!(current && state.traffic == Traffic::Stable && subset == V2);
                prop_assert_eq!(observation.subset(subset).unwrap().presence, Presence::Absent);
            }
            Step::Become(next) if next.traffic != state.traffic => {
                let to = plan.needed(&next.traffic);
                let served = to.iter().all(|id| !observation.is_dead(*id));
                prop_assert!(served || next.phase == Phase::RollingBack, "{next:?}");
            }
            Step::RollBack(next, _) => {
                let lost = !reached.contains(&plan.stable) || reached.len() > 1;
                prop_assert!(next.traffic == Traffic::Stable && (!lost || !observation.is_dead(plan.stable)));
            }
            _ => {}
        }
    }

    /// One verb takes all users back to stable, wherever the rollout is, unless that is known to have no pods, or
    /// to have just been retired.
    #[test]
    fn there_is_always_a_way_back((plan, state, observation) in rollouts()) {
        match apply(&plan, Some(&state), &Verb::Rollback, &observation) {
            Ok(Transition::To(back)) => {
                prop_assert_eq!((back.phase, &back.traffic), (Phase::RollingBack, &Traffic::Stable));
                let next = step(&plan, &back, &observation);
                let goes = matches!(&next, Step::Do(Action::Route))
                    || matches!(&next, Step::Become(state) if state.phase == Phase::RolledBack);
                prop_assert!(goes, "{next:?}");
            }
            Ok(Transition::Already) => {
                prop_assert!(state.phase == Phase::RollingBack || plan.winner(&state.traffic) == Some(plan.stable));
            }
            Err(refusal) => {
                prop_assert_eq!(refusal, Refusal::NotReady(plan.stable));
                let retired = !observation.subset(plan.stable).unwrap().stays();
                prop_assert!(observation.is_dead(plan.stable) || retired);
            }
        }
    }

    /// A verb said again does nothing more, but for those that mean the next step, which is another then.
    #[test]
    fn verbs_can_be_repeated((plan, state, observation) in rollouts(), verb in verbs()) {
        let again = matches!(verb, Verb::Approve | Verb::Resume | Verb::Step);
        if let (false, Ok(Transition::To(next))) = (again, apply(&plan, Some(&state), &verb, &observation)) {
            let repeated = apply(&plan, Some(&next), &verb, &observation);
            prop_assert!(!matches!(repeated, Ok(Transition::To(_))), "{verb:?}: {next:?}, {repeated:?}");
        }
    }

    /// By a verb no user gets anything else at once than what they have, or stable.
    #[test]
    fn verbs_move_nobody_forward((plan, state, observation) in rollouts(), verb in verbs()) {
        if let Ok(Transition::To(next)) = apply(&plan, Some(&state), &verb, &observation) {
            prop_assert!(next.traffic == state.traffic || next.traffic == Traffic::Stable, "{next:?}");
        }
    }
}

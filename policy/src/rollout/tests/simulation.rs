//! Whole rollouts in a small cluster, with all that goes wrong in one.

use proptest::prelude::*;

use super::arbitrary::{plans, verbs};
use super::cluster::{Cluster, Fate};
use super::driver::Driver;
use super::fixture::{V1, V2, open, plan, shift, whole, worse};
use crate::rollout::analysis::Reason;
use crate::rollout::{
    Amount, Analyze, Doubt, Gate, Judgement, Observation, Phase, Plan, PlanStep, State, Step,
    Traffic, Verb, Wait,
};
use crate::spec::Inconclusive;
use crate::split::Generator;

fn start(image: bool) -> Verb {
    Verb::Start { image: image.then(|| "new".to_owned()) }
}

/// One in so many.
fn one_in(dice: &mut Generator, count: u64) -> bool {
    dice.draw().is_multiple_of(count)
}

fn fate(dice: &mut Generator) -> Fate {
    match dice.draw() % 8 {
        0 | 1 => Fate::Lost,
        2 => Fate::Half,
        _ => Fate::Done,
    }
}

/// Takes away some of what can be seen.
fn veil(mut seen: Observation, dice: &mut Generator) -> Observation {
    for subset in &mut seen.subsets {
        if one_in(dice, 8) {
            *subset = None;
        }
    }
    if one_in(dice, 8) {
        seen.mesh = None;
    }
    if one_in(dice, 8) {
        seen.elapsed = None;
    }
    match dice.draw() % 8 {
        0 => seen.gate = None,
        1 => seen.gate = Some(Gate::Outside(None)),
        _ => {}
    }
    match dice.draw() % 8 {
        0 => (seen.verdict, seen.watch) = (None, None),
        1 => seen.verdict = Some(Judgement::Inconclusive(Doubt::NoNumber)),
        2 => seen.verdict = Some(Judgement::Inconclusive(Doubt::Counted(Reason::NotEnough))),
        _ => {}
    }
    seen
}

/// Drives for a while with writes that are lost or half done, things that are not seen, and words of people.
fn disturb(driver: &mut Driver, seed: u64, words: &[Verb]) {
    let mut dice = Generator::new(seed);
    let mut others = Generator::new(!seed);
    for _ in 0..60 {
        let step = driver.turn(|seen| veil(seen, &mut dice), || fate(&mut others));
        match step {
            Step::Wait(Wait::Approval(_) | Wait::Inconclusive(_)) if one_in(&mut dice, 2) => {
                driver.say(&Verb::Approve);
            }
            Step::Wait(Wait::Paused | Wait::Pause(None)) => driver.say(&Verb::Resume),
            _ => {}
        }
        if !words.is_empty() && one_in(&mut dice, 5) {
            let word = usize::try_from(dice.draw()).unwrap_or_default() % words.len();
            driver.say(&words[word]);
        }
    }
}

fn phase(driver: &Driver) -> Phase {
    driver.state.as_ref().unwrap().phase
}

/// Whether the state is an end.
fn has_ended(state: &State) -> bool {
    state.phase.is_at_rest()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    /// A candidate that is well comes through, whatever is lost on the way: to the end of its plan, or back where
    /// there was no approval in time, or no answer.
    #[test]
    fn what_is_well_comes_through(plan in plans(), seed in any::<u64>(), image in any::<bool>()) {
        let mut driver = Driver::new(&plan, Cluster::new(&plan, !image, false));
        driver.say(&Verb::Apply);
        driver.say(&start(image));
        disturb(&mut driver, seed, &[]);
        prop_assert_eq!(driver.finish(), Step::Done);
        let can_end = |step: &PlanStep| match step {
            PlanStep::Approve { timeout } => timeout.is_some(),
            PlanStep::Analyze(Analyze { inconclusive, .. }) => *inconclusive == Inconclusive::Rollback,
            _ => false,
        };
        let approves = plan.steps.iter().any(can_end);
        match phase(&driver) {
            Phase::Completed => prop_assert!(!plan.is_open()),
            Phase::Idle => prop_assert!(plan.is_open() && driver.state.unwrap().traffic == Traffic::Spec),
            Phase::RolledBack => prop_assert!(approves),
            other => prop_assert!(false, "{other:?}"),
        }
    }

    /// A candidate whose pods never become ready gets no user: the rollout waits and says why.
    #[test]
    fn what_never_becomes_ready_gets_nobody(plan in plans(), seed in any::<u64>(), image in any::<bool>()) {
        let mut driver = Driver::new(&plan, Cluster::new(&plan, !image, true));
        driver.say(&Verb::Apply);
        driver.say(&start(image));
        disturb(&mut driver, seed, &[]);
        let last = driver.finish();
        let state = driver.state.unwrap();
        prop_assert!(
            matches!(&last, Step::Wait(Wait::NotReady(id, Some(_))) if *id == V2)
                || (last == Step::Done && has_ended(&state)),
            "{last:?} {state:?}"
        );
        prop_assert!(!plan.reached(&state.traffic).contains(&V2), "{state:?}");
    }

    /// With people who say what they like whenever they like, no user is sent where nothing answers, and it ends, or
    /// waits for something that it names.
    #[test]
    fn people_may_say_anything(
        plan in plans(),
        seed in any::<u64>(),
        image in any::<bool>(),
        words in proptest::collection::vec(verbs(), 1..8)
    ) {
        let mut driver = Driver::new(&plan, Cluster::new(&plan, !image, false));
        driver.say(&Verb::Apply);
        disturb(&mut driver, seed, &words);
        let last = driver.finish();
        let state = driver.state.unwrap();
        let ended = last == Step::Done && has_ended(&state);
        let named = matches!(
            last,
            Step::Wait(Wait::Missing(_) | Wait::NotReady(..) | Wait::CandidateChanged(_))
        );
        prop_assert!(ended || named, "{last:?} {state:?}");
    }

    /// A candidate that becomes worse on the way gives all users back where it is watched, as long as stable is not being
    /// retired.
    #[test]
    fn what_is_worse_gives_everybody_back(plan in plans(), seed in any::<u64>(), turns in 0_usize..40) {
        let mut driver = Driver::new(&plan, Cluster::new(&plan, true, false));
        driver.say(&Verb::Apply);
        driver.say(&start(false));
        for _ in 0..turns {
            if matches!(driver.turn(|seen| seen, || Fate::Done), Step::Wait(Wait::Approval(_))) {
                driver.say(&Verb::Approve);
            }
        }
        let state = driver.state.clone().unwrap();
        let watched = !plan.watched(&state).is_empty() && !matches!(state.traffic, Traffic::Pinned(_));
        driver.judgement = worse();
        let mut dice = Generator::new(seed);
        for _ in 0..20 {
            driver.turn(|seen| seen, || fate(&mut dice));
        }
        let last = driver.finish();
        let state = driver.state.as_ref().unwrap();
        prop_assert!(!watched || state.phase == Phase::RolledBack, "{last:?} {state:?}");
    }

    /// A candidate that dies on the way takes no user with it for long: all are back at stable, or it was over.
    #[test]
    fn what_dies_gives_everybody_back(plan in plans(), seed in any::<u64>(), turns in 0_usize..40) {
        let mut driver = Driver::new(&plan, Cluster::new(&plan, true, false));
        driver.say(&Verb::Apply);
        driver.say(&start(false));
        for _ in 0..turns {
            let step = driver.turn(|seen| seen, || Fate::Done);
            if matches!(step, Step::Wait(Wait::Approval(_))) {
                driver.say(&Verb::Approve);
            }
        }
        let under_way = driver.state.as_ref().unwrap().is_under_way();
        driver.cluster.kill(V2, true);
        disturb(&mut driver, seed, &[]);
        let last = driver.finish();
        let state = driver.state.as_ref().unwrap();
        let reached = plan.reached(&state.traffic).contains(&V2);
        // Once stable is being removed there is no way back to it.
        let retired = driver.cluster.observe(state).is_dead(V1)
            || matches!(state.traffic, Traffic::Pinned(_) | Traffic::Bare(_));
        prop_assert!(!under_way || !reached || retired, "{last:?} {state:?}");
    }
}

/// Killed before, while and after each of its writes, a rollout comes to its end all the same.
#[test]
fn killed_at_every_write() {
    let pipecd = plan(vec![
        PlanStep::Scale(vec![(V2, Amount::Percent(5_000))]),
        shift(10.0),
        PlanStep::Approve { timeout: None },
        PlanStep::Update { from: V2, to: V1 },
        PlanStep::Promote(V1),
        PlanStep::Retire(V2),
    ]);
    let blue_green = plan(vec![PlanStep::Promote(V2), PlanStep::Retire(V1)]);
    for (plan, image, ends) in [
        (whole(), false, Traffic::Bare(V2)),
        (pipecd, true, Traffic::Bare(V1)),
        (blue_green, true, Traffic::Bare(V2)),
        (open(), true, Traffic::Spec),
    ] {
        let undisturbed = rollout(&plan, image, 0, Fate::Done);
        assert_eq!(undisturbed.1.traffic, ends);
        for killed in 1..=undisturbed.0 {
            for how in [Fate::Lost, Fate::Half] {
                let (writes, state) = rollout(&plan, image, killed, how);
                assert!(writes >= undisturbed.0, "{writes}");
                assert_eq!(state, undisturbed.1, "killed at write {killed}: {how:?}");
            }
        }
    }
}

/// The writes of a rollout of which one is not done, and the state in which it ends.
fn rollout(plan: &Plan, image: bool, killed: usize, how: Fate) -> (usize, State) {
    let mut driver = Driver::new(plan, Cluster::new(plan, !image, false));
    driver.say(&Verb::Apply);
    driver.say(&start(image));
    let mut writes = 0;
    for _ in 0..300 {
        let step = driver.turn(
            |seen| seen,
            || {
                writes += 1;
                if writes == killed { how } else { Fate::Done }
            },
        );
        match step {
            Step::Done => break,
            Step::Wait(Wait::Approval(_)) => driver.say(&Verb::Approve),
            Step::Wait(Wait::Pause(None)) => driver.say(&Verb::Resume),
            _ => {}
        }
    }
    let state = driver.state.unwrap();
    assert!(
        has_ended(&state) && state.phase != Phase::RolledBack,
        "write {killed} {how:?}: {state:?}"
    );
    (writes, state)
}

//! A step that judges the candidate: every judgement, with time left and without, whatever the Release says of the end.

use super::fixture::{
    HOUR, V1, V2, V3, analyze, at, done, fine, plan, query, shift, shifted, words, worse,
};
use crate::rollout::analysis::{Dropped, Reason};
use crate::rollout::{
    At, Check, Doubt, Freeze, Gate, Judgement, Mesh, Observation, Phase, Plan, PlanStep, Refusal,
    State, Traffic, Transition, Unknown, Verb, Wait, apply, step,
};
use crate::spec::Inconclusive;

const ENDS: [(&str, Inconclusive, bool); 4] = [
    ("hold", Inconclusive::Hold, false),
    ("proceed", Inconclusive::Proceed, false),
    ("rollback", Inconclusive::Rollback, false),
    ("dry run", Inconclusive::Rollback, true),
];

/// A shift, an analysis of an hour, and another shift.
fn analyzed(inconclusive: Inconclusive, dry_run: bool) -> Plan {
    plan(vec![shift(10.0), analyze(inconclusive, dry_run), shift(50.0)])
}

fn judgements() -> Vec<(&'static str, Option<Judgement>)> {
    let doubt = |doubt| Some(Judgement::Inconclusive(doubt));
    let counted = |reason| doubt(Doubt::Counted(reason));
    vec![
        ("worse", Some(worse())),
        ("healthy", Some(Judgement::Healthy)),
        ("healthy so far", Some(Judgement::SoFar)),
        ("too few requests", counted(Reason::NotEnough)),
        ("no request of v2", counted(Reason::NoCandidateTraffic)),
        ("no request of v1", counted(Reason::NoStableTraffic)),
        ("no block", counted(Reason::NoBlocks)),
        ("a block was dropped", counted(Reason::Missing(Dropped::CandidateLate))),
        ("a query without a number", doubt(Doubt::NoNumber)),
        ("unknown", None),
    ]
}

fn observations() -> Vec<(&'static str, Observation)> {
    vec![
        ("time is left", fine()),
        ("time is over", fine().elapsed(Some(HOUR))),
        ("time unknown", fine().elapsed(None)),
    ]
}

fn table() -> String {
    let mut lines = Vec::new();
    for (end, inconclusive, dry_run) in ENDS {
        let plan = analyzed(inconclusive, dry_run);
        let going = at(&plan, 1, shifted());
        let paused = State { phase: Phase::Paused, ..going.clone() };
        for (name, state) in [("at work", going), ("paused", paused)] {
            // Paused, the time is that of the pause.
            let times = if name == "paused" { 1..2 } else { 0..3 };
            for (time, seen) in observations().drain(times) {
                lines.push(format!("{end}, {name}, {time}"));
                lines.extend(judgements().into_iter().map(|(said, verdict)| {
                    let step = step(&plan, &state, &seen.clone().verdict(verdict));
                    format!("  {said}: {}", done(&step))
                }));
            }
        }
    }
    lines.join("\n") + "\n"
}

/// analyze/steps.txt holds what is done next.
#[test]
fn steps_of_an_analysis() {
    assert_eq!(table(), include_str!("analyze/steps.txt"));
}

/// analyze/verbs.txt holds what `approve`, `reject` and the verbs that go on do at an analysis.
#[test]
fn verbs_at_an_analysis() {
    let verbs = [
        ("approve", Verb::Approve),
        ("reject", Verb::Reject),
        ("resume", Verb::Resume),
        ("step", Verb::Step),
        ("promote", Verb::Promote(None)),
        ("rollback", Verb::Rollback),
    ];
    let mut lines = Vec::new();
    for (end, inconclusive, dry_run) in ENDS {
        let plan = analyzed(inconclusive, dry_run);
        for (time, seen) in observations() {
            for (said, verdict) in judgements() {
                let seen = seen.clone().verdict(verdict);
                let came = |(name, verb): &(&str, Verb)| {
                    let came = match apply(&plan, Some(&at(&plan, 1, shifted())), verb, &seen) {
                        Ok(Transition::To(state)) => words(&state),
                        Ok(Transition::Already) => "already".to_owned(),
                        Err(refusal) => format!("refused: {refusal:?}"),
                    };
                    format!("  {name}: {came}")
                };
                lines.push(format!("{end}, {time}, {said}"));
                // The others do the same everywhere.
                let first = lines.len() == 1;
                lines.extend(verbs.iter().take(if first { verbs.len() } else { 2 }).map(came));
            }
        }
    }
    assert_eq!(lines.join("\n") + "\n", include_str!("analyze/verbs.txt"));
}

/// The way back waits for nothing but a stable subset that can take all users.
#[test]
fn nothing_holds_the_way_back() {
    let frozen = Freeze { namespace: "a".to_owned(), reason: String::new() };
    let few = Judgement::Inconclusive(Doubt::Counted(Reason::NotEnough));
    for (verdict, back) in [
        (worse(), "Worse -> RollingBack at 1, stable"),
        (few, "Inconclusive(3600s, Counted(NotEnough)) -> RollingBack at 1, stable"),
    ] {
        let plan = analyzed(Inconclusive::Rollback, false);
        let state = at(&plan, 1, shifted());
        let of = |seen: Observation| {
            let seen = seen.verdict(Some(verdict.clone())).elapsed(Some(HOUR));
            done(&step(&plan, &state, &seen))
        };
        for gate in
            [Some(Gate::Open), Some(Gate::Outside(None)), Some(Gate::Frozen(frozen.clone()))]
        {
            assert_eq!(of(fine().gate(gate)), back);
        }
        for seen in [
            fine().gate(None),
            fine().mesh(Some(Mesh::Behind)),
            fine().mesh(None),
            fine().without(V3),
            fine().with(V2, |it| it.template = Some("another".to_owned())),
        ] {
            assert_eq!(of(seen), back);
        }
        let dead = fine().with(V1, |it| it.ready = 0);
        assert_eq!(of(dead), "wait: NotReady(SubsetId(0), None)");
        let unknown = Wait::Unknown(Unknown::Subset(V1));
        assert_eq!(of(fine().without(V1)), format!("wait: {unknown:?}"));
    }
}

/// What else is the matter with the candidate or the mesh comes first, and a healthy one waits for it.
#[test]
fn health_alone_leads_nowhere() {
    let plan = analyzed(Inconclusive::Proceed, false);
    let state = at(&plan, 1, shifted());
    let of =
        |seen: Observation| done(&step(&plan, &state, &seen.verdict(Some(Judgement::Healthy))));
    assert_eq!(of(fine()), "-> Progressing at 2, 10 % v2");
    assert_eq!(of(fine().mesh(Some(Mesh::Behind))), "Route");
    assert_eq!(of(fine().mesh(None)), "wait: Unknown(Mesh)");
    let another = fine().with(V2, |it| it.template = Some("another".to_owned()));
    assert_eq!(of(another), "wait: CandidateChanged(SubsetId(1))");
    let dead = fine().with(V2, |it| it.ready = 0);
    assert_eq!(of(dead), "NoEndpoints(SubsetId(1)) -> RollingBack at 1, stable");
    let changed = Plan { digest: "another".to_owned(), ..plan.clone() };
    let seen = fine().verdict(Some(worse()));
    assert_eq!(done(&step(&changed, &state, &seen)), "wait: PlanChanged");
}

/// An analysis before any user gets the candidate ends a rollout in which nothing has moved yet.
#[test]
fn what_is_worse_before_the_first_user_goes_nowhere() {
    let plan = plan(vec![analyze(Inconclusive::Hold, false), shift(10.0)]);
    let state = at(&plan, 0, Traffic::Stable);
    let seen = fine().verdict(Some(worse())).with(V1, |it| it.ready = 0);
    assert_eq!(done(&step(&plan, &state, &seen)), "Worse -> RollingBack at 0, stable");
}

/// A verdict is about the step that asked for it, and about no other.
#[test]
fn a_verdict_matters_at_its_step_alone() {
    let plan = analyzed(Inconclusive::Rollback, false);
    for state in [
        at(&plan, 0, shifted()),
        at(&plan, 2, shifted()),
        State { at: At::Promote(V2), ..at(&plan, 1, shifted()) },
        State { phase: Phase::Completed, ..at(&plan, 3, shifted()) },
    ] {
        assert_eq!(plan.analysis(&state), None);
        for (said, verdict) in judgements() {
            let seen = fine().elapsed(Some(HOUR)).verdict(verdict);
            assert_eq!(step(&plan, &state, &seen), step(&plan, &state, &fine()), "{said}");
        }
    }
    let PlanStep::Analyze(analyze) = &plan.steps[1] else { panic!() };
    assert_eq!(plan.analysis(&at(&plan, 1, shifted())), Some(analyze));
}

#[test]
fn an_answer_to_an_analysis_is_given_once() {
    let plan = analyzed(Inconclusive::Hold, false);
    let few = Some(Judgement::Inconclusive(Doubt::Counted(Reason::NotEnough)));
    let seen = fine().elapsed(Some(HOUR)).verdict(few);
    let held = at(&plan, 1, shifted());
    let Ok(Transition::To(next)) = apply(&plan, Some(&held), &Verb::Approve, &seen) else {
        panic!()
    };
    assert_eq!(words(&next), "Progressing at 2, 10 % v2");
    assert_eq!(apply(&plan, Some(&next), &Verb::Approve, &seen), Ok(Transition::Already));
    let changed = Plan { digest: "another".to_owned(), ..plan.clone() };
    let refused = apply(&changed, Some(&held), &Verb::Approve, &seen);
    assert_eq!(refused, Err(Refusal::PlanChanged));
}

/// What is watched leads back from a step that only says what it sees, too.
#[test]
fn a_dry_run_is_watched() {
    let plan = analyzed(Inconclusive::Hold, true);
    let plan = Plan { watch: vec![Check::Query(query())], ..plan };
    let state = at(&plan, 1, shifted());
    let seen = fine().verdict(Some(worse())).watch(Some(worse()));
    assert_eq!(done(&step(&plan, &state, &seen)), "Worse -> RollingBack at 1, stable");
}

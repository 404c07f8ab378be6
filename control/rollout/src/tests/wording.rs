//! Every step, wait, refusal, action and traffic in words; tests/words.txt has them all.

use std::time::Duration;

use policy::rollout::analysis::{
    self, AtMost, Comparison, Counts, Dropped, Edge, Finding, Outcome, Reason, Weight,
};
use policy::rollout::{
    Action, Analyze, At, Bound, Cause, Check, Doubt, FailedCheck, Freeze, Opening, Phase, PlanStep,
    Query, Refusal, SoFar, State, Step, Traffic, Unknown, Wait,
};
use policy::spec::Inconclusive;

use super::{V1, V2, V3, at, mirrored, release, words};
use crate::Entry;

const LONG: Duration = Duration::from_mins(359);
/// Monday, 2026-11-30 at nine in Berlin.
const OPENING: Opening = Opening { window: 0, time: 1_796_025_600, left: LONG };

fn waits() -> Vec<Wait> {
    let crash = "reviews-v2-5c9 is in CrashLoopBackOff".to_owned();
    let autoscaler = "reviews-v2".to_owned();
    let mut waits = vec![
        Wait::Unknown(Unknown::Mesh),
        Wait::Unknown(Unknown::Subset(V2)),
        Wait::Unknown(Unknown::Template(V2)),
        Wait::Unknown(Unknown::Elapsed),
        Wait::Unknown(Unknown::Gate),
        Wait::Missing(V2),
        Wait::Missing(V1),
        Wait::OtherImage(V2),
        Wait::NotReady(V2, None),
        Wait::NotReady(V2, Some(crash)),
        Wait::Autoscaled(V2, autoscaler),
        Wait::Approval(None),
        Wait::Approval(Some(LONG)),
        Wait::Pause(None),
        Wait::Pause(Some(Duration::from_millis(570_900))),
        Wait::Analyzing(LONG, SoFar::Healthy),
        Wait::Analyzing(LONG, SoFar::Worse),
        Wait::Analyzing(LONG, SoFar::Inconclusive(Doubt::Counted(Reason::NotEnough))),
        Wait::Paused,
        Wait::PlanChanged,
        Wait::CandidateChanged(V2),
        Wait::StillReached(V1),
        Wait::Removing(V1),
        Wait::Window(Some(OPENING)),
        Wait::Window(None),
        Wait::Frozen(freeze("holidays")),
        Wait::Frozen(freeze("")),
    ];
    waits.extend(doubts().into_iter().map(Wait::Inconclusive));
    waits
}

fn doubts() -> Vec<Doubt> {
    let dropped = [
        Dropped::SplitChanged,
        Dropped::CandidateMissing,
        Dropped::StableMissing,
        Dropped::CandidateLate,
        Dropped::StableLate,
        Dropped::Counted,
        Dropped::Inconsistent,
        Dropped::OtherEdges,
        Dropped::NoEdges,
    ];
    let reasons =
        [Reason::NoBlocks, Reason::NoCandidateTraffic, Reason::NoStableTraffic, Reason::NotEnough];
    let counted = reasons.into_iter().chain(dropped.map(Reason::Missing)).map(Doubt::Counted);
    [Doubt::Unknown, Doubt::NoNumber].into_iter().chain(counted).collect()
}

/// An analysis of every kind of check, and a dry run.
fn analyses() -> [PlanStep; 2] {
    let query = Check::Query(query("up", Bound::AtLeast(1.0)));
    let step = |checks, dry_run| {
        PlanStep::Analyze(Analyze {
            length: Duration::from_mins(10),
            every: Duration::from_secs(15),
            checks,
            inconclusive: Inconclusive::Hold,
            dry_run,
        })
    };
    let all = findings().map(|(check, _)| Check::Counted(check));
    [step(all.into_iter().chain([query.clone()]).collect(), false), step(vec![query], true)]
}

fn query(promql: &str, bound: Bound) -> Query {
    Query { promql: promql.to_owned(), bound }
}

/// The checks that are counted, and the edge of each.
fn findings() -> [(analysis::Check, Option<Edge>); 3] {
    let compared = Comparison::default();
    [
        (analysis::Check::ErrorsWorseThanStable(compared), None),
        (analysis::Check::ErrorsAtMost(AtMost::new(0.01)), None),
        (analysis::Check::DurationWorseThanStable(compared), Some(Edge(250_000))),
    ]
}

fn causes() -> Vec<Cause> {
    let counted = findings().map(|(check, edge)| {
        let weight =
            |evidence: f64, limit: f64| Weight { logarithm: evidence.ln(), limit: limit.ln() };
        let finding = Finding {
            check,
            outcome: Outcome::Worse,
            worse: weight(2310.4, 100.0),
            healthy: weight(0.1, 20.0),
            candidate: Counts::new(31, 600).unwrap(),
            stable: Counts::new(24, 5400).unwrap(),
            dispersion: Some(1.2),
            interval: None,
            edge,
        };
        Cause::Worse(FailedCheck::Counted(finding))
    });
    let queried = [
        FailedCheck::Query(query("sum(\n  rate(x[1m])\n)", Bound::AtMost(0.5)), 0.73),
        FailedCheck::Query(query(&"long ".repeat(40), Bound::AtLeast(0.999)), 0.5),
    ];
    [Cause::NoEndpoints(V2), Cause::NotApproved(LONG)]
        .into_iter()
        .chain(counted)
        .chain(queried.map(Cause::Worse))
        .chain([Cause::Inconclusive(LONG, Doubt::Counted(Reason::NotEnough))])
        .collect()
}

fn freeze(reason: &str) -> Freeze {
    Freeze { namespace: "serin-system".to_owned(), reason: reason.to_owned() }
}

fn refusals() -> Vec<Refusal> {
    vec![
        Refusal::NotUnderWay,
        Refusal::NeverApplied,
        Refusal::UnderWay,
        Refusal::NothingToApprove,
        Refusal::TooLate,
        Refusal::RollingBack,
        Refusal::NotStable(V2),
        Refusal::PlanChanged,
        Refusal::Which,
        Refusal::NotReady(V1),
        Refusal::StillReached(V2),
        Refusal::NoWorkload(V3),
        Refusal::OtherImage(V2),
        Refusal::Unknown(Unknown::Subset(V2)),
    ]
}

fn traffics() -> Vec<Traffic> {
    let release = release();
    let shifts = release.plan.steps.iter().filter_map(|step| match step {
        PlanStep::Shift(split) => Some(Traffic::Shifted(split.clone())),
        _ => None,
    });
    let whole = [Traffic::Only(V2), Traffic::Pinned(V2), Traffic::Bare(V2)];
    [Traffic::Spec, Traffic::Stable, mirrored()].into_iter().chain(shifts).chain(whole).collect()
}

#[test]
fn everything_has_its_words() {
    let release = release();
    let words = words(&release);
    let state = State { image: Some("reviews:2".to_owned()), ..at(&release, 1, Traffic::Stable) };
    let mut lines = vec!["steps".to_owned()];
    let Traffic::Mirrored(mirror) = mirrored() else { panic!() };
    let others = [PlanStep::Open, PlanStep::Mirror(mirror)];
    lines.extend(others.iter().chain(&release.plan.steps).map(|step| words.step(step)));
    lines.extend(analyses().iter().map(|step| words.step(step)));
    lines.push("\ntraffic".to_owned());
    lines
        .extend(traffics().iter().map(|it| format!("{} | {}", words.split(it), words.traffic(it))));
    lines.push("\nactions".to_owned());
    let actions = [
        Action::Route,
        Action::Create(V2),
        Action::Scale(V2, 1),
        Action::Scale(V2, 2),
        Action::Update { from: V2, to: V1 },
        Action::Remove(V1),
    ];
    lines.extend(actions.iter().map(|action| words.action(action, &state)));
    lines.push("\ncauses".to_owned());
    lines.extend(causes().iter().map(|cause| words.cause(cause)));
    lines.push("\nwaits".to_owned());
    lines.extend(waits().iter().map(|wait| words.wait(wait).line()));
    lines.push("\nrefusals".to_owned());
    lines.extend(refusals().iter().map(|refusal| words.refusal(refusal).line()));
    assert_eq!(lines.join("\n") + "\n", include_str!("words.txt"));
}

#[test]
fn a_message_is_one_line() {
    let release = release();
    let words = words(&release);
    let going = at(&release, 1, Traffic::Stable);
    let ended = |phase, traffic| State { phase, ..at(&release, 10, traffic) };
    let back = ended(Phase::RolledBack, Traffic::Stable);
    let by_itself = Entry {
        by: "serin".to_owned(),
        verb: "rollback".to_owned(),
        what: "v2 has no ready endpoint left".to_owned(),
        ..Entry::default()
    };
    let asked =
        Entry { by: "ann".to_owned(), why: Some("too slow".to_owned()), ..by_itself.clone() };
    let cause = Step::RollBack(back.clone(), Cause::NoEndpoints(V2));
    for (state, step, last, message) in [
        (&going, None, None, "shift v2 12.50 %, v3 5 %"),
        (&going, Some(Step::Do(Action::Route)), None, "route all v1"),
        (&going, Some(cause), None, "rolling back to v1: v2 has no ready endpoint left"),
        (
            &State { phase: Phase::Paused, ..going.clone() },
            None,
            None,
            "paused before `shift v2 12.50 %, v3 5 %`",
        ),
        (&State { at: At::Retire(V1), ..going.clone() }, None, None, "retire v1"),
        (&ended(Phase::Idle, Traffic::Stable), Some(Step::Done), None, "all v1"),
        (
            &ended(Phase::Completed, Traffic::Bare(V2)),
            Some(Step::Done),
            None,
            "all v2, without Serin",
        ),
        (&ended(Phase::RollingBack, Traffic::Stable), None, None, "rolling back to v1"),
        (&back, Some(Step::Done), None, "rolled back to v1"),
        (
            &back,
            Some(Step::Done),
            Some(&by_itself),
            "rolled back to v1: v2 has no ready endpoint left",
        ),
        (&back, Some(Step::Done), Some(&asked), "rolled back to v1: too slow"),
    ] {
        assert_eq!(words.message(state, step.as_ref(), last, None), message);
    }
}

//! Plans, states and observations to start from, and results in a few words.

use std::time::Duration;

use crate::policy::{Mirror, Share, Split, SubsetId};
use crate::rollout::{
    Amount, Analyze, At, Bound, Cause, Check, FailedCheck, Gate, Judgement, Mesh, Observation,
    Phase, Plan, PlanStep, Presence, Query, State, Step, Traffic, Workload, step,
};
use crate::spec::Inconclusive;

pub(super) const V1: SubsetId = SubsetId(0);
pub(super) const V2: SubsetId = SubsetId(1);
pub(super) const V3: SubsetId = SubsetId(2);
pub(super) const HOUR: Duration = Duration::from_hours(1);

/// So many percent to v2, the rest to v1.
pub(super) fn split(percent: f64) -> Split {
    let share = |percent| Share::from_percent(percent).unwrap();
    Split::from_shares([(V1, share(100.0 - percent)), (V2, share(percent))]).unwrap()
}

/// Copies of so many percent for v2.
pub(super) fn mirror(percent: f64) -> Mirror {
    Mirror { to: V2, share: Share::from_percent(percent).unwrap() }
}

pub(super) fn shift(percent: f64) -> PlanStep {
    PlanStep::Shift(split(percent))
}

/// v1 is stable, v2 the candidate, v3 stands by; rules send some users to v2.
pub(super) fn plan(steps: Vec<PlanStep>) -> Plan {
    Plan {
        stable: V1,
        candidate: Some(V2),
        workloads: ["v1", "v2", "v3"].map(|name| Some(name.to_owned())).to_vec(),
        ruled: vec![V2],
        split: vec![V1, V2],
        mirror: None,
        windows: Vec::new(),
        watch: Vec::new(),
        digest: format!("{steps:?}"),
        steps,
    }
}

/// All kinds of steps: scale, shift, approve, pause, shift, promote, retire.
pub(super) fn whole() -> Plan {
    plan(vec![
        PlanStep::Scale(vec![(V2, Amount::Percent(5_000))]),
        shift(10.0),
        PlanStep::Approve { timeout: Some(6 * HOUR) },
        PlanStep::Pause { length: None },
        PlanStep::Pause { length: Some(HOUR) },
        PlanStep::Promote(V2),
        PlanStep::Retire(V1),
    ])
}

/// At most one error a second.
pub(super) fn query() -> Query {
    Query { promql: "errors".to_owned(), bound: Bound::AtMost(1.0) }
}

/// An analysis of an hour.
pub(super) fn analyze(inconclusive: Inconclusive, dry_run: bool) -> PlanStep {
    PlanStep::Analyze(Analyze {
        length: HOUR,
        every: Duration::from_secs(15),
        checks: vec![Check::Query(query())],
        inconclusive,
        dry_run,
    })
}

/// That there are two.
pub(super) fn worse() -> Judgement {
    Judgement::Worse(FailedCheck::Query(query(), 2.0))
}

/// What a Release without `rollout` has.
pub(super) fn open() -> Plan {
    plan(vec![PlanStep::Open])
}

/// Under way at the step at this position.
pub(super) fn at(plan: &Plan, position: usize, traffic: Traffic) -> State {
    State {
        phase: Phase::Progressing,
        at: At::Plan(position),
        traffic,
        revision: Some("template of 1".to_owned()),
        ..State::fresh(plan)
    }
}

pub(super) fn shifted() -> Traffic {
    Traffic::Shifted(split(10.0))
}

/// A workload with so many pods, all ready.
pub(super) fn pods(subset: SubsetId, count: u32) -> Workload {
    Workload {
        presence: Presence::Present,
        wanted: count,
        ready: count,
        settled: true,
        template: Some(format!("template of {}", subset.0)),
        has_image: true,
        ..Workload::default()
    }
}

/// No workload, and no endpoints.
pub(super) fn gone() -> Workload {
    Workload { settled: true, ..Workload::default() }
}

/// v1 has four pods, v2 two, v3 none; the mesh shows what it should, and a minute has passed.
pub(super) fn fine() -> Observation {
    Observation {
        mesh: Some(Mesh::Current),
        subsets: vec![Some(pods(V1, 4)), Some(pods(V2, 2)), Some(gone())],
        elapsed: Some(Duration::from_mins(1)),
        gate: Some(Gate::Open),
        verdict: None,
        watch: None,
    }
}

impl Observation {
    pub(super) fn with(mut self, subset: SubsetId, change: impl FnOnce(&mut Workload)) -> Self {
        change(self.subsets[subset.0].as_mut().unwrap());
        self
    }

    pub(super) fn without(mut self, subset: SubsetId) -> Self {
        self.subsets[subset.0] = None;
        self
    }

    pub(super) fn mesh(self, mesh: Option<Mesh>) -> Self {
        Self { mesh, ..self }
    }

    pub(super) fn elapsed(self, elapsed: Option<Duration>) -> Self {
        Self { elapsed, ..self }
    }

    pub(super) fn verdict(self, verdict: Option<Judgement>) -> Self {
        Self { verdict, ..self }
    }

    pub(super) fn watch(self, watch: Option<Judgement>) -> Self {
        Self { watch, ..self }
    }

    pub(super) fn gate(self, gate: Option<Gate>) -> Self {
        Self { gate, ..self }
    }
}

/// `Progressing at 1, 10 % v2`.
pub(super) fn words(state: &State) -> String {
    let at = match state.at {
        At::Plan(position) => position.to_string(),
        At::Promote(SubsetId(id)) => format!("promote v{}", id + 1),
        At::Retire(SubsetId(id)) => format!("retire v{}", id + 1),
    };
    let single = if state.single { ", single" } else { "" };
    let image = state.image.as_ref().map(|image| format!(", {image}")).unwrap_or_default();
    format!("{:?} at {at}, {}{single}{image}", state.phase, traffic(&state.traffic))
}

fn traffic(traffic: &Traffic) -> String {
    match traffic {
        Traffic::Spec => "as written".to_owned(),
        Traffic::Stable => "stable".to_owned(),
        Traffic::Mirrored(mirror) => {
            format!("stable, {} % to v{} too", mirror.share.percent(), mirror.to.0 + 1)
        }
        Traffic::Shifted(split) => {
            let v2 = split.shares().find(|(id, _)| *id == V2);
            format!("{} % v2", v2.map_or(0.0, |(_, share)| share.percent()))
        }
        Traffic::Only(SubsetId(id)) => format!("only v{}", id + 1),
        Traffic::Pinned(SubsetId(id)) => format!("pinned v{}", id + 1),
        Traffic::Bare(SubsetId(id)) => format!("bare v{}", id + 1),
    }
}

/// What is to be done, in the same words.
pub(super) fn done(step: &Step) -> String {
    match step {
        Step::Do(action) => format!("{action:?}"),
        Step::Become(state) => format!("-> {}", words(state)),
        Step::RollBack(state, Cause::Worse(_)) => format!("Worse -> {}", words(state)),
        Step::RollBack(state, cause) => format!("{cause:?} -> {}", words(state)),
        Step::Wait(wait) => format!("wait: {wait:?}"),
        Step::Done => "done".to_owned(),
    }
}

/// What is next, as a state.
pub(super) fn next(plan: &Plan, state: &State, seen: &Observation) -> State {
    match step(plan, state, seen) {
        Step::Become(next) | Step::RollBack(next, _) => next,
        other => panic!("{other:?} after {state:?}"),
    }
}

//! The candidate is there, and is the one with which the rollout began.

use super::{Action, Step, Wait};
use crate::policy::SubsetId;
use crate::rollout::view::View;
use crate::rollout::{PlanStep, Presence, State, Traffic, Unknown};

/// What has to come before the step at `position`: the candidate's workload, and which one it is, written down.
/// None where nothing has to.
pub(super) fn prepare(view: &View, position: usize) -> Result<Option<Step>, Wait> {
    let (plan, state) = (view.plan, view.state);
    let Some(candidate) = plan.candidate.filter(|candidate| plan.has_workload(*candidate)) else {
        return Ok(None);
    };
    // Without a rollout the Release holds as it is written, whatever the subset is that day.
    let watched = !plan.is_open() || state.image.is_some();
    if !watched || !matters(view, candidate, position) {
        return Ok(None);
    }
    if view.subset(candidate)?.presence == Presence::Absent {
        return create(view, candidate).map(Some);
    }
    let workload = view.workload(candidate)?;
    let template = workload.template.as_ref().ok_or(Unknown::Template(candidate))?;
    match &state.revision {
        None if state.image.is_some() && !workload.has_image => Err(Wait::OtherImage(candidate)),
        None => Ok(Some(Step::Become(State { revision: Some(template.clone()), ..state.clone() }))),
        Some(revision) if revision == template || is_being_updated(view, candidate) => Ok(None),
        Some(_) => Err(Wait::CandidateChanged(candidate)),
    }
}

/// Whether it matters which one the candidate is: it gets traffic or copies of it, or this step or a later one is about it. Being
/// retired is not.
fn matters(view: &View, candidate: SubsetId, position: usize) -> bool {
    let plan = view.plan;
    let mut rest = plan.steps.iter().skip(position);
    view.needs(candidate)
        || rest.any(|step| match step {
            PlanStep::Open => plan.needed(&Traffic::Spec).contains(&candidate),
            PlanStep::Scale(amounts) => amounts.iter().any(|(subset, _)| *subset == candidate),
            PlanStep::Mirror(mirror) => mirror.to == candidate,
            PlanStep::Shift(split) => plan.reached(&Traffic::of(split)).contains(&candidate),
            PlanStep::Update { from, to } => *from == candidate || *to == candidate,
            PlanStep::Promote(winner) => *winner == candidate,
            PlanStep::Analyze(_) => true,
            PlanStep::Approve { .. } | PlanStep::Pause { .. } | PlanStep::Retire(_) => false,
        })
}

/// Whether it is our own doing that the candidate changes.
fn is_being_updated(view: &View, candidate: SubsetId) -> bool {
    matches!(view.state.plan_step(view.plan), Some(PlanStep::Update { to, .. }) if *to == candidate)
}

/// Makes the candidate's workload of the stable one's, while the mesh is seen to send all users to stable: its pods
/// carry the service's labels. One that was there when the rollout began and went since is not made again.
fn create(view: &View, candidate: SubsetId) -> Result<Step, Wait> {
    let (plan, state) = (view.plan, view.state);
    if state.image.is_none() || state.revision.is_some() || state.traffic != Traffic::Stable {
        return Err(Wait::Missing(candidate));
    }
    if !plan.has_workload(plan.stable) || !view.subset(plan.stable)?.stays() {
        return Err(Wait::Missing(plan.stable));
    }
    Ok(Step::Do(Action::Create(candidate)))
}

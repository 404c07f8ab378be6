//! `analyze`: the candidate is shown to be healthy, or to be worse, or time runs out.
//!
//! | the candidate is | while time is left | at its end |
//! |---|---|---|
//! | worse | all users go back | all users go back |
//! | healthy | next step | next step |
//! | healthy so far | waits | next step |
//! | in doubt | waits | as the Release says: waits for a person, next step, or all users go back |
//! | not seen | waits | waits for a person, whatever the Release says |
//!
//! What waits at the end goes on being judged. A dry run goes to the next step where it is healthy, and at the end.

use std::time::Duration;

use super::{Cause, Step, Wait, progress, rollback};
use crate::rollout::view::View;
use crate::rollout::{Analyze, Doubt, Judgement, Phase, SoFar, Unknown};
use crate::spec::Inconclusive;

/// The way back where the candidate is worse at a step that judges it.
///
/// # Errors
/// When it is, and stable is not known to be able to take all users.
pub(super) fn worse(view: &View) -> Result<Option<Step>, Wait> {
    let Some(analyze) = view.plan.analysis(view.state) else { return Ok(None) };
    match &view.observation.verdict {
        Some(Judgement::Worse(failed)) if !analyze.dry_run => {
            rollback::once_stable_can(view, Cause::Worse(failed.clone())).map(Some)
        }
        _ => Ok(None),
    }
}

/// The way back where the time is over without an answer and the Release says so.
///
/// # Errors
/// When stable is not known to be able to take all users.
pub(super) fn overdue(view: &View) -> Result<Option<Step>, Wait> {
    let Some(analyze) = view.plan.analysis(view.state) else { return Ok(None) };
    let is_over = view.observation.elapsed.is_some_and(|elapsed| elapsed >= analyze.length);
    match doubt(view) {
        Some(doubt) if is_over && decided(analyze, doubt) == Inconclusive::Rollback => {
            let cause = Cause::Inconclusive(analyze.length, doubt);
            rollback::once_stable_can(view, cause).map(Some)
        }
        _ => Ok(None),
    }
}

/// Until the candidate is shown to be healthy; [`worse`] and [`overdue`] have been asked before.
pub(super) fn step(view: &View, analyze: &Analyze) -> Result<Step, Wait> {
    let verdict = view.observation.verdict.as_ref();
    if verdict == Some(&Judgement::Healthy) {
        return Ok(progress::done(view));
    }
    let elapsed = view.observation.elapsed.ok_or(Unknown::Elapsed)?;
    let left = analyze.length.saturating_sub(elapsed);
    if left > Duration::ZERO {
        let so_far = match verdict {
            Some(Judgement::Worse(_)) => SoFar::Worse,
            Some(Judgement::Healthy | Judgement::SoFar) => SoFar::Healthy,
            Some(Judgement::Inconclusive(doubt)) => SoFar::Inconclusive(*doubt),
            None => SoFar::Inconclusive(Doubt::Unknown),
        };
        return Err(Wait::Analyzing(left, so_far));
    }
    match doubt(view) {
        Some(doubt) if decided(analyze, doubt) != Inconclusive::Proceed => {
            Err(Wait::Inconclusive(doubt))
        }
        _ => Ok(progress::done(view)),
    }
}

/// Why a person has to say whether the rollout goes on; none where that is decided, or to be decided without one.
///
/// # Errors
/// When it is not known whether the time for an answer is over.
pub(in crate::rollout) fn held(view: &View, analyze: &Analyze) -> Result<Option<Doubt>, Unknown> {
    // The time of a pause is not that of the step.
    if view.state.phase != Phase::Progressing {
        return Ok(None);
    }
    let elapsed = view.observation.elapsed.ok_or(Unknown::Elapsed)?;
    let is_open = |doubt: &Doubt| decided(analyze, *doubt) == Inconclusive::Hold;
    Ok(doubt(view).filter(is_open).filter(|_| elapsed >= analyze.length))
}

/// Why it is not known whether the candidate is healthy; none where it is.
fn doubt(view: &View) -> Option<Doubt> {
    match &view.observation.verdict {
        Some(Judgement::Inconclusive(doubt)) => Some(*doubt),
        Some(Judgement::Worse(_) | Judgement::Healthy | Judgement::SoFar) => None,
        None => Some(Doubt::Unknown),
    }
}

/// What is done about this doubt at the end of the time. Nothing goes forward, and nothing back, since it was not seen.
fn decided(analyze: &Analyze, doubt: Doubt) -> Inconclusive {
    if analyze.dry_run {
        return Inconclusive::Proceed;
    }
    if doubt.is_missing() { Inconclusive::Hold } else { analyze.inconclusive }
}

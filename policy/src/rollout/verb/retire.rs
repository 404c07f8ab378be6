//! `retire`: the loser's workload and all that was rendered go, whatever the plan says.

use super::promote::by_hand;
use super::{Refusal, same_plan, serving};
use crate::policy::SubsetId;
use crate::rollout::view::View;
use crate::rollout::{At, Phase, Presence, State, Traffic};

/// Where none is named: the stable subset once another has won, the candidate once it has lost.
pub(super) fn retire(view: &View, loser: Option<SubsetId>) -> Result<State, Refusal> {
    let (plan, state) = (view.plan, view.state);
    if state.phase == Phase::RollingBack {
        return Err(Refusal::RollingBack);
    }
    same_plan(view)?;
    let loser = loser.map_or_else(|| unnamed(view), Ok)?;
    let winner = view.winner(loser).map_err(Refusal::StillReached)?;
    if !plan.has_workload(loser) {
        return Err(Refusal::NoWorkload(loser));
    }
    let asked = state.at == At::Retire(loser) && state.is_under_way();
    let workload = view.subset(loser)?;
    let gone = workload.presence == Presence::Absent && workload.ready == 0;
    if asked || (gone && state.phase.is_at_rest() && state.traffic == Traffic::Bare(winner)) {
        return Ok(state.clone());
    }
    serving(view, winner)?;
    Ok(by_hand(view, At::Retire(loser)))
}

/// The subset that no user gets.
fn unnamed(view: &View) -> Result<SubsetId, Refusal> {
    let plan = view.plan;
    let Some(winner) = plan.winner(&view.state.traffic) else {
        return Err(Refusal::StillReached(plan.candidate.unwrap_or(plan.stable)));
    };
    if winner != plan.stable {
        return Ok(plan.stable);
    }
    // Where nothing has been decided yet, its name is asked for.
    let lost = matches!(view.state.phase, Phase::RolledBack | Phase::Completed)
        || view.state.traffic.whole().is_some();
    plan.candidate.filter(|candidate| lost && *candidate != winner).ok_or(Refusal::Which)
}

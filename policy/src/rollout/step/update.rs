//! `update`: one subset's pod template for another.

use super::{Action, Step, Wait};
use crate::policy::SubsetId;
use crate::rollout::view::View;
use crate::rollout::{State, Unknown};

/// Until the templates are the same, and all pods of `to` are of it.
pub(super) fn step(view: &View, from: SubsetId, to: SubsetId) -> Result<Step, Wait> {
    let wanted = template(view, from)?;
    if template(view, to)? != wanted {
        return Ok(Step::Do(Action::Update { from, to }));
    }
    view.settled(to)?;
    let mut next = view.state.next(view.plan);
    if view.plan.candidate == Some(to) {
        next = State { revision: Some(wanted.to_owned()), ..next };
    }
    Ok(Step::Become(next))
}

fn template<'a>(view: &View<'a>, subset: SubsetId) -> Result<&'a str, Wait> {
    let workload = view.workload(subset)?;
    workload.template.as_deref().ok_or(Wait::Unknown(Unknown::Template(subset)))
}

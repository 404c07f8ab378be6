//! A rollout at one moment: what [`step()`](super::step()) and the verbs look at, and what has to be so before traffic
//! goes anywhere.

use super::{
    At, Mesh, Observation, Plan, PlanStep, Presence, State, Traffic, Unknown, Wait, Workload,
};
use crate::policy::SubsetId;

/// A rollout at one moment.
#[derive(Clone, Copy)]
pub(super) struct View<'a> {
    pub(super) plan: &'a Plan,
    pub(super) state: &'a State,
    pub(super) observation: &'a Observation,
}

impl<'a> View<'a> {
    /// What runs `subset`.
    pub(super) fn subset(&self, subset: SubsetId) -> Result<&'a Workload, Unknown> {
        self.observation.subset(subset).ok_or(Unknown::Subset(subset))
    }

    /// What runs `subset`, which is a workload that is there and stays.
    pub(super) fn workload(&self, subset: SubsetId) -> Result<&'a Workload, Wait> {
        let workload = self.subset(subset)?;
        match workload.presence {
            Presence::Present => Ok(workload),
            Presence::Absent => Err(Wait::Missing(subset)),
            Presence::Terminating => Err(Wait::Removing(subset)),
        }
    }

    /// What the mesh has of the traffic.
    pub(super) fn mesh(&self) -> Result<Mesh, Unknown> {
        self.observation.mesh.ok_or(Unknown::Mesh)
    }

    /// The subsets that get traffic.
    pub(super) fn reached(&self) -> Vec<SubsetId> {
        self.plan.reached(&self.state.traffic)
    }

    /// Whether `subset` gets traffic, or copies of it.
    pub(super) fn needs(&self, subset: SubsetId) -> bool {
        self.plan.needed(&self.state.traffic).contains(&subset)
    }

    /// The subset that stays when `loser` goes: the only one that gets traffic.
    ///
    /// # Errors
    /// The subset that gets traffic and stands in the way.
    pub(super) fn winner(&self, loser: SubsetId) -> Result<SubsetId, SubsetId> {
        let reached = self.reached();
        match reached.as_slice() {
            [winner] if *winner != loser => Ok(*winner),
            _ if reached.contains(&loser) => Err(loser),
            _ => Err(reached.into_iter().find(|id| *id != self.plan.stable).unwrap_or(loser)),
        }
    }

    /// Whether stable is known to have no pods, or to be about to: its retirement was at work and has removed it. A
    /// workload that is missing otherwise may just have another name.
    pub(super) fn has_lost_stable(&self) -> bool {
        let stable = self.plan.stable;
        let retires = self.state.at == At::Retire(stable)
            || self.state.plan_step(self.plan) == Some(&PlanStep::Retire(stable));
        let is_gone = |workload: &Workload| !workload.stays() && self.plan.has_workload(stable);
        self.observation.is_dead(stable)
            || (retires && self.observation.subset(stable).is_some_and(is_gone))
    }

    /// That `subset` has a ready endpoint.
    pub(super) fn serving(&self, subset: SubsetId) -> Result<(), Wait> {
        let workload = self.subset(subset)?;
        if workload.ready == 0 {
            return Err(Wait::NotReady(subset, workload.failing.clone()));
        }
        Ok(())
    }

    /// That every subset that `traffic` gives anything to, be it copies, has a ready endpoint.
    pub(super) fn all_serving(&self, traffic: &Traffic) -> Result<(), Wait> {
        self.plan.needed(traffic).into_iter().try_for_each(|subset| self.serving(subset))
    }

    /// That `subset` can be given more than it has: its workload is there and has settled. Of an autoscaled one a
    /// ready endpoint is enough, since the number of its pods is always about to change.
    pub(super) fn ready(&self, subset: SubsetId) -> Result<(), Wait> {
        if self.plan.has_workload(subset) && self.workload(subset)?.autoscaler.is_none() {
            self.settled(subset)?;
        }
        self.serving(subset)
    }

    /// That all pods of `subset` are of its present template, and ready.
    pub(super) fn settled(&self, subset: SubsetId) -> Result<(), Wait> {
        let workload = self.subset(subset)?;
        if !workload.settled {
            return Err(Wait::NotReady(subset, workload.failing.clone()));
        }
        Ok(())
    }
}

impl Observation {
    /// What runs `subset`; none where that is not known.
    #[must_use]
    pub fn subset(&self, subset: SubsetId) -> Option<&Workload> {
        self.subsets.get(subset.0)?.as_ref()
    }

    /// Whether `subset` is known to have no ready endpoint.
    #[must_use]
    pub fn is_dead(&self, subset: SubsetId) -> bool {
        self.subset(subset).is_some_and(|workload| workload.ready == 0)
    }
}

impl From<Unknown> for Wait {
    fn from(unknown: Unknown) -> Self {
        Self::Unknown(unknown)
    }
}

//! Which subsets get traffic, and which copies of it.

use super::{Analyze, Check, Plan, PlanStep, State, Traffic};
use crate::policy::{Split, SubsetId};

impl Plan {
    /// The subsets that `traffic` gives users to, each once and in their order.
    #[must_use]
    pub fn reached(&self, traffic: &Traffic) -> Vec<SubsetId> {
        let mut reached = match traffic {
            Traffic::Spec => [self.ruled.as_slice(), self.split.as_slice()].concat(),
            Traffic::Stable | Traffic::Mirrored(_) => vec![self.stable],
            Traffic::Shifted(split) => {
                let shares = split.shares().map(|(subset, _)| subset);
                self.ruled.iter().copied().chain(shares).collect()
            }
            Traffic::Only(subset) | Traffic::Pinned(subset) | Traffic::Bare(subset) => {
                vec![*subset]
            }
        };
        reached.sort_unstable();
        reached.dedup();
        reached
    }

    /// The subsets that must have pods for `traffic`: those that get users, and the one that gets copies of requests.
    #[must_use]
    pub fn needed(&self, traffic: &Traffic) -> Vec<SubsetId> {
        let mut needed = self.reached(traffic);
        needed.extend(match traffic {
            Traffic::Spec => self.mirror,
            Traffic::Mirrored(mirror) => Some(mirror.to),
            _ => None,
        });
        needed.sort_unstable();
        needed.dedup();
        needed
    }

    /// The subset that gets all users, if one does.
    #[must_use]
    pub fn winner(&self, traffic: &Traffic) -> Option<SubsetId> {
        match self.reached(traffic).as_slice() {
            [subset] => Some(*subset),
            _ => None,
        }
    }

    /// Whether the Deployment of `subset` is named.
    #[must_use]
    pub fn has_workload(&self, subset: SubsetId) -> bool {
        self.workloads.get(subset.0).is_some_and(Option::is_some)
    }

    /// The analysis at work, whether it is paused or not: what [`Observation::verdict`](super::Observation) is about.
    #[must_use]
    pub fn analysis(&self, state: &State) -> Option<&Analyze> {
        match state.plan_step(self).filter(|_| state.is_under_way()) {
            Some(PlanStep::Analyze(analyze)) => Some(analyze),
            _ => None,
        }
    }

    /// Whether requests are counted for a check of any step.
    #[must_use]
    pub fn counts(&self) -> bool {
        let analyzed = self.steps.iter().filter_map(|step| match step {
            PlanStep::Analyze(analyze) => Some(&analyze.checks),
            _ => None,
        });
        analyzed.flatten().chain(&self.watch).any(|check| check.counted().is_some())
    }

    /// The checks of every step, while a rollout is under way and the candidate gets users: what
    /// [`Observation::watch`](super::Observation) is about. Otherwise none.
    #[must_use]
    pub fn watched(&self, state: &State) -> &[Check] {
        let is_reached = self.candidate.is_some_and(|candidate| {
            candidate != self.stable && self.reached(&state.traffic).contains(&candidate)
        });
        // What is left of the routes of a bare subset is no more of ours.
        let is_ours = !matches!(state.traffic, Traffic::Bare(_));
        if state.is_under_way() && is_ours && is_reached { &self.watch } else { &[] }
    }

    /// Whether the plan is what a Release without `rollout` has.
    #[must_use]
    pub fn is_open(&self) -> bool {
        matches!(self.steps.as_slice(), [PlanStep::Open])
    }
}

impl Traffic {
    /// The traffic of a shift to `split`.
    pub(super) fn of(split: &Split) -> Self {
        Self::Shifted(split.clone())
    }

    /// The subset that gets all users whatever the rules say, and is not just the stable one.
    #[must_use]
    pub fn whole(&self) -> Option<SubsetId> {
        match self {
            Self::Only(subset) | Self::Pinned(subset) | Self::Bare(subset) => Some(*subset),
            Self::Spec | Self::Stable | Self::Mirrored(_) | Self::Shifted(_) => None,
        }
    }
}

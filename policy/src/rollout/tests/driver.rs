//! Who drives a rollout, and forgets everything between two looks but what was written down.

use std::time::Duration;

use super::cluster::{Cluster, Fate};
use crate::rollout::{
    Judgement, Observation, Plan, State, Step, Transition, Verb, Wait, apply, step,
};

const MINUTES: Duration = Duration::from_mins(10);

/// A rollout in a cluster.
pub(super) struct Driver<'p> {
    pub(super) plan: &'p Plan,
    pub(super) cluster: Cluster,
    /// What was written down.
    pub(super) state: Option<State>,
    /// What the checks say of the candidate.
    pub(super) judgement: Judgement,
    elapsed: Duration,
}

impl<'p> Driver<'p> {
    pub(super) fn new(plan: &'p Plan, cluster: Cluster) -> Self {
        let judgement = Judgement::Healthy;
        Self { plan, cluster, state: None, judgement, elapsed: Duration::ZERO }
    }

    fn look(&self) -> Observation {
        let fresh = State::fresh(self.plan);
        let seen = self.cluster.observe(self.state.as_ref().unwrap_or(&fresh));
        let said = Some(self.judgement.clone());
        Observation { elapsed: Some(self.elapsed), verdict: said.clone(), watch: said, ..seen }
    }

    fn write(&mut self, next: State) {
        let before = self.state.as_ref().map(|state| (state.phase, state.at));
        if before != Some((next.phase, next.at)) {
            self.elapsed = Duration::ZERO;
        }
        self.state = Some(next);
    }

    /// A verb is given.
    pub(super) fn say(&mut self, verb: &Verb) {
        if let Ok(Transition::To(next)) = apply(self.plan, self.state.as_ref(), verb, &self.look())
        {
            self.write(next);
        }
    }

    /// One look, and what follows from it, where `veil` takes away what cannot be seen and `fate` is that of a write.
    pub(super) fn turn(
        &mut self,
        veil: impl FnOnce(Observation) -> Observation,
        fate: impl FnOnce() -> Fate,
    ) -> Step {
        self.cluster.tick();
        self.elapsed += MINUTES;
        let state = self.state.clone().unwrap();
        let step = step(self.plan, &state, &veil(self.look()));
        match &step {
            Step::Do(action) => self.cluster.perform(action, &state, fate()),
            Step::Become(next) | Step::RollBack(next, _) => {
                if fate() != Fate::Lost {
                    self.write(next.clone());
                }
            }
            Step::Wait(_) | Step::Done => {}
        }
        step
    }

    /// Goes on undisturbed, with every approval given, until nothing changes any more.
    pub(super) fn finish(&mut self) -> Step {
        for _ in 0..200 {
            match self.turn(|seen| seen, || Fate::Done) {
                Step::Done => return Step::Done,
                Step::Wait(Wait::Approval(_) | Wait::Inconclusive(_)) => self.say(&Verb::Approve),
                Step::Wait(Wait::Paused | Wait::Pause(None)) => self.say(&Verb::Resume),
                _ => {}
            }
        }
        self.turn(|seen| seen, || Fate::Done)
    }
}

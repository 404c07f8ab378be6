//! Rollouts: how a Release goes from one split to the next, without a clock, a cluster or a proxy.
//!
//! A [`Plan`] is what the author wrote, a [`State`] what has come of it, an [`Observation`] what the cluster is like
//! now. [`step()`] says what is to be done next, a [`Verb`] what a person wants of it. Both are functions of what
//! they are given and of nothing else; the edge performs, observes and asks again, so that a crash at any point loses
//! nothing.

pub mod analysis;
mod effective;
mod judgement;
mod observation;
mod plan;
mod power;
mod reach;
mod state;
mod step;
mod verb;
mod view;

pub use effective::effective;
pub use judgement::{Doubt, FailedCheck, Judgement, SoFar};
pub use observation::{Freeze, Gate, Mesh, Observation, Opening, Presence, Unknown, Workload};
pub use plan::{Amount, Analyze, Bound, Check, Plan, PlanStep, Query, Window};
pub use power::too_short;
pub use state::{At, Phase, State, Traffic};
pub use step::{Action, Cause, Step, Wait, step};
pub use verb::{Refusal, Transition, Verb, apply};

#[cfg(test)]
mod tests;

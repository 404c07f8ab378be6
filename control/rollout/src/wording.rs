//! Plans, waits, refusals, actions and traffic in plain words, each on one line.

mod action;
mod analysis;
mod message;
mod refusal;
mod step;
mod traffic;
mod wait;
mod window;

use std::time::Duration;

use document::report::Length;
use policy::Policy;
use policy::policy::SubsetId;
use policy::rollout::Plan;

/// What the words are about.
#[derive(Clone, Copy, Debug)]
pub struct Wording<'a> {
    /// The Release.
    pub policy: &'a Policy,
    /// Its plan.
    pub plan: &'a Plan,
}

impl Wording<'_> {
    fn name(&self, subset: SubsetId) -> &str {
        self.policy.subset_name(subset)
    }

    fn stable(&self) -> &str {
        self.name(self.plan.stable)
    }

    /// `Deployment reviews-v2`, what runs a subset, as far as the Release says.
    fn deployment(&self, subset: SubsetId) -> String {
        match self.plan.workloads.get(subset.0) {
            Some(Some(deployment)) => format!("Deployment {deployment}"),
            _ => format!("workload of {}", self.name(subset)),
        }
    }

    /// `` `serin approve reviews` ``.
    fn command(&self, verb: &str) -> String {
        format!("`serin {verb} {}`", self.policy.name())
    }
}

/// `9m 30s`, to the second.
fn length(duration: Duration) -> String {
    Length(Duration::from_secs(duration.as_secs())).to_string()
}

/// `1 pod`, `2 pods`.
fn pods(count: u32) -> String {
    if count == 1 { "1 pod".to_owned() } else { format!("{count} pods") }
}

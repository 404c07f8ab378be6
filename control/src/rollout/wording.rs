//! Plans, waits, refusals, actions and traffic in plain words, each on one line.

mod action;
mod message;
mod refusal;
mod step;
mod traffic;
mod wait;

use std::fmt;
use std::time::Duration;

use policy::Policy;
use policy::policy::SubsetId;
use policy::rollout::Plan;

use crate::report::Length;

/// What the words are about.
#[derive(Clone, Copy, Debug)]
pub struct Wording<'a> {
    /// The Release.
    pub policy: &'a Policy,
    /// Its plan.
    pub plan: &'a Plan,
}

/// Something that is said, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// What is so.
    pub what: String,
    /// What to do; none: nothing.
    pub help: Option<String>,
}

impl Said {
    fn new(what: impl Into<String>) -> Self {
        Self { what: what.into(), help: None }
    }

    fn help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)?;
        self.help.as_ref().map_or(Ok(()), |help| write!(f, ": {help}"))
    }
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

/// A text without its digits: the same however much time is left.
#[must_use]
pub fn timeless(text: &str) -> String {
    text.chars().filter(|character| !character.is_ascii_digit()).collect()
}

/// `9m 30s`, to the second.
fn length(duration: Duration) -> String {
    Length(Duration::from_secs(duration.as_secs())).to_string()
}

/// `1 pod`, `2 pods`.
fn pods(count: u32) -> String {
    if count == 1 { "1 pod".to_owned() } else { format!("{count} pods") }
}

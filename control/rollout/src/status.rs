//! The status of a Release: what has come of it, for those who read the object, and for the next process that drives it.

use std::time::Duration;

use document::report::Message;
use istio::names;
use jiff::Timestamp;
use policy::Policy;
use policy::rollout::{Plan, State};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use super::analysis::Analysis;
use super::conditions::{self, Condition};
use super::drive::cluster::Object;
use super::history::{self, Entry};
use super::now::Now;
use super::wording::Wording;
use super::{DisplayPhase, phase, saved, unreadable};

/// The status of a Release.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct Status {
    /// The generation of the spec that this status describes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
    /// The phase of the rollout.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "if_known")]
    pub phase: Option<DisplayPhase>,
    /// The current step, as `2/7`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step: Option<String>,
    /// How traffic is split, as `v2 10 %`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub split: Option<String>,
    /// The candidate subset.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub candidate: Option<String>,
    /// A digest of the candidate's pod template.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revision: Option<String>,
    /// When the phase or the current step last changed, RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
    /// What the rollout waits for, or its result; one line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// The state of the rollout, from which any `serin` continues.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<Value>,
    /// The spec that was last applied.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub applied: Option<Applied>,
    /// The options of `serin apply`, from which the objects of the mesh are rendered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mesh: Option<Value>,
    /// What checks found of the candidate, at the last step that asks.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "analysis_if_known")]
    pub analysis: Option<Analysis>,
    /// What was done, newest last.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub history: Vec<Entry>,
    /// `Ready`, `Reconciling` and `Stalled`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<Condition>,
    /// What a later version wrote beside.
    #[serde(flatten)]
    #[schemars(skip)]
    pub unknown: Map<String, Value>,
}

/// The phase is for people, and follows from the state: one of a later version is none.
fn if_known<'de, D: Deserializer<'de>>(phase: D) -> Result<Option<DisplayPhase>, D::Error> {
    Value::deserialize(phase).map(|phase| DisplayPhase::deserialize(phase).ok())
}

/// What was counted decides nothing by itself: one of a later version is none, and begins again.
fn analysis_if_known<'de, D: Deserializer<'de>>(analysis: D) -> Result<Option<Analysis>, D::Error> {
    Value::deserialize(analysis).map(|analysis| Analysis::deserialize(analysis).ok())
}

/// The spec that was last applied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Applied {
    /// A digest of it.
    pub hash: String,
    /// When, RFC 3339.
    pub time: String,
}

impl Applied {
    /// What tells the spec of this object from others, at this time.
    #[must_use]
    pub fn of(object: &Object, time: String) -> Self {
        Self { hash: format!("{:016x}", names::digest(object.spec().to_string().as_bytes())), time }
    }
}

impl Status {
    /// The status of an object; of one that has none, an empty one.
    ///
    /// # Errors
    /// When it is of another shape.
    pub fn read(status: Option<&Value>) -> Result<Self, Message> {
        let Some(status) = status.filter(|status| !status.is_null()) else {
            return Ok(Self::default());
        };
        Self::deserialize(status).map_err(|error| unreadable::shape("status", error))
    }

    /// As JSON.
    #[must_use]
    pub fn to_value(&self) -> Value {
        serde_json::to_value(self).unwrap_or_default()
    }

    /// What has come of the rollout; none where nothing was ever written down.
    ///
    /// # Errors
    /// When it is of another shape, a later version wrote it, or it names subsets that the Release does not declare.
    pub fn state(&self, policy: &Policy) -> Result<Option<State>, Message> {
        self.state.as_ref().map(|state| saved::read(state, policy)).transpose()
    }

    /// The same for the way back, which whatever is written does not block.
    #[must_use]
    pub fn state_back(&self, policy: &Policy, plan: &Plan) -> Option<State> {
        self.state.as_ref().map(|state| saved::read_back(state, policy, plan))
    }

    /// The time since the phase or the step at work changed last; none where that is unknown, nothing where a clock
    /// runs behind the one that wrote it.
    #[must_use]
    pub fn elapsed(&self, now: Timestamp) -> Option<Duration> {
        let since: Timestamp = self.since.as_ref()?.parse().ok()?;
        Some(Duration::try_from(now.duration_since(since)).unwrap_or_default())
    }

    /// What checks found at the step that is at work.
    #[must_use]
    pub fn analysis_now(&self) -> Option<&Analysis> {
        self.analysis.as_ref().filter(|analysis| Some(&analysis.since) == self.since.as_ref())
    }

    /// Adds to the history.
    pub fn record(&mut self, entry: Entry) {
        history::append(&mut self.history, entry);
    }

    /// Says that it cannot go on, and why.
    pub fn stall(&mut self, message: &str, time: &str) {
        self.message = Some(message.to_owned());
        conditions::stall(&mut self.conditions, message, time);
    }

    /// Why it cannot go on, where something failed.
    #[must_use]
    pub fn stalled(&self) -> Option<&str> {
        self.conditions.iter().find_map(conditions::Condition::failure)
    }

    /// Says what is so now; the history, what was applied and the mesh's options stay.
    pub fn update(&mut self, now: &Now) {
        let Now { policy, plan, state, .. } = *now;
        let wording = Wording { policy, plan };
        let written = saved::write(state, policy, self.state.as_ref());
        let field = |name: &str| self.state.as_ref().and_then(|state| state.get(name));
        let moved = ["phase", "at"].iter().any(|name| field(name) != written.get(*name));
        if moved || self.since.is_none() {
            self.since = Some(now.time.to_owned());
        }
        self.observed_generation = now.generation;
        self.phase = Some(DisplayPhase::now(now));
        self.step = phase::step(plan, state).map(|step| step.to_string());
        self.split = Some(wording.split(&state.traffic));
        self.candidate = plan.candidate.map(|id| policy.subset_name(id).to_owned());
        self.revision.clone_from(&state.revision);
        // A length of time that is left would be another at every look.
        let until = self.since.as_deref().and_then(|since| phase::deadline(plan, state, since));
        let message = wording.message(state, now.step, self.history.last(), until);
        self.conditions = conditions::update(&self.conditions, now, &message);
        self.message = Some(message);
        self.state = Some(written);
    }
}

//! What is seen of a scene.

use std::collections::BTreeMap;
use std::time::Duration;

use policy::rollout::{Phase, State};
use serde_json::Value;

use super::super::invariants;
use super::Scene;
use crate::drive::fake;
use crate::drive::live::Live;

impl Scene {
    /// The Release as it is now.
    pub(in crate::drive::tests) fn live(&self) -> Live {
        self.try_live().unwrap()
    }

    /// The same, where there is one that can be read.
    pub(in crate::drive::tests) fn try_live(&self) -> Option<Live> {
        fake::run(self.rollout().live()).unwrap().ok()
    }

    pub(in crate::drive::tests) fn phase(&self) -> Phase {
        self.state().phase
    }

    /// What its status says of this.
    pub(in crate::drive::tests) fn message(&self) -> String {
        self.live().status.message.unwrap_or_default()
    }

    pub(in crate::drive::tests) fn state(&self) -> State {
        self.live().state.unwrap()
    }

    /// A condition of its status: its status and reason.
    pub(in crate::drive::tests) fn condition(&self, kind: &str) -> String {
        let live = self.live();
        let conditions = live.object.list("/status/conditions");
        let found = conditions.iter().find(|condition| condition["type"] == kind).unwrap();
        format!("{} {}", found["status"].as_str().unwrap(), found["reason"].as_str().unwrap())
    }

    /// What was told, without repeats that follow each other, and nothing of it any more.
    pub(in crate::drive::tests) fn told(&self) -> Vec<String> {
        let events = std::mem::take(&mut *self.events.lock().unwrap());
        let mut lines: Vec<String> = events.iter().map(ToString::to_string).collect();
        lines.dedup();
        lines
    }

    /// What was written since it was forgotten.
    pub(in crate::drive::tests) fn writes(&self) -> Vec<String> {
        self.fake.world().writes.clone()
    }

    pub(in crate::drive::tests) fn now(&self) -> Duration {
        self.fake.world().now
    }

    /// How often something was asked.
    pub(in crate::drive::tests) fn requests(&self) -> usize {
        self.fake.world().requests
    }

    /// Of all that was told and written.
    pub(in crate::drive::tests) fn forget(&self) {
        self.told();
        self.fake.world().writes.clear();
    }

    /// The objects of the mesh that serin made, by title: what they say.
    pub(in crate::drive::tests) fn mesh(&self) -> BTreeMap<String, Value> {
        let ours = invariants::mesh(&self.fake.world());
        ours.iter().map(|object| (object.title(), object.spec().clone())).collect()
    }

    /// What users get that no rule decides, in percent beside stable; none: no filter is there.
    pub(in crate::drive::tests) fn split(&self) -> Option<BTreeMap<String, u64>> {
        invariants::split(&self.fake.world())
    }

    /// What v2 gets of that, in percent.
    pub(in crate::drive::tests) fn share(&self) -> u64 {
        self.split().unwrap().get("v2").copied().unwrap_or_default()
    }

    /// Nothing that must always hold was broken.
    pub(in crate::drive::tests) fn sound(&self) {
        let broken = self.fake.world().broken.clone();
        assert!(broken.is_empty(), "{broken:#?}");
    }
}

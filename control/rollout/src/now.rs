//! What a status is made of.

use policy::Policy;
use policy::rollout::{Plan, State, Step};

/// What is so now.
#[derive(Clone, Copy, Debug)]
pub struct Now<'a> {
    /// The Release.
    pub policy: &'a Policy,
    /// Its plan.
    pub plan: &'a Plan,
    /// What has come of it.
    pub state: &'a State,
    /// What is to be done next; none where that was not asked yet.
    pub step: Option<&'a Step>,
    /// The generation of the object's spec.
    pub generation: Option<i64>,
    /// RFC 3339.
    pub time: &'a str,
}

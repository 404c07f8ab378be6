//! What the cluster is like.

use std::time::Duration;

use policy::rollout::{Observation, State};

use super::failure::Failure;
use super::mesh::Difference;
use super::subject::Subject;
use crate::cluster::istiod::Proxies;

/// What the cluster is like, and why something of that is not known.
#[derive(Debug, Default)]
pub struct Seen {
    /// What is known.
    pub observation: Observation,
    /// What the mesh lacks.
    pub differences: Vec<Difference>,
    /// Why something is not known.
    pub failures: Vec<Failure>,
    /// What the user should know.
    pub notes: Vec<String>,
}

/// Looks at the cluster. What cannot be learned is none, with the reason beside it.
#[expect(clippy::unused_async, reason = "a first version")]
pub async fn observe(
    subject: &Subject<'_>,
    _state: &State,
    elapsed: Option<Duration>,
    _proxies: &mut Proxies<'_>,
) -> Seen {
    let subsets = vec![None; subject.policy().subsets().len()];
    let observation = Observation { mesh: None, subsets, elapsed };
    Seen { observation, ..Seen::default() }
}

//! What the cluster is like. What cannot be learned is none, with the reason beside it.

pub(super) mod analysis;
pub(super) mod gate;
mod workloads;

use std::time::Duration;

use policy::rollout::{Mesh, Observation, State};

use super::cluster::proxies::Proxies;
use super::event::Note;
use super::failure::{Blocker, Failure};
use super::mesh::{self, Desired, Difference, Users};
use super::subject::Subject;
use crate::analysis::Analysis;

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
    pub notes: Vec<Note>,
    /// What is known of the candidate; none where nothing is asked.
    pub analysis: Option<Analysis>,
}

/// Looks at the cluster, and whether it is as `state` says it is to be. One that is about to start with another image
/// gives a state that has it. Whether it may go forward is not looked at: [`gate::observe`].
pub async fn observe(
    subject: &Subject<'_>,
    state: &State,
    elapsed: Option<Duration>,
    proxies: &mut Proxies<'_>,
) -> Seen {
    let mut seen = Seen::default();
    seen.observation.elapsed = elapsed;
    let users = match Users::find(subject).await {
        Ok(users) => Some(users),
        Err(failure) => {
            seen.failures.push(failure);
            None
        }
    };
    if let Some(users) = &users {
        match in_mesh(subject, state, users, proxies, &mut seen).await {
            Ok(mesh) => seen.observation.mesh = Some(mesh),
            Err(failure) => seen.failures.push(failure),
        }
    }
    seen.observation.subsets =
        workloads::observe(subject, state, users.as_ref(), &mut seen.failures).await;
    seen
}

async fn in_mesh(
    subject: &Subject<'_>,
    state: &State,
    users: &Users,
    proxies: &mut Proxies<'_>,
    seen: &mut Seen,
) -> Result<Mesh, Failure> {
    let desired: Desired = mesh::desired_beside(subject, state, users).await?;
    let (differences, live) = mesh::compared(subject, &desired).await?;
    let blocked =
        desired.blockers.into_iter().map(|Blocker(message)| Note::Blocked(message.line()));
    seen.notes = blocked.chain(desired.notes.into_iter().map(Note::Mesh)).collect();
    seen.differences = differences;
    if !seen.differences.is_empty() {
        return Ok(Mesh::Behind);
    }
    let have = proxies.have(&live).await?;
    Ok(if have { Mesh::Current } else { Mesh::Behind })
}

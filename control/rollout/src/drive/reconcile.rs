//! What a controller does for a Release: turns, until something that is watched changes or time passes.
//!
//! Beside the turns of a rollout it does what a person does with `serin apply` and `serin delete`: it takes up a Release
//! that was applied with `kubectl`, and takes back what was made for one that is being deleted.

mod adopt;
mod deletion;
pub(super) mod finalizer;

use std::collections::BTreeSet;
use std::time::Duration;

use istio::render::mesh_options::MeshOptions;

use super::cluster::proxies::Proxies;
use super::cluster::{ApplyOptions, Error};
use super::event::{Event, Report};
use super::failure::Failure;
use super::rollout::Rollout;
use super::turn::Next;
use crate::{Awaited, Waiting};

pub use finalizer::FINALIZER;

/// A rollout that makes so many turns without waiting lets others have theirs.
const TURNS: usize = 64;
/// How long until it is looked at again where proxies, or istiod, are waited for: nothing of them can be watched.
const PROXIES: Duration = Duration::from_secs(2);

/// How long until it is looked at again while rollouts are frozen: namespaces are not watched.
const FROZEN: Duration = Duration::from_secs(30);

/// Who does it, and with what.
#[derive(Clone, Copy, Debug)]
pub struct Reconciler<'a> {
    /// The Release.
    pub rollout: Rollout<'a>,
    /// Who does it, as the API server says.
    pub by: &'a str,
    /// What the mesh objects are made of where nothing was applied with `serin apply`; none: such a Release is left alone.
    pub defaults: Option<&'a MeshOptions>,
}

/// When it is to be looked at again.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// There is no such Release any more.
    Gone,
    /// When something that is watched changes, and after this time, where one is given.
    Rest(Option<Duration>),
    /// The same: this is waited for.
    Waits(Waiting, Option<Duration>),
}

impl Reconciler<'_> {
    /// Does what there is to be done.
    ///
    /// # Errors
    /// When it cannot be done; the status says so, too. What was done stays, and the next time goes on from there.
    pub async fn reconcile(&self, report: Report<'_>) -> Result<Outcome, Failure> {
        let Rollout { cluster, namespace, name, .. } = self.rollout;
        let object = match cluster.release(namespace, name).await {
            Ok(object) => object,
            Err(Error::NotFound { .. }) => return Ok(Outcome::Gone),
            Err(error) => return Err(error.into()),
        };
        if object.is_going() {
            return self.take_back(&object, report).await;
        }
        if let Some(outcome) = Box::pin(self.adopt(&object, report)).await? {
            return Ok(outcome);
        }
        self.guard(&object).await?;
        self.turns(object.uid(), report).await
    }

    /// Turn after turn.
    async fn turns(&self, uid: &str, report: Report<'_>) -> Result<Outcome, Failure> {
        let Rollout { cluster, clock, analyzer, .. } = self.rollout;
        let mut proxies = Proxies::new(cluster, clock, BTreeSet::new());
        for _ in 0..TURNS {
            match self.rollout.turn(ApplyOptions::default(), &mut proxies, report).await? {
                Next::Again | Next::WentBack(_) => {}
                Next::Done(_) => return Ok(Outcome::Rest(None)),
                Next::Wait(waiting) => {
                    let look = analyzer.next_look(uid, clock.uptime());
                    let again = again(&waiting).into_iter().chain(look).min();
                    report(Event::Waits(waiting.clone()));
                    return Ok(Outcome::Waits(waiting, again));
                }
            }
        }
        Ok(Outcome::Rest(Some(Duration::ZERO)))
    }
}

/// When to look again at what is waited for, where that is not seen by watching.
fn again(waiting: &Waiting) -> Option<Duration> {
    // What is left is told to the second.
    let end = waiting.left().map(|left| left.saturating_add(Duration::from_secs(1)));
    match waiting.awaited() {
        Awaited::Time if waiting.is_watched() => end,
        Awaited::Time => end.or(Some(PROXIES)),
        Awaited::Approval if !waiting.is_watched() => Some(FROZEN),
        Awaited::Approval | Awaited::Change => end,
    }
}

//! A Release that is being deleted goes once nothing is left that was made for it.
//!
//! The finalizer is written only by a controller, since without one nothing would take it off again; `serin delete` takes
//! it off, too.

use policy::rollout::{State, Verb};
use serde_json::Value;

use super::super::cluster::{ApplyOptions, Cluster, Error, Object, Resource};
use super::super::event::Report;
use super::super::failure::Failure;
use super::super::live::Live;
use super::super::verb::Recorded;
use super::{Outcome, Reconciler};
use std::time::Duration;

/// The finalizer of a Release.
pub const FINALIZER: &str = "serin.dev/cleanup";
/// The annotation by which a Release goes whatever stands in the way, as `serin delete --force`.
pub(super) const FORCE: &str = "serin.dev/force-delete";

impl Reconciler<'_> {
    /// Has the API server keep the Release until what was made for it is gone.
    pub(super) async fn guard(&self, seen: &Object) -> Result<(), Failure> {
        if !has(seen) {
            change(self.rollout.cluster, seen, |finalizers| finalizers.push(FINALIZER.into()))
                .await?;
        }
        Ok(())
    }

    /// Sends all users to stable, removes what was made for the Release, and lets it go.
    pub(super) async fn take_back(
        &self,
        object: &Object,
        report: Report<'_>,
    ) -> Result<Outcome, Failure> {
        if !has(object) {
            return Ok(Outcome::Rest(None));
        }
        let force = object.annotation(FORCE) == Some("true");
        if !force && let Some(outcome) = self.back(object, report).await? {
            return Ok(outcome);
        }
        let how = ApplyOptions { force, dry_run: false };
        match self.rollout.delete(how, report).await {
            Ok(_) => Ok(Outcome::Gone),
            Err(failure) => {
                let help = format!(
                    "`kubectl annotate release {} {FORCE}=true` removes it all the same",
                    object.name()
                );
                let why = format!("it is being deleted, and cannot be: {failure}; {help}");
                // The object that was read may be older than what the deletion wrote.
                if let Ok(now) =
                    self.rollout.cluster.release(object.namespace(), object.name()).await
                {
                    self.say_why_not(&now, &why).await;
                }
                Err(failure)
            }
        }
    }

    /// Rolls back what is under way; none once nothing is.
    async fn back(&self, object: &Object, report: Report<'_>) -> Result<Option<Outcome>, Failure> {
        let Ok(live) = Live::read(self.rollout.compiler, object.clone()) else { return Ok(None) };
        let is_under_way = |state: &&State| state.is_under_way();
        let Some(state) = live.state.as_ref().filter(is_under_way) else { return Ok(None) };
        if !state.phase.is_back() {
            let proposal = self.rollout.propose(&Verb::Rollback.into(), None).await?;
            let why = "the Release is being deleted";
            let recorded = self.rollout.record(&proposal, self.by, Some(why)).await?;
            if recorded == Recorded::Again {
                return Ok(Some(Outcome::Rest(Some(Duration::ZERO))));
            }
        }
        match self.turns(object.uid(), report).await? {
            Outcome::Rest(None) => Ok(None),
            waits => Ok(Some(waits)),
        }
    }
}

/// Takes the finalizer off, where the Release is still there.
pub(in crate::drive) async fn let_go(cluster: &dyn Cluster, seen: &Object) -> Result<(), Error> {
    change(cluster, seen, |finalizers| finalizers.retain(|finalizer| finalizer != FINALIZER)).await
}

/// Changes the finalizers of a Release, as often as others change it meanwhile; one that is gone is left alone.
async fn change(
    cluster: &dyn Cluster,
    seen: &Object,
    change: impl Fn(&mut Vec<Value>) + Send + Sync,
) -> Result<(), Error> {
    loop {
        let found = cluster.get(&Resource::RELEASE, Some(seen.namespace()), seen.name()).await?;
        let Some(mut release) = found.filter(|now| now.uid() == seen.uid()) else { return Ok(()) };
        let mut finalizers = release.list("/metadata/finalizers").to_vec();
        change(&mut finalizers);
        if finalizers == release.list("/metadata/finalizers") {
            return Ok(());
        }
        release.value_mut()["metadata"]["finalizers"] = Value::from(finalizers);
        match cluster.replace(&Resource::RELEASE, &release, ApplyOptions::default()).await {
            Err(Error::Conflict { .. }) => {}
            Ok(_) | Err(Error::NotFound { .. }) => return Ok(()),
            Err(error) => return Err(error),
        }
    }
}

pub(super) fn has(object: &Object) -> bool {
    object.list("/metadata/finalizers").iter().any(|finalizer| finalizer == FINALIZER)
}

//! `serin delete` where a controller acts: the Release is deleted, and the controller takes back what was made for it.

use std::time::Duration;

use serde_json::json;

use super::super::POLL;
use super::super::cluster::{ApplyOptions, Error, Object, Resource};
use super::super::event::{Event, Note, ObjectRef, Report};
use super::super::failure::Failure;
use super::super::lease;
use super::super::perform::removed;
use super::super::rollout::Rollout;
use super::finalizer::{FORCE, has};
use crate::Status;

/// How long it may take: pods that are slow to end have as long, too.
const PATIENCE: Duration = Duration::from_mins(6);

impl Rollout<'_> {
    /// Deletes the Release, and waits until the controller has taken back what was made for it; whether there is a
    /// controller that does.
    ///
    /// # Errors
    /// When it is refused, or not done in time.
    pub async fn delete_by_controller(
        &self,
        controller: &str,
        how: ApplyOptions,
        report: Report<'_>,
    ) -> Result<bool, Failure> {
        let leader = match lease::leader(self.cluster, self.clock, controller).await {
            // Who may not ask deletes it: the controller would do the same.
            Err(Error::Forbidden { .. } | Error::NotFound { .. }) => None,
            leader => leader?,
        };
        let Some(leader) = leader.filter(|_| !how.dry_run) else { return Ok(false) };
        let Some(release) = self.there().await?.filter(has) else { return Ok(false) };
        if !how.force {
            // What stands in the way is said before anything is deleted.
            let trial = ApplyOptions { dry_run: true, ..how };
            self.delete(trial, &mut |_| {}).await?;
        }
        report(Event::Note(Note::Led(leader)));
        let release = if how.force { self.forced(release).await? } else { release };
        self.cluster.delete_release(&release, how).await?;
        let end = self.clock.uptime() + PATIENCE;
        loop {
            let now = self.there().await?.filter(|now| now.uid() == release.uid());
            let Some(now) = now else {
                report(removed(ObjectRef::from(&release), how));
                return Ok(true);
            };
            let status = Status::read(now.value().get("status"))?;
            if let Some(why) = status.stalled() {
                report(Event::Note(Note::Blocked(why.to_owned())));
            }
            if self.clock.uptime() > end {
                let message = format!("{} is being deleted still", release.title());
                let help = "see `serin status`; run the command again to wait on";
                return Err(Failure::blocked(message, help));
            }
            self.clock.sleep(POLL).await;
        }
    }

    /// The Release, with the annotation by which it goes whatever stands in the way.
    async fn forced(&self, mut release: Object) -> Result<Object, Error> {
        release.value_mut()["metadata"]["annotations"][FORCE] = json!("true");
        self.cluster.replace(&Resource::RELEASE, &release, ApplyOptions::default()).await
    }
}

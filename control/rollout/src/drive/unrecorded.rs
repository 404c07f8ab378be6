//! The way back where it cannot be written down: users come first.

use super::cluster::ApplyOptions;
use super::cluster::proxies::Proxies;
use super::event::{Event, Note, Report};
use super::failure::Failure;
use super::perform::perform;
use super::rollout::Rollout;
use super::verb::Proposal;
use policy::rollout::Action;

impl Rollout<'_> {
    /// Sends all users to stable, though the status cannot say so: a webhook refuses it, or the user may not write it. Who
    /// drives the rollout next goes on from what the status says, which is told.
    ///
    /// # Errors
    /// That it could not be written down, and what else failed.
    pub async fn back_unrecorded(
        &self,
        proposal: &Proposal,
        failure: Failure,
        report: Report<'_>,
    ) -> Result<(), Failure> {
        let Some(state) = &proposal.state else { return Err(failure) };
        let subject = proposal.live.subject(self.cluster, &proposal.options);
        let mut proxies = Proxies::new(self.cluster, self.clock, subject.concerned());
        let how = ApplyOptions::default();
        let done = perform(&subject, state, &Action::Route, how, &mut proxies, report).await;
        let what = "users were sent to stable, but the status does not say so: the next command goes on from what it \
                    says";
        report(Event::Note(Note::Blocked(what.to_owned())));
        let failures = [Some(failure), done.err()].into_iter().flatten().collect();
        Failure::all(failures)
    }
}

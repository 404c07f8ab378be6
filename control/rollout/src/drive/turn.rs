//! One turn: observe, ask what is to be done, do it or write it down. Both the command in
//! the foreground and the controller drive a rollout by turns.

use std::time::Duration;

use policy::rollout::{Phase, State, Step, Verb, step};

use super::POLL;
use super::cluster::ApplyOptions;
use super::cluster::proxies::Proxies;
use super::event::{Event, Note, Report};
use super::failure::Failure;
use super::live::{self, Live};
use super::observe::{Seen, analysis, gate, observe};
use super::options::{Direction, Options};
use super::perform::perform;
use super::rollout::Rollout;
use super::subject::Subject;
use super::verb::Recorded;
use crate::history::ITSELF;
use crate::{Analysis, Entry, Status, Waiting};

/// What follows from a turn.
#[derive(Clone, Debug, PartialEq)]
pub enum Next {
    /// Another turn: something was done, or written down.
    Again,
    /// The same: all users go back to stable by themselves, for this reason.
    WentBack(String),
    /// Nothing, until this is over.
    Wait(Waiting),
    /// Nothing is left to be done in this phase.
    Done(Phase),
}

impl Rollout<'_> {
    /// One turn.
    ///
    /// # Errors
    /// When something cannot be done, which the status then says, too. What was done stays, and the next turn goes on
    /// from there.
    pub async fn turn(
        &self,
        how: ApplyOptions,
        proxies: &mut Proxies<'_>,
        report: Report<'_>,
    ) -> Result<Next, Failure> {
        let (live, state) = self.applied_release().await?;
        match self.act(&live, &state, how, proxies, report).await {
            // What another user wrote down meanwhile is looked at next.
            Err(Failure::Superseded) => Ok(Next::Again),
            Err(failure) => {
                self.record_failure(&state, &failure).await;
                Err(failure)
            }
            next => next,
        }
    }

    /// The Release, and the state that it is in.
    pub(super) async fn applied_release(&self) -> Result<(Live, State), Failure> {
        let live = self.live().await?;
        if let Some(state) = live.state.clone() {
            return Ok((live, state));
        }
        let help = format!("run `serin apply FILE` with the file of `{}`", self.name);
        Err(Failure::blocked("the Release was not applied yet", help))
    }

    async fn act(
        &self,
        live: &Live,
        state: &State,
        how: ApplyOptions,
        proxies: &mut Proxies<'_>,
        report: Report<'_>,
    ) -> Result<Next, Failure> {
        let options = Options::read(live.status.mesh.as_ref(), Direction::of(state))?;
        let subject = live.subject(self.cluster, &options);
        let elapsed = live.elapsed(self.now());
        let mut seen = look(self, &subject, state, elapsed, proxies).await;
        analysis::observe(self, &subject, live, state, &mut seen).await;
        told(&mut seen, report);
        let step = step(&live.release.plan, state, &seen.observation);
        let found = seen.analysis.as_ref();
        match &step {
            Step::Do(action) => {
                self.say(live, state, Some(&step), found).await?;
                perform(&subject, state, action, how, proxies, report).await?;
                // The way back is gone without knowing what is there: not as fast as the cluster can be asked.
                if seen.observation.mesh.is_none() {
                    self.clock.sleep(POLL).await;
                }
                Ok(Next::Again)
            }
            Step::Become(next) => {
                let mut status = live.with(next, None, None, self.now());
                self.keep(live, &mut status, found, true);
                if self.write(&live.object, &status).await? != Recorded::Written {
                    return Ok(Next::Again);
                }
                if let Some(judged) = live.judged(state, next, found) {
                    report(Event::Note(Note::Judged(judged)));
                }
                report(live.event(next));
                if next.traffic != state.traffic {
                    report(live.traffic(&next.traffic));
                }
                Ok(Next::Again)
            }
            Step::RollBack(next, cause) => {
                let why = live.wording().cause(cause);
                let entry = Entry {
                    time: live::written(self.now()),
                    by: ITSELF.to_owned(),
                    verb: Verb::Rollback.name().to_owned(),
                    what: why.clone(),
                    why: None,
                };
                let mut status = live.with(next, None, Some(entry), self.now());
                self.keep(live, &mut status, found, true);
                if self.write(&live.object, &status).await? != Recorded::Written {
                    return Ok(Next::Again);
                }
                report(live.event(next));
                report(Event::Note(Note::RollingBack(cause.name(), why.clone())));
                Ok(Next::WentBack(why))
            }
            Step::Wait(wait) => {
                self.say(live, state, Some(&step), found).await?;
                Ok(Next::Wait(live.wording().waiting(wait)))
            }
            Step::Done => {
                self.say(live, state, Some(&step), found).await?;
                Ok(Next::Done(state.phase))
            }
        }
    }

    /// Has the status say what is at work, where it says something else.
    async fn say(
        &self,
        live: &Live,
        state: &State,
        step: Option<&Step>,
        found: Option<&Analysis>,
    ) -> Result<(), Failure> {
        let mut status = live.with(state, step, None, self.now());
        // What is said anew is told with its numbers.
        let is_news = status != live.status;
        self.keep(live, &mut status, found, is_news);
        // All of it: what another user wrote into it must not stand.
        if status == live.status {
            return Ok(());
        }
        self.write(&live.object, &status).await.map(drop)
    }

    /// Has the status say what is known of the candidate: at a decision, and from time to time.
    fn keep(&self, live: &Live, status: &mut Status, found: Option<&Analysis>, decided: bool) {
        if let Some(found) = found
            && analysis::is_to_be_written(self, live, decided)
        {
            status.analysis = Some(found.clone());
        }
    }

    /// Has the status say what went wrong in this state; that it cannot is not worth another error.
    async fn record_failure(&self, state: &State, failure: &Failure) {
        // What was looked at is out of date: what is at work was written into it.
        let Ok(live) = self.live().await else { return };
        if live.state.as_ref() != Some(state) {
            return;
        }
        let mut status = live.with(state, None, None, self.now());
        status.stall(&failure.to_string(), &live::written(self.now()));
        let _ = self.write(&live.object, &status).await;
    }
}

/// What the cluster is like.
pub(super) async fn look(
    rollout: &Rollout<'_>,
    subject: &Subject<'_>,
    state: &State,
    elapsed: Option<Duration>,
    proxies: &mut Proxies<'_>,
) -> Seen {
    proxies.concern(subject.concerned(), Direction::of(state) == Direction::Back);
    let mut seen = observe(subject, state, elapsed, proxies).await;
    // Nothing else goes forward.
    if state.phase == Phase::Progressing {
        gate::observe(rollout, subject, &mut seen).await;
    }
    seen
}

/// Says what is to be known of what was seen.
pub(super) fn told(seen: &mut Seen, report: Report<'_>) {
    for failure in &seen.failures {
        report(Event::Note(Note::Unknown(failure.to_string())));
    }
    for note in std::mem::take(&mut seen.notes) {
        report(Event::Note(note));
    }
}

//! The loop: observe, ask what is to be done, do it or write it down, and again.

use std::collections::BTreeSet;
use std::time::Duration;

use policy::rollout::{Phase, State, Step, Verb, Wait, step};

use super::cluster::ApplyOptions;
use super::cluster::proxies::Proxies;
use super::event::{End, Event, Note, Report};
use super::failure::Failure;
use super::live::{self, Live};
use super::observe::observe;
use super::options::{Direction, Options};
use super::perform::perform;
use super::rollout::Rollout;
use super::verb::Recorded;
use crate::history::ITSELF;
use crate::{Awaited, Entry, Status, Waiting};

/// Between two looks at what passes by itself.
const POLL: Duration = Duration::from_millis(500);
/// Between two looks at what a person has to do first.
const LONG_POLL: Duration = Duration::from_secs(3);

/// What is driven, and how far.
#[derive(Clone, Copy, Debug)]
pub struct Drive<'a> {
    /// What.
    pub rollout: Rollout<'a>,
    /// How long to wait for conditions such as pod readiness; none: forever.
    pub patience: Option<Duration>,
    /// Whether to wait for people, too.
    pub for_people: bool,
    /// How objects are applied.
    pub how: ApplyOptions,
}

impl Drive<'_> {
    /// Drives until nothing is left to be done, a person has to decide, or patience is over.
    ///
    /// # Errors
    /// When something cannot be done. What was done stays, and doing it again goes on from there.
    pub async fn run(&self, report: Report<'_>) -> Result<End, Failure> {
        let deadline = self.patience.map(|patience| self.rollout.clock.uptime() + patience);
        let mut went_back = None;
        let mut proxies = Proxies::new(self.rollout.cluster, self.rollout.clock, BTreeSet::new());
        loop {
            let live = self.rollout.live().await?;
            let Some(state) = &live.state else {
                let help =
                    format!("run `serin apply FILE` with the file of `{}`", self.rollout.name);
                return Err(Failure::blocked("the Release was not applied yet", help));
            };
            let next = match self.turn(&live, state, &mut proxies, report).await {
                Ok(next) => next,
                // What another user wrote down meanwhile is looked at next.
                Err(Failure::Superseded) => continue,
                Err(failure) => {
                    self.record_failure(state, &failure).await;
                    return Err(failure);
                }
            };
            match next {
                Next::Again => {}
                Next::WentBack(why) => went_back = Some(why),
                Next::Done => {
                    let is_back = state.phase == Phase::RolledBack;
                    return Ok(went_back.filter(|_| is_back).map_or(End::Done, End::RolledBack));
                }
                Next::Wait(wait) => {
                    let waiting = live.wording().waiting(&wait);
                    if let Some(end) = self.end(&waiting, deadline) {
                        if end == End::AwaitingApproval {
                            report(Event::Waits(waiting));
                        }
                        return Ok(end);
                    }
                    let passes = waiting.awaited() == Awaited::Time;
                    report(Event::Waits(waiting));
                    self.rollout.clock.sleep(if passes { POLL } else { LONG_POLL }).await;
                }
            }
        }
    }

    /// Whether waiting for this is over, or not for this program to do.
    fn end(&self, waiting: &Waiting, deadline: Option<Duration>) -> Option<End> {
        match waiting.awaited() {
            Awaited::Approval if !self.for_people => Some(End::AwaitingApproval),
            Awaited::Change if !self.for_people => Some(End::Change(waiting.clone())),
            Awaited::Time if deadline.is_some_and(|end| self.rollout.clock.uptime() > end) => {
                Some(End::TimedOut(waiting.clone()))
            }
            _ => None,
        }
    }

    /// One look, and what follows from it.
    async fn turn(
        &self,
        live: &Live,
        state: &State,
        proxies: &mut Proxies<'_>,
        report: Report<'_>,
    ) -> Result<Next, Failure> {
        let options = Options::read(live.status.mesh.as_ref(), Direction::of(state))?;
        let subject = live.subject(self.rollout.cluster, &options);
        proxies.concern(subject.concerned());
        let seen = observe(&subject, state, live.elapsed(self.rollout.now()), proxies).await;
        for failure in &seen.failures {
            report(Event::Note(Note::Unknown(failure.to_string())));
        }
        for note in seen.notes {
            report(Event::Note(note));
        }
        let step = step(&live.release.plan, state, &seen.observation);
        match &step {
            Step::Do(action) => {
                self.say(live, state, Some(&step)).await?;
                perform(&subject, state, action, self.how, proxies, report).await?;
                // The way back is gone without knowing what is there: not as fast as the cluster can be asked.
                if seen.observation.mesh.is_none() {
                    self.rollout.clock.sleep(POLL).await;
                }
                Ok(Next::Again)
            }
            Step::Become(next) => {
                let status = live.with(next, None, None, self.rollout.now());
                if self.write(live, &status).await? != Recorded::Written {
                    return Ok(Next::Again);
                }
                report(live.event(next));
                if next.traffic != state.traffic {
                    report(live.traffic(&next.traffic));
                }
                Ok(Next::Again)
            }
            Step::RollBack(next, cause) => {
                let why = live.wording().cause(*cause);
                let entry = Entry {
                    time: live::written(self.rollout.now()),
                    by: ITSELF.to_owned(),
                    verb: Verb::Rollback.name().to_owned(),
                    what: why.clone(),
                    why: None,
                };
                let status = live.with(next, None, Some(entry), self.rollout.now());
                if self.write(live, &status).await? != Recorded::Written {
                    return Ok(Next::Again);
                }
                report(live.event(next));
                report(Event::Note(Note::RollingBack(why.clone())));
                Ok(Next::WentBack(why))
            }
            Step::Wait(wait) => {
                self.say(live, state, Some(&step)).await?;
                Ok(Next::Wait(wait.clone()))
            }
            Step::Done => {
                self.say(live, state, Some(&step)).await?;
                Ok(Next::Done)
            }
        }
    }

    /// Has the status say what is at work, where it says something else.
    async fn say(&self, live: &Live, state: &State, step: Option<&Step>) -> Result<(), Failure> {
        let status = live.with(state, step, None, self.rollout.now());
        // All of it: what another user wrote into it must not stand.
        if status == live.status {
            return Ok(());
        }
        self.write(live, &status).await.map(drop)
    }

    /// Writes the status down. That another program was faster is no failure: what it wrote is looked at next.
    async fn write(&self, live: &Live, status: &Status) -> Result<Recorded, Failure> {
        self.rollout.write(&live.object, status).await
    }

    /// Has the status say what went wrong in this state; that it cannot is not worth another error.
    async fn record_failure(&self, state: &State, failure: &Failure) {
        // What was looked at is out of date: what is at work was written into it.
        let Ok(live) = self.rollout.live().await else { return };
        if live.state.as_ref() != Some(state) {
            return;
        }
        let mut status = live.with(state, None, None, self.rollout.now());
        status.stall(&failure.to_string(), &live::written(self.rollout.now()));
        let _ = self.write(&live, &status).await;
    }
}

/// What follows from a look.
enum Next {
    Again,
    WentBack(String),
    Wait(Wait),
    Done,
}

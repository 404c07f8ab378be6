//! The loop of a command in the foreground: turn after turn, as far as it is to go.

use std::collections::BTreeSet;
use std::time::Duration;

use policy::rollout::Phase;

use super::cluster::ApplyOptions;
use super::cluster::proxies::Proxies;
use super::event::{End, Event, Report};
use super::failure::Failure;
use super::follow::{Follower, Seen};
use super::rollout::Rollout;
use super::turn::Next;
use super::{LONG_POLL, POLL};
use crate::{Awaited, Waiting};

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
    /// The namespace of a controller, which is looked on at where one is there; none or empty: it is driven from here.
    pub controller: Option<&'a str>,
}

impl Drive<'_> {
    /// Drives until nothing is left to be done, a person has to decide, or patience is over.
    ///
    /// # Errors
    /// When something cannot be done. What was done stays, and doing it again goes on from there.
    pub async fn run(&self, report: Report<'_>) -> Result<End, Failure> {
        let clock = self.rollout.clock;
        let deadline = self.patience.map(|patience| clock.uptime() + patience);
        let mut went_back = None;
        let mut proxies = Proxies::new(self.rollout.cluster, clock, BTreeSet::new());
        let mut follower = Follower::default();
        loop {
            let seen = match self.controller.filter(|namespace| !namespace.is_empty()) {
                Some(of) => follower.look(&self.rollout, of, &mut proxies, report).await?,
                None => Seen::Alone,
            };
            let next = match seen {
                Seen::Next(next) => next,
                Seen::Alone => self.rollout.turn(self.how, &mut proxies, report).await?,
                Seen::AtWork if deadline.is_some_and(|end| clock.uptime() > end) => {
                    return Ok(End::NotCarriedOut);
                }
                Seen::AtWork => {
                    clock.sleep(POLL).await;
                    continue;
                }
            };
            match next {
                Next::Again => {}
                Next::WentBack(why) => went_back = Some(why),
                Next::Done(phase) => {
                    let is_back = phase == Phase::RolledBack;
                    return Ok(went_back.filter(|_| is_back).map_or(End::Done, End::RolledBack));
                }
                Next::Wait(waiting) => {
                    if let Some(end) = self.end(&waiting, deadline) {
                        if matches!(end, End::AwaitingApproval | End::Held(_)) {
                            report(Event::Waits(waiting));
                        }
                        return Ok(end);
                    }
                    let passes = waiting.awaited() == Awaited::Time;
                    report(Event::Waits(waiting));
                    clock.sleep(if passes { POLL } else { LONG_POLL }).await;
                }
            }
        }
    }

    /// Whether waiting for this is over, or not for this program to do.
    fn end(&self, waiting: &Waiting, deadline: Option<Duration>) -> Option<End> {
        let now = self.rollout.clock.uptime();
        match waiting.awaited() {
            // It is known now that patience does not last.
            Awaited::Time if waiting.is_held() => {
                let opens = now.saturating_add(waiting.left().unwrap_or_default());
                deadline.filter(|end| opens > *end).map(|_| End::Held(waiting.clone()))
            }
            Awaited::Approval if waiting.is_held() && !self.for_people => {
                Some(End::Held(waiting.clone()))
            }
            Awaited::Approval if !self.for_people => Some(End::AwaitingApproval),
            Awaited::Change if !self.for_people => Some(End::Change(waiting.clone())),
            Awaited::Time if deadline.is_some_and(|end| now > end) => {
                Some(End::TimedOut(waiting.clone()))
            }
            _ => None,
        }
    }
}

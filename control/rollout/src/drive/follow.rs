//! Looking on while a controller carries a rollout out: the same is told, and waited for, as by who drives it.

use std::time::Duration;

use policy::rollout::{Phase, State, Step, step};

use super::cluster::proxies::Proxies;
use super::event::{Event, Note, Report};
use super::failure::Failure;
use super::lease;
use super::observe::analysis;
use super::options::{Direction, Options};
use super::rollout::Rollout;
use super::turn::{Next, look, told};
use crate::history::ITSELF;

/// How often it is asked whether a controller is there.
const ASK: Duration = Duration::from_secs(3);
/// So long a controller may take to begin the way back. Users come first: then it is driven from here, too.
const BEGIN_BACK: Duration = Duration::from_secs(15);

/// What was seen of a controller and of what it does.
#[derive(Debug, Default)]
pub(super) struct Follower {
    /// The controller, and when it was asked for.
    leader: Option<(Option<String>, Duration)>,
    /// The state that was seen last.
    state: Option<State>,
    /// Since when the way back is not being gone.
    back: Option<Duration>,
}

/// What comes of looking on.
pub(super) enum Seen {
    /// No controller is there, or it does not do what must be done: it is to be driven from here.
    Alone,
    /// It is at work.
    AtWork,
    /// There is nothing for it to do.
    Next(Next),
}

impl Follower {
    /// One look.
    pub(super) async fn look(
        &mut self,
        rollout: &Rollout<'_>,
        namespace: &str,
        proxies: &mut Proxies<'_>,
        report: Report<'_>,
    ) -> Result<Seen, Failure> {
        if !self.is_led(rollout, namespace, report).await {
            return Ok(Seen::Alone);
        }
        let (live, state) = rollout.applied_release().await?;
        let before = self.state.replace(state.clone());
        let mut went_back = None;
        if before.as_ref().is_some_and(|before| *before != state) {
            report(live.event(&state));
            if before.as_ref().is_some_and(|before| before.traffic != state.traffic) {
                report(live.traffic(&state.traffic));
            }
            let was_forward = before.is_some_and(|before| !before.phase.is_back());
            let last = live.status.history.last().filter(|last| last.by == ITSELF);
            if let Some(last) = last.filter(|_| was_forward && state.phase.is_back()) {
                went_back = Some(last.what.clone());
            }
        }
        if let Some(why) = went_back {
            return Ok(Seen::Next(Next::WentBack(why)));
        }
        let options = Options::read(live.status.mesh.as_ref(), Direction::of(&state))?;
        let subject = live.subject(rollout.cluster, &options);
        let elapsed = live.elapsed(rollout.now());
        let mut seen = look(rollout, &subject, &state, elapsed, proxies).await;
        analysis::recall(&live, &state, &mut seen);
        told(&mut seen, report);
        Ok(match step(&live.release.plan, &state, &seen.observation) {
            Step::Done => Seen::Next(Next::Done(state.phase)),
            Step::Wait(wait) => Seen::Next(Next::Wait(live.wording().waiting(&wait))),
            Step::Do(_) | Step::Become(_) | Step::RollBack(..) => {
                if let Some(why) = live.status.stalled() {
                    report(Event::Note(Note::Blocked(format!("the controller: {why}"))));
                }
                self.at_work(&state, rollout.clock.uptime())
            }
        })
    }

    /// Whether a controller acts. Who may not ask drives it: two that do harm nothing.
    async fn is_led(&mut self, rollout: &Rollout<'_>, namespace: &str, report: Report<'_>) -> bool {
        let now = rollout.clock.uptime();
        let is_known = |(_, asked): &&(_, Duration)| now.saturating_sub(*asked) < ASK;
        if let Some((leader, _)) = self.leader.as_ref().filter(is_known) {
            return leader.is_some();
        }
        let leader = lease::leader(rollout.cluster, rollout.clock, namespace).await.unwrap_or(None);
        let before = self.leader.take().and_then(|(leader, _)| leader);
        match (&before, &leader) {
            (None, Some(name)) => report(Event::Note(Note::Led(name.clone()))),
            (Some(name), None) => {
                let text =
                    format!("the controller {name} is gone: the rollout is driven from here");
                report(Event::Note(Note::Blocked(text)));
            }
            _ => {}
        }
        let is_led = leader.is_some();
        self.leader = Some((leader, now));
        is_led
    }

    /// Whether it may go on like this.
    fn at_work(&mut self, state: &State, now: Duration) -> Seen {
        if state.phase != Phase::RollingBack {
            self.back = None;
            return Seen::AtWork;
        }
        let since = *self.back.get_or_insert(now);
        if now.saturating_sub(since) < BEGIN_BACK { Seen::AtWork } else { Seen::Alone }
    }
}

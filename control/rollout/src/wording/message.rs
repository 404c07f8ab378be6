//! The one line about a rollout that its status has.

use jiff::Timestamp;
use policy::rollout::{Phase, State, Step};

use super::Wording;
use crate::Entry;
use crate::history::ITSELF;

impl Wording<'_> {
    /// What is waited for or done, or what has come of it; `last` is what was done last, and `until` when the time of
    /// the step at work is over.
    #[must_use]
    pub fn message(
        &self,
        state: &State,
        step: Option<&Step>,
        last: Option<&Entry>,
        until: Option<Timestamp>,
    ) -> String {
        match step {
            Some(Step::Wait(wait)) => self.wait_until(wait, until).line(),
            Some(Step::Do(action)) => self.action(action, state),
            Some(Step::RollBack(_, cause)) => {
                format!("rolling back to {}: {}", self.stable(), self.cause(cause))
            }
            Some(Step::Become(_) | Step::Done) | None => self.resting(state, last),
        }
    }

    fn resting(&self, state: &State, last: Option<&Entry>) -> String {
        let why = last.and_then(|last| match &last.why {
            None if last.by == ITSELF => Some(last.what.as_str()),
            why => why.as_deref(),
        });
        let because = |text: String| match why {
            Some(why) => format!("{text}: {why}"),
            None => text,
        };
        match state.phase {
            Phase::Idle | Phase::Completed => self.traffic(&state.traffic),
            Phase::Progressing => self.at_work(state).unwrap_or_default(),
            Phase::Paused => match self.at_work(state) {
                Some(step) => format!("paused before `{step}`"),
                None => "paused".to_owned(),
            },
            Phase::RollingBack => because(format!("rolling back to {}", self.stable())),
            Phase::RolledBack => because(format!("rolled back to {}", self.stable())),
        }
    }
}

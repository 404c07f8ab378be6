//! The steps of a plan.

use document::report::Percent;
use document::report::text::list;
use policy::policy::{Mirror, SubsetId};
use policy::rollout::{Amount, At, PlanStep, State};

use super::{Wording, length};
use crate::phase;

impl Wording<'_> {
    /// `shift v2 10 %`, what a step does.
    #[must_use]
    pub fn step(&self, step: &PlanStep) -> String {
        match step {
            PlanStep::Open => "open to all as written".to_owned(),
            PlanStep::Scale(amounts) => {
                let amounts: Vec<String> =
                    amounts.iter().map(|(id, amount)| self.amount(*id, *amount)).collect();
                format!("scale {}", list(&amounts, "and"))
            }
            PlanStep::Mirror(Mirror { to, share }) => {
                format!("mirror {} to {}", Percent::from(*share), self.name(*to))
            }
            PlanStep::Shift(split) => format!("shift {}", self.shift(split)),
            PlanStep::Update { from, to } => {
                format!("update {} from {}", self.name(*to), self.name(*from))
            }
            PlanStep::Approve { timeout: None } => "approve".to_owned(),
            PlanStep::Approve { timeout: Some(timeout) } => {
                format!("approve within {}", length(*timeout))
            }
            PlanStep::Pause { length: None } => "pause until resumed".to_owned(),
            PlanStep::Pause { length: Some(pause) } => format!("pause for {}", length(*pause)),
            PlanStep::Analyze(analyze) => Self::analyze(analyze),
            PlanStep::Promote(winner) => format!("promote {}", self.name(*winner)),
            PlanStep::Retire(loser) => format!("retire {}", self.name(*loser)),
        }
    }

    /// What is at work, whether of the plan or asked for; none where nothing is.
    #[must_use]
    pub fn at_work(&self, state: &State) -> Option<String> {
        match state.at {
            At::Plan(_) => phase::at_work(self.plan, state).map(|step| self.step(step)),
            _ if !state.is_under_way() => None,
            At::Promote(winner) => Some(self.step(&PlanStep::Promote(winner))),
            At::Retire(loser) => Some(self.step(&PlanStep::Retire(loser))),
        }
    }

    fn amount(&self, subset: SubsetId, amount: Amount) -> String {
        let name = self.name(subset);
        match amount {
            Amount::Percent(hundredths) => {
                format!("{name} to {} of {}'s", Percent(hundredths.into()), self.stable())
            }
            Amount::Pods(pods) => format!("{name} to {}", super::pods(pods)),
        }
    }
}

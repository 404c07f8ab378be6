//! Why a verb is refused, and what to do.

use document::report::Message;
use document::report::text::list;
use policy::rollout::Refusal;

use super::Wording;

impl Wording<'_> {
    /// Why a verb is refused, and what to do.
    #[must_use]
    pub fn refusal(&self, refusal: &Refusal) -> Message {
        let (release, stable) = (self.policy.name(), self.stable());
        let (start, rollback) = (self.command("start"), self.command("rollback"));
        match refusal {
            Refusal::NotUnderWay => {
                Message::new(format!("no rollout of {release} is under way")).help(start)
            }
            Refusal::NeverApplied => Message::new(format!("{release} was never applied"))
                .help("`serin apply FILE`"),
            Refusal::UnderWay => Message::new(format!("a rollout of {release} is under way"))
                .help(format!("{} goes on with it, {rollback} ends it", self.command("resume"))),
            Refusal::NothingToApprove => Message::new("nothing waits for an approval"),
            Refusal::TooLate => Message::new("the time for the approval is over, and that is a no")
                .help(format!("`serin rollout run {release}` takes everybody back to {stable}")),
            Refusal::RollingBack => {
                Message::new(format!("everybody is on the way back to {stable}"))
                    .help(format!("{} says when that is over", self.command("status")))
            }
            Refusal::NotStable(winner) => {
                let winner = self.name(*winner);
                Message::new(format!("everybody gets {winner}, and the Release has `stable: {stable}`"))
                    .help(format!("write `stable: {winner}` and apply that, or {rollback}"))
            }
            Refusal::PlanChanged => {
                Message::new("a rollout is under way, and it began with another plan").help(format!(
                    "its rules may change, its candidate, stable subset and steps not: {rollback} comes first"
                ))
            }
            Refusal::Which => {
                let names = self.policy.subsets().iter().map(|subset| format!("`{}`", subset.name));
                let names: Vec<String> = names.collect();
                Message::new("which subset is meant is not clear").help(format!(
                    "name {}, or the candidate under `rollout`",
                    list(&names, "or")
                ))
            }
            Refusal::NotReady(id) => {
                Message::new(format!("{} has no ready endpoint", self.name(*id)))
                    .help("nobody would be served")
            }
            Refusal::StillReached(id) => self.still_reached(*id),
            Refusal::NoWorkload(id) => {
                Message::new(format!("subset {} has no `workload`", self.name(*id)))
                    .help("`workload: {deployment: NAME}` says which Deployment runs it")
            }
            Refusal::OtherImage(id) => self.other_image(*id),
            Refusal::Unknown(unknown) => self.unknown(*unknown),
        }
    }
}

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
                Message::new(format!("no rollout of {release} is in progress")).help(format!("run {start}"))
            }
            Refusal::NeverApplied => Message::new(format!("{release} was not applied yet"))
                .help("run `serin apply FILE`"),
            Refusal::UnderWay => Message::new(format!("a rollout of {release} is in progress"))
                .help(format!("continue it with {}, or end it with {rollback}", self.command("resume"))),
            Refusal::NothingToApprove => Message::new("no approval is pending"),
            Refusal::TooLate => Message::new("the approval timed out, which counts as a rejection")
                .help(format!("`serin rollout run {release}` takes all users back to {stable}")),
            Refusal::RollingBack => {
                Message::new(format!("all users are being moved back to {stable}"))
                    .help(format!("see {}", self.command("status")))
            }
            Refusal::NotStable(winner) => {
                let winner = self.name(*winner);
                Message::new(format!("all users get {winner}, and the Release has `stable: {stable}`"))
                    .help(format!("set `stable: {winner}` and apply it, or run {rollback}"))
            }
            Refusal::PlanChanged => {
                Message::new("the rollout in progress started with another plan").help(format!(
                    "rules may change, the candidate, the stable subset and the steps may not: run {rollback} first"
                ))
            }
            Refusal::Which => {
                let names = self.policy.subsets().iter().map(|subset| format!("`{}`", subset.name));
                let names: Vec<String> = names.collect();
                Message::new("the subset is ambiguous").help(format!(
                    "name {}, or the candidate under `rollout`",
                    list(&names, "or")
                ))
            }
            Refusal::NotReady(id) => {
                Message::new(format!("{} has no ready endpoint", self.name(*id)))
                    .help("requests to it would fail")
            }
            Refusal::StillReached(id) => self.still_reached(*id),
            Refusal::NoWorkload(id) => {
                Message::new(format!("subset {} has no `workload`", self.name(*id)))
                    .help("set `workload: {deployment: NAME}` to the Deployment that runs it")
            }
            Refusal::OtherImage(id) => self.other_image(*id),
            Refusal::Unknown(unknown) => self.unknown(*unknown),
        }
    }
}

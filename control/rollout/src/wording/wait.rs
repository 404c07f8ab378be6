//! What is waited for, and what to do.

use document::report::Message;
use jiff::Timestamp;
use policy::policy::SubsetId;
use policy::rollout::{Unknown, Wait};

use super::{Wording, length};
use crate::Waiting;

impl Wording<'_> {
    /// What is waited for, and what to do.
    #[must_use]
    pub fn wait(&self, wait: &Wait) -> Message {
        let (approve, reject) = (self.command("approve"), self.command("reject"));
        let (resume, rollback) = (self.command("resume"), self.command("rollback"));
        match wait {
            Wait::Unknown(unknown) => self.unknown(*unknown),
            Wait::Missing(id) => self.missing(*id),
            Wait::OtherImage(id) => self.other_image(*id),
            Wait::NotReady(id, None) => Message::new(format!("{} is not ready", self.name(*id))),
            Wait::NotReady(id, Some(failing)) => {
                let name = self.name(*id);
                Message::new(format!("{name} is not ready, {failing}"))
                    .help(format!("fix it, or run {rollback}"))
            }
            Wait::Autoscaled(id, autoscaler) => {
                let name = self.name(*id);
                let owner = format!("the HorizontalPodAutoscaler {autoscaler}");
                Message::new(format!("{owner} controls the number of {name}'s pods")).help(format!(
                    "remove it until the rollout is over, or run {rollback} and remove the `scale` of {name} from the plan"
                ))
            }
            Wait::Approval(None) => {
                Message::new("waiting for approval").help(format!("{approve} or {reject}"))
            }
            Wait::Approval(Some(rest)) => {
                Message::new(format!("waiting for approval, {} left", length(*rest)))
                    .help(format!("{approve} or {reject}"))
            }
            Wait::Pause(None) => Message::new("pausing until resumed").help(resume),
            Wait::Pause(Some(rest)) => Message::new(format!("pausing, {} left", length(*rest))),
            Wait::Analyzing(left, so_far) => {
                self.analyzing(&format!(", {} left", length(*left)), *so_far)
            }
            Wait::Inconclusive(doubt) => self.inconclusive(*doubt),
            Wait::Paused => Message::new("paused")
                .help(format!("{resume}, or {} for one step", self.command("step"))),
            Wait::PlanChanged => Message::new("the plan changed since the rollout started")
                .help(format!("apply the previous plan again, or run {rollback}")),
            Wait::CandidateChanged(id) => {
                let start = self.command("start");
                Message::new(format!(
                    "the pod template of {} changed since the rollout started",
                    self.name(*id)
                ))
                .help(format!("run {rollback}, then {start}: the new pods go through every step"))
            }
            Wait::StillReached(id) => self.still_reached(*id),
            Wait::Removing(id) => {
                Message::new(format!("pods of {} are still terminating", self.name(*id)))
            }
            Wait::Window(opening) => self.outside(*opening),
            Wait::Frozen(freeze) => Self::frozen(freeze),
        }
    }

    /// The same, with the time at which the wait is over in place of what is left of it.
    pub(super) fn wait_until(&self, wait: &Wait, until: Option<Timestamp>) -> Message {
        let mut message = self.wait(wait);
        if let Some(until) = until {
            match wait {
                Wait::Approval(Some(_)) => {
                    message.text = format!("waiting for approval until {until}");
                }
                Wait::Pause(Some(_)) => {
                    message.text = format!("pausing until {until}");
                }
                Wait::Analyzing(_, so_far) => {
                    message = self.analyzing(&format!(" until {until}"), *so_far);
                }
                _ => {}
            }
        }
        message
    }

    /// What is waited for, for who is told of it.
    #[must_use]
    pub fn waiting(&self, wait: &Wait) -> Waiting {
        Waiting::new(wait, self)
    }

    /// It is to go, and some users get it.
    pub(super) fn still_reached(&self, id: SubsetId) -> Message {
        let (promote, rollback) = (self.command("promote"), self.command("rollback"));
        Message::new(format!("{} still gets traffic", self.name(id)))
            .help(format!("run {promote} or {rollback} first"))
    }

    /// What could not be learned.
    pub(super) fn unknown(&self, unknown: Unknown) -> Message {
        let what = match unknown {
            Unknown::Mesh => "the configuration of the proxies is unknown".to_owned(),
            Unknown::Subset(id) => format!("the state of {} is unknown", self.name(id)),
            Unknown::Template(id) => {
                format!("the pod template of {} is unknown", self.deployment(id))
            }
            Unknown::Elapsed => "the elapsed time is unknown".to_owned(),
            Unknown::Gate => "whether rollouts are frozen is unknown".to_owned(),
        };
        Message::new(what).help("the rollout continues once it is known")
    }

    fn missing(&self, id: SubsetId) -> Message {
        let said = Message::new(format!("{} has no {}", self.name(id), self.deployment(id)));
        if self.plan.candidate != Some(id) {
            return said.help("deploy it");
        }
        let (start, stable) = (self.policy.name(), self.stable());
        said.help(format!(
            "deploy it, or `serin start {start} --image IMAGE` creates it from {stable}'s"
        ))
    }

    /// It is there already, and with another image.
    pub(super) fn other_image(&self, id: SubsetId) -> Message {
        let (name, release) = (self.name(id), self.policy.name());
        let (made, stable) = (self.deployment(id), self.deployment(self.plan.stable));
        Message::new(format!("{made} exists, and is not {stable} with the given image")).help(
            format!(
                "start without `--image` to use it as it is, or remove it with {} and `serin retire {release} {name}`",
                self.command("rollback")
            ),
        )
    }
}

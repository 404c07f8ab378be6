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
                    .help(format!("mend it, or {rollback}"))
            }
            Wait::Autoscaled(id, autoscaler) => {
                let name = self.name(*id);
                let owner = format!("the HorizontalPodAutoscaler {autoscaler}");
                Message::new(format!("{owner} owns the number of {name}'s pods")).help(format!(
                    "remove it until the rollout is over, or {rollback} and take the `scale` of {name} out of the plan"
                ))
            }
            Wait::Approval(None) => {
                Message::new("waits for an approval").help(format!("{approve} or {reject}"))
            }
            Wait::Approval(Some(rest)) => {
                Message::new(format!("waits for an approval, for another {}", length(*rest)))
                    .help(format!("{approve} or {reject}"))
            }
            Wait::Pause(None) => Message::new("pauses until resumed").help(resume),
            Wait::Pause(Some(rest)) => {
                Message::new(format!("pauses for another {}", length(*rest)))
            }
            Wait::Paused => Message::new("paused")
                .help(format!("{resume}, or {} for one step", self.command("step"))),
            Wait::PlanChanged => Message::new("the plan is not the one with which this began")
                .help(format!("apply the old one again, or {rollback}")),
            Wait::CandidateChanged(id) => {
                let start = self.command("start");
                Message::new(format!(
                    "the pods of {} are not those with which this began",
                    self.name(*id)
                ))
                .help(format!("{rollback} and {start}, so that they go through every step"))
            }
            Wait::StillReached(id) => self.still_reached(*id),
            Wait::Removing(id) => {
                Message::new(format!("the last pods of {} are still there", self.name(*id)))
            }
        }
    }

    /// The same, with the time at which the wait is over in place of what is left of it.
    pub(super) fn wait_until(&self, wait: &Wait, until: Option<Timestamp>) -> Message {
        let mut message = self.wait(wait);
        if let Some(until) = until {
            match wait {
                Wait::Approval(Some(_)) => {
                    message.text = format!("waits for an approval until {until}")
                }
                Wait::Pause(Some(_)) => message.text = format!("pauses until {until}"),
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

    /// It is to go, and somebody gets it.
    pub(super) fn still_reached(&self, id: SubsetId) -> Message {
        let (promote, rollback) = (self.command("promote"), self.command("rollback"));
        Message::new(format!("{} still gets traffic", self.name(id)))
            .help(format!("{promote} or {rollback} first"))
    }

    /// What could not be learned.
    pub(super) fn unknown(&self, unknown: Unknown) -> Message {
        let what = match unknown {
            Unknown::Mesh => "what the proxies have is not known".to_owned(),
            Unknown::Subset(id) => format!("what runs {} is not known", self.name(id)),
            Unknown::Template(id) => format!("the pods of {} are not known", self.deployment(id)),
            Unknown::Elapsed => "how long this has taken is not known".to_owned(),
        };
        Message::new(what).help("nothing goes on before it is")
    }

    fn missing(&self, id: SubsetId) -> Message {
        let said = Message::new(format!("{} has no {}", self.name(id), self.deployment(id)));
        if self.plan.candidate != Some(id) {
            return said.help("deploy it");
        }
        let (start, stable) = (self.policy.name(), self.stable());
        said.help(format!(
            "deploy it, or `serin start {start} --image IMAGE` makes it of {stable}'s"
        ))
    }

    /// It is there already, and with another image.
    pub(super) fn other_image(&self, id: SubsetId) -> Message {
        let (name, release) = (self.name(id), self.policy.name());
        let (made, stable) = (self.deployment(id), self.deployment(self.plan.stable));
        Message::new(format!("{made} is there, and is not {stable} with the image that was named")).help(
            format!(
                "start without `--image` to take it as it is, or {} and `serin retire {release} {name}` remove it",
                self.command("rollback")
            ),
        )
    }
}

//! What is done to the cluster, and what made all users go back.

use policy::rollout::{Action, Cause, State};

use super::{Wording, length};

impl Wording<'_> {
    /// `scale v2 to 2 pods`, what is to be done.
    #[must_use]
    pub fn action(&self, action: &Action, state: &State) -> String {
        match action {
            Action::Route => format!("route {}", self.traffic(&state.traffic)),
            Action::Create(id) => {
                let image = state.image.as_deref().unwrap_or("its image");
                let (made, stable) = (self.deployment(*id), self.deployment(self.plan.stable));
                format!("create {made} from {stable} with {image}")
            }
            Action::Scale(id, count) => {
                format!("scale {} to {}", self.name(*id), super::pods(*count))
            }
            Action::Update { from, to } => {
                format!("update {} from {}", self.name(*to), self.name(*from))
            }
            Action::Remove(id) => format!("remove {}", self.deployment(*id)),
        }
    }

    /// Why all users go back by themselves.
    #[must_use]
    pub fn cause(&self, cause: &Cause) -> String {
        match cause {
            Cause::NoEndpoints(id) => format!("{} has no ready endpoint left", self.name(*id)),
            Cause::NotApproved(timeout) => format!("not approved within {}", length(*timeout)),
            Cause::Worse(failed) => self.failed(failed),
            Cause::Inconclusive(time, doubt) => self.not_shown(*time, *doubt),
        }
    }
}

//! A Release that is new, or says something else than before: what `serin apply` would write down.

use policy::rollout::State;

use super::super::apply::ApplyRequest;
use super::super::cluster::{MANAGER, Object};
use super::super::event::{Event, Note, Report};
use super::super::failure::Failure;
use super::super::live::Live;
use super::super::verb::Recorded;
use super::{Outcome, Reconciler};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use std::time::Duration;

/// `serin apply` writes the status after the spec: so long it is left to that command.
const GRACE: Duration = Duration::from_secs(5);

/// Why nothing is done with a Release.
const UNCONFIGURED: &str = "nothing was applied for it, and the controller has no mesh options of its own: run `serin \
                            apply`, or start the controller with `--module-url`, `--module-file` or `--module-image`";

impl Reconciler<'_> {
    /// Takes up what the Release says, where that is new; none where nothing stands in the way of its turns.
    pub(super) async fn adopt(
        &self,
        object: &Object,
        report: Report<'_>,
    ) -> Result<Option<Outcome>, Failure> {
        let live = match Live::read(self.rollout.compiler, object.clone()) {
            Ok(live) => live,
            Err(failure) => {
                self.say_why_not(object, &failure.to_string()).await;
                return Err(failure);
            }
        };
        let is_at_rest = |state: &State| state.phase.is_at_rest();
        let generation = object.generation().and_then(|number| i64::try_from(number).ok());
        let is_known = live.status.observed_generation == generation;
        if live.state.as_ref().is_some_and(|state| is_known || !is_at_rest(state)) {
            return Ok(None);
        }
        if let Some(left) = left_to_serin_apply(object, self.rollout.now()) {
            return Ok(Some(Outcome::Rest(Some(left))));
        }
        let defaults = self.defaults.filter(|_| live.status.mesh.is_none());
        if live.status.mesh.is_none() && defaults.is_none() {
            self.say_why_not(object, UNCONFIGURED).await;
            report(Event::Note(Note::Blocked(UNCONFIGURED.to_owned())));
            return Ok(Some(Outcome::Rest(None)));
        }
        let written = written(object);
        let request = ApplyRequest { object: &written, options: defaults, force: false };
        let application = match self.rollout.propose_application(&request).await {
            Ok(application) => application,
            Err(failure) => {
                self.say_why_not(object, &failure.to_string()).await;
                return Err(failure);
            }
        };
        let event = application.state.as_ref().map(|state| application.live.event(state));
        match self.rollout.record_adoption(object, application, self.by).await? {
            Recorded::Again => return Ok(Some(Outcome::Rest(Some(Duration::ZERO)))),
            Recorded::Already => {}
            Recorded::Written => event.into_iter().for_each(report),
        }
        Ok(None)
    }

    /// Has the status say why nothing is done; that it cannot is not worth another error.
    pub(super) async fn say_why_not(&self, object: &Object, why: &str) {
        let Ok(mut status) = crate::Status::read(object.value().get("status")) else { return };
        let before = status.clone();
        status.stall(why, &super::super::live::written(self.rollout.now()));
        if status != before {
            let _ = self.rollout.write(object, &status).await;
        }
    }
}

/// What a person wrote of it.
fn written(object: &Object) -> Object {
    let mut written = object.clone();
    if let Some(fields) = written.value_mut().as_object_mut() {
        fields.remove("status");
    }
    written
}

/// How long it is left to `serin apply`, which wrote this spec a moment ago and writes the status next.
fn left_to_serin_apply(object: &Object, now: Timestamp) -> Option<Duration> {
    let is_apply = |entry: &&Value| entry["manager"] == MANAGER && entry["operation"] == "Apply";
    let applied = object.list("/metadata/managedFields").iter().filter(is_apply);
    let applied = applied.filter_map(|entry| entry["time"].as_str()?.parse::<Timestamp>().ok());
    let end = applied.max()?.checked_add(SignedDuration::try_from(GRACE).ok()?).ok()?;
    Duration::try_from(end.duration_since(now)).ok().filter(|left| !left.is_zero())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn serin_apply_has_a_moment_to_write_the_status() {
        let object = |manager: &str, operation: &str| {
            Object::from(json!({ "metadata": { "managedFields": [
                { "manager": manager, "operation": operation, "time": "2026-11-30T10:00:00Z" },
            ] } }))
        };
        let left = |object: &Object, now: &str| left_to_serin_apply(object, now.parse().unwrap());
        let applied = object("serin", "Apply");
        assert_eq!(left(&applied, "2026-11-30T10:00:02Z"), Some(Duration::from_secs(3)));
        assert_eq!(left(&applied, "2026-11-30T10:00:05Z"), None);
        assert_eq!(left(&applied, "2026-11-30T11:00:00Z"), None);
        for other in [object("kubectl", "Apply"), object("serin", "Update")] {
            assert_eq!(left(&other, "2026-11-30T10:00:02Z"), None);
        }
    }
}

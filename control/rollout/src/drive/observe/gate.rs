//! Whether a rollout may go forward now: by the freezes of namespaces, and the windows of its plan.

use std::collections::BTreeSet;

use policy::rollout::Gate;

use super::super::cluster::Error;
use super::super::event::Note;
use super::super::rollout::Rollout;
use super::super::subject::Subject;
use super::Seen;
use crate::windows;

/// Looks whether it may, and adds that to what is `seen`. A user who may not read a namespace goes on: a freeze is a
/// word among those who roll out, and no fence.
pub(in crate::drive) async fn observe(
    rollout: &Rollout<'_>,
    subject: &Subject<'_>,
    seen: &mut Seen,
) {
    let namespaces = BTreeSet::from([rollout.system, subject.policy().namespace()]);
    for namespace in namespaces {
        match rollout.cluster.freeze(namespace).await {
            Ok(None) => {}
            Ok(Some(freeze)) => {
                seen.observation.gate = Some(Gate::Frozen(freeze));
                return;
            }
            Err(error @ Error::Forbidden { .. }) => {
                let text = format!(
                    "rollouts are taken as not frozen by the namespace {namespace}: {error}"
                );
                seen.notes.push(Note::Unknown(text));
            }
            Err(error) => {
                seen.failures.push(error.into());
                return;
            }
        }
    }
    seen.observation.gate = Some(windows::gate(&subject.plan().windows, rollout.now()));
}

//! Does what is to be done. Each action can be done again: what is there already is left as it is.

mod route;
mod workload;

use policy::rollout::{Action, State};

use super::cluster::ApplyOptions;
use super::cluster::proxies::Proxies;
use super::event::{self, Effect, Event, ObjectRef, Report};
use super::failure::Failure;
use super::fence;
use super::subject::Subject;

pub use route::remove_all;
pub(super) use route::{By, one_by_one};

/// Does it, and tells of each change. With [`ApplyOptions::dry_run`] nothing is changed, and all is asked of the API server that
/// can be: it tells what would be.
///
/// # Errors
/// When it cannot be done; what was done stays.
pub async fn perform(
    subject: &Subject<'_>,
    state: &State,
    action: &Action,
    how: ApplyOptions,
    proxies: &mut Proxies<'_>,
    report: Report<'_>,
) -> Result<(), Failure> {
    if !how.dry_run && !matches!(action, Action::Route) {
        fence::check(subject, state.phase.is_back()).await?;
    }
    match action {
        Action::Route => route::route(subject, state, how, proxies, report).await,
        Action::Create(subset) => workload::create(subject, state, *subset, how, report).await,
        Action::Scale(subset, pods) => workload::scale(subject, *subset, *pods, how, report).await,
        Action::Update { from, to } => workload::update(subject, *from, *to, how, report).await,
        Action::Remove(subset) => workload::remove(subject, *subset, how, report).await,
    }
}

/// That an object was removed, or would be.
#[must_use]
pub fn removed(object: ObjectRef, how: ApplyOptions) -> Event {
    changed(object, Effect::Removed, how)
}

fn changed(object: ObjectRef, effect: Effect, how: ApplyOptions) -> Event {
    Event::Changed(event::Change { object, effect, dry_run: how.dry_run })
}

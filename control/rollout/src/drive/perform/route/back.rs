//! The way back to stable: what decides who gets what changes first, whatever else is in the way, and what is comes after.

use policy::rollout::State;

use super::super::super::event::Report;
use super::super::super::failure::Failure;
use super::super::super::mesh::{self, Difference, back};
use super::super::super::subject::Subject;
use super::{change, difference_event};
use crate::drive::cluster::proxies::Proxies;
use crate::drive::cluster::{ApplyOptions, Error, Object};

/// Changes the filter's configuration, and then what else is missing, another or too much. Nothing is asked of the API
/// server beforehand, and nothing that fails keeps the rest from being tried.
///
/// # Errors
/// All that failed.
pub(super) async fn route(
    subject: &Subject<'_>,
    state: &State,
    how: ApplyOptions,
    proxies: &mut Proxies<'_>,
    report: Report<'_>,
) -> Result<(), Failure> {
    let mut failures = Vec::new();
    let (differences, live) = match whole(subject, state).await {
        Ok(found) => found,
        Err(failure) => {
            failures.push(failure);
            // What is known all the same: what installs the filter.
            let known = back::differences(subject, state).await;
            let known = known.map_err(|failure| failures.push(failure));
            (known.unwrap_or_default(), Vec::new())
        }
    };
    let (first, rest): (Vec<_>, Vec<_>) = differences.into_iter().partition(decides);
    // Ours by its name: another owner, or another manager of its fields, has changed which subset users get.
    let forced = ApplyOptions { force: true, ..how };
    let mut changes = Vec::new();
    if !(first.is_empty() && rest.is_empty()) {
        // Where it fails, what follows the changes fails, too, and is told then.
        let _ = proxies.look().await;
    }
    for difference in &first {
        match change(subject, difference, forced, true).await {
            Ok(change) => {
                report(difference_event(difference, how));
                changes.extend(change);
            }
            Err(Failure::Superseded) => return Err(Failure::Superseded),
            Err(failure) => failures.push(failure),
        }
    }
    if !first.is_empty() {
        failures.extend(proxies.follow(&changes).await.err().map(Failure::from));
    }
    for difference in &rest {
        match change(subject, difference, how, true).await {
            Ok(change) => {
                report(difference_event(difference, how));
                failures.extend(proxies.follow(&change).await.err().map(Failure::from));
            }
            Err(Failure::Superseded) => return Err(Failure::Superseded),
            Err(failure) => failures.push(failure),
        }
    }
    if first.is_empty() && rest.is_empty() && failures.is_empty() {
        failures.extend(arrive(proxies, &live).await.err().map(Failure::from));
    }
    Failure::all(failures)
}

/// Waits for the proxies where nothing is left to be changed: as long as they may take, and no longer.
async fn arrive(proxies: &mut Proxies<'_>, live: &[Object]) -> Result<(), Error> {
    // What one rejects it will not have, however long it is waited for.
    proxies.take().await?;
    proxies.settle(live).await
}

/// Whether it changes a configuration that is there.
fn decides(difference: &Difference) -> bool {
    difference.live.is_some() && difference.wanted.as_ref().is_some_and(back::is_installing)
}

/// All that the mesh does not have as it is to, and what it has so.
async fn whole(
    subject: &Subject<'_>,
    state: &State,
) -> Result<(Vec<Difference>, Vec<Object>), Failure> {
    let desired = mesh::desired(subject, state).await?;
    mesh::compared(subject, &desired).await
}

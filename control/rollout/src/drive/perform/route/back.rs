//! The way back to stable: what decides who gets what changes first, whatever else is in the way, and what is comes after.

use policy::rollout::State;

use super::super::super::event::Report;
use super::super::super::failure::Failure;
use super::super::super::mesh::{self, Difference, back};
use super::super::super::subject::Subject;
use super::super::changed;
use super::{change, effect};
use crate::drive::cluster::ApplyOptions;
use crate::drive::cluster::proxies::Proxies;

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
    let differences = match whole(subject, state).await {
        Ok(differences) => differences,
        Err(failure) => {
            failures.push(failure);
            // What is known all the same: what installs the filter.
            back::differences(subject, state).await.unwrap_or_else(|failure| {
                failures.push(failure);
                Vec::new()
            })
        }
    };
    let (first, rest): (Vec<_>, Vec<_>) = differences.into_iter().partition(decides);
    // Ours by its name: another owner, or another manager of its fields, has changed which subset users get.
    let forced = ApplyOptions { force: true, ..how };
    let mut changes = Vec::new();
    for difference in &first {
        match change(subject, difference, forced).await {
            Ok(change) => {
                report(changed(difference.object(), effect(difference.change), how));
                changes.extend(change);
            }
            Err(failure) => failures.push(failure),
        }
    }
    if !first.is_empty() {
        failures.extend(proxies.follow(&changes).await.err().map(Failure::from));
    }
    for difference in &rest {
        match change(subject, difference, how).await {
            Ok(change) => {
                report(changed(difference.object(), effect(difference.change), how));
                failures.extend(proxies.follow(&change).await.err().map(Failure::from));
            }
            Err(failure) => failures.push(failure),
        }
    }
    if first.is_empty() && rest.is_empty() && failures.is_empty() {
        failures.extend(proxies.take().await.err().map(Failure::from));
    }
    Failure::all(failures)
}

/// Whether it changes a configuration that is there.
fn decides(difference: &Difference) -> bool {
    difference.live.is_some() && difference.wanted.as_ref().is_some_and(back::is_installing)
}

/// All that the mesh does not have as it is to.
async fn whole(subject: &Subject<'_>, state: &State) -> Result<Vec<Difference>, Failure> {
    let desired = mesh::desired(subject, state).await?;
    mesh::differences(subject, &desired).await
}

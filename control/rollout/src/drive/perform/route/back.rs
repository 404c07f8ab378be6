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
    let rest = match mesh::desired(subject, state).await {
        Ok(desired) => match mesh::compared(subject, &desired).await {
            Ok((differences, _)) => differences,
            Err(failure) => {
                failures.push(failure);
                configured(subject, state, &mut failures).await
            }
        },
        Err(failure) => {
            failures.push(failure);
            configured(subject, state, &mut failures).await
        }
    };
    let (first, rest): (Vec<Difference>, Vec<Difference>) = rest.into_iter().partition(decides);
    // Ours by its name: whoever has written another owner on it, or shares its fields, has changed who gets what.
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

/// What is to be changed where no more is known than what installs the filter.
async fn configured(
    subject: &Subject<'_>,
    state: &State,
    failures: &mut Vec<Failure>,
) -> Vec<Difference> {
    match back::differences(subject, state).await {
        Ok(differences) => differences,
        Err(failure) => {
            failures.push(failure);
            Vec::new()
        }
    }
}

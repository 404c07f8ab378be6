//! Takes a Release, and all that was made for it, out of the cluster.

use policy::rollout::State;

use super::cluster::proxies::Proxies;
use super::cluster::{ApplyOptions, Deployment, Error, MADE_FOR};
use super::event::{ObjectRef, Report};
use super::failure::Failure;
use super::live::Live;
use super::mesh::check_removal;
use super::options::{Direction, Options};
use super::perform::{remove_all, removed};
use super::rollout::Rollout;
use super::subject::Subject;

impl Rollout<'_> {
    /// Removes everything; whether there was anything. With [`ApplyOptions::force`] even while a rollout is under way, routes of
    /// users need a subset of it, or it cannot be read.
    ///
    /// # Errors
    /// When something is in the way, or cannot be removed.
    pub async fn delete(&self, how: ApplyOptions, report: Report<'_>) -> Result<bool, Failure> {
        let Self { cluster, namespace, name, .. } = *self;
        let release = format!("{namespace}/{name}");
        let object = match cluster.release(namespace, name).await {
            Ok(object) => Some(object),
            // The object may have been deleted by itself.
            Err(Error::NotFound { .. } | Error::CrdMissing) => None,
            Err(error) => return Err(error.into()),
        };
        let live = match object.clone().map(|object| Live::read(self.compiler, object)).transpose()
        {
            Ok(live) => live,
            Err(_) if how.force => None,
            Err(failure) => return Err(failure),
        };
        let is_under_way = live.as_ref().and_then(|live| live.state.as_ref());
        if is_under_way.is_some_and(State::is_under_way) && !how.force {
            let help = format!("`serin rollback {name}` first, or `--force`");
            return Err(Failure::blocked(format!("a rollout of `{release}` is in progress"), help));
        }
        // One that was never applied has nothing in the mesh that proxies could have.
        let options = live
            .as_ref()
            .and_then(|live| Options::read(live.status.mesh.as_ref(), Direction::Back).ok());
        let subject = live.as_ref().zip(options.as_ref());
        let subject = subject.map(|(live, options)| live.subject(cluster, options));
        let concerned = subject.as_ref().map(Subject::concerned).unwrap_or_default();
        if let Some(subject) = subject.as_ref().filter(|_| !how.force) {
            check_removal(subject).await?;
        }
        let mut proxies = Proxies::new(cluster, self.clock, concerned.clone());
        let was_there = remove_all(cluster, &release, concerned, how, &mut proxies, report).await?;
        if let Some((live, subject)) = live.as_ref().zip(subject) {
            for workload in losers(&subject, live).await? {
                cluster.delete_deployment(&workload, how).await?;
                report(removed(ObjectRef::from(workload.object()), how));
            }
        }
        if let Some(object) = &object {
            cluster.delete_release(object, how).await?;
            report(removed(ObjectRef::from(object), how));
        }
        Ok(object.is_some() || was_there)
    }
}

/// The Deployments that serin made for the Release and whose subset is not all that users have.
async fn losers(subject: &Subject<'_>, live: &Live) -> Result<Vec<Deployment>, Failure> {
    let release = subject.policy().full_name();
    let winner = live.state.as_ref().and_then(|state| state.traffic.whole());
    let mut losers = Vec::new();
    for (position, name) in live.release.plan.workloads.iter().enumerate() {
        let Some(name) = name.as_ref().filter(|_| winner.map(|id| id.0) != Some(position)) else {
            continue;
        };
        let found = subject.cluster.deployment(subject.namespace(), name).await?;
        losers.extend(
            found.filter(|found| found.object().annotation(MADE_FOR) == Some(release.as_str())),
        );
    }
    Ok(losers)
}

//! Takes a Release, and all that was made for it, out of the cluster.

mod versions;

use std::collections::BTreeSet;
use std::time::Duration;

use policy::rollout::{Action, State, Traffic};

use super::POLL;
use super::cluster::proxies::Proxies;
use super::cluster::{ApplyOptions, Cluster, Deployment, Error, Object};
use super::event::{Event, Note, ObjectRef, Report};
use super::failure::Failure;
use super::live::Live;
use super::mesh::{self, Users, check_removal};
use super::options::{Direction, Options};
use super::perform::{perform, remove_all, removed};
use super::reconcile::finalizer;
use super::rollout::Rollout;
use super::subject::Subject;
use versions::{Fates, Versions};

/// How long they may take: what Kubernetes grants a pod is 30 s where it says nothing else.
const PATIENCE: Duration = Duration::from_mins(5);

/// A Release that can be read, and was applied.
struct Known<'a> {
    live: &'a Live,
    subject: Subject<'a>,
    /// What users have beside it.
    users: Users,
}

impl Rollout<'_> {
    /// Removes everything; whether there was anything. With [`ApplyOptions::force`] even while a rollout is under way, routes of
    /// users need a subset of it, it cannot be read, or a version would get requests that it did not get.
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
        let known = live.as_ref().zip(options.as_ref());
        let known = match known {
            Some((live, options)) => {
                let subject = live.subject(cluster, options);
                let users = Users::find(&subject).await?;
                Some(Known { live, subject, users })
            }
            None => None,
        };
        let attached = known.as_ref().map(|known| known.subject.concerned());
        if let Some(known) = known.as_ref().filter(|_| !how.force) {
            check_removal(known.subject.policy(), &known.users)?;
        }
        let made =
            made_for(cluster, &release, attached.clone().unwrap_or_default(), report).await?;
        let fates = self.fates(known.as_ref(), &release, &made).await?;
        if !how.force {
            Failure::check(fates.exposed.clone())?;
        }
        let concerned = attached
            .unwrap_or_else(|| made.iter().map(|object| object.namespace().to_owned()).collect());
        let mut proxies = Proxies::new(cluster, self.clock, concerned);
        let was_there = object.is_some() || !made.is_empty();
        let made = match &known {
            Some(known) if self.pin_winner(known, how, &mut proxies, report).await? => {
                mesh::own::made_for(cluster, &release, known.subject.concerned()).await?.0
            }
            _ => made,
        };
        let (native, filters): (Vec<_>, Vec<_>) = made.into_iter().partition(is_native);
        remove_all(cluster, filters, how, &mut proxies, report).await?;
        // While routes still keep requests from it.
        self.remove_workloads(&fates, how, report).await?;
        remove_all(cluster, native, how, &mut proxies, report).await?;
        if let Some(object) = &object {
            cluster.delete_release(object, how).await?;
            if !how.dry_run {
                finalizer::let_go(cluster, object).await?;
            }
            report(removed(ObjectRef::from(object), how));
        }
        Ok(was_there || !fates.leaving.is_empty())
    }

    /// What becomes of what runs the versions.
    async fn fates(
        &self,
        known: Option<&Known<'_>>,
        release: &str,
        made: &[Object],
    ) -> Result<Fates, Failure> {
        let Some(Known { live, subject, users }) = known else {
            let Some(versions) = Versions::of_objects(made) else { return Ok(Fates::default()) };
            let deployments = self.cluster.deployments(&versions.namespace).await?;
            return Ok(versions.fates(self.cluster, release, deployments).await?);
        };
        let Some(versions) = Versions::of_release(subject, live, users, made) else {
            return Ok(Fates::default());
        };
        let mut deployments = Vec::new();
        for name in live.release.plan.workloads.iter().flatten() {
            deployments.extend(self.cluster.deployment(subject.namespace(), name).await?);
        }
        Ok(versions.fates(self.cluster, release, deployments).await?)
    }

    /// Has routes alone lead all users to the subset that the filter gives all of them, before the filter goes; whether
    /// something changed.
    async fn pin_winner(
        &self,
        Known { live, subject, .. }: &Known<'_>,
        how: ApplyOptions,
        proxies: &mut Proxies<'_>,
        report: Report<'_>,
    ) -> Result<bool, Failure> {
        let Some(state) = &live.state else { return Ok(false) };
        let Traffic::Only(winner) = state.traffic else { return Ok(false) };
        if winner == subject.policy().stable() || how.dry_run {
            return Ok(false);
        }
        let state = State { traffic: Traffic::Pinned(winner), ..state.clone() };
        match perform(subject, &state, &Action::Route, how, proxies, report).await {
            Err(_) if how.force => Ok(true),
            done => done.map(|()| true),
        }
    }

    /// Removes what serin made, and waits until it is gone; says what stays.
    async fn remove_workloads(
        &self,
        fates: &Fates,
        how: ApplyOptions,
        report: Report<'_>,
    ) -> Result<(), Failure> {
        for deployment in &fates.staying {
            let title = deployment.object().title();
            let what = format!("{title} stays: serin created it, and it runs what all users get");
            report(Event::Note(Note::Mesh(what)));
        }
        for deployment in &fates.leaving {
            if !deployment.is_going() {
                self.cluster.delete_deployment(deployment, how).await?;
                report(removed(ObjectRef::from(deployment.object()), how));
            }
        }
        if how.dry_run {
            return Ok(());
        }
        for deployment in &fates.leaving {
            self.gone(deployment).await?;
        }
        Ok(())
    }

    /// Waits until a Deployment and its pods are gone, and the mesh knows.
    async fn gone(&self, deployment: &Deployment) -> Result<(), Failure> {
        let object = deployment.object();
        let labels = deployment.pod_labels();
        let end = self.clock.uptime() + PATIENCE;
        loop {
            let now = self.cluster.deployment(object.namespace(), object.name()).await?;
            if now.is_none_or(|now| now.object().uid() != object.uid())
                && self.is_forgotten(object.namespace(), &labels).await?
            {
                return Ok(());
            }
            if self.clock.uptime() > end {
                let message = format!("pods of {} are still terminating", object.title());
                let help = "run the same command again: the routes stay until they are gone";
                return Err(Failure::blocked(message, help));
            }
            self.clock.sleep(POLL).await;
        }
    }

    /// Whether the mesh has no pod with these labels, or one of another workload.
    async fn is_forgotten(
        &self,
        namespace: &str,
        labels: &[(String, String)],
    ) -> Result<bool, Failure> {
        if self.cluster.lingering(namespace, labels).await? == 0 {
            return Ok(true);
        }
        let pods = self.cluster.pods(namespace).await?;
        Ok(pods.iter().any(|pod| pod.has_labels(labels)))
    }
}

/// The objects that were made for a Release, with a note of each that only says so.
async fn made_for(
    cluster: &dyn Cluster,
    release: &str,
    attached: BTreeSet<String>,
    report: Report<'_>,
) -> Result<Vec<Object>, Failure> {
    let (made, others) = mesh::own::made_for(cluster, release, attached).await?;
    for object in others {
        let title = object.title();
        let what = format!(
            "{title} stays: it belongs to the Release, but its namespace does not allow the Release"
        );
        report(Event::Note(Note::Mesh(what)));
    }
    Ok(made)
}

/// Whether it is one that needs no filter.
fn is_native(object: &Object) -> bool {
    mesh::is_native(object.value())
}

//! What runs the subsets, and which of their endpoints are ready.

use policy::policy::SubsetId;
use policy::rollout::{Presence, State, Traffic, Workload};

use super::super::cluster::{self, Deployment, Object, autoscaler, endpoints};
use super::super::failure::Failure;
use super::super::labels;
use super::super::mesh::Users;
use super::super::subject::Subject;

/// What all subsets are seen by.
struct Lists {
    slices: Vec<Object>,
    pods: Vec<Object>,
    /// None where no subset has a workload: the right to see them is not needed then.
    autoscalers: Vec<Object>,
}

/// What runs each subset; none where that is not known.
pub(super) async fn observe(
    subject: &Subject<'_>,
    state: &State,
    users: Option<&Users>,
    failures: &mut Vec<Failure>,
) -> Vec<Option<Workload>> {
    let ids: Vec<SubsetId> = (0..subject.policy().subsets().len()).map(SubsetId).collect();
    let lists = match lists(subject).await {
        Ok(lists) => lists,
        Err(failure) => {
            failures.push(failure);
            return vec![None; ids.len()];
        }
    };
    let mut deployments = Vec::new();
    for id in &ids {
        deployments.push(deployment(subject, *id).await);
    }
    let known = |id: SubsetId| {
        deployments.get(id.0).and_then(|found| found.as_ref().ok()).and_then(Option::as_ref)
    };
    let stable = known(subject.policy().stable());
    let mut subsets = Vec::new();
    for id in ids {
        let Some(Ok(found)) = deployments.get(id.0) else {
            subsets.push(None);
            continue;
        };
        let Some(labels) = labels::of_subset(subject, users, id) else {
            let name = subject.policy().subset_name(id);
            failures.push(Failure::blocked(
                format!("the labels of the pods of `{name}` are unknown"),
                "write its labels in the Release: `labels: {version: v2}`",
            ));
            subsets.push(None);
            continue;
        };
        let ready = endpoints::ready(&lists.slices, &lists.pods, &labels);
        let is_gone = found.is_none() && ready == 0;
        let lingering = if is_gone && is_about_to_be_bare(state) {
            subject.cluster.lingering(subject.namespace(), &labels).await
        } else {
            Ok(0)
        };
        let ready = match lingering {
            Ok(lingering) => ready.max(lingering),
            Err(error) => {
                failures.push(error.into());
                subsets.push(None);
                continue;
            }
        };
        let image = state.image.as_deref().filter(|_| subject.plan().candidate == Some(id));
        let (workload, unclear) = workload(found.as_ref(), ready, &lists, stable.zip(image));
        failures.extend(unclear.map(Failure::Cluster));
        subsets.push(Some(workload));
    }
    failures.extend(deployments.into_iter().filter_map(Result::err).map(Failure::Cluster));
    subsets
}

/// Whether the routes that keep users from a subset that is being retired go next: what the mesh knows of it counts then.
fn is_about_to_be_bare(state: &State) -> bool {
    matches!(state.traffic, Traffic::Pinned(_))
}

async fn lists(subject: &Subject<'_>) -> Result<Lists, Failure> {
    let Some((service, namespace)) = subject.service() else {
        return Err(Failure::blocked(
            format!(
                "the endpoints of {} are unknown: it is not a service of this cluster",
                subject.policy().host().fqdn()
            ),
            "name a Service: `host: reviews.bookinfo.svc.cluster.local`",
        ));
    };
    let has_workloads = subject.plan().workloads.iter().any(Option::is_some);
    let (slices, pods, autoscalers) = tokio::join!(
        subject.cluster.endpoint_slices(namespace, service),
        subject.cluster.pods(namespace),
        async {
            if has_workloads {
                subject.cluster.autoscalers(namespace).await
            } else {
                Ok(Vec::new())
            }
        },
    );
    Ok(Lists { slices: slices?, pods: pods?, autoscalers: autoscalers? })
}

async fn deployment(
    subject: &Subject<'_>,
    id: SubsetId,
) -> Result<Option<Deployment>, cluster::Error> {
    match subject.workload(id) {
        Some(name) => subject.cluster.deployment(subject.namespace(), name).await,
        None => Ok(None),
    }
}

/// What runs a subset; `made` are the stable workload and the image of which it is to be made. With the reason where
/// it is not clear what that would be.
fn workload(
    deployment: Option<&Deployment>,
    ready: u32,
    lists: &Lists,
    made: Option<(&Deployment, &str)>,
) -> (Workload, Option<cluster::Error>) {
    let Some(deployment) = deployment else {
        return (Workload { ready, has_image: true, ..Workload::default() }, None);
    };
    let workload = Workload {
        presence: if deployment.is_going() { Presence::Terminating } else { Presence::Present },
        wanted: deployment.wanted(),
        ready,
        settled: deployment.is_settled(),
        autoscaler: autoscaler::targeting(&lists.autoscalers, deployment.object().name()),
        failing: deployment.failing(&lists.pods),
        template: Some(deployment.template()),
        has_image: true,
    };
    match made.map(|(stable, image)| deployment.is_made_of(stable, image)) {
        None => (workload, None),
        Some(Ok(has_image)) => (Workload { has_image, ..workload }, None),
        Some(Err(error)) => (Workload { has_image: false, ..workload }, Some(error)),
    }
}

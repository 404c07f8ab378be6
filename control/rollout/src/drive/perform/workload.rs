//! Makes, scales, updates and removes what runs the subsets.

use policy::policy::SubsetId;
use policy::rollout::{PlanStep, State};

use super::super::event::{Effect, ObjectRef, Report};
use super::super::failure::Failure;
use super::super::labels;
use super::super::mesh::Users;
use super::super::subject::Subject;
use super::{changed, removed};
use crate::drive::cluster::{ApplyOptions, Creation, Deployment, Error, autoscaler};

/// Makes the workload of a subset of the stable one's.
pub(super) async fn create(
    subject: &Subject<'_>,
    state: &State,
    subset: SubsetId,
    how: ApplyOptions,
    report: Report<'_>,
) -> Result<(), Failure> {
    let policy = subject.policy();
    let name = named(subject, subset)?;
    if subject.cluster.deployment(subject.namespace(), name).await?.is_some() {
        return Ok(());
    }
    let Some(image) = &state.image else {
        return Err(Failure::blocked(
            format!("no image is named for the Deployment {name}"),
            "start with one: `serin start NAME --image IMAGE`",
        ));
    };
    let stable = there(subject, policy.stable()).await?;
    let users = Users::find(subject).await?;
    let labels = labels::of_subset(subject, Some(&users), subset).unwrap_or_default();
    let creation = Creation {
        of: &stable,
        name,
        labels: &labels,
        image,
        replicas: if is_scaled_first(subject, subset) { 0 } else { stable.wanted() },
        made_for: &policy.full_name(),
    };
    subject.cluster.create_deployment(&creation, how).await?;
    let effect = Effect::Created { of: stable.object().name().to_owned(), image: image.clone() };
    report(changed(object(subject, name), effect, how));
    Ok(())
}

/// Whether the plan says how many pods a subset has before anything else needs them.
fn is_scaled_first(subject: &Subject<'_>, subset: SubsetId) -> bool {
    let mut scales = subject.plan().steps.iter().filter_map(|step| match step {
        PlanStep::Scale(amounts) => Some(amounts),
        _ => None,
    });
    scales.next().is_some_and(|amounts| amounts.iter().any(|(scaled, _)| *scaled == subset))
}

/// Gives the workload of a subset so many pods, unless an autoscaler does.
pub(super) async fn scale(
    subject: &Subject<'_>,
    subset: SubsetId,
    pods: u32,
    how: ApplyOptions,
    report: Report<'_>,
) -> Result<(), Failure> {
    let deployment = there(subject, subset).await?;
    if deployment.wanted() == pods {
        return Ok(());
    }
    let name = deployment.object().name();
    let autoscalers = subject.cluster.autoscalers(subject.namespace()).await?;
    if let Some(autoscaler) = autoscaler::targeting(&autoscalers, name) {
        return Err(Failure::blocked(
            format!(
                "the HorizontalPodAutoscaler {autoscaler} controls the number of pods of {name}"
            ),
            "leave the `scale` step out, or set the autoscaler's own limits",
        ));
    }
    subject.cluster.scale_deployment(&deployment, pods, how).await?;
    let effect = Effect::Scaled { from: deployment.wanted(), to: pods };
    report(changed(object(subject, name), effect, how));
    Ok(())
}

/// Gives the workload of `to` the pod template of that of `from`, but for its labels.
pub(super) async fn update(
    subject: &Subject<'_>,
    from: SubsetId,
    to: SubsetId,
    how: ApplyOptions,
    report: Report<'_>,
) -> Result<(), Failure> {
    let (from, to) = (there(subject, from).await?, there(subject, to).await?);
    if from.template() == to.template() {
        return Ok(());
    }
    subject.cluster.update_template(&from, &to, how).await?;
    let effect = Effect::Updated { of: from.object().name().to_owned() };
    report(changed(object(subject, to.object().name()), effect, how));
    Ok(())
}

/// Removes the workload of a subset.
pub(super) async fn remove(
    subject: &Subject<'_>,
    subset: SubsetId,
    how: ApplyOptions,
    report: Report<'_>,
) -> Result<(), Failure> {
    let name = named(subject, subset)?;
    let found = subject.cluster.deployment(subject.namespace(), name).await?;
    let Some(deployment) = found.filter(|deployment| !deployment.is_going()) else {
        return Ok(());
    };
    subject.cluster.delete_deployment(&deployment, how).await?;
    report(removed(object(subject, name), how));
    Ok(())
}

/// The Deployment of a subset, which must be there.
async fn there(subject: &Subject<'_>, subset: SubsetId) -> Result<Deployment, Failure> {
    let name = named(subject, subset)?;
    let found = subject.cluster.deployment(subject.namespace(), name).await?;
    let object = || object(subject, name).to_string();
    found.ok_or_else(|| Failure::Cluster(Error::NotFound { object: object() }))
}

fn named<'a>(subject: &Subject<'a>, subset: SubsetId) -> Result<&'a str, Failure> {
    subject.workload(subset).ok_or_else(|| {
        let name = subject.policy().subset_name(subset);
        Failure::blocked(
            format!("the subset `{name}` has no workload"),
            "write it: `workload: {deployment: NAME}`",
        )
    })
}

fn object(subject: &Subject<'_>, name: &str) -> ObjectRef {
    ObjectRef::new("Deployment", subject.namespace(), name)
}

//! Makes the mesh show what it is to: one object after the other, each after the proxies have the one before.

mod back;

use policy::rollout::State;
use serde_json::Value;

use super::super::cluster::proxies::{Changed, Proxies};
use super::super::cluster::{ApplyOptions, Cluster, Error, MANAGER, Object};
use super::super::event::{Effect, Event, ObjectRef, Report};
use super::super::failure::Failure;
use super::super::fence;
use super::super::mesh::{self, Change, Difference};
use super::super::subject::Subject;
use super::{changed, removed};

/// Applies what is missing or another, in the order of applying, and then removes what is too much, in reverse.
pub(super) async fn route(
    subject: &Subject<'_>,
    state: &State,
    how: ApplyOptions,
    proxies: &mut Proxies<'_>,
    report: Report<'_>,
) -> Result<(), Failure> {
    if state.phase.is_back() && !how.dry_run {
        return back::route(subject, state, how, proxies, report).await;
    }
    let desired = mesh::desired(subject, state).await?;
    let (differences, live) = mesh::compared(subject, &desired).await?;
    let differences = mesh::staged(differences);
    one_by_one(By::Rollout(subject), &differences, &live, how, proxies, report).await
}

/// Who does away with differences.
#[derive(Clone, Copy, Debug)]
pub(in crate::drive) enum By<'a> {
    /// A rollout: each only as long as it is to be, and unless that takes a subset from a route.
    Rollout(&'a Subject<'a>),
    /// A user, by rendered files.
    Files(&'a dyn Cluster),
}

/// Does away with differences one after the other, each after the proxies have the one before, and those that are
/// `live` and stay before the first.
///
/// # Errors
/// When the API server would refuse one of them, before the first is done; or when one cannot be done.
pub(in crate::drive) async fn one_by_one(
    by: By<'_>,
    differences: &[Difference],
    live: &[Object],
    how: ApplyOptions,
    proxies: &mut Proxies<'_>,
    report: Report<'_>,
) -> Result<(), Failure> {
    let cluster = match by {
        By::Rollout(subject) => subject.cluster,
        By::Files(cluster) => cluster,
    };
    // All are asked about before the first is done: what the API server or a webhook would refuse is refused now.
    let trial = ApplyOptions { dry_run: true, ..how };
    for difference in differences {
        apply_difference(cluster, difference, trial).await?;
    }
    if how.dry_run {
        for difference in differences {
            report(difference_event(difference, how));
        }
        return Ok(());
    }
    proxies.settle(live).await?;
    for difference in differences {
        // A change may mend what a proxy does not take, but nothing new is built on it.
        if difference.change == Change::Add {
            proxies.take().await?;
        }
        let changed = match by {
            By::Rollout(subject) => change(subject, difference, how, false).await?,
            By::Files(cluster) => apply_difference(cluster, difference, how).await?,
        };
        report(difference_event(difference, how));
        proxies.follow(&changed).await?;
    }
    Ok(())
}

/// Does away with a difference, unless that takes a subset from a route; what came of it.
async fn change(
    subject: &Subject<'_>,
    difference: &Difference,
    how: ApplyOptions,
    is_back: bool,
) -> Result<Vec<Changed>, Failure> {
    fence::check(subject, is_back).await?;
    if let (Change::Remove, Some(live)) = (difference.change, &difference.live) {
        mesh::removal::check(subject, live).await?;
    }
    apply_difference(subject.cluster, difference, how).await
}

/// Removes objects that serin made in the mesh, for `serin delete`.
///
/// # Errors
/// When something cannot be removed.
pub async fn remove_all(
    cluster: &dyn Cluster,
    made: Vec<Object>,
    how: ApplyOptions,
    proxies: &mut Proxies<'_>,
    report: Report<'_>,
) -> Result<(), Failure> {
    if !made.is_empty() && !how.dry_run {
        proxies.look().await?;
    }
    for object in &mesh::in_order_of_removal(made) {
        cluster.delete_mesh_object(object, how).await?;
        report(removed(ObjectRef::from(object), how));
        if !how.dry_run {
            proxies.follow(&[Changed::removed(object)]).await?;
        }
    }
    Ok(())
}

/// That a difference was done away with, or would be.
fn difference_event(difference: &Difference, how: ApplyOptions) -> Event {
    changed(difference.object(), effect(difference.change), how)
}

const fn effect(change: Change) -> Effect {
    match change {
        Change::Add => Effect::Applied,
        Change::Change => Effect::Changed,
        Change::Remove => Effect::Removed,
    }
}

/// Does away with a difference; what came of it.
pub(in crate::drive) async fn apply_difference(
    cluster: &dyn Cluster,
    difference: &Difference,
    how: ApplyOptions,
) -> Result<Vec<Changed>, Failure> {
    let Some(wanted) = &difference.wanted else {
        if let Some(live) = &difference.live {
            cluster.delete_mesh_object(live, how).await?;
            return Ok(vec![Changed::removed(live)]);
        }
        return Ok(Vec::new());
    };
    if difference.is_foreign && !how.force {
        return Err(Failure::blocked(
            format!(
                "{} exists already, and serin did not make it for this Release",
                wanted.title()
            ),
            "rename one of the two, or take it over with `--force`",
        ));
    }
    let applied = cluster.apply_mesh_object(wanted, how).await?;
    if applied.spec() == wanted.spec() {
        return Ok(vec![Changed::applied(&applied)]);
    }
    // What others added stays when ours is applied: only who may take over can do away with it.
    if !how.force {
        return Err(Failure::Cluster(Error::Owned {
            object: wanted.title(),
            manager: managers(&applied),
            fields: additions(wanted, &applied),
        }));
    }
    let mut exact = applied.clone();
    exact.value_mut()["spec"] = wanted.spec().clone();
    let replaced = cluster.replace_mesh_object(&exact, how).await?;
    Ok(vec![Changed::applied(&replaced)])
}

/// Who else manages fields of the object.
fn managers(object: &Object) -> String {
    let fields = object.list("/metadata/managedFields").iter();
    let names = fields.filter_map(|fields| fields.get("manager")?.as_str());
    let mut names: Vec<&str> = names.filter(|name| *name != MANAGER).collect();
    names.sort_unstable();
    names.dedup();
    if names.is_empty() { "another manager".to_owned() } else { names.join(", ") }
}

/// The paths of what is in the object and was not wanted.
fn additions(wanted: &Object, found: &Object) -> Vec<String> {
    let mut paths = Vec::new();
    differ(wanted.spec(), found.spec(), ".spec", &mut paths);
    paths
}

fn differ(wanted: &Value, found: &Value, path: &str, paths: &mut Vec<String>) {
    if let (Value::Object(wanted), Value::Object(found)) = (wanted, found) {
        for (key, value) in found {
            let path = format!("{path}.{key}");
            match wanted.get(key) {
                Some(wanted) => differ(wanted, value, &path, paths),
                None => paths.push(path),
            }
        }
    } else if wanted != found {
        paths.push(path.to_owned());
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn additions_of_others_are_named_with_them() {
        let object = |spec: Value| Object::from(json!({ "kind": "DestinationRule", "spec": spec }));
        let wanted = object(json!({ "host": "a", "subsets": [{ "name": "v1" }], "x": { "y": 1 } }));
        let found = Object::from(json!({
            "metadata": { "managedFields": [
                { "manager": "serin" }, { "manager": "kubectl-edit" }, { "manager": "kubectl-edit" },
            ] },
            "spec": {
                "host": "a", "trafficPolicy": {}, "x": { "y": 1, "z": 2 },
                "subsets": [{ "name": "v1" }, { "name": "v2" }],
            },
        }));
        assert_eq!(
            additions(&wanted, &found),
            [".spec.trafficPolicy", ".spec.x.z", ".spec.subsets"]
        );
        assert_eq!(managers(&found), "kubectl-edit");
        assert_eq!(additions(&wanted, &wanted), [""; 0]);
        assert_eq!(managers(&wanted), "another manager");
    }
}

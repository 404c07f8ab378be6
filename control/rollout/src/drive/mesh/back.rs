//! The way back, where the rest of the mesh cannot be what it is to be: the filter's configuration alone.

use istio::names;
use istio::render::{configuration, envoy_filter, wasm_plugin};
use policy::rollout::{State, effective};

use super::super::failure::Failure;
use super::super::subject::Subject;
use super::{Change, Difference, difference, own, stamp};
use crate::drive::cluster::Object;

/// What installs the filter, with the configuration of this state in it; and as it is there, given all that is `made` for
/// the Release. Objects of others are not asked for: neither routes nor subsets change, and every request that the filter
/// sees follows it.
///
/// # Errors
/// When the Release cannot be read or written.
pub(super) async fn configured(
    subject: &Subject<'_>,
    state: &State,
    made: Vec<Object>,
) -> Result<(Vec<Object>, Vec<Object>), Failure> {
    let mut live = installing(subject, made).await;
    let wanted = replaced(subject, state, &live)?;
    live.retain(|live| wanted.iter().any(|wanted| stamp::same(live, wanted)));
    Ok((wanted, live))
}

/// What of that is to be changed.
///
/// # Errors
/// When the Release cannot be read or written.
pub(in crate::drive) async fn differences(
    subject: &Subject<'_>,
    state: &State,
) -> Result<Vec<Difference>, Failure> {
    let made = own::live(subject).await.unwrap_or_default();
    let (wanted, live) = configured(subject, state, made).await?;
    Ok(difference::all(&subject.policy().full_name(), &wanted, &live)
        .into_iter()
        .filter(|difference| difference.change == Change::Change)
        .collect())
}

/// These objects with the configuration of this state in the place of theirs; those that have none are left out.
fn replaced(subject: &Subject<'_>, state: &State, live: &[Object]) -> Result<Vec<Object>, Failure> {
    let shown = subject.release.variant(effective(&subject.release.spec, subject.plan(), state))?;
    let carrier = subject.mesh.ok().map(|mesh| mesh.mode.carrier(&shown.policy));
    let release = subject.policy().full_name();
    let mut objects = Vec::new();
    for live in live {
        let spec = configuration::replaced(live.value(), &shown, carrier.as_ref())?;
        objects.extend(spec.map(|spec| stamp::with_spec(live, spec, &release)));
    }
    Ok(objects)
}

/// Whether an object has the filter's configuration.
pub(in crate::drive) fn is_installing(object: &Object) -> bool {
    object.kind() == "WasmPlugin"
        || (object.kind() == "EnvoyFilter"
            && object.name().contains(&format!(".{}.", envoy_filter::INSTALL)))
}

/// The objects that install it: by their names, so that no label can hide one, and those of entries that `attach` had
/// before. What cannot be asked for is left out.
async fn installing(subject: &Subject<'_>, mut found: Vec<Object>) -> Vec<Object> {
    found.retain(|object| is_installing(object) && !object.is_going());
    for attach in subject.policy().attach() {
        for (kind, part) in
            [("EnvoyFilter", envoy_filter::INSTALL), ("WasmPlugin", wasm_plugin::PLUGIN)]
        {
            let name = names::patch(subject.policy(), part, attach);
            let like = stamp::named(kind, &attach.namespace, &name);
            if found.iter().any(|object| stamp::same(object, &like)) {
                continue;
            }
            if let Ok(Some(object)) = subject.cluster.mesh_object(&like).await {
                found.push(object);
            }
        }
    }
    found
}

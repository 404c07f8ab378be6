//! The VirtualServices and DestinationRules of users: they are never changed, and what is rendered has to go with them.

use policy::Policy;
use serde_json::Value;

use super::super::failure::{Blocker, Failure};
use super::super::subject::Subject;
use super::own::Namespaces;
use super::stamp;
use crate::drive::cluster::Object;
use crate::drive::cluster::mesh_objects::{self, concerns, is};

pub(super) use istio::visibility::virtual_services::{Seen, is_for_mesh, seen};

/// The objects of the mesh, by who brought them there.
#[derive(Clone, Debug, Default)]
pub(in crate::drive) struct Users {
    /// Those of users that name the host.
    pub(in crate::drive) own: Vec<Object>,
    /// Those that serin made for other Releases.
    pub(super) others: Vec<Object>,
    /// Those that it made for this one.
    pub(super) made: Vec<Object>,
}

impl Users {
    /// Looks for them.
    pub(in crate::drive) async fn find(subject: &Subject<'_>) -> Result<Self, Failure> {
        let policy = subject.policy();
        let mut namespaces = Namespaces::new(subject);
        let mut users = Self::default();
        let (release, fqdn) = (policy.full_name(), policy.host().fqdn());
        let keep = |object: &Object| stamp::is_ours(object, &release) || concerns(object, fqdn);
        let theirs = subject.cluster.users_objects(&keep).await?;
        for object in theirs.into_iter().chain(subject.cluster.made(&keep).await?) {
            if namespaces.are_of(&object).await {
                users.made.push(object);
            } else if is_of_a_release(&object) {
                users.others.push(object);
            } else if concerns(&object, fqdn) {
                users.own.push(object);
            }
        }
        Ok(users)
    }

    /// The VirtualServices.
    pub(super) fn virtual_services(&self) -> impl Iterator<Item = &Object> {
        self.own.iter().filter(|object| object.kind() == "VirtualService")
    }

    /// The DestinationRules.
    pub(in crate::drive) fn destination_rules(&self) -> impl Iterator<Item = &Object> + Clone {
        self.own.iter().filter(|object| object.kind() == "DestinationRule")
    }

    /// That no other Release routes the same host.
    pub(super) fn check_rivals(&self, policy: &Policy) -> Result<(), Failure> {
        let fqdn = policy.host().fqdn();
        let rivals = self.others.iter().filter(|object| {
            object.kind() == "VirtualService"
                && object.list("/spec/hosts").iter().any(|host| is(host, object.namespace(), fqdn))
                && !matches!(seen(*object, policy), Seen::NotFor | Seen::Never)
        });
        let blockers: Vec<Blocker> = rivals
            .map(|rival| {
                let release = rival.annotation(mesh_objects::RELEASE).unwrap_or("?");
                Blocker::new(
                    format!(
                        "the Release {release} routes {fqdn} already ({}): Istio uses one VirtualService of a host",
                        rival.title()
                    ),
                    "put both canaries into one Release with three subsets; or, for two ports, weave both into \
                           a VirtualService of your own: `serin render --into FILE`",
                )
            })
            .collect();
        Failure::check(blockers)
    }
}

/// Whether serin made it for the Release that is named on it: where that is.
fn is_of_a_release(object: &Object) -> bool {
    let (label, serin) = mesh_objects::MANAGED_BY;
    let release = object.annotation(mesh_objects::RELEASE).and_then(|name| name.split_once('/'));
    object.label(label) == Some(serin)
        && release.is_some_and(|(namespace, _)| namespace == object.namespace())
}

/// The object without what the API server writes on it.
pub(super) fn plain(object: &Object) -> Value {
    let mut value = object.value().clone();
    if let Some(map) = value.as_object_mut() {
        map.remove("status");
    }
    if let Some(metadata) = value.get_mut("metadata").and_then(Value::as_object_mut) {
        metadata.remove("managedFields");
    }
    value
}

//! The VirtualServices and DestinationRules of users: they are never changed, and what is rendered has to go with them.

use policy::Policy;
use serde_json::Value;

use super::super::failure::{Failure, Hindrance};
use super::super::subject::Subject;
use crate::cluster::{Object, mesh_objects};
use crate::istio::host;

/// The objects of the mesh that this Release did not bring there.
#[derive(Clone, Debug, Default)]
pub(in crate::drive) struct Users {
    /// Those of users that name the host.
    pub(in crate::drive) own: Vec<Object>,
    /// Those that serin made for other Releases.
    pub(super) others: Vec<Object>,
}

impl Users {
    /// Looks for them.
    pub(in crate::drive) async fn find(subject: &Subject<'_>) -> Result<Self, Failure> {
        let policy = subject.policy();
        let (fqdn, release) = (policy.host().fqdn(), policy.full_name());
        let mut own = subject.cluster.users_objects().await?;
        own.retain(|object| {
            // What says that it was made for this Release was, whatever its labels say.
            mentions(object.spec(), object.namespace(), fqdn)
                && object.annotation(mesh_objects::RELEASE) != Some(&release)
        });
        let mut others = subject.cluster.made().await?;
        others.retain(|object| object.annotation(mesh_objects::RELEASE) != Some(&release));
        Ok(Self { own, others })
    }

    /// The VirtualServices.
    pub(super) fn virtual_services(&self) -> impl Iterator<Item = &Object> {
        self.own.iter().filter(|object| object.kind() == "VirtualService")
    }

    /// The DestinationRules.
    pub(in crate::drive) fn destination_rules(&self) -> impl Iterator<Item = &Object> {
        self.own.iter().filter(|object| object.kind() == "DestinationRule")
    }

    /// That no other Release routes the same host.
    pub(super) fn check_rivals(&self, policy: &Policy) -> Result<(), Failure> {
        let fqdn = policy.host().fqdn();
        let rivals = self.others.iter().filter(|object| {
            object.kind() == "VirtualService"
                && object.list("/spec/hosts").iter().any(|host| is(host, object.namespace(), fqdn))
        });
        let hindrances: Vec<Hindrance> = rivals
            .map(|rival| {
                let release = rival.annotation(mesh_objects::RELEASE).unwrap_or("?");
                Hindrance {
                    message: format!(
                        "the Release {release} routes {fqdn} already ({}): Istio goes by one VirtualService of a host",
                        rival.title()
                    ),
                    help: "put both canaries into one Release with three subsets; or, for two ports, weave both into \
                           a VirtualService of your own: `serin render --into FILE`"
                        .to_owned(),
                }
            })
            .collect();
        Failure::of(hindrances)
    }
}

/// Whether a text is the host.
pub(super) fn is(text: &Value, namespace: &str, fqdn: &str) -> bool {
    text.as_str().is_some_and(|text| host::complete(text, namespace) == fqdn)
}

/// Whether the host is named anywhere.
fn mentions(value: &Value, namespace: &str, fqdn: &str) -> bool {
    match value {
        Value::Array(items) => items.iter().any(|item| mentions(item, namespace, fqdn)),
        Value::Object(map) => map.values().any(|value| mentions(value, namespace, fqdn)),
        text => is(text, namespace, fqdn),
    }
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

//! The objects of the mesh: those that serin made, and those of users.

use istio::host;
use serde_json::Value;

use super::{ApplyOptions, Cluster, Error, Keep, Object, Resource};

/// The label and its value of all that serin made.
pub const MANAGED_BY: (&str, &str) = ("app.kubernetes.io/managed-by", "serin");
/// The annotation that says for which Release.
pub const RELEASE: &str = "serin.dev/release";

impl dyn Cluster + '_ {
    /// All that serin made for a Release (`<namespace>/<name>`), in all namespaces.
    ///
    /// # Errors
    /// When the cluster cannot be asked.
    pub async fn made_for(&self, release: &str) -> Result<Vec<Object>, Error> {
        self.made(&|object| object.annotation(RELEASE) == Some(release)).await
    }

    /// Of all that serin made, for any Release, what is asked for.
    ///
    /// # Errors
    /// When the cluster cannot be asked.
    pub async fn made(&self, keep: Keep<'_>) -> Result<Vec<Object>, Error> {
        let selector = format!("{}={}", MANAGED_BY.0, MANAGED_BY.1);
        let mut made = Vec::new();
        for resource in &Resource::MESH {
            made.extend(self.list_if_known(resource, &selector, keep).await?);
        }
        Ok(made)
    }

    /// Of the VirtualServices and DestinationRules that serin did not make, in all namespaces, those that are asked for.
    ///
    /// # Errors
    /// When the cluster cannot be asked.
    pub async fn users_objects(&self, keep: Keep<'_>) -> Result<Vec<Object>, Error> {
        let selector = format!("{}!={}", MANAGED_BY.0, MANAGED_BY.1);
        let mut theirs = self.list_where(&Resource::VIRTUAL_SERVICE, None, &selector, keep).await?;
        let rules = self.list_where(&Resource::DESTINATION_RULE, None, &selector, keep);
        theirs.extend(rules.await?);
        Ok(theirs)
    }

    /// Objects of a kind; an older Istio may not have it.
    async fn list_if_known(
        &self,
        resource: &Resource,
        selector: &str,
        keep: Keep<'_>,
    ) -> Result<Vec<Object>, Error> {
        match self.list_where(resource, None, selector, keep).await {
            Err(Error::KindMissing { .. }) if *resource == Resource::WASM_PLUGIN => Ok(Vec::new()),
            other => other,
        }
    }

    /// An object like this one: of its kind, namespace and name.
    ///
    /// # Errors
    /// When the cluster cannot be asked.
    pub async fn mesh_object(&self, like: &Object) -> Result<Option<Object>, Error> {
        let resource = of_mesh(like)?;
        self.get(&resource, Some(like.namespace()), like.name()).await
    }

    /// Makes an object of the mesh what `object` says.
    ///
    /// # Errors
    /// When it is not taken, or others manage fields of it.
    pub async fn apply_mesh_object(
        &self,
        object: &Object,
        how: ApplyOptions,
    ) -> Result<Object, Error> {
        self.apply(&of_mesh(object)?, object, how).await
    }

    /// Makes an object of the mesh exactly this one, unless it changed since it was read.
    ///
    /// # Errors
    /// When it is not taken, or changed.
    pub async fn replace_mesh_object(
        &self,
        object: &Object,
        how: ApplyOptions,
    ) -> Result<Object, Error> {
        self.replace(&of_mesh(object)?, object, how).await
    }

    /// Removes this very object of the mesh.
    ///
    /// # Errors
    /// When it cannot be removed.
    pub async fn delete_mesh_object(
        &self,
        object: &Object,
        how: ApplyOptions,
    ) -> Result<(), Error> {
        self.delete(&of_mesh(object)?, object, how).await
    }
}

fn of_mesh(object: &Object) -> Result<Resource, Error> {
    let message = "it is not a mesh object".to_owned();
    Resource::of_mesh(object.kind())
        .ok_or_else(|| Error::Refused { object: object.title(), message })
}

/// Whether an object routes requests to the host, or says what is done with them.
#[must_use]
pub fn concerns(object: &Object, fqdn: &str) -> bool {
    match object.kind() {
        "VirtualService" => mentions(object.spec(), object.namespace(), fqdn),
        "DestinationRule" => object.spec().get("host").is_some_and(|written| {
            let complete = |text| host::complete_in(text, object.namespace(), host::domain(fqdn));
            let full = written.as_str().map(complete);
            full.is_some_and(|full| host::overlap(&full, fqdn))
        }),
        _ => false,
    }
}

/// Whether a text is the host.
pub(in crate::drive) fn is(text: &Value, namespace: &str, fqdn: &str) -> bool {
    text.as_str().is_some_and(|text| host::is(text, namespace, fqdn))
}

/// Whether the host is named anywhere.
fn mentions(value: &Value, namespace: &str, fqdn: &str) -> bool {
    match value {
        Value::Array(items) => items.iter().any(|item| mentions(item, namespace, fqdn)),
        Value::Object(map) => map.values().any(|value| mentions(value, namespace, fqdn)),
        text => is(text, namespace, fqdn),
    }
}

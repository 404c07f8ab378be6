//! Releases, as objects of the cluster.

use serde_json::Value;

use super::{ApplyOptions, Cluster, Error, Object, Resource};

impl dyn Cluster + '_ {
    /// A Release.
    ///
    /// # Errors
    /// When there is none, or the cluster cannot be asked.
    pub async fn release(&self, namespace: &str, name: &str) -> Result<Object, Error> {
        let found = self.get(&Resource::RELEASE, Some(namespace), name).await.map_err(of_crd)?;
        let object = || super::title("Release", Some(namespace), Some(name));
        found.ok_or_else(|| Error::NotFound { object: object() })
    }

    /// All Releases of a namespace, or of all.
    ///
    /// # Errors
    /// When the cluster cannot be asked.
    pub async fn releases(&self, namespace: Option<&str>) -> Result<Vec<Object>, Error> {
        self.list(&Resource::RELEASE, namespace, "").await.map_err(of_crd)
    }

    /// Makes a Release what `object` says, which must have neither a `status` nor metadata of the API server.
    ///
    /// # Errors
    /// When it is not taken, or others manage fields of it.
    pub async fn apply_release(&self, object: &Object, how: ApplyOptions) -> Result<Object, Error> {
        self.apply(&Resource::RELEASE, object, how).await.map_err(of_crd)
    }

    /// Gives a Release this status, unless it changed since it was `seen`.
    ///
    /// # Errors
    /// [`Error::Conflict`] where it was changed meanwhile.
    pub async fn write_status(&self, seen: &Object, status: &Value) -> Result<Object, Error> {
        let mut next = seen.clone();
        if let Some(map) = next.value_mut().as_object_mut() {
            map.insert("status".to_owned(), status.clone());
        }
        match self.replace_status(&Resource::RELEASE, &next).await {
            // The answer to a request that was made again may be about the first one.
            Err(Error::Conflict { object }) => {
                let now = self.release(seen.namespace(), seen.name()).await?;
                let is_ours = now.uid() == seen.uid() && now.status() == status;
                if is_ours { Ok(now) } else { Err(Error::Conflict { object }) }
            }
            other => other.map_err(of_crd),
        }
    }

    /// Removes this very Release.
    ///
    /// # Errors
    /// When it cannot be removed.
    pub async fn delete_release(&self, seen: &Object, how: ApplyOptions) -> Result<(), Error> {
        self.delete(&Resource::RELEASE, seen, how).await
    }
}

/// That the kind is not there has a name of its own for Releases.
fn of_crd(error: Error) -> Error {
    match error {
        Error::KindMissing { .. } => Error::CrdMissing,
        other => other,
    }
}

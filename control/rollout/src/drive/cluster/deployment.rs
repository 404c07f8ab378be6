//! Deployments: what runs the subsets of a Release.

mod containers;
mod failing;
mod settled;
mod template;

use serde_json::Value;

use super::endpoints::{Labels, labels};
use super::mesh_objects::MANAGED_BY;
use super::{ApplyOptions, Cluster, Error, Object, Resource};

/// The annotation of a Deployment that says for which Release serin made it.
pub const MADE_FOR: &str = "serin.dev/made-for";

/// A Deployment.
#[derive(Clone, Debug, PartialEq)]
pub struct Deployment(Object);

/// A Deployment that is to be made of another one.
#[derive(Clone, Copy, Debug)]
pub struct Creation<'a> {
    /// The one that it is made of.
    pub of: &'a Deployment,
    /// What it is called.
    pub name: &'a str,
    /// The labels of its pods that tell them from those of the other.
    pub labels: &'a [(String, String)],
    /// The image: `IMAGE`, or `CONTAINER=IMAGE`.
    pub image: &'a str,
    /// How many pods.
    pub replicas: u32,
    /// The Release: `<namespace>/<name>`.
    pub made_for: &'a str,
}

impl Deployment {
    /// All of it.
    #[must_use]
    pub fn object(&self) -> &Object {
        &self.0
    }

    /// The pods that it is to have.
    #[must_use]
    pub fn wanted(&self) -> u32 {
        let wanted = self.0.number("/spec/replicas").unwrap_or(1);
        u32::try_from(wanted).unwrap_or(u32::MAX)
    }

    /// The labels of its pods.
    #[must_use]
    pub fn pod_labels(&self) -> Labels {
        labels(&self.pod_template()["metadata"]["labels"])
    }

    /// Whether all its pods are of its present template and ready, and no others are left.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        settled::is_settled(&self.0)
    }

    /// A digest of its pod template without labels.
    #[must_use]
    pub fn template(&self) -> String {
        template::digest(self.pod_template())
    }

    /// Whether its template is that of another one with this image.
    ///
    /// # Errors
    /// When it is not clear which container has the image.
    pub fn is_made_of(&self, other: &Self, image: &str) -> Result<bool, Error> {
        let expected = containers::with_image(&other.0, image)?;
        Ok(template::digest(&expected) == self.template())
    }

    /// Why its pods, among these, do not become ready, as far as that is known.
    #[must_use]
    pub fn failing(&self, pods: &[Object]) -> Option<String> {
        failing::reason(&self.0, pods)
    }

    /// Whether serin made it.
    #[must_use]
    pub fn is_made_by_serin(&self) -> bool {
        self.0.annotation(MADE_FOR).is_some()
    }

    /// Whether its pods have all these labels.
    #[must_use]
    pub fn has_labels(&self, labels: &[(String, String)]) -> bool {
        let own = self.pod_template().pointer("/metadata/labels").unwrap_or(&Value::Null);
        labels.iter().all(|(key, value)| own.get(key).and_then(Value::as_str) == Some(value))
    }

    /// Whether it is being removed.
    #[must_use]
    pub fn is_going(&self) -> bool {
        self.0.is_going()
    }

    fn pod_template(&self) -> &Value {
        self.0.value().pointer("/spec/template").unwrap_or(&Value::Null)
    }
}

impl dyn Cluster + '_ {
    /// A Deployment, if there is one.
    ///
    /// # Errors
    /// When the cluster cannot be asked.
    pub async fn deployment(
        &self,
        namespace: &str,
        name: &str,
    ) -> Result<Option<Deployment>, Error> {
        let found = self.get(&Resource::DEPLOYMENT, Some(namespace), name).await?;
        Ok(found.map(Deployment))
    }

    /// The Deployments of a namespace.
    ///
    /// # Errors
    /// When the cluster cannot be asked.
    pub async fn deployments(&self, namespace: &str) -> Result<Vec<Deployment>, Error> {
        let found = self.list(&Resource::DEPLOYMENT, Some(namespace), "").await?;
        Ok(found.into_iter().map(Deployment).collect())
    }

    /// Makes a Deployment of another one. One that serin made for this Release already is as good, whatever has
    /// become of it.
    ///
    /// # Errors
    /// When it cannot be made, or one that is not ours is there.
    pub async fn create_deployment(
        &self,
        creation: &Creation<'_>,
        how: ApplyOptions,
    ) -> Result<(), Error> {
        let object = Object::from(template::made(creation)?);
        match self.create(&Resource::DEPLOYMENT, &object, how).await {
            Ok(_) => Ok(()),
            // It is there.
            Err(Error::Conflict { .. }) => {
                let there = self.deployment(object.namespace(), object.name()).await?;
                let is_ours =
                    |there: &Deployment| there.0.annotation(MADE_FOR) == Some(creation.made_for);
                if there.as_ref().is_some_and(is_ours) {
                    return Ok(());
                }
                Err(Error::Workload {
                    message: format!(
                        "{} is there already, and serin did not make it",
                        object.title()
                    ),
                    help: "start without `--image`: it is the candidate then; or remove it"
                        .to_owned(),
                })
            }
            Err(error) => Err(error),
        }
    }

    /// Gives a Deployment so many pods.
    ///
    /// # Errors
    /// When it cannot be changed.
    pub async fn scale_deployment(
        &self,
        deployment: &Deployment,
        replicas: u32,
        how: ApplyOptions,
    ) -> Result<(), Error> {
        self.scale(&Resource::DEPLOYMENT, &deployment.0, replicas, how).await
    }

    /// Gives the Deployment `to` the pod template of `from`, but for its labels.
    ///
    /// # Errors
    /// When it cannot be changed, or it was changed since it was read.
    pub async fn update_template(
        &self,
        from: &Deployment,
        to: &Deployment,
        how: ApplyOptions,
    ) -> Result<(), Error> {
        let mut seen = to.clone();
        loop {
            let mut next = seen.0.clone();
            next.value_mut()["spec"]["template"] =
                template::with_labels_of(from.pod_template(), seen.pod_template());
            let error = match self.replace(&Resource::DEPLOYMENT, &next, how).await {
                Ok(_) => return Ok(()),
                Err(error @ Error::Conflict { .. }) => error,
                Err(error) => return Err(error),
            };
            // It is mostly the controller, who counts pods.
            let now = self.deployment(to.0.namespace(), to.0.name()).await?.ok_or(error.clone())?;
            if now.template() == from.template() {
                return Ok(());
            }
            if now.0.uid() != to.0.uid() || now.template() != to.template() {
                return Err(error);
            }
            seen = now;
        }
    }

    /// Removes this very Deployment; it is gone when its pods are.
    ///
    /// # Errors
    /// When it cannot be removed.
    pub async fn delete_deployment(
        &self,
        deployment: &Deployment,
        how: ApplyOptions,
    ) -> Result<(), Error> {
        self.delete(&Resource::DEPLOYMENT, &deployment.0, how).await
    }

    /// The pods of a namespace.
    ///
    /// # Errors
    /// When the cluster cannot be asked.
    pub async fn pods(&self, namespace: &str) -> Result<Vec<Object>, Error> {
        self.list(&Resource::POD, Some(namespace), "").await
    }
}

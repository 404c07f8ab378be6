//! Autoscalers.

use super::{Cluster, Error, Object, Resource};

impl dyn Cluster + '_ {
    /// The autoscalers of a namespace.
    ///
    /// # Errors
    /// When the cluster cannot be asked.
    pub async fn autoscalers(&self, namespace: &str) -> Result<Vec<Object>, Error> {
        self.list(&Resource::AUTOSCALER, Some(namespace), "").await
    }
}

/// The name of the autoscaler that controls the number of pods of this Deployment.
#[must_use]
pub fn targeting(autoscalers: &[Object], deployment: &str) -> Option<String> {
    let target = |autoscaler: &&Object| {
        let target = |field: &str| autoscaler.text(&format!("/spec/scaleTargetRef/{field}"));
        target("kind") == "Deployment" && target("name") == deployment
    };
    autoscalers.iter().find(target).map(|autoscaler| autoscaler.name().to_owned())
}

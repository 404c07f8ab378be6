//! Which objects are the Release's own. Labels and annotations can be written on any object, so they count only where the
//! Release may make something.

use std::collections::BTreeMap;

use super::super::failure::Failure;
use super::super::subject::Subject;
use super::stamp;
use crate::drive::cluster::Object;

/// All that was made for the Release and is there.
pub(super) async fn live(subject: &Subject<'_>) -> Result<Vec<Object>, Failure> {
    let mut namespaces = Namespaces::new(subject);
    let mut own = Vec::new();
    for object in subject.cluster.made().await? {
        if namespaces.are_of(&object).await {
            own.push(object);
        }
    }
    Ok(own)
}

/// The namespaces in which objects of a Release can be.
pub(super) struct Namespaces<'s> {
    subject: &'s Subject<'s>,
    /// `<namespace>/<name>`.
    release: String,
    /// What was asked before.
    known: BTreeMap<String, bool>,
}

impl<'s> Namespaces<'s> {
    pub(super) fn new(subject: &'s Subject<'s>) -> Self {
        let known = subject.concerned().into_iter().map(|namespace| (namespace, true)).collect();
        Self { subject, release: subject.policy().full_name(), known }
    }

    /// Whether this one is the Release's, one of `attach`, or one that lets the Release in: it may have been in
    /// `attach` before. One that cannot be asked does not.
    async fn may_hold(&mut self, namespace: &str) -> bool {
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
        stamp::is_ours(object, &self.release) && self.may_hold(object.namespace()).await
    }
}

//! What the cluster in memory has: objects, pods and a control plane, and what is to happen to them.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::super::cluster::{ApplyOptions, Error, Notice, Object, Resource};
use super::hook::{Fate, Request};
use super::{Counters, Fake, Istiod, Pods, Store, store};

/// When it begins.
const BEGIN: &str = "2026-11-21T10:00:00Z";

/// All there is.
#[derive(Default)]
pub(crate) struct World {
    pub(crate) store: Store,
    pub(crate) pods: Pods,
    pub(crate) istiod: Istiod,
    pub(crate) counters: Counters,
    /// Pods that no Deployment has, and what their proxies say they count; none: they do not answer.
    pub(crate) proxies: Vec<(Object, Option<String>)>,
    /// Since it began.
    pub(crate) now: Duration,
    /// By how much the clock of who drives is ahead of the API server's.
    pub(crate) skew: SignedDuration,
    /// What was written, in order; dry runs are not.
    pub(crate) writes: Vec<String>,
    /// What the user was told.
    pub(crate) notices: Vec<Notice>,
    /// How often something was asked.
    pub(crate) requests: usize,
    /// The kinds that the API does not know.
    pub(crate) unknown_kinds: Vec<Resource>,
    /// When the controllers looked last, and at which version: for the same they would do the same.
    pub(super) reconciled: Option<(Duration, u64)>,
    pub(super) hooks: Vec<Hook>,
    pub(super) due: Vec<Due>,
    /// What must hold after every write, with what it is called.
    pub(super) invariants: Vec<(&'static str, Invariant)>,
    /// Those that did not.
    pub(crate) broken: Vec<String>,
}

/// What says what becomes of a request.
pub(super) type Hook = Box<dyn FnMut(&Request<'_>, &mut World) -> Option<Fate> + Send>;
/// What happens at a time.
pub(super) type Due = (Duration, Box<dyn FnOnce(&Fake) + Send>);
pub(super) type Invariant = Box<dyn Fn(&World) -> Result<(), String> + Send>;

impl World {
    /// What happens when the driver waits next.
    pub(crate) fn soon(&mut self, what: impl FnOnce(&Fake) + Send + 'static) {
        self.due.push((self.now, Box::new(what)));
    }

    /// The time of day, for the API server.
    pub(super) fn time(&self) -> Timestamp {
        let begin: Timestamp = BEGIN.parse().unwrap();
        begin + SignedDuration::try_from(self.now).unwrap()
    }

    /// What the controllers do.
    pub(super) fn reconcile(&mut self) {
        let now = self.now;
        self.pods.reconcile(&mut self.store, now);
        self.reconciled = Some((now, self.store.version()));
    }

    /// That an object of the mesh was written: istiod hears of it.
    pub(super) fn wrote(&mut self, object: &Object, is_gone: bool) {
        if Resource::of_mesh(object.kind()).is_some() {
            let version = (!is_gone).then(|| object.resource_version().to_owned());
            self.istiod.wrote(self.now, store::key(object), version);
        }
    }

    pub(super) fn check(&mut self) {
        let invariants = std::mem::take(&mut self.invariants);
        for (name, holds) in &invariants {
            if let Err(what) = holds(self) {
                let after = self.writes.last().cloned().unwrap_or_default();
                self.broken.push(format!("after `{after}`, {name}: {what}"));
            }
        }
        self.invariants = invariants;
    }

    /// Writes an object, unless it is a dry run: then nothing of it is kept.
    pub(super) fn write(
        &mut self,
        how: ApplyOptions,
        write: impl FnOnce(&mut Store) -> Result<Object, Error>,
    ) -> Result<Object, Error> {
        if how.dry_run {
            return write(&mut self.store.clone());
        }
        let object = write(&mut self.store)?;
        self.wrote(&object, false);
        self.reconcile();
        Ok(object)
    }

    /// The object of a kind.
    pub(super) fn get(
        &self,
        resource: &Resource,
        namespace: Option<&str>,
        name: &str,
    ) -> Option<Object> {
        if matches!(*resource, Resource::POD | Resource::ENDPOINT_SLICE) {
            return self.list(resource, namespace).into_iter().find(|object| object.name() == name);
        }
        let namespace = namespace.unwrap_or_default();
        self.store.get(&(resource.kind.to_owned(), namespace.to_owned(), name.to_owned()))
    }

    /// The objects of a kind: those that are kept, and those that follow from them.
    pub(crate) fn list(&self, resource: &Resource, namespace: Option<&str>) -> Vec<Object> {
        match *resource {
            Resource::POD => {
                let own =
                    |(pod, _): &&(Object, _)| namespace.is_none_or(|it| it == pod.namespace());
                let proxies = self.proxies.iter().filter(own).map(|(pod, _)| pod.clone());
                self.pods.list(namespace).into_iter().chain(proxies).collect()
            }
            Resource::ENDPOINT_SLICE => {
                let services = self.store.list("Service", namespace);
                services.iter().map(|service| self.pods.endpoints(service, self.now)).collect()
            }
            _ => self.store.list(resource.kind, namespace),
        }
    }
}

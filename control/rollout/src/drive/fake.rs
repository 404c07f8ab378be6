//! A cluster in memory, for tests: an API server, the controllers of pods and endpoints, a mesh's control plane with its
//! proxies, and a clock. Nothing waits: a sleep sets the clock, and what is due meanwhile happens.

mod api;
mod fields;
mod hook;
mod istiod;
mod pods;
mod store;

use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::clock::{Clock, Sleep};
use super::cluster::{Answer, ApplyOptions, Cluster, Error, Notice, Object, Resource};

use hook::{Due, Hook};
pub(crate) use hook::{Fate, Request};
pub(crate) use istiod::Istiod;
pub(crate) use pods::Pods;
pub(crate) use store::Store;

/// When it begins.
const BEGIN: &str = "2026-11-21T10:00:00Z";

/// More requests than any test makes: a driver that makes as many goes round in circles.
const MOST: usize = 20_000;

/// A handle of the cluster, and of its clock.
#[derive(Clone, Default)]
pub(crate) struct Fake(Arc<Mutex<World>>);

/// All there is.
#[derive(Default)]
pub(crate) struct World {
    pub(crate) store: Store,
    pub(crate) pods: Pods,
    pub(crate) istiod: Istiod,
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
    reconciled: Option<(Duration, u64)>,
    hooks: Vec<Hook>,
    due: Vec<Due>,
    /// What must hold after every write, with what it is called.
    invariants: Vec<(&'static str, Invariant)>,
    /// Those that did not.
    pub(crate) broken: Vec<String>,
}

type Invariant = Box<dyn Fn(&World) -> Result<(), String> + Send>;

impl std::fmt::Debug for Fake {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Fake")
    }
}

/// What comes of something that only ever waits for the fake; none where it never ends: it was killed.
pub(crate) fn run<T>(future: impl Future<Output = T>) -> Option<T> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(done) => Some(done),
        Poll::Pending => None,
    }
}

impl Fake {
    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts an object there, as a user would.
    pub(crate) fn put(&self, object: &Value) {
        let mut world = self.world();
        let object = world.store.put(object, "kubectl");
        world.wrote(&object, false);
    }

    /// Changes an object, as a user would.
    pub(crate) fn edit(&self, kind: &str, name: &str, change: impl FnOnce(&mut Value)) {
        let mut world = self.world();
        let key = world.store.key(kind, name);
        world.store.edit(&key, "kubectl", change);
        let object = world.store.get(&key).unwrap();
        world.wrote(&object, false);
    }

    /// Changes the status of an object, as another program would.
    pub(crate) fn edit_status(&self, kind: &str, name: &str, change: impl FnOnce(&mut Value)) {
        let mut world = self.world();
        let key = world.store.key(kind, name);
        let mut status = world.store.get(&key).unwrap().status().clone();
        change(&mut status);
        world.store.set_status(&key, status);
    }

    /// Takes an object away, as a user would.
    pub(crate) fn remove(&self, kind: &str, name: &str) {
        let mut world = self.world();
        let key = world.store.key(kind, name);
        let object = world.store.take(&key).unwrap();
        world.wrote(&object, true);
    }

    /// The object of this kind and name, if there is one.
    pub(crate) fn find(&self, kind: &str, name: &str) -> Option<Object> {
        let found = self.world().store.list(kind, None);
        found.into_iter().find(|object| object.name() == name)
    }

    /// What becomes of every request that `hook` says something of.
    pub(crate) fn on(
        &self,
        hook: impl FnMut(&Request<'_>, &mut World) -> Option<Fate> + Send + 'static,
    ) {
        self.world().hooks.push(Box::new(hook));
    }

    /// Does away with all hooks.
    pub(crate) fn off(&self) {
        self.world().hooks.clear();
    }

    /// What happens after so long from now.
    pub(crate) fn after(&self, time: Duration, what: impl FnOnce(&Self) + Send + 'static) {
        let mut world = self.world();
        let at = world.now + time;
        world.due.push((at, Box::new(what)));
    }

    /// What must hold after each write.
    pub(crate) fn always(
        &self,
        name: &'static str,
        holds: impl Fn(&World) -> Result<(), String> + Send + 'static,
    ) {
        self.world().invariants.push((name, Box::new(holds)));
    }

    /// Time passes, and what is due happens.
    pub(crate) fn pass(&self, length: Duration) {
        let end = self.world().now + length;
        loop {
            let mut world = self.world();
            let next = world.due.iter().enumerate().filter(|(_, (at, _))| *at <= end);
            let next = next.min_by_key(|(_, (at, _))| *at).map(|(position, _)| position);
            let Some(position) = next else {
                world.now = end;
                world.reconcile();
                return;
            };
            let (at, what) = world.due.remove(position);
            world.now = world.now.max(at);
            world.reconcile();
            drop(world);
            what(self);
        }
    }

    /// Answers a request to write an object.
    fn write<'a>(
        &self,
        verb: &'static str,
        object: &Object,
        how: ApplyOptions,
        write: impl FnOnce(&mut Store) -> Result<Object, Error>,
    ) -> Answer<'a, Object> {
        self.answer(&Request::about(verb, object, how), |world| world.write(how, write))
    }

    /// Answers a request, as far as hooks let it.
    fn answer<'a, T: Send + 'a>(
        &self,
        request: &Request<'_>,
        answer: impl FnOnce(&mut World) -> Result<T, Error>,
    ) -> Answer<'a, T> {
        let mut world = self.world();
        world.requests += 1;
        assert!(world.requests < MOST, "it goes on for ever: {request}");
        if world.reconciled != Some((world.now, world.store.version())) {
            world.reconcile();
        }
        let mut hooks = std::mem::take(&mut world.hooks);
        let fate = hooks.iter_mut().find_map(|hook| hook(request, &mut world));
        hooks.append(&mut world.hooks);
        world.hooks = hooks;
        if fate.as_ref().is_some_and(|fate| !fate.is_done()) {
            return refused(fate);
        }
        let unknown = world.unknown_kinds.iter().find(|unknown| unknown.kind == request.kind);
        if let Some(resource) = unknown.copied() {
            return Box::pin(std::future::ready(Err(Error::KindMissing { resource })));
        }
        let answer = answer(&mut world);
        if request.is_write() && answer.is_ok() {
            world.writes.push(request.to_string());
            world.check();
        }
        if fate.is_some() {
            return refused(fate);
        }
        Box::pin(std::future::ready(answer))
    }
}

/// What who asked gets instead of an answer.
fn refused<'a, T: Send + 'a>(fate: Option<Fate>) -> Answer<'a, T> {
    match fate.and_then(Fate::error) {
        Some(error) => Box::pin(std::future::ready(Err(error))),
        None => Box::pin(std::future::pending()),
    }
}

impl World {
    /// What happens when whoever acts now waits next.
    pub(crate) fn soon(&mut self, what: impl FnOnce(&Fake) + Send + 'static) {
        self.due.push((self.now, Box::new(what)));
    }

    /// The time of day, for the API server.
    fn time(&self) -> Timestamp {
        let begin: Timestamp = BEGIN.parse().unwrap();
        begin + SignedDuration::try_from(self.now).unwrap()
    }

    /// What the controllers do.
    fn reconcile(&mut self) {
        let now = self.now;
        self.pods.reconcile(&mut self.store, now);
        self.reconciled = Some((now, self.store.version()));
    }

    /// That an object of the mesh was written: istiod hears of it.
    fn wrote(&mut self, object: &Object, is_gone: bool) {
        if Resource::of_mesh(object.kind()).is_some() {
            let version = (!is_gone).then(|| object.resource_version().to_owned());
            self.istiod.wrote(self.now, store::key(object), version);
        }
    }

    fn check(&mut self) {
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
    fn write(
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
    fn get(&self, resource: &Resource, namespace: Option<&str>, name: &str) -> Option<Object> {
        if matches!(*resource, Resource::POD | Resource::ENDPOINT_SLICE) {
            return self.list(resource, namespace).into_iter().find(|object| object.name() == name);
        }
        let namespace = namespace.unwrap_or_default();
        self.store.get(&(resource.kind.to_owned(), namespace.to_owned(), name.to_owned()))
    }

    /// The objects of a kind: those that are kept, and those that follow from them.
    pub(crate) fn list(&self, resource: &Resource, namespace: Option<&str>) -> Vec<Object> {
        match *resource {
            Resource::POD => self.pods.list(namespace),
            Resource::ENDPOINT_SLICE => {
                let services = self.store.list("Service", namespace);
                services.iter().map(|service| self.pods.endpoints(service, self.now)).collect()
            }
            _ => self.store.list(resource.kind, namespace),
        }
    }
}

impl Clock for Fake {
    fn now(&self) -> Timestamp {
        let world = self.world();
        world.time() + world.skew
    }

    fn uptime(&self) -> Duration {
        self.world().now
    }

    fn sleep(&self, length: Duration) -> Sleep<'_> {
        Box::pin(async move { self.pass(length) })
    }
}

#[cfg(test)]
mod tests;

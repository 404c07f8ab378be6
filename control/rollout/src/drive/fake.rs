//! A cluster in memory, for tests: an API server, the controllers of pods and endpoints, a mesh's control plane with its
//! proxies, and a clock. Nothing waits: a sleep sets the clock, and what is due meanwhile happens.

mod api;
mod counters;
mod fields;
mod hook;
mod istiod;
mod pods;
mod store;
mod world;

use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use super::clock::{Clock, Sleep};
use super::cluster::{Answer, ApplyOptions, Cluster, Error, Object};

pub(crate) use counters::Counters;
pub(crate) use hook::{Fate, Request};
pub(crate) use istiod::Istiod;
pub(crate) use pods::Pods;
pub(crate) use store::Store;
pub(crate) use world::World;

/// More requests than any test makes: a driver that makes as many goes round in circles.
const MOST: usize = 20_000;

/// A handle of the cluster, and of its clock.
#[derive(Clone, Default)]
pub(crate) struct Fake(Arc<Mutex<World>>);

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

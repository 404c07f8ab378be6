//! What a controller has to do, and does: one task for each Release that is due.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use istio::render::mesh_options::MeshOptions;
use rollout::drive::cluster::{Change, Cluster, Error, Object, Resource};
use rollout::drive::reconcile::{Outcome, Reconciler};
use rollout::drive::{Analyzer, Clock, Compiler, Event, Failure, Note, Rollout};
use tokio::task::{Id, JoinError, JoinSet};

use crate::Key;
use crate::cache::Cache;
use crate::dependents::Dependents;
use crate::events::Events;
use crate::log::{Level, Log};
use crate::metrics::Metrics;
use crate::notify::Notifier;
use crate::queue::{Due, Queue};

/// What depends on a Release changes in bursts, as its pods start: it is looked at once after each.
const BURST: Duration = Duration::from_millis(100);

/// With what it is done.
#[derive(Clone, Debug)]
pub(crate) struct Means {
    pub(crate) cache: Cache,
    pub(crate) analyzer: Arc<Analyzer<'static>>,
    pub(crate) clock: Arc<dyn Clock>,
    /// Who acts, as the API server says.
    pub(crate) by: Arc<str>,
    pub(crate) defaults: Option<Arc<MeshOptions>>,
    /// The namespace of the controller, which may freeze all rollouts.
    pub(crate) system: Arc<str>,
    pub(crate) metrics: Metrics,
    pub(crate) log: Log,
    pub(crate) notifier: Notifier,
    pub(crate) events: Events,
}

/// What was done for a Release.
#[derive(Debug)]
pub(crate) struct Done {
    key: Key,
    outcome: Result<Outcome, Failure>,
    length: Duration,
}

/// What there is to be done.
#[derive(Debug)]
pub(crate) struct Work {
    means: Means,
    queue: Queue,
    dependents: Dependents,
    /// While all Releases are told of again: those that were.
    listing: Option<BTreeSet<Key>>,
    has_releases: bool,
    /// The kinds of which it was said that they are not told of.
    failing: BTreeSet<&'static str>,
    tasks: JoinSet<Done>,
    /// Whom each task is for.
    owners: HashMap<Id, Key>,
    workers: usize,
    leads: bool,
}

impl Work {
    pub(crate) fn new(means: Means, workers: usize) -> Self {
        Self {
            means,
            queue: Queue::default(),
            dependents: Dependents::default(),
            listing: None,
            has_releases: false,
            failing: BTreeSet::new(),
            tasks: JoinSet::new(),
            owners: HashMap::new(),
            workers,
            leads: false,
        }
    }

    /// Whether all there is was told of once.
    pub(crate) fn is_ready(&self) -> bool {
        self.has_releases && self.means.cache.is_whole()
    }

    /// From now on this controller acts, or does no more.
    pub(crate) fn lead(&mut self, leads: bool) {
        self.leads = leads;
        self.means.metrics.leads(leads);
        self.means.notifier.lead(leads);
        self.queue = Queue::default();
        if leads {
            let now = self.means.clock.uptime();
            let keys: Vec<Key> = self.dependents.keys().cloned().collect();
            for key in &keys {
                self.queue.add(key, now);
            }
        } else {
            // As if it were killed: the next leader goes on from what is written down.
            self.tasks.abort_all();
        }
    }

    /// Something was seen.
    pub(crate) fn see(&mut self, resource: &Resource, change: &Change) {
        let is_news = self.means.cache.see(resource, change);
        if *resource == Resource::RELEASE {
            self.see_release(change);
            self.means.notifier.see(change, self.means.clock.uptime());
        }
        match change {
            Change::Is(object) | Change::Gone(object) if is_news => self.add(resource, object),
            Change::Listed => {
                self.failing.remove(resource.kind);
            }
            Change::Failed(error) => self.fail(resource, error),
            _ => {}
        }
    }

    fn see_release(&mut self, change: &Change) {
        match change {
            Change::Listing => self.listing = Some(BTreeSet::new()),
            Change::Is(object) => {
                let key = Key::of(object);
                self.dependents.insert(object);
                self.means.metrics.phase(&key, Some(object));
                self.means.events.see(&key, object, self.leads);
                if let Some(listing) = &mut self.listing {
                    listing.insert(key);
                }
            }
            Change::Gone(object) => self.forget(&Key::of(object)),
            Change::Listed => {
                self.has_releases = true;
                let Some(listed) = self.listing.take() else { return };
                let gone: Vec<Key> =
                    self.dependents.keys().filter(|key| !listed.contains(*key)).cloned().collect();
                for key in &gone {
                    self.forget(key);
                }
            }
            Change::Failed(_) => {}
        }
    }

    fn forget(&mut self, key: &Key) {
        self.dependents.remove(key);
        self.queue.worked(key);
        self.means.metrics.phase(key, None);
        self.means.events.forget(key);
    }

    fn add(&mut self, resource: &Resource, object: &Object) {
        if !self.leads {
            return;
        }
        let delay = if *resource == Resource::RELEASE { Duration::ZERO } else { BURST };
        let at = self.means.clock.uptime().saturating_add(delay);
        for key in self.dependents.of(object) {
            self.queue.add(&key, at);
        }
    }

    fn fail(&mut self, resource: &Resource, error: &Error) {
        self.means.metrics.watch_failed(resource.kind);
        if self.failing.insert(resource.kind) {
            let message = format!("{}s are not watched at the moment: {error}", resource.kind);
            self.means.log.say(Level::Warn, &message);
        }
    }

    /// Begins what is due, as far as there are workers; when more will be.
    pub(crate) fn begin(&mut self) -> Option<Duration> {
        loop {
            let now = self.means.clock.uptime();
            self.means.metrics.queue(self.queue.depth(now), self.queue.running());
            if !self.leads || !self.is_ready() || self.tasks.len() >= self.workers {
                return None;
            }
            match self.queue.next(now) {
                Due::Now(key) => {
                    let task = self.tasks.spawn(reconcile(self.means.clone(), key.clone()));
                    self.owners.insert(task.id(), key);
                }
                Due::At(at) => return Some(at),
                Due::Nothing => return None,
            }
        }
    }

    /// Waits until something is done; forever where nothing is being done.
    pub(crate) async fn done(&mut self) -> Result<(Id, Done), JoinError> {
        match self.tasks.join_next_with_id().await {
            Some(done) => done,
            None => std::future::pending().await,
        }
    }

    /// Something was done.
    pub(crate) fn end(&mut self, done: Result<(Id, Done), JoinError>) {
        let id = done.as_ref().map_or_else(JoinError::id, |(id, _)| *id);
        let owner = self.owners.remove(&id);
        let Done { key, outcome, length } = match done {
            Ok((_, done)) => done,
            // It was ended, since another one acts now.
            Err(error) if error.is_cancelled() => return,
            Err(error) => {
                // A fault of one Release's holds up no other, and not that one for good.
                let Some(key) = owner else { return };
                self.queue.done(&key);
                self.queue.failed(&key, self.means.clock.uptime());
                self.means.metrics.reconciled("failed", Duration::ZERO);
                self.means.log.about(Level::Warn, &key, &format!("a fault of serin: {error}"));
                return;
            }
        };
        let now = self.means.clock.uptime();
        self.queue.done(&key);
        let name = match &outcome {
            Ok(Outcome::Gone) => "gone",
            Ok(Outcome::Rest(_)) => "rest",
            Ok(Outcome::Waits(..)) => "waits",
            Err(_) => "failed",
        };
        self.means.metrics.reconciled(name, length);
        match outcome {
            Ok(Outcome::Gone) => self.queue.worked(&key),
            Ok(Outcome::Rest(again) | Outcome::Waits(_, again)) => {
                self.queue.worked(&key);
                if let Some(again) = again {
                    self.queue.add(&key, now.saturating_add(again));
                }
            }
            Err(failure) => {
                let pause = self.queue.failed(&key, now);
                self.means.events.failure(&key, &failure);
                let message =
                    format!("{failure}; trying again in {} s at the latest", pause.as_secs());
                self.means.log.about(Level::Warn, &key, &message);
            }
        }
    }

    /// Begins nothing more, and lets what is under way come to its end, within this time.
    pub(crate) async fn finish(&mut self, limit: Duration) {
        self.leads = false;
        let ended = async { while self.tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(limit, ended).await.is_err() {
            self.tasks.abort_all();
        }
    }
}

/// Has one Release be as it is to be.
async fn reconcile(means: Means, key: Key) -> Done {
    let begun = means.clock.uptime();
    let cluster: &dyn Cluster = &means.cache;
    let reconciler = Reconciler {
        rollout: Rollout {
            cluster,
            clock: means.clock.as_ref(),
            compiler: &Compiler::default(),
            namespace: &key.namespace,
            name: &key.name,
            system: &means.system,
            analyzer: &means.analyzer,
        },
        by: &means.by,
        defaults: means.defaults.as_deref(),
    };
    let outcome = reconciler
        .reconcile(&mut |event| {
            if let Event::Note(Note::RollingBack(cause, _)) = &event {
                means.metrics.rolled_back(cause);
            }
            means.log.event(&key, &event);
            means.events.event(&key, &event);
        })
        .await;
    let length = means.clock.uptime().saturating_sub(begun);
    Done { key, outcome, length }
}

//! Tells others what happens to Releases, at least once and in order for each.
//!
//! What is to be told follows from the Release itself: its history, phase and step. How far others were told is kept in a
//! ConfigMap, so that the next leader goes on from there. Nothing waits for it.

mod cursor;
mod keeper;
mod news;
mod notification;
mod queue;
mod record;
mod signature;
mod sink;
mod state;
mod webhook;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rollout::drive::Clock;
use rollout::drive::cluster::{Change, Cluster, Resource};
use tokio::sync::Notify;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::timeout;

use crate::Backend;
use crate::log::{Level, Log};
use crate::metrics::Metrics;
use keeper::Keeper;
use queue::{Done, Next};
use record::Record;
use state::{State, Telling};

pub(crate) use news::kind;
pub use notification::{Format, Notification};
pub use signature::Secret;
pub use sink::{Outcome, Sink, Told};
pub use webhook::Webhook;

/// How far others were told is written down no more often.
const SAVES: Duration = Duration::from_secs(2);
/// How long until it is tried again where it cannot be read, or written.
const AGAIN: Duration = Duration::from_secs(5);
/// How long writing it down may take.
const LIMIT: Duration = Duration::from_secs(10);

/// Tells others.
#[derive(Clone, Debug, Default)]
pub(crate) struct Notifier(Option<Arc<Shared>>);

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    wake: Notify,
}

/// With what it is done.
#[derive(Debug)]
pub(crate) struct Means {
    pub(crate) cluster: Arc<dyn Backend>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) sink: Arc<dyn Sink>,
    /// Whose Releases; none: those of all namespaces.
    pub(crate) namespace: Option<String>,
    /// Where it is written down how far others were told.
    pub(crate) own_namespace: String,
    pub(crate) metrics: Metrics,
    pub(crate) log: Log,
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Notifier {
    /// Begins; the task ends after [`Self::end`].
    pub(crate) fn new(means: Means) -> (Self, JoinHandle<()>) {
        let shared = Arc::new(Shared::default());
        let task = tokio::spawn(Teller::new(Arc::clone(&shared), means).run());
        (Self(Some(shared)), task)
    }

    /// From now on this controller tells, or does no more.
    pub(crate) fn lead(&self, leads: bool) {
        self.change(|state| state.lead(leads));
    }

    /// Something was seen of a Release.
    pub(crate) fn see(&self, change: &Change, now: Duration) {
        match change {
            Change::Is(object) => self.change(|state| state.see(|| Record::of(object), now)),
            Change::Gone(object) => self.change(|state| state.forget(object.uid())),
            _ => {}
        }
    }

    /// Tells nothing more, and writes down how far others were told.
    pub(crate) fn end(&self) {
        self.change(State::end);
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        if let Some(shared) = &self.0 {
            change(&mut shared.state());
            shared.wake.notify_one();
        }
    }
}

/// What was told, to whom, and what came of it.
struct Answer {
    uid: String,
    /// Who leads may have changed since.
    term: u64,
    outcome: Outcome,
}

/// The task that tells.
struct Teller {
    shared: Arc<Shared>,
    means: Means,
    telling: JoinSet<Answer>,
    term: u64,
    /// When it is to be read how far others were told.
    load_at: Duration,
    /// When it was written down last how far others were told, or tried to.
    saved: Option<Duration>,
    /// What was said of the receiver last.
    said: Option<String>,
}

impl Teller {
    fn new(shared: Arc<Shared>, means: Means) -> Self {
        let telling = JoinSet::new();
        Self { shared, means, telling, term: 0, load_at: Duration::ZERO, saved: None, said: None }
    }

    async fn run(mut self) {
        loop {
            let now = self.means.clock.uptime();
            let telling = self.shared.state().telling();
            let next = match telling {
                Telling::Ended => {
                    while let Some(Ok(answer)) = self.telling.try_join_next() {
                        self.end(answer);
                    }
                    self.telling.abort_all();
                    self.save().await;
                    return;
                }
                Telling::Nothing => {
                    self.telling.abort_all();
                    None
                }
                Telling::Begins(term) => {
                    if self.term != term {
                        self.term = term;
                        self.saved = None;
                        self.load_at = now;
                    }
                    if self.load_at <= now && !self.load().await {
                        self.load_at = now.saturating_add(AGAIN);
                    }
                    Some(self.load_at)
                }
                Telling::Goes => self.go(now).await,
            };
            let clock = Arc::clone(&self.means.clock);
            let timer = async {
                match next {
                    Some(at) => clock.sleep(at.saturating_sub(clock.uptime())).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = self.shared.wake.notified() => {}
                Some(answer) = self.telling.join_next() => {
                    if let Ok(answer) = answer {
                        self.end(answer);
                    }
                }
                () = timer => {}
            }
        }
    }

    /// Begins to tell what is due, and writes down how far others were told; when to look again.
    async fn go(&mut self, now: Duration) -> Option<Duration> {
        let next = loop {
            // The lock is not held while it is told.
            let due = self.shared.state().queue.next(now);
            match due {
                Next::Now(uid, notification) => {
                    let (sink, term) = (Arc::clone(&self.means.sink), self.term);
                    self.telling.spawn(async move {
                        Answer { uid, term, outcome: sink.tell(&notification).await }
                    });
                }
                Next::At(at) => break Some(at),
                Next::Nothing => break None,
            }
        };
        self.means.metrics.notifications(self.shared.state().queue.len());
        if self.shared.state().is_dirty() {
            let due = self.saved.map_or(now, |saved| saved.saturating_add(SAVES));
            if due > now {
                return Some(next.map_or(due, |next| next.min(due)));
            }
            self.save().await;
        }
        next
    }

    /// What came of one.
    fn end(&mut self, answer: Answer) {
        let Answer { uid, term, outcome } = answer;
        if term != self.term {
            return;
        }
        let now = self.means.clock.uptime();
        self.means.metrics.notified(outcome.name());
        let done = self.shared.state().done(&uid, &outcome, now);
        let said = match (&outcome, &done) {
            (Outcome::Taken, _) => None,
            (Outcome::Refused(why), _) => Some(format!("a notification was refused: {why}")),
            (Outcome::Down(why, _), _) => Some(format!("notifications are not delivered: {why}")),
        };
        if let Done::GivenUp(_) = done {
            self.means.metrics.notified("given_up");
            let hours = queue::PATIENCE.as_secs() / 3600;
            let text = format!("a notification is given up: it was not taken for {hours} h");
            self.means.log.say(Level::Warn, &text);
        }
        if said != self.said {
            match &said {
                Some(said) => self.means.log.say(Level::Warn, &format!("{said}; trying again")),
                None => self.means.log.say(Level::Info, "notifications are delivered again"),
            }
            self.said = said;
        }
    }

    /// Reads how far others were told, and looks at all Releases; whether that worked.
    async fn load(&mut self) -> bool {
        let Means { cluster, namespace, log, .. } = &self.means;
        let keeper = Keeper { cluster: cluster.as_ref(), namespace: &self.means.own_namespace };
        let asked: &dyn Cluster = cluster.as_ref();
        let now = asked.now(self.means.clock.as_ref());
        let kept = match keeper.load(now).await {
            Ok(kept) => kept,
            Err(error) => {
                log.say(Level::Warn, &format!("notifications are not sent yet: {error}"));
                return false;
            }
        };
        let releases = match asked.list(&Resource::RELEASE, namespace.as_deref(), "").await {
            Ok(releases) => releases,
            Err(error) => {
                log.say(Level::Warn, &format!("notifications are not sent yet: {error}"));
                return false;
            }
        };
        let records: Vec<Record> = releases.iter().map(Record::of).collect();
        let is_all = namespace.is_none();
        let now = self.means.clock.uptime();
        self.shared.state().begin(self.term, kept, records, is_all, now);
        true
    }

    /// Writes down how far others were told.
    async fn save(&mut self) {
        let kept = self.shared.state().take();
        let Some(mut kept) = kept else { return };
        let Means { cluster, log, .. } = &self.means;
        let keeper = Keeper { cluster: cluster.as_ref(), namespace: &self.means.own_namespace };
        let saved = timeout(LIMIT, keeper.save(&mut kept)).await;
        let problem = match saved {
            Ok(Ok(())) => None,
            Ok(Err(error)) => Some(error.to_string()),
            Err(_) => Some("the API server does not answer".to_owned()),
        };
        let now = self.means.clock.uptime();
        self.saved = Some(if problem.is_some() { now.saturating_add(AGAIN) } else { now });
        if let Some(problem) = problem {
            self.shared.state().soil();
            let text = format!("it is not written down what others were told: {problem}");
            log.say(Level::Warn, &text);
        }
    }
}

#[cfg(test)]
mod tests;

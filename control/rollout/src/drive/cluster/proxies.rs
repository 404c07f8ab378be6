//! Whether proxies have what was applied, as istiod says it.
//!
//! Every istiod is asked what it knows and what it sent to whom. After a change its proxies are given time: half a second at least, and until those that it is
//! for were sent something, or for as long as istiod may wait before it sends anything at all.

mod changed;
mod proxy;
mod sync;

use std::collections::BTreeSet;
use std::time::Duration;

use super::{Cluster, Error, Notice, Object};
use crate::drive::clock::Clock;
use changed::{CONFIGURATION, EVERY, Kinds};
use sync::{Expected, Snapshot, Verdict};

pub use changed::{Changed, Known};
pub use proxy::{Exchange, Proxy};

/// How long each change waits where istiod cannot be asked.
const FIXED: Duration = Duration::from_secs(5);
/// The pause between two questions.
const POLL: Duration = Duration::from_millis(150);
/// How long a change is given at least after istiod has it: its own debounce is 100 ms (`PILOT_DEBOUNCE_AFTER`).
const LEAST: Duration = Duration::from_millis(500);
/// After so long istiod has sent whatever it has to send (`PILOT_DEBOUNCE_MAX`).
const DEBOUNCE_MAX: Duration = Duration::from_secs(10);
/// Where a push has reached a proxy and nothing more has come of it for so long, it has nothing more to send.
const STILL: Duration = Duration::from_secs(1);
/// After so long it is told who is waited for.
const TOLD: Duration = Duration::from_secs(2);
/// After so long it goes on without the proxies that are not concerned, and no further without those that are.
const PATIENCE: Duration = Duration::from_secs(30);

/// What is known of the proxies of a mesh.
#[derive(Debug)]
pub struct Proxies<'c> {
    cluster: &'c dyn Cluster,
    clock: &'c dyn Clock,
    /// The namespaces whose proxies must follow.
    concerned: BTreeSet<String>,
    /// What they have to take.
    needed: Kinds,
    fixed: Duration,
    /// What each proxy had when a change was made.
    before: Snapshot,
    /// What istiod was seen to have: nothing takes it from it again.
    confirmed: BTreeSet<Changed>,
    /// Whether istiod is known not to answer.
    is_blind: bool,
}

impl<'c> Proxies<'c> {
    /// The proxies of a cluster's mesh; those of the namespaces that are `concerned` must follow.
    #[must_use]
    pub fn new(
        cluster: &'c dyn Cluster,
        clock: &'c dyn Clock,
        concerned: BTreeSet<String>,
    ) -> Self {
        Self {
            cluster,
            clock,
            concerned,
            needed: EVERY,
            fixed: FIXED,
            before: Snapshot::default(),
            confirmed: BTreeSet::new(),
            is_blind: false,
        }
    }

    /// From now on those of these namespaces must follow. On the way back what decides is the filter's
    /// configuration: what else they reject, such as another team's filter, holds it up no more than it holds up users.
    pub fn concern(&mut self, namespaces: BTreeSet<String>, is_back: bool) {
        self.concerned = namespaces;
        self.needed = if is_back { CONFIGURATION } else { EVERY };
    }

    /// Waits this long after each change where istiod cannot be asked.
    #[must_use]
    pub fn or_wait(mut self, fixed: Duration) -> Self {
        self.fixed = fixed;
        self
    }

    /// Looks at what the proxies have before the first change: what they are sent from now on is new.
    ///
    /// # Errors
    /// When the cluster cannot be asked.
    pub async fn look(&mut self) -> Result<(), Error> {
        self.before = Snapshot::default();
        if self.is_blind {
            return Ok(());
        }
        match self.snapshot().await {
            Ok(now) => self.before = now,
            Err(error) => self.unseeing(error)?,
        }
        Ok(())
    }

    /// Waits until the proxies have these objects, which are there: before the first change, since the process that applied
    /// them may have been killed before looking. What they reject of them the change may be about to mend.
    ///
    /// # Errors
    /// When they do not have them in time.
    pub async fn settle(&mut self, objects: &[Object]) -> Result<(), Error> {
        self.before = Snapshot::default();
        let there: Vec<Changed> = objects.iter().map(Changed::applied).collect();
        self.wait(&there, false).await
    }

    /// Waits until the proxies have what was changed since the last time.
    ///
    /// # Errors
    /// When one does not take it, or does not have it in time.
    pub async fn follow(&mut self, changed: &[Changed]) -> Result<(), Error> {
        self.wait(changed, true).await
    }

    /// Whether all proxies that are concerned have these objects now; true where that cannot be asked.
    ///
    /// # Errors
    /// When one does not take what it was sent.
    pub async fn have(&mut self, objects: &[Object]) -> Result<bool, Error> {
        if self.is_blind || objects.is_empty() {
            return Ok(true);
        }
        let wanted: BTreeSet<Changed> = objects.iter().map(Changed::applied).collect();
        if !wanted.is_subset(&self.confirmed) {
            let wanted: Vec<Changed> = wanted.iter().cloned().collect();
            match self.knows(&wanted).await {
                Ok(true) => self.confirmed.extend(wanted),
                Ok(false) => return Ok(false),
                Err(error) => return self.unseeing(error).map(|()| true),
            }
        }
        self.take().await
    }

    /// Whether all proxies that are concerned took what they were sent; true where that cannot be asked.
    ///
    /// # Errors
    /// When one does not take it.
    pub async fn take(&mut self) -> Result<bool, Error> {
        if self.is_blind {
            return Ok(true);
        }
        // Asked again and again: of a large mesh no more than has to be known.
        let mut proxies = Vec::new();
        for namespace in &self.concerned {
            match self.cluster.proxies(Some(namespace)).await {
                Ok(more) => proxies.extend(more),
                Err(error) => return self.unseeing(error).map(|()| true),
            }
        }
        let now = Snapshot::from(proxies);
        let nothing = Snapshot::default();
        let mut expected = Expected::nothing(&nothing, &self.concerned);
        expected.needed = self.needed;
        match now.judge(&expected) {
            Verdict::Rejected { proxy, message } => Err(Error::Rejected { proxy, message }),
            Verdict::Waiting { concerned, .. } => Ok(concerned.is_empty()),
            Verdict::Done => Ok(true),
        }
    }

    async fn wait(&mut self, changed: &[Changed], is_new: bool) -> Result<(), Error> {
        if !self.is_blind {
            match self.watch(changed, is_new).await {
                Ok(()) => return Ok(()),
                Err(error) => self.unseeing(error)?,
            }
        }
        if is_new || !changed.is_empty() {
            self.clock.sleep(self.fixed).await;
        }
        Ok(())
    }

    async fn watch(&mut self, changed: &[Changed], is_new: bool) -> Result<(), Error> {
        let what = || match changed {
            [] => "what was applied before".to_owned(),
            changed => changed.iter().map(Changed::title).collect::<Vec<_>>().join(", "),
        };
        let mut progress = Progress::default();
        let began = self.clock.uptime();
        while !self.knows(changed).await? {
            let proxies = vec!["istiod".to_owned()];
            let waited = self.clock.uptime().saturating_sub(began);
            if waited > PATIENCE {
                return Err(Error::Lagging { proxies, what: what() });
            }
            progress.tell(self.cluster, waited, proxies, what);
            self.clock.sleep(POLL).await;
        }
        let known = self.clock.uptime();
        let mut last = Snapshot::default();
        let mut last_change = known;
        loop {
            let now = self.snapshot().await?;
            let waited = self.clock.uptime().saturating_sub(known);
            let is_like = now.is_like(&last, &self.concerned);
            if !is_like {
                last_change = self.clock.uptime();
            }
            let mut expected = Expected::of(changed, &self.before, &self.concerned);
            expected.is_over = waited > DEBOUNCE_MAX;
            expected.is_still = self.clock.uptime().saturating_sub(last_change) > STILL;
            expected.rejections = is_new;
            expected.needed = self.needed;
            match now.judge(&expected) {
                Verdict::Rejected { proxy, message } => {
                    return Err(Error::Rejected { proxy, message });
                }
                // What is still being sent may be half of it.
                Verdict::Done if !is_new || waited >= LEAST && (is_like || expected.is_over) => {
                    self.before = now;
                    return Ok(());
                }
                Verdict::Waiting { concerned, others } if waited > PATIENCE => {
                    if !concerned.is_empty() {
                        return Err(Error::Lagging { proxies: concerned, what: what() });
                    }
                    self.cluster.tell(&Notice::Lagging { proxies: others });
                    self.before = now;
                    return Ok(());
                }
                Verdict::Waiting { concerned, others } => {
                    let proxies = if concerned.is_empty() { others } else { concerned };
                    progress.tell(self.cluster, waited, proxies, what);
                }
                Verdict::Done => {}
            }
            last = now;
            self.clock.sleep(POLL).await;
        }
    }

    /// Whether every istiod knows of this.
    async fn knows(&self, changed: &[Changed]) -> Result<bool, Error> {
        if changed.is_empty() {
            return Ok(true);
        }
        let istiods = self.cluster.known().await?;
        Ok(istiods.iter().all(|known| changed::all_known(changed, known)))
    }

    async fn snapshot(&self) -> Result<Snapshot, Error> {
        Ok(Snapshot::from(self.cluster.proxies(None).await?))
    }

    /// Remembers, and tells, that istiod cannot be asked.
    fn unseeing(&mut self, error: Error) -> Result<(), Error> {
        let Error::Blind { reason } = error else { return Err(error) };
        self.is_blind = true;
        self.cluster.tell(&Notice::Blind { reason, wait: self.fixed });
        Ok(())
    }
}

/// What was told of those who are waited for.
#[derive(Debug, Default)]
struct Progress(Vec<String>);

impl Progress {
    /// Tells whom it waits for, where that takes long and was not told.
    fn tell(
        &mut self,
        cluster: &dyn Cluster,
        waited: Duration,
        proxies: Vec<String>,
        what: impl Fn() -> String,
    ) {
        if waited > TOLD && self.0 != proxies {
            cluster.tell(&Notice::Waiting { proxies: proxies.clone(), what: what() });
            self.0 = proxies;
        }
    }
}

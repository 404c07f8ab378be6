//! Whether proxies have what was applied, as istiod says it.
//!
//! Every ready istiod is asked, through the API server, what it knows (`/debug/configz`) and what it sent to whom
//! (`/debug/syncz`). After a change its proxies are given time: half a second at least, and until those that it is
//! for were sent something, or for as long as istiod may wait before it sends anything at all.

mod changed;
mod sync;

use std::collections::BTreeSet;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::Object;
use crate::cluster::istiod::Unasked;
use crate::cluster::{Cluster, Error, Notice};
use sync::{Expected, Snapshot, Verdict};

pub use changed::Changed;

/// How long each change waits where istiod cannot be asked.
const FIXED: Duration = Duration::from_secs(5);
/// The pause between two questions.
const POLL: Duration = Duration::from_millis(150);
/// How long a change is given at least after istiod has it: its own debounce is 100 ms (`PILOT_DEBOUNCE_AFTER`).
const LEAST: Duration = Duration::from_millis(500);
/// After so long istiod has sent whatever it has to send (`PILOT_DEBOUNCE_MAX`).
const DEBOUNCE_MAX: Duration = Duration::from_secs(10);
/// After so long it goes on without the proxies that are not concerned, and no further without those that are.
const PATIENCE: Duration = Duration::from_secs(30);

/// What is known of the proxies of a mesh.
#[derive(Debug)]
pub struct Proxies<'c> {
    cluster: &'c Cluster,
    /// The namespaces whose proxies must follow.
    concerned: BTreeSet<String>,
    fixed: Duration,
    /// What each proxy had when a change was made.
    before: Snapshot,
    /// What istiod was seen to have: nobody takes it from it again.
    confirmed: BTreeSet<Changed>,
}

impl<'c> Proxies<'c> {
    /// The proxies of a cluster's mesh; those of the namespaces that are `concerned` must follow.
    #[must_use]
    pub fn new(cluster: &'c Cluster, concerned: BTreeSet<String>) -> Self {
        Self {
            cluster,
            concerned,
            fixed: FIXED,
            before: Snapshot::default(),
            confirmed: BTreeSet::new(),
        }
    }

    /// From now on those of these namespaces must follow.
    pub fn concern(&mut self, namespaces: BTreeSet<String>) {
        self.concerned = namespaces;
    }

    /// Waits this long after each change where istiod cannot be asked.
    #[must_use]
    pub fn or_wait(mut self, fixed: Duration) -> Self {
        self.fixed = fixed;
        self
    }

    /// Waits until the proxies have these objects, which are there: before the first change, since whoever applied
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
        if self.is_blind() || objects.is_empty() {
            return Ok(true);
        }
        let wanted: BTreeSet<Changed> = objects.iter().map(Changed::applied).collect();
        if !wanted.is_subset(&self.confirmed) {
            let wanted: Vec<Changed> = wanted.iter().cloned().collect();
            match self.knows(&wanted).await {
                Ok(true) => self.confirmed.extend(wanted),
                Ok(false) => return Ok(false),
                Err(unasked) => return self.unseeing(unasked).map(|()| true),
            }
        }
        self.take().await
    }

    /// Whether all proxies that are concerned took what they were sent; true where that cannot be asked.
    ///
    /// # Errors
    /// When one does not take it.
    pub async fn take(&mut self) -> Result<bool, Error> {
        if self.is_blind() {
            return Ok(true);
        }
        // Asked again and again: of a large mesh no more than has to be known.
        let mut answers = Vec::new();
        for namespace in &self.concerned {
            let path = format!("/debug/syncz?namespace={namespace}");
            match self.cluster.ask_istiod(&path).await {
                Ok(more) => answers.extend(more),
                Err(unasked) => return self.unseeing(unasked).map(|()| true),
            }
        }
        let now = Snapshot::of(&answers);
        let nobody = Snapshot::default();
        match now.judge(&Expected::nothing(&nobody, &self.concerned)) {
            Verdict::Rejected { proxy, message } => Err(Error::Rejected { proxy, message }),
            Verdict::Waiting { concerned, .. } => Ok(concerned.is_empty()),
            Verdict::Done => Ok(true),
        }
    }

    async fn wait(&mut self, changed: &[Changed], is_new: bool) -> Result<(), Error> {
        if !self.is_blind() {
            match self.watch(changed, is_new).await {
                Err(Stop::Error(error)) => return Err(error),
                Err(Stop::Unasked(unasked)) => self.unseeing(unasked)?,
                Ok(()) => return Ok(()),
            }
        }
        if is_new || !changed.is_empty() {
            sleep(self.fixed).await;
        }
        Ok(())
    }

    async fn watch(&mut self, changed: &[Changed], is_new: bool) -> Result<(), Stop> {
        let began = Instant::now();
        while !self.knows(changed).await? {
            if began.elapsed() > PATIENCE {
                let what = changed.iter().map(Changed::title).collect::<Vec<_>>().join(", ");
                let proxies = vec!["istiod".to_owned()];
                return Err(Stop::Error(Error::Lagging { proxies, what }));
            }
            sleep(POLL).await;
        }
        let known = Instant::now();
        loop {
            let now = self.snapshot().await?;
            let waited = known.elapsed();
            let mut expected = Expected::of(changed, &self.before, &self.concerned);
            expected.is_over = waited > DEBOUNCE_MAX;
            expected.rejections = is_new;
            match now.judge(&expected) {
                Verdict::Rejected { proxy, message } => {
                    return Err(Stop::Error(Error::Rejected { proxy, message }));
                }
                Verdict::Done if waited >= LEAST || !is_new => {
                    self.before = now;
                    return Ok(());
                }
                Verdict::Waiting { concerned, others } if waited > PATIENCE => {
                    if !concerned.is_empty() {
                        let what = changed.iter().map(Changed::title).collect::<Vec<_>>();
                        let what = what.join(", ");
                        return Err(Stop::Error(Error::Lagging { proxies: concerned, what }));
                    }
                    self.cluster.tell(&Notice::Lagging { proxies: others });
                    self.before = now;
                    return Ok(());
                }
                Verdict::Done | Verdict::Waiting { .. } => sleep(POLL).await,
            }
        }
    }

    /// Whether every istiod knows of this.
    async fn knows(&self, changed: &[Changed]) -> Result<bool, Unasked> {
        if changed.is_empty() {
            return Ok(true);
        }
        let answers = self.cluster.ask_istiod("/debug/configz").await?;
        Ok(answers.iter().all(|known| changed::all_known(changed, known)))
    }

    async fn snapshot(&self) -> Result<Snapshot, Unasked> {
        Ok(Snapshot::of(&self.cluster.ask_istiod("/debug/syncz").await?))
    }

    /// Remembers, and tells once, that istiod cannot be asked.
    fn unseeing(&mut self, unasked: Unasked) -> Result<(), Error> {
        let reason = match unasked {
            Unasked::Error(error) => return Err(error),
            Unasked::Blind(reason) | Unasked::Broken(reason) => reason,
        };
        if self.cluster.blind.set(reason.clone()).is_ok() {
            self.cluster.tell(&Notice::Blind { reason, wait: self.fixed });
        }
        Ok(())
    }

    /// Whether istiod is known not to answer.
    fn is_blind(&self) -> bool {
        self.cluster.blind.get().is_some()
    }
}

/// Why it is no longer looked at.
enum Stop {
    Error(Error),
    Unasked(Unasked),
}

impl From<Unasked> for Stop {
    fn from(unasked: Unasked) -> Self {
        Self::Unasked(unasked)
    }
}

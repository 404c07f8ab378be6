//! What Prometheus reads of the controller.

mod evidence;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeLabelSet, EncodeMetric, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::{ConstGauge, Gauge};
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};
use rollout::drive::cluster::Object;

use crate::Key;
use evidence::Evidences;

/// From a look at a Release at rest to a change that waits for all proxies, in seconds.
const BUCKETS: [f64; 10] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 15.0, 60.0];

type Labels<const N: usize> = [(&'static str, String); N];

/// The metrics.
#[derive(Clone)]
pub(crate) struct Metrics(Arc<Shared>);

struct Shared {
    registry: Registry,
    leader: Gauge,
    releases: Gauge,
    depth: Gauge,
    running: Gauge,
    reconciles: Family<Labels<1>, Counter>,
    duration: Histogram,
    rollbacks: Family<Labels<1>, Counter>,
    watch_failures: Family<Labels<1>, Counter>,
    notifications: Family<Labels<1>, Counter>,
    notification_queue: Gauge,
    phases: Phases,
    evidences: Evidences,
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Metrics")
    }
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let mut registry = Registry::with_prefix("serin");
        let shared = Shared {
            leader: Gauge::default(),
            releases: Gauge::default(),
            depth: Gauge::default(),
            running: Gauge::default(),
            reconciles: Family::default(),
            duration: Histogram::new(BUCKETS),
            rollbacks: Family::default(),
            watch_failures: Family::default(),
            notifications: Family::default(),
            notification_queue: Gauge::default(),
            phases: Phases::default(),
            evidences: Evidences::default(),
            registry: Registry::default(),
        };
        registry.register("leader", "Whether this controller acts", shared.leader.clone());
        registry.register("releases", "The Releases that are watched", shared.releases.clone());
        registry.register("queue_depth", "The Releases that are due", shared.depth.clone());
        let help = "The Releases that are being reconciled";
        registry.register("reconciles_running", help, shared.running.clone());
        let help = "How often a Release was reconciled, by outcome: rest, waits, gone, failed";
        registry.register("reconciles", help, shared.reconciles.clone());
        let help = "How long that took";
        let duration = shared.duration.clone();
        registry.register_with_unit("reconcile", help, Unit::Seconds, duration);
        let help = "How often all users were sent back to stable without a verb, by cause";
        registry.register("rollbacks", help, shared.rollbacks.clone());
        let help = "How often the API server did not tell of a kind, by kind";
        registry.register("watch_failures", help, shared.watch_failures.clone());
        let help =
            "How often a notification was sent, by outcome: delivered, refused, failed, given_up";
        registry.register("notifications", help, shared.notifications.clone());
        let help = "The notifications that wait";
        registry.register("notification_queue", help, shared.notification_queue.clone());
        registry.register_collector(Box::new(shared.phases.clone()));
        registry.register_collector(Box::new(shared.evidences.clone()));
        Self(Arc::new(Shared { registry, ..shared }))
    }

    /// Whether this controller acts.
    pub(crate) fn leads(&self, leads: bool) {
        self.0.leader.set(i64::from(leads));
    }

    /// How much there is to be done.
    pub(crate) fn queue(&self, depth: usize, running: usize) {
        self.0.depth.set(i64::try_from(depth).unwrap_or(i64::MAX));
        self.0.running.set(i64::try_from(running).unwrap_or(i64::MAX));
    }

    /// A Release was reconciled.
    pub(crate) fn reconciled(&self, outcome: &'static str, length: Duration) {
        self.0.reconciles.get_or_create(&[("outcome", outcome.to_owned())]).inc();
        self.0.duration.observe(length.as_secs_f64());
    }

    /// All users were sent back to stable.
    pub(crate) fn rolled_back(&self, cause: &'static str) {
        self.0.rollbacks.get_or_create(&[("cause", cause.to_owned())]).inc();
    }

    /// A watch ended, and is begun again.
    pub(crate) fn watch_failed(&self, kind: &'static str) {
        self.0.watch_failures.get_or_create(&[("kind", kind.to_owned())]).inc();
    }

    /// A notification was sent.
    pub(crate) fn notified(&self, outcome: &'static str) {
        self.0.notifications.get_or_create(&[("outcome", outcome.to_owned())]).inc();
    }

    /// So many notifications wait.
    pub(crate) fn notifications(&self, waiting: usize) {
        self.0.notification_queue.set(i64::try_from(waiting).unwrap_or(i64::MAX));
    }

    /// A Release is there, in some phase; none: it is gone.
    pub(crate) fn phase(&self, key: &Key, object: Option<&Object>) {
        self.0.evidences.see(key, object);
        let mut phases = self.0.phases.0.lock().unwrap_or_else(PoisonError::into_inner);
        match object {
            Some(object) => {
                let phase = object.text("/status/phase");
                let since = object.text("/status/since").parse().ok();
                phases.insert(key.clone(), (phase.to_owned(), since));
            }
            None => {
                phases.remove(key);
            }
        }
        self.0.releases.set(i64::try_from(phases.len()).unwrap_or(i64::MAX));
    }

    /// In Prometheus' text format.
    pub(crate) fn text(&self) -> String {
        let mut written = String::new();
        // Writing to a text cannot fail.
        let _ = text::encode(&mut written, &self.0.registry);
        written
    }
}

/// Since when each Release is in its phase.
#[derive(Clone, Debug, Default)]
struct Phases(Arc<Mutex<BTreeMap<Key, Since>>>);

/// The phase, and since when.
type Since = (String, Option<Timestamp>);

#[derive(Clone, Debug, EncodeLabelSet)]
struct PhaseLabels {
    namespace: String,
    release: String,
    phase: String,
}

impl Collector for Phases {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        let phases = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Timestamp::now();
        let age = ConstGauge::new(0.0_f64);
        let help = "How long a Release is in its phase";
        let unit = Some(&Unit::Seconds);
        let mut metric = encoder.encode_descriptor("phase_age", help, unit, age.metric_type())?;
        for (Key { namespace, name }, (phase, since)) in phases.iter() {
            let Some(since) = since else { continue };
            let labels = PhaseLabels {
                namespace: namespace.clone(),
                release: name.clone(),
                phase: phase.clone(),
            };
            let age = ConstGauge::new(now.duration_since(*since).as_secs_f64().max(0.0));
            age.encode(metric.encode_family(&labels)?)?;
        }
        Ok(())
    }
}

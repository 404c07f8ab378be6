//! Time: what o'clock it is, how long something took, and waiting.

use std::fmt;
use std::pin::Pin;
use std::sync::LazyLock;
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

/// The end of a wait.
pub type Sleep<'a> = Pin<Box<dyn Future<Output = ()> + Send + 'a>>;

/// Tells the time. A rollout learns it from nowhere else.
pub trait Clock: fmt::Debug + Send + Sync {
    /// The time of day, as it is written down.
    fn now(&self) -> Timestamp;

    /// The time since some moment in the past. Unlike the time of day it never jumps.
    fn uptime(&self) -> Duration;

    /// Waits for this long.
    fn sleep(&self, length: Duration) -> Sleep<'_>;
}

/// A time as Kubernetes writes a `MicroTime`.
pub(super) fn micro_time(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%S%.6fZ").to_string()
}

/// The clock of the machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn uptime(&self) -> Duration {
        static START: LazyLock<Instant> = LazyLock::new(Instant::now);
        START.elapsed()
    }

    fn sleep(&self, length: Duration) -> Sleep<'_> {
        Box::pin(tokio::time::sleep(length))
    }
}

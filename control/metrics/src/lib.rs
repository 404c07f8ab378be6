//! What both subsets of a Release counted, asked of whatever has it, and a past range judged by it.
//!
//! ```text
//! Subject ──> Metrics::range ──> Readings ──> Reading, Reading, … ──> judge ──> Verdict
//! ```
//!
//! [`Metrics`] is the seam: [`Prometheus`] implements it, and what decides is in [`policy::rollout::analysis`], which
//! knows no metrics. Nothing is computed by a query: counters come as they were scraped, each with its own time. What
//! `rate` and `increase` make of them cannot be judged: they extrapolate, and lose the first error of a version.

mod error;
mod exposition;
#[cfg(feature = "http")]
pub mod http;
mod judge;
#[cfg_attr(not(feature = "http"), allow(dead_code, reason = "Prometheus has more of them"))]
mod labels;
mod pages;
#[cfg(feature = "http")]
pub mod prometheus;
mod readings;
#[cfg_attr(not(feature = "http"), allow(dead_code, reason = "Prometheus is asked for more"))]
mod series;
mod subject;
#[cfg(feature = "http")]
#[cfg(test)]
mod tests;

use std::fmt;
use std::pin::Pin;
use std::time::Duration;

pub use error::{Error, Kind};
pub use judge::{Judge, Judged, judge};
pub use pages::{FILTER, Page, readings};
#[cfg(feature = "http")]
pub use prometheus::Prometheus;
pub use readings::{LOOKBACK, Reading, Readings};
pub use subject::{Subject, Version};

/// The answer to a question, once it is there.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send + 'a>>;

/// A range of time that is looked at again and again; times are in milliseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    /// The first look.
    pub from: u64,
    /// No look is after it.
    pub to: u64,
    /// The time between two looks. Where counters are scraped less often, looks are as far apart as scrapes.
    pub every: Duration,
}

/// Has the counters of proxies.
///
/// Every question ends in bounded time and memory.
pub trait Metrics: fmt::Debug + Send + Sync {
    /// What both subsets counted, at each look of a range. What does not remember looks at its end alone.
    fn range<'a>(&'a self, subject: &'a Subject, range: Range) -> Answer<'a, Readings>;

    /// The number that a query in `PromQL` returns at a time, in milliseconds since 1970; none where it returns none.
    fn number<'a>(&'a self, promql: &'a str, at: u64) -> Answer<'a, Option<f64>>;
}

//! Analysis: is the candidate worse than stable? Arithmetic on counts, without metrics, a clock or a network.
//!
//! A caller looks at the counters of both subsets again and again. Two [`Look`]s one after the other make a [`Block`]
//! for each [`Check`], or are [`Dropped`] for a reason. [`Evidence`] takes them, and says at any time what the
//! [`Verdict`] is.
//!
//! ```text
//! Scrape, Scrape -> Look, Look -> Evidence::take -> Evidence::verdict -> Worse | Healthy | Inconclusive
//! ```
//!
//! 1. Before the candidate has traffic: [`Evidence::new`], and looks at stable, if only for some minutes. They show how
//!    much its requests fail together.
//! 2. At each step: [`Evidence::next`], which keeps what is known of stable.
//! 3. At each look: [`Evidence::take`], then [`Evidence::verdict`]. Evidence is plain data (serde), for the status of
//!    the Release: what was counted is not counted again by the next process.
//! 4. Evidence for other checks than those of the Release says nothing: [`Evidence::answers`].
//!
//! The promise: a healthy candidate is rolled back with a probability of at most `alpha` for each check of a step,
//! however often it is looked at, and however the split changes on the way. Each check multiplies e-values, one for
//! each block; under equal rates their product is a non-negative supermartingale, which ever reaches `1 / alpha` with a
//! probability of at most `alpha` (Ville, 1939). Several checks add up: two with 0.01 each roll back at most two of a
//! hundred. Counts are never pooled over blocks: where the split and the rate both change, pooled counts differ between
//! equal candidates (Simpson's paradox).
//!
//! The promise is for requests that fail independently. Those of one user do not; what that costs, and what is done
//! about it, is in [`Dispersion`].
//!
//! | question | where | source |
//! |---|---|---|
//! | worse than stable; not worse than so many times | [`Worse`], [`NotWorse`] | Lindon and Malek, "Anytime-Valid Inference for Multinomial Count Data" (arXiv 2011.03567) |
//! | an absolute bound; another share of users than the nominal one | [`Proportion`] | Robbins, "Statistical Methods Related to the Law of the Iterated Logarithm" (1970) |
//! | slower | [`edges()`] | the mean of e-values: Vovk and Wang, "E-values: Calibration, combination and applications" (2021) |
//! | requests that fail together | [`Dispersion`] | Pearson's statistic: McCullagh and Nelder, "Generalized Linear Models" (1989), 4.5 |

mod binomial;
mod block;
mod check;
mod counters;
mod dispersion;
mod dropped;
mod edges;
mod evidence;
mod least;
mod log_mean;
mod look;
mod needed;
mod proportion;
mod ratio;
mod tally;
mod verdict;

pub use block::{Block, Counts};
pub use check::{AtMost, Check, Comparison};
pub use counters::{Edge, Increments, Measure, Scrape, Series, Source, increments};
pub use dispersion::Dispersion;
pub use dropped::Dropped;
pub use edges::edges;
pub use evidence::Evidence;
pub use look::Look;
pub use needed::needed;
pub use proportion::{Interval, Proportion, clean_requests};
pub use ratio::{NotWorse, Worse};
pub use verdict::{Finding, Outcome, Reason, Verdict, Weight};

#[cfg(test)]
mod tests;

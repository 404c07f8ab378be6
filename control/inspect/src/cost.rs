//! What a Release costs a request, in instructions: put together from parts that were measured one by one.
//!
//! `primitives` are the measured parts, `assumed` what is taken for granted of a request, `way` what Envoy does around
//! the filter, `price` what the filter's work costs, `estimate` the whole for each class of request, `most` what of it
//! stands out.

pub mod assumed;
mod class;
pub mod estimate;
pub mod json;
mod most;
mod price;
pub mod primitives;
pub mod text;
pub mod way;

pub use assumed::Assumed;
pub use class::{Class, Kind, Part};
pub use estimate::Estimate;
pub use most::Most;
pub use primitives::Primitives;
pub use way::Way;

/// A count to calculate with.
#[expect(clippy::cast_precision_loss, reason = "counts here are far below 2^52")]
fn count(number: usize) -> f64 {
    number as f64
}

#[cfg(test)]
mod tests;

//! What a Release costs a request, in instructions: put together from parts that were measured one by one.
//!
//! `primitives` are the measured parts, `assumed` what is taken for granted of a request, `route_mode` what Envoy
//! does around the filter, `price` what the filter's work costs, `sums` and `estimate` the whole for each class of
//! request, `dominant` what of it stands out.

pub mod assumed;
mod class;
mod dominant;
pub mod estimate;
pub mod json;
mod price;
pub mod primitives;
pub mod route_mode;
mod sums;
pub mod text;

pub use assumed::Assumed;
pub use class::{Class, Kind, Part};
pub use dominant::Dominant;
pub use estimate::Estimate;
pub use primitives::Primitives;
pub use route_mode::RouteMode;

/// A count to calculate with.
#[expect(clippy::cast_precision_loss, reason = "counts here are far below 2^52")]
fn count(number: usize) -> f64 {
    number as f64
}

#[cfg(test)]
mod tests;

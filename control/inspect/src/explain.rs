//! Requests before a Release: where each would go, and why.
//!
//! A request comes as options, as a curl line, in a HAR file or as JSON, and becomes a [`Request`]; the very
//! [`Program`](policy::Program) of the filter makes an [`Explanation`] of it.

pub mod answer;
pub mod change;
pub mod curl;
pub mod explanation;
pub mod har;
pub mod lines;
mod note;
pub mod quote;
pub mod report;
pub mod request;
pub mod request_options;
pub mod target;
pub mod text;
pub mod users;
pub mod word;
pub mod wording;

pub use explanation::{Explainer, Explanation};
pub use request::Request;

//! Requests before a Release: where each would go, and why.
//!
//! A request comes as options, as a curl line, in a HAR file or as JSON, and becomes a [`Request`]; the very
//! [`Program`](policy::Program) of the filter decides it.

pub mod curl;
pub mod given;
pub mod har;
mod json;
pub mod lines;
pub mod request;
pub mod target;

pub use request::Request;

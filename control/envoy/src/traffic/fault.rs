//! How a request failed.

use std::fmt;

use crate::proxy::Failure;

/// How a request failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// No whole answer came.
    Unanswered(Failure),
    /// The answer had a status other than 2xx.
    Status(u16),
    /// The answer names no subset.
    Unknown,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unanswered(failure) => failure.fmt(f),
            Self::Status(status) => write!(f, "status {status}"),
            Self::Unknown => f.write_str("unknown server"),
        }
    }
}

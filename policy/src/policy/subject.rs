//! The inputs of a request.

use super::name::{self, HeaderName};
use crate::path::Path;
use crate::problem::{Code, Part, Problem, Problems};

/// An input of a request.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// A header, any of whose lines may meet a test; `method` and `authority` are headers to a proxy.
    Header(HeaderName),
    /// A cookie's value.
    Cookie(String),
    /// A query parameter's value, as sent.
    Query(String),
    /// The path without the query.
    Path,
    /// A label of the calling workload, in whose proxy the filter runs.
    Caller(String),
}

impl Subject {
    /// Whether it is the raw header that cookies are in.
    pub(super) fn is_raw_cookie(&self) -> bool {
        matches!(self, Self::Header(name) if name.as_str() == "cookie")
    }

    /// The cookie `name`, if there can be one.
    pub(super) fn cookie(
        name: &str,
        at: &Path,
        part: Part,
        problems: &mut Problems,
    ) -> Option<Self> {
        if name::is_cookie(name) {
            return Some(Self::Cookie(name.to_owned()));
        }
        let message = format!("`{name}` cannot be the name of a cookie");
        let problem = Problem::error(Code::InvalidName, at, message).about(part);
        problems.add(problem.help("a name has no `=`, no `;` and no space around it"));
        None
    }

    /// The query parameter `name`, if there can be one.
    pub(super) fn query(name: &str, at: &Path, problems: &mut Problems) -> Option<Self> {
        if !name.is_empty() && name.bytes().all(|b| !matches!(b, b'&' | b'=' | b'#' | b' ')) {
            return Some(Self::Query(name.to_owned()));
        }
        let message = format!("`{name}` cannot be the name of a query parameter");
        let problem = Problem::error(Code::InvalidName, at, message).about(Part::Key(0));
        problems.add(problem.help("names are compared as sent: write `%20` for a space"));
        None
    }

    /// The label `key` of callers, if there can be one.
    pub(super) fn caller(key: &str, at: &Path, problems: &mut Problems) -> Option<Self> {
        if name::is_label_key(key) {
            return Some(Self::Caller(key.to_owned()));
        }
        let message = format!("`{key}` cannot be the key of a label");
        problems.add(Problem::error(Code::InvalidName, at, message).about(Part::Key(0)));
        None
    }
}

//! What a module did to a request.

use std::collections::BTreeMap;
use std::fmt;

use super::abi::{Action, Level};

/// The headers of a request, in order; names in lower case.
pub type Headers = Vec<(Vec<u8>, Vec<u8>)>;

/// A line of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// How much it matters.
    pub level: Level,
    /// What it says.
    pub text: String,
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{:?}] {}", self.level, self.text)
    }
}

/// What a module did to a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Effects {
    /// What becomes of the request.
    pub action: Action,
    /// The properties that were set.
    pub properties: BTreeMap<String, Vec<u8>>,
    /// The headers as they are now.
    pub headers: Headers,
    /// How often the route was to be chosen anew, for whatever reason.
    pub route_cache_clears: u32,
    /// The headers that were read, in order; `*` for all at once.
    pub reads: Vec<String>,
    /// The headers and properties that were written, in order.
    pub writes: Vec<String>,
    /// The log.
    pub log: Vec<Line>,
    /// The counters that moved, and by how much.
    pub counters: BTreeMap<String, u64>,
    /// How many random bytes were read.
    pub random_bytes: usize,
}

impl Effects {
    pub(super) fn none(headers: Headers) -> Self {
        Self {
            action: Action::Continue,
            properties: BTreeMap::new(),
            headers,
            route_cache_clears: 0,
            reads: Vec::new(),
            writes: Vec::new(),
            log: Vec::new(),
            counters: BTreeMap::new(),
            random_bytes: 0,
        }
    }

    /// The first value of a header as it is now.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&[u8]> {
        let mut named = self.headers.iter().filter(|(key, _)| key == stored(name).as_bytes());
        named.next().map(|(_, value)| value.as_slice())
    }

    /// All values of a header, joined by commas, as properties of Envoy have them.
    pub(super) fn joined(&self, name: &str) -> Option<Vec<u8>> {
        let named = self.headers.iter().filter(|(key, _)| key == stored(name).as_bytes());
        let values: Vec<&[u8]> = named.map(|(_, value)| value.as_slice()).collect();
        (!values.is_empty()).then(|| values.join(&b','))
    }

    /// The value of a property that was set.
    #[must_use]
    pub fn property(&self, name: &str) -> Option<&[u8]> {
        self.properties.get(name).map(Vec::as_slice)
    }
}

/// The name under which Envoy keeps a header that is asked for: `host` is the old one of `:authority`.
fn stored(name: &str) -> &str {
    if name == "host" { ":authority" } else { name }
}

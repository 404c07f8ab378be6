//! A class of requests, and what one of them costs, part by part.

/// What a part of the cost is for, in the order in which it arises.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// Envoy looks a header up by its name.
    FirstLookUp,
    /// Routes that look for a decision.
    Routes,
    /// Routes that ask whether a request can leave stable.
    Gate,
    /// The filter is called.
    Stream,
    /// One header is read.
    ReadOne,
    /// All lines of one header are.
    ReadLines,
    /// All headers are.
    ReadAll,
    /// What the module does whatever it reads.
    Program,
    /// Bytes of cookies and other values are gone through.
    Scan,
    /// Texts are sought in values.
    Search,
    /// Regexes run.
    Regexes,
    /// The user's place in the split.
    Draw,
    /// The decision leaves the filter, and the route is chosen anew.
    Write,
    /// The decision is counted.
    Count,
}

impl Part {
    /// What it is called in tables; `by_header` says that decisions are a header.
    #[must_use]
    pub const fn text(self, by_header: bool) -> &'static str {
        match self {
            Self::FirstLookUp => "first look-up of a header",
            Self::Routes => "routes that read decisions",
            Self::Gate => "gate",
            Self::Stream => "call of the filter",
            Self::ReadOne => "read of one header",
            Self::ReadLines => "read of all lines of a header",
            Self::ReadAll => "read of all headers",
            Self::Program => "the module itself",
            Self::Scan => "scan of cookies and values",
            Self::Search => "search for texts",
            Self::Regexes => "regexes",
            Self::Draw => "draw",
            Self::Write if by_header => "decision as a header",
            Self::Write => "decision as filter state",
            Self::Count => "counter",
        }
    }

    /// What it is called in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::FirstLookUp => "firstLookUp",
            Self::Routes => "routes",
            Self::Gate => "gate",
            Self::Stream => "stream",
            Self::ReadOne => "readOne",
            Self::ReadLines => "readLines",
            Self::ReadAll => "readAll",
            Self::Program => "program",
            Self::Scan => "scan",
            Self::Search => "search",
            Self::Regexes => "regexes",
            Self::Draw => "draw",
            Self::Write => "write",
            Self::Count => "count",
        }
    }
}

/// Which requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Those that do not pass the gate.
    Gated,
    /// Those without cookies, where these are all that is read.
    NoCookie,
    /// Those that the filter sees and no rule takes, which stay on stable.
    Default,
    /// Those that leave stable.
    Canary,
}

impl Kind {
    /// What it is called.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Gated => "gated",
            Self::NoCookie => "no cookie",
            Self::Default => "default",
            Self::Canary => "canary",
        }
    }
}

/// A class and what each of its requests costs.
#[derive(Clone, Debug, PartialEq)]
pub struct Class {
    /// Which requests.
    pub kind: Kind,
    /// The rule that takes them, of those that leave stable; none: the Release's own split.
    pub rule: Option<String>,
    /// Parts with what they cost, none of it nothing.
    pub parts: Vec<(Part, f64)>,
}

impl Class {
    pub(super) fn new(kind: Kind, rule: Option<&str>, parts: Vec<(Part, f64)>) -> Self {
        let mut kept: Vec<(Part, f64)> = Vec::new();
        for (part, cost) in parts.into_iter().filter(|(_, cost)| *cost != 0.0) {
            match kept.iter_mut().find(|(known, _)| *known == part) {
                // It is made once.
                Some((Part::FirstLookUp, _)) => {}
                Some((_, sum)) => *sum += cost,
                None => kept.push((part, cost)),
            }
        }
        kept.sort_by_key(|(part, _)| *part);
        Self { kind, rule: rule.map(str::to_owned), parts: kept }
    }

    /// What one part costs.
    #[must_use]
    pub fn of(&self, part: Part) -> f64 {
        self.parts.iter().filter(|(known, _)| *known == part).map(|(_, cost)| cost).sum()
    }

    /// What all cost together.
    #[must_use]
    pub fn total(&self) -> f64 {
        self.parts.iter().map(|(_, cost)| cost).sum()
    }
}

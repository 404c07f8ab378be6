//! A condition that a route can test by itself.

use policy::regex::Case;

/// What a header is to be like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// The header, in lower case; pseudo-headers as `:path`.
    pub header: String,
    /// What is asked of it.
    pub test: Test,
}

/// What is asked of a header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Test {
    /// It is there.
    Present,
    /// A text stands in it.
    Text {
        /// Where.
        relation: Relation,
        /// The text, never empty; in lower case where case does not count.
        text: String,
        /// Whether ASCII case counts.
        case: Case,
    },
}

/// Where a text stands in a header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// It is the whole of it.
    Exact,
    /// At its start.
    Prefix,
    /// Anywhere.
    Contains,
}

impl Condition {
    /// That the header is there.
    pub(super) fn present(header: &str) -> Self {
        Self { header: header.to_owned(), test: Test::Present }
    }

    /// That a text stands in it; where there is none to seek, that it is there.
    pub(super) fn text(header: &str, relation: Relation, text: &str, case: Case) -> Self {
        if text.is_empty() {
            return Self::present(header);
        }
        let text = text.to_owned();
        Self { header: header.to_owned(), test: Test::Text { relation, text, case } }
    }

    /// Whether nearly every request meets it.
    pub(super) fn is_idle(&self) -> bool {
        match &self.test {
            Test::Present => self.header.starts_with(':'),
            Test::Text { relation: Relation::Prefix | Relation::Contains, text, .. } => {
                self.header == ":path" && text == "/"
            }
            Test::Text { .. } => false,
        }
    }

    /// Whether every header that meets this one meets the `other` condition.
    pub(super) fn implies(&self, other: &Self) -> bool {
        if self.header != other.header {
            return false;
        }
        let (
            Test::Text { relation, text, case },
            Test::Text { relation: wanted, text: part, case: wanted_case },
        ) = (&self.test, &other.test)
        else {
            return other.test == Test::Present;
        };
        let text = match (case, wanted_case) {
            (Case::Sensitive, Case::Ignore) => text.to_ascii_lowercase(),
            (Case::Ignore, Case::Sensitive) => return false,
            _ => text.clone(),
        };
        match (relation, wanted) {
            (_, Relation::Contains) => text.contains(part),
            (Relation::Exact | Relation::Prefix, Relation::Prefix) => text.starts_with(part),
            (Relation::Exact, Relation::Exact) => text == *part,
            _ => false,
        }
    }
}

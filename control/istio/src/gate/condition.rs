//! A condition that a route can test by itself.

use policy::regex::Case;

/// What a part of a request is to be like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// The part.
    pub input: Input,
    /// What is asked of it.
    pub test: Test,
}

/// A part of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// A header, in lower case; pseudo-headers as `:method`.
    Header(String),
    /// The path, without the query.
    Path,
    /// A query parameter, by its name; of which only [`Test::Present`] is asked.
    Query(String),
}

/// What is asked of a part of a request.
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

/// Where a text stands in it.
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
    /// That it is there.
    pub(super) fn present(input: &Input) -> Self {
        Self { input: input.clone(), test: Test::Present }
    }

    /// That a text stands in it; where there is none to seek, that it is there.
    pub(super) fn text(input: &Input, relation: Relation, text: &str, case: Case) -> Self {
        if text.is_empty() {
            return Self::present(input);
        }
        let text = text.to_owned();
        Self { input: input.clone(), test: Test::Text { relation, text, case } }
    }

    /// Whether nearly every request meets it.
    pub(super) fn is_idle(&self) -> bool {
        match (&self.input, &self.test) {
            (Input::Header(name), Test::Present) => name.starts_with(':'),
            (Input::Path, Test::Present) => true,
            (Input::Path, Test::Text { text, .. }) => text == "/",
            (Input::Header(name), Test::Text { relation, text, .. }) => {
                name == ":path" && *relation != Relation::Exact && text == "/"
            }
            (Input::Query(_), _) => false,
        }
    }

    /// Whether every request that meets this one meets the `other` condition.
    pub(super) fn implies(&self, other: &Self) -> bool {
        if self.input != other.input {
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

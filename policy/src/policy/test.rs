//! Tests of one value: the operators of the language, their operands checked.

use crate::lookup::Lookup;
use crate::path::Path;
use crate::problem::{Code, Part, Problem, Problems};
use crate::regex::{Automaton, Case, Pattern, TooLarge};
use crate::spec::{self, Operator};

/// What is asked of a value. Operands of tests that ignore case are in lower case.
#[derive(Clone, Debug)]
pub enum Test {
    /// It is there.
    Present,
    /// It is one of these.
    OneOf {
        /// The values; at least one.
        values: Vec<Vec<u8>>,
        /// Whether ASCII case counts.
        case: Case,
    },
    /// A text stands in it.
    Text {
        /// Where.
        relation: Relation,
        /// The text, never empty.
        text: Vec<u8>,
        /// Whether ASCII case counts.
        case: Case,
    },
    /// The whole of it matches.
    Regex {
        /// The pattern.
        pattern: Pattern,
        /// As it was written.
        source: String,
        /// Whether ASCII case counts.
        case: Case,
    },
}

/// Where a text stands in a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Relation {
    /// At its start.
    Prefix,
    /// At its end.
    Suffix,
    /// Anywhere.
    Contains,
}

impl Relation {
    /// Whether `text` stands so in `value`.
    #[must_use]
    pub fn holds(self, value: &[u8], text: &[u8]) -> bool {
        match self {
            Self::Prefix => value.starts_with(text),
            Self::Suffix => value.ends_with(text),
            Self::Contains => text.is_empty() || value.windows(text.len()).any(|part| part == text),
        }
    }
}

impl Test {
    /// Reads a test that stands at `path`.
    pub(super) fn read(test: &spec::Test, path: &Path, problems: &mut Problems) -> Option<Self> {
        let case = if test.ignore_case { Case::Ignore } else { Case::Sensitive };
        let fold = |text: &str| match case {
            Case::Sensitive => text.as_bytes().to_vec(),
            Case::Ignore => text.to_ascii_lowercase().into_bytes(),
        };
        let mut text = |relation, name: &str, text: &str| {
            if text.is_empty() {
                let message = format!("an empty `{name}` matches every value");
                let problem = Problem::error(Code::Empty, &path.key(name), message);
                problems.add(problem.help("to test that there is a value, use `present: true`"));
                return None;
            }
            Some(Self::Text { relation, text: fold(text), case })
        };
        match &test.operator {
            Operator::Present(_) if test.ignore_case => {
                let at = path.key("ignoreCase");
                let message = "`ignoreCase` has no effect on `present`";
                problems.add(Problem::error(Code::OneOf, &at, message).about(Part::Key(0)));
                None
            }
            Operator::Present(_) => Some(Self::Present),
            Operator::Exact(value) => Some(Self::OneOf { values: vec![fold(value)], case }),
            Operator::Prefix(value) => text(Relation::Prefix, "prefix", value),
            Operator::Suffix(value) => text(Relation::Suffix, "suffix", value),
            Operator::Contains(value) => text(Relation::Contains, "contains", value),
            Operator::In(values) => read_in(values, path, problems)
                .then(|| Self::OneOf { values: values.iter().map(|v| fold(v)).collect(), case }),
            Operator::Regex(pattern) => read_regex(pattern, case, path, problems),
        }
    }
}

fn read_in(values: &[String], path: &Path, problems: &mut Problems) -> bool {
    let path = path.key("in");
    if values.is_empty() {
        problems.add(Problem::error(Code::Empty, &path, "`in` names at least one value"));
    }
    let mut taken = Lookup::default();
    for (index, value) in values.iter().enumerate() {
        if taken.get_or_insert(value.as_bytes(), index) < index {
            let message = format!("duplicate value `{value}`");
            problems.add(Problem::error(Code::DuplicateName, &path.index(index), message));
        }
    }
    !values.is_empty()
}

fn read_regex(pattern: &str, case: Case, path: &Path, problems: &mut Problems) -> Option<Test> {
    let path = path.key("regex");
    if pattern.is_empty() {
        let problem =
            Problem::error(Code::Empty, &path, "an empty `regex` matches only an empty value");
        problems.add(problem.help("write `exact: \"\"` instead"));
        return None;
    }
    match Pattern::parse(pattern, case) {
        Ok(parsed) => Some(Test::Regex { pattern: parsed, source: pattern.to_owned(), case }),
        Err(invalid) => {
            let problem = Problem::error(Code::InvalidRegex, &path, invalid.message);
            let problem = problem.about(Part::Within(invalid.range));
            problems.add(Problem { help: invalid.help, ..problem });
            None
        }
    }
}

/// Bytes of all automata of a Release. Typical ones take 0.1 to 7 KiB (measured).
pub(crate) const MAX_AUTOMATA: usize = 4 * 1024 * 1024;
/// Regexes that may be too large before no other is compiled: each takes a good millisecond.
const MAX_TOO_LARGE: usize = 100;
/// Regexes that are compiled: with more of them the worst request would cost too much, and so they would be refused.
pub(crate) const MAX_COMPILED: usize = 2000;

/// Compiles the regexes of a Release until they are too many, so that refusing a Release takes no longer than accepting
/// the largest one.
#[derive(Debug, Default)]
pub(crate) struct Automata {
    too_large: usize,
    compiled: usize,
    pub(crate) memory: usize,
}

impl Automata {
    /// The automaton of a regex that stands at `path`, unless it is too large, or too many of them were.
    pub(crate) fn compile(
        &mut self,
        pattern: &Pattern,
        path: &Path,
        problems: &mut Problems,
    ) -> Option<Automaton> {
        if self.is_spent() {
            return None;
        }
        let automaton = automaton_of(pattern, path, problems);
        match &automaton {
            Some(automaton) => {
                self.compiled = self.compiled.saturating_add(1);
                self.memory = self.memory.saturating_add(automaton.memory());
            }
            None => self.too_large = self.too_large.saturating_add(1),
        }
        automaton
    }

    /// Whether the Release is refused for its regexes already.
    fn is_spent(&self) -> bool {
        self.too_large >= MAX_TOO_LARGE
            || self.compiled >= MAX_COMPILED
            || self.memory > MAX_AUTOMATA
    }

    /// Whether there are more of them than can be of use.
    pub(crate) fn are_too_many(&self) -> bool {
        self.compiled >= MAX_COMPILED
    }
}

/// The automaton of a regex that stands at `path`, unless it is too large.
fn automaton_of(pattern: &Pattern, path: &Path, problems: &mut Problems) -> Option<Automaton> {
    let code = if cfg!(feature = "regex") { Code::RegexTooLarge } else { Code::Unsupported };
    let too_large = |large: TooLarge| {
        let problem = Problem::error(code, path, large.message);
        problems.add(problem.help(large.help));
    };
    Automaton::compile(pattern).map_err(too_large).ok()
}

/// Refuses tests that no path can pass.
pub(super) fn check_path(operator: &Operator, path: &Path, problems: &mut Problems) {
    let mut check = |at: Path, text: &str, relation: &str, rooted: bool| {
        let help = if text.contains(['?', '#']) {
            "a path is matched without its query: test that with `query`"
        } else if rooted && !text.starts_with('/') {
            "a path starts with `/`"
        } else {
            return;
        };
        let message = format!("no path {relation} `{text}`");
        problems.add(Problem::error(Code::NeverMatches, &at, message).help(help));
    };
    match operator {
        // `OPTIONS *` is the one request whose path is no path.
        Operator::Exact(text) => check(path.key("exact"), text, "is", text != "*"),
        Operator::In(texts) => {
            for (index, text) in texts.iter().enumerate() {
                check(path.key("in").index(index), text, "is", text != "*");
            }
        }
        Operator::Prefix(text) => check(path.key("prefix"), text, "starts with", true),
        Operator::Suffix(text) => check(path.key("suffix"), text, "ends with", false),
        Operator::Contains(text) => check(path.key("contains"), text, "contains", false),
        Operator::Present(_) | Operator::Regex(_) => {}
    }
}

//! Rules: which requests, and how they are split.

use super::name::{self, HeaderName};
use super::names::Names;
use super::share::Split;
use super::subject::Subject;
use super::test::{self, Automata, Test};
use super::{SubsetId, identity};
use crate::lookup::Lookup;
use crate::path::Path;
use crate::problem::{Code, Part, Problem, Problems};
use crate::regex::Plain;
use crate::spec;

/// Requests, and how they are split.
#[derive(Clone, Debug)]
pub struct Rule {
    pub(super) name: String,
    pub(super) blocks: Vec<Block>,
    pub(super) split: Split,
    pub(super) sticky: bool,
    pub(super) path: Path,
}

impl Rule {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// It takes the requests that meet all of any block.
    #[must_use]
    pub fn blocks(&self) -> &[Block] {
        &self.blocks
    }

    /// How they are split.
    #[must_use]
    pub fn split(&self) -> &Split {
        &self.split
    }

    /// Whether a user stays in a subset of the split.
    #[must_use]
    pub fn sticky(&self) -> bool {
        self.sticky
    }

    /// Where it is written.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// Conditions that must all hold.
#[derive(Clone, Debug)]
pub struct Block {
    /// The conditions, as written; at least one.
    pub conditions: Vec<Condition>,
    /// Where it is written.
    pub path: Path,
}

/// A test of one input.
#[derive(Clone, Debug)]
pub struct Condition {
    /// What is tested.
    pub subject: Subject,
    /// What is asked of it.
    pub test: Test,
    /// Whether it must hold or must not; the test of an absent input does not hold.
    pub holds: bool,
    /// Where it is written.
    pub path: Path,
}

impl Condition {
    /// What its regex says, where that is a look-up; none for one that takes the engine, and for other tests.
    #[must_use]
    pub fn plain(&self) -> Option<Plain> {
        match &self.test {
            Test::Regex { source, case, .. } => {
                Plain::read(source, *case, self.subject.is_raw_cookie())
            }
            _ => None,
        }
    }
}

/// Reads the rules; they are whole where `problems` still allow the Release.
pub(super) fn read(
    rules: &[spec::Rule],
    names: &Names,
    path: &Path,
    problems: &mut Problems,
) -> Vec<Rule> {
    let mut taken = Lookup::default();
    let mut read = Vec::new();
    for (index, rule) in rules.iter().enumerate() {
        let at = path.index(index);
        let first = taken.get_or_insert(rule.name.as_bytes(), index);
        read_name(&rule.name, first < index, &at.key("name"), problems);
        if rule.sticky == Some(true) && !names.identity {
            problems.add(identity::missing(&at.key("sticky")));
        }
        let split = Split::read(&rule.split, names, &at.key("split"), problems);
        let blocks = read_blocks(&rule.blocks, &at.key("match"), problems);
        // Where the split is a problem no policy is made: what stands in for it is never used.
        let split = split.unwrap_or_else(|| Split::all_to(SubsetId(0)));
        let sticky = rule.sticky.unwrap_or(names.sticky);
        read.push(Rule { name: rule.name.clone(), blocks, split, sticky, path: at });
    }
    read
}

/// Finds the regexes that are too large.
pub(super) fn check_regexes(rules: &[Rule], problems: &mut Problems) {
    let blocks = rules.iter().flat_map(Rule::blocks);
    let mut automata = Automata::default();
    for condition in blocks.flat_map(|block| &block.conditions) {
        if let Test::Regex { pattern, .. } = &condition.test
            && condition.plain().is_none()
            && pattern.literals().is_none()
        {
            automata.compile(pattern, &condition.path.key("regex"), problems);
        }
    }
}

fn read_name(rule: &str, taken: bool, path: &Path, problems: &mut Problems) {
    if !name::is_rule(rule) {
        let message = format!("`{rule}` cannot be the name of a rule");
        let help = "1 to 63 letters, digits, `-`, `_` and `.`: it becomes a metric label";
        problems.add(Problem::error(Code::InvalidName, path, message).help(help));
    } else if rule == name::DEFAULT_RULE {
        let message = "`default` is the name of the Release's own split";
        problems.add(Problem::error(Code::InvalidName, path, message).help("choose another"));
    } else if taken {
        let message = format!("another rule has the name `{rule}`");
        problems.add(Problem::error(Code::DuplicateName, path, message));
    }
}

fn read_blocks(blocks: &[spec::Block], path: &Path, problems: &mut Problems) -> Vec<Block> {
    if blocks.is_empty() {
        let problem = Problem::error(Code::Empty, path, "a rule has at least one block in `match`");
        problems.add(problem.help("to match every request, use the Release's own `split`"));
    }
    let mut read = Vec::new();
    for (index, block) in blocks.iter().enumerate() {
        let at = path.index(index);
        let mut conditions = Vec::new();
        read_conditions(&block.all, &at, true, &mut conditions, problems);
        let mut empty = block.all == spec::Conditions::default();
        if let Some(without) = &block.without {
            let at = at.key("without");
            if *without == spec::Conditions::default() {
                let message = "`without` names at least one condition";
                problems.add(Problem::error(Code::Empty, &at, message));
            }
            empty = false;
            read_conditions(without, &at, false, &mut conditions, problems);
        }
        if empty {
            let problem = Problem::error(Code::Empty, &at, "a block has at least one condition");
            problems.add(problem.help("to match every request, use the Release's own `split`"));
        }
        read.push(Block { conditions, path: at });
    }
    read
}

fn read_conditions(
    all: &spec::Conditions,
    path: &Path,
    holds: bool,
    conditions: &mut Vec<Condition>,
    problems: &mut Problems,
) {
    let mut add =
        |subject: Option<Subject>, test: &spec::Test, at: Path, problems: &mut Problems| {
            let read = Test::read(test, &at, problems);
            if subject == Some(Subject::Path) && read.is_some() {
                test::check_path(&test.operator, &at, problems);
            }
            // `present: false` is the test `present` that must not hold.
            let holds = holds != matches!(test.operator, spec::Operator::Present(false));
            if let (Some(subject), Some(test)) = (subject, read) {
                conditions.push(Condition { subject, test, holds, path: at });
            }
        };
    for (name, test) in all.cookies.iter() {
        let at = path.key("cookies").key(name);
        add(Subject::cookie(name, &at, Part::Key(0), problems), test, at, problems);
    }
    let mut headers = Lookup::default();
    for (index, (name, test)) in all.headers.iter().enumerate() {
        let at = path.key("headers").key(name);
        let header = HeaderName::read(name, &at, Part::Key(0), problems);
        let is_known =
            |header: &HeaderName| headers.get_or_insert(header.as_str().as_bytes(), index) < index;
        if header.as_ref().is_some_and(is_known) {
            let message = format!("header `{name}` is tested twice: names are case-insensitive");
            problems.add(Problem::error(Code::DuplicateName, &at, message).about(Part::Key(0)));
        }
        add(header.map(Subject::Header), test, at, problems);
    }
    for (name, test) in all.query.iter() {
        let at = path.key("query").key(name);
        add(Subject::query(name, &at, problems), test, at, problems);
    }
    for (key, test) in all.caller.iter() {
        let at = path.key("caller").key(key);
        add(Subject::caller(key, &at, problems), test, at, problems);
    }
    let fixed = [
        ("path", Subject::Path, &all.path),
        ("method", Subject::Header(HeaderName::method()), &all.method),
        ("authority", Subject::Header(HeaderName::authority()), &all.authority),
    ];
    for (name, subject, test) in fixed {
        if let Some(test) = test {
            add(Some(subject), test, path.key(name), problems);
        }
    }
}

//! Regexes over the raw `cookie` header that miss, or hit, what their authors do not think of.
//!
//! What a pattern is after is seen from a value that it matches: `name=value`. That very cookie is then put
//! where browsers put it, behind another one and a space, and between others whose names and values are longer.

use crate::policy::{Condition, Policy, Rule, Subject, Test};
use crate::problem::{Code, Problem};
use crate::regex::{Automaton, Pattern};

/// Warns of patterns that cannot match behind `; `, and of those that match other cookies.
pub(super) fn traps(policy: &Policy) -> Vec<Problem> {
    let blocks = policy.rules().iter().flat_map(Rule::blocks);
    blocks.flat_map(|block| &block.conditions).filter_map(trap).collect()
}

fn trap(condition: &Condition) -> Option<Problem> {
    let (Subject::Header(name), Test::Regex { pattern, .. }) =
        (&condition.subject, &condition.test)
    else {
        return None;
    };
    let cookie = (name.as_str() == "cookie").then(|| wanted_cookie(pattern)).flatten()?;
    let automaton = Automaton::compile(pattern).ok()?;
    let matches = |before: &str, after: &str| {
        automaton.is_match(&[before.as_bytes(), &cookie, after.as_bytes()].concat())
    };
    let shown = String::from_utf8_lossy(&cookie);
    let message = if !matches("", "") {
        return None;
    } else if !matches("a=b; ", "") {
        format!("this never matches behind another cookie: browsers send `a=b; {shown}`")
    } else if !matches("", "; a=b") {
        format!("this never matches before another cookie: browsers send `{shown}; a=b`")
    } else if matches("x", "") {
        format!("this also matches other cookies, such as `x{shown}`")
    } else if matches("", "0") && !open_ended(pattern, &cookie) {
        format!("this also matches other values, such as `{shown}0`")
    } else {
        return None;
    };
    let (name, value) = shown.split_once('=')?;
    let spelled_out = pattern.required().is_some_and(|r| r.literals.contains(&cookie));
    let test = if spelled_out { format!("{{exact: {value:?}}}") } else { "…".to_owned() };
    let help = format!("test the cookie itself, wherever it stands: `cookies: {{{name}: {test}}}`");
    Some(Problem::warning(Code::RegexTrap, &condition.path.key("regex"), message).help(help))
}

/// A cookie that the pattern matches alone.
fn wanted_cookie(pattern: &Pattern) -> Option<Vec<u8>> {
    let example = pattern.example()?;
    let equals = example.iter().position(|b| *b == b'=')?;
    let plain = example.iter().all(|b| b.is_ascii_graphic() && *b != b';');
    (equals > 0 && plain).then_some(example)
}

/// Whether the pattern leaves the end of the cookie's value open on purpose, as `version=v[0-9]+` does: then a
/// longer value is no surprise. A value that is spelled out to its end is not open.
fn open_ended(pattern: &Pattern, cookie: &[u8]) -> bool {
    let spelled_out = |literal: &Vec<u8>| cookie.ends_with(literal);
    !pattern.required().is_some_and(|required| required.literals.iter().any(spelled_out))
}

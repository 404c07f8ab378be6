//! Regexes over the raw `cookie` header that miss, or hit, what their authors do not think of.
//!
//! What a pattern is after is seen from a value that it matches: `name=value`. That very cookie is then put
//! where browsers put it, behind another one and a space, and between others whose names and values are longer.

use crate::policy::{Condition, Policy, Relation, Rule, Subject, Test};
use crate::problem::{Code, Problem};
use crate::regex::{Automaton, Case, Pattern, Required};

/// What people write before a cookie to find it anywhere in the header, and behind it; the longer ones first.
const BEFORE: &[&str] = &[
    r"^(.*?;\s*)?",
    r"^(.*;\s*)?",
    "^(.*?; ?)?",
    "^(.*; ?)?",
    "^(.*?;)?",
    "^(.*;)?",
    "^(.*;.?|)",
    r"(^|.*;\s*)",
    r"(^|;\s*)",
    "(^|.*; ?)",
    "(^|.*; )",
    "(^|; ?)",
    "(^|; )",
    "(^|;)",
    "(.*?;)?",
    "(.*;)?",
    "^.*?",
    "^.*",
    ".*?",
    ".*",
    "^",
];
const BEHIND: &[&str] = &["(;.*)?$", "(;.*|)$", "(;.*)?", "(;|$)", "($|;)", ".*$", ".*", "$"];

/// Warns of patterns that cannot match behind `; `, and of those that match other cookies.
pub(super) fn traps(policy: &Policy) -> Vec<Problem> {
    let blocks = policy.rules().iter().flat_map(Rule::blocks);
    blocks.flat_map(|block| &block.conditions).filter_map(trap).collect()
}

fn trap(condition: &Condition) -> Option<Problem> {
    let Subject::Header(name) = &condition.subject else { return None };
    if name.as_str() != "cookie" {
        return None;
    }
    let (at, message, cookie, is_spelled_out) = match &condition.test {
        Test::Regex { pattern, source, .. } => {
            let cookie = wanted_cookie(pattern)?;
            let message = miss(pattern, &cookie)?;
            let is_spelled_out = is_spelled_out(pattern, source, &cookie);
            (condition.path.key("regex"), message, cookie, is_spelled_out)
        }
        Test::OneOf { values, .. } => {
            let [cookie] = values.as_slice() else { return None };
            let shown = plain_cookie(cookie)?;
            let message = format!(
                "this matches only if no other cookie is sent: browsers send `a=b; {shown}`"
            );
            (condition.path.clone(), message, cookie.clone(), true)
        }
        Test::Text { relation: Relation::Prefix, text: cookie, .. } => {
            let shown = plain_cookie(cookie)?;
            let message =
                format!("this never matches after another cookie: browsers send `a=b; {shown}`");
            (condition.path.key("prefix"), message, cookie.clone(), false)
        }
        _ => return None,
    };
    let shown = String::from_utf8_lossy(&cookie);
    let (name, value) = shown.split_once('=')?;
    let test = match value {
        "" => "{present: true}".to_owned(),
        value if is_spelled_out => format!("{{exact: {value:?}}}"),
        _ => "…".to_owned(),
    };
    let help = format!("{ITSELF} `cookies: {{{name}: {test}}}`");
    Some(Problem::warning(Code::RegexTrap, &at, message).help(help))
}

/// What the help of a trap begins with.
pub const ITSELF: &str = "test the cookie itself, at any position:";

/// Where a pattern misses a cookie that it is after, or hits another.
fn miss(pattern: &Pattern, cookie: &[u8]) -> Option<String> {
    let automaton = Automaton::compile(pattern).ok()?;
    let matches = |before: &str, after: &str| {
        automaton.is_match(&[before.as_bytes(), cookie, after.as_bytes()].concat())
    };
    let shown = String::from_utf8_lossy(cookie);
    Some(if !matches("", "") {
        return None;
    } else if !matches("a=b; ", "") {
        format!("this never matches after another cookie: browsers send `a=b; {shown}`")
    } else if !matches("", "; a=b") {
        format!("this never matches before another cookie: browsers send `{shown}; a=b`")
    } else if matches("x", "") {
        format!("this also matches other cookies, such as `x{shown}`")
    } else if matches("", "0") && !open_ended(pattern, cookie) {
        format!("this also matches other values, such as `{shown}0`")
    } else {
        return None;
    })
}

/// A cookie that the pattern matches alone.
fn wanted_cookie(pattern: &Pattern) -> Option<Vec<u8>> {
    pattern.example().filter(|example| plain_cookie(example).is_some())
}

/// The text, where it is a cookie and nothing else.
fn plain_cookie(text: &[u8]) -> Option<String> {
    let equals = text.iter().position(|b| *b == b'=')?;
    let plain = text.iter().all(|b| b.is_ascii_graphic() && *b != b';');
    (equals > 0 && plain).then(|| String::from_utf8_lossy(text).into_owned())
}

/// Whether a pattern names a cookie and its value in full: without what stands around it to find it anywhere, it takes
/// no longer value.
fn is_spelled_out(pattern: &Pattern, source: &str, cookie: &[u8]) -> bool {
    let is_literal = |required: Required| required.literals.as_slice() == [cookie];
    let core = Pattern::parse(core(source), Case::Sensitive).ok();
    let core = core.and_then(|core| Automaton::compile(&core).ok());
    let takes_more = core.is_some_and(|core| core.is_match(&[cookie, b"0"].concat()));
    pattern.required().is_some_and(is_literal) && !takes_more
}

/// A regex without what people write around a cookie.
fn core(regex: &str) -> &str {
    let core = BEFORE.iter().find_map(|before| regex.strip_prefix(before)).unwrap_or(regex);
    BEHIND.iter().find_map(|behind| core.strip_suffix(behind)).unwrap_or(core)
}

/// Whether the pattern leaves the end of the cookie's value open on purpose, as `version=v[0-9]+` does: then a
/// longer value is no surprise. A value that is spelled out to its end is not open.
fn open_ended(pattern: &Pattern, cookie: &[u8]) -> bool {
    let spelled_out = |literal: &Vec<u8>| cookie.ends_with(literal);
    !pattern.required().is_some_and(|required| required.literals.iter().any(spelled_out))
}

/// The regex for the whole `cookie` header that its author meant: it finds the cookie wherever it stands, and no other;
/// none where what is meant cannot be told.
#[must_use]
pub fn whole_cookie(regex: &str) -> Option<String> {
    let pattern = Pattern::parse(regex, Case::Sensitive).ok()?;
    let cookie = wanted_cookie(&pattern)?;
    let shown = plain_cookie(&cookie)?;
    let core = if shown.ends_with('=') {
        format!("{}[^;]*", escape(&shown))
    } else if is_spelled_out(&pattern, regex, &cookie) {
        escape(&shown)
    } else {
        core(regex).to_owned()
    };
    let core =
        if core.contains('|') && !core.starts_with('(') { format!("({core})") } else { core };
    let whole = format!(r"^(.*;\s*)?{core}(\s*;.*)?$");
    let better = Pattern::parse(&whole, Case::Sensitive).ok()?;
    let automaton = Automaton::compile(&better).ok()?;
    let matches = |before: &str, after: &str| {
        automaton.is_match(&[before.as_bytes(), &cookie, after.as_bytes()].concat())
    };
    let finds =
        ["", "a=b; ", "a=b;"].iter().all(|b| ["", "; a=b", ";"].iter().all(|a| matches(b, a)));
    let is_found = finds && !matches("x", "") && !matches("a=b; x", "");
    is_found.then_some(whole)
}

/// A text as a regex that matches it.
#[must_use]
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        if r"\.+*?()|[]{}^$".contains(character) {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}

#[cfg(test)]
mod tests;

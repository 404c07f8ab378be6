//! Tests of the raw `cookie` header that miss, or hit, what their authors do not think of.
//!
//! What a test is after is seen from a value that passes it: `name=value`. That very cookie is then put where browsers
//! put it: alone, first, between others and last, a `;` and a blank between two cookies. So are cookies with a longer
//! name and with a longer value.

use crate::policy::{Condition, Policy, Relation, Rule, Subject, Test};
use crate::problem::{Code, Problem};
use crate::regex::{Automaton, Case, Pattern};

mod tried;

use tried::Tried;

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
/// What they write between these and the cookie.
const BETWEEN: &[&str] =
    &[r"\s*", r"\s+", r"\s", r"\b", "[; ]", "[ ;]", "[;,]", "; ?", "; *", ";", ",", " "];

/// Warns of tests that miss a cookie where browsers put it, and of those that hit others.
pub(super) fn traps(policy: &Policy) -> Vec<Problem> {
    let blocks = policy.rules().iter().flat_map(Rule::blocks);
    blocks.flat_map(|block| &block.conditions).filter_map(trap).collect()
}

fn trap(condition: &Condition) -> Option<Problem> {
    let Subject::Header(name) = &condition.subject else { return None };
    if name.as_str() != "cookie" {
        return None;
    }
    let (at, message, wanted, is_spelled_out) = match &condition.test {
        Test::Regex { pattern, source, .. } => {
            let wanted = wanted(pattern)?;
            let automaton = Automaton::compile(pattern).ok();
            let message = message(&wanted, &|header| match &automaton {
                Some(automaton) => automaton.is_match(header),
                None => pattern.matches(header),
            })?;
            let is_spelled_out = is_spelled_out(source, wanted.text.as_bytes());
            (condition.path.key("regex"), message, wanted, is_spelled_out)
        }
        Test::OneOf { values, case } => {
            let [cookie] = values.as_slice() else { return None };
            let wanted = Wanted { text: plain_cookie(cookie)?, is_open_ended: false };
            let message = message(&wanted, &|header| folded(header, *case) == *cookie)?;
            (condition.path.clone(), message, wanted, true)
        }
        Test::Text { relation, text, case } => {
            let (key, is_open) = match relation {
                Relation::Prefix => ("prefix", true),
                Relation::Suffix => ("suffix", false),
                Relation::Contains => ("contains", false),
            };
            let wanted = Wanted::of(text, is_open)?;
            let message = message(&wanted, &|header| relation.holds(&folded(header, *case), text))?;
            (condition.path.key(key), message, wanted, !is_open)
        }
        Test::Present => return None,
    };
    let help = match wanted.text.split_once('=') {
        Some((name, "")) => format!("{ITSELF} `cookies: {{{name}: {{present: true}}}}`"),
        Some((name, value)) if is_spelled_out => {
            format!("{ITSELF} `cookies: {{{name}: {{exact: {value:?}}}}}`")
        }
        Some((name, _)) => format!("{ITSELF} `cookies: {{{name}: …}}`"),
        None => "a Release can test one cookie by its name: `cookies: {NAME: …}`".to_owned(),
    };
    Some(Problem::warning(Code::RegexTrap, &at, message).help(help))
}

fn folded(header: &[u8], case: Case) -> Vec<u8> {
    match case {
        Case::Sensitive => header.to_vec(),
        Case::Ignore => header.to_ascii_lowercase(),
    }
}

/// What the help of a trap begins with.
pub const ITSELF: &str = "test the cookie itself, at any position:";

/// What a test is after.
#[derive(Debug)]
struct Wanted {
    /// `name=value`; or a text that may stand in either.
    text: String,
    /// Whether its value may go on.
    is_open_ended: bool,
}

impl Wanted {
    /// What a part of the header is after, between the separators around it.
    fn of(part: &[u8], is_open_ended: bool) -> Option<Self> {
        let text = trimmed(part);
        plain_text(text).map(|text| Self { text, is_open_ended })
    }

    fn is_cookie(&self) -> bool {
        self.text.find('=').is_some_and(|at| at > 0)
    }
}

/// What a pattern is after: of a header that it matches, the part that it requires.
fn wanted(pattern: &Pattern) -> Option<Wanted> {
    let example = pattern.likely_example().filter(|example| pattern.matches(example))?;
    let required = pattern.required()?;
    let is_required = |text: &[u8]| {
        let text = folded(text, required.case);
        required.literals.iter().any(|literal| {
            let literal = trimmed(literal);
            !literal.is_empty() && text.windows(literal.len()).any(|part| part == literal)
        })
    };
    let pieces = example.split(|byte| matches!(byte, b';' | b','));
    let pieces: Vec<String> = pieces.filter_map(|piece| plain_text(trimmed(piece))).collect();
    let required = pieces.iter().filter(|piece| is_required(piece.as_bytes()));
    let own = required.cloned().collect::<Vec<_>>().join("; ");
    // What asks for several cookies finds none of them alone.
    let all = pieces.join("; ");
    let is_found = |text: &str| tried::is_found(text, &|header| pattern.matches(header));
    let text = if !own.is_empty() && !is_found(&own) && is_found(&all) { all } else { own };
    (!text.is_empty()).then_some(Wanted { text, is_open_ended: false })
}

/// A text without what separates cookies.
fn trimmed(text: &[u8]) -> &[u8] {
    let is_separator = |byte: &u8| matches!(byte, b';' | b',' | b' ' | b'\t');
    let start = text.iter().position(|byte| !is_separator(byte)).unwrap_or(text.len());
    let end =
        text.iter().rposition(|byte| !is_separator(byte)).map_or(start, |at| at.saturating_add(1));
    text.get(start..end).unwrap_or_default()
}

/// The text, where it may be a cookie, or stand in one.
fn plain_text(text: &[u8]) -> Option<String> {
    let is_plain = text.iter().all(|b| b.is_ascii_graphic() && *b != b';');
    (text.len() > 1 && is_plain).then(|| String::from_utf8_lossy(text).into_owned())
}

/// The text, where it is a cookie and nothing else.
fn plain_cookie(text: &[u8]) -> Option<String> {
    plain_text(text).filter(|text| text.find('=').is_some_and(|at| at > 0))
}

/// Where a test misses a cookie that it is after, or hits others.
fn message(wanted: &Wanted, matches: &dyn Fn(&[u8]) -> bool) -> Option<String> {
    if wanted.is_cookie() {
        let is_open_ended = wanted.is_open_ended;
        Tried { cookie: &wanted.text, is_open_ended, matches }.message()
    } else {
        tried::text(&wanted.text, matches)
    }
}

/// Whether a pattern names a cookie and its value in full: without what stands around it to find it anywhere, it matches
/// that cookie and nothing else.
fn is_spelled_out(source: &str, cookie: &[u8]) -> bool {
    let core = Pattern::parse(core(source), Case::Sensitive).ok();
    core.and_then(|core| core.literals()).is_some_and(|all| all.as_slice() == [cookie])
}

/// A regex without what people write around a cookie.
fn core(regex: &str) -> &str {
    let core = BEFORE.iter().find_map(|before| regex.strip_prefix(before)).unwrap_or(regex);
    let mut core = BEHIND.iter().find_map(|behind| core.strip_suffix(behind)).unwrap_or(core);
    while let Some(rest) = BETWEEN.iter().find_map(|token| core.strip_prefix(token)) {
        core = rest;
    }
    let is_escaped = |rest: &str| rest.chars().rev().take_while(|c| *c == '\\').count() % 2 == 1;
    while let Some(rest) = BETWEEN.iter().find_map(|token| core.strip_suffix(token))
        && !is_escaped(rest)
    {
        core = rest;
    }
    core
}

/// The regex for the whole `cookie` header that its author meant: it finds the cookie wherever it stands, and no other;
/// none where what is meant cannot be told.
#[must_use]
pub fn whole_cookie(regex: &str) -> Option<String> {
    let pattern = Pattern::parse(regex, Case::Sensitive).ok()?;
    let shown = wanted(&pattern).filter(Wanted::is_cookie)?.text;
    let cookie = shown.as_bytes();
    let core = if shown.ends_with('=') {
        format!("{}[^;]*", escape(&shown))
    } else if is_spelled_out(regex, cookie) {
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
        automaton.is_match(&[before.as_bytes(), cookie, after.as_bytes()].concat())
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

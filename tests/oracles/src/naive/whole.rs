//! A regex of the dialect as the crate `regex` reads it: another compiler and another engine than Serin's automata.

use policy::regex::Case;
use regex::bytes::{Regex, RegexBuilder};

/// What RE2 means by `\s`; for the crate a vertical tab is white space, too.
const SPACE: &str = r"[\t\n\f\r ]";
const NO_SPACE: &str = r"[^\t\n\f\r ]";

/// Matches whole values against a pattern that is in the dialect.
///
/// # Panics
/// When the crate does not read the pattern.
#[must_use]
pub fn whole(pattern: &str, case: Case) -> Regex {
    let whole = format!("^(?:{})$", with_spaces_of_re2(pattern));
    RegexBuilder::new(&whole)
        .unicode(false)
        .case_insensitive(case == Case::Ignore)
        .build()
        .unwrap_or_else(|error| panic!("{pattern}: {error}"))
}

fn with_spaces_of_re2(pattern: &str) -> String {
    let mut written = String::with_capacity(pattern.len());
    let mut characters = pattern.chars();
    while let Some(character) = characters.next() {
        if character != '\\' {
            written.push(character);
            continue;
        }
        match characters.next() {
            Some('s') => written.push_str(SPACE),
            Some('S') => written.push_str(NO_SPACE),
            other => written.extend(std::iter::once('\\').chain(other)),
        }
    }
    written
}

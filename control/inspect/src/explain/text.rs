//! An explanation for people: the answer first, then how it came about, then what would change it.

mod draw;
mod rules;

use std::fmt::Write;

use anstyle::Style;
use document::report::Percent;
use document::report::text::{list, printable};
use policy::policy::DEFAULT_RULE;
use policy::program::Choice;

use super::change::{Change, changes};
use super::explanation::Explanation;
use super::request::shown;
use super::wording;

const ANSWER: Style = Style::new().bold();
const HEADING: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();

/// The characters of a path that are shown.
const MAX_PATH: usize = 100;

/// All about one request.
#[must_use]
pub fn render(explanation: &Explanation<'_>) -> String {
    let mut text =
        format!("{ANSWER}{}{ANSWER:#}\n{DIM}{}{DIM:#}\n", answer(explanation), line(explanation));
    rules::write(&mut text, explanation);
    draw::write(&mut text, explanation);
    let changes = changes(explanation);
    if !changes.is_empty() {
        put(&mut text, &format!("\n{HEADING}what would change it{HEADING:#}"));
    }
    for change in changes {
        put(&mut text, &format!("  {}", sentence(explanation, &change)));
    }
    text
}

/// `v2, by the rule staff`.
fn answer(explanation: &Explanation<'_>) -> String {
    let subset = printable(explanation.subset());
    let by = match explanation.rule() {
        DEFAULT_RULE => "by the split of the Release: no rule takes the request".to_owned(),
        rule => format!("by the rule {rule}"),
    };
    let how = match explanation.trace.choice {
        Choice::Random => " (by chance: each request is drawn anew)",
        Choice::Anonymous => " (nothing tells who the user is: stable)",
        Choice::Only(_) | Choice::User(_) => "",
    };
    format!("{subset}, {by}{how}")
}

/// `GET http://reviews/api/`.
#[must_use]
pub fn line(explanation: &Explanation<'_>) -> String {
    let part = |name| explanation.request.shown(name);
    let path = part(":path");
    let mut short: String = path.chars().take(MAX_PATH).collect();
    if short.len() < path.len() {
        short.push('…');
    }
    printable(&format!("{} {}://{}{short}", part(":method"), part(":scheme"), part(":authority")))
}

fn sentence(explanation: &Explanation<'_>, change: &Change<'_>) -> String {
    let name = |id| printable(explanation.policy.subset_name(id));
    match change {
        Change::Rule { name, unmet, .. } => {
            let unmet: Vec<String> = unmet.iter().map(wording::condition).collect();
            format!("the rule {name} would take it with {}", list(&unmet, "and"))
        }
        Change::Identity { any_of } => {
            let any_of: Vec<String> = any_of.iter().map(wording::subject).collect();
            format!("with {} the user would be drawn", list(&any_of, "or"))
        }
        Change::Joins { subset, from } => {
            format!("{} would get this user with {} or more", name(*subset), Percent::from(*from))
        }
        Change::Leaves { subset, below } => {
            format!(
                "{} would lose this user with less than {}",
                name(*subset),
                Percent::from(*below)
            )
        }
    }
}

/// A request of many, on one line.
#[must_use]
pub fn short(number: usize, explanation: &Explanation<'_>) -> String {
    let subset = printable(explanation.subset());
    format!("{number:>4}  {subset:<12}{:<20}{}\n", explanation.rule(), line(explanation))
}

/// An entry that is no request, on one line.
#[must_use]
pub fn passed_over(number: usize, reason: &str) -> String {
    let reason: String = reason.chars().take(MAX_PATH).collect();
    format!("{number:>4}  {DIM}passed over: {}{DIM:#}\n", printable(&reason))
}

/// How many entries were requests, before [`counted`] tells them apart.
#[must_use]
pub fn total(requests: usize, passed_over: usize) -> String {
    let plural = if requests == 1 { "" } else { "s" };
    let passed_over = match passed_over {
        0 => String::new(),
        number => format!("; {number} passed over"),
    };
    format!("\n{HEADING}{requests} request{plural}{HEADING:#}{passed_over}\n")
}

/// How many requests a rule sends to a subset, on one line.
#[must_use]
pub fn counted(count: usize, rule: &str, subset: &str) -> String {
    format!("{count:>4}  {:<12}{rule}\n", printable(subset))
}

/// A value of the request, as it is.
fn raw(value: &[u8]) -> String {
    super::quote::quoted(shown(value).as_bytes())
}

fn put(text: &mut String, line: &str) {
    // Writing to a String cannot fail.
    let _ = writeln!(text, "{line}");
}

//! An explanation for people: the answer first, then how it came about, then what would change it.

mod draw;
mod rules;

use std::collections::BTreeMap;

use document::report::Percent;
use document::report::style::{DIM, HEADING};
use document::report::table::{Column, Table};
use document::report::text::{list, printable, put};
use policy::policy::DEFAULT_RULE;
use policy::program::Choice;

use super::change::{Change, changes};
use super::explanation::Explanation;
use super::request::shown;
use super::wording;

/// The characters of a path that are shown.
const MAX_PATH: usize = 100;

/// All about one request.
#[must_use]
pub fn render(explanation: &Explanation<'_>) -> String {
    let mut text =
        format!("{HEADING}{}{HEADING:#}\n{DIM}{}{DIM:#}\n", answer(explanation), line(explanation));
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
        DEFAULT_RULE => "by the split of the Release: no rule matches the request".to_owned(),
        rule => format!("by the rule {rule}"),
    };
    let how = match explanation.trace.choice {
        Choice::Random => " (by chance: each request is drawn anew)",
        Choice::Anonymous => " (no identity in the request: stable)",
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
            format!("the rule {name} would match with {}", list(&unmet, "and"))
        }
        Change::Identity { any_of } => {
            let any_of: Vec<String> = any_of.iter().map(wording::subject).collect();
            format!("with {} the user would be drawn", list(&any_of, "or"))
        }
        Change::Joins { subset, from } => {
            format!("{} would get this user at {} or more", name(*subset), Percent::from(*from))
        }
        Change::Leaves { subset, below } => {
            format!("{} would lose this user below {}", name(*subset), Percent::from(*below))
        }
    }
}

/// A table of many requests, a line each.
#[must_use]
pub fn requests() -> Table {
    Table::new([
        Column::right("").at_least(4),
        Column::left("").at_least(10),
        Column::left("").at_least(18),
        Column::left(""),
    ])
}

/// Adds a request to it.
pub fn add_request(table: &mut Table, number: usize, explanation: &Explanation<'_>) {
    let subset = printable(explanation.subset());
    table.row([number.to_string(), subset, explanation.rule().to_owned(), line(explanation)]);
}

/// Adds an entry that is no request.
pub fn add_passed_over(table: &mut Table, number: usize, reason: &str) {
    let reason: String = reason.chars().take(MAX_PATH).collect();
    let reason = printable(&reason);
    table.text(format!("{number:>4}  {DIM}skipped: {reason}{DIM:#}"));
}

/// How many entries were requests, before [`counted`] tells them apart.
#[must_use]
pub fn total(requests: usize, passed_over: usize) -> String {
    let plural = if requests == 1 { "" } else { "s" };
    let passed_over = match passed_over {
        0 => String::new(),
        number => format!("; {number} skipped"),
    };
    format!("\n{HEADING}{requests} request{plural}{HEADING:#}{passed_over}\n")
}

/// How many requests a rule sends to a subset, a line each.
#[must_use]
pub fn counted(counts: &BTreeMap<(String, String), usize>) -> String {
    let columns = [Column::right("").at_least(4), Column::left("").at_least(10), Column::left("")];
    let mut table = Table::new(columns);
    for ((rule, subset), count) in counts {
        table.row([count.to_string(), printable(subset), rule.clone()]);
    }
    table.render()
}

/// A value of the request, as it is.
fn raw(value: &[u8]) -> String {
    super::quote::quoted(shown(value).as_bytes())
}

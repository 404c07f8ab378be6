//! What the demo found, for people: a table for each scenario, one for the shift, and what it all amounts to.

use std::time::Duration;

use document::report::style::{BAD, CANARY, DIM, GOOD, HEADING};
use document::report::table::{Cell, Column, Table};
use document::report::text::put;

use super::outcome::{Outcome, Played};
use super::shift::{Shifted, Step};
use super::tally::Row;
use crate::traffic::bar;
use crate::traffic::share::Share;

/// Everything; `elapsed` is how long it took.
#[must_use]
pub fn render(outcome: &Outcome, elapsed: Duration) -> String {
    let mut text = String::new();
    if !outcome.scenarios.is_empty() {
        text.push_str(&scenarios(&outcome.scenarios).render());
    }
    if let Some(shifted) = &outcome.shift {
        shift(&mut text, shifted);
    }
    verdict(&mut text, outcome, elapsed);
    text
}

/// All groups of all scenarios in one table: what is printed is to fit a screen.
fn scenarios(scenarios: &[Played]) -> Table {
    let mut table = Table::new([
        Column::left("group of users").at_least(36),
        Column::right("users").at_least(6),
        Column::left("nominal").at_least(13),
        Column::left("actual"),
        Column::right("requests"),
        Column::left("errors"),
    ]);
    table = table.indented(2);
    table.heads(DIM);
    for played in scenarios {
        let Played { name, host, stable, groups } = played;
        table.text(format!("{HEADING}{name}{HEADING:#}  {DIM}{host}{DIM:#}"));
        for row in groups {
            if let Some(cells) = group(row, stable) {
                table.row(cells);
            }
        }
    }
    table
}

fn group(row: &Row, stable: &str) -> Option<[Cell; 6]> {
    let (subset, share) = shown(row, stable)?;
    let mut errors: Vec<String> =
        row.errors.iter().map(|(kind, number)| format!("{number} {kind}")).collect();
    if row.moved > 0 {
        errors.push(format!("{} users moved", row.moved));
    }
    // One is enough: too few of a subset are too many of another.
    let others = row.subsets.iter().map(|(name, share)| (name.as_str(), share));
    let bad = std::iter::once((subset, share)).chain(others).find(|(_, share)| !share.is_ok());
    errors.extend(bad.map(|(name, share)| {
        format!("{} users on {name}, expected {}", share.users, share.expected())
    }));
    Some([
        row.group.as_str().into(),
        row.users.to_string().into(),
        format!("{subset} {} %", share.nominal).into(),
        bar::draw(share.actual, if subset == stable { DIM } else { CANARY }),
        row.requests.to_string().into(),
        faults(&errors),
    ])
}

/// The subset that tells most about a group: the one other than stable that was promised most, if any was.
fn shown<'a>(row: &'a Row, stable: &str) -> Option<(&'a str, &'a Share)> {
    let others = row.subsets.iter().filter(|(name, share)| *name != stable && share.nominal > 0.0);
    let most = others.max_by(|(_, one), (_, other)| one.nominal.total_cmp(&other.nominal));
    most.or_else(|| row.subsets.get_key_value(stable)).map(|(name, share)| (name.as_str(), share))
}

fn faults(faults: &[String]) -> Cell {
    if faults.is_empty() { "0".into() } else { Cell::styled(BAD, faults.join(", ")) }
}

fn shift(text: &mut String, shifted: &Shifted) {
    let Shifted { candidate, users, connections, .. } = shifted;
    let what = format!(
        "{} while Envoy runs: {users} users keep sending requests over {connections} open connections",
        shifted.scenario
    );
    put(text, &format!("{HEADING}shift{HEADING:#}  {DIM}{what}{DIM:#}"));
    let mut table = Table::new([
        Column::left("nominal").at_least(13),
        Column::left("actual"),
        Column::left("users moved").at_least(16),
        Column::left("connections"),
        Column::left("seen after").at_least(11),
        Column::right("requests"),
        Column::left("errors"),
    ]);
    table = table.indented(2);
    table.heads(DIM);
    for step in &shifted.steps {
        let (moved, seen) = changes(step, candidate);
        table.row([
            format!("{candidate} {} %", step.share.nominal).into(),
            bar::draw(step.share.actual, CANARY),
            moved.into(),
            format!("{} of {connections}", step.connections).into(),
            seen.into(),
            step.requests.to_string().into(),
            faults(&step_faults(shifted, step)),
        ]);
    }
    text.push_str(&table.render());
}

/// Who moved, and when the first and the last connection showed it.
fn changes(step: &Step, candidate: &str) -> (String, String) {
    match (step.first_millis, step.all_millis) {
        (Some(first), Some(all)) => {
            (format!("{} into {candidate}", step.moved), format!("{first} - {all} ms"))
        }
        _ => ("-".to_owned(), "-".to_owned()),
    }
}

fn step_faults(shifted: &Shifted, step: &Step) -> Vec<String> {
    let mut faults: Vec<String> =
        step.errors.iter().map(|(kind, number)| format!("{number} {kind}")).collect();
    if step.moved_wrongly > 0 {
        faults.push(format!("{} users moved elsewhere", step.moved_wrongly));
    }
    if !step.share.is_ok() {
        faults.push(format!("{} users, expected {}", step.share.users, step.share.expected()));
    }
    if step.connections != shifted.connections {
        faults.push(format!("{} connections broke", shifted.connections - step.connections));
    }
    faults
}

fn verdict(text: &mut String, outcome: &Outcome, elapsed: Duration) {
    let (requests, failed) = outcome.requests();
    let seconds = elapsed.as_secs_f64();
    if outcome.is_ok() {
        let found = format!(
            "{requests} requests, none failed; every user stayed, every share is as expected"
        );
        put(text, &format!("{GOOD}ok{GOOD:#}  {found} ({seconds:.1} s)"));
        return;
    }
    let found = format!("{requests} requests, {failed} failed; not everything is as expected");
    put(text, &format!("{BAD}failed{BAD:#}  {found} ({seconds:.1} s)"));
    for folder in &outcome.logs {
        put(text, &format!("  see `{}`", folder.display()));
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use anstream::adapter::strip_str;

    use super::*;
    use crate::traffic::binomial::ONE_IN_A_MILLION;

    fn outcome(errors: BTreeMap<String, u64>, moved: u64, canary: u64) -> Outcome {
        let shares = [("v1", 50.0, 1000 - canary), ("v2", 50.0, canary)];
        let shares = shares.map(|(name, nominal, users)| {
            (name.to_owned(), Share::new(nominal, users, 1000, ONE_IN_A_MILLION))
        });
        let row = Row {
            group: "people".to_owned(),
            users: 1000,
            subsets: BTreeMap::from(shares),
            requests: 3000,
            errors,
            moved,
        };
        let played = Played {
            name: "try".to_owned(),
            host: "reviews".to_owned(),
            stable: "v1".to_owned(),
            groups: vec![row],
        };
        Outcome { scenarios: vec![played], ..Outcome::default() }
    }

    fn lines(outcome: &Outcome) -> Vec<String> {
        let text = strip_str(&render(outcome, Duration::from_millis(1500))).to_string();
        text.lines().skip(1).map(ToOwned::to_owned).collect()
    }

    #[test]
    fn a_good_outcome_ends_well() {
        let people = "  people                                  1000  v2 50 %         51.0 % ██████████░░░░░░░░░░      3000  0";
        let ok =
            "ok  3000 requests, none failed; every user stayed, every share is as expected (1.5 s)";
        assert_eq!(lines(&outcome(BTreeMap::new(), 0, 510)), ["try  reviews", people, ok]);
    }

    #[test]
    fn everything_that_is_wrong_is_said() {
        let errors = BTreeMap::from([("status 503".to_owned(), 4)]);
        let lines = lines(&outcome(errors, 2, 400));
        let faults = "4 status 503, 2 users moved, 400 users on v2, expected 423 to 577";
        assert!(lines[1].ends_with(faults), "{}", lines[1]);
        assert_eq!(
            lines[2],
            "failed  3000 requests, 4 failed; not everything is as expected (1.5 s)"
        );
    }
}

//! What the demo found, for people: a table for each scenario, one for the shift, and what it all amounts to.

use std::fmt::Write;
use std::time::Duration;

use anstyle::{AnsiColor, Style};

use super::outcome::{Outcome, Played};
use super::shift::{Shifted, Step};
use super::tally::Row;
use crate::traffic::bar::{self, CANARY, DIM};
use crate::traffic::share::Share;

const HEADING: Style = Style::new().bold();
const BAD: Style = AnsiColor::Red.on_default().bold();
const GOOD: Style = AnsiColor::Green.on_default().bold();

/// Everything; `elapsed` is how long it took.
#[must_use]
pub fn render(outcome: &Outcome, elapsed: Duration) -> String {
    let mut text = String::new();
    if !outcome.scenarios.is_empty() {
        heads(&mut text);
    }
    for played in &outcome.scenarios {
        scenario(&mut text, played);
    }
    if let Some(shifted) = &outcome.shift {
        shift(&mut text, shifted);
    }
    verdict(&mut text, outcome, elapsed);
    text
}

/// The heads of the columns, once for all scenarios: what is printed is to fit a screen.
fn heads(text: &mut String) {
    let [nominal, actual] = ["nominal", "actual"];
    let head = format!(
        "  {:<38}{:>6}  {nominal:<15}{actual:<30}{:>8}  errors",
        "group of users", "users", "requests"
    );
    line(text, &format!("{DIM}{head}{DIM:#}"));
}

fn scenario(text: &mut String, played: &Played) {
    line(text, &format!("{HEADING}{}{HEADING:#}  {DIM}{}{DIM:#}", played.name, played.host));
    for row in &played.groups {
        group(text, row, &played.stable);
    }
}

fn group(text: &mut String, row: &Row, stable: &str) {
    let Some((subset, share)) = shown(row, stable) else { return };
    let Row { group, users, requests, .. } = row;
    let nominal = format!("{subset} {} %", share.nominal);
    let bar = bar::draw(share.actual, if subset == stable { DIM } else { CANARY });
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
    let errors = faults(&errors);
    line(text, &format!("  {group:<38}{users:>6}  {nominal:<15}{bar}{requests:>8}  {errors}"));
}

/// The subset that tells most about a group: the one other than stable that was promised most, if any was.
fn shown<'a>(row: &'a Row, stable: &str) -> Option<(&'a str, &'a Share)> {
    let others = row.subsets.iter().filter(|(name, share)| *name != stable && share.nominal > 0.0);
    let most = others.max_by(|(_, one), (_, other)| one.nominal.total_cmp(&other.nominal));
    most.or_else(|| row.subsets.get_key_value(stable)).map(|(name, share)| (name.as_str(), share))
}

fn faults(faults: &[String]) -> String {
    if faults.is_empty() { "0".to_owned() } else { format!("{BAD}{}{BAD:#}", faults.join(", ")) }
}

fn shift(text: &mut String, shifted: &Shifted) {
    let Shifted { candidate, users, connections, .. } = shifted;
    let what = format!(
        "{} goes on while Envoy runs: {users} users keep coming over {connections} connections that stay open",
        shifted.scenario
    );
    line(text, &format!("{HEADING}shift{HEADING:#}  {DIM}{what}{DIM:#}"));
    let [nominal, actual] = ["nominal", "actual"];
    let head = format!(
        "  {nominal:<15}{actual:<30}{:<18}{:<13}{:<13}{:>8}  errors",
        "users moved", "connections", "seen after", "requests"
    );
    line(text, &format!("{DIM}{head}{DIM:#}"));
    for step in &shifted.steps {
        let nominal = format!("{candidate} {} %", step.share.nominal);
        let bar = bar::draw(step.share.actual, CANARY);
        let (moved, seen) = changes(step, candidate);
        let followed = format!("{} of {connections}", step.connections);
        let errors = faults(&step_faults(shifted, step));
        let requests = step.requests;
        line(
            text,
            &format!(
                "  {nominal:<15}{bar}{moved:<18}{followed:<13}{seen:<13}{requests:>8}  {errors}"
            ),
        );
    }
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
            "{requests} requests, none failed; every user stayed, every share is as promised"
        );
        line(text, &format!("{GOOD}ok{GOOD:#}  {found} ({seconds:.1} s)"));
        return;
    }
    let found = format!("{requests} requests, {failed} failed; not everything is as promised");
    line(text, &format!("{BAD}failed{BAD:#}  {found} ({seconds:.1} s)"));
    for folder in &outcome.logs {
        line(text, &format!("  see `{}`", folder.display()));
    }
}

fn line(text: &mut String, line: &str) {
    // Writing to a String cannot fail.
    let _ = writeln!(text, "{line}");
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
            "ok  3000 requests, none failed; every user stayed, every share is as promised (1.5 s)";
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
            "failed  3000 requests, 4 failed; not everything is as promised (1.5 s)"
        );
    }
}

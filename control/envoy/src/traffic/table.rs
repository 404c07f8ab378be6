//! What was found, for people: a line for each version, and what it all amounts to.

use document::report::style::{BAD, CANARY, DIM, GOOD, HEADING};
use document::report::table::{Cell, Column, Table};
use document::report::text::{printable, put};

use super::bar;
use super::report::{Answered, Report};

/// Everything.
#[must_use]
pub fn render(report: &Report) -> String {
    let mut text = String::new();
    let Report { asked, requests, seconds, .. } = report;
    let users = match (asked.users, &asked.identity) {
        (Some(users), Some(identity)) => format!(" of {users} users ({})", printable(identity)),
        _ => String::new(),
    };
    let what =
        format!("{requests} requests{users} in {seconds:.1} s, {:.1} a second", rate(report));
    put(&mut text, &format!("{HEADING}{}{HEADING:#}  {DIM}{what}{DIM:#}", printable(&asked.url)));
    versions(&mut text, report);
    if let Some(latency) = report.latency {
        let (p50, p99, most) = (latency.p50_millis, latency.p99_millis, latency.most_millis);
        put(
            &mut text,
            &format!("  latency {p50:.1} ms (p50), {p99:.1} ms (p99), {most:.1} ms at most"),
        );
    }
    for (kind, number) in &report.errors {
        put(&mut text, &format!("  {BAD}{number} {kind}{BAD:#}"));
    }
    if report.unsaid > 0 {
        put(&mut text, &format!("  {} responses have no version", report.unsaid));
    }
    verdict(&mut text, report);
    text
}

#[expect(clippy::cast_precision_loss, reason = "no run sends 2^53 requests")]
fn rate(report: &Report) -> f64 {
    if report.seconds > 0.0 { report.requests as f64 / report.seconds } else { 0.0 }
}

fn versions(text: &mut String, report: &Report) {
    if report.versions.is_empty() {
        return;
    }
    let has_users = report.asked.identity.is_some();
    let mut table = Table::new([
        Column::left("answered by").at_least(12),
        Column::left("nominal").at_least(8),
        Column::left("actual"),
        Column::right(if has_users { "users" } else { "" }).at_least(7),
        Column::right("requests"),
    ]);
    table = table.indented(2);
    table.heads(DIM);
    let most = report.versions.values().map(|answered| answered.users).max();
    for (name, answered) in &report.versions {
        let Answered { requests, users, percent, expected } = answered;
        let nominal =
            expected.map(|expected| format!("{} %", expected.percent)).unwrap_or_default();
        let style = if Some(*users) == most { DIM } else { CANARY };
        let users = if has_users { users.to_string() } else { String::new() };
        table.row([
            printable(name).into(),
            nominal.into(),
            bar::draw(*percent, style),
            users.into(),
            Cell::from(requests.to_string()),
        ]);
    }
    text.push_str(&table.render());
}

fn verdict(text: &mut String, report: &Report) {
    let so_far = if report.interrupted { " until interrupted" } else { "" };
    if !report.ok {
        let problems: Vec<String> =
            report.problems.iter().map(|problem| printable(problem)).collect();
        put(text, &format!("{BAD}failed{BAD:#}  {}{so_far}", problems.join("; ")));
        return;
    }
    let moved = match (report.versions.is_empty(), &report.asked.identity, report.moved) {
        (true, ..) | (_, None, _) => String::new(),
        (_, _, 0) => "; every user stayed".to_owned(),
        (_, _, moved) => format!("; {moved} users were answered by more than one version"),
    };
    let shares = if report.asked.expect.is_empty() { "" } else { "; every share is as expected" };
    put(text, &format!("{GOOD}ok{GOOD:#}  no request failed{moved}{shares}{so_far}"));
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::time::Duration;

    use anstream::adapter::strip_str;

    use super::*;
    use crate::traffic::fault::Fault;
    use crate::traffic::load::Seen;
    use crate::traffic::report::Asked;
    use crate::traffic::tally::Tally;

    fn report(expect: f64, fails: bool) -> Report {
        let mut tally = Tally::new(Some(10));
        for user in 0..10 {
            let name = if user < 3 { "v2" } else { "v1" };
            let answered = if fails && user == 9 {
                Err(Fault::Status(503))
            } else {
                Ok(Some(name.to_owned()))
            };
            tally.see(Seen { user, answered, latency: Duration::from_micros(1500) });
        }
        let asked = Asked {
            url: "http://shop/".to_owned(),
            rate: 20.0,
            identity: Some("cookie=id".to_owned()),
            users: Some(10),
            expect: BTreeMap::from([("v2".to_owned(), expect)]),
            ..Asked::default()
        };
        Report::new(asked, &tally, 0.5, false)
    }

    fn lines(report: &Report) -> Vec<String> {
        strip_str(&render(report)).to_string().lines().map(ToOwned::to_owned).collect()
    }

    #[test]
    fn who_answered_is_said_line_by_line() {
        let expected = [
            "http://shop/  10 requests of 10 users (cookie=id) in 0.5 s, 20.0 a second",
            "  answered by   nominal   actual                          users  requests",
            "  v1                       70.0 % ██████████████░░░░░░        7         7",
            "  v2            30 %       30.0 % ██████░░░░░░░░░░░░░░        3         3",
            "  latency 1.5 ms (p50), 1.5 ms (p99), 1.5 ms at most",
            "ok  no request failed; every user stayed; every share is as expected",
        ];
        assert_eq!(lines(&report(30.0, false)), expected);
    }

    #[test]
    fn what_is_wrong_ends_it() {
        let lines = lines(&report(100.0, true));
        assert_eq!(lines[5], "  1 status 503");
        assert_eq!(lines[6], "failed  1 of 10 requests failed; 3 of 9 users on v2, expected 9");
    }
}

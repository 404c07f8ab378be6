//! Estimates against the rows of the committed results that they were not taken from, or not alone: composition is
//! what is tried here.

use std::collections::BTreeMap;
use std::fs;

use inspect::cost::primitives::MEASURED;
use inspect::cost::{Assumed, Estimate, Kind, Primitives, RouteMode};
use istio::render::mode::Mode;
use policy::Checked;
use serde_json::{Value, json};
use serin_harness::measured;

use crate::readme::repository;

/// How far an estimate may be from what was measured, in percent.
const TOLERANCE: f64 = 10.0;

/// Added instructions by row, rules and request; none where no results are committed.
fn rows() -> Option<BTreeMap<(String, usize, String), f64>> {
    let file = repository().join("benches/results").join(MEASURED).join("envoy.csv");
    let text = fs::read_to_string(file).ok()?;
    let rows = text.lines().skip(1).map(|line| {
        let fields = fields(line);
        let key = (fields[1].clone(), fields[2].parse().unwrap(), fields[3].clone());
        (key, fields[6].parse().unwrap())
    });
    Some(rows.collect())
}

/// The fields of a line; those with commas in them are quoted.
fn fields(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut is_quoted = false;
    for character in line.chars() {
        match character {
            '"' => is_quoted = !is_quoted,
            ',' if !is_quoted => fields.push(String::new()),
            _ => fields.last_mut().unwrap().push(character),
        }
    }
    fields
}

/// A row, its number of rules, the Release that it measures, and how that is rendered.
type Compared = (&'static str, usize, Checked, fn(&Checked) -> RouteMode);

/// What is compared.
fn compared() -> Vec<Compared> {
    let release = |fields: &Value| measured::checked("held", fields).unwrap();
    let exact = |count| release(&measured::exact(count));
    let by_header: fn(&Checked) -> RouteMode =
        |r| RouteMode::of_mesh(Mode::ClusterHeader, &r.policy);
    let by_state: fn(&Checked) -> RouteMode = |r| RouteMode::of_mesh(Mode::Matcher, &r.policy);
    let in_rules: fn(&Checked) -> RouteMode =
        |r| RouteMode::of_mesh(Mode::VirtualService, &r.policy);
    let gated: fn(&Checked) -> RouteMode = |r| RouteMode::of_envoy(&r.policy);
    let regexes = |count, pattern: &dyn Fn(usize) -> String| {
        let test = |number| json!({ "cookies": { "version": { "regex": pattern(number) } } });
        release(&measured::rules(count, test))
    };
    let mut counting = measured::exact(1);
    counting["counters"] = json!(true);
    let mut five = measured::exact(1);
    five["subsets"] = measured::subsets(5);
    five["rules"][0]["split"] = json!({ "v2": 99.96, "v3": 0.01, "v4": 0.01, "v5": 0.01 });
    let mut all = vec![
        ("serin, gated, by filter state", 1, exact(1), gated),
        ("serin, gated as in virtual-service mode", 1, exact(1), in_rules),
        ("serin, counted", 1, release(&counting), by_state),
        ("part: one rule, split five ways", 1, release(&five), by_state),
        ("part: one rule, longer cookies", 1, exact(1), by_state),
    ];
    let several = [
        json!({ "cookies": { "version": { "exact": "v2" } } }),
        json!({ "headers": { "x-user": { "exact": "john" } } }),
    ];
    let several = release(&measured::rules(2, |number| several[number - 1].clone()));
    all.push(("serin, rules about a cookie and a header", 2, several, by_state));
    for count in [1, 1000] {
        all.push(("serin, by header", count, exact(count), by_header));
        all.push(("serin, by filter state", count, exact(count), by_state));
    }
    for count in [1, 10, 100] {
        let literal = regexes(count, &|number| measured::with_literal(number, count));
        all.push(("serin, cookie regexes with a literal", count, literal, by_state));
        let automata = regexes(count, &|number| measured::without_literal(number, count));
        all.push(("serin, cookie regexes without a literal", count, automata, by_state));
    }
    let searched = regexes(1, &|_| "v[0-9]+-build[a-z]*".to_owned());
    all.push(("part: one regex, its literal missing", 1, searched, by_state));
    let scanned = regexes(1, &|_| "[A-Za-z0-9]*[A-Z]".to_owned());
    all.push(("part: one regex without a literal", 1, scanned, by_state));
    all
}

/// The class that a measured request is of, and its bytes of cookies, of the value that is asked for, and headers.
fn requests() -> [(&'static str, Kind, [usize; 3]); 9] {
    [
        ("default", Kind::Default, [147, 2, 3]),
        ("canary", Kind::Canary, [147, 2, 3]),
        ("unnamed", Kind::Gated, [147, 2, 3]),
        ("no cookie", Kind::NoCookie, [147, 2, 3]),
        ("browser", Kind::Default, [147, 2, 16]),
        ("cookies of 1147 B", Kind::Default, [1147, 2, 3]),
        ("cookies of 4147 B", Kind::Default, [4147, 2, 3]),
        ("value of 1002 B", Kind::Default, [1147, 1002, 3]),
        ("value of 4002 B", Kind::Default, [4147, 4002, 3]),
    ]
}

#[test]
fn estimates_are_what_the_bench_measured() {
    let Some(measured) = rows() else { return };
    let primitives = Primitives::measured().unwrap();
    let (mut wrong, mut tried) = (Vec::new(), 0);
    for (row, rules, release, route_mode) in compared() {
        for (request, kind, [cookie_bytes, value_bytes, headers]) in requests() {
            let key = (row.to_owned(), rules, request.to_owned());
            let Some(added) = measured.get(&key) else { continue };
            let assumed = Assumed { cookie_bytes, value_bytes, headers };
            let estimate = Estimate::of(&release, route_mode(&release), assumed, &primitives);
            let Some(class) = estimate.dearest(kind) else { continue };
            let off = (class.total() / added - 1.0) * 100.0;
            tried += 1;
            if off.abs() > TOLERANCE {
                wrong.push(format!(
                    "{row}, {rules}, {request}: {:.0} estimated, {added} measured, {off:+.1} %",
                    class.total()
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(tried >= 25, "only {tried} rows were compared");
}

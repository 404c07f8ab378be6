//! Serin as it is rendered, with few rules and with many.

use serde_json::{Value, json};

use super::COUNTS;
use crate::bootstrap::{self, By};
use crate::options::Options;
use crate::release::{self, CANARY, STABLE};
use crate::request::Request;
use crate::row::Scene;

/// Rows.
pub(crate) const HEADER: &str = "serin, by header";
pub(crate) const STATE: &str = "serin, by filter state";
pub(crate) const REGEX: &str = "serin, cookie regexes with a literal";
pub(crate) const AUTOMATA: &str = "serin, cookie regexes without a literal";
pub(crate) const RAW: &str = "serin, regexes on the cookie header";
pub(crate) const COUNTED: &str = "serin, counted";
pub(crate) const SEVERAL: &str = "serin, rules about a cookie and a header";
pub(crate) const ROUTES_HEADER: &str = "part: routes by header, no filter";
pub(crate) const ROUTES_STATE: &str = "part: routes by filter state, no filter";
pub(crate) const NO_DRAW: &str = "part: one rule, no draw";
pub(crate) const FIVE_WAYS: &str = "part: one rule, split five ways";
pub(crate) const ONE_LITERAL: &str = "part: one regex, its literal missing";
pub(crate) const ONE_AUTOMATON: &str = "part: one regex without a literal";
pub(crate) const TWO_AUTOMATA: &str = "part: two regexes without a literal";
pub(crate) const LONGER: &str = "part: one rule, longer cookies";

pub(super) type Requests = Vec<(Request, &'static str)>;

/// What a Release's own users send, and all others.
pub(super) fn all_users() -> Requests {
    vec![
        (Request::default(), STABLE),
        (Request::canary(), CANARY),
        (Request::unnamed(), STABLE),
        (Request::no_cookie(), STABLE),
        (Request::other_host(), STABLE),
    ]
}

/// Those only whom the filter must look at.
fn looked_at() -> Requests {
    vec![(Request::default(), STABLE), (Request::canary(), CANARY)]
}

/// One rule and many, the decision a header.
pub(crate) fn by_header(scene: &mut Scene, options: &Options) -> anyhow::Result<()> {
    let release = |rules| release::checked("header", &release::exact(rules));
    for rules in [1, 1000] {
        let listener = bootstrap::serin(&release(rules)?, By::Header, &options.modules())?;
        scene.add((HEADER, rules), listener, all_users());
    }
    let mut routes = bootstrap::serin(&release(1)?, By::Header, &options.modules())?;
    bootstrap::without_filters(&mut routes)?;
    scene.add((ROUTES_HEADER, 1), routes, vec![(Request::default(), STABLE)]);
    Ok(())
}

/// One rule and many, the decision filter state.
pub(crate) fn by_filter_state(scene: &mut Scene, options: &Options) -> anyhow::Result<()> {
    for rules in COUNTS {
        let requests = if matches!(rules, 1 | 1000) { all_users() } else { looked_at() };
        scene.add((STATE, rules), state(&release::exact(rules), options)?, requests);
    }
    let mut routes = state(&release::exact(1), options)?;
    bootstrap::without_filters(&mut routes)?;
    scene.add((ROUTES_STATE, 1), routes, vec![(Request::default(), STABLE)]);

    // What differs from one rule in one thing each.
    let rule = |split: Value| {
        let test = json!({ "cookies": { "version": { "exact": CANARY } } });
        json!([{ "name": "r1", "match": [test], "split": split }])
    };
    let no_draw = json!({ "rules": rule(json!({ (CANARY): 100 })) });
    scene.add((NO_DRAW, 1), state(&no_draw, options)?, vec![(Request::canary(), CANARY)]);
    let split = json!({ (CANARY): 99.96, "v3": 0.01, "v4": 0.01, "v5": 0.01 });
    let five = json!({ "subsets": release::subsets(5), "rules": rule(split) });
    scene.add((FIVE_WAYS, 1), state(&five, options)?, vec![(Request::canary(), CANARY)]);
    let longer = vec![
        (Request::padded("cookies of 1147 B", 1000), STABLE),
        (Request::padded("cookies of 4147 B", 4000), STABLE),
        (Request::long_value("value of 1002 B", 1000), STABLE),
        (Request::long_value("value of 4002 B", 4000), STABLE),
        (Request::browser(), STABLE),
    ];
    scene.add((LONGER, 1), state(&release::exact(1), options)?, longer);
    Ok(())
}

/// One regex and many, on the value of one cookie; the decision filter state.
pub(crate) fn regexes(scene: &mut Scene, options: &Options) -> anyhow::Result<()> {
    let listener = |patterns: &dyn Fn(usize) -> String, rules| {
        let test = |number| json!({ "cookies": { "version": { "regex": patterns(number) } } });
        state(&release::rules(rules, test), options)
    };
    for rules in COUNTS {
        let with = listener(&|number| release::with_literal(number, rules), rules)?;
        scene.add((REGEX, rules), with, looked_at());
        let without = listener(&|number| release::without_literal(number, rules), rules)?;
        scene.add((AUTOMATA, rules), without, looked_at());
    }
    // A literal that is looked for and not there, and automata that look at every byte.
    for (name, patterns) in [
        (ONE_LITERAL, ["v[0-9]+-build[a-z]*"].as_slice()),
        (ONE_AUTOMATON, &["[A-Za-z0-9]*[A-Z]"]),
        (TWO_AUTOMATA, &["[A-Za-z0-9]*[A-Z]", "[A-Za-z0-9]*[B-Z]"]),
    ] {
        let pattern =
            |number: usize| patterns.get(number - 1).copied().unwrap_or_default().to_owned();
        let lengths = [
            (Request::long_value("value of 1002 B", 1000), STABLE),
            (Request::long_value("value of 4002 B", 4000), STABLE),
        ];
        scene.add((name, patterns.len()), listener(&pattern, patterns.len())?, lengths);
    }
    Ok(())
}

/// The listener of a Release with these fields, decisions as filter state.
pub(super) fn state(fields: &Value, options: &Options) -> anyhow::Result<Value> {
    let release = release::checked("filter-state", fields)?;
    bootstrap::serin(&release, By::FilterState, &options.modules())
}

/// A rule about a cookie and one about a header, so that all headers are read at once; the decision filter state.
pub(crate) fn several_headers(scene: &mut Scene, options: &Options) -> anyhow::Result<()> {
    let tests = [
        json!({ "cookies": { "version": { "exact": CANARY } } }),
        json!({ "headers": { "x-user": { "exact": "john" } } }),
    ];
    let test = |number: usize| tests.get(number - 1).cloned().unwrap_or_default();
    let requests = [
        (Request::default(), STABLE),
        (Request::canary(), CANARY),
        (Request::no_cookie(), STABLE),
        (Request::browser(), STABLE),
    ];
    scene.add((SEVERAL, 2), state(&release::rules(2, test), options)?, requests);
    Ok(())
}

/// One rule with counters.
pub(crate) fn counted(scene: &mut Scene, options: &Options) -> anyhow::Result<()> {
    let mut fields = release::exact(1);
    fields["counters"] = json!(true);
    let release = release::checked("counted", &fields)?;
    let listener = bootstrap::serin(&release, By::FilterState, &options.modules())?;
    scene.add((COUNTED, 1), listener, all_users());
    Ok(())
}

/// The regexes of [`super::native`], as `serin import` takes them over: on the raw header.
pub(crate) fn raw_header(scene: &mut Scene, options: &Options) -> anyhow::Result<()> {
    for rules in COUNTS {
        let fields = release::rules(rules, |number| {
            let cookie = release::cookie(number, rules);
            let regex = format!(r"^(.*?;)?(\s*{cookie}={CANARY})(;.*)?$");
            json!({ "headers": { "cookie": { "regex": regex } } })
        });
        let release = match release::checked("raw", &fields) {
            Ok(release) => release,
            Err(refusal) => {
                scene.refuse((RAW, rules), &refusal);
                continue;
            }
        };
        let listener = bootstrap::serin(&release, By::FilterState, &options.modules())?;
        let requests = if rules == 1 { all_users() } else { looked_at() };
        scene.add((RAW, rules), listener, requests);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_thousand_patterns_all_differ_and_need_an_automaton_each() {
        for pattern in [release::with_literal, release::without_literal] {
            let all: BTreeSet<String> = (1..=1000).map(|number| pattern(number, 1000)).collect();
            assert_eq!(all.len(), 1000);
            for pattern in all {
                let test = |_| json!({ "cookies": { "version": { "regex": pattern } } });
                let release = release::checked("filter-state", &release::rules(1, test)).unwrap();
                assert!(release.program.memory() > 0, "{pattern} is a list of values");
            }
        }
    }
}

//! The results as a page: what was measured on, the tables, and what to read out of them.

use std::fmt::Write;

use super::table::{markdown, thousands};
use super::{Results, primitives::Primitive};
use crate::figures::Figures;
use crate::scenes::{COUNTS, lua, native, serin};
use crate::wall::Quartiles;

/// The columns of the second table: requests, by their names.
const CLASSES: [&str; 5] = ["default", "canary", "unnamed", "no cookie", "other host"];

/// What the names of rows begin with that are there to be subtracted from others.
const PART: &str = "part:";

/// The page.
pub(crate) fn text(
    machine: &[(&'static str, String)],
    results: &Results,
    primitives: &[Primitive],
) -> String {
    let mut text = "# What Serin costs in Envoy\n\n\
        Made by `make bench-envoy`. Instructions per request over a plain route in the same process, counted by callgrind \
        on one worker: exact numbers of requests over four kept-alive HTTP/1.1 connections, warm-up not counted, idle \
        subtracted, an Envoy with direct responses behind it. 147 bytes of cookies, the one that decides last; of many rules \
        the last one matches.\n\n\
        `default`: the cookie has another value, so that the request stays on the default. `canary`: the (last) rule takes it. \
        `unnamed`: cookies, but none that a rule asks for. `no cookie`: none at all. `other host`: another virtual host of \
        the same listener.\n\n"
        .to_owned();
    for (name, value) in machine {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "* {name}: {value}");
    }
    for line in &results.left_out {
        let _ = writeln!(text, "* left out: {line}");
    }
    text.push_str("\n![Cost against the number of rules](envoy.svg)\n\n");
    text.push_str(&tables(results));
    if !primitives.is_empty() {
        text.push_str("## Parts\n\n");
        let rows = primitives.iter().map(|part| {
            let value = format!("{:.1}", part.instructions);
            vec![part.name.to_owned(), value, part.per.to_owned(), part.what.to_owned()]
        });
        text.push_str(&markdown(
            &owned(&["part", "instructions", "per", "what it is"]),
            &rows.collect::<Vec<_>>(),
        ));
    }
    text
}

/// The tables without what is around them, for the terminal too.
pub(crate) fn tables(results: &Results) -> String {
    let figures = &results.figures;
    let mut text = String::new();
    section(&mut text, "Rules: a canary request", &by_rules(figures, "canary"));
    section(&mut text, "Rules: a default request", &by_rules(figures, "default"));
    section(&mut text, "Requests", &by_class(figures));
    section(&mut text, "Others", &others(figures));
    for other in [native::REGEX, native::COOKIES, lua::PATTERNS] {
        if let Some(rules) = figures.passed(other, serin::STATE, "canary") {
            let rules = rules.ceil();
            // Writing to a String cannot fail.
            let _ = writeln!(
                text,
                "* A canary request costs more by `{other}` than by `{}` from {rules:.0} {} on.",
                serin::STATE,
                if rules < 2.0 { "rule" } else { "rules" }
            );
        }
    }
    text.push('\n');
    section(&mut text, "Time", &times(results));
    section(&mut text, "Start", &starts(results));
    text
}

fn section(text: &mut String, title: &str, body: &str) {
    if !body.is_empty() {
        let _ = write!(text, "## {title}\n\n{body}\n");
    }
}

/// Rows that were measured with several numbers of rules.
fn by_rules(figures: &Figures, request: &str) -> String {
    let mut rows = Vec::new();
    for name in figures.names() {
        let found = figures.by_rules(name, request);
        if found.len() > 1 {
            let cell = |rules: &usize| {
                let found = found.iter().find(|(known, _)| known == rules);
                found.map_or_else(|| "-".to_owned(), |(_, added)| thousands(*added))
            };
            rows.push([vec![name.to_owned()], COUNTS.iter().map(cell).collect()].concat());
        }
    }
    let counts =
        COUNTS.map(|rules| if rules == 1 { "1 rule".to_owned() } else { rules.to_string() });
    table(&[vec!["row".to_owned()], counts.to_vec()].concat(), &rows)
}

/// Rows with few rules, by request.
fn by_class(figures: &Figures) -> String {
    let mut rows = Vec::new();
    for name in figures.names().into_iter().filter(|name| !name.starts_with(PART)) {
        for rules in COUNTS {
            let cells = CLASSES.map(|request| {
                figures.added(name, rules, request).map_or_else(|| "-".to_owned(), thousands)
            });
            let measured = cells.iter().filter(|cell| *cell != "-").count();
            if measured > 2 && (rules == 1 || rules == 1000) {
                rows.push([vec![format!("{name}, {rules}")], cells.to_vec()].concat());
            }
        }
    }
    table(&[owned(&["row, rules"]), owned(&CLASSES)].concat(), &rows)
}

/// Everything else.
fn others(figures: &Figures) -> String {
    let is_other = |figure: &&crate::figures::Figure| {
        !CLASSES.contains(&figure.row.request.name) || figure.row.name.starts_with(PART)
    };
    let rows: Vec<_> = figures
        .0
        .iter()
        .filter(is_other)
        .map(|figure| {
            let row = &figure.row;
            let cells = [
                row.rules.to_string(),
                row.request.name.to_owned(),
                thousands(figure.added()),
                format!("{:.0}", figure.spread),
            ];
            [vec![row.name.to_owned()], cells.to_vec()].concat()
        })
        .collect();
    table(&owned(&["row", "rules", "request", "added", "±"]), &rows)
}

fn times(results: &Results) -> String {
    let Some(times) = &results.times else { return String::new() };
    let ratio = |Quartiles { lower, median, upper }| format!("{median:.3} ({lower:.3}-{upper:.3})");
    let rows: Vec<_> = times
        .rows
        .iter()
        .map(|timed| {
            let row = &timed.row;
            vec![row.to_string(), ratio(timed.p50), ratio(timed.p99), ratio(timed.throughput)]
        })
        .collect();
    format!(
        "Without callgrind: ratios to the plain route in the same of {} interleaved rounds, the median and what half of the \
         rounds lie between. Plain: p50 {:.0} µs on one connection, {:.0} requests a second on four; client, Envoy and upstream \
         share the machine.\n\n{}",
        times.rounds,
        times.plain_p50 * 1e6,
        times.plain_throughput,
        table(&owned(&["row", "p50", "p99", "throughput"]), &rows)
    )
}

fn starts(results: &Results) -> String {
    let Some(plain) = results.starts.first() else { return String::new() };
    let mebibytes = |kibibytes: f64| format!("{:.1}", kibibytes / 1024.0);
    let rows: Vec<_> = results
        .starts
        .iter()
        .map(|start| {
            let one =
                |name| results.starts.iter().find(|one| one.rules == 1 && Some(one.name) == name);
            let configure = one(start.over).map_or_else(
                || "-".to_owned(),
                |one| format!("{:.0} ms", (start.worker - one.worker) * 1e3),
            );
            vec![
                format!("{}, {}", start.name, start.rules),
                mebibytes(start.rss),
                mebibytes(start.rss - plain.rss),
                format!("{:.2} s", start.cpu),
                configure,
            ]
        })
        .collect();
    format!(
        "Memory of the whole process with one worker, in MiB, after 400 requests. To configure: what the worker's thread worked \
         more than with one rule and the same module until it took requests; each virtual machine (a worker's, and one of the main thread) does it once.\n\n{}",
        table(
            &owned(&["row, rules", "RSS", "over plain", "CPU until ready", "to configure"]),
            &rows
        )
    )
}

fn table(head: &[String], rows: &[Vec<String>]) -> String {
    if rows.is_empty() { String::new() } else { markdown(head, rows) }
}

fn owned(cells: &[&str]) -> Vec<String> {
    cells.iter().map(|cell| (*cell).to_owned()).collect()
}

//! What checks found, as a table.

use document::report::Portion;
use document::report::style::DIM;
use document::report::table::{Column, Table};
use document::report::text::printable;
use rollout::Found;
use rollout::found::{Counted, Evidence};

/// A row for each check; the columns of counts have the names of the subsets.
pub(super) fn table<'f>(
    candidate: &str,
    stable: &str,
    found: impl IntoIterator<Item = &'f Found>,
) -> String {
    let heads = ["CHECK", "VERDICT", "E WORSE", "OF", "E HEALTHY", "OF"];
    let mut columns: Vec<Column> = heads
        .into_iter()
        .enumerate()
        .map(|(at, head)| if at < 2 { Column::left(head) } else { Column::right(head) })
        .collect();
    columns.push(Column::left(candidate.to_uppercase()));
    columns.push(Column::left(stable.to_uppercase()));
    columns.push(Column::left("DISPERSION"));
    let mut table = Table::new(columns);
    table.heads(DIM);
    for found in found {
        table.row(row(found));
    }
    table.render()
}

fn row(found: &Found) -> Vec<String> {
    let of = |value: Option<f64>| value.map(number).unwrap_or_default();
    let weight = |weight: &Option<Evidence>| {
        let (evidence, limit) =
            (weight.as_ref().map(|it| it.evidence), weight.as_ref().map(|it| it.limit));
        [of(evidence), of(limit)]
    };
    let ([worse, worse_of], [healthy, healthy_of]) = (weight(&found.worse), weight(&found.healthy));
    let [candidate, stable, dispersion] = if found.promql.is_some() {
        let value = found.value.map_or_else(|| "no number".to_owned(), number);
        [value, String::new(), String::new()]
    } else {
        let dispersion = found.dispersion.map(|value| format!("{value:.2}"));
        [
            counts(found.candidate.as_ref()),
            counts(found.stable.as_ref()),
            dispersion.unwrap_or_else(|| "unknown".to_owned()),
        ]
    };
    vec![
        asked(found),
        verdict(found).to_owned(),
        worse,
        worse_of,
        healthy,
        healthy_of,
        candidate,
        stable,
        dispersion,
    ]
}

fn asked(found: &Found) -> String {
    match (found.check.as_str(), &found.promql, found.edge_milliseconds) {
        (_, Some(promql), _) => printable(promql),
        ("errors-worse-than-stable", ..) => "errors".to_owned(),
        ("errors-at-most", ..) => found
            .at_most
            .as_ref()
            .map_or_else(|| "errors at most".to_owned(), |most| format!("errors at most {most}")),
        ("duration-worse-than-stable", _, None) => "duration".to_owned(),
        ("duration-worse-than-stable", _, Some(edge)) => format!("duration over {edge} ms"),
        (other, ..) => printable(other),
    }
}

fn verdict(found: &Found) -> &str {
    match (found.outcome.as_str(), found.reason.as_deref()) {
        ("inconclusive", Some("no-blocks")) => "no data",
        ("inconclusive", Some("missing")) => "data missing",
        ("inconclusive", Some("no-candidate-traffic" | "no-stable-traffic")) => "no traffic",
        ("inconclusive", Some("no-number")) => "no number",
        ("inconclusive", _) => "not enough",
        (other, _) => other,
    }
}

fn counts(counted: Option<&Counted>) -> String {
    match counted {
        Some(Counted { requests, events, .. }) if *requests > 0 => {
            format!("{events} of {requests}, {}", Portion::of(*events, *requests))
        }
        _ => "no requests".to_owned(),
    }
}

/// Evidence spans hundreds of powers of ten.
fn number(value: f64) -> String {
    if value >= 1e6 {
        format!("{value:.1e}")
    } else if value >= 100.0 || (value - value.round()).abs() < 1e-9 {
        format!("{value:.0}")
    } else {
        format!("{value:.2}")
    }
}

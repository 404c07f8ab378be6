//! An estimate for people: a table with a line for each part and a column for each class of request.

use document::report::style::{DIM, HEADING};
use document::report::table::{Column, Table};
use document::report::text::{printable, put};

use super::Estimate;
use super::class::Class;
use super::primitives::{ENVOY, MEASURED};

/// All about a Release.
#[must_use]
pub fn render(estimate: &Estimate) -> String {
    let mut text = String::new();
    let gate = match (&estimate.route_mode.gate, estimate.route_mode.name) {
        (Some(_), _) => "gate",
        (None, "envoy" | "virtual-service") => "no gate: any request may leave stable",
        (None, _) => "no gate in this mode",
    };
    let module = estimate.module();
    let name = printable(&estimate.release);
    put(
        &mut text,
        &format!(
            "{HEADING}{name}{HEADING:#}, --route {}, {gate}, {module}",
            estimate.route_mode.name
        ),
    );
    text.push('\n');
    table(&mut text, estimate);
    text.push('\n');
    if let Some(dominant) = &estimate.dominant {
        let what = printable(&dominant.what);
        put(&mut text, &format!("most: {} {what}", thousands(dominant.instructions)));
    }
    put(&mut text, &worst(estimate));
    let (routes, native) = estimate.native;
    if routes > 0 {
        let plural = if routes == 1 { "route" } else { "routes" };
        put(
            &mut text,
            &format!(
                "native: {routes} {plural} with a regex on the cookie header would cost {}",
                thousands(native)
            ),
        );
    }
    text
}

/// What the figures are, once for all Releases.
#[must_use]
pub fn legend(estimate: &Estimate) -> String {
    let assumed = &estimate.assumed;
    format!(
        "{DIM}Instructions per request on top of a plain route, measured in Envoy {ENVOY} under callgrind on \
         {MEASURED}; not latencies.\nAssumed: {} bytes of cookies, {} bytes in each value that is read, {} \
         headers.{DIM:#}\n",
        assumed.cookie_bytes, assumed.value_bytes, assumed.headers
    )
}

fn worst(estimate: &Estimate) -> String {
    match estimate.worst {
        None => "worst request: no regular expressions to run".to_owned(),
        Some((steps, instructions)) => {
            format!("worst request: {} in {steps} regex steps", thousands(instructions))
        }
    }
}

fn table(text: &mut String, estimate: &Estimate) {
    let classes = &estimate.classes;
    let mut parts: Vec<_> =
        classes.iter().flat_map(|class| &class.parts).map(|(part, _)| *part).collect();
    parts.sort_unstable();
    parts.dedup();
    let heads = classes.iter().map(|class| Column::right(head(class)).at_least("000.0k".len()));
    let mut table = Table::new([Column::left("")].into_iter().chain(heads));
    table.heads(DIM);
    for part in parts {
        let cell = |class: &Class| match class.of(part) {
            0.0 => "-".to_owned(),
            cost => thousands(cost),
        };
        let label = part.text(estimate.route_mode.by_header).to_owned();
        table.row([label].into_iter().chain(classes.iter().map(cell)));
    }
    let totals = classes.iter().map(|class| thousands(class.total()));
    table.styled_row(HEADING, ["all".to_owned()].into_iter().chain(totals));
    text.push_str(&table.render());
}

fn head(class: &Class) -> String {
    match &class.rule {
        Some(rule) => format!("{}: {}", class.kind.name(), printable(rule)),
        None => class.kind.name().to_owned(),
    }
}

/// `0.7k`, `30.9k`, `117.8M`.
fn thousands(instructions: f64) -> String {
    if instructions >= 999_950.0 {
        format!("{:.1}M", instructions / 1e6)
    } else {
        format!("{:.1}k", instructions / 1e3)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_rounded_to_what_can_be_repeated() {
        let cases = [(49.0, "0.0k"), (651.0, "0.7k"), (30_867.0, "30.9k"), (999_950.0, "1.0M")];
        for (number, text) in cases {
            assert_eq!(thousands(number), text);
        }
    }
}

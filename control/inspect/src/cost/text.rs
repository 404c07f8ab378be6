//! An estimate for people: a table with a line for each part and a column for each class of request.

use std::fmt::Write;

use anstyle::Style;
use document::report::text::printable;

use super::Estimate;
use super::class::Class;
use super::primitives::{ENVOY, MEASURED};

const HEADING: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
/// Between columns.
const GAP: usize = 2;

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
    line(
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
        line(&mut text, &format!("most: {} {what}", thousands(dominant.instructions)));
    }
    line(&mut text, &worst(estimate));
    let (routes, native) = estimate.native;
    if routes > 0 {
        let plural = if routes == 1 { "route" } else { "routes" };
        line(
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
        "{DIM}Instructions per request over a plain route, as measured in Envoy {ENVOY} under callgrind on {MEASURED}; no \
         latency.\nAssumed: {} bytes of cookies, {} bytes in each value that is asked for, {} headers.{DIM:#}\n",
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
    let heads: Vec<String> = classes.iter().map(head).collect();
    let mut parts: Vec<_> =
        classes.iter().flat_map(|class| &class.parts).map(|(part, _)| *part).collect();
    parts.sort_unstable();
    parts.dedup();
    let labels: Vec<&str> =
        parts.iter().map(|part| part.text(estimate.route_mode.by_header)).collect();
    let first = labels.iter().map(|label| label.len()).max().unwrap_or_default();
    let widths: Vec<usize> =
        heads.iter().map(|head| head.chars().count().max("000.0k".len()) + GAP).collect();
    let row = |label: &str, cells: &[String]| {
        let mut row = format!("{label:<first$}");
        for (cell, width) in cells.iter().zip(&widths) {
            // Writing to a String cannot fail.
            let _ = write!(row, "{cell:>width$}");
        }
        row
    };
    line(text, &format!("{DIM}{}{DIM:#}", row("", &heads)));
    for (part, label) in parts.iter().zip(labels) {
        let cell = |class: &Class| match class.of(*part) {
            0.0 => "-".to_owned(),
            cost => thousands(cost),
        };
        line(text, &row(label, &classes.iter().map(cell).collect::<Vec<_>>()));
    }
    let totals: Vec<String> = classes.iter().map(|class| thousands(class.total())).collect();
    line(text, &format!("{HEADING}{}{HEADING:#}", row("all", &totals)));
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

fn line(text: &mut String, line: &str) {
    text.push_str(line.trim_end());
    text.push('\n');
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

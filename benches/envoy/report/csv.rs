//! The results as comma-separated values, a file for each kind.

use std::fmt::Write;

use crate::figures::Figures;
use crate::start::Started;
use crate::wall::{Quartiles, Times};

/// Instructions per request.
pub(crate) fn requests(figures: &Figures) -> String {
    let mut text =
        "scene,row,rules,request,instructions,plain,added,spread,drift,requests\n".to_owned();
    for figure in &figures.0 {
        let row = &figure.row;
        let line = format!(
            "{},{},{},{},{:.0},{:.0},{:.0},{:.0},{:.0},{}\n",
            quoted(figure.scene),
            quoted(row.name),
            row.rules,
            row.request.name,
            figure.total,
            figure.plain,
            figure.added(),
            figure.spread,
            figure.drift,
            figure.requests
        );
        text.push_str(&line);
    }
    text
}

/// Latency and throughput.
pub(crate) fn times(times: Option<&Times>) -> String {
    let mut text = "row,rules,request".to_owned();
    for what in ["p50", "p99", "throughput"] {
        for quartile in ["lower", "median", "upper"] {
            // Writing to a String cannot fail.
            let _ = write!(text, ",{what} {quartile}");
        }
    }
    text.push('\n');
    for timed in times.into_iter().flat_map(|times| &times.rows) {
        let row = &timed.row;
        let _ = write!(text, "{},{},{}", quoted(row.name), row.rules, row.request.name);
        for Quartiles { lower, median, upper } in [timed.p50, timed.p99, timed.throughput] {
            let _ = write!(text, ",{lower:.4},{median:.4},{upper:.4}");
        }
        text.push('\n');
    }
    text
}

/// Starts.
pub(crate) fn starts(starts: &[Started]) -> String {
    let mut text = "row,rules,rss KiB,worker seconds,cpu seconds\n".to_owned();
    for Started { name, rules, rss, worker, cpu, .. } in starts {
        let _ = writeln!(text, "{},{rules},{rss},{worker:.4},{cpu:.4}", quoted(name));
    }
    text
}

fn quoted(text: &str) -> String {
    if text.contains([',', '"']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

//! Prometheus' text format, as Envoy writes it (`/stats/prometheus`).

use std::collections::BTreeMap;

use crate::labels::Labels;

/// A sample.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Sample<'t> {
    pub(crate) metric: &'t str,
    pub(crate) labels: Labels,
    pub(crate) value: u64,
}

/// The samples of a page that are counts. Lines that are none are passed over: others write there, too.
pub(crate) fn samples(page: &str) -> impl Iterator<Item = Sample<'_>> {
    page.lines().filter(|line| !line.starts_with('#')).filter_map(sample)
}

fn sample(line: &str) -> Option<Sample<'_>> {
    let end = line.find(['{', ' '])?;
    let (metric, rest) = line.split_at_checked(end)?;
    let (labels, rest) = match rest.strip_prefix('{') {
        Some(rest) => labels(rest)?,
        None => (Labels::default(), rest),
    };
    // A time may follow.
    let value: f64 = rest.split_ascii_whitespace().next()?.parse().ok()?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked before")]
    let value = (0.0..1.8e19).contains(&value).then(|| value.round() as u64)?;
    Some(Sample { metric, labels, value })
}

/// The labels up to the closing brace, and what follows it.
fn labels(mut rest: &str) -> Option<(Labels, &str)> {
    let mut labels = BTreeMap::new();
    loop {
        rest = rest.trim_start_matches([',', ' ']);
        if let Some(rest) = rest.strip_prefix('}') {
            return Some((Labels(labels), rest));
        }
        let (name, after) = rest.split_once("=\"")?;
        let mut value = String::new();
        let mut characters = after.char_indices();
        let end = loop {
            match characters.next()? {
                (at, '"') => break at,
                (_, '\\') => match characters.next()?.1 {
                    'n' => value.push('\n'),
                    c => value.push(c),
                },
                (_, c) => value.push(c),
            }
        };
        labels.insert(name.to_owned(), value);
        rest = after.get(end..)?.strip_prefix('"')?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_as_envoy_writes_them() {
        let page = "# TYPE a counter\na{b=\"x|y\",c=\"\\\\ \\\" \\n}\"} 12\n\nd{} 3\ne 1 1700\nf{le=\"+Inf\"} NaN\n";
        let read: Vec<Sample> = samples(page).collect();
        let found: Vec<(&str, u64)> = read.iter().map(|it| (it.metric, it.value)).collect();
        assert_eq!(found, [("a", 12), ("d", 3), ("e", 1)]);
        assert_eq!(read[0].labels.get("b"), "x|y");
        assert_eq!(read[0].labels.get("c"), "\\ \" \n}");
    }

    #[test]
    fn what_is_no_line_is_passed_over() {
        for line in [
            "",
            "a",
            "a{",
            "a{b",
            "a{b=\"",
            "a{b=\"c",
            "a{b=\"c\"",
            "a{b=\"c\"}",
            "a x",
            "a -1",
            "{} 1 ä",
        ] {
            let page = format!("{line}\nz 1\n");
            let metrics: Vec<&str> =
                samples(&page).map(|it| it.metric).filter(|it| !it.is_empty()).collect();
            assert_eq!(metrics, ["z"], "{line}");
        }
    }
}

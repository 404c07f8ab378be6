//! Which series: by the name of the metric and by labels.

use std::fmt;

use crate::labels::Labels;

/// A selector.
#[derive(Clone, Debug)]
pub(crate) struct Selector {
    metric: &'static str,
    matchers: Vec<(&'static str, Matcher)>,
}

/// What the value of a label has to be.
#[derive(Clone, Debug)]
enum Matcher {
    Is(String),
    IsNot(String),
    OneOf(Vec<String>),
    /// In `PromQL` only.
    #[cfg(feature = "http")]
    Matches(String),
}

impl Selector {
    pub(super) fn new(metric: &'static str) -> Self {
        Self { metric, matchers: Vec::new() }
    }

    /// Of metrics whose whole name matches this regex.
    #[cfg(feature = "http")]
    pub(super) fn named(regex: &str) -> Self {
        Self { metric: "", matchers: vec![("__name__", Matcher::Matches(regex.to_owned()))] }
    }

    pub(super) fn is(self, label: &'static str, value: &str) -> Self {
        self.with(label, Matcher::Is(value.to_owned()))
    }

    pub(super) fn not(self, label: &'static str, value: &str) -> Self {
        self.with(label, Matcher::IsNot(value.to_owned()))
    }

    /// One of these; any where there is none.
    pub(super) fn one_of<'v>(
        self,
        label: &'static str,
        values: impl IntoIterator<Item = &'v str>,
    ) -> Self {
        let mut values: Vec<String> = values.into_iter().map(str::to_owned).collect();
        values.sort_unstable();
        match values.as_slice() {
            [] => self,
            [value] => self.is(label, value),
            _ => self.with(label, Matcher::OneOf(values)),
        }
    }

    fn with(mut self, label: &'static str, matcher: Matcher) -> Self {
        self.matchers.push((label, matcher));
        self
    }

    /// Whether a series is meant.
    pub(crate) fn accepts(&self, metric: &str, labels: &Labels) -> bool {
        metric == self.metric
            && self.matchers.iter().all(|(label, matcher)| {
                let found = labels.get(label);
                match matcher {
                    Matcher::Is(value) => found == value,
                    Matcher::IsNot(value) => found != value,
                    Matcher::OneOf(values) => values.iter().any(|value| value == found),
                    #[cfg(feature = "http")]
                    Matcher::Matches(_) => false,
                }
            })
    }
}

/// In `PromQL`.
impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{{", self.metric)?;
        for (index, (label, matcher)) in self.matchers.iter().enumerate() {
            let comma = if index == 0 { "" } else { "," };
            let (operator, value) = match matcher {
                Matcher::Is(value) => ("=", value.clone()),
                Matcher::IsNot(value) => ("!=", value.clone()),
                Matcher::OneOf(values) => {
                    let values: Vec<String> = values.iter().map(|value| escaped(value)).collect();
                    ("=~", values.join("|"))
                }
                #[cfg(feature = "http")]
                Matcher::Matches(regex) => ("=~", regex.clone()),
            };
            let value = value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
            write!(f, "{comma}{label}{operator}\"{value}\"")?;
        }
        f.write_str("}")
    }
}

/// A text as a regex that matches nothing else.
fn escaped(text: &str) -> String {
    let mut regex = String::new();
    for c in text.chars() {
        if !c.is_alphanumeric() && !"-_:/ @".contains(c) {
            regex.push('\\');
        }
        regex.push(c);
    }
    regex
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_stay_what_they_are() {
        let selector =
            Selector::new("m").is("a", "x\"}\\").not("b", "").one_of("c", ["q.r|s", "p"]);
        assert_eq!(selector.to_string(), r#"m{a="x\"}\\",b!="",c=~"p|q\\.r\\|s"}"#);
        let selector = Selector::new("m").one_of("c", []).one_of("d", ["e"]);
        assert_eq!(selector.to_string(), r#"m{d="e"}"#);
    }

    #[test]
    fn it_takes_what_prometheus_takes() {
        let labels = |all: &[(&str, &str)]| {
            Labels(
                all.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect(),
            )
        };
        let selector = Selector::new("m").is("a", "1").not("b", "").one_of("c", ["x", "y"]);
        let good = labels(&[("a", "1"), ("b", "2"), ("c", "y"), ("d", "z")]);
        assert!(selector.accepts("m", &good));
        assert!(!selector.accepts("n", &good));
        for bad in [
            labels(&[("a", "2"), ("b", "2"), ("c", "y")]),
            labels(&[("a", "1"), ("c", "y")]),
            labels(&[("a", "1"), ("b", "2"), ("c", "z")]),
        ] {
            assert!(!selector.accepts("m", &bad), "{bad:?}");
        }
    }
}

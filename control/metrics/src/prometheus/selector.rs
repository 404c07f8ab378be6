//! Selectors of `PromQL`.

use std::fmt::Write as _;

/// A selector, as it grows.
#[derive(Clone, Debug)]
pub(super) struct Selector {
    text: String,
    is_empty: bool,
}

impl Selector {
    pub(super) fn new(metric: &str) -> Self {
        Self { text: format!("{metric}{{"), is_empty: true }
    }

    pub(super) fn is(self, label: &str, value: &str) -> Self {
        self.matcher(label, "=", value)
    }

    pub(super) fn without(self, label: &str, value: &str) -> Self {
        self.matcher(label, "!=", value)
    }

    /// One of these; any where there is none.
    pub(super) fn one_of<'v>(self, label: &str, values: impl IntoIterator<Item = &'v str>) -> Self {
        let mut values: Vec<&str> = values.into_iter().collect();
        match values.as_slice() {
            [] => self,
            [value] => self.is(label, value),
            _ => {
                values.sort_unstable();
                let values: Vec<String> = values.into_iter().map(escaped).collect();
                self.matcher(label, "=~", &values.join("|"))
            }
        }
    }

    pub(super) fn matches(self, label: &str, regex: &str) -> Self {
        self.matcher(label, "=~", regex)
    }

    fn matcher(mut self, label: &str, operator: &str, value: &str) -> Self {
        let comma = if self.is_empty { "" } else { "," };
        let value = value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
        // Writing to a String cannot fail.
        let _ = write!(self.text, "{comma}{label}{operator}\"{value}\"");
        self.is_empty = false;
        self
    }

    pub(super) fn end(mut self) -> String {
        self.text.push('}');
        self.text
    }
}

/// A text as a regex that matches nothing else.
pub(super) fn escaped(text: &str) -> String {
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
            Selector::new("m").is("a", "x\"}\\").without("b", "").one_of("c", ["q.r|s", "p"]);
        assert_eq!(selector.end(), r#"m{a="x\"}\\",b!="",c=~"p|q\\.r\\|s"}"#);
        assert_eq!(Selector::new("m").one_of("c", []).one_of("d", ["e"]).end(), r#"m{d="e"}"#);
    }
}

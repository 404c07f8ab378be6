//! Labels of pods, and what asks for them.

/// Labels of an object, kept beyond it.
pub(crate) fn owned(labels: &[(&str, &str)]) -> Vec<(String, String)> {
    labels.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

/// The value that `labels` ask for of a key, where it is not this one: no pod has both.
pub(crate) fn other<'l>(labels: &'l [(String, String)], key: &str, value: &str) -> Option<&'l str> {
    let found = labels.iter().find(|(own, of)| own == key && of != value);
    found.map(|(_, of)| of.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pod_has_one_value_of_a_key() {
        let labels = owned(&[("app", "web"), ("version", "v1")]);
        assert_eq!(other(&labels, "version", "v2"), Some("v1"));
        assert_eq!(other(&labels, "version", "v1"), None);
        // It may have it besides.
        assert_eq!(other(&labels, "tier", "front"), None);
    }
}

//! Files that are named by their place on the command line, or by `--filename` as `kubectl` has it.

/// The one of the two that was given; clap sees to it that it is one.
pub(super) fn one<'a>(placed: Option<&'a String>, named: Option<&'a String>) -> &'a str {
    placed.or(named).map(String::as_str).unwrap_or_default()
}

/// Whether a place that is written to is a form of output for `kubectl`: what was meant is to be asked.
pub(super) fn is_format(place: &str) -> bool {
    matches!(place, "json" | "yaml" | "name" | "wide" | "text")
}

/// Those of both.
pub(super) fn all(placed: &[String], named: &[String]) -> Vec<String> {
    [placed, named].concat()
}

//! Files as arguments, or given by `--filename` as in `kubectl`.

/// The file that was given in either way; clap makes sure that it is one.
pub(super) fn one<'a>(placed: Option<&'a String>, named: Option<&'a String>) -> &'a str {
    placed.or(named).map(String::as_str).unwrap_or_default()
}

/// Whether the value of `--output PATH` is an output format of `kubectl`, and so probably not meant as a path.
pub(super) fn is_format(place: &str) -> bool {
    matches!(place, "json" | "yaml" | "name" | "wide" | "text")
}

/// All files.
pub(super) fn all(placed: &[String], named: &[String]) -> Vec<String> {
    [placed, named].concat()
}

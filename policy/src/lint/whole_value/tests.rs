use super::*;
use crate::lint::tests::{only, policy};

fn said(header: &str, regex: &str) -> Option<String> {
    let escaped = regex.replace('\\', r"\\");
    only(&parts(&policy(&[&format!(r#"{{"headers": {{"{header}": {{"regex": "{escaped}"}}}}}}"#)])))
}

#[test]
fn alternatives_stand_between_bars_in_no_brackets() {
    for (regex, expected) in [
        ("a", &["a"][..]),
        ("a|b", &["a", "b"]),
        ("(a|b)|c", &["(a|b)", "c"]),
        ("[|]a|[^]|]|b", &["[|]a", "[^]|]", "b"]),
        (r"a\|b|c", &[r"a\|b", "c"]),
        ("|a", &["", "a"]),
    ] {
        assert_eq!(alternatives(regex).as_deref(), Some(expected), "{regex}");
    }
}

#[test]
fn a_search_is_told_from_a_match_of_the_whole_value() {
    for (header, regex, expected) in [
        (
            "user-agent",
            r"^.*\biPhone|Pixel\b.*$",
            r"`|` splits the whole regex: `^.*\biPhone` must be the end of the value, `Pixel\b.*$` its start",
        ),
        (
            "x-tenant",
            "^.*foo|bar.*$",
            "`|` splits the whole regex: `^.*foo` must be the end of the value, `bar.*$` its start",
        ),
        (
            "user-agent",
            "iPhone|Pixel",
            "a regex must match the whole value: this misses `iPhone` in `Mozilla/5.0 (X; iPhone; Y) Z/1.0`",
        ),
        (
            "user-agent",
            "^.*Firefox$",
            "a regex must match the whole value: this misses `Firefox` in `Mozilla/5.0 (X; Firefox; Y) Z/1.0`",
        ),
        (
            "user-agent",
            ".*iPhone.*|Pixel",
            "a regex must match the whole value: this misses `Pixel` in `Mozilla/5.0 (X; Pixel; Y) Z/1.0`",
        ),
        (
            "accept-language",
            "de",
            "a regex must match the whole value: this misses `de` in `xx,de,en;q=0.5`",
        ),
    ] {
        assert_eq!(said(header, regex).as_deref(), Some(expected), "{header} {regex}");
    }
    for regex in ["iPhone.*", "Chrome.*", "Firefox/.*", ".*Chrome/[0-9]+", "^(iPhone|Android).*$"] {
        let said = said("user-agent", regex).unwrap_or_default();
        let expected =
            "a regex must match the whole value: this matches only a part of `Mozilla/5.0 (";
        assert!(said.starts_with(expected), "{regex}: {said}");
    }
    for (header, regex) in [
        ("user-agent", ".*(iPhone|Pixel).*"),
        ("user-agent", ".*iPhone.*|.*Pixel.*"),
        ("user-agent", "curl/.*"),
        ("user-agent", "curl/8|wget/1"),
        ("user-agent", ".*Safari/604[.]1"),
        ("user-agent", "Mozilla.*"),
        ("user-agent", r"(?i).*iphone[\s\S]*"),
        ("accept-language", "de.*"),
        ("x-tenant", "foo|bar"),
        ("x-tenant", "^foo|bar$"),
        ("x-file", r".*[.]css|static/.*"),
        ("x-tenant", "foo"),
    ] {
        assert_eq!(said(header, regex), None, "{header} {regex}");
    }
}

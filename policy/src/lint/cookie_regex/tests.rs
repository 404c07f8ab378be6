use super::*;
use crate::cookie::for_each_piece;

/// What is found in a pattern: which cookie it misses or hits, in short.
fn found(regex: &str) -> Option<&'static str> {
    let pattern = Pattern::parse(regex, Case::Sensitive).unwrap();
    let automaton = Automaton::compile(&pattern).unwrap();
    let message = message(&wanted(&pattern)?, &|header| automaton.is_match(header))?;
    ["after another", "before another", "other cookies", "other values"]
        .into_iter()
        .find(|part| message.contains(part))
}

#[test]
fn traps_are_found_by_trying() {
    for (regex, expected) in [
        // A tutorial's: the space that browsers put is missing.
        ("^(.*?;)?(version=v2)(;.*)?$", Some("after another")),
        // Written for a search, and matched in full.
        (r"(^|;\s*)beta=true(;|$)", Some("after another")),
        (r"(.*;\s*)?beta=true(;|$)", Some("before another")),
        // Hits what ends in that name.
        (".*name=value.*", Some("other cookies")),
        (".*ab_group=.*", Some("other cookies")),
        (r"(.*;\s*)?name=value.*", Some("other values")),
        ("my_cookie=[^;]*", Some("after another")),
        (r"^(.*;\s*)?version=v2(\s*;.*)?$", None),
        (r"^(.*;\s*)?version=v[0-9]+(\s*;.*)?$", None),
        ("no cookie at all", None),
    ] {
        assert_eq!(found(regex), expected, "{regex}");
    }
}

/// What is said about a pattern.
fn said(regex: &str) -> Option<String> {
    let pattern = Pattern::parse(regex, Case::Sensitive).unwrap();
    message(&wanted(&pattern)?, &|header| pattern.matches(header))
}

#[test]
fn a_cookie_is_tried_in_each_place_and_with_neighbours() {
    let never = "this never matches what browsers send: `v=2`, or `a=b; v=2; c=d`; ";
    for (regex, expected) in [
        (".*;v=2;.*", format!("{never}there is a blank after each `;`, and no `;` at the end")),
        (".*;v=2", format!("{never}there is a blank after each `;`, and no `;` at the end")),
        ("v=2;", format!("{never}there is no `;` at the end")),
        (".*; v=2;", format!("{never}there is no `;` at the end")),
        (".*v=2,.*", format!("{never}cookies are separated by `; `, not by `,`")),
        (
            "v=2;.*",
            "this misses the cookie if it is the only one, between others, or the last one: browsers send `v=2`, \
             `a=b; v=2; c=d`, or `a=b; v=2`".to_owned(),
        ),
        (
            ".*; v=2",
            "this misses the cookie if it is the only one, the first one, or between others: browsers send `v=2`, \
             `v=2; a=b`, or `a=b; v=2; c=d`".to_owned(),
        ),
        (
            ".*; v=2.*",
            "this misses the cookie if it is the only one or the first one: browsers send `v=2` or `v=2; a=b`; it \
             also matches other values, such as `v=20`".to_owned(),
        ),
        (
            r".*;\s*v=2.*",
            "this misses the cookie if it is the only one or the first one: browsers send `v=2` or `v=2; a=b`; it \
             also matches other values, such as `v=20`".to_owned(),
        ),
        (
            ".*[; ]v=2[; ].*",
            "this misses the cookie if it is the only one, the first one, or the last one: browsers send `v=2`, \
             `v=2; a=b`, or `a=b; v=2`; it also matches other values, such as `v=2 0`".to_owned(),
        ),
        (
            ".*v=2; .*",
            "this misses the cookie if it is the only one or the last one: browsers send `v=2` or `a=b; v=2`; it \
             also matches other cookies, such as `xv=2`".to_owned(),
        ),
        (
            ".{0,200}v=2.{0,200}",
            "this misses the cookie if it is sent with 1000 bytes of others; it also matches other cookies, such \
             as `xv=2`, and other values, such as `v=20`".to_owned(),
        ),
        (
            r".*\bv=2\b.*",
            "this also matches other cookies, such as `x-v=2`, and other values, such as `v=2-0`".to_owned(),
        ),
        (
            "(.*; )?a=1; (.*; )?b=2(;.*)?",
            "this misses the cookies if they come in another order: browsers send `b=2; a=1` too".to_owned(),
        ),
        (
            r"^(.*\s*)?(canary)(.*)?$",
            "this matches any cookie with `canary` in its name or its value, such as `xcanary=0`".to_owned(),
        ),
        (
            r"(.*;\s*)?canary.*",
            "this also matches other cookies, such as `canaryx=0`".to_owned(),
        ),
        (
            "canary.*",
            "this never matches after another cookie: browsers send `a=b; canary=0`".to_owned(),
        ),
        (
            "canary",
            "this never matches what browsers send: cookies are `name=value`, and this asks for `canary` alone".to_owned(),
        ),
    ] {
        assert_eq!(said(regex), Some(expected), "{regex}");
    }
    for regex in [
        r"^(.*;\s*)?v=2(\s*;.*)?$",
        "(.*; )?v=2(;.*)?",
        r"^(.*;\s*)?[a-z]+_flag=on(;.*)?$",
        r"(.*; )?v=[0-9]+(;.*)?",
        ".*",
        ".+",
        ".+=.+",
        "[a-z]{10}",
        "",
    ] {
        assert_eq!(said(regex), None, "{regex}");
    }
}

#[test]
fn the_corrected_regex_finds_the_very_cookie_wherever_it_stands() {
    let around = [
        ("", true),
        ("a=b; ", true),
        ("a=b;", true),
        ("a=b;  ", true),
        ("a=b; c=d; ", true),
        ("x", false),
        ("a=b; x", false),
        ("a=", false),
        ("a=b ", false),
        ("a=b, ", false),
    ];
    let behind = [
        ("", true),
        ("; a=b", true),
        (";a=b", true),
        (" ; a=b", true),
        (";", true),
        ("0", false),
        ("0; a=b", false),
        (" x", false),
        ("=", false),
    ];
    for (regex, cookie, corrected) in [
        ("^(.*?;)?(version=v2)(;.*)?$", "version=v2", r"^(.*;\s*)?version=v2(\s*;.*)?$"),
        (r"(^|;\s*)beta=true(;|$)", "beta=true", r"^(.*;\s*)?beta=true(\s*;.*)?$"),
        (".*a.b=c+d.*", "a.b=cd", r"^(.*;\s*)?a.b=c+d(\s*;.*)?$"),
        (".*name=value.*", "name=value", r"^(.*;\s*)?name=value(\s*;.*)?$"),
        (r".*q=1\.5.*", "q=1.5", r"^(.*;\s*)?q=1\.5(\s*;.*)?$"),
        (
            "^(.*?;)?(email=[^;]*@example.com)(;.*)?$",
            "email=jo@example.com",
            r"^(.*;\s*)?(email=[^;]*@example.com)(\s*;.*)?$",
        ),
        (".*version=v[a-z].*", "version=va", r"^(.*;\s*)?version=v[a-z](\s*;.*)?$"),
        (".*g=(a|b).*", "g=b", r"^(.*;\s*)?(g=(a|b))(\s*;.*)?$"),
        (".*;Env=dev.p2;.*", "Env=dev.p2", r"^(.*;\s*)?Env=dev.p2(\s*;.*)?$"),
        (".*[; ]v=2[; ].*", "v=2", r"^(.*;\s*)?v=2(\s*;.*)?$"),
        (r".*\bv=2,.*", "v=2", r"^(.*;\s*)?v=2(\s*;.*)?$"),
    ] {
        assert_eq!(whole_cookie(regex).as_deref(), Some(corrected), "{regex}");
        let pattern = Pattern::parse(corrected, Case::Sensitive).unwrap();
        let automaton = Automaton::compile(&pattern).unwrap();
        for (before, is_before) in around {
            for (after, is_after) in behind {
                let header = format!("{before}{cookie}{after}");
                let is_match = automaton.is_match(header.as_bytes());
                assert_eq!(is_match, is_before && is_after, "{corrected} on {header}");
                // As Serin reads cookies: the same, where each name stands there once.
                let (name, value) = cookie.split_once('=').unwrap();
                let mut has = false;
                for_each_piece(header.as_bytes(), |piece| {
                    has |= piece.cookie() == Some((name.as_bytes(), value.as_bytes()));
                });
                assert_eq!(is_match, has, "{header}");
            }
        }
    }
}

#[test]
fn a_value_that_may_go_on_is_not_spelled_out() {
    for (regex, expected) in [
        (".*name=value.*", true),
        ("^(.*?;)?(version=v2)(;.*)?$", true),
        ("version=v[^;]*", false),
        ("^(.*;)?version=v[0-9]*(;.*)?$", false),
        (".*g=(a|b).*", false),
    ] {
        let pattern = Pattern::parse(regex, Case::Sensitive).unwrap();
        let cookie = wanted(&pattern).unwrap().text;
        assert_eq!(is_spelled_out(regex, cookie.as_bytes()), expected, "{regex}");
    }
}

#[test]
fn a_cookie_of_any_value_is_found_with_any() {
    let corrected = whole_cookie(".*ab_group=.*").unwrap();
    assert_eq!(corrected, r"^(.*;\s*)?ab_group=[^;]*(\s*;.*)?$");
    let automaton =
        Automaton::compile(&Pattern::parse(&corrected, Case::Sensitive).unwrap()).unwrap();
    for (header, expected) in [
        ("ab_group=", true),
        ("ab_group=b", true),
        ("a=b; ab_group=c; d=e", true),
        ("xab_group=c", false),
        ("a=ab_group=c", false),
        ("ab_group", false),
    ] {
        assert_eq!(automaton.is_match(header.as_bytes()), expected, "{header}");
    }
}

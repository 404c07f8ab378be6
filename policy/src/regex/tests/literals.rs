//! The literals of patterns, one by one; over the sweep's patterns they are checked in `sweep`.

use crate::regex::{Case, Pattern};

use super::parse;

fn shown(strings: &[Vec<u8>]) -> String {
    strings.iter().map(|string| string.escape_ascii().to_string()).collect::<Vec<_>>().join("|")
}

#[test]
fn few_strings_are_listed() {
    let cases = [
        ("", Some("")),
        ("v2", Some("v2")),
        ("^v2$", Some("v2")),
        (r"\A(?:v1|v2)\z", Some("v1|v2")),
        ("^(v1|v2)$", Some("v1|v2")),
        ("(^v1|v2$)", Some("v1|v2")),
        ("v[1-3]", Some("v1|v2|v3")),
        ("(?i)v2", Some("V2|v2")),
        ("(a|b){2}", Some("aa|ab|ba|bb")),
        ("ab?c??", Some("a|ab|abc|ac")),
        ("a{2,3}", Some("aa|aaa")),
        ("x{0}", Some("")),
        (r"[^\s\S]", Some("")),
        ("b|a|b", Some("a|b")),
        ("a*", None),
        ("a.*", None),
        (r"\bv2", None),
        ("a^b", None),
        ("a$b", None),
        ("(?:^a){2}", None),
        ("[a-z]{2}", None),
        ("(?i)abcdefghi", None),
    ];
    for (pattern, expected) in cases {
        assert_eq!(
            parse(pattern).literals().map(|literals| shown(&literals)).as_deref(),
            expected,
            "{pattern}"
        );
    }
    assert_eq!(parse(r"[^\s\S]").literals(), Some(Vec::new()));
}

#[test]
fn as_many_as_one_would_list() {
    let names: Vec<String> = (0..256).map(|n| format!("n{n}")).collect();
    let listed =
        |names: &[String]| parse(&names.join("|")).literals().map(|literals| literals.len());
    assert_eq!(listed(&names[..200]), Some(200));
    assert_eq!(parse("[^a]").literals().map(|literals| literals.len()), Some(255));
    assert_eq!(parse("[^a]|bb|cc").literals(), None);
    assert_eq!(parse("(?:a{1000}b?){1}").literals().map(|literals| literals.len()), Some(2));
    assert_eq!(parse("a{900}[a-z]").literals(), None);
}

#[test]
fn the_best_literals_are_required() {
    let cases = [
        (r"^(.*?;)?(version=v2)(;.*)?$", "version=v2"),
        (r"^(.*?;)?(email=[^;]*@some-company-name.com)(;.*)?$", "@some-company-name"),
        (r"^v[0-9]+(\.[0-9]+)*$", "v"),
        (r"/api/v[12]/.*", "/api/v1/|/api/v2/"),
        (r".*iPhone.*", "iPhone"),
        (r".*(?:Android|iPhone|iPad).*", "Android|iPad|iPhone"),
        (r".*(Linux )|( Mac OS X ([\d.])+).*", " Mac OS X |Linux "),
        (r"(?i).*firefox.*", "i:firefox"),
        (r".*[Ff]irefox.*", "i:firefox"),
        (r".*[Cc]anary-group-7.*", "i:canary-group-7"),
        (r"(?i).*user=17.*", "i:user=17"),
        (r"(?i)[a-z]{2}-[a-z].*", "-"),
        (r"(?:ab){2,}", "abab"),
        (r"x*(?:foo|foobar)y+", "foo"),
        (r"(?:foo)+.*longer", "longer"),
        (r"a{1000}.*", &"a".repeat(1000)),
        (r"[^\s\S]|foo.*", "foo"),
    ];
    for (pattern, expected) in cases {
        let required =
            parse(pattern).required().unwrap_or_else(|| panic!("{pattern} requires nothing"));
        let case = if required.case == Case::Ignore { "i:" } else { "" };
        assert_eq!(format!("{case}{}", shown(&required.literals)), expected, "{pattern}");
    }
}

#[test]
fn some_patterns_require_nothing() {
    for pattern in [
        "", ".*", "a*", "a?", "(foo)?", "foo|.*", "[^;]+", r"\d{0,3}", "^$", r"\b", r"[^\s\S]",
        "(|a)b*",
    ] {
        assert_eq!(parse(pattern).required(), None, "{pattern}");
    }
}

#[test]
fn ignored_case_is_required_in_lower_case() {
    let required = Pattern::parse("User=.*", Case::Ignore).unwrap().required().unwrap();
    assert_eq!((required.literals, required.case), (vec![b"user=".to_vec()], Case::Ignore));
}

//! What is refused, where, and in which words.

use crate::regex::{Case, Pattern};

fn table() -> String {
    let refusals = PATTERNS.iter().map(|pattern| {
        let Err(problem) = Pattern::parse(pattern, Case::Sensitive) else {
            return format!("{pattern}\n  ACCEPTED\n");
        };
        let under: String = pattern
            .char_indices()
            .map(|(at, _)| if problem.range.contains(&at) { '^' } else { ' ' })
            .collect();
        let help = problem.help.map(|help| format!("  help: {help}\n")).unwrap_or_default();
        format!("{pattern}\n{}\n  {}\n{help}", under.trim_end(), problem.message)
    });
    refusals.collect()
}

const PATTERNS: &[&str] = &[
    "a\u{e9}b",
    r"a\xe9",
    r"[a\x{e9}]",
    r"\u0041",
    r"[\U00000041]",
    r"\pL",
    r"a[\p{Greek}]",
    r"\p",
    r"\p{L",
    r"x\<",
    r"\>y",
    r"\b{start}x",
    r"\b{foo}",
    r"\b{a",
    r"\b{",
    "(?x)a",
    "(?i-u:a)",
    "(?R)a",
    "(?P<a.b>c)",
    "(?P<1>a)",
    "(?<>a)",
    "(?P<n",
    "(?P<n>a)(?P<n>b)",
    "xa**",
    "a++",
    "a{2}{3}",
    "a*??",
    "a{1001}",
    "a{99999999999}",
    "(?:a{40}){30}",
    "a{2,1}",
    "a{,2}",
    "a{ 2}",
    "a{02,3}?",
    "a{",
    "a{}",
    "a{x}",
    "a{2",
    "{2}",
    "*a",
    "a|+",
    "(?)a",
    "?",
    r"\(?)",
    "(?i)*",
    "[a&&b]",
    "x[a--b]y",
    "[a~~b]",
    "[[a]b]",
    "[[:foo:]]",
    "[[a]",
    "[--a]",
    "[^]-a]",
    "[z-a]",
    r"[\w-.]",
    r"[a\b]",
    r"[\<]",
    "a[",
    "[]",
    "(a",
    "a)",
    "(?:a",
    "(?i",
    "(?=a)",
    "(?!a)b",
    "(?<=a)",
    "(?<!a)",
    "(?>a)",
    "(?#a)",
    "a(?.*)?$",
    "(?P=n)",
    "(?i-)a",
    "(?--i)a",
    "(?ii)a",
    "(?i-i)a",
    r"(a)\1",
    r"\8",
    r"\0",
    r"\012",
    r"\Qa.b\E",
    r"\C",
    r"a\Z",
    r"\h",
    r"\cA",
    "a\\",
    r"\x",
    r"\xg0",
    r"\x4",
    r"\x{}",
    r"\x{110000}",
];

#[test]
fn every_refusal_says_where_and_what_to_write() {
    let expected = include_str!("../../../../tests/data/regex/messages.txt");
    let found = table();
    assert!(found == expected, "not as in tests/data/regex/messages.txt:\n{found}");
}

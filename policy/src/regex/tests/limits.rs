//! What would grow is refused, before it grows.

use crate::regex::{Automaton, Case, MAX_DFA, MAX_VALUE, Pattern, TooLarge};

use super::{compile, parse};

fn too_large(pattern: &str) -> TooLarge {
    let Err(problem) = Automaton::compile(&parse(pattern)) else {
        panic!("{pattern} is within the limits")
    };
    problem
}

#[test]
fn patterns_that_explode_are_refused() {
    // Each over 256 KiB.
    let exploding = [
        r".*[a-f].{12}z.*",
        r".*id=.{32}.*",
        r".*a.{0,8}b.{0,8}c.*",
        r".*(foo.*){256}",
        r".*a.{30}",
        r"(.*a.{9}){3}",
        r"(?:.{0,30}){30}",
        r"[^;]{1000}a|.*b[^;]{900}",
        r"(((a?){10}){10}){10}",
    ];
    for pattern in exploding {
        let problem = too_large(pattern);
        assert!(problem.message.starts_with("the pattern is too large"), "{pattern}: {problem}");
    }
}

#[test]
fn what_grows_is_named() {
    let long = too_large(r"(?:[a-z]{30}){33}(?:[a-z]{900})");
    assert_eq!(
        long.message,
        "the pattern is too large: its repetitions, written out, exceed 64 KiB"
    );
    assert_eq!(long.help, "lower the counts of its repetitions, or split it into several blocks");
    let wide = too_large(r".*a.{12}");
    assert_eq!(wide.message, "the pattern is too large: determinized, it exceeds 64 KiB");
    assert_eq!(
        wide.help,
        "after `.*` each `{n}` of a wide class doubles the states n times: write `*` instead; list values with `in`, \
         or split the pattern into several blocks"
    );
}

#[test]
fn an_automaton_is_within_its_limit_and_says_its_size() {
    let email = compile(r"^(.*?;)?(email=[^;]*@some-company-name.com)(;.*)?$");
    assert!(email.memory() > 1024 && email.memory() <= MAX_DFA, "{}", email.memory());
    assert!(compile("a").memory() < email.memory());
}

#[test]
fn the_longest_values_are_matched() {
    let automaton = compile(".*a.*");
    let mut value = vec![b'b'; MAX_VALUE];
    assert!(!automaton.is_match(&value));
    value[MAX_VALUE - 1] = b'a';
    assert!(automaton.is_match(&value));
}

#[test]
fn deep_patterns_are_refused() {
    let nested = |depth| format!("{}a{}", "(".repeat(depth), ")".repeat(depth));
    assert!(Pattern::parse(&nested(50), Case::Sensitive).is_ok());
    for depth in [51, 300, 511] {
        let problem = Pattern::parse(&nested(depth), Case::Sensitive).unwrap_err();
        assert_eq!(problem.message, "groups and repetitions nest more than 50 levels deep");
    }
}

#[test]
fn long_patterns_are_refused() {
    assert!(Pattern::parse(&"a".repeat(1024), Case::Sensitive).is_ok());
    let problem = Pattern::parse(&"a".repeat(1025), Case::Sensitive).unwrap_err();
    assert_eq!(problem.message, "expected a pattern of at most 1024 bytes, found 1025");
    assert_eq!(problem.range, 0..1025);
}

//! Command lines are split as bash splits them, or not at all.

use super::*;

fn split(text: &str) -> Result<Vec<String>, String> {
    let text_of = |word: Word| String::from_utf8_lossy(&word.bytes).into_owned();
    let split = words(text).map(|words| words.into_iter().map(text_of).collect());
    split.map_err(|fault| format!("{}: {}", fault.span.start, fault.message))
}

#[test]
fn words_are_those_of_bash() {
    let cases: &[(&str, &[&str])] = &[
        ("a  b\tc", &["a", "b", "c"]),
        (
            "curl 'a b' \\\n  -H \"c: \\\"d\\\" \\e\" \\\r\n --x",
            &["curl", "a b", "-H", "c: \"d\" \\e", "--x"],
        ),
        ("a'b'\"c\"$'d\\'e'f", &["abcd'ef"]),
        ("a '' \"\"", &["a", "", ""]),
        ("\n\n# a note\ncurl x # said\n\n", &["curl", "x"]),
        ("curl x | jq .", &["curl", "x"]),
        ("curl x;\n", &["curl", "x"]),
        ("a#b a\\ b 5$ ^x", &["a#b", "a b", "5$", "^x"]),
        ("\"a\\\nb\" '\\n' \\", &["ab", "\\n", "\\"]),
        ("", &[]),
    ];
    for (text, expected) in cases {
        let expected = expected.iter().map(ToString::to_string).collect();
        assert_eq!(split(text), Ok(expected), "{text}");
    }
}

#[test]
fn places_are_those_of_the_text() {
    let found = words("curl  'a b' c").unwrap();
    let spans: Vec<_> = found.into_iter().map(|word| word.span).collect();
    assert_eq!(spans, [0..4, 6..11, 12..13]);
}

#[test]
fn what_is_not_known_is_refused() {
    let cases = [
        ("curl 'a", "5: unclosed quote"),
        ("curl \"a", "5: unclosed quote"),
        ("curl $'a", "5: unclosed quote"),
        ("curl $'a\\u0000'", "8: an argument cannot contain NUL"),
        ("curl $URL", "5: a shell would expand this, and its value is unknown"),
        ("curl \"$(x)\"", "6: a shell would expand this, and its value is unknown"),
        ("curl `x`", "5: a shell would expand this, and its value is unknown"),
        ("curl a > b", "7: `>` is shell syntax, not part of a request"),
        ("curl a ;\ncurl b", "9: a second command begins here"),
        ("curl a\ncurl b", "7: a second command begins here"),
        ("curl ^\"a^\"", "5: this is a command line of Windows' cmd"),
        ("curl \"a\" ^\r\n -H \"b\"", "9: this is a command line of Windows' cmd"),
    ];
    for (text, expected) in cases {
        assert_eq!(split(text), Err(expected.to_owned()), "{text}");
    }
}

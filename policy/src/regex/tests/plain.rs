//! Regexes that are look-ups: read without the engine, they mean what the engine says.

use crate::cookie::for_each_piece;
use crate::regex::{Automaton, Case, Header, Pattern, Plain};

const BEFORE: &[&str] = &[
    "",
    "(.*?;)?",
    "(.*;)?",
    r"(.*?;\s*)?",
    "(?:.*; ?)?",
    "(.*; *)?",
    "(^|.*;)",
    r"(^|.*;\s*)",
    "(^|.*; )",
    "(|.*?;)",
    r"(.*;\s*|)",
    "(.*; ?|^)",
    // not of this kind
    ".*",
    "(.*;)",
    "(.*?;)*",
    r"(.*;\s+)?",
    "(.+;)?",
    "([^;]*;)?",
];
const CORE: &[&str] = &[
    "a=1",
    "(a=1)",
    r"(\s*a=1)",
    r"\s*a=1",
    "( a=1)",
    " ?a=1",
    "(?: *a=1 ?)",
    r"(a=1\s*)",
    "a=(1|2)",
    "(a=1|a=2)",
    "(a|b)=(1|2)",
    r"a\=1",
    "(x)",
    // not of this kind
    "(a=1)?",
    "a=1+",
    "a=.",
    "a=1;b",
    "a=[12]",
    "a=1|a=2",
    "(a=1| a=2)",
    "(?i)a=1",
    "a=1 ",
    r"a=\d",
];
const BEHIND: &[&str] = &[
    "",
    "(;.*)?",
    r"(\s*;.*)?",
    r"\s*(;.*)?",
    "(;.*|)",
    "(|;.*)",
    "( ?;.*|$)",
    "($|;.*)",
    "(;.*?)?",
    // not of this kind
    "(;.*)",
    ".*",
    "(;|$)",
    r"(\s;.*)?",
];

/// What headers are made of.
const TOKENS: &[&str] =
    &["a=1", ";", " ", "; ", ";;", "a=2", "\t", "\n", "\x0b", "b=2", "x", "a", "\"", "=1", "  "];

fn is_match(plain: &Plain, header: &[u8]) -> bool {
    match plain {
        Plain::Texts(texts) => texts.iter().any(|text| text == header),
        Plain::Piece(piece) => {
            let mut is_match = false;
            for_each_piece(header, |found| {
                let has_text = piece.texts.iter().any(|text| text == found.text.trim_ascii());
                is_match |= has_text && piece.around.allows(&found, &Header::new(header));
            });
            is_match
        }
    }
}

/// Every header of up to three tokens, and some longer ones.
fn headers() -> Vec<Vec<u8>> {
    let mut headers = vec![Vec::new()];
    let mut last = headers.clone();
    for _ in 0..3 {
        last = last
            .iter()
            .flat_map(|header| {
                TOKENS.iter().map(move |token| [header.as_slice(), token.as_bytes()].concat())
            })
            .collect();
        headers.extend(last.clone());
    }
    // A generator of its own: the same headers each time.
    let mut state = crate::split::Generator::new(7);
    for _ in 0..3000 {
        let length = 4 + state.draw() % 8;
        let token = |_| TOKENS[usize::try_from(state.draw() % TOKENS.len() as u64).unwrap()];
        headers.push((0..length).map(token).collect::<String>().into_bytes());
    }
    headers
}

#[test]
fn they_mean_what_the_engine_says() {
    let headers = headers();
    let mut read = 0;
    for (before, core, behind) in BEFORE.iter().flat_map(|before| {
        CORE.iter().flat_map(move |core| BEHIND.iter().map(move |behind| (before, core, behind)))
    }) {
        let pattern = format!("^{before}{core}{behind}$");
        let Some(plain) = Plain::read(&pattern, Case::Sensitive, true) else { continue };
        read += 1;
        let engine = Automaton::compile(&Pattern::parse(&pattern, Case::Sensitive).unwrap());
        let engine = engine.unwrap();
        for header in &headers {
            assert_eq!(
                is_match(&plain, header),
                engine.is_match(header),
                "{pattern} of {:?}",
                header.escape_ascii().to_string()
            );
        }
    }
    assert!(read > 800, "only {read} were read");
}

#[test]
fn those_of_tutorials_are_read() {
    let patterns = [
        "^(.*?;)?(version=v2)(;.*)?$",
        r"^(.*?;)?(\s*version=v2)(;.*)?$",
        "^(.*?; ?)?(user=tester)(;.*)?$",
        "^(.*?;)?(user=jason)(;.*)?$",
        r"^(.*;\s*)?version=v2(\s*;.*)?$",
        r"(^|.*; )version=(v2|v3)(;.*|$)",
        r"^(.*?;)?\s*beta\-user=1\.0(;.*)?$",
    ];
    for pattern in patterns {
        let read = Plain::read(pattern, Case::Sensitive, true);
        assert!(matches!(read, Some(Plain::Piece(_))), "{pattern}: {read:?}");
        assert_eq!(Plain::read(pattern, Case::Sensitive, false), None, "{pattern}: another header");
        assert_eq!(Plain::read(pattern, Case::Ignore, true), None, "{pattern}: in any case");
    }
}

#[test]
fn texts_are_what_the_engine_finds() {
    let cases: &[(&str, &[&str])] = &[
        ("v2", &["v2"]),
        ("^v2$", &["v2"]),
        ("v2|v3", &["v2", "v3"]),
        ("(v2|v3)x", &["v2x", "v3x"]),
        (r"a\.b", &["a.b"]),
        ("(?:a|b)(c|)", &["ac", "a", "bc", "b"]),
    ];
    for (pattern, expected) in cases {
        let Some(Plain::Texts(mut texts)) = Plain::read(pattern, Case::Sensitive, false) else {
            panic!("{pattern} was not read");
        };
        let expected: Vec<Vec<u8>> = expected.iter().map(|text| text.as_bytes().to_vec()).collect();
        assert_eq!(texts, expected, "{pattern}");
        texts.sort();
        let engine = Pattern::parse(pattern, Case::Sensitive).unwrap().literals();
        assert_eq!(Some(texts), engine, "{pattern}");
    }
    for pattern in ["^a|b$", "a.", "[ab]", "a?", "a{2}", r"\d", "(?i)a", "a$b", "a^", "(a", "a|b$c"]
    {
        assert_eq!(Plain::read(pattern, Case::Sensitive, false), None, "{pattern}");
    }
    let ignored = Plain::read("V2", Case::Ignore, false);
    assert_eq!(ignored, Some(Plain::Texts(vec![b"v2".to_vec()])));
}

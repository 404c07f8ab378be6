//! What the YAML parser says about text that is no YAML, in words for the person who wrote it.
//!
//! The parser names its own states ("simple key expected"); where one mistake is by far the likeliest cause,
//! that is what is said, and what to do about it.

use std::ops::Range;

use super::{Fault, MAX_DEPTH, MAX_KEY};

/// What the parser says (a part of it), what that means, and what to do about it.
const MEANINGS: &[(&str, &str, &str)] = &[
    (
        "Unicode character escape",
        "this escape is not a character",
        "write the character itself; a pair of `\\u` (as in JSON) is not YAML",
    ),
    ("misplaced bracket", "unmatched closing bracket", ""),
    (
        "invalid trailing content after double-quoted scalar",
        "unexpected text after the closing quote",
        r#"write a `'` inside `'…'` as `''`, and a `"` inside `"…"` as `\"`"#,
    ),
    (
        "simple key expect",
        "expected `:` after this key",
        "write each line of a map as `key: value`",
    ),
    (
        "did not find expected key",
        "expected a key of the map above, found something else",
        "align the keys of a map; quote text that contains `: `, ` #` or quotes",
    ),
    ("unexpected end of stream", "unclosed quote", "write a `'` inside `'…'` as `''`"),
    ("did not find expected node content", "expected a value", ""),
];

/// Finds the likeliest mistake behind the parser's complaint `info` at byte `at` of `text`.
pub(super) fn fault(text: &str, at: usize, info: &str) -> Fault {
    let at = place(text, at);
    match info {
        _ if info.contains("recursion limit") => too_deep(at),
        _ if info.contains("unknown escape") => escape(text, at),
        _ if info.contains("unknown anchor") => unknown_anchor(text, at),
        _ if info.contains("flow sequence") => unclosed(text, at, "list", ']'),
        _ if info.contains("flow mapping") => unclosed(text, at, "map", '}'),
        _ if info.starts_with("tab") || info.contains("found a tab") => tab(text, at),
        _ if info.contains("mapping values are not allowed") => colon(text, at),
        _ if info.starts_with("unexpected character") => reserved(text, at),
        _ => match MEANINGS.iter().find(|(said, ..)| info.contains(said)) {
            Some((_, message, help)) => plain(text, at, message, help),
            None => plain(text, at, info, ""),
        },
    }
}

/// A fault at one character.
fn plain(text: &str, at: usize, message: &str, help: &str) -> Fault {
    let length = text[at..].chars().next().map_or(0, char::len_utf8);
    Fault {
        span: at..at + length,
        message: message.to_owned(),
        help: (!help.is_empty()).then(|| help.to_owned()),
    }
}

/// A value nested too deep.
pub(super) fn too_deep(at: usize) -> Fault {
    Fault {
        span: at..at + 1,
        message: format!("this nests deeper than {MAX_DEPTH} levels"),
        help: None,
    }
}

/// A key that is too long.
pub(super) fn long_key(found: usize, at: usize) -> Fault {
    Fault {
        span: at..at + 1,
        message: format!("expected a key of at most {MAX_KEY} bytes, found {found}"),
        help: None,
    }
}

/// An alias inside of what it stands for.
pub(super) fn endless_alias(text: &str, span: Range<usize>) -> Fault {
    let alias = text.get(span.clone()).unwrap_or_default().trim_end();
    Fault {
        span: span.start..span.start + alias.len(),
        message: format!("`{alias}` refers to a value that contains it"),
        help: None,
    }
}

/// The place itself, or the last character before it when it is behind the text or at a line's end.
fn place(text: &str, at: usize) -> usize {
    let before = text.get(..at).unwrap_or(text);
    if text.get(at..).is_some_and(|rest| !rest.trim_start_matches(['\r', '\n', ' ']).is_empty()) {
        return at;
    }
    before.trim_end().char_indices().next_back().map_or(0, |(at, _)| at)
}

/// The tab that the parser stumbled over: the last before it on its line, or the first that indents a line
/// below (the parser names the beginning of a text that goes on there).
fn tab(text: &str, at: usize) -> Fault {
    let start = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
    let before = text[start..at].rfind('\t').map(|offset| start + offset);
    let mut line_start = start;
    let below = text[start..].split_inclusive('\n').find_map(|line| {
        let indentation = line.len() - line.trim_start().len();
        let tab = line[..indentation].find('\t').map(|offset| line_start + offset);
        line_start += line.len();
        tab
    });
    let tab = before.or(below).unwrap_or(at);
    plain(text, tab, "found a tab where YAML allows only spaces", "indent with spaces")
}

/// `*x` without `&x`, which mostly was to be a pattern.
fn unknown_anchor(text: &str, at: usize) -> Fault {
    let word = word(&text[at..]);
    Fault {
        span: at..at + word.len(),
        message: format!("undefined alias: there is no anchor `&{}`", word.trim_start_matches('*')),
        help: Some(format!("quote text that starts with `*`: `'{word}'`")),
    }
}

/// `@x`, `%x` and the like.
fn reserved(text: &str, at: usize) -> Fault {
    let found = text[at..].chars().next().map(String::from).unwrap_or_default();
    let word = word(&text[at..]);
    let quoted = if word.contains('\'') { format!("\"{word}\"") } else { format!("'{word}'") };
    let message = format!("text cannot start with `{found}` without quotes");
    plain(text, at, &message, &format!("quote it: `{quoted}`"))
}

/// The word that `rest` begins with, up to a blank or what ends a value.
fn word(rest: &str) -> &str {
    let end = rest
        .find(|c: char| c.is_whitespace() || matches!(c, ',' | ']' | '}'))
        .unwrap_or(rest.len());
    &rest[..end]
}

/// `"\."`: the escape is somewhere in the quoted text that begins at `at`.
fn escape(text: &str, at: usize) -> Fault {
    const KNOWN: &str = "0abt\tnvfre \"/\\N_LPxuU\n\r";
    let mut characters = text[at..].char_indices().skip(1);
    let mut span = at..at + 1;
    let mut found = String::new();
    while let Some((offset, character)) = characters.next() {
        let escaped = if character == '\\' { characters.next() } else { None };
        match escaped {
            Some((_, escaped)) if !KNOWN.contains(escaped) => {
                span = at + offset..at + offset + 1 + escaped.len_utf8();
                found = format!("`\\{escaped}`");
                break;
            }
            _ if character == '"' => break,
            _ => {}
        }
    }
    Fault {
        span,
        message: format!("{found} is not an escape in double quotes").trim_start().to_owned(),
        help: Some(
            "put regular expressions in single quotes, which do not interpret backslashes"
                .to_owned(),
        ),
    }
}

/// A list or map in brackets that goes on where it cannot.
fn unclosed(text: &str, at: usize, kind: &str, closing: char) -> Fault {
    let message = format!("expected `,` or `{closing}` in the bracketed {kind}");
    let help = format!(
        "close the {kind} with `{closing}`; quote text that contains `,`, `[`, `]`, `{{` or `}}`"
    );
    plain(text, at, &message, &help)
}

/// `a: b: c`, or a key that is indented below a value.
fn colon(text: &str, at: usize) -> Fault {
    let line = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
    let help = if text[line..at].trim_start_matches(['-', ' ']).contains(": ") {
        "quote text that contains `: `"
    } else {
        "indent the line like the keys around it, or quote the value above it"
    };
    plain(text, at, "unexpected `:`", help)
}

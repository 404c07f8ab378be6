//! What the parser of regex-syntax found, in Serin's words.
//!
//! In: its error, with its place in the pattern. Out: a message that says what stands there and what to write
//! instead. Where RE2 takes what the parser refuses, the help names the form that both take.

use regex_syntax::ast::{Error, ErrorKind};

use super::{InvalidPattern, MAX_NESTING, dialect};

/// `error` as a problem of `pattern`.
pub(super) fn explain(pattern: &str, error: &Error) -> InvalidPattern {
    let start = error.span().start.offset.min(pattern.len().saturating_sub(1));
    let rest = pattern.get(start..).unwrap_or_default();
    // an empty span stands before the character that it is about, or at the end
    let least = start.saturating_add(1).min(pattern.len());
    let end = error.span().end.offset.max(least);
    let found = pattern.get(start..end).unwrap_or_default();
    let (message, help) = match error.kind() {
        ErrorKind::NestLimitExceeded(_) => {
            (format!("groups and repetitions nest more than {MAX_NESTING} levels deep"), None)
        }
        ErrorKind::ClassEscapeInvalid
        | ErrorKind::ClassRangeInvalid
        | ErrorKind::ClassRangeLiteral
        | ErrorKind::ClassUnclosed => class(error.kind(), found),
        ErrorKind::DecimalEmpty
        | ErrorKind::DecimalInvalid
        | ErrorKind::RepetitionCountDecimalEmpty
        | ErrorKind::RepetitionCountInvalid
        | ErrorKind::RepetitionCountUnclosed
        | ErrorKind::RepetitionMissing => {
            let before = pattern.get(..start).unwrap_or_default();
            repetition(error.kind(), found, before)
        }
        ErrorKind::EscapeHexEmpty
        | ErrorKind::EscapeHexInvalid
        | ErrorKind::EscapeHexInvalidDigit
        | ErrorKind::EscapeUnexpectedEof
        | ErrorKind::EscapeUnrecognized
        | ErrorKind::SpecialWordBoundaryUnclosed
        | ErrorKind::SpecialWordBoundaryUnrecognized
        | ErrorKind::SpecialWordOrRepetitionUnexpectedEof
        | ErrorKind::UnicodeClassInvalid
        | ErrorKind::UnsupportedBackreference => escape(error.kind(), found, rest),
        kind => group(kind, found),
    };
    InvalidPattern { range: start..end, message, help: help.map(str::to_owned) }
}

type Explained = (String, Option<&'static str>);

fn class(kind: &ErrorKind, found: &str) -> Explained {
    match kind {
        ErrorKind::ClassEscapeInvalid => {
            let help = match found {
                r"\<" | r"\>" => r"for the character itself remove the `\`",
                _ => "put it outside of the brackets",
            };
            (format!("`{found}` has no meaning in brackets"), Some(help))
        }
        ErrorKind::ClassRangeInvalid => (
            format!("the range `{found}` is reversed"),
            Some(r"for the character `-` write `\-`, or put it last"),
        ),
        ErrorKind::ClassRangeLiteral => (
            format!("`{found}` cannot be the end of a range"),
            Some(r"for the character `-` write `\-`, or put it last"),
        ),
        _ => ("unclosed `[`".to_owned(), Some(r"for the character itself write `\[`")),
    }
}

fn repetition(kind: &ErrorKind, found: &str, before: &str) -> Explained {
    match kind {
        ErrorKind::DecimalInvalid => (dialect::too_often(found), None),
        ErrorKind::RepetitionCountInvalid => {
            (format!("the bounds of the repetition `{found}` are reversed"), None)
        }
        // the parser takes the `?` of `(?)`, a group of no flags, for a repetition
        ErrorKind::RepetitionMissing
            if found == "?" && before.ends_with('(') && !before.ends_with(r"\(") =>
        {
            ("`(?)` sets no flags".to_owned(), Some("write `(?:…)` for a group"))
        }
        ErrorKind::RepetitionMissing => (
            format!("`{found}` has nothing to repeat"),
            Some(r"for the character itself put a `\` before it; for any text write `.*`"),
        ),
        _ => (
            "`{` does not start a repetition: expected `{n}`, `{n,}` or `{n,m}`".to_owned(),
            Some(r"for the character itself write `\{`, for at most n times `{0,n}`"),
        ),
    }
}

fn escape(kind: &ErrorKind, found: &str, rest: &str) -> Explained {
    match kind {
        ErrorKind::EscapeUnexpectedEof => {
            let itself = Some(r"for the character `\` itself write `\\`");
            ("the pattern ends within an escape".to_owned(), itself.filter(|_| found == r"\"))
        }
        ErrorKind::EscapeUnrecognized => (format!("`{found}` is not an escape"), instead_of(found)),
        ErrorKind::UnicodeClassInvalid => {
            (dialect::unicode_class(found), Some(dialect::ASCII_CLASSES))
        }
        ErrorKind::UnsupportedBackreference => {
            let octal = |c: char| ('0'..='7').contains(&c);
            let mut digits = rest.chars().skip(1);
            let (first, second) = (digits.next(), digits.next());
            if first == Some('0') || (first.is_some_and(octal) && second.is_some_and(octal)) {
                (
                    format!("`{found}` is an octal escape, which is not supported"),
                    Some(r"write `\x` and two hexadecimal digits"),
                )
            } else {
                (format!("`{found}` is a backreference, which RE2 does not support"), None)
            }
        }
        ErrorKind::EscapeHexEmpty
        | ErrorKind::EscapeHexInvalid
        | ErrorKind::EscapeHexInvalidDigit => (
            format!("`{found}` is not the number of a character in hexadecimal digits"),
            Some(r"write `\x` and two hexadecimal digits"),
        ),
        _ => (dialect::word_boundary(r"\b{"), Some(dialect::PLAIN_BOUNDARY)),
    }
}

fn instead_of(escape: &str) -> Option<&'static str> {
    Some(match escape.chars().nth(1)? {
        'C' => "for any byte write `(?s:.)`",
        'E' | 'Q' => r"put a `\` before each literal character",
        'Z' => r"for the end of the value write `$` or `\z`",
        'h' => r"for a space or tab write `[ \t]`",
        c if c.is_ascii_alphabetic() => r"for the letter itself remove the `\`",
        _ => return None,
    })
}

fn group(kind: &ErrorKind, found: &str) -> Explained {
    match kind {
        ErrorKind::FlagDanglingNegation => {
            ("expected a flag after `-`".to_owned(), Some(dialect::FLAGS))
        }
        ErrorKind::FlagDuplicate { .. } | ErrorKind::FlagRepeatedNegation { .. } => {
            (format!("duplicate flag `{found}`"), None)
        }
        ErrorKind::FlagUnrecognized => (
            format!("`{found}` after `(?` is neither a flag nor a kind of group that RE2 knows"),
            Some(r"write `(?:…)` for a group, `\?` for the character `?`"),
        ),
        ErrorKind::GroupNameDuplicate { .. } => {
            (format!("two groups are named `{found}`"), Some(dialect::NO_NAME))
        }
        ErrorKind::GroupNameEmpty => {
            ("the name of a group is empty".to_owned(), Some(dialect::NO_NAME))
        }
        ErrorKind::GroupNameInvalid => (
            format!("`{found}` is not allowed here in the name of a group"),
            Some(dialect::NO_NAME),
        ),
        ErrorKind::GroupNameUnexpectedEof => {
            ("unclosed name of a group".to_owned(), Some(dialect::NO_NAME))
        }
        ErrorKind::GroupUnclosed | ErrorKind::FlagUnexpectedEof => {
            ("unclosed `(`".to_owned(), Some(r"for the character itself write `\(`"))
        }
        ErrorKind::GroupUnopened => {
            ("unmatched `)`".to_owned(), Some(r"for the character itself write `\)`"))
        }
        ErrorKind::UnsupportedLookAround => (
            format!("`{found}` is a lookaround, which RE2 does not support"),
            Some("a regex matches the whole value; to exclude something use `without`"),
        ),
        _ => ("this is not a regex".to_owned(), None),
    }
}

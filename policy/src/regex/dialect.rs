//! What regex-syntax parses, less what RE2 does not read in the same way.
//!
//! In: a syntax tree. Out: the first thing in it that is not in the dialect, by position; otherwise the tree,
//! with `\s` rewritten, which means other characters in RE2 (see [`class`]).
//! Each refusal here has rows in `tests/data/regex/re2.jsonl` that show why.

use regex_syntax::ast::{
    Assertion, AssertionKind, Ast, Flag, Flags, FlagsItemKind, GroupKind, HexLiteralKind, Literal,
    LiteralKind, Repetition, RepetitionKind, RepetitionRange, Span,
};

use super::{InvalidPattern, MAX_PATTERN, MAX_REPEAT, class};

pub(super) const ASCII_CLASSES: &str = "write an ASCII class such as `[[:alpha:]]` or `[0-9]`";
pub(super) const FLAGS: &str = "RE2 has the flags `i`, `m`, `s` and `U`";
pub(super) const NO_NAME: &str = "remove the name: it is not used";
pub(super) const PLAIN_BOUNDARY: &str = r"write `\b`; for the character `{` write `\{`";
const BYTES: &str = r"a regex matches bytes: write `[^\x00-\x7f]+` for characters outside ASCII";

pub(super) fn too_often(count: &str) -> String {
    format!("`{count}` repeats too often: RE2 allows at most {MAX_REPEAT} times")
}

pub(super) fn unicode_class(found: &str) -> String {
    format!("`{found}` is a Unicode class, but a regex matches bytes")
}

pub(super) fn word_boundary(found: &str) -> String {
    format!("RE2 does not know `{found}`")
}

/// Refuses what no tree is needed for.
pub(super) fn check_text(pattern: &str) -> Result<(), InvalidPattern> {
    let refuse = |range, message, help: &str| {
        Err(InvalidPattern { range, message, help: Some(help.to_owned()) })
    };
    let bytes = pattern.len();
    if bytes > MAX_PATTERN {
        let message = format!("expected a pattern of at most {MAX_PATTERN} bytes, found {bytes}");
        return refuse(
            0..bytes,
            message,
            "list values with `in`, or split the pattern into several blocks",
        );
    }
    match pattern.char_indices().find(|(_, c)| !c.is_ascii()) {
        Some((at, c)) => {
            refuse(at..at.saturating_add(c.len_utf8()), format!("`{c}` is not ASCII"), BYTES)
        }
        None => Ok(()),
    }
}

/// Refuses what `ast`, parsed from `pattern`, holds beyond the dialect, and rewrites its classes.
pub(super) fn restrict(pattern: &str, ast: &mut Ast) -> Result<(), InvalidPattern> {
    Dialect { pattern }.ast(ast, MAX_REPEAT)
}

/// The rules, over one pattern.
#[derive(Clone, Copy)]
pub(super) struct Dialect<'p> {
    pattern: &'p str,
}

impl<'p> Dialect<'p> {
    pub(super) fn text(self, span: &Span) -> &'p str {
        self.pattern.get(span.start.offset..span.end.offset).unwrap_or_default()
    }

    /// `repeats`: how often this may be repeated within what it stands in.
    fn ast(self, ast: &mut Ast, repeats: u32) -> Result<(), InvalidPattern> {
        match ast {
            Ast::Empty(_) | Ast::Dot(_) => Ok(()),
            Ast::Flags(set) => self.flags(&set.flags),
            Ast::Literal(literal) => self.literal(literal),
            Ast::Assertion(assertion) => self.assertion(assertion),
            Ast::ClassUnicode(class) => Err(self.unicode(&class.span)),
            Ast::ClassPerl(class) => {
                if let Some(rewritten) = class::perl(class) {
                    *ast = Ast::class_bracketed(rewritten);
                }
                Ok(())
            }
            Ast::ClassBracketed(class) => class::bracketed(self, class),
            Ast::Repetition(repetition) => self.repetition(repetition, repeats),
            Ast::Group(group) => {
                self.group(&group.kind)?;
                self.ast(&mut group.ast, repeats)
            }
            Ast::Alternation(alternation) => {
                alternation.asts.iter_mut().try_for_each(|ast| self.ast(ast, repeats))
            }
            Ast::Concat(concat) => {
                concat.asts.iter_mut().try_for_each(|ast| self.ast(ast, repeats))
            }
        }
    }

    pub(super) fn literal(self, literal: &Literal) -> Result<(), InvalidPattern> {
        let found = self.text(&literal.span);
        match literal.kind {
            LiteralKind::HexFixed(HexLiteralKind::UnicodeShort | HexLiteralKind::UnicodeLong)
            | LiteralKind::HexBrace(HexLiteralKind::UnicodeShort | HexLiteralKind::UnicodeLong)
            | LiteralKind::Octal => Err(InvalidPattern::new(
                &literal.span,
                format!("RE2 does not know `{found}`"),
                Some(r"write `\x` and two hexadecimal digits"),
            )),
            _ if !literal.c.is_ascii() => Err(InvalidPattern::new(
                &literal.span,
                format!("`{found}` is not ASCII"),
                Some(BYTES),
            )),
            _ => Ok(()),
        }
    }

    pub(super) fn unicode(self, span: &Span) -> InvalidPattern {
        InvalidPattern::new(span, unicode_class(self.text(span)), Some(ASCII_CLASSES))
    }

    fn assertion(self, assertion: &Assertion) -> Result<(), InvalidPattern> {
        let found = self.text(&assertion.span);
        let (message, help) = match assertion.kind {
            AssertionKind::StartLine
            | AssertionKind::EndLine
            | AssertionKind::StartText
            | AssertionKind::EndText
            | AssertionKind::WordBoundary
            | AssertionKind::NotWordBoundary => return Ok(()),
            AssertionKind::WordBoundaryStartAngle | AssertionKind::WordBoundaryEndAngle => (
                format!("RE2 reads `{found}` as a plain character, others as a word boundary"),
                r"for the character remove the `\`, for a word boundary write `\b`",
            ),
            AssertionKind::WordBoundaryStart
            | AssertionKind::WordBoundaryEnd
            | AssertionKind::WordBoundaryStartHalf
            | AssertionKind::WordBoundaryEndHalf => (word_boundary(found), PLAIN_BOUNDARY),
        };
        Err(InvalidPattern::new(&assertion.span, message, Some(help)))
    }

    fn group(self, kind: &GroupKind) -> Result<(), InvalidPattern> {
        match kind {
            GroupKind::CaptureIndex(_) => Ok(()),
            GroupKind::NonCapturing(flags) => self.flags(flags),
            GroupKind::CaptureName { name, .. } => {
                match name.name.chars().find(|&c| c != '_' && !c.is_ascii_alphanumeric()) {
                    None => Ok(()),
                    Some(c) => Err(InvalidPattern::new(
                        &name.span,
                        format!("RE2 does not know `{c}` in the name of a group"),
                        Some(NO_NAME),
                    )),
                }
            }
        }
    }

    fn flags(self, flags: &Flags) -> Result<(), InvalidPattern> {
        let unknown = flags.items.iter().find(|item| {
            matches!(
                item.kind,
                FlagsItemKind::Flag(Flag::Unicode | Flag::CRLF | Flag::IgnoreWhitespace)
            )
        });
        match unknown {
            None => Ok(()),
            Some(item) => Err(InvalidPattern::new(
                &item.span,
                format!("RE2 does not know the flag `{}`", self.text(&item.span)),
                Some(FLAGS),
            )),
        }
    }

    fn repetition(self, repetition: &mut Repetition, repeats: u32) -> Result<(), InvalidPattern> {
        let span = repetition.op.span;
        let found = self.text(&span);
        if let Ast::Repetition(inner) = &*repetition.ast {
            let twice = Span { start: inner.op.span.start, end: span.end };
            return Err(InvalidPattern::new(
                &twice,
                format!("`{}` repeats a repetition", self.text(&twice)),
                Some("write one of them, or a group `(?:…)` around the inner one"),
            ));
        }
        let RepetitionKind::Range(range) = &repetition.op.kind else {
            return self.ast(&mut repetition.ast, repeats);
        };
        let (plain, most) = match range {
            RepetitionRange::Exactly(count) => (format!("{{{count}}}"), *count),
            RepetitionRange::AtLeast(least) => (format!("{{{least},}}"), *least),
            RepetitionRange::Bounded(least, most) => (format!("{{{least},{most}}}"), *most),
        };
        if found.strip_suffix('?').unwrap_or(found) != plain {
            return Err(InvalidPattern::new(
                &span,
                format!("RE2 reads `{found}` as characters"),
                Some(&format!(r"write `{plain}` for a repetition, or `\{{` for the character")),
            ));
        }
        if most > MAX_REPEAT {
            return Err(InvalidPattern::new(&span, too_often(found), None));
        }
        // RE2's RepetitionWalker: a count divides what is left, 0 divides nothing
        match repeats.checked_div(most).unwrap_or(repeats) {
            0 => Err(InvalidPattern::new(
                &span,
                format!(
                    "with the repetitions around it `{found}` repeats too often: RE2 allows at most {MAX_REPEAT} times"
                ),
                None,
            )),
            left => self.ast(&mut repetition.ast, left),
        }
    }
}

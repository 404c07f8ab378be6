//! Classes: `\s`, and what stands in brackets.
//!
//! RE2 has no nested classes and no set operations, and takes a leading `-` or `]` as the beginning of a range:
//! these are refused. `\s` and `\S` are rewritten wherever they stand: RE2's have no `\v`.

use regex_syntax::ast::{
    ClassBracketed, ClassPerl, ClassPerlKind, ClassSet, ClassSetItem, ClassSetRange, ClassSetUnion,
    Literal, LiteralKind, Span,
};

use super::InvalidPattern;
use super::dialect::Dialect;

/// RE2's `\s`.
const SPACE: [(char, char); 3] = [('\t', '\n'), ('\x0c', '\r'), (' ', ' ')];

const NO_SETS: &str =
    r"RE2 has no set operations on classes; for the characters put a `\` before each";

/// What `class` is rewritten to, if RE2 reads it differently.
pub(super) fn perl(class: &ClassPerl) -> Option<ClassBracketed> {
    if class.kind != ClassPerlKind::Space {
        return None;
    }
    let span = class.span;
    let literal = |c| Literal { span, kind: LiteralKind::Verbatim, c };
    let range = |(start, end)| {
        ClassSetItem::Range(ClassSetRange { span, start: literal(start), end: literal(end) })
    };
    let items = SPACE.map(range).into();
    let kind = ClassSet::union(ClassSetUnion { span, items });
    Some(ClassBracketed { span, negated: class.negated, kind })
}

/// Refuses what RE2 does not read in the same way in a class in brackets, and rewrites the rest.
pub(super) fn bracketed(
    dialect: Dialect<'_>,
    class: &mut ClassBracketed,
) -> Result<(), InvalidPattern> {
    let text = dialect.text(&class.span);
    match &mut class.kind {
        ClassSet::BinaryOp(op) => {
            let message = format!("`{text}` combines classes, which RE2 does not support");
            Err(InvalidPattern::new(&op.span, message, Some(NO_SETS)))
        }
        ClassSet::Item(items) => {
            leading(text, &class.span)?;
            item(dialect, items)
        }
    }
}

/// RE2 reads `[--/]` and `[]-a]` as a range from the first character.
fn leading(text: &str, class: &Span) -> Result<(), InvalidPattern> {
    let inside = text.strip_prefix('[').unwrap_or(text);
    let inside = inside.strip_prefix('^').unwrap_or(inside);
    let range = inside.starts_with("--") || inside.starts_with("]-");
    if !range || inside.get(2..).is_none_or(|rest| rest.starts_with(']')) {
        return Ok(());
    }
    let first = inside.get(..1).unwrap_or_default();
    let message = format!("RE2 reads `{first}-` at the beginning of brackets as a range");
    let help = r"put a `\` before each literal character";
    Err(InvalidPattern::new(class, message, Some(help)))
}

fn item(dialect: Dialect<'_>, item: &mut ClassSetItem) -> Result<(), InvalidPattern> {
    match item {
        ClassSetItem::Empty(_) | ClassSetItem::Ascii(_) => Ok(()),
        ClassSetItem::Literal(literal) => dialect.literal(literal),
        ClassSetItem::Range(range) => {
            dialect.literal(&range.start)?;
            dialect.literal(&range.end)
        }
        ClassSetItem::Unicode(class) => Err(dialect.unicode(&class.span)),
        ClassSetItem::Perl(class) => {
            if let Some(rewritten) = perl(class) {
                *item = ClassSetItem::Bracketed(Box::new(rewritten));
            }
            Ok(())
        }
        ClassSetItem::Bracketed(class) => Err(nested(dialect.text(&class.span), &class.span)),
        ClassSetItem::Union(union) => {
            union.items.iter_mut().try_for_each(|each| self::item(dialect, each))
        }
    }
}

fn nested(text: &str, span: &Span) -> InvalidPattern {
    if text.starts_with("[:") {
        let help = "write POSIX classes as in `[[:alpha:]]`, in lower case";
        InvalidPattern::new(span, format!("`{text}` is not a class"), Some(help))
    } else {
        let message =
            format!("`{text}` is inside other brackets, where RE2 does not read it as a class");
        InvalidPattern::new(span, message, Some(r"for the character `[` write `\[`"))
    }
}

//! Bytes of a text value back to the bytes that it is written with, through quotes, escapes and indentation.
//!
//! The written text is decoded once more, each character with its bytes. When that does not give exactly the
//! value (a way of writing that is not foreseen here) nothing is found, and the whole value is meant.

use std::ops::Range;

use super::tree::{Style, properties};

/// A scalar as it is written.
pub(super) struct Written<'t> {
    /// Its bytes: tag and anchor, quotes, text.
    pub(super) raw: &'t str,
    pub(super) style: Style,
    /// Its value.
    pub(super) decoded: &'t str,
    /// How many bytes stand before it on its line: the indentation of a block.
    pub(super) column: usize,
}

/// The bytes of `written.raw` that the bytes `range` of the value are written with.
pub(super) fn find(written: &Written<'_>, range: &Range<usize>) -> Option<Range<usize>> {
    let mut empty = 0;
    let pieces = match written.style {
        Style::Plain => {
            flow(written.raw, properties(written.raw), written.raw.len(), Escapes::None)
        }
        Style::Single | Style::Double => {
            let (quote, escapes) = match written.style {
                Style::Single => ('\'', Escapes::Doubled),
                _ => ('"', Escapes::Backslash),
            };
            let start = written.raw.find(quote)? + 1;
            empty = start;
            let end = written.raw.rfind(quote).filter(|end| *end >= start)?;
            flow(written.raw, start, end, escapes)
        }
        Style::Literal | Style::Folded => block(written),
    }?;
    let value: String = pieces.iter().map(|piece| piece.character).collect();
    let is_block = matches!(written.style, Style::Literal | Style::Folded);
    let same = if is_block {
        // The parser's span of a block ends before or behind its last line's end.
        value.trim_end_matches('\n') == written.decoded.trim_end_matches('\n')
    } else {
        value == written.decoded
    };
    same.then(|| cover(&pieces, range, empty))
}

/// A character of the value and the bytes that it is written with.
struct Piece {
    character: char,
    bytes: Range<usize>,
}

/// The bytes of the pieces that `range` touches; those at `empty` where there are none.
fn cover(pieces: &[Piece], range: &Range<usize>, empty: usize) -> Range<usize> {
    let mut start = None;
    let mut end = None;
    let mut offset = 0;
    for piece in pieces {
        let next = offset + piece.character.len_utf8();
        if start.is_none() && range.start < next {
            start = Some(piece.bytes.start);
        }
        if range.start < range.end && offset < range.end {
            end = Some(piece.bytes.end);
        }
        offset = next;
    }
    let start = start.unwrap_or_else(|| pieces.last().map_or(empty, |piece| piece.bytes.end));
    start..end.unwrap_or(start).max(start)
}

/// How a character that would end the text is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Escapes {
    None,
    Doubled,
    Backslash,
}

/// A bare or quoted text between two bytes of `raw`.
fn flow(raw: &str, start: usize, end: usize, escapes: Escapes) -> Option<Vec<Piece>> {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut at = start;
    while at < end {
        let rest = raw.get(at..end)?;
        let character = rest.chars().next()?;
        let (character, length) = match (character, escapes) {
            ('\n' | '\r', _) => {
                let length = rest.len() - rest.trim_start().len();
                fold(&mut pieces, rest.get(..length)?, at);
                at += length;
                continue;
            }
            ('\'', Escapes::Doubled) => ('\'', 2),
            ('\\', Escapes::Backslash) => match escape(rest)? {
                (None, length) => {
                    at += length;
                    continue;
                }
                (Some(character), length) => (character, length),
            },
            (character, _) => (character, character.len_utf8()),
        };
        pieces.push(Piece { character, bytes: at..at + length });
        at += length;
    }
    Some(pieces)
}

/// A line's end between two lines of a text: one is a blank, of more all but the first are kept.
fn fold(pieces: &mut Vec<Piece>, space: &str, at: usize) {
    while pieces
        .last()
        .is_some_and(|piece| matches!(piece.character, ' ' | '\t') && piece.bytes.len() == 1)
    {
        pieces.pop();
    }
    let bytes = at..at + space.len();
    let lines = space.matches('\n').count();
    if lines <= 1 {
        pieces.push(Piece { character: ' ', bytes });
    } else {
        pieces.extend((1..lines).map(|_| Piece { character: '\n', bytes: bytes.clone() }));
    }
}

/// The character that an escape stands for, and its length; a line's end that is escaped is no character.
fn escape(rest: &str) -> Option<(Option<char>, usize)> {
    let code = |digits: usize| {
        let value = u32::from_str_radix(rest.get(2..2 + digits)?, 16).ok()?;
        Some((Some(char::from_u32(value)?), 2 + digits))
    };
    let character = match rest.chars().nth(1)? {
        '0' => '\0',
        'a' => '\x07',
        'b' => '\x08',
        't' | '\t' => '\t',
        'n' => '\n',
        'v' => '\x0b',
        'f' => '\x0c',
        'r' => '\r',
        'e' => '\x1b',
        'N' => '\u{85}',
        '_' => '\u{a0}',
        'L' => '\u{2028}',
        'P' => '\u{2029}',
        'x' => return code(2),
        'u' => return code(4),
        'U' => return code(8),
        '\n' | '\r' => {
            let space = &rest[1..];
            return Some((None, 1 + space.len() - space.trim_start().len()));
        }
        same @ (' ' | '"' | '/' | '\\') => same,
        _ => return None,
    };
    Some((Some(character), 2))
}

/// A block below `|` or `>`.
fn block(written: &Written<'_>) -> Option<Vec<Piece>> {
    let raw = written.raw;
    let mut pieces: Vec<Piece> = Vec::new();
    let mut at = 0;
    let mut indent = written.column;
    if raw.starts_with(['!', '&', '|', '>']) {
        // With a tag or an anchor the span begins at these, before the header of the block.
        at = raw.find('\n')? + 1;
        let first = raw[at..].lines().find(|line| !line.trim().is_empty())?;
        indent = first.len() - first.trim_start_matches(' ').len();
        at += indent.min(raw[at..].len() - raw[at..].trim_start_matches(' ').len());
    }
    for line in raw[at..].split_inclusive('\n') {
        let text = line.trim_end_matches(['\n', '\r']);
        let skipped = if at == 0 || !pieces_end_line(&pieces) {
            0
        } else {
            indent.min(text.len() - text.trim_start_matches(' ').len())
        };
        let kept = &text[skipped..];
        if written.style == Style::Folded && !kept.is_empty() {
            fold_block(&mut pieces, kept);
        }
        for (offset, character) in kept.char_indices() {
            let start = at + skipped + offset;
            pieces.push(Piece { character, bytes: start..start + character.len_utf8() });
        }
        if line.len() > text.len() {
            pieces.push(Piece { character: '\n', bytes: at + text.len()..at + line.len() });
        }
        at += line.len();
    }
    Some(pieces)
}

fn pieces_end_line(pieces: &[Piece]) -> bool {
    pieces.last().is_some_and(|piece| piece.character == '\n')
}

/// Joins a line to the one before it, unless either is indented further.
fn fold_block(pieces: &mut Vec<Piece>, line: &str) {
    let breaks = pieces.iter().rev().take_while(|piece| piece.character == '\n').count();
    if breaks == 0 || breaks == pieces.len() || line.starts_with([' ', '\t']) {
        return;
    }
    let first = pieces.len() - breaks;
    if breaks == 1 {
        pieces[first].character = ' ';
    } else {
        pieces.remove(first);
    }
}

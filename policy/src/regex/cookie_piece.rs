//! The regexes by which tutorials find a cookie in the raw `cookie` header, as in `^(.*?;)?(\s*version=v2)(;.*)?$`.
//!
//! In: a pattern. Out: the texts that it looks for between semicolons, and which white space it lets stand around them:
//! exactly what the pattern matches, no more (a pattern that forgets the space behind `;` goes on missing it), or
//! nothing where it is of another kind. The header is then split once, however many such patterns there are, and each
//! piece looked up.

use super::plain::Reader;
use crate::cookie::{Piece, find};

/// What a pattern looks for between semicolons.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CookiePiece {
    /// The texts, without white space around them.
    pub texts: Vec<Vec<u8>>,
    /// What may stand around them.
    pub around: Around,
}

/// The white space around a text, by where its piece stands; none: no piece that stands there counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Around {
    /// Before it, at the start of the header.
    first: Option<Space>,
    /// Before it, behind a `;`.
    later: Option<Space>,
    /// Behind it, before a `;`.
    inner: Option<Space>,
    /// Behind it, at the end of the header.
    last: Option<Space>,
}

/// White space that may stand somewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Space {
    None,
    /// One space, no more and no less.
    One,
    /// One space or none.
    Optional,
    /// Any number of spaces.
    Spaces,
    /// Any white space: `\s*`.
    White,
}

impl Space {
    fn allows(self, found: &[u8]) -> bool {
        match self {
            Self::None => found.is_empty(),
            Self::One => found == b" ",
            Self::Optional => matches!(found, b"" | b" "),
            Self::Spaces => found.iter().all(|byte| *byte == b' '),
            Self::White => found.iter().all(u8::is_ascii_whitespace),
        }
    }
}

impl Around {
    /// Whether a piece of a header that has a text in it has it where the pattern matches.
    #[must_use]
    pub fn allows(&self, piece: &Piece, header: &Header) -> bool {
        let allows = |space: Option<Space>, found| space.is_some_and(|space| space.allows(found));
        let core = piece.text.trim_ascii_start();
        let leading = piece.text.len().saturating_sub(core.len());
        let leading = piece.text.get(..leading).unwrap_or_default();
        let trailing = core.get(core.trim_ascii_end().len()..).unwrap_or_default();
        let end = piece.start.saturating_add(piece.text.len());
        let before = if piece.start == 0 { self.first } else { self.later };
        let behind = if end == header.length { self.last } else { self.inner };
        allows(before, leading) && allows(behind, trailing) && header.lets_pass(piece.start, end)
    }
}

/// What the pieces of a header have in common.
#[derive(Clone, Copy, Debug)]
pub struct Header {
    length: usize,
    /// The first and the last line feed, which is the only byte that `.` does not match.
    line_feeds: Option<(usize, usize)>,
}

impl Header {
    /// Looks through a header.
    #[must_use]
    pub fn new(header: &[u8]) -> Self {
        // Envoy lets none through.
        let line_feeds = find(header, b'\n')
            .and_then(|first| Some((first, header.iter().rposition(|byte| *byte == b'\n')?)));
        Self { length: header.len(), line_feeds }
    }

    /// Whether `.*` matches what is before `start` and what is from `end` on.
    fn lets_pass(&self, start: usize, end: usize) -> bool {
        self.line_feeds.is_none_or(|(first, last)| start <= first && last < end)
    }
}

impl CookiePiece {
    /// Reads a pattern.
    #[must_use]
    pub fn read(pattern: &str) -> Option<Self> {
        let mut reader = Reader::new(pattern);
        reader.eat("^");
        let group = before(&mut reader);
        let outer = space(&mut reader);
        let mut core = reader;
        let (texts, inner, trailing) = match grouped(&mut core) {
            Some(grouped) => {
                reader = core;
                grouped
            }
            None => (reader.concatenation()?, Space::None, Space::None),
        };
        let leading = joined(outer, inner)?;
        let trailing = joined(trailing, space(&mut reader))?;
        let behind = behind(&mut reader);
        if group.is_none() && behind.is_none() || !reader.ends() {
            return None;
        }
        let later = match group {
            Some(group) => Some(joined(group, leading)?),
            None => None,
        };
        let inner = match behind {
            Some(behind) => Some(joined(trailing, behind)?),
            None => None,
        };
        let is_plain = |text: &Vec<u8>| {
            !text.is_empty() && text.trim_ascii().len() == text.len() && !text.contains(&b';')
        };
        texts.iter().all(is_plain).then_some(())?;
        let around = Around { first: Some(leading), later, inner, last: Some(trailing) };
        Some(Self { texts, around })
    }
}

/// One white space behind another, where that can be said as one.
fn joined(a: Space, b: Space) -> Option<Space> {
    match (a, b) {
        (Space::None, other) | (other, Space::None) => Some(other),
        _ => None,
    }
}

fn space(reader: &mut Reader) -> Space {
    let tokens =
        [(r"\s*", Space::White), (" *", Space::Spaces), (" ?", Space::Optional), (" ", Space::One)];
    tokens.into_iter().find(|(token, _)| reader.eat(token)).map_or(Space::None, |(_, space)| space)
}

/// `(.*?;)?` or another way to say: at the start, or behind some `;`. Which space it takes behind that.
fn before(reader: &mut Reader) -> Option<Space> {
    let mut ahead = *reader;
    if !ahead.open() {
        return None;
    }
    let is_second = ahead.eat_any(&["^|", "|"]);
    if !ahead.eat_any(&[".*?;", ".*;"]) {
        return None;
    }
    let space = space(&mut ahead);
    let closed = if is_second { ahead.eat(")") } else { ahead.eat_any(&[")?", "|^)", "|)"]) };
    closed.then(|| *reader = ahead)?;
    Some(space)
}

/// `(;.*)?` or another way to say: at the end, or before some `;`. Which space it takes before that.
fn behind(reader: &mut Reader) -> Option<Space> {
    let mut ahead = *reader;
    if !ahead.open() {
        return None;
    }
    let is_second = ahead.eat_any(&["$|", "|"]);
    let space = space(&mut ahead);
    if !ahead.eat_any(&[";.*?", ";.*"]) {
        return None;
    }
    let closed = if is_second { ahead.eat(")") } else { ahead.eat_any(&[")?", "|$)", "|)"]) };
    closed.then(|| *reader = ahead)?;
    Some(space)
}

/// The texts in a group of their own, with the space in it before and behind them.
fn grouped(reader: &mut Reader) -> Option<(Vec<Vec<u8>>, Space, Space)> {
    if !reader.open() {
        return None;
    }
    let leading = space(reader);
    let texts =
        if leading == Space::None { reader.alternatives()? } else { reader.concatenation()? };
    let trailing = if texts.len() == 1 { space(reader) } else { Space::None };
    reader.eat(")").then_some((texts, leading, trailing))
}

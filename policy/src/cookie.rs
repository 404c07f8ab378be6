//! Cookies as servers read them (RFC 6265 sections 4.2 and 5.2): split at `;`, white space around dropped, the
//! first `=` splits, double quotes around the value dropped. Bytes throughout: what is no UTF-8 is a value too.

/// What stands between the semicolons of a `Cookie` header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece<'a> {
    /// All of it.
    pub text: &'a [u8],
    /// Where it begins in the header.
    pub start: usize,
}

impl<'a> Piece<'a> {
    /// The cookie, if it is one: its name and its value.
    #[must_use]
    pub fn cookie(&self) -> Option<(&'a [u8], &'a [u8])> {
        self.named().map(|(name, behind)| (name, value(behind)))
    }

    /// The name of the cookie, and what stands behind the `=`; a piece without `=` or without a name is none.
    #[inline]
    #[must_use]
    pub fn named(&self) -> Option<(&'a [u8], &'a [u8])> {
        let (mut name, [_, behind @ ..]) = self.text.split_at_checked(find(self.text, b'=')?)?
        else {
            return None;
        };
        // Names mostly have one space before them and none behind.
        while let [first, rest @ ..] = name
            && first.is_ascii_whitespace()
        {
            name = rest;
        }
        let name = name.trim_ascii_end();
        (!name.is_empty()).then_some((name, behind))
    }
}

/// The value of a cookie, of what stands behind its `=`.
#[must_use]
pub fn value(behind: &[u8]) -> &[u8] {
    unquote(behind.trim_ascii())
}

fn unquote(value: &[u8]) -> &[u8] {
    value.strip_prefix(b"\"").and_then(|inner| inner.strip_suffix(b"\"")).unwrap_or(value)
}

/// Calls `visit` with each piece of a `Cookie` header, in order.
#[inline]
pub fn for_each_piece<'a>(header: &'a [u8], mut visit: impl FnMut(Piece<'a>)) {
    let mut rest = Some(header);
    let mut start = 0_usize;
    while let Some(from) = rest {
        let end = find(from, b';').unwrap_or(from.len());
        visit(Piece { text: from.get(..end).unwrap_or(from), start });
        let behind = end.wrapping_add(1);
        start = start.wrapping_add(behind);
        rest = from.get(behind..);
    }
}

/// Where `byte` is first in `text`; eight bytes a step.
#[inline]
pub(crate) fn find(text: &[u8], byte: u8) -> Option<usize> {
    let (words, rest) = text.as_chunks::<8>();
    let mut at = 0_usize;
    for word in words {
        let found = bytes_from(u64::from_le_bytes(*word), byte);
        if found != 0 {
            return Some(at.wrapping_add((found.trailing_zeros() / 8) as usize));
        }
        at = at.wrapping_add(8);
    }
    rest.iter().position(|found| *found == byte).map(|behind| at.wrapping_add(behind))
}

/// The highest bit of the first byte of `word` that is `byte`, and perhaps of others behind it (Warren, "Hacker's
/// Delight", section 6-1).
const fn bytes_from(word: u64, byte: u8) -> u64 {
    let different = word ^ splat(byte);
    different.wrapping_sub(splat(1)) & !different & splat(0x80)
}

/// Eight bytes, each `byte`.
const fn splat(byte: u8) -> u64 {
    u64::from_le_bytes([byte; 8])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Piece, find, for_each_piece};

    fn pieces(header: &[u8]) -> Vec<Piece<'_>> {
        let mut pieces = Vec::new();
        for_each_piece(header, |piece| pieces.push(piece));
        pieces
    }

    /// A header and the cookies in it.
    type Case<'a> = (&'a [u8], &'a [(&'a [u8], &'a [u8])]);

    #[test]
    fn reads_what_browsers_and_others_send() {
        let cases: &[Case] = &[
            (b"version=v2", &[(b"version", b"v2")]),
            (b"a=b; version=v2", &[(b"a", b"b"), (b"version", b"v2")]),
            (b"a=b;version=v2", &[(b"a", b"b"), (b"version", b"v2")]),
            (b" version = v2 ; a=1", &[(b"version", b"v2"), (b"a", b"1")]),
            (b"a=\"v2\"", &[(b"a", b"v2")]),
            (b"a=\"", &[(b"a", b"\"")]),
            (b"a=\"\"", &[(b"a", b"")]),
            (b"a=b=c==", &[(b"a", b"b=c==")]),
            (b"a=", &[(b"a", b"")]),
            (b"=v; ;; flag; \t; a=1", &[(b"a", b"1")]),
            (b"a=\xff\x00", &[(b"a", b"\xff\x00")]),
            (b"", &[]),
        ];
        for (header, expected) in cases {
            let pieces = pieces(header);
            let found: Vec<_> = pieces.iter().filter_map(Piece::cookie).collect();
            assert_eq!(&found, expected, "{}", header.escape_ascii());
        }
    }

    proptest! {
        #[test]
        fn pieces_are_what_a_split_byte_by_byte_gives(
            header in prop::collection::vec(prop_oneof![Just(b';'), Just(b'='), Just(b':'), any::<u8>()], 0..80),
        ) {
            let found: Vec<_> = pieces(&header).into_iter().map(|piece| (piece.text, piece.start, find(piece.text, b'='))).collect();
            let mut start = 0;
            let expected: Vec<_> = header.split(|b| *b == b';').map(|text| {
                let piece = (text, start, text.iter().position(|b| *b == b'='));
                start += text.len() + 1;
                piece
            }).collect();
            prop_assert_eq!(found, expected);
        }
    }
}

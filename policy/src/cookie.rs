//! Cookies as servers read them (RFC 6265 sections 4.2 and 5.2): split at `;`, white space around dropped, the
//! first `=` splits, double quotes around the value dropped. Bytes throughout: what is no UTF-8 is a value too.

/// What stands between the semicolons of a `Cookie` header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece<'a> {
    /// All of it.
    pub text: &'a [u8],
    /// Where it begins in the header.
    pub start: usize,
    equals: Option<usize>,
}

impl<'a> Piece<'a> {
    /// The cookie, if it is one: its name and its value.
    #[must_use]
    pub fn cookie(&self) -> Option<(&'a [u8], &'a [u8])> {
        Some((self.name()?, self.value()))
    }

    /// The name of the cookie; a piece without `=` or without a name is none.
    #[must_use]
    pub fn name(&self) -> Option<&'a [u8]> {
        // Names mostly have one space before them and none behind.
        let mut name = self.text.get(..self.equals?)?;
        while let [first, rest @ ..] = name
            && first.is_ascii_whitespace()
        {
            name = rest;
        }
        let name = name.trim_ascii_end();
        (!name.is_empty()).then_some(name)
    }

    /// The value of the cookie.
    #[must_use]
    pub fn value(&self) -> &'a [u8] {
        let value = self.equals.and_then(|equals| self.text.get(equals.wrapping_add(1)..));
        unquote(value.unwrap_or_default().trim_ascii())
    }
}

fn unquote(value: &[u8]) -> &[u8] {
    value.strip_prefix(b"\"").and_then(|inner| inner.strip_suffix(b"\"")).unwrap_or(value)
}

/// Calls `visit` with each piece of a `Cookie` header, in order.
#[inline]
pub fn for_each_piece<'a>(header: &'a [u8], mut visit: impl FnMut(Piece<'a>)) {
    let mut start = 0;
    let mut equals = None;
    let mut at = 0_usize;
    let (words, rest) = header.as_chunks::<8>();
    // The last piece ends as the others do: behind the last byte stands a `;` more.
    let last = rest.iter().rev().fold(u64::from(b';'), |word, byte| word << 8 | u64::from(*byte));
    for word in words.iter().map(|word| u64::from_le_bytes(*word)).chain([last]) {
        if has_byte(word, b';') | has_byte(word, b'=') {
            let mut marks = bytes_equal(word, b';') | bytes_equal(word, b'=');
            while marks != 0 {
                let mark = at.wrapping_add((marks.trailing_zeros() / 8) as usize);
                marks &= marks.wrapping_sub(1);
                if header.get(mark) == Some(&b'=') {
                    equals = equals.or(Some(mark.wrapping_sub(start)));
                    continue;
                }
                visit(Piece { text: header.get(start..mark).unwrap_or_default(), start, equals });
                start = mark.wrapping_add(1);
                equals = None;
            }
        }
        at = at.wrapping_add(8);
    }
}

/// Whether `byte` is anywhere in `text`.
pub(crate) fn contains(text: &[u8], byte: u8) -> bool {
    let (words, rest) = text.as_chunks::<8>();
    words.iter().any(|word| has_byte(u64::from_le_bytes(*word), byte)) || rest.contains(&byte)
}

/// Eight bytes, each `byte`.
const fn splat(byte: u8) -> u64 {
    u64::from_le_bytes([byte; 8])
}

/// Whether `byte` is among the eight of `word`.
const fn has_byte(word: u64, byte: u8) -> bool {
    let different = word ^ splat(byte);
    different.wrapping_sub(splat(1)) & !different & splat(0x80) != 0
}

/// The highest bit of each byte of `word` that is `byte`: exact, where the shorter test that there is any ([`has_byte`])
/// also finds bytes above such a one. (Both: Warren, "Hacker's Delight", section 6-1.)
const fn bytes_equal(word: u64, byte: u8) -> u64 {
    const LOW: u64 = splat(0x7f);
    let different = word ^ splat(byte);
    !((different & LOW).wrapping_add(LOW) | different | LOW)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Piece, for_each_piece};

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
            let found: Vec<_> = pieces(&header).into_iter().map(|piece| (piece.text, piece.start, piece.equals)).collect();
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

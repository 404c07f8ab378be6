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
    /// The name of the cookie; a piece without `=` or without a name is none.
    #[must_use]
    pub fn name(&self) -> Option<&'a [u8]> {
        let name = self.text.get(..self.equals?)?.trim_ascii();
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

/// The cookies of a `Cookie` header, in order.
pub fn cookies(header: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    pieces(header).filter_map(|piece| Some((piece.name()?, piece.value())))
}

/// The pieces of a `Cookie` header, in order.
#[must_use]
pub fn pieces(header: &[u8]) -> Pieces<'_> {
    let mut pieces = Pieces { header, at: 0, marks: 0, start: Some(0) };
    pieces.load();
    pieces
}

/// The pieces of a `Cookie` header: eight bytes are looked at in one step.
#[derive(Clone, Debug)]
pub struct Pieces<'a> {
    header: &'a [u8],
    /// Where the eight bytes that were looked at last begin.
    at: usize,
    /// The highest bit of each of these that is a `;` or a `=`.
    marks: u64,
    /// Where the next piece begins; none: there is none.
    start: Option<usize>,
}

impl Pieces<'_> {
    /// Looks at the eight bytes from `at` on.
    fn load(&mut self) {
        let rest = self.header.get(self.at..).unwrap_or_default();
        let word = match rest.first_chunk() {
            Some(bytes) => u64::from_le_bytes(*bytes),
            // NUL stands for what is beyond the end.
            None => rest.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte)),
        };
        self.marks = bytes_equal(word, b';') | bytes_equal(word, b'=');
    }

    /// Where the next `;` or `=` is.
    fn mark(&mut self) -> Option<usize> {
        while self.marks == 0 {
            self.at = self.at.wrapping_add(8);
            if self.at >= self.header.len() {
                return None;
            }
            self.load();
        }
        let byte = self.marks.trailing_zeros() as usize / 8;
        self.marks &= self.marks.wrapping_sub(1);
        Some(self.at.wrapping_add(byte))
    }
}

impl<'a> Iterator for Pieces<'a> {
    type Item = Piece<'a>;

    fn next(&mut self) -> Option<Piece<'a>> {
        let start = self.start?;
        let mut equals = None;
        let end = loop {
            match self.mark() {
                None => {
                    self.start = None;
                    break self.header.len();
                }
                Some(mark) if self.header.get(mark) == Some(&b';') => {
                    self.start = Some(mark.wrapping_add(1));
                    break mark;
                }
                Some(mark) => equals = equals.or(Some(mark.wrapping_sub(start))),
            }
        };
        Some(Piece { text: self.header.get(start..end)?, start, equals })
    }
}

/// The highest bit of each byte of `word` that is `byte`. (Hacker's Delight, section 6-1: exact, unlike the shorter
/// form that finds whether there is any.)
const fn bytes_equal(word: u64, byte: u8) -> u64 {
    const LOW: u64 = 0x7f7f_7f7f_7f7f_7f7f;
    let different = word ^ u64::from_le_bytes([byte; 8]);
    !((different & LOW).wrapping_add(LOW) | different | LOW)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{cookies, pieces};

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
            let found: Vec<_> = cookies(header).collect();
            assert_eq!(&found, expected, "{}", header.escape_ascii());
        }
    }

    proptest! {
        #[test]
        fn pieces_are_what_a_split_byte_by_byte_gives(
            header in prop::collection::vec(prop_oneof![Just(b';'), Just(b'='), Just(b':'), any::<u8>()], 0..80),
        ) {
            let found: Vec<_> = pieces(&header).map(|piece| (piece.text, piece.start, piece.equals)).collect();
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

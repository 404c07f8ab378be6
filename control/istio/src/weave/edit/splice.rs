//! Bytes that are put in the place of others.

use std::ops::Range;

/// A text instead of a range of bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Splice {
    range: Range<usize>,
    text: String,
}

impl Splice {
    pub(super) fn insert(at: usize, text: String) -> Self {
        Self { range: at..at, text }
    }

    pub(super) fn remove(range: Range<usize>) -> Self {
        Self { range, text: String::new() }
    }

    pub(super) fn replace(range: Range<usize>, text: String) -> Self {
        Self { range, text }
    }
}

/// A text after its changes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::weave) struct Edited {
    pub(in crate::weave) text: String,
    splices: Vec<Splice>,
}

impl Edited {
    /// None where two changes overlap. What is inserted at one place stays in its order.
    pub(super) fn new(text: &str, mut splices: Vec<Splice>) -> Option<Self> {
        splices.sort_by_key(|splice| splice.range.start);
        let mut edited = String::with_capacity(text.len());
        let mut at = 0;
        for splice in &splices {
            edited.push_str(text.get(at..splice.range.start)?);
            edited.push_str(&splice.text);
            at = splice.range.end;
        }
        edited.push_str(text.get(at..)?);
        Some(Self { text: edited, splices })
    }

    /// Where the byte at `offset` was before the changes; the place of the change for one that is new.
    pub(in crate::weave) fn origin(&self, offset: usize) -> usize {
        let (mut before, mut after) = (0, 0);
        for Splice { range, text } in &self.splices {
            let kept = range.start - before;
            if offset < after + kept {
                break;
            }
            after += kept;
            if offset < after + text.len() {
                return range.start;
            }
            (before, after) = (range.end, after + text.len());
        }
        before + offset.saturating_sub(after)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_that_stays_is_traced_back() {
        let splices = vec![
            Splice::remove(7..9),
            Splice::insert(2, "ZZZ".to_owned()),
            Splice::insert(2, "Y".to_owned()),
            Splice::replace(4..6, "X".to_owned()),
        ];
        let edited = Edited::new("0123456789", splices).unwrap();
        assert_eq!(edited.text, "01ZZZY23X69");
        for (offset, byte) in edited.text.bytes().enumerate() {
            let expected = match byte {
                b'X' => 4,
                b'Y' | b'Z' => 2,
                digit => usize::from(digit - b'0'),
            };
            assert_eq!(edited.origin(offset), expected, "{offset}");
        }
        assert_eq!(edited.origin(edited.text.len()), 10);
    }

    #[test]
    fn changes_do_not_overlap() {
        let splices = vec![Splice::remove(1..4), Splice::remove(3..5)];
        assert_eq!(Edited::new("0123456789", splices), None);
        let splices = vec![Splice::remove(1..3), Splice::remove(3..5)];
        assert_eq!(Edited::new("0123456789", splices).unwrap().text, "056789");
    }
}

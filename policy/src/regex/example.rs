//! A string that a pattern matches, as short as its parts allow: to show people what it is about.

use regex_syntax::hir::{Class, ClassBytesRange, Hir, HirKind};

use super::{Automaton, Pattern};

impl Pattern {
    /// A string that the whole pattern matches, if a simple walk finds one.
    #[must_use]
    pub fn example(&self) -> Option<Vec<u8>> {
        let example = self.likely_example()?;
        Automaton::compile(self).ok()?.is_match(&example).then_some(example)
    }

    /// The same, without a look whether it matches: anchors in odd places can forbid what the walk puts together.
    #[must_use]
    pub fn likely_example(&self) -> Option<Vec<u8>> {
        let mut example = Vec::new();
        shortest(&self.hir, &mut example)?;
        Some(example)
    }
}

/// Longer than this shows nothing.
const MAX_EXAMPLE: usize = 256;

fn shortest(hir: &Hir, out: &mut Vec<u8>) -> Option<()> {
    if out.len() > MAX_EXAMPLE {
        return None;
    }
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => out.extend_from_slice(&literal.0),
        HirKind::Class(class) => out.push(representative(class)?),
        HirKind::Repetition(repetition) => {
            for _ in 0..repetition.min {
                shortest(&repetition.sub, out)?;
            }
        }
        HirKind::Capture(capture) => shortest(&capture.sub, out)?,
        HirKind::Concat(parts) => {
            for part in parts {
                shortest(part, out)?;
            }
        }
        HirKind::Alternation(branches) => {
            let branch = branches.iter().min_by_key(|branch| branch.properties().minimum_len())?;
            shortest(branch, out)?;
        }
    }
    Some(())
}

/// A byte of a class that reads well: a letter or digit where it has one.
fn representative(class: &Class) -> Option<u8> {
    let unicode;
    let class = match class {
        Class::Bytes(class) => class,
        // What `(a|b)` becomes: characters, all ASCII.
        Class::Unicode(class) => {
            unicode = class.to_byte_class()?;
            &unicode
        }
    };
    let holds = |byte: &u8| class.iter().any(|range| (range.start()..=range.end()).contains(byte));
    // A dot that is not escaped mostly means a dot.
    if holds(&b'.') && class.iter().map(ClassBytesRange::len).sum::<usize>() > 200 {
        return Some(b'.');
    }
    let readable = (b'a'..=b'z').chain(b'0'..=b'9').chain(b'A'..=b'Z').find(holds);
    readable.or_else(|| class.iter().next().map(ClassBytesRange::start))
}

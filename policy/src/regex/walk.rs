//! A match without an automaton, for patterns that are too large for one: where a part of the pattern may end, given
//! where it may begin. It takes time with the value and the pattern; only people's questions are answered by it.

use regex_syntax::hir::{Class, Hir, HirKind, Look, Repetition};

use super::Pattern;

impl Pattern {
    /// Whether the pattern matches `value` from its first byte to its last.
    #[must_use]
    pub fn matches(&self, value: &[u8]) -> bool {
        let places = value.len().saturating_add(1);
        let start = (0..places).map(|at| at == 0).collect();
        Walk { value }.ends(&self.hir, start).last().copied().unwrap_or_default()
    }
}

/// By place in the value, whether something may begin or end there.
type Places = Vec<bool>;

#[derive(Clone, Copy)]
struct Walk<'v> {
    value: &'v [u8],
}

impl Walk<'_> {
    /// Where `hir` ends that begins at one of these places.
    fn ends(self, hir: &Hir, starts: Places) -> Places {
        if !starts.contains(&true) {
            return starts;
        }
        match hir.kind() {
            HirKind::Empty => starts,
            HirKind::Literal(literal) => literal
                .0
                .iter()
                .fold(starts, |starts, byte| self.step(&starts, |found| found == *byte)),
            HirKind::Class(Class::Bytes(class)) => self.step(&starts, |found| {
                class.iter().any(|range| (range.start()..=range.end()).contains(&found))
            }),
            // What `(a|b)` becomes: characters, all ASCII.
            HirKind::Class(Class::Unicode(class)) => {
                let class = class.to_byte_class();
                self.step(&starts, |found| {
                    class
                        .iter()
                        .flat_map(|class| class.iter())
                        .any(|range| (range.start()..=range.end()).contains(&found))
                })
            }
            HirKind::Look(look) => {
                let places = starts.into_iter().enumerate();
                places.map(|(at, is_start)| is_start && self.looks(*look, at)).collect()
            }
            HirKind::Repetition(repetition) => self.repeat(repetition, starts),
            HirKind::Capture(capture) => self.ends(&capture.sub, starts),
            HirKind::Concat(parts) => {
                parts.iter().fold(starts, |starts, part| self.ends(part, starts))
            }
            HirKind::Alternation(branches) => {
                let mut all = vec![false; starts.len()];
                for branch in branches {
                    join(&mut all, &self.ends(branch, starts.clone()));
                }
                all
            }
        }
    }

    /// The places behind a byte that is wanted.
    fn step(self, starts: &Places, is_wanted: impl Fn(u8) -> bool) -> Places {
        let moved =
            starts.iter().zip(self.value).map(|(is_start, byte)| *is_start && is_wanted(*byte));
        std::iter::once(false).chain(moved).collect()
    }

    fn repeat(self, repetition: &Repetition, starts: Places) -> Places {
        let mut open = starts;
        for _ in 0..repetition.min {
            open = self.ends(&repetition.sub, open);
        }
        let mut all = open.clone();
        let more = repetition.max.map_or(u32::MAX, |max| max.saturating_sub(repetition.min));
        for _ in 0..more {
            open = self.ends(&repetition.sub, open);
            // What was reached before leads nowhere new.
            for (place, known) in open.iter_mut().zip(&all) {
                *place &= !known;
            }
            if !open.contains(&true) {
                break;
            }
            join(&mut all, &open);
        }
        all
    }

    fn looks(self, look: Look, at: usize) -> bool {
        let byte = |at: Option<usize>| at.and_then(|at| self.value.get(at)).copied();
        let (before, behind) = (byte(at.checked_sub(1)), byte(Some(at)));
        let is_word =
            |byte: Option<u8>| byte.is_some_and(|b| b.is_ascii_alphanumeric() || b == b'_');
        match look {
            Look::Start => before.is_none(),
            Look::End => behind.is_none(),
            Look::StartLF => before.is_none_or(|byte| byte == b'\n'),
            Look::EndLF => behind.is_none_or(|byte| byte == b'\n'),
            Look::WordAscii => is_word(before) != is_word(behind),
            Look::WordAsciiNegate => is_word(before) == is_word(behind),
            // The dialect has no others.
            _ => false,
        }
    }
}

fn join(all: &mut Places, others: &Places) {
    for (place, other) in all.iter_mut().zip(others) {
        *place |= other;
    }
}

#[cfg(test)]
mod tests {
    use crate::regex::{Automaton, Case, Pattern};

    #[test]
    fn a_walk_says_what_the_automaton_says() {
        let values =
            ["", "a", "ab", "aab", "a b", "b\n", "a;b", "xayb", "AB", "aaaa", "a=b; c=d", "\u{e9}"];
        for regex in [
            "",
            "a",
            "a*b",
            "(a|b)*",
            "^a|b$",
            r"\ba\b.*",
            r".*\Bb",
            "(?s).*",
            ".*",
            "a{2,3}b",
            "(?i)ab",
            "[^a]*",
            "(a*)*b?",
            "(a|ab)(b|)",
            r"(.*;\s*)?c=d",
            "(?m)^b$.*",
            "a+?b??",
            "(x|y|a|b)+",
            r"\z",
            "a{0}",
        ] {
            let pattern = Pattern::parse(regex, Case::Sensitive).unwrap();
            let automaton = Automaton::compile(&pattern).unwrap();
            for value in values {
                let value = value.as_bytes();
                assert_eq!(pattern.matches(value), automaton.is_match(value), "{regex} {value:?}");
            }
        }
        let large = Pattern::parse(".{0,200}v=2.{0,200}", Case::Sensitive).unwrap();
        assert!(Automaton::compile(&large).is_err());
        assert!(large.matches(b"a=b; v=2; c=d"));
        assert!(!large.matches(format!("{}v=2", "a".repeat(201)).as_bytes()));
    }
}

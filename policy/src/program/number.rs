//! Numbers for what a program reads and asks: inputs, slots and tests, each once, however many blocks share it.

use super::bound::Load;
use super::pivot::Rarity;
use super::scanner::ScannerBuilder;
use super::slot::Slot;
use super::{Check, Input, Parts, Sought, Source};
use crate::lookup::Lookup;
use crate::path::Path;
use crate::policy::{Condition, Relation, Subject, Test, automaton_of};
use crate::problem::Problems;
use crate::regex::{Automaton, Case, CookiePiece, Pattern, Plain};

/// What has been numbered so far.
#[derive(Default)]
pub(super) struct Numbered {
    pub(super) inputs: Vec<Input>,
    pub(super) slots: Vec<Slot>,
    slot_numbers: Lookup<usize>,
    pub(super) checks: Vec<Check>,
    pub(super) rarities: Vec<Rarity>,
    test_numbers: Lookup<usize>,
    /// By slot: texts to scan for, as they are and in lower case.
    pub(super) texts: Vec<[ScannerBuilder; 2]>,
    pub(super) automata: Vec<Automaton>,
    automaton_numbers: Lookup<usize>,
    /// Whether some regex had to be read by the engine.
    pub(super) needs_engine: bool,
}

impl Numbered {
    fn input(&mut self, source: Source, name: &str) -> usize {
        let is_caller = source == Source::Caller;
        let is_known =
            |input: &Input| input.name == name && (input.source == Source::Caller) == is_caller;
        self.inputs.iter().position(is_known).unwrap_or_else(|| {
            let parts = match name {
                _ if is_caller => Parts::None,
                "cookie" => Parts::Cookies {
                    names: Lookup::default(),
                    pieces: Lookup::default(),
                    sought: 0,
                },
                ":path" => Parts::Target { path: None, query: Lookup::default() },
                _ => Parts::None,
            };
            self.inputs.push(Input { source, name: name.to_owned(), whole: None, parts });
            self.inputs.len().saturating_sub(1)
        })
    }

    /// The number of what is tested.
    pub(super) fn slot(&mut self, subject: &Subject) -> usize {
        let next = self.slots.len();
        let number = self.slot_numbers.get_or_insert(&subject_key(subject), next);
        if number < next {
            return number;
        }
        let input = match subject {
            Subject::Header(name) => self.input(Source::Header, name.as_str()),
            Subject::Cookie(_) => self.input(Source::Header, "cookie"),
            Subject::Query(_) | Subject::Path => self.input(Source::Header, ":path"),
            Subject::Caller(label) => self.input(Source::Caller, label),
        };
        if let Some(input) = self.inputs.get_mut(input) {
            match (subject, &mut input.parts) {
                (Subject::Cookie(name), Parts::Cookies { names, .. })
                | (Subject::Query(name), Parts::Target { query: names, .. }) => {
                    names.get_or_insert(name.as_bytes(), number);
                }
                (Subject::Path, Parts::Target { path, .. }) => *path = Some(number),
                _ => input.whole = Some(number),
            }
        }
        self.slots.push(Slot { input, ..Slot::default() });
        self.texts.push(Default::default());
        number
    }

    fn read_lines(&mut self, slot: usize) {
        let input = self.slots.get(slot).and_then(|slot| self.inputs.get_mut(slot.input));
        if let Some(input) = input {
            input.source = Source::Lines;
        }
    }

    /// The number of a condition's test.
    pub(super) fn test(&mut self, condition: &Condition, problems: &mut Problems) -> usize {
        let slot = self.slot(&condition.subject);
        if let Subject::Header(name) = &condition.subject
            && name.may_repeat()
        {
            self.read_lines(slot);
        }
        let next = self.checks.len();
        let number = self.test_numbers.get_or_insert(&test_key(slot, &condition.test), next);
        if number < next {
            return number;
        }
        let (check, rarity) = match &condition.test {
            Test::Present => (Check::Present { slot }, Rarity::Any),
            Test::OneOf { values, case } => self.values(slot, values, *case, number),
            Test::Text { relation, text, case } => {
                self.text(slot, text, *relation, *case, number);
                (Check::Marked { slot }, Rarity::Text)
            }
            Test::Regex { pattern, source, case } => match condition.plain() {
                Some(Plain::Texts(texts)) => self.values(slot, &texts, *case, number),
                Some(Plain::Piece(piece)) => self.piece(slot, &piece, number),
                None => {
                    let path = condition.path.key("regex");
                    self.regex(slot, (pattern, source, *case), number, &path, problems)
                }
            },
        };
        self.checks.push(check);
        self.rarities.push(rarity);
        number
    }

    fn values(
        &mut self,
        slot: usize,
        values: &[Vec<u8>],
        case: Case,
        test: usize,
    ) -> (Check, Rarity) {
        if let Some(slot) = self.slots.get_mut(slot) {
            let tests = match case {
                Case::Sensitive => &mut slot.plain,
                Case::Ignore => &mut slot.folded,
            };
            for value in values {
                tests.values.update(value, Vec::new(), |tests| tests.push(test));
            }
        }
        (Check::Marked { slot }, Rarity::Value)
    }

    fn piece(&mut self, slot: usize, piece: &CookiePiece, test: usize) -> (Check, Rarity) {
        let input = self.slots.get(slot).and_then(|slot| self.inputs.get_mut(slot.input));
        if let Some(Input { parts: Parts::Cookies { pieces, sought, .. }, .. }) = input {
            let around = piece.around;
            for text in &piece.texts {
                pieces.update(text, Vec::new(), |all| {
                    if let Some(same) = all.iter_mut().find(|sought| sought.around == around) {
                        same.tests.push(test);
                        return;
                    }
                    all.push(Sought { number: *sought, around, tests: vec![test] });
                    *sought = sought.saturating_add(1);
                });
            }
        }
        (Check::Marked { slot }, Rarity::Value)
    }

    fn text(&mut self, slot: usize, text: &[u8], relation: Relation, case: Case, test: usize) {
        let Some([plain, folded]) = self.texts.get_mut(slot) else { return };
        let builder = match case {
            Case::Sensitive => plain,
            Case::Ignore => folded,
        };
        builder.add(text, relation, test);
    }

    fn regex(
        &mut self,
        slot: usize,
        (pattern, source, case): (&Pattern, &str, Case),
        test: usize,
        path: &Path,
        problems: &mut Problems,
    ) -> (Check, Rarity) {
        self.needs_engine = true;
        // A pattern that spells out a few values is a look-up.
        if let Some(values) = pattern.literals() {
            return self.values(slot, &values, Case::Sensitive, test);
        }
        let next = self.automata.len();
        let key = key(&[&[case as u8], source.as_bytes()]);
        let automaton = self.automaton_numbers.get_or_insert(&key, next);
        if automaton == next {
            self.automata.extend(automaton_of(pattern, path, problems));
        }
        let required = pattern.required();
        for literal in required.iter().flat_map(|required| &required.literals) {
            let case = required.as_ref().map_or(Case::Sensitive, |required| required.case);
            self.text(slot, literal, Relation::Contains, case, test);
        }
        let marked = required.is_some();
        let rarity = if marked { Rarity::Literal } else { Rarity::Any };
        (Check::Automaton { slot, automaton, marked }, rarity)
    }

    /// How many regexes look at each slot.
    pub(super) fn loads(&self) -> Vec<Load> {
        let is_shared = |slot| {
            let is_whole =
                |input: &Input| input.whole == Some(slot) && !matches!(input.parts, Parts::None);
            self.inputs.iter().any(is_whole)
        };
        let load = |slot| Load { regexes: 0, shared: is_shared(slot) };
        let mut loads: Vec<_> = (0..self.slots.len()).map(load).collect();
        for check in &self.checks {
            if let Check::Automaton { slot, .. } = check
                && let Some(load) = loads.get_mut(*slot)
            {
                load.regexes = load.regexes.saturating_add(1);
            }
        }
        loads
    }
}

/// Bytes that are the same for equal parts only.
fn key(parts: &[&[u8]]) -> Vec<u8> {
    let mut key = Vec::new();
    for part in parts {
        key.extend_from_slice(&part.len().to_le_bytes());
        key.extend_from_slice(part);
    }
    key
}

fn subject_key(subject: &Subject) -> Vec<u8> {
    match subject {
        Subject::Header(name) => key(&[b"header", name.as_str().as_bytes()]),
        Subject::Cookie(name) => key(&[b"cookie", name.as_bytes()]),
        Subject::Query(name) => key(&[b"query", name.as_bytes()]),
        Subject::Path => key(&[b"path"]),
        Subject::Caller(label) => key(&[b"caller", label.as_bytes()]),
    }
}

fn test_key(slot: usize, test: &Test) -> Vec<u8> {
    let slot = slot.to_le_bytes();
    match test {
        Test::Present => key(&[&slot, b"present"]),
        Test::OneOf { values, case } => {
            let values: Vec<&[u8]> = values.iter().map(Vec::as_slice).collect();
            key(&[&slot, b"one of", &[*case as u8], &key(&values)])
        }
        Test::Text { relation, text, case } => {
            key(&[&slot, b"text", &[*case as u8], &[*relation as u8], text])
        }
        Test::Regex { source, case, .. } => {
            key(&[&slot, b"regex", &[*case as u8], source.as_bytes()])
        }
    }
}

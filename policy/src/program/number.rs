//! Numbers for what a program reads and asks: inputs, slots and tests, each once, however many blocks share it.

use super::bound::Load;
use super::index::{AutomatonId, Index as _, IndexVec, InputId, SlotId, SoughtId, TestId};
use super::pivot::Rarity;
use super::scanner::ScannerBuilder;
use super::slot::Slot;
use super::{Check, Input, Parts, Sought, Source};
use crate::lookup::Lookup;
use crate::path::Path;
use crate::policy::{Automata, Condition, Relation, Subject, Test};
use crate::problem::Problems;
use crate::regex::{Automaton, Case, CookiePiece, Pattern, Plain};

/// What has been numbered so far.
#[derive(Default)]
pub(super) struct Numbered {
    pub(super) inputs: IndexVec<InputId, Input>,
    pub(super) slots: IndexVec<SlotId, Slot>,
    input_numbers: Lookup<InputId>,
    slot_numbers: Lookup<SlotId>,
    pub(super) checks: IndexVec<TestId, Check>,
    pub(super) rarities: IndexVec<TestId, Rarity>,
    test_numbers: Lookup<TestId>,
    /// By slot: texts to scan for, as they are and in lower case.
    pub(super) texts: IndexVec<SlotId, [ScannerBuilder; 2]>,
    pub(super) automata: IndexVec<AutomatonId, Automaton>,
    automaton_numbers: Lookup<AutomatonId>,
    /// How many of them there are, and how large they are.
    pub(super) compiled: Automata,
    /// Whether some regex had to be read by the engine.
    pub(super) needs_engine: bool,
}

impl Numbered {
    fn input(&mut self, source: Source, name: &str) -> InputId {
        let is_caller = source == Source::Caller;
        let next = self.inputs.next_index();
        let key = key(&[&[u8::from(is_caller)], name.as_bytes()]);
        let number = self.input_numbers.get_or_insert(&key, next);
        if number < next {
            return number;
        }
        let parts = match name {
            _ if is_caller => Parts::None,
            "cookie" => {
                Parts::Cookies { names: Lookup::default(), pieces: Lookup::default(), sought: 0 }
            }
            ":path" => Parts::Target { path: None, query: Lookup::default() },
            _ => Parts::None,
        };
        self.inputs.push(Input { source, name: name.to_owned(), whole: None, parts })
    }

    /// The number of what is tested.
    pub(super) fn slot(&mut self, subject: &Subject) -> SlotId {
        let next = self.slots.next_index();
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

    fn read_lines(&mut self, slot: SlotId) {
        let input = self.slots.get(slot).and_then(|slot| self.inputs.get_mut(slot.input));
        if let Some(input) = input {
            input.source = Source::Lines;
        }
    }

    /// The number of a condition's test.
    pub(super) fn test(&mut self, condition: &Condition, problems: &mut Problems) -> TestId {
        let slot = self.slot(&condition.subject);
        if let Subject::Header(name) = &condition.subject
            && name.may_repeat()
        {
            self.read_lines(slot);
        }
        let next = self.checks.next_index();
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
                    self.needs_engine = true;
                    // A pattern that spells out a few values is a look-up.
                    if let Some(values) = pattern.literals() {
                        self.values(slot, &values, Case::Sensitive, number)
                    } else {
                        let path = condition.path.key("regex");
                        let automaton = self.automaton(pattern, source, *case, &path, problems);
                        self.regex(slot, pattern, automaton, number)
                    }
                }
            },
        };
        self.checks.push(check);
        self.rarities.push(rarity);
        number
    }

    fn values(
        &mut self,
        slot: SlotId,
        values: &[Vec<u8>],
        case: Case,
        test: TestId,
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

    fn piece(&mut self, slot: SlotId, piece: &CookiePiece, test: TestId) -> (Check, Rarity) {
        let input = self.slots.get(slot).and_then(|slot| self.inputs.get_mut(slot.input));
        if let Some(Input { parts: Parts::Cookies { pieces, sought, .. }, .. }) = input {
            let around = piece.around;
            for text in &piece.texts {
                pieces.update(text, Vec::new(), |all| {
                    if let Some(same) = all.iter_mut().find(|sought| sought.around == around) {
                        same.tests.push(test);
                        return;
                    }
                    all.push(Sought { number: SoughtId::new(*sought), around, tests: vec![test] });
                    *sought = sought.saturating_add(1);
                });
            }
        }
        (Check::Marked { slot }, Rarity::Value)
    }

    fn text(&mut self, slot: SlotId, text: &[u8], relation: Relation, case: Case, test: TestId) {
        let Some([plain, folded]) = self.texts.get_mut(slot) else { return };
        let builder = match case {
            Case::Sensitive => plain,
            Case::Ignore => folded,
        };
        builder.add(text, relation, test);
    }

    /// The automaton of a pattern, written as `source`.
    fn automaton(
        &mut self,
        pattern: &Pattern,
        source: &str,
        case: Case,
        path: &Path,
        problems: &mut Problems,
    ) -> AutomatonId {
        let next = self.automata.next_index();
        let key = key(&[&[case as u8], source.as_bytes()]);
        let automaton = self.automaton_numbers.get_or_insert(&key, next);
        if automaton == next
            && let Some(automaton) = self.compiled.compile(pattern, path, problems)
        {
            self.automata.push(automaton);
        }
        automaton
    }

    /// A test by an automaton, which runs only where a literal that its pattern requires was found.
    fn regex(
        &mut self,
        slot: SlotId,
        pattern: &Pattern,
        automaton: AutomatonId,
        test: TestId,
    ) -> (Check, Rarity) {
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
        let has_parts = |input: &&Input| !matches!(input.parts, Parts::None);
        let whole: Vec<SlotId> =
            self.inputs.iter().filter(has_parts).filter_map(|input| input.whole).collect();
        let is_shared = |slot| whole.contains(&slot);
        let slots = self.slots.entries().map(|(slot, _)| slot);
        let loads = slots.map(|slot| Load { regexes: 0, shared: is_shared(slot) });
        let mut loads: IndexVec<SlotId, Load> = loads.collect::<Vec<_>>().into();
        for check in &self.checks {
            if let Check::Automaton { slot, .. } = check
                && let Some(load) = loads.get_mut(*slot)
            {
                load.regexes = load.regexes.saturating_add(1);
            }
        }
        loads.into_iter().collect()
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

fn test_key(slot: SlotId, test: &Test) -> Vec<u8> {
    let slot = slot.number().to_le_bytes();
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

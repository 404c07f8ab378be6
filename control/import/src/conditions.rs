//! The conditions of a block in the making: one test for each input.

use std::collections::BTreeMap;

use super::draft::Draft;

/// An input of a request, as a Release names it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Input {
    /// In lower case.
    Header(String),
    Query(String),
    Path,
    Method,
    Authority,
    /// A label of the workload that calls.
    Caller(String),
}

/// Tests, in the order in which they were found.
#[derive(Clone, Debug, Default)]
pub(super) struct Conditions {
    tests: Vec<(Input, Draft)>,
    /// Where the test of an input stands.
    positions: BTreeMap<Input, usize>,
}

/// Two different tests of one input.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Taken;

impl Conditions {
    /// Adds a test; the same one twice is one.
    pub(super) fn add(&mut self, input: Input, test: Draft) -> Result<(), Taken> {
        match self.get(&input) {
            Some(known) if known.value() == test.value() => Ok(()),
            Some(_) => Err(Taken),
            None => {
                self.positions.insert(input.clone(), self.tests.len());
                self.tests.push((input, test));
                Ok(())
            }
        }
    }

    pub(super) fn get(&self, input: &Input) -> Option<&Draft> {
        self.positions.get(input).and_then(|at| self.tests.get(*at)).map(|(_, test)| test)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.tests.is_empty()
    }

    /// The fields of a block, in the order in which a Release has them.
    pub(super) fn fields(&self) -> Vec<(&'static str, Draft)> {
        let named = |name: fn(&Input) -> Option<&String>| {
            let tests = self.tests.iter().filter_map(|(input, test)| Some((name(input)?, test)));
            let tests: Vec<_> = tests.map(|(name, test)| (name.clone(), test.clone())).collect();
            (!tests.is_empty()).then(|| Draft::map(tests))
        };
        let headers = named(|input| match input {
            Input::Header(name) => Some(name),
            _ => None,
        });
        let query = named(|input| match input {
            Input::Query(name) => Some(name),
            _ => None,
        });
        let caller = named(|input| match input {
            Input::Caller(label) => Some(label),
            _ => None,
        });
        let fields = [
            ("headers", headers),
            ("query", query),
            ("path", self.get(&Input::Path).cloned()),
            ("method", self.get(&Input::Method).cloned()),
            ("authority", self.get(&Input::Authority).cloned()),
            ("caller", caller),
        ];
        fields.into_iter().filter_map(|(key, value)| Some((key, value?))).collect()
    }
}

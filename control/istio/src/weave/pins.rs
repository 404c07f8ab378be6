//! Destinations that name no subset and are pinned to the stable one: a proxy that does not know a decision must not
//! reach all pods.

use std::collections::{BTreeMap, BTreeSet};

use policy::Problems;
use serde_json::json;

use super::copies::Copy;
use super::edit::{Action, Change, empty};
use super::memory::{Memory, trim};
use super::reading::Reading;
use super::verdict::Verdict;

/// The pins of each rule of a VirtualService.
#[derive(Debug)]
pub(super) struct Pins {
    /// Those that the Release adds or relies on.
    pinned: Vec<BTreeSet<usize>>,
    /// How many rules of the same name stand in front of each.
    occurrences: Vec<usize>,
    /// Whether another Release relies on one that is added.
    pub(super) is_relied_on: bool,
}

impl Pins {
    /// Finds the destinations to pin, in copies of other Releases too.
    pub(super) fn find(reading: &Reading<'_>, stable: &str) -> Self {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        let occurrences: Vec<usize> = reading
            .names
            .iter()
            .map(|name| {
                let count = counts.entry(name).or_default();
                *count += 1;
                *count - 1
            })
            .collect();
        let mut pinned = vec![BTreeSet::new(); reading.names.len()];
        let mut below = BTreeSet::new();
        let mut is_relied_on = false;
        for (index, verdict) in reading.verdicts.iter().enumerate().rev() {
            let candidates = match verdict {
                Verdict::Switched(decided) => decided.clone(),
                // Copies stand in front of the rule that they were made of.
                Verdict::Foreign(_) => below.clone(),
                Verdict::Unrelated | Verdict::Forgotten => BTreeSet::new(),
            };
            let (Some(rule), Some(name), Some(occurrence)) = (
                reading.service.rules.get(index),
                reading.names.get(index),
                occurrences.get(index),
            ) else {
                continue;
            };
            let is_shared = |index| {
                let mut others = reading.memory.releases.values();
                others.any(|other| other.pin(name, *occurrence, index, stable))
            };
            let mut own = BTreeSet::new();
            for to in rule.destinations.iter().filter(|to| candidates.contains(&to.index)) {
                let (is_open, is_shared) = (to.subset.is_empty(), is_shared(to.index));
                if is_open || (is_shared && to.subset == stable) {
                    own.insert(to.index);
                }
                is_relied_on |= is_open && is_shared;
            }
            if !matches!(verdict, Verdict::Foreign(_)) {
                below.clone_from(&own);
            }
            if let Some(place) = pinned.get_mut(index) {
                *place = own;
            }
        }
        Self { pinned, occurrences, is_relied_on }
    }

    pub(super) fn occurrence(&self, index: usize) -> usize {
        self.occurrences.get(index).copied().unwrap_or_default()
    }

    /// The changes that pin what is not pinned yet.
    pub(super) fn changes(
        &self,
        reading: &Reading<'_>,
        stable: &str,
        problems: &mut Problems,
    ) -> Vec<Change> {
        let mut changes = Vec::new();
        for (rule, pinned) in reading.service.rules.iter().zip(&self.pinned) {
            let is_open = |index: usize, subset: &str| pinned.contains(&index) && subset.is_empty();
            for to in rule.destinations.iter().filter(|to| is_open(to.index, to.subset)) {
                if to.field.node.get("subset").is_some() {
                    problems.add(empty(&to.field.path.key("subset")));
                    continue;
                }
                let (after, key) = (Some("host".to_owned()), "subset".to_owned());
                let action = Action::Add { after, key, value: json!(stable) };
                let (document, at) = (reading.service.object.document, to.field.path.clone());
                changes.push(Change { document, at, action });
            }
        }
        changes
    }

    /// The pins by the names of their rules.
    pub(super) fn remembered(
        &self,
        reading: &Reading<'_>,
    ) -> BTreeMap<String, Vec<BTreeSet<usize>>> {
        let mut remembered: BTreeMap<String, Vec<_>> = BTreeMap::new();
        for (name, pinned) in reading.names.iter().zip(&self.pinned) {
            remembered.entry(name.clone()).or_default().push(pinned.clone());
        }
        trim(&mut remembered);
        remembered
    }
}

/// Notes for other Releases which of their pins in a rule its copies have too.
pub(super) fn hand_on(
    memory: &mut Memory,
    rule: &str,
    occurrence: usize,
    verdict: Option<&Verdict>,
    copies: &[Copy],
) {
    let Some(Verdict::Switched(decided)) = verdict else { return };
    for other in memory.releases.values_mut() {
        let pins = other.pins.get(rule).and_then(|pins| pins.get(occurrence)).cloned();
        let pins = pins.unwrap_or_default();
        for copy in copies {
            let kept = pins.difference(decided).copied().collect();
            other.pins.entry(copy.name.clone()).or_default().push(kept);
        }
    }
}

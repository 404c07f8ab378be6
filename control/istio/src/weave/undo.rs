//! Takes a Release out of a file again, by what the objects' annotations say.

use std::collections::BTreeMap;

use document::load::{self, Document, Source};
use document::report::{Collection, Diagnostic, Severity};
use policy::{Path, Policy, Problem, Problems};
use serde_json::Value;

use super::copies;
use super::edit::{self, Action, Change, Edited};
use super::field::Field;
use super::memory::{self, Additions, Memory};
use super::object::{self, Kind, Object};
use crate::names;

/// The file without the Release.
///
/// # Errors
/// With everything that keeps it from being read or changed.
pub(super) fn undo(source: &Source, policy: &Policy) -> Result<Edited, Vec<Diagnostic>> {
    let (documents, fault) = load::documents(source);
    let (changes, problems) = removals(&documents, policy);
    let mut found = Collection::of(source, &documents, &problems);
    if let Some(fault) = fault {
        found.add(Severity::Error, || Diagnostic::fault(source, &fault));
    }
    if found.is_empty() {
        return edit::apply(source, &documents, &changes);
    }
    Err(found.finish(source.name()))
}

/// An object without the Release.
///
/// # Errors
/// With everything that keeps it from being read or changed.
pub(super) fn object(document: &Document, policy: &Policy) -> Result<Value, Vec<Problem>> {
    let (changes, problems) = removals(std::slice::from_ref(document), policy);
    if problems.is_empty() {
        return edit::value(document, &changes);
    }
    Err(problems.into_iter().map(|(_, problem)| problem).collect())
}

/// What is to be removed, and what is wrong, by document.
fn removals(documents: &[Document], policy: &Policy) -> (Vec<Change>, Vec<(usize, Problem)>) {
    let (mut changes, mut found) = (Vec::new(), Vec::new());
    for object in object::all(documents, policy.namespace()) {
        let mut problems = Problems::default();
        let memory = Memory::read(&object, &mut problems);
        let mut left = memory.clone();
        if let Some(additions) = left.releases.remove(&memory::key(policy)) {
            object.unsound(documents, &mut problems);
            let removal = Removal { object: &object, additions: &additions, left: &left };
            changes.extend(match object.kind {
                Kind::VirtualService => removal.rules(policy, &mut problems),
                Kind::DestinationRule => removal.subsets(&mut problems),
            });
            forget_copies(&mut left, policy);
            changes.extend(left.write(&object, &memory, &mut problems));
        }
        found.extend(problems.into_iter().map(|problem| (object.document, problem)));
    }
    (changes, found)
}

/// Other Releases' pins in copies that are gone.
fn forget_copies(left: &mut Memory, policy: &Policy) {
    let qualified = names::qualified(policy);
    for other in left.releases.values_mut() {
        other.pins.retain(|name, _| !copies::is_copy(name, &qualified));
    }
}

/// What is removed from an object.
struct Removal<'r, 'n> {
    object: &'r Object<'n>,
    additions: &'r Additions,
    /// What stays, for other Releases.
    left: &'r Memory,
}

impl Removal<'_, '_> {
    /// Copies, names and pins.
    fn rules(&self, policy: &Policy, problems: &mut Problems) -> Vec<Change> {
        let qualified = names::qualified(policy);
        let spec = self.object.root.map("spec", problems);
        let rules = spec.map(|spec| spec.maps("http", problems)).unwrap_or_default();
        let mut changes = Vec::new();
        let mut names: BTreeMap<&str, usize> = BTreeMap::new();
        for (index, rule) in rules.iter().enumerate() {
            let name = rule.string("name", problems).unwrap_or_default();
            if copies::is_copy(name, &qualified) {
                let at = self.object.root.path.key("spec").key("http");
                changes.push(self.change(at, Action::Drop { index }));
                continue;
            }
            let count = names.entry(name).or_default();
            let occurrence = *count;
            *count += 1;
            let is_kept = self.left.releases.values().any(|other| other.names.contains(name));
            if self.additions.names.contains(name) && !is_kept {
                let key = "name".to_owned();
                changes.push(self.change(rule.path.clone(), Action::Remove { key }));
            }
            changes.extend(self.pins(rule, name, occurrence, problems));
        }
        changes
    }

    fn pins(
        &self,
        rule: &Field<'_>,
        name: &str,
        occurrence: usize,
        problems: &mut Problems,
    ) -> Vec<Change> {
        let mut changes = Vec::new();
        for (index, route) in rule.maps("route", problems).iter().enumerate() {
            let Some(to) = route.map("destination", problems) else { continue };
            let subset = to.string("subset", problems).unwrap_or_default();
            let has = |additions: &Additions| additions.pin(name, occurrence, index, subset);
            // One that leads elsewhere by now is the user's.
            if has(self.additions) && !self.left.releases.values().any(has) {
                let key = "subset".to_owned();
                changes.push(self.change(to.path, Action::Remove { key }));
            }
        }
        changes
    }

    /// Subsets of a DestinationRule.
    fn subsets(&self, problems: &mut Problems) -> Vec<Change> {
        let Some(spec) = self.object.root.map("spec", problems) else { return Vec::new() };
        let subsets = spec.maps("subsets", problems);
        let mut changes = Vec::new();
        for (index, subset) in subsets.iter().enumerate() {
            let name = subset.string("name", problems).unwrap_or_default();
            let is_kept = self.left.releases.values().any(|other| other.subsets.contains(name));
            // One that was given more than name and labels is the user's.
            let is_own = subset.entries(problems).len() == 2 && subset.get("labels").is_some();
            if self.additions.subsets.contains(name) && is_own && !is_kept {
                changes.push(self.change(spec.path.key("subsets"), Action::Drop { index }));
            }
        }
        let is_created = self.additions.created.contains("subsets");
        if is_created && !changes.is_empty() && changes.len() == subsets.len() {
            return vec![self.change(spec.path, Action::Remove { key: "subsets".to_owned() })];
        }
        changes
    }

    fn change(&self, at: Path, action: Action) -> Change {
        Change { document: self.object.document, at, action }
    }
}

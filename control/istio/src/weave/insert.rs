//! Puts a Release into a VirtualService: names, pins and copies.

use policy::policy::{Attach, AttachKind};
use policy::{Code, Policy, Problem, Problems};
use serde_json::json;

use super::copies::{self, Copy, Original};
use super::edit::{Action, Change, empty};
use super::memory::{self, Additions};
use super::pins::{self, Pins};
use super::reach::Side;
use super::reading::Reading;
use super::verdict::Verdict;
use super::virtual_service::{MESH, Rule};
use super::{Mode, Options, Rules, gate, mirror};
use crate::gate::Gate;
use crate::names;

/// What is done to a VirtualService.
#[derive(Debug, Default)]
pub(super) struct Insertion {
    pub(super) changes: Vec<Change>,
    /// Whether another Release relies on something that is added.
    pub(super) is_relied_on: bool,
    /// For sidecars; a name may be there more than once.
    pub(super) mesh: Rules,
    /// For gateways, likewise.
    pub(super) gateways: Rules,
}

/// Finds out what is to be done.
pub(super) fn insert(
    reading: &Reading<'_>,
    policy: &Policy,
    options: &Options,
    problems: &mut Problems,
) -> Insertion {
    let mut insertion = Insertion::default();
    let mut memory = reading.memory.clone();
    let key = memory::key(policy);
    let stable = policy.subset_name(policy.stable()).to_owned();
    let pins = Pins::find(reading, &stable);
    let mut additions = Additions { stable: stable.clone(), ..Additions::default() };
    if options.mode == Mode::Copies && !is_affordable(reading, policy, options, problems) {
        return insertion;
    }
    for (index, rule) in reading.switched() {
        insertion.name(reading, index, &mut additions, problems);
        let name = reading.names.get(index).map_or("", String::as_str);
        mirror::check(rule, reading.service.object.namespace, policy, problems);
        if options.mode == Mode::Names {
            insertion.list(reading, rule, name);
        } else {
            copies::check(rule, problems);
            let copies = insertion.copy(reading, policy, index, options.gate.as_ref());
            let occurrence = pins.occurrence(index);
            pins::hand_on(&mut memory, name, occurrence, reading.verdicts.get(index), &copies);
        }
    }
    if options.mode == Mode::Copies {
        check_proxies(reading, policy, options, problems);
    }
    insertion.changes.extend(pins.changes(reading, &stable, problems));
    insertion.is_relied_on |= pins.is_relied_on;
    additions.pins = pins.remembered(reading);
    let nothing = Additions { stable, ..Additions::default() };
    if !insertion.changes.is_empty() || additions != nothing {
        memory.remember(&reading.service.object, key, additions);
    }
    memory.tidy();
    let object = &reading.service.object;
    insertion.changes.extend(memory.write(object, &reading.memory, problems));
    insertion
}

/// The most entries of `match` that copies may have together.
const MAX_ENTRIES: usize = 50_000;

/// Whether the copies are not too many; adds a problem where they are.
fn is_affordable(
    reading: &Reading<'_>,
    policy: &Policy,
    options: &Options,
    problems: &mut Problems,
) -> bool {
    let conditions = options.gate.as_ref().map_or(0, |gate| gate.conditions().len());
    let copies = policy.subsets().len().saturating_sub(1).saturating_add(conditions);
    let own = reading.switched().map(|(_, rule)| rule.entries.len().max(1));
    let own = own.fold(0, usize::saturating_add);
    let entries = own.saturating_mul(copies).saturating_mul(policy.attach().len());
    if entries <= MAX_ENTRIES {
        return true;
    }
    let message = format!(
        "the copies of these rules, for each subset and entry of `attach`, would have {entries} entries of `match`: \
         expected at most {MAX_ENTRIES}"
    );
    let at = reading.service.object.root.path.key("spec").key("http");
    let problem = Problem::error(Code::OutOfRange, &at, message);
    problems.add(problem.help("`--route matcher` needs no copies"));
    false
}

impl Insertion {
    /// Gives a rule its name.
    fn name(
        &mut self,
        reading: &Reading<'_>,
        index: usize,
        additions: &mut Additions,
        problems: &mut Problems,
    ) {
        let (Some(rule), Some(name)) = (reading.service.rules.get(index), reading.names.get(index))
        else {
            return;
        };
        if !rule.name.is_empty() {
            if reading.is_given(name) {
                additions.names.insert(name.clone());
            }
            return;
        }
        if rule.field.node.get("name").is_some() {
            problems.add(empty(&rule.field.path.key("name")));
            return;
        }
        self.is_relied_on |= reading.is_given(name);
        additions.names.insert(name.clone());
        let action = Action::Add { after: None, key: "name".to_owned(), value: json!(name) };
        let document = reading.service.object.document;
        self.changes.push(Change { document, at: rule.field.path.clone(), action });
    }

    /// Lists the names of a rule's routes, in which the filter is to run.
    fn list(&mut self, reading: &Reading<'_>, rule: &Rule<'_>, name: &str) {
        for side in [Side::Mesh, Side::Gateways] {
            self.side(side).switched.extend(reading.reach.route_names(side, name, rule));
        }
    }

    /// The same, where the filter is to run in a copy in front of it.
    fn list_gated(&mut self, reading: &Reading<'_>, rule: &Rule<'_>, name: &str, gated: &Copy) {
        for side in [Side::Mesh, Side::Gateways] {
            self.side(side).ungated.extend(reading.reach.route_names(side, name, rule));
        }
        for (side, route) in &gated.routes {
            self.side(*side).switched.push(route.clone());
        }
    }

    /// Puts the copies of a rule in front of it, behind those of Releases whose names come before.
    fn copy(
        &mut self,
        reading: &Reading<'_>,
        policy: &Policy,
        index: usize,
        gate: Option<&Gate>,
    ) -> Vec<Copy> {
        let (Some(rule), Some(name), Some(Verdict::Switched(decided))) = (
            reading.service.rules.get(index),
            reading.names.get(index),
            reading.verdicts.get(index),
        ) else {
            return Vec::new();
        };
        let qualified = names::qualified(policy);
        let original = Original { rule, name, decided };
        let mut copies = copies::make(&original, policy, &reading.reach);
        for copy in &copies {
            for (side, route) in &copy.routes {
                self.side(*side).copies.push((copy.subset, route.clone()));
            }
        }
        let gated = gate.and_then(|gate| gate::collect(&original, policy, &reading.reach, gate));
        match &gated {
            Some(gated) => self.list_gated(reading, rule, name, gated),
            None => self.list(reading, rule, name),
        }
        copies.extend(gated);
        let is_later = |verdict: &&Verdict| match verdict {
            Verdict::Foreign(other) => *other > qualified,
            _ => false,
        };
        let above = reading.verdicts.iter().take(index).rev().take_while(is_later).count();
        let object = &reading.service.object;
        let at = object.root.path.key("spec").key("http");
        for copy in &copies {
            let value = copy.value.clone().into();
            let action = Action::Insert { before: index - above, value };
            self.changes.push(Change { document: object.document, at: at.clone(), action });
        }
        copies
    }

    fn side(&mut self, side: Side) -> &mut Rules {
        match side {
            Side::Mesh => &mut self.mesh,
            Side::Gateways => &mut self.gateways,
        }
    }
}

/// Whether the copies can be kept to proxies with decisions. A gateway takes the entries for sidecars of its
/// namespace too if its pods have the labels: nothing in an entry can ask for labels and forbid gateways.
fn check_proxies(
    reading: &Reading<'_>,
    policy: &Policy,
    options: &Options,
    problems: &mut Problems,
) {
    let takes = |side| {
        let mut rules = reading.switched();
        rules.any(|(_, rule)| !reading.reach.route_names(side, "", rule).is_empty())
    };
    let at = reading.service.object.root.path.key("spec").key("gateways");
    let names: Vec<String> =
        reading.reach.gateways.iter().map(|name| format!("`{name}`")).collect();
    if takes(Side::Gateways) && options.gateways.is_empty() && names.len() > 1 {
        let message = format!(
            "expected one gateway, found {}: {}; only clients of those of `attach` may bring decisions",
            names.len(),
            names.join(", ")
        );
        let help = format!(
            "name those that run the filter: `--gateway {}`",
            reading.reach.gateways.first().copied().unwrap_or_default()
        );
        problems.add(Problem::error(Code::OneOf, &at, message).help(help));
    }
    let is_everybody =
        |attach: &&Attach| attach.kind == AttachKind::Sidecar && attach.labels.is_empty();
    let has_gateways = reading.service.gateways.iter().any(|gateway| *gateway != MESH);
    if let Some(attach) = policy.attach().iter().find(is_everybody)
        && has_gateways
        && takes(Side::Mesh)
    {
        let message = format!(
            "`{}` of the Release has no labels: gateways of this VirtualService would be treated as its sidecars",
            attach.path
        );
        let help = "add labels to that entry, or split this VirtualService in two, for `mesh` and for gateways";
        problems.add(Problem::error(Code::Empty, &at, message).help(help));
    }
}

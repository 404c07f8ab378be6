//! A VirtualService looked at with a Release in mind.

use document::load::Document;
use policy::{Policy, Problems};

use super::Options;
use super::memory::Memory;
use super::object::Object;
use super::reach::{Reach, Side};
use super::verdict::{self, Verdict};
use super::virtual_service::{Rule, VirtualService};

/// A VirtualService that was looked at.
#[derive(Debug)]
pub(super) struct Reading<'n> {
    pub(super) service: VirtualService<'n>,
    pub(super) reach: Reach<'n>,
    pub(super) memory: Memory,
    /// What the Release means for each rule.
    pub(super) verdicts: Vec<Verdict>,
    /// The name of each rule, the new one where it gets one.
    pub(super) names: Vec<String>,
    pub(super) problems: Problems,
}

impl<'n> Reading<'n> {
    /// None where the Release has nothing to do with it.
    pub(super) fn read(
        object: Object<'n>,
        documents: &[Document],
        policy: &Policy,
        options: &Options,
        notes: &mut Vec<String>,
    ) -> Option<Self> {
        let mut problems = Problems::default();
        let is_meant = object.mentions(policy.host().fqdn());
        object.unsound(documents, &mut problems);
        let memory = Memory::read(&object, &mut problems);
        let service = VirtualService::read(object, &mut problems);
        let reach = Reach::of(&service, policy, options);
        let is_meant = is_meant || reach.mesh;
        if !is_meant {
            if !reach.has(Side::Gateways) {
                return None;
            }
            // Only its names count: they may be those of rules elsewhere.
            problems = Problems::default();
        }
        let mut said = Vec::new();
        let verdicts = verdict::all(&service, &reach, &memory, policy, options.mode, &mut said);
        if is_meant {
            notes.extend(said);
        }
        let names = service.rules.iter().map(|rule| rule.name.to_owned()).collect();
        Some(Self { service, reach, memory, verdicts, names, problems })
    }

    /// The rules whose requests follow decisions.
    pub(super) fn switched(&self) -> impl Iterator<Item = (usize, &Rule<'n>)> {
        let verdicts = self.verdicts.iter().zip(&self.service.rules).enumerate();
        verdicts.filter_map(|(index, (verdict, rule))| match verdict {
            Verdict::Switched(_) => Some((index, rule)),
            _ => None,
        })
    }

    /// Whether the user gave a rule no name: it has none, or one by the Release with this qualified name that
    /// another Release has kept.
    pub(super) fn needs_name(&self, index: usize, qualified: &str) -> bool {
        let name = self.service.rules.get(index).map_or("", |rule| rule.name);
        let is_own = name == qualified || name.starts_with(&format!("{qualified}/"));
        name.is_empty() || (is_own && self.is_given(name))
    }

    /// Whether another Release gave a rule this name, or relies on it.
    pub(super) fn is_given(&self, name: &str) -> bool {
        self.memory.releases.values().any(|additions| additions.names.contains(name))
    }
}

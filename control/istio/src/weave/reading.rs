//! A VirtualService looked at with a Release in mind.

use document::load::Document;
use policy::{Code, Path, Policy, Problem, Problems};

use super::memory::Memory;
use super::object::Object;
use super::reach::{Reach, Side};
use super::verdict::{self, Verdict};
use super::virtual_service::{Rule, VirtualService};
use super::{Options, host};
use crate::visibility::virtual_services::Seen;

/// Of a VirtualService that attached proxies see, but not all.
fn seen_by_some(at: &Path, blind: &str) -> Problem {
    let message =
        format!("callers in `attach` see this VirtualService, but those of `{blind}` do not");
    let help = "export it to the namespaces of all callers, or of none";
    Problem::error(Code::NoEffect, at, message).help(help)
}

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
    /// That no proxy of `attach` sees it.
    pub(super) hidden: Option<String>,
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
        let domain = host::domain(policy.host().fqdn());
        let service = VirtualService::read(object, domain, &mut problems);
        let reach = Reach::of(&service, policy, options);
        match &reach.seen {
            Seen::Never if is_meant => {
                let hidden = format!(
                    "{}: no proxy of `attach` sees it (`exportTo`): nothing is woven into it, and it replaces none of \
                     Serin's",
                    service.object.label
                );
                return Some(Self::untouched(service, reach, memory, hidden));
            }
            Seen::Partly(blind) if is_meant || reach.mesh => {
                let at = service.object.root.path.key("spec").key("exportTo");
                problems.add(seen_by_some(&at, blind));
            }
            _ => {}
        }
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
        Some(Self { service, reach, memory, verdicts, names, hidden: None, problems })
    }

    /// One that is left as it is.
    fn untouched(
        service: VirtualService<'n>,
        reach: Reach<'n>,
        memory: Memory,
        hidden: String,
    ) -> Self {
        let verdicts = service.rules.iter().map(|_| Verdict::Unrelated).collect();
        let names = service.rules.iter().map(|rule| rule.name.to_owned()).collect();
        let (hidden, problems) = (Some(hidden), Problems::default());
        Self { service, reach, memory, verdicts, names, hidden, problems }
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

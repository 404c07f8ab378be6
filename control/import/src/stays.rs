//! What Istio does to a request in its own route, where Serin only picks the subset: it can stay there as long as all
//! rules say the same.

use istio::virtual_service::Rule;
use policy::{Node, Path, Problems};

use super::note::Note;
use super::unsupported;

const FIELDS: [&str; 3] = ["timeout", "retries", "corsPolicy"];

/// What the rules say.
#[derive(Debug, Default)]
pub(super) struct Stays<'n> {
    /// Of the first rule; none before one was looked at.
    first: Option<[Option<&'n Node>; 3]>,
    /// Where each was first said.
    said: Vec<(&'static str, Path)>,
    /// Those in which a rule differs.
    differing: Vec<&'static str>,
}

impl<'n> Stays<'n> {
    /// Compares a rule with the first.
    pub(super) fn compare(&mut self, rule: &Rule<'n>, problems: &mut Problems) {
        let found = FIELDS.map(|key| rule.field.get(key));
        let nodes = found.clone().map(|field| field.map(|field| field.node));
        let first = *self.first.get_or_insert(nodes);
        for (position, key) in FIELDS.into_iter().enumerate() {
            if let Some(field) = found.get(position).cloned().flatten()
                && self.said.iter().all(|(known, _)| *known != key)
            {
                self.said.push((key, field.path));
            }
            if first.get(position) == nodes.get(position) || self.differing.contains(&key) {
                continue;
            }
            self.differing.push(key);
            let at = rule.field.path.key(key);
            let what = format!("a `{key}` that differs from that of earlier rules");
            let help = "all requests of a Release go through one route of Istio: write the same in every rule";
            problems.add(unsupported::problem(&at, &what, help));
        }
    }

    pub(super) fn note(self, notes: &mut Vec<Note>) {
        for (key, path) in self.said {
            if !self.differing.contains(&key) {
                let message = format!(
                    "`{key}` stays in the VirtualService, in the route whose subset Serin selects"
                );
                notes.push(Note::new(&path, message));
            }
        }
    }
}

//! What became of the rules, each with a request that shows it.

use policy::policy::Rule;
use policy::{Checked, Policy};

use super::group::Witnesses;
use super::note::{Note, Topic};
use super::pairing::{Kept, Pairing};

/// The changes of rules, in the order of the new Release, those that are gone last.
pub(super) fn notes(
    old: &Checked,
    new: &Checked,
    pairing: &Pairing,
    witnesses: &Witnesses,
) -> Vec<Note> {
    let rules = Rules { old: &old.policy, new: &new.policy, pairing, witnesses };
    let mut placed: Vec<(usize, Vec<Note>)> =
        pairing.kept.iter().map(|kept| (kept.new, rules.kept(kept))).collect();
    placed.extend(pairing.added.iter().map(|added| (*added, vec![rules.added(*added)])));
    placed.sort_by_key(|(place, _)| *place);
    let removed = pairing.removed.iter().map(|removed| rules.removed(*removed));
    placed.into_iter().flat_map(|(_, notes)| notes).chain(removed).collect()
}

struct Rules<'a> {
    old: &'a Policy,
    new: &'a Policy,
    pairing: &'a Pairing,
    witnesses: &'a Witnesses,
}

fn name(policy: &Policy, rule: usize) -> &str {
    policy.rules().get(rule).map_or("", Rule::name)
}

impl Rules<'_> {
    fn added(&self, added: usize) -> Note {
        let name = name(self.new, added);
        let witness = self.witnesses.first(|(_, new)| *new == Some(added));
        let message = match witness {
            Some(_) => format!("rule `{name}` is new"),
            None => format!("rule `{name}` is new, but no request was found that it matches"),
        };
        Note::new(Topic::RuleAdded, message).about(name).shown_by(witness)
    }

    fn removed(&self, removed: usize) -> Note {
        let name = name(self.old, removed);
        let witness = self.witnesses.first(|(old, _)| *old == Some(removed));
        let message = match witness {
            Some(_) => format!("rule `{name}` is gone"),
            None => format!("rule `{name}` is gone; no request was found that it matched"),
        };
        Note::new(Topic::RuleRemoved, message).about(name).shown_by(witness)
    }

    fn kept(&self, kept: &Kept) -> Vec<Note> {
        let (before, after) = (name(self.old, kept.old), name(self.new, kept.new));
        let mut notes = Vec::new();
        if before != after {
            let message = format!(
                "rule `{before}` is now called `{after}`: its counters continue under that name"
            );
            notes.push(Note::new(Topic::RuleRenamed, message).about(after));
        }
        if !kept.is_same {
            notes.extend(self.changed(kept, after));
        }
        if kept.is_moved {
            notes.push(self.moved(kept, after));
        }
        notes
    }

    fn changed(&self, kept: &Kept, name: &str) -> Vec<Note> {
        let (old, new) = (Some(kept.old), Some(kept.new));
        let left = self.witnesses.first(|taken| taken.0 == old && taken.1 != new);
        let joined = self.witnesses.first(|taken| taken.0 != old && taken.1 == new);
        let note = |message: String| Note::new(Topic::RuleChanged, message).about(name);
        let mut notes = Vec::new();
        if left.is_some() {
            let message = format!("rule `{name}` no longer matches all that it matched");
            notes.push(note(message).shown_by(left));
        }
        if joined.is_some() {
            let message = format!("rule `{name}` matches requests that it did not match");
            notes.push(note(message).shown_by(joined));
        }
        if notes.is_empty() {
            notes.push(note(format!(
                "the conditions of rule `{name}` changed, but no request was found that it matches in only one Release"
            )));
        }
        notes
    }

    fn moved(&self, kept: &Kept, name: &str) -> Note {
        let is_flipped = |other: &Kept| (other.old < kept.old) != (other.new < kept.new);
        let mut others = self.pairing.kept.iter().filter(|other| is_flipped(other));
        // What both take goes to the first of them: to one before and to the other now.
        let both = others.find_map(|other| {
            let pairs = [(Some(kept.old), Some(other.new)), (Some(other.old), Some(kept.new))];
            let witness = self.witnesses.first(|taken| pairs.contains(taken))?;
            Some((other, witness))
        });
        let (from, to) = (kept.old + 1, kept.new + 1);
        let place = format!("rule `{name}` is number {to}, not {from}");
        let (message, witness) = match both {
            Some((other, witness)) => {
                let other = self::name(self.new, other.new);
                (
                    format!("{place}, which matters: `{other}` matches some of the same requests"),
                    Some(witness),
                )
            }
            None => {
                (format!("{place}, but no request was found for which the order matters"), None)
            }
        };
        Note::new(Topic::RuleMoved, message).about(name).shown_by(witness)
    }
}

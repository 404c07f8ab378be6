//! Keys that a map has more than once.

use crate::lookup::Lookup;
use crate::node::Node;

/// So many keys are compared faster than they are hashed.
const FEW: usize = 16;

/// Of each entry, how many before it have the same key.
pub(super) fn occurrences(entries: &[(String, Node)]) -> impl Iterator<Item = usize> {
    let many = if entries.len() > FEW { counted(entries) } else { Vec::new() };
    entries.iter().enumerate().map(move |(position, (key, _))| {
        many.get(position).copied().unwrap_or_else(|| {
            entries.iter().take(position).filter(|(other, _)| other == key).count()
        })
    })
}

/// The same, of any number of them.
fn counted(entries: &[(String, Node)]) -> Vec<usize> {
    let mut seen = Lookup::default();
    let keys = entries.iter().map(|(key, _)| {
        let mut before = 0;
        seen.update(key.as_bytes(), 0_usize, |count| {
            before = *count;
            *count = count.saturating_add(1);
        });
        before
    });
    keys.collect()
}

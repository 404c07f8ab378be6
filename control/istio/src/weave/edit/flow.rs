//! Changes of lists and maps in brackets.

use super::splice::Splice;
use super::spot::Spot;
use super::{Action, written};

/// How the text changes; none where that is not known.
pub(super) fn splices(spot: &Spot<'_>, actions: &[&Action]) -> Option<Vec<Splice>> {
    let json = spot.is_json();
    actions
        .iter()
        .enumerate()
        .map(|(position, action)| match action {
            Action::Add { after, key, value } => {
                let entry = written::flow_entry(key, value, json);
                let entries = spot.entries()?;
                match after {
                    Some(after) => {
                        let (_, value) = entries.get(spot.position(after)?)?;
                        Some(Splice::insert(spot.end(*value), format!(", {entry}")))
                    }
                    None => put(spot, entries.first().map(|(key, _)| *key), &entry),
                }
            }
            Action::Set { key, value } => {
                let (start, old) = spot.entries()?.get(spot.position(key)?)?;
                let end = spot.end(*old);
                if let Some(text) = spot.requoted(*old, value) {
                    return Some(Splice::replace(spot.start(*old)..end, text));
                }
                let entry = written::flow_entry(key, value, json);
                Some(Splice::replace(spot.start(*start)..end, entry))
            }
            Action::Remove { key } => {
                let entries = spot.entries()?;
                let position = spot.position(key)?;
                let bounds: Vec<_> = entries
                    .iter()
                    .map(|(key, value)| (spot.start(*key), spot.end(*key).max(spot.end(*value))))
                    .collect();
                cut(&bounds, position, position > 0 || entries.len() == 1)
            }
            Action::Insert { before, value } => {
                let items = spot.items()?;
                let item = written::flow(value, json);
                match items.last() {
                    Some(last) if *before == items.len() => {
                        Some(Splice::insert(spot.end(*last), format!(", {item}")))
                    }
                    None if position > 0 => put(spot, None, &format!(", {item}")),
                    _ => put(spot, items.get(*before).copied(), &item),
                }
            }
            Action::Drop { index } => {
                let items = spot.items()?;
                let bounds: Vec<_> =
                    items.iter().map(|id| (spot.start(*id), spot.end(*id))).collect();
                let stays = |index| actions.iter().all(|action| **action != Action::Drop { index });
                cut(&bounds, *index, !(*index..items.len()).any(stays))
            }
        })
        .collect()
}

/// In front of `next`, or alone between the brackets.
fn put(spot: &Spot<'_>, next: Option<usize>, written: &str) -> Option<Splice> {
    if let Some(next) = next {
        return Some(Splice::insert(spot.start(next), format!("{written}, ")));
    }
    let raw = spot.text.get(spot.entry().span.clone())?;
    let bracket = raw.find(['[', '{'])?;
    Some(Splice::insert(spot.entry().span.start + bracket + 1, written.to_owned()))
}

/// Takes what is at `position` out, with the comma that it was added with: that before it if it was added `behind`
/// something.
fn cut(bounds: &[(usize, usize)], position: usize, behind: bool) -> Option<Splice> {
    let (start, end) = *bounds.get(position)?;
    Some(Splice::remove(if !behind {
        start..bounds.get(position + 1)?.0
    } else if let Some(previous) = position.checked_sub(1) {
        bounds.get(previous)?.1..end
    } else {
        start..end
    }))
}

//! Changes of lists and maps in brackets.

use super::splice::Splice;
use super::target::Target;
use super::{Action, emit};

/// How the text changes; none where that is not known.
pub(super) fn splices(target: &Target<'_>, actions: &[&Action]) -> Option<Vec<Splice>> {
    let json = target.is_json();
    let end = super::end_of_kept(target.items().map_or(0, <[_]>::len), actions);
    actions
        .iter()
        .enumerate()
        .map(|(position, action)| match action {
            Action::Add { after, key, value } => {
                let entry = emit::flow_entry(key, value, json);
                let entries = target.entries()?;
                match after {
                    Some(after) => {
                        let (_, value) = entries.get(target.position(after)?)?;
                        Some(Splice::insert(target.end(*value), format!(", {entry}")))
                    }
                    None => put(target, entries.first().map(|(key, _)| *key), &entry),
                }
            }
            Action::Set { key, value } => {
                let (start, old) = target.entries()?.get(target.position(key)?)?;
                let end = target.end(*old);
                if let Some(text) = target.requoted(*old, value) {
                    return Some(Splice::replace(target.start(*old)..end, text));
                }
                let entry = emit::flow_entry(key, value, json);
                Some(Splice::replace(target.start(*start)..end, entry))
            }
            Action::Remove { key } => {
                let entries = target.entries()?;
                let position = target.position(key)?;
                let bounds = |position: usize| {
                    let (key, value) = entries.get(position)?;
                    Some((target.start(*key), target.end(*key).max(target.end(*value))))
                };
                cut(bounds, position, position > 0 || entries.len() == 1)
            }
            Action::Insert { before, value } => {
                let items = target.items()?;
                let item = emit::flow(value, json);
                match items.last() {
                    Some(last) if *before == items.len() => {
                        Some(Splice::insert(target.end(*last), format!(", {item}")))
                    }
                    None if position > 0 => put(target, None, &format!(", {item}")),
                    _ => put(target, items.get(*before).copied(), &item),
                }
            }
            Action::Drop { index } => {
                let items = target.items()?;
                let bounds = |index: usize| {
                    let id = *items.get(index)?;
                    Some((target.start(id), target.end(id)))
                };
                cut(bounds, *index, *index >= end)
            }
        })
        .collect()
}

/// In front of `next`, or alone between the brackets.
fn put(target: &Target<'_>, next: Option<usize>, written: &str) -> Option<Splice> {
    if let Some(next) = next {
        return Some(Splice::insert(target.start(next), format!("{written}, ")));
    }
    let raw = target.text.get(target.entry().span.clone())?;
    let bracket = raw.find(['[', '{'])?;
    Some(Splice::insert(target.entry().span.start + bracket + 1, written.to_owned()))
}

/// Takes what is at `position` out, with the comma that it was added with: that before it if it was added `behind`
/// something.
fn cut(
    bounds: impl Fn(usize) -> Option<(usize, usize)>,
    position: usize,
    behind: bool,
) -> Option<Splice> {
    let (start, end) = bounds(position)?;
    Some(Splice::remove(if !behind {
        start..bounds(position + 1)?.0
    } else if let Some(previous) = position.checked_sub(1) {
        bounds(previous)?.1..end
    } else {
        start..end
    }))
}

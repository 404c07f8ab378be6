//! Changes of lists and maps in block style: whole lines, except for the first entry of a map, which may stand
//! behind the dash of a list.

use serde_json::Value;

use super::splice::Splice;
use super::spot::Spot;
use super::{Action, line, written};

/// How the text changes; none where that is not known.
pub(super) fn splices(spot: &Spot<'_>, actions: &[&Action]) -> Option<Vec<Splice>> {
    actions
        .iter()
        .map(|action| match action {
            Action::Add { after, key, value } => {
                let lines = written::entry_lines(key, value)?;
                match after {
                    Some(after) => add_behind(spot, after, &lines),
                    None => add_first(spot, &lines),
                }
            }
            Action::Set { key, value } => set(spot, key, value),
            Action::Remove { key } => remove(spot, key),
            Action::Insert { before, value } => insert(spot, *before, &written::item_lines(value)?),
            Action::Drop { index } => {
                let stays = |index| actions.iter().all(|action| **action != Action::Drop { index });
                drop_item(spot, *index, !(*index..spot.items()?.len()).any(stays))
            }
        })
        .collect()
}

/// Lines, each but the first indented.
fn block(text: &str, at: usize, indentation: usize, lines: &[String]) -> String {
    lines.join(&format!("{}{}", line::ending(text, at), " ".repeat(indentation)))
}

/// Lines below that of `at`.
fn below(text: &str, at: usize, indentation: usize, lines: &[String]) -> Splice {
    let mut all = vec![String::new()];
    all.extend_from_slice(lines);
    Splice::insert(line::end(text, at), block(text, at, indentation, &all))
}

/// How far the keys of a map are indented.
fn indentation(spot: &Spot<'_>) -> Option<usize> {
    let (first, _) = spot.entries()?.first()?;
    line::indentation(spot.text, spot.start(*first))
}

fn add_first(spot: &Spot<'_>, lines: &[String]) -> Option<Splice> {
    let text = spot.text;
    if spot.is_absent() {
        let (key, _) = spot.key?;
        let indentation = line::indentation(text, spot.start(key))? + 2;
        return Some(below(text, spot.end(key), indentation, lines));
    }
    let at = spot.start(spot.entries()?.first()?.0);
    let mut all = lines.to_vec();
    all.push(String::new());
    Some(Splice::insert(at, block(text, at, indentation(spot)?, &all)))
}

fn add_behind(spot: &Spot<'_>, key: &str, lines: &[String]) -> Option<Splice> {
    let (_, value) = spot.entries()?.get(spot.position(key)?)?;
    Some(below(spot.text, spot.end(*value), indentation(spot)?, lines))
}

fn set(spot: &Spot<'_>, key: &str, value: &Value) -> Option<Splice> {
    let (at, old) = spot.entries()?.get(spot.position(key)?)?;
    let end = spot.end(*old);
    if let Some(text) = spot.requoted(*old, value) {
        return Some(Splice::replace(spot.start(*old)..end, text));
    }
    let at = spot.start(*at);
    let lines = written::entry_lines(key, value)?;
    Some(Splice::replace(at..end, block(spot.text, at, indentation(spot)?, &lines)))
}

fn remove(spot: &Spot<'_>, key: &str) -> Option<Splice> {
    let text = spot.text;
    let position = spot.position(key)?;
    let entries = spot.entries()?;
    let (key, value) = entries.get(position)?;
    let (start, end) = (spot.start(*key), line::end(text, spot.end(*value)));
    if position == 0 && entries.len() > 1 {
        // What follows takes its place, behind the dash if there is one; so would a comment.
        let rest = text.get(end..)?;
        return Some(Splice::remove(start..text.len() - rest.trim_start().len()));
    }
    let is_alone = text.get(line::start(text, start)..start)?.trim().is_empty();
    is_alone.then_some(Splice::remove(line::end_before(text, start)?..end))
}

/// The dash of an item and how far it is indented.
fn dash(spot: &Spot<'_>, index: usize) -> Option<(usize, usize)> {
    let mut before = spot.text.get(..spot.start(*spot.items()?.get(index)?))?;
    loop {
        let start = line::start(before, before.len());
        let line = before.get(start..)?;
        let content = line.trim_start_matches(' ');
        if content.starts_with('-') {
            let indentation = line.len() - content.len();
            return Some((start + indentation, indentation));
        }
        // The item may begin below its dash, comments between.
        if !content.trim_end().is_empty() && !content.starts_with('#') {
            return None;
        }
        before = before.get(..start.checked_sub(1)?)?;
    }
}

fn insert(spot: &Spot<'_>, before: usize, lines: &[String]) -> Option<Splice> {
    let text = spot.text;
    if spot.is_absent() {
        let (key, _) = spot.key?;
        let indentation = line::indentation(text, spot.start(key))?;
        return Some(below(text, spot.end(key), indentation, lines));
    }
    let items = spot.items()?;
    if before == items.len() {
        let (_, indentation) = dash(spot, 0)?;
        return Some(below(text, spot.end(*items.last()?), indentation, lines));
    }
    let (dash, indentation) = dash(spot, before)?;
    let at = above_comments(spot, before, dash, indentation)?;
    let margin = " ".repeat(indentation);
    let ending = line::ending(text, dash);
    let all: Vec<&str> = lines.iter().flat_map(|line| [margin.as_str(), line, ending]).collect();
    Some(Splice::insert(at, all.concat()))
}

/// The start of an item's line, or of the comments right above it, which are about it.
fn above_comments(spot: &Spot<'_>, index: usize, dash: usize, indentation: usize) -> Option<usize> {
    let text = spot.text;
    let floor = match index.checked_sub(1) {
        Some(previous) => spot.end(*spot.items()?.get(previous)?),
        None => spot.end(spot.key?.0),
    };
    let mut at = line::start(text, dash);
    while let Some(end) = line::end_before(text, at) {
        let start = line::start(text, end);
        let line = text.get(start..end)?;
        let content = line.trim_start_matches(' ');
        if start <= floor || !content.starts_with('#') || line.len() - content.len() != indentation
        {
            break;
        }
        at = start;
    }
    Some(at)
}

fn drop_item(spot: &Spot<'_>, index: usize, is_at_the_end: bool) -> Option<Splice> {
    let text = spot.text;
    let (dash, _) = dash(spot, index)?;
    let end = spot.end(*spot.items()?.get(index)?);
    Some(Splice::remove(if is_at_the_end {
        line::end_before(text, dash)?..line::end(text, end)
    } else {
        line::start(text, dash)..line::next(text, end)
    }))
}

//! Changes of lists and maps in block style: whole lines, except for the first entry of a map, which may stand
//! behind the dash of a list.

use serde_json::Value;

use super::splice::Splice;
use super::target::Target;
use super::{Action, emit, line};

/// How the text changes; none where that is not known.
pub(super) fn splices(target: &Target<'_>, actions: &[&Action]) -> Option<Vec<Splice>> {
    let end = super::end_of_kept(target.items().map_or(0, <[_]>::len), actions);
    actions
        .iter()
        .map(|action| match action {
            Action::Add { after, key, value } => {
                let lines = emit::entry_lines(key, value)?;
                match after {
                    Some(after) => add_behind(target, after, &lines),
                    None => add_first(target, &lines),
                }
            }
            Action::Set { key, value } => set(target, key, value),
            Action::Remove { key } => remove(target, key),
            Action::Insert { before, value } => insert(target, *before, &emit::item_lines(value)?),
            Action::Drop { index } => drop_item(target, *index, *index >= end),
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
fn indentation(target: &Target<'_>) -> Option<usize> {
    let (first, _) = target.entries()?.first()?;
    line::indentation(target.text, target.start(*first))
}

fn add_first(target: &Target<'_>, lines: &[String]) -> Option<Splice> {
    let text = target.text;
    if target.is_absent() {
        let (key, _) = target.key?;
        let indentation = line::indentation(text, target.start(key))? + 2;
        return Some(below(text, target.end(key), indentation, lines));
    }
    let at = target.start(target.entries()?.first()?.0);
    let mut all = lines.to_vec();
    all.push(String::new());
    Some(Splice::insert(at, block(text, at, indentation(target)?, &all)))
}

fn add_behind(target: &Target<'_>, key: &str, lines: &[String]) -> Option<Splice> {
    let (_, value) = target.entries()?.get(target.position(key)?)?;
    Some(below(target.text, target.end(*value), indentation(target)?, lines))
}

fn set(target: &Target<'_>, key: &str, value: &Value) -> Option<Splice> {
    let (at, old) = target.entries()?.get(target.position(key)?)?;
    let end = target.end(*old);
    if let Some(text) = target.requoted(*old, value) {
        return Some(Splice::replace(target.start(*old)..end, text));
    }
    let at = target.start(*at);
    let lines = emit::entry_lines(key, value)?;
    Some(Splice::replace(at..end, block(target.text, at, indentation(target)?, &lines)))
}

fn remove(target: &Target<'_>, key: &str) -> Option<Splice> {
    let text = target.text;
    let position = target.position(key)?;
    let entries = target.entries()?;
    let (key, value) = entries.get(position)?;
    let (start, end) = (target.start(*key), line::end(text, target.end(*value)));
    if position == 0 && entries.len() > 1 {
        // What follows takes its place, behind the dash if there is one; so would a comment.
        let rest = text.get(end..)?;
        return Some(Splice::remove(start..text.len() - rest.trim_start().len()));
    }
    let is_alone = text.get(line::start(text, start)..start)?.trim().is_empty();
    is_alone.then_some(Splice::remove(line::end_before(text, start)?..end))
}

/// The dash of an item and how far it is indented.
fn dash(target: &Target<'_>, index: usize) -> Option<(usize, usize)> {
    let mut before = target.text.get(..target.start(*target.items()?.get(index)?))?;
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

fn insert(target: &Target<'_>, before: usize, lines: &[String]) -> Option<Splice> {
    let text = target.text;
    if target.is_absent() {
        let (key, _) = target.key?;
        let indentation = line::indentation(text, target.start(key))?;
        return Some(below(text, target.end(key), indentation, lines));
    }
    let items = target.items()?;
    if before == items.len() {
        let (_, indentation) = dash(target, 0)?;
        return Some(below(text, target.end(*items.last()?), indentation, lines));
    }
    let (dash, indentation) = dash(target, before)?;
    let at = above_comments(target, before, dash, indentation)?;
    let margin = " ".repeat(indentation);
    let ending = line::ending(text, dash);
    let all: Vec<&str> = lines.iter().flat_map(|line| [margin.as_str(), line, ending]).collect();
    Some(Splice::insert(at, all.concat()))
}

/// The start of an item's line, or of the comments right above it, which are about it.
fn above_comments(
    target: &Target<'_>,
    index: usize,
    dash: usize,
    indentation: usize,
) -> Option<usize> {
    let text = target.text;
    let floor = match index.checked_sub(1) {
        Some(previous) => target.end(*target.items()?.get(previous)?),
        None => target.end(target.key?.0),
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

fn drop_item(target: &Target<'_>, index: usize, is_at_the_end: bool) -> Option<Splice> {
    let text = target.text;
    let (dash, _) = dash(target, index)?;
    let end = target.end(*target.items()?.get(index)?);
    Some(Splice::remove(if is_at_the_end {
        line::end_before(text, dash)?..line::end(text, end)
    } else {
        line::start(text, dash)..line::next(text, end)
    }))
}

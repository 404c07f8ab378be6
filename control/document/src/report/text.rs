//! Diagnostics for people, looking as rustc's do: message, place, the line with a mark, help.
//!
//! The texts are styled; [`Console`](super::Console) takes that out where it is not wanted.

mod printable;
mod snippet;

use annotate_snippets::renderer::Renderer;
use annotate_snippets::{AnnotationKind, Group, Level, Snippet};

use super::{Diagnostic, Severity};
use crate::load::Source;

pub use printable::printable;
pub(crate) use printable::{escaped, is_hidden, screened};

/// The characters of a message that are printed; values from the file may be of any length.
const MAX_MESSAGE: usize = 400;
/// What stands before the second and further lines of a failure.
const INDENT: &str = "  ";

/// A diagnostic; `source` is its file, where that could be read.
#[must_use]
pub fn render(diagnostic: &Diagnostic, source: Option<&Source>) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let message = shortened(&diagnostic.message);
    let Some(source) = source.filter(|_| diagnostic.line.is_some()) else {
        return finish(Group::with_title(level.primary_title(message)), diagnostic);
    };
    let (start, line) = source.line(diagnostic.span.start);
    let mark =
        diagnostic.span.start.saturating_sub(start)..diagnostic.span.end.saturating_sub(start);
    let mark = mark.start.min(line.len())..mark.end.min(line.len());
    let excerpt = snippet::excerpt(line, mark);
    let (path, number) = (printable(&diagnostic.file), diagnostic.line.unwrap_or(1));
    // The renderer counts in the excerpt, which may be shorter than its line, or longer.
    let found = excerpt.text[..excerpt.mark.start].chars().count() + 1;
    let column = diagnostic.column.unwrap_or(found);
    let place = |column: usize| format!("{path}:{number}:{column}\n");
    let snippet = Snippet::source(excerpt.text)
        .path(&path)
        .line_start(number)
        .annotation(AnnotationKind::Primary.span(excerpt.mark));
    let title = level.primary_title(message).id(diagnostic.code);
    let rendered = finish(title.element(snippet), diagnostic);
    if column == found { rendered } else { rendered.replacen(&place(found), &place(column), 1) }
}

/// A failure that is no problem of a document. Further lines of a text stand below it, indented.
#[must_use]
pub fn failure(message: &str, help: Option<&str>) -> String {
    let titled = |level: Level<'static>, text: &str| {
        let text = indented(text, INDENT);
        let (first, rest) = text.split_once('\n').unwrap_or((&text, ""));
        let title = Renderer::styled().render(&[Group::with_title(level.primary_title(first))]);
        if rest.is_empty() { title + "\n" } else { format!("{title}\n{rest}\n") }
    };
    let help = help.map(|help| titled(Level::HELP, help));
    titled(Level::ERROR, message) + &help.unwrap_or_default()
}

/// `3 errors, 1 warning`.
#[must_use]
pub fn tally(errors: usize, warnings: usize) -> String {
    let count = |number: usize, name: &str| {
        let plural = if number == 1 { "" } else { "s" };
        (number > 0).then(|| format!("{number} {name}{plural}"))
    };
    let parts: Vec<String> =
        [count(errors, "error"), count(warnings, "warning")].into_iter().flatten().collect();
    parts.join(", ")
}

/// `a`, `a and b`, `a, b and c`.
#[must_use]
pub fn list(items: &[String], word: &str) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} {word} {last}", first.join(", ")),
    }
}

/// The first of these, and how many more there are: a, b, 3 more.
#[must_use]
pub fn few<T: AsRef<str>>(items: &[T]) -> String {
    first(items, 20, "")
}

/// Fewer, where there may be hundreds in one sentence: a, b, and 3 more.
#[must_use]
pub fn fewer<T: AsRef<str>>(items: &[T]) -> String {
    first(items, 5, "and ")
}

fn first<T: AsRef<str>>(items: &[T], most: usize, and: &str) -> String {
    let more = items.len().saturating_sub(most);
    let more = (more > 0).then(|| format!("{and}{more} more"));
    let shown = items.iter().take(most).map(AsRef::as_ref);
    shown.chain(more.as_deref()).collect::<Vec<_>>().join(", ")
}

/// The same with names in quotes: `a`, `b`, 3 more.
#[must_use]
pub fn few_names<T: AsRef<str>>(names: &[T]) -> String {
    // More than are shown are not needed.
    let quote = |(at, name): (usize, &T)| match at {
        ..64 => format!("`{}`", name.as_ref()),
        _ => String::new(),
    };
    few(&names.iter().enumerate().map(quote).collect::<Vec<_>>())
}

/// Text of another program, such as an API server: its lines stay lines, each of them [`printable`] and all but the
/// first behind `indent`.
#[must_use]
pub fn indented(text: &str, indent: &str) -> String {
    let lines = text.lines().map(|line| printable(line.replace('\t', " ").trim_end()));
    let lines: Vec<String> = lines.filter(|line| !line.is_empty()).collect();
    lines.join(&format!("\n{indent}"))
}

/// Adds a line; behind its last character there are no spaces.
pub fn put(text: &mut String, line: &str) {
    text.push_str(line.trim_end());
    text.push('\n');
}

/// A message without the middle of a very long value that it names.
fn shortened(message: &str) -> String {
    let length = message.chars().count();
    if length <= MAX_MESSAGE {
        return printable(message);
    }
    let start: String = message.chars().take(MAX_MESSAGE / 2).collect();
    let end: String = message.chars().skip(length - MAX_MESSAGE / 4).collect();
    printable(&format!("{start} … {end}"))
}

fn finish(mut group: Group<'_>, diagnostic: &Diagnostic) -> String {
    let help = diagnostic.help.as_deref().map(shortened);
    if let Some(help) = help {
        group = group.element(Level::HELP.message(help));
    }
    Renderer::styled().render(&[group]) + "\n\n"
}

#[cfg(test)]
mod tests;

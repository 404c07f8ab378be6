//! The one Release of a file, with everything that is wrong with it said on the way.

use document::load::Source;
use document::report::{Console, text};
use import::review::Reviewer;
use policy::Checked;

use crate::exit::Exit;

/// The Release of the file `name`; the exit code where there is none.
pub(in crate::command) fn read(name: &str, console: &mut Console) -> Result<Checked, Exit> {
    match Source::read(name) {
        Ok(source) => release(&source, console),
        Err(unreadable) => {
            console.note(&text::failure(&unreadable.to_string(), unreadable.help.as_deref()));
            Err(Exit::FAILURE)
        }
    }
}

/// The Release; the exit code where there is none to render.
pub(in crate::command) fn release(source: &Source, console: &mut Console) -> Result<Checked, Exit> {
    let mut review = Reviewer::default().review(source);
    for diagnostic in &review.diagnostics {
        console.note(&text::render(diagnostic, Some(source)));
    }
    let (errors, _) = review.count();
    if errors > 0 {
        return Err(Exit::PROBLEMS);
    }
    match (review.releases.pop(), review.releases.len()) {
        (Some(release), 0) => Ok(release),
        (_, others) => {
            let message =
                format!("expected one Release in `{}`, found {}", source.name(), others + 1);
            console.note(&text::failure(
                &message,
                Some("keep each in a file of its own to render it"),
            ));
            Err(Exit::PROBLEMS)
        }
    }
}

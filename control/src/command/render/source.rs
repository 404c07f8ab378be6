//! The one Release of a file, with everything that is wrong with it said on the way.

use document::load::Source;
use document::load::folder::Origin;
use document::load::source::STDIN_NAME;
use document::report::{Console, text};
use import::review::{Found, Reviewer, Subject};
use policy::Checked;

use crate::command::passed_over::{Detail, PassedOver};
use crate::exit::Exit;

/// How many Releases are named where one is expected.
const SHOWN: usize = 5;

/// The Release of the file `name`; the exit code where there is none.
pub(in crate::command) fn read(name: &str, console: &mut Console) -> Result<Checked, Exit> {
    found(&open(name, console)?, console).map(|found| found.release)
}

/// The file `name`; the exit code where it cannot be read.
pub(in crate::command) fn open(name: &str, console: &mut Console) -> Result<Source, Exit> {
    Source::read(name).map_err(|unreadable| {
        console.note(&text::failure(&unreadable.to_string(), unreadable.help.as_deref()));
        Exit::FAILURE
    })
}

/// The Release, and where it stands; the exit code where there is none, or more than one.
pub(in crate::command) fn found(source: &Source, console: &mut Console) -> Result<Found, Exit> {
    let mut review = Reviewer::of(Subject::Releases).review(source, Origin::Named);
    let mut passed_over = PassedOver::default();
    passed_over.review(source.name(), &review, Detail::Number, console);
    if let Some(nothing) = &review.nothing {
        console.note(&text::render(nothing, Some(source)));
        return Err(Exit::PROBLEMS);
    }
    for diagnostic in &review.diagnostics {
        console.note(&text::render(diagnostic, Some(source)));
    }
    passed_over.say(console);
    let (errors, _) = review.count();
    if errors > 0 {
        return Err(Exit::PROBLEMS);
    }
    match (review.releases.pop(), review.releases.len()) {
        (Some(found), 0) => Ok(found),
        (last, _) => {
            review.releases.extend(last);
            several(source, &review.releases, console);
            Err(Exit::PROBLEMS)
        }
    }
}

/// Says which Releases there are where one is expected.
fn several(source: &Source, releases: &[Found], console: &mut Console) {
    let names = releases.iter().take(SHOWN);
    let names = names.map(|found| format!("`{}`", found.release.policy.full_name()));
    let mut names: Vec<String> = names.collect();
    if releases.len() > SHOWN {
        names.push("…".to_owned());
    }
    let (number, names) = (releases.len(), names.join(", "));
    let message = format!("expected one Release in `{}`, found {number}: {names}", source.name());
    let help = if source.name() == STDIN_NAME {
        "give one of them: `kubectl get release NAME -o yaml` prints one"
    } else {
        "keep each in a file of its own"
    };
    console.note(&text::failure(&message, Some(help)));
}

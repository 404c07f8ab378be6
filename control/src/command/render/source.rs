//! The one Release of a file, with everything that is wrong with it said on the way.

use document::load::Source;
use document::load::folder::Origin;
use document::report::{Console, text};
use import::review::{Found, Reviewer, Subject};
use policy::Checked;

use crate::command::passed_over::{Detail, PassedOver};
use crate::exit::Exit;

/// How many Releases are named where one is expected.
const SHOWN: usize = 5;

/// Which Release of a file is meant, where it has several: `NAME` or `NAMESPACE/NAME`; none: its only one.
pub(in crate::command) type Chosen<'a> = Option<&'a str>;

/// The Release of the file `name`; the exit code where there is none.
pub(in crate::command) fn read(
    name: &str,
    chosen: Chosen<'_>,
    console: &mut Console,
) -> Result<Checked, Exit> {
    found(&open(name, console)?, chosen, console).map(|found| found.release)
}

/// The file `name`; the exit code where it cannot be read.
pub(in crate::command) fn open(name: &str, console: &mut Console) -> Result<Source, Exit> {
    Source::read(name).map_err(|unreadable| {
        console.note(&text::failure(&unreadable.to_string(), unreadable.help.as_deref()));
        Exit::FAILURE
    })
}

/// The Release, and where it stands; the exit code where there is none, or more than one.
pub(in crate::command) fn found(
    source: &Source,
    chosen: Chosen<'_>,
    console: &mut Console,
) -> Result<Found, Exit> {
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
    let all = names(&review.releases);
    if let Some(chosen) = chosen {
        review.releases.retain(|found| is_chosen(found, chosen));
    }
    match (review.releases.pop(), review.releases.len()) {
        (Some(found), 0) => Ok(found),
        (None, _) => {
            let message =
                format!("`{}` has no Release `{}`", source.name(), chosen.unwrap_or_default());
            console.note(&text::failure(&message, Some(&format!("it has {all}"))));
            Err(Exit::PROBLEMS)
        }
        (last, _) => {
            review.releases.extend(last);
            several(source, &review.releases, console);
            Err(Exit::PROBLEMS)
        }
    }
}

/// Whether a Release is the one that `--name` names.
fn is_chosen(found: &Found, chosen: &str) -> bool {
    let policy = &found.release.policy;
    if chosen.contains('/') { policy.full_name() == chosen } else { policy.name() == chosen }
}

/// The names of Releases, the first few.
fn names(releases: &[Found]) -> String {
    let names = releases.iter().take(SHOWN);
    let names = names.map(|found| format!("`{}`", found.release.policy.full_name()));
    let mut names: Vec<String> = names.collect();
    if releases.len() > SHOWN {
        names.push("…".to_owned());
    }
    names.join(", ")
}

/// Says which Releases there are where one is expected.
fn several(source: &Source, releases: &[Found], console: &mut Console) {
    let (number, names) = (releases.len(), names(releases));
    let message = format!("expected one Release in `{}`, found {number}: {names}", source.name());
    let name = releases.first().map(|found| found.release.policy.full_name()).unwrap_or_default();
    let help = format!("select one of them: `--name {name}`");
    console.note(&text::failure(&message, Some(&help)));
}

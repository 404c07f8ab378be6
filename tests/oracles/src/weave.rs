//! A Release woven into the objects of a text: twice is as once, nothing of the user's is lost, and taken out again it
//! leaves no trace, to the byte.
//!
//! The Release is the first one in the text, and a usual one where there is none.

use document::load::folder::Origin;
use document::load::{self, Source};
use document::report::Diagnostic;
use import::review::{Reviewer, Subject};
use istio::gate::Gate;
use istio::weave::{Mode, Options, undo, weave};
use policy::{Path, Policy, Problems};

use crate::check::shown;

const RELEASE: &str = include_str!("weave/release.yaml");

/// Whether weaving leaves the user's objects as they were.
///
/// # Panics
/// When it does not.
pub fn run(bytes: &[u8]) {
    let source = Source::new("objects.yaml", String::from_utf8_lossy(bytes));
    let review = Reviewer::of(Subject::Releases).review(&source, Origin::Found);
    let policy =
        review.releases.into_iter().next().map_or_else(usual, |found| found.release.policy);
    let bare = match undo(&source, &policy) {
        Ok(bare) => bare,
        Err(problems) => return shown(&problems, &source),
    };
    let gate = Gate::of(&policy);
    for (mode, gate) in [(Mode::Names, None), (Mode::Copies, None), (Mode::Copies, gate)] {
        let options = Options { mode, gateways: Vec::new(), gate };
        lasts(&source, &bare, &policy, &options);
    }
}

/// Whether what is woven into a text comes out again; `bare` is the text without what was woven into it before.
fn lasts(source: &Source, bare: &str, policy: &Policy, options: &Options) {
    let woven = match weave(source, policy, options) {
        Ok(woven) => woven,
        Err(problems) => return shown(&problems, source),
    };
    let context = |what: &str| format!("{what}: {}\nbecame\n{}", source.text(), woven.output);
    let output = Source::new("woven.yaml", woven.output.as_str());
    let fault = |problems: Vec<Diagnostic>| -> ! { panic!("{problems:#?} {}", context("refused")) };
    let again = weave(&output, policy, options).unwrap_or_else(|problems| fault(problems));
    assert_eq!(again, woven, "{}", context("woven twice"));
    let undone = undo(&output, policy).unwrap_or_else(|problems| fault(problems));
    assert_eq!(undone, bare, "{}", context("undone"));
    let mut rest = woven.output.bytes();
    let is_kept = bare.bytes().all(|byte| rest.any(|other| other == byte));
    assert!(is_kept, "{}", context("lost"));
}

fn usual() -> Policy {
    let (documents, _) = load::documents(&Source::new("release.yaml", RELEASE));
    let mut problems = Problems::default();
    let checked = policy::check(&documents[0].node, &Path::root(), &mut problems);
    checked.unwrap_or_else(|| panic!("{problems}")).policy
}

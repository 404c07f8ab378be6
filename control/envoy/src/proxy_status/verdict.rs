//! Which configuration of a filter decides, from what came last and what Envoy counted.
//!
//! Envoy's dump has what came last, taken or not. Three things tell which: it came after the last time that one was
//! taken; the code of the module, which is also in this program, refuses it; the module was never started. Where
//! Envoy counts and never refused one, none of them is asked.

use serde::Serialize;

use super::dump::{Found, Kind, Offer};
use super::stats::History;
use super::time;

/// Which configuration decides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Verdict {
    /// What requests get.
    pub state: State,
    /// Why it is not the configuration that came last.
    pub cause: Option<Cause>,
    /// The version of the configuration that decides, as its sender called it; none where Envoy does not tell.
    pub version: Option<String>,
    /// Short for the Release and its settings in that configuration: filters with the same one decide alike. None
    /// where another one came later: Envoy shows only that.
    pub digest: Option<String>,
    /// When that configuration came.
    pub since: Option<String>,
    /// The configuration that came last, where it is another.
    pub refused: Option<Refused>,
}

/// What requests get.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// The configuration that came last decides.
    InForce,
    /// It was refused; one that came before it decides.
    Refused,
    /// None decides: all go to stable.
    StableOnly,
    /// All are answered with 403.
    DeniesAll,
}

/// Why a configuration is not in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// Envoy refused it.
    Refused,
    /// None came.
    NoneCame,
    /// None came, and the listener waits for one before it takes requests.
    Awaited,
    /// istio-agent could not fetch the module, and put another filter in its place.
    NotFetched,
}

/// A configuration that was refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Refused {
    /// What its sender called it.
    pub version: String,
    /// When it came first.
    pub since: String,
    /// What the module has against it; empty where only Envoy's log tells.
    pub problems: Vec<String>,
}

/// The verdict on a filter; `offer` is what came last by discovery.
pub(super) fn judge(found: &Found, offer: Option<&Offer>, history: &History) -> Verdict {
    let Some(offer) = found.fixed.as_ref().or(offer) else {
        let cause = if found.is_warming { Cause::Awaited } else { Cause::NoneCame };
        return Verdict::without(State::StableOnly, cause);
    };
    let configuration = match &offer.kind {
        Kind::Module(configuration) => configuration,
        Kind::StandIn { denies: true } => {
            return Verdict::without(State::DeniesAll, Cause::NotFetched);
        }
        Kind::StandIn { denies: false } => {
            return Verdict::without(State::StableOnly, Cause::NotFetched);
        }
    };
    // A listener whose own configuration of a filter is refused does not come to be.
    let is_fixed = found.fixed.is_some();
    let problems = if is_fixed || history.refused == Some(0) {
        Vec::new()
    } else {
        configuration.problems().unwrap_or_default()
    };
    if is_fixed || !is_refused(offer, history, &problems) {
        return Verdict {
            state: State::InForce,
            cause: None,
            version: some(offer.version),
            digest: Some(configuration.digest()),
            since: some(offer.since),
            refused: None,
        };
    }
    let refused = Refused {
        version: offer.version.to_owned(),
        since: offer.since.to_owned(),
        problems: problems.into_iter().chain(offer.error.map(str::to_owned)).collect(),
    };
    let state = if has_earlier(history) { State::Refused } else { State::StableOnly };
    // Otherwise what was taken last is the refused one, come again.
    let is_known = state == State::Refused && came_after(offer, history);
    Verdict {
        version: history.taken.clone().filter(|_| is_known),
        refused: Some(refused),
        ..Verdict::without(state, Cause::Refused)
    }
}

impl Verdict {
    fn without(state: State, cause: Cause) -> Self {
        let cause = Some(cause);
        Self { state, cause, version: None, digest: None, since: None, refused: None }
    }
}

fn some(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

fn is_refused(offer: &Offer, history: &History, problems: &[String]) -> bool {
    offer.error.is_some()
        || history.refused != Some(0)
            && (came_after(offer, history)
                || !problems.is_empty()
                || history.has_started == Some(false))
}

/// Whether what came last came after the last time that Envoy took one.
fn came_after(offer: &Offer, history: &History) -> bool {
    let came = time::millis(offer.since).and_then(|came| u64::try_from(came).ok());
    came.zip(history.taken_at).is_some_and(|(came, taken)| came > taken)
}

/// Whether one that came before the refused one decides.
fn has_earlier(history: &History) -> bool {
    let taken = history.different.zip(history.refused).map(|(all, refused)| all > refused);
    history.has_started.or(taken).unwrap_or(true)
}

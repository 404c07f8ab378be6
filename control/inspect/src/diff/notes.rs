//! What became of everything but the rules and shares.

mod attach;
mod subsets;

use document::report::Percent;
use policy::Policy;
use policy::policy::Split;
use policy::spec::Anonymous;

use super::note::{Note, Topic};
use super::users;

/// The changes, in the order of the language.
pub(super) fn notes(old: &Policy, new: &Policy) -> Vec<Note> {
    let mut notes = Vec::new();
    notes.extend(release(old, new));
    notes.extend(service(old, new));
    notes.extend(stable(old, new));
    notes.extend(subsets::notes(old, new));
    notes.extend(attach::notes(old, new));
    notes.extend(draw(old, new));
    notes.extend(rest(old, new));
    notes.extend(mirror(old, new));
    notes
}

fn release(old: &Policy, new: &Policy) -> Option<Note> {
    let (before, after) = (old.full_name(), new.full_name());
    (before != after).then(|| {
        let message = format!("these are different Releases: `{before}` and `{after}`");
        Note::new(Topic::Release, message)
    })
}

fn service(old: &Policy, new: &Policy) -> Vec<Note> {
    let mut notes = Vec::new();
    let (before, after) = (old.host().fqdn(), new.host().fqdn());
    if before != after {
        let message = format!(
            "requests to `{after}` are routed instead of those to `{before}`, which are no longer routed"
        );
        notes
            .push(Note::new(Topic::Host, message).moving(leaves_stable(old) || leaves_stable(new)));
    }
    notes.extend(port(old, new));
    notes
}

fn port(old: &Policy, new: &Policy) -> Option<Note> {
    let is_move = leaves_stable(old) || leaves_stable(new);
    match (old.port(), new.port()) {
        (Some(before), Some(after)) if before != after => {
            let message =
                format!("requests to port {after} are routed instead of those to port {before}");
            Some(Note::new(Topic::Port, message).moving(is_move))
        }
        (None, Some(after)) => {
            Some(Note::new(Topic::Port, format!("the port is {after}; it was not set")))
        }
        (Some(before), None) => {
            Some(Note::new(Topic::Port, format!("the port is not set; it was {before}")))
        }
        _ => None,
    }
}

/// Whether any request goes elsewhere than to the stable subset.
fn leaves_stable(policy: &Policy) -> bool {
    let splits = policy.rules().iter().map(policy::policy::Rule::split);
    splits.chain([policy.split()]).any(|split: &Split| split.only() != Some(policy.stable()))
}

fn stable(old: &Policy, new: &Policy) -> Option<Note> {
    let (before, after) = (old.subset_name(old.stable()), new.subset_name(new.stable()));
    (before != after).then(|| {
        let message = format!(
            "stable is `{after}`, not `{before}`: all users of callers without the filter move"
        );
        Note::new(Topic::Stable, message).about(after).moving(true)
    })
}

fn draw(old: &Policy, new: &Policy) -> Vec<Note> {
    let mut notes = Vec::new();
    if old.cohort() != new.cohort() {
        let (before, after) = (old.cohort(), new.cohort());
        let is_default = |policy: &Policy| policy.cohort() == policy.full_name();
        let default = if is_default(old) && is_default(new) {
            " (by default the Release's own name)"
        } else {
            ""
        };
        let message = format!(
            "the cohort is `{after}`, not `{before}`{default}: every user is drawn anew where a split has more than one subset"
        );
        notes.push(Note::new(Topic::Cohort, message));
    }
    if old.identity() != new.identity() {
        let (before, after) = (users::list(old), users::list(new));
        let message = format!(
            "users are identified by {after}, not by {before}: users with another value are drawn anew"
        );
        notes.push(Note::new(Topic::Identity, message));
    }
    if old.anonymous() != new.anonymous() {
        let message = match new.anonymous() {
            Anonymous::Stable => {
                "requests without an identity go to stable; until now each was drawn anew"
            }
            Anonymous::Random => {
                "requests without an identity are each drawn anew; until now they went to stable"
            }
        };
        notes.push(Note::new(Topic::Anonymous, message));
    }
    notes
}

fn rest(old: &Policy, new: &Policy) -> Vec<Note> {
    let mut notes = Vec::new();
    if old.counters() != new.counters() {
        let message = if new.counters() {
            "decisions are counted from now on; users are not affected"
        } else {
            "decisions are no longer counted; users are not affected"
        };
        notes.push(Note::new(Topic::Counters, message));
    }
    let falls_back = |policy: &Policy| {
        let mut ids = (0..policy.subsets().len()).map(policy::policy::SubsetId);
        ids.any(|id| policy.falls_back(id))
    };
    if falls_back(old) != falls_back(new) {
        let message = if falls_back(new) {
            "users of a subset without healthy endpoints go to stable; until now they got errors"
        } else {
            "users of a subset without healthy endpoints get errors; until now they went to stable"
        };
        notes.push(Note::new(Topic::Fallback, message));
    }
    notes
}

/// Copies move no user: those who get them answer none.
fn mirror(old: &Policy, new: &Policy) -> Option<Note> {
    let copies = |policy: &Policy| {
        let mirror = policy.mirror()?;
        let (to, share) = (policy.subset_name(mirror.to), Percent::from(mirror.share));
        Some((share.to_string(), to.to_owned()))
    };
    let mirrored =
        |share: &str, to: &str| format!("{share} of the requests are mirrored to `{to}`");
    let were = |share: &str, to: &str| format!("until now {share} were, to `{to}`");
    let (before, after) = (copies(old), copies(new));
    if before == after {
        return None;
    }
    let (message, name) = match (before, after) {
        (None, None) => return None,
        (None, Some((share, to))) => {
            (format!("{}; until now none were", mirrored(&share, &to)), to)
        }
        (Some((share, to)), None) => {
            (format!("no requests are mirrored; {}", were(&share, &to)), to)
        }
        (Some((old_share, old_to)), Some((share, to))) => {
            (format!("{}; {}", mirrored(&share, &to), were(&old_share, &old_to)), to)
        }
    };
    Some(Note::new(Topic::Mirror, format!("{message}; users are not affected")).about(&name))
}

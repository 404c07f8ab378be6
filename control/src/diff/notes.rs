//! What became of everything but the rules and shares.

use policy::Policy;
use policy::policy::{Attach, AttachKind, Split, Subset};
use policy::spec::Anonymous;

use super::note::{Note, Topic};
use super::users;

/// The changes, in the order of the language.
pub(super) fn notes(old: &Policy, new: &Policy) -> Vec<Note> {
    let mut notes = Vec::new();
    notes.extend(release(old, new));
    notes.extend(service(old, new));
    notes.extend(stable(old, new));
    notes.extend(subsets(old, new));
    notes.extend(attach(old, new));
    notes.extend(draw(old, new));
    notes.extend(rest(old, new));
    notes
}

/// `namespace/name`
pub(super) fn full_name(policy: &Policy) -> String {
    format!("{}/{}", policy.namespace(), policy.name())
}

fn release(old: &Policy, new: &Policy) -> Option<Note> {
    let (before, after) = (full_name(old), full_name(new));
    (before != after).then(|| {
        let message = format!("these are two Releases: `{before}` and `{after}`");
        Note::new(Topic::Release, message)
    })
}

fn service(old: &Policy, new: &Policy) -> Vec<Note> {
    let mut notes = Vec::new();
    let (before, after) = (old.host().fqdn(), new.host().fqdn());
    if before != after {
        let message = format!(
            "requests to `{after}` are decided in place of those to `{before}`, which nothing decides any more"
        );
        notes
            .push(Note::new(Topic::Host, message).moving(leaves_stable(old) || leaves_stable(new)));
    }
    if old.port() != new.port() {
        let message = format!(
            "requests to port {} are decided in place of those to port {}",
            new.port(),
            old.port()
        );
        notes
            .push(Note::new(Topic::Port, message).moving(leaves_stable(old) || leaves_stable(new)));
    }
    notes
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
            "stable is `{after}`, not `{before}`: so it is for callers without the filter, all of whom move"
        );
        Note::new(Topic::Stable, message).about(after).moving(true)
    })
}

fn subsets(old: &Policy, new: &Policy) -> Vec<Note> {
    let find = |policy: &'_ Policy, name: &str| {
        policy.subsets().iter().find(|subset| subset.name == name).cloned()
    };
    let is_same_stable = old.subset_name(old.stable()) == new.subset_name(new.stable());
    let mut notes = Vec::new();
    for after in new.subsets() {
        let name = &after.name;
        let Some(before) = find(old, name) else {
            let gone = old
                .subsets()
                .iter()
                .find(|before| same_labels(before, after) && find(new, &before.name).is_none());
            let message = match gone {
                Some(gone) => format!("subset `{name}` is new: the pods that were `{}`", gone.name),
                None => format!("subset `{name}` is new"),
            };
            notes.push(Note::new(Topic::SubsetAdded, message).about(name));
            continue;
        };
        if !same_labels(&before, after) {
            let message = format!(
                "`{name}` is other pods: {}, not {}",
                labels(&after.labels),
                labels(&before.labels)
            );
            notes.push(Note::new(Topic::Labels, message).about(name));
        }
        if before.key != after.key {
            let (key, other) = (&after.key, &before.key);
            let message = if is_same_stable {
                format!(
                    "`{name}` is drawn by the key `{key}`, not `{other}`: to the draw it is another subset"
                )
            } else {
                format!(
                    "`{name}` is drawn by the key `{key}`, not `{other}`, as another subset is stable"
                )
            };
            notes.push(Note::new(Topic::Key, message).about(name));
        }
    }
    for before in old.subsets().iter().filter(|subset| find(new, &subset.name).is_none()) {
        let message = format!("subset `{}` is gone", before.name);
        notes.push(Note::new(Topic::SubsetRemoved, message).about(&before.name));
    }
    notes
}

fn same_labels(a: &Subset, b: &Subset) -> bool {
    sorted(&a.labels) == sorted(&b.labels)
}

fn sorted(labels: &[(String, String)]) -> Vec<&(String, String)> {
    let mut labels: Vec<_> = labels.iter().collect();
    labels.sort_unstable();
    labels
}

fn labels(labels: &[(String, String)]) -> String {
    let labels: Vec<String> = labels.iter().map(|(key, value)| format!("{key}={value}")).collect();
    if labels.is_empty() { "any".to_owned() } else { labels.join(",") }
}

fn attach(old: &Policy, new: &Policy) -> Vec<Note> {
    let same = |a: &Attach, b: &Attach| {
        a.namespace == b.namespace && a.kind == b.kind && sorted(&a.labels) == sorted(&b.labels)
    };
    let only = |list: &'_ [Attach], other: &[Attach]| -> Vec<Attach> {
        list.iter().filter(|a| !other.iter().any(|b| same(a, b))).cloned().collect()
    };
    let mut notes = Vec::new();
    for entry in only(new.attach(), old.attach()) {
        let message = format!(
            "requests of {} are decided from now on: until now all went to stable",
            callers(&entry)
        );
        notes.push(Note::new(Topic::Attach, message).moving(leaves_stable(new)));
    }
    for entry in only(old.attach(), new.attach()) {
        let message =
            format!("requests of {} are no longer decided: all go to stable", callers(&entry));
        notes.push(Note::new(Topic::Attach, message).moving(leaves_stable(old)));
    }
    notes
}

/// `the sidecars app=productpage in bookinfo`
fn callers(attach: &Attach) -> String {
    let labels = labels(&attach.labels);
    let namespace = &attach.namespace;
    match &attach.kind {
        AttachKind::Sidecar => format!("the sidecars {labels} in `{namespace}`"),
        AttachKind::Gateway { hosts } => {
            format!("the gateway {labels} in `{namespace}` for {}", hosts.join(", "))
        }
    }
}

fn draw(old: &Policy, new: &Policy) -> Vec<Note> {
    let mut notes = Vec::new();
    if old.cohort() != new.cohort() {
        let (before, after) = (old.cohort(), new.cohort());
        let is_default = |policy: &Policy| policy.cohort() == full_name(policy);
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
            "users are told apart by {after}, not by {before}: whoever is known by another value is drawn anew"
        );
        notes.push(Note::new(Topic::Identity, message));
    }
    if old.anonymous() != new.anonymous() {
        let message = match new.anonymous() {
            Anonymous::Stable => {
                "requests without an identity go to stable; they were drawn anew each time"
            }
            Anonymous::Random => {
                "requests without an identity are drawn anew each time; they went to stable"
            }
        };
        notes.push(Note::new(Topic::Anonymous, message));
    }
    notes
}

fn rest(old: &Policy, new: &Policy) -> Vec<Note> {
    let mut notes = Vec::new();
    if old.counters() != new.counters() {
        let message = match new.counters() {
            true => "decisions are counted from now on; no user notices",
            false => "decisions are no longer counted; no user notices",
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

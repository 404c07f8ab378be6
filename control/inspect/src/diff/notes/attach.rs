//! What became of the callers whose requests are decided.

use policy::Policy;
use policy::policy::{Attach, AttachKind};

use super::super::note::{Note, Topic};
use super::leaves_stable;
use super::subsets::{sorted, written};

/// Those who join and those who leave.
pub(super) fn notes(old: &Policy, new: &Policy) -> Vec<Note> {
    let same = |a: &Attach, b: &Attach| {
        a.namespace == b.namespace && a.kind == b.kind && sorted(&a.labels) == sorted(&b.labels)
    };
    let only = |list: &'_ [Attach], other: &[Attach]| -> Vec<Attach> {
        list.iter().filter(|a| !other.iter().any(|b| same(a, b))).cloned().collect()
    };
    let mut notes = Vec::new();
    for entry in only(new.attach(), old.attach()) {
        let message = format!(
            "requests of {} are routed from now on; until now all went to stable",
            callers(&entry)
        );
        notes.push(Note::new(Topic::Attach, message).moving(leaves_stable(new)));
    }
    for entry in only(old.attach(), new.attach()) {
        let message =
            format!("requests of {} are no longer routed: all go to stable", callers(&entry));
        notes.push(Note::new(Topic::Attach, message).moving(leaves_stable(old)));
    }
    notes
}

/// `the sidecars app=productpage in bookinfo`
fn callers(attach: &Attach) -> String {
    let labels = match attach.labels.as_slice() {
        [] => String::new(),
        labels => format!(" {}", written(labels)),
    };
    let namespace = &attach.namespace;
    match &attach.kind {
        AttachKind::Sidecar => format!("the sidecars{labels} in `{namespace}`"),
        AttachKind::Gateway { hosts } => {
            format!("the gateway{labels} in `{namespace}` for {}", hosts.join(", "))
        }
    }
}

//! What became of the subsets: which there are, which pods they are, and what the draw knows them by.

use policy::Policy;
use policy::policy::Subset;

use super::super::note::{Note, Topic};

/// The changes, in the order of the new Release, those that are gone last.
pub(super) fn notes(old: &Policy, new: &Policy) -> Vec<Note> {
    let find = |policy: &'_ Policy, name: &str| {
        policy.subsets().iter().find(|subset| subset.name == name).cloned()
    };
    let is_same_stable = old.subset_name(old.stable()) == new.subset_name(new.stable());
    let mut notes = Vec::new();
    for after in new.subsets() {
        let name = &after.name;
        let Some(before) = find(old, name) else {
            let gone = old.subsets().iter().find(|before| {
                !after.labels.is_empty()
                    && same_labels(before, after)
                    && find(new, &before.name).is_none()
            });
            let message = match gone {
                Some(gone) => {
                    format!("subset `{name}` is new, with the pods that were `{}`", gone.name)
                }
                None => format!("subset `{name}` is new"),
            };
            notes.push(Note::new(Topic::SubsetAdded, message).about(name));
            continue;
        };
        if !same_labels(&before, after) {
            let message = format!(
                "`{name}` selects other pods: {}, not {}",
                pods(&after.labels),
                pods(&before.labels)
            );
            notes.push(Note::new(Topic::Labels, message).about(name));
        }
        if before.key != after.key {
            let (key, other) = (&after.key, &before.key);
            let message = if is_same_stable {
                format!(
                    "`{name}` is drawn by the key `{key}`, not `{other}`: the draw treats it as another subset"
                )
            } else {
                format!(
                    "`{name}` is drawn by the key `{key}`, not `{other}`, because another subset is stable"
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

pub(super) fn sorted(labels: &[(String, String)]) -> Vec<&(String, String)> {
    let mut labels: Vec<_> = labels.iter().collect();
    labels.sort_unstable();
    labels
}

/// What tells the pods of a subset.
fn pods(labels: &[(String, String)]) -> String {
    match labels {
        [] => "those of a DestinationRule".to_owned(),
        labels => written(labels),
    }
}

/// `app=productpage,version=v1`
pub(super) fn written(labels: &[(String, String)]) -> String {
    let labels: Vec<String> = labels.iter().map(|(key, value)| format!("{key}={value}")).collect();
    labels.join(",")
}

//! The subsets of a Release: those that the rules lead to, and the one that a rollout brings out.

use std::collections::BTreeMap;

use policy::Path;
use policy::policy::STABLE_KEY;

use super::draft::Draft;
use super::names;
use super::note::Note;
use super::rollout::Variant;
use super::surroundings::{Pods, Surroundings};
use super::translation::Translation;

/// Makes the subsets, the stable one first; notes what is missing.
pub(super) fn collect(
    made: &Translation<'_>,
    around: &Surroundings<'_, '_>,
    host: &str,
    stable: &str,
    notes: &mut Vec<Note>,
) -> Vec<Draft> {
    let names: Vec<&str> = made.destinations.subsets.iter().map(|(name, _)| *name).collect();
    let has_rule = around.has_rule(host);
    let pods = around.pods(host);
    let deployments: BTreeMap<&str, &Draft> =
        made.deployments.iter().rev().map(|(name, workload)| (name.as_str(), workload)).collect();
    let mut subsets = Vec::new();
    let mut unlabelled = Vec::new();
    let (first, others): (Vec<_>, Vec<_>) =
        made.destinations.subsets.iter().partition(|(name, _)| *name == stable);
    for (name, path) in first.into_iter().chain(others) {
        let mut fields = vec![("name", Draft::text(name).made_of(path))];
        let variant = made.rollout.as_ref().and_then(|rollout| rollout.variant(name));
        match (pods.get(name), variant) {
            (Some(Pods::Labels(labels)), _) => fields.push(("labels", labels.clone())),
            (None, Some(variant)) => {
                notes.push(assumed(name, path));
                fields.push(("labels", variant.labels.clone()));
            }
            (None, None) => unlabelled.push((format!("`{name}`"), path)),
            (Some(Pods::Unlabelled), _) => {
                let message = format!(
                    "`{name}` has no labels in the DestinationRule: it selects every pod of the host"
                );
                notes.push(Note::new(path, message));
            }
        }
        if *name == STABLE_KEY && *name != stable {
            fields.push(("key", Draft::leaf(names::key(name, &names)).made_of(path)));
        }
        let deployment = deployments.get(name).copied().cloned();
        let workload = variant.map(Variant::workload).or(deployment);
        fields.extend(workload.map(|workload| ("workload", workload)));
        subsets.push(Draft::map(fields).made_of(path));
    }
    let rollout =
        made.rollout.as_ref().filter(|rollout| !names.contains(&&*rollout.candidate.name));
    if let Some(rollout) = rollout {
        let variant = &rollout.candidate;
        let labels = match pods.get(variant.name.as_str()) {
            Some(Pods::Labels(labels)) => labels.clone(),
            None | Some(Pods::Unlabelled) => {
                let at = made.destinations.host.as_ref().map(|named| named.path.clone());
                notes.push(assumed(&variant.name, &at.unwrap_or_default()));
                variant.labels.clone()
            }
        };
        let name = Draft::text(&variant.name);
        let fields = [("name", name), ("labels", labels), ("workload", variant.workload())];
        subsets.push(Draft::map(fields).of(rollout.object));
    }
    if let Some((_, path)) = unlabelled.first() {
        let whose: Vec<&str> = unlabelled.iter().map(|(name, _)| name.as_str()).collect();
        let reason = if has_rule {
            format!("the DestinationRule of `{host}` does not name them")
        } else {
            format!("there is no file with a DestinationRule of `{host}`")
        };
        let message = format!(
            "the labels of {} are left out: {reason}; `serin render` needs them, or your DestinationRule",
            whose.join(", ")
        );
        notes.push(Note::new(path, message));
    }
    subsets
}

fn assumed(subset: &str, path: &Path) -> Note {
    let message =
        format!("no DestinationRule has the labels of `{subset}`: using those that PipeCD sets");
    Note::new(path, message)
}

//! Puts a Release into a DestinationRule: the subsets that it lacks.

use document::load::Document;
use policy::policy::Subset;
use policy::{Code, Path, Policy, Problem, Problems};
use serde_json::{Value, json};

use super::edit::{Action, Change};
use super::field::Field;
use super::host;
use super::memory::{self, Additions, Memory};
use super::object::Object;
use crate::metadata;
use crate::visibility::{InFile, destination_rules};

/// What is done to a DestinationRule.
#[derive(Debug, Default)]
pub(super) struct Insertion {
    pub(super) changes: Vec<Change>,
    /// Whether another Release relies on something that is added.
    pub(super) is_relied_on: bool,
    /// Whether it is for the host, for all callers.
    pub(super) is_for_host: bool,
    /// The rule, where it is for the host: whose it is, and the subsets that it has then.
    pub(super) rule: Option<InFile>,
    pub(super) note: Option<String>,
    /// That no proxy of `attach` goes by it.
    pub(super) hidden: Option<String>,
}

/// Finds out what is to be done.
pub(super) fn insert(
    object: &Object<'_>,
    documents: &[Document],
    policy: &Policy,
    problems: &mut Problems,
) -> Insertion {
    let fqdn = policy.host().fqdn();
    let mut found = Problems::default();
    let spec = object.root.map("spec", &mut found);
    let written = spec.as_ref().and_then(|spec| spec.string("host", &mut found));
    let full =
        written.map(|written| host::complete_in(written, object.namespace, host::domain(fqdn)));
    if full.as_deref() != Some(fqdn) {
        let covers = |full: &String| full.starts_with('*') && host::overlap(full, fqdn);
        let note = full.filter(covers).map(|full| {
            format!(
                "{}: it is for `{full}`; a DestinationRule for {fqdn} alone replaces it there, including its policies",
                object.label
            )
        });
        return Insertion { note, ..Insertion::default() };
    }
    let Some(spec) = spec else { return Insertion::default() };
    let rule = rule(object, &spec, fqdn, policy);
    if !is_in_force(&rule, policy) {
        let hidden = format!(
            "{}: no proxy of `attach` goes by it (its namespace or its `exportTo`): nothing is woven into it, and it \
             replaces none of Serin's",
            object.label
        );
        return Insertion { hidden: Some(hidden), ..Insertion::default() };
    }
    object.unsound(documents, problems);
    problems.extend(found);
    let before = Memory::read(object, problems);
    let own = spec.maps("subsets", problems);
    let mut additions = Additions::default();
    let mut missing = Vec::new();
    let mut relied = false;
    for (index, subset) in policy.subsets().iter().enumerate() {
        let same = own.iter().find(|own| own.string("name", problems) == Some(&subset.name));
        let is_relied_on = before.others_rely("", |other| other.subsets.contains(&subset.name));
        let Some(same) = same else {
            if subset.labels.is_empty() {
                let path = spec.path.key("subsets");
                problems.add(nowhere(&path, &subset.name));
                continue;
            }
            relied |= is_relied_on;
            additions.subsets.insert(subset.name.clone());
            missing
                .push(json!({ "name": subset.name, "labels": metadata::labels(&subset.labels) }));
            continue;
        };
        let labels = same.labels("labels", problems);
        if !subset.labels.is_empty() && !is_same(&labels, subset) {
            let path = Path::root().key("spec").key("subsets").index(index);
            problems.add(other_labels(&same.path, &labels, subset, &path));
        } else if is_relied_on {
            additions.subsets.insert(subset.name.clone());
        }
    }
    if spec.node.get("subsets").is_none()
        || before.others_rely("", |other| other.created.contains("subsets"))
    {
        additions.created.insert("subsets".to_owned());
    }
    let mut changes = Vec::new();
    if !additions.subsets.is_empty() {
        changes.extend(add(
            object,
            &spec.path,
            spec.node.get("subsets").is_some(),
            own.len(),
            missing,
        ));
        let mut memory = before.clone();
        memory.remember(object, memory::key(policy), additions);
        changes.extend(memory.write(object, &before, problems));
    }
    // One with a selector is for some callers only.
    let is_for_host = spec.get("workloadSelector").is_none();
    Insertion {
        changes,
        is_relied_on: relied,
        is_for_host,
        rule: Some(rule),
        note: None,
        hidden: None,
    }
}

/// What a rule is, and the subsets that it has when the Release is woven in.
fn rule(object: &Object<'_>, spec: &Field<'_>, fqdn: &str, policy: &Policy) -> InFile {
    let subsets: Vec<Value> =
        policy.subsets().iter().map(|subset| json!({ "name": subset.name })).collect();
    let mut whole = json!({
        "host": fqdn,
        "exportTo": spec.texts("exportTo", &mut Problems::default()),
        "subsets": subsets,
    });
    if spec.get("workloadSelector").is_some() {
        whole["workloadSelector"] = json!({});
    }
    InFile { namespace: object.namespace.to_owned(), spec: whole }
}

/// Whether some attached proxy may go by it; one with a selector may be for them.
fn is_in_force(rule: &InFile, policy: &Policy) -> bool {
    let mut clients = destination_rules::clients(policy).into_iter();
    let goes_by =
        |client| !destination_rules::in_force(policy, &std::iter::once(rule), client).is_empty();
    policy.attach().is_empty()
        || rule.spec.get("workloadSelector").is_some()
        || clients.any(goes_by)
}

/// The changes that append subsets.
fn add(
    object: &Object<'_>,
    spec: &Path,
    is_there: bool,
    count: usize,
    subsets: Vec<Value>,
) -> Vec<Change> {
    let change = |at, action| Change { document: object.document, at, action };
    if is_there {
        let insert = |value| Action::Insert { before: count, value };
        return subsets
            .into_iter()
            .map(|value| change(spec.key("subsets"), insert(value)))
            .collect();
    }
    if subsets.is_empty() {
        return Vec::new();
    }
    let (after, key) = (Some("host".to_owned()), "subsets".to_owned());
    vec![change(spec.clone(), Action::Add { after, key, value: subsets.into() })]
}

fn is_same(labels: &[(&str, &str)], subset: &Subset) -> bool {
    let has = |(key, value): &(String, String)| labels.contains(&(key.as_str(), value.as_str()));
    labels.len() == subset.labels.len() && subset.labels.iter().all(has)
}

fn nowhere(at: &Path, name: &str) -> Problem {
    let message = format!("neither this DestinationRule nor the Release has labels for `{name}`");
    Problem::error(Code::MissingField, at, message).help("write them in the Release")
}

fn other_labels(at: &Path, found: &[(&str, &str)], subset: &Subset, path: &Path) -> Problem {
    let found: Vec<String> = found.iter().map(|(key, value)| format!("{key}={value}")).collect();
    let own: Vec<String> =
        subset.labels.iter().map(|(key, value)| format!("{key}={value}")).collect();
    let message = format!(
        "the subset `{}` has the labels `{}` here, and `{}` as `{path}` of the Release",
        subset.name,
        found.join(","),
        own.join(",")
    );
    let help = "rename one of the two, or give both the same labels";
    Problem::error(Code::DuplicateName, at, message).help(help)
}

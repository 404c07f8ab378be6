//! Weaves a whole file: takes the Release out, looks at every object, puts it in, and tries whether it would come
//! out again.

use std::collections::BTreeSet;

use document::load::{self, Document, Source};
use document::report::{Collection, Diagnostic};
use policy::{Code, Path, Policy, Problem, Problems};
use serde_json::Value;

use super::edit::{self, Change, Edited};
use super::object::{self, Kind, Object};
use super::reach::Side;
use super::reading::Reading;
use super::verdict::Verdict;
use super::{Options, Rules, Woven, destination_rule, insert, naming, undo};
use crate::names;

/// See [`super::weave`].
pub(super) fn weave(
    source: &Source,
    policy: &Policy,
    options: &Options,
) -> Result<Woven, Vec<Diagnostic>> {
    let bare = undo::undo(source, policy)?;
    let base = Source::new(source.name(), &*bare.text);
    put(&base, policy, options).map_err(|diagnostics| {
        let back = |diagnostic| traced(diagnostic, source, &bare);
        diagnostics.into_iter().map(back).collect()
    })
}

/// A problem found after the Release was taken out, at its place in the file.
fn traced(diagnostic: Diagnostic, source: &Source, bare: &Edited) -> Diagnostic {
    let span = bare.origin(diagnostic.span.start)..bare.origin(diagnostic.span.end);
    // Copies of rules that are gone made the rules behind them count from further on.
    let path = diagnostic.path.clone().filter(|_| bare.text == source.text());
    match diagnostic.line {
        Some(_) => Diagnostic { path, ..diagnostic }.at(source, span),
        None => diagnostic,
    }
}

/// What was found out about a file.
#[derive(Default)]
struct Findings {
    changes: Vec<Change>,
    /// Whether another Release relies on something that is added: it stays when this one goes.
    is_relied_on: bool,
    /// By document.
    problems: Vec<(usize, Problem)>,
}

impl Findings {
    fn add(&mut self, document: usize, problems: Problems) {
        self.problems.extend(problems.into_iter().map(|problem| (document, problem)));
    }
}

/// Weaves a file in which nothing of the Release is.
fn put(base: &Source, policy: &Policy, options: &Options) -> Result<Woven, Vec<Diagnostic>> {
    let (documents, fault) = load::documents(base);
    if let Some(fault) = fault {
        return Err(vec![Diagnostic::fault(base, &fault)]);
    }
    let (woven, findings) = look(&documents, policy, options);
    let text = finish(base, &documents, policy, &findings)?;
    Ok(woven.with(text))
}

/// See [`super::weave_object`].
pub(super) fn weave_object(
    object: &Value,
    policy: &Policy,
    options: &Options,
) -> Result<Woven<Value>, Vec<Problem>> {
    let bare = undo::object(&Document::of(object)?, policy)?;
    let base = Document::of(&bare)?;
    let documents = std::slice::from_ref(&base);
    let (woven, findings) = look(documents, policy, options);
    let problems: Vec<Problem> =
        findings.problems.into_iter().map(|(_, problem)| problem).collect();
    if !problems.is_empty() {
        return Err(problems);
    }
    let value = edit::value(&base, &findings.changes)?;
    Ok(woven.with(value))
}

impl Woven<Value> {
    /// Whether the object says anything else than it did; not how it is written.
    #[must_use]
    pub fn is_another_than(&self, before: &Value) -> bool {
        let before = Document::of(before).map(|document| edit::json(&document.node));
        before.as_ref() != Ok(&self.output)
    }
}

/// What is to be done to documents in which nothing of the Release is.
fn look(documents: &[Document], policy: &Policy, options: &Options) -> (Woven<()>, Findings) {
    let mut findings = Findings::default();
    let mut woven = Woven {
        output: (),
        has_destination_rule: false,
        rules: Vec::new(),
        mesh: None,
        is_private: false,
        gateways: None,
        unrelated: Vec::new(),
        hidden: Vec::new(),
        notes: Vec::new(),
    };
    let mut readings = Vec::new();
    for object in object::all(documents, policy.namespace()) {
        let mut problems = Problems::default();
        let document = object.document;
        match object.kind {
            Kind::VirtualService => {
                let label = object.label.clone();
                let notes = &mut woven.notes;
                match Reading::read(object, documents, policy, options, notes) {
                    Some(reading) => {
                        woven.hidden.extend(reading.hidden.clone());
                        readings.push(reading);
                    }
                    None => woven.unrelated.push(label),
                }
            }
            Kind::DestinationRule => {
                subsets(&object, documents, policy, &mut woven, &mut findings, &mut problems);
            }
        }
        findings.add(document, problems);
    }
    naming::name(&mut readings, &names::qualified(policy));
    findings.problems.extend(naming::clashes(&readings));
    for reading in &readings {
        rules(reading, policy, options, &mut woven, &mut findings);
    }
    for rules in woven.mesh.iter_mut().chain(&mut woven.gateways) {
        once_each(&mut rules.switched);
        once_each(&mut rules.ungated);
        once_each(&mut rules.copies);
    }
    (woven, findings)
}

impl Woven<()> {
    fn with<T>(self, output: T) -> Woven<T> {
        let Self {
            output: (),
            has_destination_rule,
            rules,
            mesh,
            is_private,
            gateways,
            unrelated,
            hidden,
            notes,
        } = self;
        Woven {
            output,
            has_destination_rule,
            rules,
            mesh,
            is_private,
            gateways,
            unrelated,
            hidden,
            notes,
        }
    }
}

fn subsets(
    object: &Object<'_>,
    documents: &[Document],
    policy: &Policy,
    woven: &mut Woven<()>,
    findings: &mut Findings,
    problems: &mut Problems,
) {
    let inserted = destination_rule::insert(object, documents, policy, problems);
    findings.changes.extend(inserted.changes);
    findings.is_relied_on |= inserted.is_relied_on;
    let is_unrelated =
        inserted.rule.is_none() && inserted.note.is_none() && inserted.hidden.is_none();
    woven.unrelated.extend(is_unrelated.then(|| object.label.clone()));
    woven.hidden.extend(inserted.hidden);
    woven.notes.extend(inserted.note);
    woven.has_destination_rule |= inserted.is_for_host;
    woven.rules.extend(inserted.rule);
}

fn rules(
    reading: &Reading<'_>,
    policy: &Policy,
    options: &Options,
    woven: &mut Woven<()>,
    findings: &mut Findings,
) {
    let mut problems = reading.problems.clone();
    for (rule, verdict) in reading.service.rules.iter().zip(&reading.verdicts) {
        if *verdict == Verdict::Forgotten {
            problems.add(forgotten(&rule.field.path.key("name"), rule.name));
        }
    }
    let inserted = insert::insert(reading, policy, options, &mut problems);
    findings.changes.extend(inserted.changes);
    findings.is_relied_on |= inserted.is_relied_on;
    findings.add(reading.service.object.document, problems);
    let (fqdn, port) = (policy.host().fqdn(), names::port(policy));
    let mut destinations = reading.service.rules.iter().flat_map(|rule| &rule.destinations);
    if reading.reach.has(Side::Mesh) {
        woven.is_private |= !reading.reach.is_public;
        join(&mut woven.mesh, inserted.mesh);
    }
    if reading.reach.has(Side::Gateways) && destinations.any(|to| to.is(fqdn, port)) {
        join(&mut woven.gateways, inserted.gateways);
    }
}

fn join(all: &mut Option<Rules>, more: Rules) {
    let all = all.get_or_insert_default();
    all.switched.extend(more.switched);
    all.ungated.extend(more.ungated);
    all.copies.extend(more.copies);
}

/// Leaves the first of equal items in a list.
fn once_each<T: Clone + Ord>(list: &mut Vec<T>) {
    let mut seen = BTreeSet::new();
    list.retain(|item| seen.insert(item.clone()));
}

fn forgotten(path: &Path, name: &str) -> Problem {
    let message = format!(
        "`{name}` is the name of a copy made by serin, but its VirtualService has no annotation about it"
    );
    let help = "restore the annotation `serin.dev/woven` of the object, or remove such rules";
    Problem::error(Code::DuplicateName, path, message).help(help)
}

/// Makes the changes, unless something is in their way.
fn finish(
    base: &Source,
    documents: &[Document],
    policy: &Policy,
    findings: &Findings,
) -> Result<String, Vec<Diagnostic>> {
    if !findings.problems.is_empty() {
        return Err(Collection::of(base, documents, &findings.problems).finish(base.name()));
    }
    let Some(first) = findings.changes.first() else { return Ok(base.text().to_owned()) };
    let edited = edit::apply(base, documents, &findings.changes)?;
    if findings.is_relied_on {
        return Ok(edited.text);
    }
    let again = undo::undo(&Source::new(base.name(), &*edited.text), policy);
    if again.is_ok_and(|bare| bare.text == base.text()) {
        return Ok(edited.text);
    }
    let document = documents.get(first.document);
    Err(document.into_iter().map(|document| lasting(base, document, &first.at)).collect())
}

/// A text that could not be had back.
fn lasting(base: &Source, document: &Document, path: &Path) -> Diagnostic {
    let message = "what is woven in here could not be removed again byte for byte";
    let help = "write it in block style, as `kubectl get -o yaml` does, with the same line ending everywhere";
    let problem = Problem::error(Code::Syntax, path, message).help(help);
    Diagnostic::new(base, document, &problem)
}

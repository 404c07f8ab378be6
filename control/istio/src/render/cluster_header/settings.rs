//! What the route that takes its cluster from a header has of the rules before which it stands.

use std::collections::BTreeSet;

use document::load::{self, Document, Source};
use document::report::{Collection, Diagnostic};
use policy::{Code, Node, Part, Path, Policy, Problem, Problems};
use serde_json::Value;

use super::super::mode::Mode;
use super::super::route;
use super::retries::{self, read_duration};
use crate::host;
use crate::weave::{Rules, Woven};

/// A rule's time-out and retries, as Envoy writes them.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// `0s`: none.
    pub timeout: String,
    /// None: no retries.
    pub retry_policy: Option<Value>,
}

impl Default for Settings {
    /// Those of a rule that says nothing of it.
    fn default() -> Self {
        Self { timeout: "0s".to_owned(), retry_policy: Some(route::retry_policy()) }
    }
}

/// The settings that the rules of each kind have in common; none where there are none.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OfRules {
    /// Of rules for the mesh.
    pub mesh: Option<Settings>,
    /// Of rules for gateways.
    pub gateways: Option<Settings>,
}

const HELP: &str = "`--route virtual-service` keeps every option of a rule";

/// The settings of the rules that were woven; none in other modes, whose routes keep their own.
///
/// # Errors
/// When a rule has options that a route of its own cannot have, or other settings than the rules before it.
pub fn of_rules(
    mode: Mode,
    source: &Source,
    woven: &Woven,
    policy: &Policy,
) -> Result<OfRules, Vec<Diagnostic>> {
    if mode != Mode::ClusterHeader {
        return Ok(OfRules::default());
    }
    let (named, _) = load::documents(&Source::new(source.name(), woven.output.as_str()));
    let (documents, _) = load::documents(source);
    let mut found = Collection::default();
    let mut kinds = Kinds::of(woven);
    for (document, named) in documents.iter().zip(&named) {
        let mut problems = Problems::default();
        kinds.add((&document.node, &named.node), policy, &mut problems);
        for problem in &problems {
            found.add(problem.severity, || Diagnostic::new(source, document, problem));
        }
    }
    if found.is_empty() { Ok(kinds.settings()) } else { Err(found.in_order(source.name())) }
}

/// The same of an object that is no file's; `before` is what it said before it was woven.
///
/// # Errors
/// When a rule has options that a route of its own cannot have, or other settings than the rules before it.
pub fn of_object(
    mode: Mode,
    before: &Value,
    woven: &Woven<Value>,
    policy: &Policy,
) -> Result<OfRules, Vec<Problem>> {
    if mode != Mode::ClusterHeader {
        return Ok(OfRules::default());
    }
    let (before, named) = (Document::of(before)?, Document::of(&woven.output)?);
    let mut problems = Problems::default();
    let mut kinds = Kinds::of(woven);
    kinds.add((&before.node, &named.node), policy, &mut problems);
    if problems.is_empty() { Ok(kinds.settings()) } else { Err(problems.into_iter().collect()) }
}

/// The rules for the mesh and those for gateways.
struct Kinds<'a>([Shared<'a>; 2]);

impl<'a> Kinds<'a> {
    fn of<T>(woven: &'a Woven<T>) -> Self {
        Self([Shared::new(woven.mesh.as_ref()), Shared::new(woven.gateways.as_ref())])
    }

    /// Adds the rules of a document. Weaving adds no rules here: the names are those after it, the places those before.
    fn add(&mut self, (before, named): (&Node, &Node), policy: &Policy, problems: &mut Problems) {
        for (index, (rule, named)) in http(before).iter().zip(http(named)).enumerate() {
            let names = names(named);
            let is_ours = self.0.iter().any(|kind| kind.has(&names));
            if !is_ours || !leads_to(rule, before, policy) {
                continue;
            }
            let path = Path::root().key("spec").key("http").index(index);
            let settings = read(rule, &path, problems);
            for kind in self.0.iter_mut().filter(|kind| kind.has(&names)) {
                kind.add(&settings, &names, &path, problems);
            }
        }
    }

    fn settings(self) -> OfRules {
        let [mesh, gateways] = self.0;
        OfRules { mesh: mesh.settings, gateways: gateways.settings }
    }
}

/// What all rules of a kind must have in common.
struct Shared<'a> {
    switched: BTreeSet<&'a str>,
    settings: Option<Settings>,
    /// The name of the first.
    of: String,
}

impl<'a> Shared<'a> {
    fn new(rules: Option<&'a Rules>) -> Self {
        let switched = rules.into_iter().flat_map(|rules| &rules.switched);
        let switched = switched.map(String::as_str).collect();
        Self { switched, settings: None, of: String::new() }
    }

    fn has(&self, names: &[String]) -> bool {
        names.iter().any(|name| self.switched.contains(name.as_str()))
    }

    fn add(&mut self, settings: &Settings, names: &[String], path: &Path, problems: &mut Problems) {
        match &self.settings {
            None => {
                self.settings = Some(settings.clone());
                self.of = names.first().cloned().unwrap_or_default();
            }
            Some(first) if first != settings => {
                let message = format!(
                    "timeout and retries differ from those of the rule `{}`, but both use one route: a decision \
                     selects a cluster, not a rule",
                    self.of
                );
                problems.add(Problem::error(Code::NotYet, path, message).help(HELP));
            }
            Some(_) => {}
        }
    }
}

/// The rules of a VirtualService.
fn http(document: &Node) -> &[Node] {
    if text(document.get("kind")) != Some("VirtualService") {
        return &[];
    }
    list(document.get("spec").and_then(|spec| spec.get("http")))
}

/// The names of a rule's routes in Envoy.
fn names(rule: &Node) -> Vec<String> {
    let name = text(rule.get("name")).unwrap_or_default();
    let of_match = |entry: &Node| match text(entry.get("name")) {
        Some(part) if !part.is_empty() => format!("{name}.{part}"),
        _ => name.to_owned(),
    };
    let entries = list(rule.get("match"));
    if entries.is_empty() { vec![name.to_owned()] } else { entries.iter().map(of_match).collect() }
}

/// Whether a rule of this VirtualService leads to the host of the Release, and to no other.
fn leads_to(rule: &Node, document: &Node, policy: &Policy) -> bool {
    let metadata = document.get("metadata");
    let namespace = text(metadata.and_then(|metadata| metadata.get("namespace")));
    let namespace = namespace.unwrap_or(policy.namespace());
    let is_host = |destination: &Node| {
        let host = destination.get("destination").and_then(|node| node.get("host"));
        text(host).is_some_and(|host| host::is(host, namespace, policy.host().fqdn()))
    };
    let destinations = list(rule.get("route"));
    !destinations.is_empty() && destinations.iter().all(is_host)
}

fn read(rule: &Node, path: &Path, problems: &mut Problems) -> Settings {
    only(rule, &["name", "match", "route", "timeout", "retries"], path, problems);
    for (index, destination) in list(rule.get("route")).iter().enumerate() {
        let path = path.key("route").index(index);
        only(destination, &["destination", "weight"], &path, problems);
    }
    let timeout = read_duration(rule, "timeout", path, problems);
    let retry_policy = match rule.get("retries") {
        None | Some(Node::Null) => Some(route::retry_policy()),
        Some(retries) => retries::read(retries, &path.key("retries"), problems),
    };
    Settings { timeout: timeout.unwrap_or_else(|| "0s".to_owned()), retry_policy }
}

/// Refuses every other field.
fn only(node: &Node, known: &[&str], path: &Path, problems: &mut Problems) {
    let Node::Map(entries) = node else { return };
    for (field, _) in entries.iter().filter(|(field, _)| !known.contains(&field.as_str())) {
        let message =
            format!("`--route cluster-header` would lose the option `{field}` of this rule");
        let problem = Problem::error(Code::NotYet, &path.key(field), message);
        problems.add(problem.about(Part::Key(0)).help(HELP));
    }
}

fn text(node: Option<&Node>) -> Option<&str> {
    match node {
        Some(Node::String(text)) => Some(text),
        _ => None,
    }
}

fn list(node: Option<&Node>) -> &[Node] {
    match node {
        Some(Node::List(items)) => items,
        _ => &[],
    }
}

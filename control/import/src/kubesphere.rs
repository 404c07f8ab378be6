//! KubeSphere's `Strategy`: its template is a VirtualService, of which one version is the principal, or governs all.
//!
//! What is said here about KubeSphere is from kubesphere/kubesphere: `strategy_types.go`, and
//! `pkg/controller/virtualservice/virtualservice_controller.go`, which makes the VirtualService of the template.

use istio::field::Field;
use istio::object::{self, Object};
use istio::virtual_service::VirtualService;
use policy::{Code, Problem, Problems};

use super::destinations::Split;
use super::draft::Draft;
use super::note::Note;
use super::objects::{is_strategy, text};
use super::schema::{self, Kind, Shape};
use super::translation::Translation;
use super::unsupported;

/// What the annotations of KubeSphere's console begin with.
const PREFIX: &str = "servicemesh.kubesphere.io/";
/// All, in hundredths of a percent.
const ALL: u64 = 10_000;

const STRATEGY: Kind = Kind::Map(&Shape {
    of: "a Strategy",
    fields: &[
        ("apiVersion", Kind::Text),
        ("kind", Kind::Text),
        ("metadata", Kind::Any),
        ("spec", Kind::Map(&SPEC)),
        ("status", Kind::Any),
    ],
    hints: &[],
});

const SPEC: Shape = Shape {
    of: "the `spec` of a Strategy",
    fields: &[
        ("type", Kind::Text),
        ("protocol", Kind::Text),
        ("hosts", Kind::Any),
        ("principal", Kind::Text),
        ("governor", Kind::Text),
        ("selector", Kind::Any),
        ("strategyPolicy", Kind::Text),
        ("template", Kind::Map(&TEMPLATE)),
    ],
    hints: &[("http", "it belongs in `template.spec`")],
};

const TEMPLATE: Shape = Shape {
    of: "`template`",
    fields: &[("metadata", Kind::Any), ("spec", Kind::Map(&schema::virtual_service::SPEC))],
    hints: &[("http", "it belongs in `spec`")],
};

/// A strategy.
pub(super) struct Strategy<'n> {
    root: Field<'n>,
    spec: Field<'n>,
}

impl<'n> Strategy<'n> {
    /// The strategy that an object is; none where it is none.
    pub(super) fn of(root: &Field<'n>) -> Option<Self> {
        let is_it = is_strategy(text(root, "apiVersion"), text(root, "kind"));
        let spec = root.get("spec").filter(|_| is_it)?;
        Some(Self { root: root.clone(), spec })
    }

    /// Its template, as the VirtualService that KubeSphere makes of it; adds what is wrong with it, or refused.
    pub(super) fn service(
        &self,
        document: usize,
        namespace: &'n str,
        domain: &str,
        problems: &mut Problems,
    ) -> Option<VirtualService<'n>> {
        object::ambiguous(&self.root, problems);
        schema::check(&self.root, &STRATEGY, problems);
        self.refuse(problems);
        let Some(template) = self.spec.get("template") else {
            let at = self.spec.path.key("template");
            problems.add(Problem::error(Code::MissingField, &at, "missing field `template`"));
            return None;
        };
        let metadata = self.root.get("metadata");
        let name = metadata.as_ref().and_then(|all| all.word("name")).unwrap_or("?");
        let object = Object {
            kind: object::Kind::VirtualService,
            document,
            root: template,
            namespace,
            label: format!("Strategy {namespace}/{name}"),
        };
        let mut service = VirtualService::read(object, domain, &mut Problems::default());
        let routes = service.rules.iter_mut().flat_map(|rule| &mut rule.destinations);
        // KubeSphere puts the Service's in its place.
        routes.filter(|route| route.port == Some(0)).for_each(|route| route.port = None);
        Some(service)
    }

    /// Adds what has no counterpart besides what stands in the template.
    fn refuse(&self, problems: &mut Problems) {
        let word = |key: &str| self.spec.word(key).filter(|word| !word.is_empty());
        let at = |key: &str| self.spec.path.key(key);
        match word("type") {
            None | Some("Canary" | "BlueGreen" | "Mirror") => {}
            Some(other) => {
                let message =
                    format!("expected `Canary`, `BlueGreen` or `Mirror`, found `{other}`");
                problems.add(Problem::error(Code::OneOf, &at("type"), message));
            }
        }
        match word("strategyPolicy") {
            None | Some("WaitForWorkloadReady" | "Immediately") => {}
            Some("Paused") => {
                let what = "a paused strategy, whose template is not in effect,";
                let help = "resume it before the import, or do not apply the Release yet";
                problems.add(unsupported::problem(&at("strategyPolicy"), what, help));
            }
            Some(other) => {
                let message = format!(
                    "expected `WaitForWorkloadReady`, `Immediately` or `Paused`, found `{other}`"
                );
                problems.add(Problem::error(Code::OneOf, &at("strategyPolicy"), message));
            }
        }
        if let Some(protocol @ ("tcp" | "udp")) = word("protocol") {
            let what = format!("the protocol `{protocol}`");
            let help = "a Release routes HTTP requests";
            problems.add(unsupported::problem(&at("protocol"), &what, help));
        }
    }

    /// The subset of a version: KubeSphere takes these characters out of its name.
    fn subset(version: &str) -> String {
        version.chars().filter(|c| !matches!(c, '.' | '_' | '-')).collect()
    }

    /// What the principal and the governor make of the template's rules. The stable subset, where they say which.
    pub(super) fn rule(
        &self,
        made: &mut Translation<'n>,
        problems: &mut Problems,
    ) -> Option<String> {
        let word = |key: &str| self.spec.word(key).filter(|word| !word.is_empty());
        let principal = word("principal").map(Self::subset);
        self.deployments(principal.as_deref(), made);
        if let Some(policy) = word("strategyPolicy") {
            let message = format!(
                "`{policy}` is left out: `serin apply` waits until the pods of every subset are ready"
            );
            made.notes.push(Note::new(&self.spec.path.key("strategyPolicy"), message));
        }
        let names: Vec<&str> = made.destinations.subsets.iter().map(|(name, _)| *name).collect();
        let unknown = |name: &str, key: &str| {
            let message = format!("the template has no subset `{name}`");
            Problem::error(Code::UnknownSubset, &self.spec.path.key(key), message)
                .help(policy::spec::suggest(name, &names))
        };
        if let Some(governor) = word("governor") {
            let at = self.spec.path.key("governor");
            if !names.is_empty() && !names.contains(&governor) {
                problems.add(unknown(governor, "governor"));
            }
            let message =
                format!("`{governor}` gets all traffic: the rules of the template are left out");
            made.notes.push(Note::new(&at, message));
            made.rules.clear();
            made.mirror = None;
            let rest = made.rest.as_ref().map_or(0, |(index, _)| *index);
            made.rest = Some((rest, Split(vec![(governor, ALL, at)])));
            return Some(governor.to_owned());
        }
        let principal = principal?;
        if !names.is_empty() && !names.contains(&principal.as_str()) {
            problems.add(unknown(&principal, "principal"));
            return None;
        }
        Some(principal)
    }

    /// The Deployments that the console wrote down: that of the principal, and that of the other version.
    fn deployments(&self, principal: Option<&str>, made: &mut Translation<'n>) {
        let annotations = self.root.get("metadata").and_then(|all| all.get("annotations"));
        let Some((annotations, principal)) = annotations.zip(principal) else { return };
        let word = |key: &str| annotations.word(&format!("{PREFIX}{key}"));
        if word("workloadType").is_some_and(|kind| kind != "deployments") {
            return;
        }
        let (is_old, others): (Vec<&str>, Vec<&str>) = made
            .destinations
            .subsets
            .iter()
            .map(|(name, _)| *name)
            .partition(|name| *name == principal);
        let ([old], [new]) = (is_old.as_slice(), others.as_slice()) else { return };
        for (subset, key) in [(old, "oldWorkloadName"), (new, "newWorkloadName")] {
            if let Some(name) = word(key).filter(|name| !name.is_empty()) {
                let at = annotations.path.key(&format!("{PREFIX}{key}"));
                let deployment = Draft::text(name).made_of(&at);
                made.deployments
                    .push(((*subset).to_owned(), Draft::map([("deployment", deployment)])));
            }
        }
    }
}

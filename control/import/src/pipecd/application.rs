//! What an application says besides its stages: how traffic is routed, and what its variants are called.

use istio::field::Field;
use istio::object;
use policy::{Code, Node, Path, Problem, Problems};

use super::super::draft::Draft;
use super::super::note::Note;
use super::super::objects::text;
use super::super::rollout::Variant;
use super::super::schema;
use super::super::unsupported;
use super::schema::{APPLICATION, OWN};

/// The key of the label by which variants are told apart, where nothing else is said.
const KEY: &str = "pipecd.dev/variant";

/// What the names of the canary's objects end with, where nothing else is said.
pub(super) const SUFFIX: &str = "canary";

/// What the names of Deployments are made of.
pub(super) struct Named<'s> {
    /// What the names of the canary's objects end with, where a stage says that.
    pub(super) suffix: Option<&'s str>,
    /// The Deployments that are given.
    pub(super) deployments: &'s [&'s str],
    /// The full name of the service.
    pub(super) host: &'s str,
}

/// An application of PipeCD.
#[derive(Clone, Debug)]
pub(in super::super) struct Application<'n> {
    pub(super) root: Field<'n>,
    pub(super) spec: Option<Field<'n>>,
    /// What is said of Kubernetes: the `spec`, or a part of it.
    options: Option<Field<'n>>,
    /// The host whose destinations are replaced.
    pub(super) host: Option<(&'n str, Path)>,
    /// The names of the routes that are changed; none: all.
    pub(super) edited: Vec<&'n str>,
}

impl<'n> Application<'n> {
    /// Reads it as far as it can be understood.
    pub(in super::super) fn read(root: &Field<'n>) -> Self {
        let spec = root.get("spec");
        let is_new = text(root, "kind") == "Application";
        let options = match &spec {
            Some(spec) if is_new => spec.get("plugins").and_then(|all| all.get("kubernetes")),
            spec => spec.clone(),
        };
        let istio = istio(options.as_ref());
        let host = istio.as_ref().and_then(|istio| {
            Some((istio.word("host").filter(|host| !host.is_empty())?, istio.path.key("host")))
        });
        let edited = istio.map(|istio| istio.texts("editableRoutes", &mut Problems::default()));
        Self { root: root.clone(), spec, options, host, edited: edited.unwrap_or_default() }
    }

    /// The name of the VirtualService that is changed, where one is named.
    pub(in super::super) fn virtual_service(&self) -> Option<&'n str> {
        let named = istio(self.options.as_ref())?.get("virtualService")?;
        named.word("name").filter(|name| !name.is_empty())
    }

    /// The namespace of its objects, where one is named.
    pub(in super::super) fn namespace(&self) -> Option<&'n str> {
        let input = self.options.as_ref()?.get("input")?;
        input.word("namespace").filter(|namespace| !namespace.is_empty())
    }

    /// For people.
    pub(in super::super) fn label(&self) -> String {
        let kind = text(&self.root, "kind");
        match self.spec.as_ref().and_then(|spec| spec.word("name")) {
            Some(name) => format!("PipeCD {kind} `{name}`"),
            None => format!("PipeCD {kind}"),
        }
    }

    /// The subset of the version that runs.
    pub(super) fn primary(&self) -> &'n str {
        self.value("primaryValue").unwrap_or("primary")
    }

    /// The subset of the new version.
    pub(super) fn canary(&self) -> &'n str {
        self.value("canaryValue").unwrap_or("canary")
    }

    fn value(&self, key: &str) -> Option<&'n str> {
        self.options.as_ref()?.get("variantLabel")?.word(key).filter(|value| !value.is_empty())
    }

    /// Adds what is wrong with it, but for its stages, and what has no counterpart.
    pub(super) fn check(&self, notes: &mut Vec<Note>, problems: &mut Problems) {
        object::ambiguous(&self.root, problems);
        schema::check(&self.root, &APPLICATION, problems);
        let Some(spec) = &self.spec else {
            let at = self.root.path.key("spec");
            problems.add(Problem::error(Code::MissingField, &at, "missing field `spec`"));
            return;
        };
        self.routing(spec, problems);
        if let Some(options) = &self.options {
            let routes = options.get("resourceRoutes");
            if let Some(routes) = routes
                .filter(|routes| !matches!(routes.node, Node::List(items) if items.is_empty()))
            {
                let help = "a Release is for one cluster";
                problems.add(unsupported::problem(&routes.path, "`resourceRoutes`", help));
            }
            let rollback = options.get("input").and_then(|input| input.get("autoRollback"));
            if let Some(rollback) = rollback.filter(|field| *field.node == Node::Bool(false)) {
                let help = "an approval that times out, or a canary without pods, sends all users back to stable";
                let what = "a rollout without automatic rollback";
                problems.add(unsupported::problem(&rollback.path, what, help));
            }
        }
        let has = |key: &str| {
            spec.get(key).is_some()
                || self.options.as_ref().is_some_and(|options| options.get(key).is_some())
        };
        let own: Vec<String> =
            OWN.iter().filter(|key| has(key)).map(|key| format!("`{key}`")).collect();
        if !own.is_empty() {
            notes.push(Note::new(
                &spec.path,
                format!("PipeCD still does these: {}", own.join(", ")),
            ));
        }
    }

    /// Traffic is routed by Istio, for a host that is named.
    fn routing(&self, spec: &Field<'n>, problems: &mut Problems) {
        let routing = self.options.as_ref().and_then(|options| options.get("trafficRouting"));
        let at = self.options.as_ref().unwrap_or(spec).path.key("trafficRouting");
        let method = routing.as_ref().and_then(|routing| routing.get("method"));
        match method.as_ref().map(|method| (method, method.node)) {
            Some((_, Node::String(method))) if method == "istio" => {}
            Some((field, Node::String(method))) if !method.is_empty() => {
                let what = format!("the method `{method}`");
                let help = "write `method: istio`: the proxies pick the subset of each request";
                problems.add(unsupported::problem(&field.path, &what, help));
                return;
            }
            Some((_, node)) if !matches!(node, Node::String(_)) => return,
            _ => {
                let what = "routing by pod selectors, which is PipeCD's default,";
                let help = "write `trafficRouting: {method: istio, istio: {host: …}}`";
                problems.add(unsupported::problem(&at, what, help));
                return;
            }
        }
        if self.host.is_none() {
            let at = at.key("istio").key("host");
            let problem = Problem::error(Code::MissingField, &at, "missing field `host`");
            problems.add(problem.help("the host of the VirtualService's destinations"));
        }
        let named = istio(self.options.as_ref()).and_then(|istio| istio.get("virtualService"));
        let kind = named.as_ref().and_then(|named| named.get("kind"));
        if let Some(kind) =
            kind.filter(|kind| *kind.node != Node::String("VirtualService".to_owned()))
        {
            let message =
                format!("expected the kind `VirtualService`, found {}", kind.node.describe());
            problems.add(Problem::error(Code::Kind, &kind.path, message));
        }
    }

    /// The two subsets: their names, labels and Deployments; `object` is the position of this one.
    pub(super) fn variants(
        &self,
        object: usize,
        named: &Named<'_>,
        notes: &mut Vec<Note>,
        problems: &mut Problems,
    ) -> (Variant, Variant) {
        let (name, path) = self.deployment(named, notes, problems);
        let canary = format!("{name}-{}", named.suffix.unwrap_or(SUFFIX));
        let key = self.value("key").unwrap_or(KEY);
        let variant = |name: &str, deployment: &str| Variant {
            name: name.to_owned(),
            object,
            labels: Draft::map([(key, Draft::text(name))]).made_of(&path).of(object),
            deployment: Draft::text(deployment).made_of(&path),
        };
        (variant(self.primary(), &name), variant(self.canary(), &canary))
    }

    /// The Deployment of the version that runs, and what says so.
    fn deployment(
        &self,
        named: &Named<'_>,
        notes: &mut Vec<Note>,
        problems: &mut Problems,
    ) -> (String, Path) {
        let options = self.options.as_ref().unwrap_or(&self.root);
        let workloads = options.maps("workloads", &mut Problems::default());
        for other in workloads.iter().skip(1) {
            let help = "a Release has one Deployment for each subset";
            problems.add(unsupported::problem(&other.path, "a second workload", help));
        }
        if let Some(workload) = workloads.first() {
            if let Some(kind) =
                workload.word("kind").filter(|kind| !matches!(*kind, "" | "Deployment"))
            {
                let what = format!("a workload of the kind `{kind}`");
                let help = "a rollout supports Deployments only";
                problems.add(unsupported::problem(&workload.path.key("kind"), &what, help));
            }
            if let Some(name) = workload.word("name").filter(|name| !name.is_empty()) {
                return (name.to_owned(), workload.path.key("name"));
            }
        }
        let spec = self.spec.as_ref().unwrap_or(&self.root);
        match named.deployments {
            [name] => return ((*name).to_owned(), spec.path.clone()),
            [_, _, ..] => {
                let message = format!(
                    "expected one Deployment, found {}: PipeCD creates a canary of each",
                    named.deployments.len()
                );
                let problem = Problem::error(Code::OneOf, &spec.path, message);
                problems.add(problem.help("name one in `workloads`"));
            }
            [] => {}
        }
        let service = named.host.split('.').next().unwrap_or_default();
        let own = spec.word("name").filter(|name| !name.is_empty());
        let name = own.unwrap_or(service);
        let whose = if own.is_some() { "application" } else { "service" };
        let message = format!(
            "assuming that the Deployment is called `{name}`, like the {whose}: add its file, or name it in `workloads`"
        );
        notes.push(Note::new(&spec.path, message));
        (name.to_owned(), spec.path.clone())
    }
}

/// How Istio's routes are changed.
fn istio<'n>(options: Option<&Field<'n>>) -> Option<Field<'n>> {
    options?.get("trafficRouting")?.get("istio")
}

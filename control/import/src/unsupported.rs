//! What is right in Istio but has no counterpart in a Release: refused by name.

use istio::field::Field;
use istio::host;
use istio::virtual_service::{Entry, MESH, VirtualService};
use policy::{Code, Node, Part, Path, Problem, Problems};

use super::Attach;

/// The annotation that makes Istio read a VirtualService by other rules than those of its own API.
const SEMANTICS: &str = "internal.istio.io/route-semantics";

/// The fields of a rule that have no counterpart, and what to do about them.
const OF_RULES: &[(&str, &str)] = &[
    (
        "redirect",
        "keep such a rule in a VirtualService of its own host, or answer it in the application",
    ),
    (
        "directResponse",
        "keep such a rule in a VirtualService of its own host, or answer it in the application",
    ),
    ("delegate", "import the VirtualService that it delegates to"),
    (
        "rewrite",
        "rewrite it in the application, or in a route that a rendered Release is woven into",
    ),
    ("fault", "faults are for tests: remove it before the import"),
    (
        "headers",
        "a Release does not change headers: keep the rule in Istio, and weave a Release into it",
    ),
];

/// For which proxies a VirtualService is.
#[derive(Clone, Debug)]
pub(super) struct Proxies<'n> {
    /// Its gateways, as `<namespace>/<name>` or `mesh`.
    pub(super) gateways: Vec<String>,
    pub(super) namespace: &'n str,
    /// Others that it is for, at which the Release will not be.
    pub(super) left_out: Vec<String>,
}

impl<'n> Proxies<'n> {
    pub(super) fn of(service: &VirtualService<'n>) -> Self {
        let namespace = service.object.namespace;
        let mut gateways: Vec<String> =
            service.gateways.iter().map(|g| full(g, namespace)).collect();
        if gateways.is_empty() {
            gateways.push(MESH.to_owned());
        }
        Self { gateways, namespace, left_out: Vec::new() }
    }

    /// Those of them at which a Release will be that is attached to these: gateways, sidecars, or whichever there are.
    pub(super) fn of_release(&self, attach: &[Attach]) -> Self {
        let is_gateway = |attach: &Attach| matches!(attach, Attach::Gateway(_));
        let has_both = self.has_mesh() && self.real().next().is_some();
        let mut own = self.clone();
        if has_both && !attach.is_empty() {
            let (at_gateways, at_sidecars) =
                (attach.iter().any(is_gateway), !attach.iter().all(is_gateway));
            let is_kept =
                |gateway: &String| if gateway == MESH { at_sidecars } else { at_gateways };
            (own.gateways, own.left_out) = own.gateways.into_iter().partition(is_kept);
        }
        own
    }

    /// Whether sidecars read it.
    pub(super) fn has_mesh(&self) -> bool {
        self.gateways.iter().any(|gateway| gateway == MESH)
    }

    /// Its gateways but the mesh.
    pub(super) fn real(&self) -> impl Iterator<Item = &str> {
        self.gateways.iter().map(String::as_str).filter(|gateway| *gateway != MESH)
    }
}

fn full(gateway: &str, namespace: &str) -> String {
    if gateway == MESH { gateway.to_owned() } else { host::gateway(gateway, namespace) }
}

/// A construct without counterpart.
pub(super) fn problem(path: &Path, what: &str, help: &str) -> Problem {
    let message = format!("{what} has no counterpart in a Release");
    Problem::error(Code::Unsupported, path, message).help(help)
}

/// Whether an entry of `match` is only for those at which the Release will not be.
pub(super) fn is_elsewhere(entry: &Entry<'_>, proxies: &Proxies<'_>) -> bool {
    let is_left_out = |gateway: &&str| proxies.left_out.contains(&full(gateway, proxies.namespace));
    !entry.gateways.is_empty() && entry.gateways.iter().all(is_left_out)
}

/// What an entry of `match` says about who calls, other than all the proxies that the VirtualService is for.
pub(super) fn callers(entry: &Entry<'_>, proxies: &Proxies<'_>, problems: &mut Problems) {
    if !entry.gateways.is_empty() {
        let own: Vec<String> = entry.gateways.iter().map(|g| full(g, proxies.namespace)).collect();
        if !proxies.gateways.iter().all(|gateway| own.contains(gateway)) {
            let what = "a rule for some of the VirtualService's gateways only";
            let help = "import a VirtualService of these gateways alone";
            problems.add(problem(&entry.field.path.key("gateways"), what, help));
        }
        // With gateways Istio does not look at who calls.
        return;
    }
    if entry.namespace.is_some() {
        let help = "attach the Release to the callers of that namespace only (`--attach sidecar@NAMESPACE`), without it";
        problems.add(problem(&entry.field.path.key("sourceNamespace"), "`sourceNamespace`", help));
    }
}

/// What a rule does besides routing.
pub(super) fn rule(rule: &Field<'_>, problems: &mut Problems) {
    for (key, help) in OF_RULES {
        if let Some(field) = rule.get(key).filter(|field| !is_empty(field.node)) {
            let what = format!("`{key}`");
            problems.add(problem(&field.path, &what, help).about(Part::Key(0)));
        }
    }
}

/// What an item of `route` does besides naming a destination.
pub(super) fn route(route: &Field<'_>, problems: &mut Problems) {
    if let Some(field) = route.get("headers").filter(|field| !is_empty(field.node)) {
        let help = "a Release does not change headers";
        problems.add(problem(&field.path, "`headers` of a destination", help).about(Part::Key(0)));
    }
}

/// Whether nothing is said in all of it.
fn is_empty(node: &Node) -> bool {
    match node {
        Node::Null => true,
        Node::List(items) => items.iter().all(is_empty),
        // An empty rewrite, fault or redirect does something.
        Node::Map(entries) => {
            let plain =
                |key: &str| matches!(key, "request" | "response" | "add" | "set" | "remove");
            entries.iter().all(|(key, value)| plain(key) && is_empty(value))
        }
        _ => false,
    }
}

/// What the whole VirtualService says besides `http`.
pub(super) fn whole(service: &VirtualService<'_>, problems: &mut Problems) {
    let root = &service.object.root;
    let spec = root.get("spec");
    for (key, protocol) in [("tcp", "TCP"), ("tls", "TLS passthrough")] {
        let rules = spec.as_ref().and_then(|spec| spec.get(key));
        if let Some(rules) = rules.filter(|rules| *rules.node != Node::List(Vec::new())) {
            let what = format!("`{key}`: a rule for {protocol}");
            let help =
                "a Release routes HTTP requests: keep such rules in a separate VirtualService";
            problems.add(problem(&rules.path, &what, help).about(Part::Key(0)));
        }
    }
    if service.hosts.is_empty() {
        let at = spec.map_or_else(|| root.path.clone(), |spec| spec.path.key("hosts"));
        let what = "a VirtualService without hosts, to which others delegate,";
        problems.add(problem(
            &at,
            what,
            "add the hosts of the VirtualService that delegates to it",
        ));
    }
    let semantics = root.get("metadata").and_then(|metadata| metadata.get("annotations"));
    if let Some(semantics) = semantics.and_then(|annotations| annotations.get(SEMANTICS)) {
        let what = format!("`{SEMANTICS}`");
        let help = "import the source of this VirtualService: its prefixes match whole segments";
        problems.add(problem(&semantics.path, &what, help).about(Part::Key(0)));
    }
}

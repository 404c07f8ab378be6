//! The objects of the files: VirtualServices, and what stands around them.

use istio::field::Field;
use istio::object::roots;
use policy::spec::nearest;
use policy::{Code, Node, Problem, Problems};

use super::File;

/// The group and the versions of Istio's objects.
const VERSIONS: [&str; 3] =
    ["networking.istio.io/v1", "networking.istio.io/v1beta1", "networking.istio.io/v1alpha3"];

/// The version of KubeSphere's objects.
const KUBESPHERE: &str = "servicemesh.kubesphere.io/v1alpha2";

/// The kinds of that group.
const KINDS: [&str; 9] = [
    "DestinationRule",
    "EnvoyFilter",
    "Gateway",
    "ProxyConfig",
    "ServiceEntry",
    "Sidecar",
    "VirtualService",
    "WorkloadEntry",
    "WorkloadGroup",
];

/// What an object is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    VirtualService,
    DestinationRule,
    Service,
    Gateway,
    Deployment,
    /// Of KubeSphere: it holds a VirtualService.
    Strategy,
    /// Of PipeCD, with a pipeline.
    Application,
    /// Anything else: passed over.
    Other,
}

/// An object.
#[derive(Clone, Debug)]
pub(super) struct Object<'d> {
    pub(super) kind: Kind,
    /// The position of its file.
    pub(super) file: usize,
    /// The position of its document there.
    pub(super) document: usize,
    pub(super) root: Field<'d>,
    /// As written.
    pub(super) kind_name: &'d str,
    pub(super) name: &'d str,
    pub(super) namespace: Option<&'d str>,
}

/// The objects of all files, those of lists included.
pub(super) fn all(files: &[File]) -> Vec<Object<'_>> {
    let mut objects = Vec::new();
    for (file, read) in files.iter().enumerate() {
        for (document, node) in read.documents.iter().enumerate() {
            for root in roots(&node.node) {
                objects.push(object(root, file, document));
            }
        }
    }
    objects
}

fn object(root: Field<'_>, file: usize, document: usize) -> Object<'_> {
    let (version, kind_name) = (text(&root, "apiVersion"), text(&root, "kind"));
    let metadata = root.get("metadata");
    let of = |key| metadata.as_ref().map_or("", |metadata| text(metadata, key));
    let is_istio = VERSIONS.contains(&version);
    let kind = match kind_name {
        // Of whatever group: that it is no other is said of it.
        "VirtualService" => Kind::VirtualService,
        "DestinationRule" if is_istio => Kind::DestinationRule,
        "Gateway" if is_istio => Kind::Gateway,
        "Service" if version == "v1" => Kind::Service,
        "Deployment" if version == "apps/v1" => Kind::Deployment,
        kind if is_strategy(version, kind) => Kind::Strategy,
        kind if is_application(version, kind) => Kind::Application,
        _ => Kind::Other,
    };
    let namespace = Some(of("namespace")).filter(|namespace| !namespace.is_empty());
    Object { kind, file, document, kind_name, name: of("name"), namespace, root }
}

/// Whether an object is a strategy of KubeSphere.
pub(super) fn is_strategy(version: &str, kind: &str) -> bool {
    version == KUBESPHERE && kind == "Strategy"
}

/// Whether an object is an application of PipeCD for Kubernetes.
fn is_application(version: &str, kind: &str) -> bool {
    version.starts_with("pipecd.dev/") && matches!(kind, "KubernetesApp" | "Application")
}

/// A text of a map; empty where there is none.
pub(super) fn text<'n>(field: &Field<'n>, key: &str) -> &'n str {
    field.word(key).unwrap_or_default()
}

/// Whether this is meant to be a VirtualService, of whatever group.
pub(super) fn is_virtual_service(root: &Field<'_>) -> bool {
    text(root, "kind") == "VirtualService"
}

/// Whether this is meant to be a VirtualService, and has its kind wrong.
pub(super) fn is_misnamed(root: &Field<'_>) -> bool {
    let kind = text(root, "kind");
    let is_istio = text(root, "apiVersion").starts_with("networking.istio.io/");
    let is_typo = |kind| !KINDS.contains(&kind) && nearest(kind, &KINDS) == Some("VirtualService");
    kind != "VirtualService"
        && (kind.eq_ignore_ascii_case("VirtualService") || is_istio && is_typo(kind))
}

/// Adds what keeps a document from being any object, or a VirtualService from being one of Istio's.
pub(super) fn check(root: &Field<'_>, problems: &mut Problems) {
    if !matches!(root.node, Node::Map(_)) {
        let message = format!("expected an object (a map), found {}", root.node.describe());
        problems.unread(Problem::error(Code::Type, &root.path, message));
        return;
    }
    for key in ["apiVersion", "kind"] {
        match root.get(key).map(|field| (field.node, field.path)) {
            Some((Node::String(_), _)) => {}
            Some((node, path)) => {
                let message = format!("expected a string, found {}", node.describe());
                problems.unread(Problem::error(Code::Type, &path, message));
            }
            None => {
                let message = format!("missing field `{key}` of an object");
                problems.unread(Problem::error(Code::MissingField, &root.path.key(key), message));
            }
        }
    }
    let kind = text(root, "kind");
    if is_misnamed(root) {
        let message = format!("expected the kind `VirtualService`, found `{kind}`");
        let problem = Problem::error(Code::Kind, &root.path.key("kind"), message);
        problems.add(problem.help("write `kind: VirtualService`"));
    }
    let version = text(root, "apiVersion");
    if kind == "VirtualService" && !version.is_empty() && !VERSIONS.contains(&version) {
        let message = format!("expected `{}`, found `{version}`", VERSIONS[0]);
        let problem = Problem::error(Code::Kind, &root.path.key("apiVersion"), message);
        let versions = "write `v1`, `v1beta1` or `v1alpha3` of `networking.istio.io`";
        problems.add(problem.help(versions));
    }
}

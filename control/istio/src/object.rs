//! The objects of Istio in a file's documents, and whether they can be relied on.

use std::collections::BTreeMap;

use document::load::Document;
use policy::{Code, Node, Part, Path, Problem, Problems};

use super::field::Field;
use super::host;

/// The group of the `apiVersion`; other projects have kinds of the same names.
const GROUP: &str = "networking.istio.io/";

/// What an object is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// How requests to hosts are routed.
    VirtualService,
    /// The subsets of a host.
    DestinationRule,
}

/// A VirtualService or a DestinationRule.
#[derive(Clone, Debug)]
pub struct Object<'n> {
    /// What it is.
    pub kind: Kind,
    /// The position of its document.
    pub document: usize,
    /// All that it says.
    pub root: Field<'n>,
    /// Its namespace, or the one assumed.
    pub namespace: &'n str,
    /// Its kind, namespace and name, for people.
    pub label: String,
}

/// The objects of all documents, those of lists (`kubectl get -o yaml` of several) included; one that names no
/// namespace is taken for one of `namespace`.
#[must_use]
pub fn all<'n>(documents: &'n [Document], namespace: &'n str) -> Vec<Object<'n>> {
    let mut objects = Vec::new();
    for (position, document) in documents.iter().enumerate() {
        let roots = roots(&document.node).into_iter();
        objects.extend(roots.filter_map(|root| read(root, position, namespace)));
    }
    objects
}

/// The name and the spec of an object of Istio.
pub(crate) struct Named<'n> {
    /// Its namespace, or the one assumed.
    pub(crate) namespace: &'n str,
    /// `<namespace>/<name>`
    pub(crate) full: String,
    /// What it says.
    pub(crate) spec: Option<Field<'n>>,
}

/// Reads an object of Istio of this kind, which is in `namespace` where it names none; none where it is something else.
pub(crate) fn named<'n>(root: &Field<'n>, kind: &str, namespace: &'n str) -> Option<Named<'n>> {
    if !root.word("apiVersion")?.starts_with(GROUP) || root.word("kind") != Some(kind) {
        return None;
    }
    let metadata = root.get("metadata");
    let of = |key| metadata.as_ref().and_then(|metadata| metadata.word(key));
    let namespace = of("namespace").unwrap_or(namespace);
    let full = format!("{namespace}/{}", of("name").unwrap_or_default());
    Some(Named { namespace, full, spec: root.map("spec", &mut Problems::default()) })
}

/// A document's object, or the items of its list (`kubectl get -o yaml` of several), and of lists in it.
#[must_use]
pub fn roots(node: &Node) -> Vec<Field<'_>> {
    let mut roots = Vec::new();
    add_roots(Field { node, path: Path::root() }, &mut roots);
    roots
}

/// What keeps a list from being read: without `items` it would be taken for an object, and passed over with all that it may
/// have.
#[must_use]
pub fn incomplete_list(root: &Field<'_>) -> Option<Problem> {
    const LISTS: [&str; 4] = ["List", "ReleaseList", "VirtualServiceList", "DestinationRuleList"];
    let kind = root.word("kind").filter(|kind| LISTS.contains(kind))?;
    let at = root.path.key("items");
    let problem = match root.node.get("items") {
        None => {
            Problem::error(Code::MissingField, &at, format!("missing field `items` of a {kind}"))
        }
        Some(Node::List(_) | Node::Null) => return None,
        Some(other) => {
            let message = format!("expected a list of objects, found {}", other.describe());
            Problem::error(Code::Type, &at, message)
        }
    };
    Some(problem.help("write `items: []` where there are none"))
}

fn add_roots<'n>(root: Field<'n>, roots: &mut Vec<Field<'n>>) {
    let is_list = root.word("kind").is_some_and(|kind| kind.ends_with("List"));
    match root.node.get("items").filter(|_| is_list) {
        Some(Node::List(_)) => {
            let items = root.list("items", &mut Problems::default());
            for item in items {
                add_roots(item, roots);
            }
        }
        // As Go writes a list that has nothing in it.
        Some(Node::Null) => {}
        _ => roots.push(root),
    }
}

/// The object that a value is, one of `namespace` where it names none; none where it is no object of Istio that is
/// of interest here.
#[must_use]
pub fn read<'n>(root: Field<'n>, document: usize, namespace: &'n str) -> Option<Object<'n>> {
    let kind = root.word("kind")?;
    let kind = match root.word("apiVersion") {
        Some(version) if version.starts_with(GROUP) => match kind {
            "VirtualService" => Kind::VirtualService,
            "DestinationRule" => Kind::DestinationRule,
            _ => return None,
        },
        _ => return None,
    };
    let metadata = root.get("metadata");
    let of = |key| metadata.as_ref().and_then(|metadata| metadata.word(key));
    let namespace = of("namespace").unwrap_or(namespace);
    let label = format!("{kind:?} {namespace}/{}", of("name").unwrap_or("?"));
    Some(Object { kind, document, root, namespace, label })
}

impl Object<'_> {
    /// Whether it names the host anywhere.
    #[must_use]
    pub fn mentions(&self, fqdn: &str) -> bool {
        self.mentioned(self.root.node, fqdn)
    }

    fn mentioned(&self, node: &Node, fqdn: &str) -> bool {
        match node {
            Node::String(text) => host::is(text, self.namespace, fqdn),
            Node::List(items) => items.iter().any(|item| self.mentioned(item, fqdn)),
            Node::Map(entries) => entries.iter().any(|(_, value)| self.mentioned(value, fqdn)),
            _ => false,
        }
    }

    /// What of it was not read as it is written, or means something else to another reader.
    pub fn unsound(&self, documents: &[Document], problems: &mut Problems) {
        let document = documents.get(self.document);
        for problem in document.into_iter().flat_map(|read| read.problems_of(&self.root.path)) {
            problems.unread(problem.clone());
        }
        ambiguous(&self.root, problems);
    }
}

/// Keys that stand twice, of which only one would be copied, and numbers that JSON does not have.
pub fn ambiguous(field: &Field<'_>, problems: &mut Problems) {
    match field.node {
        Node::Number(number) if !number.is_finite() => {
            let message = format!("expected a number, found {}", field.node.describe());
            problems.add(Problem::error(Code::Type, &field.path, message));
        }
        Node::List(_) => {
            for item in field.items(problems) {
                ambiguous(&item, problems);
            }
        }
        Node::Map(_) => {
            let mut seen = BTreeMap::new();
            for (key, value) in field.entries(problems) {
                let before = seen.entry(key).or_insert(0_usize);
                if *before > 0 {
                    let message = format!("duplicate key `{key}`");
                    let problem = Problem::error(Code::DuplicateKey, &value.path, message);
                    problems.add(problem.about(Part::Key(*before)));
                }
                *before += 1;
                ambiguous(&value, problems);
            }
        }
        _ => {}
    }
}

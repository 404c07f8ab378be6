//! What can go wrong between this program and a cluster, told apart by what can be done about it.

use std::fmt;

use kube::core::Status;

use super::resource::Resource;

/// What went wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// No configuration says where the cluster is.
    Configuration {
        /// What is wrong with it.
        message: String,
    },
    /// Nobody answers, or somebody who cannot at the moment.
    Unreachable {
        /// What happened.
        what: String,
        /// What to do.
        help: String,
    },
    /// The API server does not know who is asking.
    Unauthorized {
        /// What it says.
        message: String,
    },
    /// Whoever is asking may not.
    Forbidden {
        /// What it was, as RBAC calls it.
        verb: &'static str,
        /// `<plural>.<group>`.
        resource: String,
        /// In which namespace; none: in all, or none has to do with it.
        namespace: Option<String>,
        /// The RBAC rule that is missing.
        help: String,
    },
    /// There is no such object.
    NotFound {
        /// `<kind> <namespace>/<name>`.
        object: String,
    },
    /// The object changed since it was read: somebody else was faster.
    Conflict {
        /// Which.
        object: String,
    },
    /// Somebody else manages fields of the object.
    Owned {
        /// Which.
        object: String,
        /// Who.
        manager: String,
        /// Their paths.
        fields: Vec<String>,
    },
    /// The API server, or a webhook, does not take it.
    Refused {
        /// What.
        object: String,
        /// In its own words.
        message: String,
    },
    /// The cluster does not know this kind.
    KindMissing {
        /// Which.
        kind: &'static str,
    },
    /// The cluster does not know Releases.
    CrdMissing,
    /// The cluster knows Releases of an older version.
    CrdOlder {
        /// The revision of its schema.
        found: u32,
        /// The one that this program needs.
        expected: u32,
    },
    /// A Deployment is not what is needed.
    Workload {
        /// Which, and what is wrong.
        message: String,
        /// What to do.
        help: String,
    },
    /// A proxy does not take what the mesh's control plane sent.
    Rejected {
        /// `<name>.<namespace>`.
        proxy: String,
        /// In its own words.
        message: String,
    },
    /// Proxies do not have in time what was applied.
    Lagging {
        /// `<name>.<namespace>` of each, or `istiod`.
        proxies: Vec<String>,
        /// What they do not have.
        what: String,
    },
}

/// What was asked of the API server.
#[derive(Clone, Debug)]
pub(super) struct Subject<'a> {
    pub(super) verb: &'static str,
    pub(super) resource: &'a Resource,
    /// Its part, such as `status`.
    pub(super) part: Option<&'static str>,
    pub(super) namespace: Option<&'a str>,
    pub(super) name: Option<&'a str>,
}

impl Subject<'_> {
    /// `<kind> <namespace>/<name>`.
    pub(super) fn label(&self) -> String {
        label(self.resource.kind, self.namespace, self.name)
    }
}

/// `<kind> <namespace>/<name>`, as far as there is one.
pub(super) fn label(kind: &str, namespace: Option<&str>, name: Option<&str>) -> String {
    match (namespace, name) {
        (Some(namespace), Some(name)) => format!("{kind} {namespace}/{name}"),
        (None, Some(name)) => format!("{kind} {name}"),
        (Some(namespace), None) => format!("{kind}s of {namespace}"),
        (None, None) => format!("{kind}s"),
    }
}

/// All that an error says, its causes too.
pub(super) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let words = error.to_string();
        if !text.contains(&words) {
            text = format!("{text}: {words}");
        }
        cause = error.source();
    }
    text
}

impl Error {
    /// What the error of a request means.
    pub(super) fn of(error: &kube::Error, subject: &Subject<'_>, server: &str) -> Self {
        match error {
            kube::Error::Api(status) => Self::of_status(status, subject),
            other => Self::unreachable(&chain(other), server),
        }
    }

    /// Nobody answers.
    pub(super) fn unreachable(what: &str, server: &str) -> Self {
        Self::Unreachable {
            what: format!("the API server at {server} does not answer: {what}"),
            help: "try again when it does: nothing is lost, and doing it twice is as doing it once"
                .to_owned(),
        }
    }

    fn of_status(status: &Status, subject: &Subject<'_>) -> Self {
        let object = subject.label();
        let message = status.message.trim().to_owned();
        match (status.code, status.reason.as_str()) {
            (401, _) => Self::Unauthorized { message },
            (403, _) if status.message.contains("admission webhook") => {
                Self::Refused { object, message }
            }
            (403, _) => forbidden(subject),
            // Without a name, or with nothing said of one, it is the kind that is not there.
            (404, _) if is_kind(status, subject) => {
                Self::KindMissing { kind: subject.resource.kind }
            }
            (404, _) => Self::NotFound { object },
            (409, _) => owned(status, &object).unwrap_or(Self::Conflict { object }),
            (429 | 502..=504, _) => Self::Unreachable {
                what: format!("the API server cannot answer now: {message}"),
                help: "try again later".to_owned(),
            },
            (500, _) if message.contains("failed calling webhook") => Self::Unreachable {
                what: format!("a webhook of the API server does not answer: {message}"),
                help: "it is most often istiod's: `kubectl get pods -n istio-system`".to_owned(),
            },
            (500, _) if message.contains("etcdserver") => Self::Unreachable {
                what: format!("the API server cannot answer now: {message}"),
                help: "try again later".to_owned(),
            },
            _ => Self::Refused { object, message },
        }
    }

    /// Whether the same request may work a little later.
    pub(super) fn is_passing(&self) -> bool {
        matches!(self, Self::Unreachable { .. })
    }

    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> Option<String> {
        let help = match self {
            Self::Configuration { .. } => {
                "name the cluster: `--kubeconfig FILE` and `--context NAME`, as for kubectl".to_owned()
            }
            Self::Unreachable { help, .. }
            | Self::Forbidden { help, .. }
            | Self::Workload { help, .. } => help.clone(),
            Self::Unauthorized { .. } => {
                "log in again, or name another user: `--context NAME`".to_owned()
            }
            Self::Conflict { .. } => {
                "look at what was changed, and say it again if it still holds".to_owned()
            }
            Self::Owned { manager, .. } => format!(
                "let go of them there (`{manager}`), or take them over with `--force`"
            ),
            Self::KindMissing { kind: "Release" } | Self::CrdMissing | Self::CrdOlder { .. } => {
                format!("install it: `{}`", super::INSTALL)
            }
            Self::KindMissing { .. } => "is Istio installed in this cluster?".to_owned(),
            Self::Rejected { .. } => {
                "it keeps what it had; `serin rollback` takes the change back, and istiod's log has all of it".to_owned()
            }
            Self::Lagging { .. } => {
                "look at `istioctl proxy-status`; what was applied stays, and doing it again goes on from there".to_owned()
            }
            Self::NotFound { .. } | Self::Refused { .. } => return None,
        };
        Some(help)
    }
}

/// Whether it is the kind, and not the object, that was not found.
fn is_kind(status: &Status, subject: &Subject<'_>) -> bool {
    let named = status.details.as_ref().map(|details| details.name.as_str());
    subject.name.is_none() || named.is_none_or(str::is_empty)
}

fn forbidden(subject: &Subject<'_>) -> Error {
    let Resource { group, plural, .. } = subject.resource;
    let plural = match subject.part {
        Some(part) => format!("{plural}/{part}"),
        None => (*plural).to_owned(),
    };
    let resource = if group.is_empty() { plural.clone() } else { format!("{plural}.{group}") };
    let kind = if subject.namespace.is_some() { "Role" } else { "ClusterRole" };
    let help = format!(
        "it takes this rule in a {kind}: `{{apiGroups: [\"{group}\"], resources: [{plural}], verbs: [{}]}}`",
        subject.verb
    );
    let namespace = subject.namespace.map(str::to_owned);
    Error::Forbidden { verb: subject.verb, resource, namespace, help }
}

/// A conflict of server-side apply: its causes name the manager in their texts, and the fields.
fn owned(status: &Status, object: &str) -> Option<Error> {
    let causes = &status.details.as_ref()?.causes;
    let causes: Vec<_> =
        causes.iter().filter(|cause| cause.reason == "FieldManagerConflict").collect();
    let first = causes.first()?;
    // `conflict with "kubectl-edit" using networking.istio.io/v1`
    let manager = first.message.split('"').nth(1).unwrap_or(&first.message).to_owned();
    let fields = causes.iter().map(|cause| cause.field.clone()).collect();
    Some(Error::Owned { object: object.to_owned(), manager, fields })
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Configuration { message } => write!(f, "no cluster: {message}"),
            Self::Unreachable { what, .. } => f.write_str(what),
            Self::Unauthorized { message } => {
                write!(f, "the API server does not know who is asking: {message}")
            }
            Self::Forbidden { verb, resource, namespace, .. } => {
                write!(f, "you may not {verb} {resource}")?;
                match namespace {
                    Some(namespace) => write!(f, " in the namespace {namespace}"),
                    None => Ok(()),
                }
            }
            Self::NotFound { object } => write!(f, "there is no {object}"),
            Self::Conflict { object } => {
                write!(f, "{object} was changed by somebody else meanwhile")
            }
            Self::Owned { object, manager, fields } => {
                write!(f, "`{manager}` manages fields of {object}: {}", fields.join(", "))
            }
            Self::Refused { object, message } => write!(f, "{object} is refused: {message}"),
            Self::KindMissing { kind } => write!(f, "the cluster knows no {kind}"),
            Self::CrdMissing => f.write_str("the cluster knows no Releases"),
            Self::CrdOlder { found, expected } => write!(
                f,
                "the cluster knows Releases of an older serin (schema {found}, expected {expected})"
            ),
            Self::Workload { message, .. } => f.write_str(message),
            Self::Rejected { proxy, message } => {
                write!(f, "the proxy {proxy} does not take what it was sent: {message}")
            }
            Self::Lagging { proxies, what } => {
                write!(f, "{what} has not reached {}", proxies.join(", "))
            }
        }
    }
}

impl std::error::Error for Error {}

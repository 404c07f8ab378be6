//! What can go wrong between this program and a cluster, told apart by what can be done about it.

use std::fmt;

/// What went wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// No configuration says where the cluster is.
    Configuration {
        /// What is wrong with it.
        message: String,
    },
    /// No answer comes, or one of a server that cannot at the moment.
    Unreachable {
        /// What happened.
        what: String,
        /// What to do.
        help: String,
    },
    /// What answers is not what was expected there: asking again does not help.
    WrongServer {
        /// What it is.
        what: String,
        /// What to check.
        help: String,
    },
    /// The API server does not know who is asking.
    Unauthorized {
        /// What it says.
        message: String,
    },
    /// The user may not.
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
    /// The object changed since it was read: another program was faster.
    Conflict {
        /// Which.
        object: String,
    },
    /// Another manager owns fields of the object.
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
    /// The mesh's control plane cannot be asked, and will not be soon.
    Blind {
        /// Why.
        reason: String,
    },
    /// Proxies do not have in time what was applied.
    Lagging {
        /// `<name>.<namespace>` of each, or `istiod`.
        proxies: Vec<String>,
        /// What they do not have.
        what: String,
    },
}

impl Error {
    /// Whether the same request may work a little later.
    #[must_use]
    pub fn is_passing(&self) -> bool {
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
            | Self::WrongServer { help, .. }
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
                format!("install it: `{}`", crate::crd::INSTALL)
            }
            Self::KindMissing { .. } => "is Istio installed in this cluster?".to_owned(),
            Self::Rejected { .. } => {
                "it keeps what it had; `serin rollback` takes the change back, and istiod's log has all of it".to_owned()
            }
            Self::Lagging { .. } => {
                "look at `istioctl proxy-status`; what was applied stays, and doing it again goes on from there".to_owned()
            }
            Self::NotFound { .. } | Self::Refused { .. } | Self::Blind { .. } => return None,
        };
        Some(help)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Configuration { message } => write!(f, "no cluster: {message}"),
            Self::Unreachable { what, .. } | Self::WrongServer { what, .. } => f.write_str(what),
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
            Self::Blind { reason } => write!(f, "istiod cannot be asked: {reason}"),
            Self::Lagging { proxies, what } => {
                write!(f, "{what} has not reached {}", proxies.join(", "))
            }
        }
    }
}

impl std::error::Error for Error {}

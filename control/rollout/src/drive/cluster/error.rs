//! Errors of a cluster, one variant for each remedy.

mod help;

use std::fmt;
use std::time::Duration;

use document::report::text::fewer;

use super::Resource;

/// For how long a webhook that does not answer is called again: one that is being restarted is back, or another replica of
/// it answers.
const WEBHOOK: Duration = Duration::from_secs(5);

/// What went wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// There is no kubeconfig, and this is no pod.
    Unconfigured {
        /// Where it was looked for.
        message: String,
    },
    /// The kubeconfig cannot be used.
    Configuration {
        /// What is wrong with it.
        message: String,
    },
    /// The API server does not answer, or is unavailable at the moment.
    Unreachable {
        /// What happened.
        what: String,
        /// What to do.
        help: String,
    },
    /// The API server answers; a webhook that it has to ask does not.
    WebhookDown {
        /// The API server's words.
        message: String,
    },
    /// The server is not a Kubernetes API server: a retry does not help.
    WrongServer {
        /// What it is.
        what: String,
        /// What to check.
        help: String,
    },
    /// The API server rejects the credentials.
    Unauthorized {
        /// What it says.
        message: String,
    },
    /// RBAC does not allow it.
    Forbidden {
        /// The verb, as RBAC calls it.
        verb: &'static str,
        /// `<plural>.<group>`.
        resource: String,
        /// In which namespace; none: in all, or the resource has none.
        namespace: Option<String>,
        /// The RBAC rule that is missing.
        help: String,
    },
    /// The object does not exist.
    NotFound {
        /// `<kind> <namespace>/<name>`.
        object: String,
    },
    /// The object changed since it was read.
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
    /// The API server, or a webhook, refuses it.
    Refused {
        /// What.
        object: String,
        /// In its own words.
        message: String,
    },
    /// The API server does not serve this kind in this version.
    KindMissing {
        /// Which.
        resource: Resource,
    },
    /// The CRD is not installed.
    CrdMissing,
    /// The CRD in the cluster is older than this program needs.
    CrdOlder {
        /// The revision of its schema.
        found: u32,
        /// The one that this program needs.
        expected: u32,
    },
    /// A Deployment does not fit.
    Workload {
        /// Which, and what is wrong.
        message: String,
        /// What to do.
        help: String,
    },
    /// A proxy rejects what istiod sent.
    Rejected {
        /// `<name>.<namespace>`.
        proxy: String,
        /// In its own words.
        message: String,
    },
    /// istiod cannot be queried, and a retry does not help.
    Blind {
        /// Why.
        reason: String,
    },
    /// Proxies did not get in time what was applied.
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
        matches!(self, Self::Unreachable { .. } | Self::WebhookDown { .. })
    }

    /// For how long the same request is repeated, where an outage of the API server is waited for so long. The way back
    /// does not wait for a webhook as for the API server, without which nothing can be done.
    #[must_use]
    pub fn patience(&self, outage: Duration) -> Duration {
        match self {
            Self::WebhookDown { .. } => outage.min(WEBHOOK),
            _ => outage,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unconfigured { message } => said(f, "no cluster is configured", message),
            Self::Configuration { message } => said(f, "cannot connect to a cluster", message),
            Self::WebhookDown { message } => {
                write!(f, "a webhook of the API server does not answer: {message}")
            }
            Self::Unreachable { what, .. } | Self::WrongServer { what, .. } => f.write_str(what),
            Self::Unauthorized { message } => {
                said(f, "the API server rejected your credentials", message)
            }
            Self::Forbidden { verb, resource, namespace, .. } => {
                write!(f, "you are not allowed to {verb} {resource}")?;
                match namespace {
                    Some(namespace) => write!(f, " in the namespace {namespace}"),
                    None => Ok(()),
                }
            }
            Self::NotFound { object } => write!(f, "there is no {object}"),
            Self::Conflict { object } => {
                write!(f, "{object} was changed in the meantime")
            }
            Self::Owned { object, manager, fields } => {
                write!(f, "`{manager}` manages fields of {object}: {}", fields.join(", "))
            }
            Self::Refused { object, message } => said(f, &format!("{object} was refused"), message),
            Self::KindMissing { resource } => {
                let version = resource.api_version();
                write!(f, "the cluster does not know the kind {} of {version}", resource.kind)
            }
            Self::CrdMissing => {
                let version = Resource::RELEASE.api_version();
                write!(f, "the cluster has no CRD for Releases of {version}")
            }
            Self::CrdOlder { found, expected } => write!(
                f,
                "the CRD for Releases in the cluster is older than this serin needs (schema {found}, expected {expected} or later)"
            ),
            Self::Workload { message, .. } => f.write_str(message),
            Self::Rejected { proxy, message } => {
                said(f, &format!("the proxy {proxy} rejected its configuration"), message)
            }
            Self::Blind { reason } => said(f, "cannot query istiod", reason),
            Self::Lagging { proxies, what } => {
                write!(f, "{what} has not reached {}", fewer(proxies))
            }
        }
    }
}

impl std::error::Error for Error {}

/// What happened, with the words of another program where it said any.
fn said(f: &mut fmt::Formatter<'_>, what: &str, words: &str) -> fmt::Result {
    match words.trim() {
        "" => f.write_str(what),
        words => write!(f, "{what}: {words}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_kind_is_named_with_what_brings_it() {
        let review = Resource {
            group: "authentication.k8s.io",
            version: "v1",
            plural: "selfsubjectreviews",
            kind: "SelfSubjectReview",
        };
        for (resource, named, help) in [
            (Resource::RELEASE, "Release of serin.dev/v1alpha1", "serin crd | kubectl apply"),
            (
                Resource::ENVOY_FILTER,
                "EnvoyFilter of networking.istio.io/v1alpha3",
                "Istio is installed",
            ),
            (Resource::WASM_PLUGIN, "WasmPlugin of extensions.istio.io/v1alpha1", "Istio is"),
            (Resource::AUTOSCALER, "HorizontalPodAutoscaler of autoscaling/v2", "autoscaling/v2"),
            (Resource::CRD, "CustomResourceDefinition of apiextensions.k8s.io/v1", "Kubernetes"),
            (Resource::POD, "Pod of v1", "Kubernetes"),
            (review, "SelfSubjectReview of authentication.k8s.io/v1", "Kubernetes"),
        ] {
            let error = Error::KindMissing { resource };
            let expected = format!("the cluster does not know the kind {named}");
            assert_eq!(error.to_string(), expected);
            let said = error.help().unwrap();
            assert!(said.contains(help), "{said}");
            assert_eq!(said.contains("Istio"), resource.group.ends_with("istio.io"), "{said}");
        }
    }

    #[test]
    fn no_words_leave_no_colon() {
        for words in ["", " \n"] {
            let message = words.to_owned();
            for error in [
                Error::Unconfigured { message: message.clone() },
                Error::Configuration { message: message.clone() },
                Error::Unauthorized { message: message.clone() },
                Error::Refused { object: "Pod a/b".to_owned(), message: message.clone() },
                Error::Rejected { proxy: "a.b".to_owned(), message: message.clone() },
                Error::Blind { reason: message.clone() },
            ] {
                let said = error.to_string();
                assert!(said.ends_with(char::is_alphanumeric), "`{said}`");
            }
        }
    }
}

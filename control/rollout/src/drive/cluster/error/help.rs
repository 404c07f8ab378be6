//! What to do about an error of a cluster.

use super::super::Resource;
use super::Error;

impl Error {
    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> Option<String> {
        let help = match self {
            Self::Unconfigured { .. } | Self::Configuration { .. } => {
                "name the cluster with `--kubeconfig FILE` and `--context NAME`, as for kubectl".to_owned()
            }
            Self::Unreachable { help, .. }
            | Self::WrongServer { help, .. }
            | Self::Forbidden { help, .. }
            | Self::Workload { help, .. } => help.clone(),
            // Each is called as its configuration is, which names its owner.
            Self::WebhookDown { message } if message.contains("istio.io") => {
                "it is istiod's: check `kubectl get pods -n istio-system`".to_owned()
            }
            Self::WebhookDown { .. } => {
                "ask who runs it: `kubectl get validatingwebhookconfigurations,\
                 mutatingwebhookconfigurations` lists them".to_owned()
            }
            Self::Unauthorized { .. } => {
                "log in again, or use another user: `--context NAME`".to_owned()
            }
            Self::Conflict { .. } => {
                "check what changed, then run the command again".to_owned()
            }
            Self::Owned { manager, .. } => format!(
                "remove them from what `{manager}` applies, or take them over with `--force`"
            ),
            Self::CrdMissing | Self::CrdOlder { .. } => install(),
            Self::KindMissing { resource } => provider(resource),
            Self::Rejected { .. } => {
                "it keeps its previous configuration; `serin rollback` sends all users to stable all the same; the log of istiod \
                 has the details"
                    .to_owned()
            }
            Self::Lagging { .. } => {
                "check `istioctl proxy-status`; what was applied stays: run the command again to continue".to_owned()
            }
            Self::NotFound { .. } | Self::Refused { .. } | Self::Blind { .. } => return None,
        };
        Some(help)
    }
}

/// How Releases are made known to a cluster.
fn install() -> String {
    format!("install it: `{}`", crate::crd::INSTALL)
}

/// How a cluster gets a kind that it does not know.
fn provider(resource: &Resource) -> String {
    let group = resource.group;
    let version = resource.api_version();
    if group == Resource::RELEASE.group {
        install()
    } else if group.ends_with(".istio.io") {
        format!(
            "check that Istio is installed in this cluster, in a release that serves {version}: `kubectl api-resources \
             --api-group={group}` lists what it has"
        )
    } else {
        format!(
            "every Kubernetes that is recent enough has it: check with `kubectl api-versions` that the server serves \
             {version}"
        )
    }
}

//! The service that a Release is about.

use super::name;
use crate::path::Path;
use crate::problem::{Code, Problem, Problems};

/// A service's host, as in a DestinationRule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Host {
    written: String,
    fqdn: String,
}

impl Host {
    /// Reads a host of a Release in `namespace`.
    pub(super) fn read(
        host: &str,
        namespace: &str,
        path: &Path,
        problems: &mut Problems,
    ) -> Option<Self> {
        if !name::is_dns_subdomain(host) {
            let message = format!("`{host}` cannot be the host of a service");
            let help = "write it as in a DestinationRule: `reviews.bookinfo.svc.cluster.local`";
            problems.add(Problem::error(Code::InvalidName, path, message).help(help));
            return None;
        }
        // Istio completes a name without dots in the same way (istio.io, DestinationRule.host).
        let fqdn = if host.contains('.') {
            host.to_owned()
        } else {
            format!("{host}.{namespace}.svc.cluster.local")
        };
        Some(Self { written: host.to_owned(), fqdn })
    }

    /// The host as it was written.
    #[must_use]
    pub fn written(&self) -> &str {
        &self.written
    }

    /// The full name, which Istio's clusters and virtual hosts carry.
    #[must_use]
    pub fn fqdn(&self) -> &str {
        &self.fqdn
    }
}

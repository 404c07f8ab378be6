//! Route modes, and the places where the filter runs.

use std::fmt;

use serde_json::{Value, json};
use serin_harness::mesh::Proxy;

use crate::scene::{PORT, SHOP, Scene};

/// How decisions become routes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    Matcher,
    VirtualService,
    ClusterHeader,
}

impl Mode {
    pub(crate) const ALL: [Self; 3] = [Self::Matcher, Self::VirtualService, Self::ClusterHeader];
}

/// Where the filter runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Sidecar,
    Gateway,
}

impl Place {
    pub(crate) const ALL: [Self; 2] = [Self::Sidecar, Self::Gateway];

    /// The `attach` of a Release for it.
    pub(crate) fn attach(self, scene: &Scene) -> Value {
        match self {
            Self::Sidecar => json!([{"sidecar": {"labels": {"app": "productpage"}}}]),
            Self::Gateway => json!([{"gateway": {
                "namespace": scene.ingress(), "labels": {"app": "ingress"}, "hosts": [SHOP],
            }}]),
        }
    }

    /// Starts the proxy that is attached.
    pub(crate) async fn attached(self, scene: &Scene<'_>) -> anyhow::Result<Proxy> {
        match self {
            Self::Sidecar => scene.sidecar("productpage").await,
            Self::Gateway => scene.gateway("ingress").await,
        }
    }

    /// Starts a proxy that is not attached, and says at which port it takes requests for `reviews`.
    pub(crate) async fn unattached(self, scene: &Scene<'_>) -> anyhow::Result<(Proxy, u16)> {
        match self {
            Self::Sidecar => Ok((scene.sidecar("other").await?, PORT)),
            Self::Gateway => Ok((scene.gateway("other").await?, scene.other_gateway_port())),
        }
    }

    /// Options of `serin render` that weave the Release into a file of the team.
    pub(crate) fn into_options(self, scene: &Scene, file: &str) -> Vec<String> {
        let mut options = vec!["--into".to_owned(), file.to_owned()];
        if self == Self::Gateway {
            options.extend(["--gateway".to_owned(), format!("{}/web", scene.ingress())]);
        }
        options
    }

    /// The host and the port at which callers ask for `reviews`.
    pub(crate) fn door(self, scene: &Scene) -> (&'static str, u16) {
        match self {
            Self::Sidecar => ("reviews:9080", PORT),
            Self::Gateway => (SHOP, scene.gateway_port()),
        }
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Matcher => "matcher",
            Self::VirtualService => "virtual-service",
            Self::ClusterHeader => "cluster-header",
        })
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sidecar => "sidecar",
            Self::Gateway => "gateway",
        })
    }
}

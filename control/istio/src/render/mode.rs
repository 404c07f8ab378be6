//! The ways in which a decision becomes a route in a mesh, and which of them a version of Istio can go.

use policy::Policy;
use policy::config::Carrier;
use serde::{Deserialize, Serialize};

use super::{FailurePolicy, proxy_version};
use crate::gate::Gate;
use crate::version::Version;
use crate::{decision_header, weave};

/// How a decision becomes a route in a mesh.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// The routes that Istio makes look the cluster up in filter state.
    Matcher,
    /// Copies of the rules of a VirtualService match a header.
    VirtualService,
    /// Routes of their own take the cluster from a header.
    ClusterHeader,
}

impl Mode {
    /// All of them, the default first.
    pub const ALL: [Self; 3] = [Self::Matcher, Self::VirtualService, Self::ClusterHeader];

    /// Its name on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Matcher => "matcher",
            Self::VirtualService => "virtual-service",
            Self::ClusterHeader => "cluster-header",
        }
    }

    /// The one of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.name() == name)
    }

    /// The first version of Istio whose proxies it works in.
    #[must_use]
    pub const fn since(self) -> Version {
        match self {
            Self::Matcher => Version::MATCHER,
            Self::VirtualService | Self::ClusterHeader => Version::EARLY_HEADERS,
        }
    }

    /// How decisions leave the filter.
    #[must_use]
    pub fn carrier(self, policy: &Policy) -> Carrier {
        match self {
            Self::Matcher => Carrier::FilterState,
            Self::VirtualService => decision_header::subset_carrier(policy),
            Self::ClusterHeader => decision_header::cluster_carrier(policy),
        }
    }

    /// The gate of a Release, where it `is_wanted`; none where it has none, or the mode: the others' patches go by the
    /// names of a user's rules.
    #[must_use]
    pub fn gate(self, policy: &Policy, is_wanted: bool) -> Option<Gate> {
        (is_wanted && self == Self::VirtualService).then(|| Gate::of(policy)).flatten()
    }

    /// The proxies that can run the filter and follow its decisions.
    #[must_use]
    pub const fn proxies(self, failure: FailurePolicy) -> &'static str {
        match (self, failure) {
            (Self::Matcher, _) => proxy_version::SINCE_1_27,
            // Before, a trap can have no such consequence.
            (_, FailurePolicy::Reload) => proxy_version::SINCE_1_25,
            _ => proxy_version::SINCE_1_22,
        }
    }

    /// The best way for this version of Istio, and why.
    ///
    /// # Errors
    /// When it is too old for any: why, and what would do.
    pub fn best(version: Version) -> Result<(Self, String), (String, String)> {
        if version >= Version::MATCHER {
            let reason = format!(
                "routes of Istio {version} can read decisions from filter state, which clients cannot set"
            );
            return Ok((Self::Matcher, reason));
        }
        Self::VirtualService.check(version)?;
        let reason = format!(
            "routes of Istio {version} can match headers but not filter state, which needs Istio {} (Envoy 1.35)",
            Version::MATCHER
        );
        Ok((Self::VirtualService, reason))
    }

    /// Whether this version of Istio can do it.
    ///
    /// # Errors
    /// When it is too old: why, and what would do.
    pub fn check(self, version: Version) -> Result<(), (String, String)> {
        let since = self.since();
        if version >= since {
            return Ok(());
        }
        if version < Version::EARLY_HEADERS {
            let message = format!(
                "Istio {version} is too old: its proxies cannot protect decisions from headers that clients set"
            );
            return Err((message, format!("expected {} or newer", Version::EARLY_HEADERS)));
        }
        let message = format!(
            "`--route {}` needs Istio {since} or newer, found {version}: routes cannot read filter state before Envoy \
             1.35",
            self.name()
        );
        Err((message, "`--route virtual-service` keeps every option of your routes".to_owned()))
    }
}

impl From<Mode> for weave::Mode {
    /// What a route mode needs of a woven VirtualService.
    fn from(mode: Mode) -> Self {
        match mode {
            Mode::VirtualService => Self::Copies,
            Mode::Matcher | Mode::ClusterHeader => Self::Names,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn best(version: &str) -> Result<Mode, String> {
        let best = Mode::best(version.parse().unwrap());
        best.map(|(mode, _)| mode).map_err(|(message, help)| format!("{message}; {help}"))
    }

    #[test]
    fn the_version_picks_the_way() {
        for version in ["1.27", "1.29.1", "1.100", "2.0"] {
            assert_eq!(best(version), Ok(Mode::Matcher), "{version}");
        }
        for version in ["1.22", "1.24.3", "1.26"] {
            assert_eq!(best(version), Ok(Mode::VirtualService), "{version}");
        }
        assert_eq!(
            best("1.21.9").unwrap_err(),
            "Istio 1.21 is too old: its proxies cannot protect decisions from headers that clients set; expected 1.22 \
             or newer"
        );
    }

    #[test]
    fn each_way_is_refused_where_it_does_not_lead() {
        let check = |mode: Mode, version: &str| mode.check(version.parse().unwrap());
        assert_eq!(check(Mode::Matcher, "1.27"), Ok(()));
        assert_eq!(check(Mode::ClusterHeader, "1.22"), Ok(()));
        let (message, _) = check(Mode::Matcher, "1.24").unwrap_err();
        assert!(
            message.starts_with("`--route matcher` needs Istio 1.27 or newer, found 1.24: "),
            "{message}"
        );
        for mode in [Mode::Matcher, Mode::VirtualService, Mode::ClusterHeader] {
            let (message, help) = check(mode, "1.20").unwrap_err();
            assert!(message.starts_with("Istio 1.20 is too old"), "{message}");
            assert_eq!(help, "expected 1.22 or newer");
        }
    }
}

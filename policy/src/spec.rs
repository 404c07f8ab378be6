//! A Release as it was written: every field of the language, its type checked and nothing else.
//!
//! [`Spec::read`] makes it from a [`Node`](crate::Node); it serializes to the very shape it was read from,
//! which is how the CLI hands it to the filter. What the fields mean together is for
//! [`Policy`](crate::Policy) to check.

#[cfg(feature = "rollout")]
mod analyze;
mod attach;
mod conditions;
mod entries;
mod fields;
mod identity;
mod later;
mod mirror;
mod number;
mod read;
#[cfg(feature = "rollout")]
mod rollout;
mod rule;
#[cfg(feature = "schema")]
mod schema;
mod subset;
#[cfg(feature = "rollout")]
mod window;

use serde::Serialize;

#[cfg(feature = "rollout")]
pub use analyze::{
    Analyze, Check, Comparison, DurationCheck, ErrorsCheck, Inconclusive, QueryCheck,
};
pub use attach::{Attach, Gateway, Sidecar};
pub use conditions::{Block, Conditions, Operator, Test};
pub use entries::Entries;
pub use fields::{alternatives, nearest, suggest};
pub use identity::Identity;
pub use mirror::Mirror;
#[cfg(feature = "rollout")]
pub use rollout::{Amount, Approve, Pause, Rollout, RolloutStep, Update};
pub use rule::Rule;
pub use subset::{Subset, Workload};
#[cfg(feature = "rollout")]
pub use window::Window;

/// The `apiVersion` of the Releases that this version reads.
pub const API_VERSION: &str = "serin.dev/v1alpha1";
/// Their `kind`.
pub const KIND: &str = "Release";

/// A Release.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Spec {
    /// Always [`API_VERSION`].
    pub api_version: &'static str,
    /// Always [`KIND`].
    pub kind: &'static str,
    /// Its name.
    pub metadata: Metadata,
    /// What it says.
    pub spec: Release,
}

impl Spec {
    /// Writes a host without dots out, as one of a cluster with this domain: nothing else knows of another domain.
    pub fn complete_host(&mut self, domain: &str) {
        let host = &mut self.spec.host;
        if !host.is_empty() && !host.contains('.') {
            *host = format!("{host}.{}.svc.{domain}", self.metadata.namespace);
        }
    }
}

/// What names a Release.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Metadata {
    /// Its name, unique in its namespace.
    pub name: String,
    /// Its namespace; `default` where none is written.
    pub namespace: String,
}

/// What a Release says.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Release {
    /// The service, as in a DestinationRule.
    pub host: String,
    /// The service's port; only what is rendered for a mesh needs it.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "number::maybe")]
    pub port: Option<f64>,
    /// The subset that gets what nothing else decides.
    pub stable: String,
    /// The versions of the service.
    pub subsets: Vec<Subset>,
    /// Where the filter runs: the callers of the host.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attach: Vec<Attach>,
    /// What makes two requests the same user; the first one present wins.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub identity: Vec<Identity>,
    /// The first that matches decides.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<Rule>,
    /// Percent per subset of what no rule decides; empty: all to stable.
    #[serde(skip_serializing_if = "Entries::is_empty", serialize_with = "number::all")]
    pub split: Entries<f64>,
    /// What happens to a request without an identity.
    #[cfg_attr(feature = "schema", schemars(skip_serializing_if = "has_a_default"))]
    pub anonymous: Anonymous,
    /// The salt of the split; `namespace/name` where none is written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cohort: Option<String>,
    /// Whether decisions are counted.
    #[cfg_attr(feature = "schema", schemars(skip_serializing_if = "has_a_default"))]
    pub counters: bool,
    /// Whether a user stays in a subset; by default where `identity` is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sticky: Option<bool>,
    /// Who serves the users of a subset that has no healthy endpoints.
    #[serde(skip_serializing_if = "Fallback::is_none")]
    pub fallback: Fallback,
    /// Which requests another subset gets a copy of; with a `rollout`, its steps say that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mirror: Option<Mirror>,
    /// The way to another subset, step by step; none written: a Release holds as a whole.
    #[cfg(feature = "rollout")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rollout: Option<Rollout>,
}

/// What a request without identity gets from a sticky split.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum Anonymous {
    /// The stable subset.
    #[default]
    Stable,
    /// An independent draw.
    Random,
}

/// Who serves the users of a subset that has no healthy endpoints.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum Fallback {
    /// None: they get 503.
    #[default]
    None,
    /// The stable subset.
    Stable,
}

impl Fallback {
    /// Whether it is [`Fallback::None`].
    #[must_use]
    pub fn is_none(&self) -> bool {
        *self == Self::None
    }
}

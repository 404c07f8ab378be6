//! A Release that makes sense: every name resolved, every number in range, every pattern parsed.
//!
//! `Policy::try_from(Spec)` is the only way in and reports all problems at once. What renders mesh objects
//! and what compiles the [`Program`](crate::Program) both start from here.

mod attach;
pub(crate) mod check;
mod draw;
mod host;
mod identity;
pub(crate) mod mirror;
pub(crate) mod name;
pub(crate) mod names;
mod rules;
mod share;
mod subject;
pub(crate) mod subset;
mod test;

use std::num::NonZeroU16;

use crate::path::Path;
use crate::problem::Problems;
use crate::spec::{self, Spec};

pub use attach::{Attach, AttachKind, MAX_ATTACH, MAX_HOSTS};
pub use host::Host;
pub use mirror::Mirror;
pub use name::{DEFAULT_RULE, HeaderName, MAX_RULE_NAME, is_label_value};
pub use rules::{Block, Condition, Rule};
pub use share::{Share, Split};
pub use subject::Subject;
pub use subset::{MAX_SUBSETS, STABLE_KEY, Subset};
pub(crate) use test::{Automata, MAX_AUTOMATA, MAX_COMPILED};
pub use test::{Relation, Test};

/// The position of a subset in [`Policy::subsets`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SubsetId(pub usize);

/// A validated Release.
#[derive(Clone, Debug)]
pub struct Policy {
    name: String,
    namespace: String,
    host: Host,
    port: Option<NonZeroU16>,
    subsets: Vec<Subset>,
    stable: SubsetId,
    attach: Vec<Attach>,
    identity: Vec<Subject>,
    rules: Vec<Rule>,
    split: Split,
    sticky: bool,
    anonymous: spec::Anonymous,
    cohort: String,
    counters: bool,
    fallback: spec::Fallback,
    mirror: Option<Mirror>,
}

impl Policy {
    /// The Release's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The Release's namespace.
    #[must_use]
    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// `<namespace>/<name>`, for people and metrics.
    #[must_use]
    pub fn full_name(&self) -> String {
        format!("{}/{}", self.namespace, self.name)
    }

    /// The service.
    #[must_use]
    pub fn host(&self) -> &Host {
        &self.host
    }

    /// The service's port, where it is written: deciding needs none.
    #[must_use]
    pub fn port(&self) -> Option<NonZeroU16> {
        self.port
    }

    /// The versions of the service, as declared.
    #[must_use]
    pub fn subsets(&self) -> &[Subset] {
        &self.subsets
    }

    /// The subset that gets what nothing else decides.
    #[must_use]
    pub fn stable(&self) -> SubsetId {
        self.stable
    }

    /// The name of a subset.
    #[must_use]
    pub fn subset_name(&self, id: SubsetId) -> &str {
        self.subsets.get(id.0).map_or("", |subset| subset.name.as_str())
    }

    /// Where the filter runs.
    #[must_use]
    pub fn attach(&self) -> &[Attach] {
        &self.attach
    }

    /// What tells users apart; the first one present wins.
    #[must_use]
    pub fn identity(&self) -> &[Subject] {
        &self.identity
    }

    /// The rules; the first that matches decides.
    #[must_use]
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// How requests that no rule takes are split.
    #[must_use]
    pub fn split(&self) -> &Split {
        &self.split
    }

    /// Whether a user stays in a subset of [`Policy::split`].
    #[must_use]
    pub fn sticky(&self) -> bool {
        self.sticky
    }

    /// What a request without identity gets from a sticky split.
    #[must_use]
    pub fn anonymous(&self) -> spec::Anonymous {
        self.anonymous
    }

    /// The salt of the splits.
    #[must_use]
    pub fn cohort(&self) -> &str {
        &self.cohort
    }

    /// Whether decisions are counted.
    #[must_use]
    pub fn counters(&self) -> bool {
        self.counters
    }

    /// Whether the stable subset serves the users of `subset` while that has no healthy endpoints.
    #[must_use]
    pub fn falls_back(&self, subset: SubsetId) -> bool {
        self.fallback == spec::Fallback::Stable && subset != self.stable
    }

    /// Which requests another subset gets a copy of.
    #[must_use]
    pub fn mirror(&self) -> Option<Mirror> {
        self.mirror
    }

    /// The filter's property that carries the decision; Envoy's filter state key is this after `wasm.`.
    #[must_use]
    pub fn property(&self) -> String {
        format!("serin.{}.{}", self.namespace, self.name)
    }
}

impl TryFrom<Spec> for Policy {
    type Error = Problems;

    fn try_from(spec: Spec) -> Result<Self, Problems> {
        let mut problems = Problems::default();
        check::policy(&spec, &Path::root(), &mut problems).ok_or(problems)
    }
}

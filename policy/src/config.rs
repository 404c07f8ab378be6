//! The filter's configuration: a Release, and what the operator, not its author, chooses.
//!
//! The CLI writes it as JSON into what it renders; the filter reads it in `on_configure`.

mod carrier;

use serde::Serialize;

use crate::node::Node;
use crate::path::Path;
use crate::policy::Policy;
use crate::problem::{Code, Problem, Problems};
use crate::program::Program;
use crate::spec::Spec;

pub use carrier::Carrier;

/// The version of the configuration's shape; a filter refuses every other.
pub const VERSION: u32 = 1;

/// What the filter is configured with.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Config {
    version: u32,
    carrier: Carrier,
    release: Spec,
}

/// A configuration that has been read: a program ready to decide.
#[derive(Debug)]
pub struct Loaded {
    /// How decisions leave the filter.
    pub carrier: Carrier,
    /// The Release.
    pub policy: Policy,
    /// The Release, compiled.
    pub program: Program,
}

impl Config {
    /// The configuration for `release`, without what it does not go by: rollouts and copies of requests.
    #[must_use]
    pub fn new(mut release: Spec, carrier: Carrier) -> Self {
        for subset in &mut release.spec.subsets {
            subset.workload = None;
        }
        // Envoy's own routes copy requests.
        release.spec.mirror = None;
        #[cfg(feature = "rollout")]
        {
            release.spec.rollout = None;
        }
        Self { version: VERSION, carrier, release }
    }

    /// Reads and compiles the configuration `node`; `None` when a problem forbids it.
    #[must_use]
    pub fn read(node: &Node, problems: &mut Problems) -> Option<Loaded> {
        let root = Path::root();
        let version = node.get("version");
        if version != Some(&Node::Number(f64::from(VERSION))) {
            let found = version.map_or_else(|| "none".to_owned(), Node::describe);
            let message = format!("expected a configuration of version {VERSION}, found {found}");
            let problem = Problem::error(Code::Kind, &root.key("version"), message);
            problems.add(problem.help("render it with the `serin` of this filter's release"));
            return None;
        }
        let path = root.key("carrier");
        let carrier = Carrier::read(node.get("carrier"), &path, problems);
        let release = node.get("release").unwrap_or(&Node::Null);
        let checked = crate::check(release, &root.key("release"), problems);
        let (carrier, checked) = (carrier?, checked?);
        carrier.check(&checked.policy, &path, problems);
        let loaded = Loaded { carrier, policy: checked.policy, program: checked.program };
        problems.allow().then_some(loaded)
    }
}

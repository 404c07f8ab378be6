//! The language of a Release and the program that decides each request.
//!
//! Pure: no proxy, YAML, clock, environment or network. The filter runs it inside Envoy and the CLI runs
//! the very same code to check and explain. The phases, each consuming the one before:
//! a [`Node`] (any document) is read as a [`Spec`], validated into a [`Policy`], compiled to a [`Program`],
//! which answers every [`Request`] with a [`Decision`].
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing,
        clippy::arithmetic_side_effects
    )
)]

pub mod config;
pub mod cookie;
mod decimal;
#[cfg(feature = "rollout")]
pub mod duration;
#[cfg(feature = "regex")]
pub mod lint;
mod lookup;
mod node;
mod path;
pub mod policy;
mod problem;
pub mod program;
pub mod regex;
#[cfg(feature = "rollout")]
pub mod rollout;
pub mod spec;
pub mod split;

pub use config::Config;
pub use node::Node;
pub use path::{Path, Segment};
pub use policy::Policy;
pub use problem::{Code, Part, Place, Problem, Problems, Severity};
pub use program::{Decision, Lines, Program, Request, Scratch};
pub use spec::Spec;

/// A Release in all its phases.
#[derive(Debug)]
pub struct Checked {
    /// As it was written.
    pub spec: Spec,
    /// What it means.
    pub policy: Policy,
    /// What decides.
    pub program: Program,
    /// How it is rolled out.
    #[cfg(feature = "rollout")]
    pub plan: rollout::Plan,
}

/// Reads, validates and compiles the Release `node`, which stands at `path` of its document; `None` when a
/// problem forbids it. All problems are found in this one pass.
#[must_use]
pub fn check(node: &Node, path: &Path, problems: &mut Problems) -> Option<Checked> {
    let spec = Spec::read(node, path, problems)?;
    compile(spec, path, problems)
}

/// Validates and compiles a Release that was read, which stands at `path` of its document; `None` when a problem
/// forbids it.
#[must_use]
pub fn compile(spec: Spec, path: &Path, problems: &mut Problems) -> Option<Checked> {
    let policy = policy::check::policy(&spec, path, problems);
    #[cfg(feature = "rollout")]
    let plan = rollout::Plan::read(&spec, path, problems);
    let policy = policy?;
    let program = Program::compile(&policy, path, problems)?;
    Some(Checked {
        spec,
        policy,
        program,
        #[cfg(feature = "rollout")]
        plan: plan?,
    })
}

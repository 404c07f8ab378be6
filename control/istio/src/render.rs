//! Renders the configuration of Envoy and Istio from a checked Release: pure functions from it and the operator's
//! choices to [`Manifest`]s, the same bytes each time.
//!
//! [`bootstrap`] is a whole Envoy without Istio, [`mesh`] the numbered objects of a mesh; each object has a
//! module of its own. [`output`] writes manifests, all or none.

pub mod bootstrap;
pub mod capabilities;
pub mod cluster;
pub mod cluster_header;
pub mod configuration;
pub mod destination_rule;
pub mod early_headers;
pub mod ecds;
pub mod envoy_filter;
pub mod fallback;
pub mod gate_match;
pub mod matcher;
pub mod mesh;
pub mod mesh_options;
pub mod mirror;
pub mod mode;
pub mod modules;
pub mod output;
pub mod proxy_version;
pub mod route;
pub mod virtual_service;
pub mod wasm_filter;
pub mod wasm_plugin;

use document::yaml;
use policy::{Code, Path, Policy, Problem};
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use modules::{FULL, LITE, Modules};

/// A file that was rendered.
#[derive(Clone, Debug, PartialEq)]
pub struct Manifest {
    /// Its name, without a folder.
    pub file_name: String,
    /// What made it and what it is for: lines of a comment.
    pub head: Vec<String>,
    /// What it says.
    pub body: Value,
}

impl Manifest {
    /// A manifest for `policy`, with the line that says so before the lines that say what it is for.
    #[must_use]
    pub fn new(policy: &Policy, file_name: &str, purpose: &[&str], body: Value) -> Self {
        let made = format!(
            "{}{} from Release {}; do not edit",
            output::MADE_BY,
            env!("CARGO_PKG_VERSION"),
            policy.full_name()
        );
        let mut head = vec![made];
        head.extend(purpose.iter().map(|line| (*line).to_owned()));
        Self { file_name: file_name.to_owned(), head, body }
    }

    /// The bytes of the file.
    ///
    /// # Errors
    /// When the body cannot be YAML.
    pub fn text(&self) -> Result<String, yaml::Unwritable> {
        let mut text = String::new();
        for line in &self.head {
            text.push_str("# ");
            text.push_str(line);
            text.push('\n');
        }
        text.push_str(&yaml::block(&self.body)?);
        Ok(text)
    }
}

/// What Envoy's wasm filter does about a virtual machine that trapped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FailurePolicy {
    /// Later requests pass as if the filter were not there: to stable.
    #[default]
    Open,
    /// Later requests are answered with 503.
    Closed,
    /// The virtual machine is made anew, at most once a second; between, requests are answered with 503.
    Reload,
}

/// Where proxies get the module from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Module {
    /// A file in the proxy's own file system.
    File(String),
    /// A server.
    Remote {
        /// An `https` or `http` address, or an `oci` image of a registry.
        url: String,
        /// The SHA-256 of the module, or of the image's manifest, in lower-case hexadecimal.
        sha256: String,
    },
}

/// What the operator, not the author of a Release, decides about the filter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// Where the module is from.
    pub modules: Modules,
    /// What happens after a trap.
    pub failure: FailurePolicy,
}

/// That a Release cannot be written as it is to be.
fn unwritable(error: &str) -> Problem {
    Problem::error(Code::Type, &Path::root(), format!("cannot render the Release: {error}"))
}

#[cfg(test)]
mod tests;

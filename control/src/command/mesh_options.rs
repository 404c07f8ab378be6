//! The options that say what the objects of a mesh are made of besides a Release: the operator's, not its author's.

mod module;

use clap::ValueEnum;
use serde::{Deserialize, Serialize};

use super::complaint::{Complaint, noted};
use crate::render::istio::Version;
use crate::render::mode::Mode;
use crate::render::{Delivery, FailurePolicy, Modules, mesh};
use module::Named;

/// What happens to requests after the module failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FailPolicy {
    /// They go to stable (default)
    Open,
    /// They are answered with 503
    Closed,
    /// The module starts anew, at most once a second; between, 503
    Reload,
}

/// The options, as given.
#[derive(Clone, Debug, Default, PartialEq, Eq, clap::Args, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MeshArgs {
    /// What happens to requests after the module failed
    #[arg(long, value_enum, value_name = "POLICY")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fail_policy: Option<FailPolicy>,
    /// Shows the filter every request. Otherwise routes keep those from it that surely stay on stable, and it does not
    /// count them (`envoy` and `virtual-service`)
    #[arg(long)]
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub no_gate: bool,
    /// The version of the mesh, as `1.24`: picks the route mode where --route does not
    #[arg(long, value_name = "VERSION", help_heading = "For a mesh")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub istio: Option<String>,
    /// Which gateway of your own VirtualService runs the filter; needed where it has several
    #[arg(long, value_name = "NAMESPACE/NAME", help_heading = "For a mesh")]
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gateway: Vec<String>,
    /// The module's file in the proxies' own file system
    #[arg(long, value_name = "PATH", help_heading = "For a mesh")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub module_file: Option<String>,
    /// Where proxies fetch the module: `https://…`, or an image `oci://HOST/REPOSITORY@sha256:HEX`
    #[arg(long, value_name = "URL", help_heading = "For a mesh")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub module_url: Option<String>,
    /// The SHA-256 of the module at --module-url; of an image: of its manifest
    #[arg(long, value_name = "HEX", help_heading = "For a mesh")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub module_sha256: Option<String>,
    /// The file of `serin-lite.wasm`, the module without the regex engine: taken for a Release that needs none
    #[arg(long, value_name = "PATH", help_heading = "For a mesh")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lite_module_file: Option<String>,
    /// Where proxies fetch that one
    #[arg(long, value_name = "URL", help_heading = "For a mesh")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lite_module_url: Option<String>,
    /// The SHA-256 of the module at --lite-module-url; of an image: of its manifest
    #[arg(long, value_name = "HEX", help_heading = "For a mesh")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lite_module_sha256: Option<String>,
    /// A Secret for the registry of that image; it takes a WasmPlugin, which only `matcher` can use
    #[arg(long, value_name = "NAME", help_heading = "For a mesh")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub module_pull_secret: Option<String>,
}

impl MeshArgs {
    /// What the objects are made of; none, and what is wrong, where something is.
    pub(super) fn read(
        &self,
        mode: Option<Mode>,
        complaints: &mut Vec<Complaint>,
    ) -> Option<mesh::Options> {
        let modules = self.modules(complaints);
        let mode = mode?;
        let istio = self.istio.as_ref().and_then(|text| text.parse().ok());
        let pull_secret = self.pull_secret(mode, complaints);
        let delivery = self.delivery(modules?);
        let gate = !self.no_gate;
        let options = mesh::Options { mode, istio, delivery, pull_secret, gate };
        check_failure(&options, complaints);
        Some(options)
    }

    /// The builds of the module that the proxies can get.
    fn modules(&self, complaints: &mut Vec<Complaint>) -> Option<Modules> {
        let full = Named {
            option: "--module",
            file: self.module_file.as_ref(),
            url: self.module_url.as_ref(),
            sha256: self.module_sha256.as_ref(),
        };
        let lite = Named {
            option: "--lite-module",
            file: self.lite_module_file.as_ref(),
            url: self.lite_module_url.as_ref(),
            sha256: self.lite_module_sha256.as_ref(),
        };
        // One of the two does, and it is the full one that is missed.
        let before = complaints.len();
        let read = |named: &Named, complaints: &mut _| {
            named.is_given().then(|| named.read(complaints)).flatten()
        };
        let lite_module = read(&lite, complaints);
        let full_module =
            if lite.is_given() { read(&full, complaints) } else { full.read(complaints) };
        Modules::of(full_module, lite_module).filter(|_| complaints.len() == before)
    }

    /// These modules, and what happens after one failed.
    pub(super) fn delivery(&self, modules: Modules) -> Delivery {
        Delivery { modules, failure: self.fail_policy.map(Into::into).unwrap_or_default() }
    }

    /// The Secret of a registry. Only a WasmPlugin can name one, and its filter cannot be switched off.
    fn pull_secret(&self, mode: Mode, complaints: &mut Vec<Complaint>) -> Option<String> {
        let name = self.module_pull_secret.as_ref()?;
        let files = [&self.module_file, &self.lite_module_file].into_iter().flatten();
        let urls: Vec<_> =
            [&self.module_url, &self.lite_module_url].into_iter().flatten().collect();
        let are_images = !urls.is_empty() && urls.iter().all(|url| module::is_image(url));
        if !are_images || files.count() > 0 {
            complaints.push(Complaint::new("`--module-pull-secret` is for `--module-url oci://…`"));
            return None;
        }
        if mode != Mode::Matcher {
            let message = format!(
                "`--module-pull-secret` is not for `--route {}`: it takes a WasmPlugin, which would put the header into \
                 requests for other hosts, too",
                mode.name()
            );
            let help =
                "serve the module by https, or from a registry that asks proxies for no password";
            complaints.push(Complaint::new(message).help(help));
            return None;
        }
        noted(module::pull_secret(name), complaints)
    }
}

/// The route mode: as asked, as the version of the mesh can, or the default; and why, where the version picked it.
pub(super) fn mode(
    asked: Option<Mode>,
    istio: Option<&str>,
    complaints: &mut Vec<Complaint>,
) -> Option<(Mode, Option<String>)> {
    let Some(version) = istio else {
        return Some((asked.unwrap_or(Mode::Matcher), None));
    };
    let version = noted(read_version(version), complaints)?;
    match asked {
        Some(mode) => mode.check(version).map(|()| (mode, None)),
        None => Mode::best(version).map(|(mode, reason)| (mode, Some(reason))),
    }
    .map_err(|(message, help)| complaints.push(Complaint::new(message).help(help)))
    .ok()
}

fn read_version(text: &str) -> Result<Version, Complaint> {
    text.parse().map_err(|()| {
        let message = format!("`--istio`: expected a version of Istio, found `{text}`");
        Complaint::new(message).help("as `istioctl version` says it: `1.24`, `1.29.1`")
    })
}

/// A fail policy that the mesh does not know.
fn check_failure(options: &mesh::Options, complaints: &mut Vec<Complaint>) {
    let is_old = options.istio.is_some_and(|version| version < Version::FAILURE_POLICY);
    if is_old && options.delivery.failure == FailurePolicy::Reload {
        let message = format!(
            "`--fail-policy reload` needs Istio {} or newer (Envoy 1.33)",
            Version::FAILURE_POLICY
        );
        complaints.push(Complaint::new(message).help("older proxies know `open` and `closed`"));
    }
}

/// Names of gateways that cannot be any.
pub(super) fn check_gateways(gateways: &[String], complaints: &mut Vec<Complaint>) {
    let is_name = |part: &str| !part.is_empty() && !part.contains('/');
    for gateway in gateways {
        let parts = gateway.split_once('/');
        if !parts.is_some_and(|(namespace, name)| is_name(namespace) && is_name(name)) {
            let message = format!("`--gateway`: expected `NAMESPACE/NAME`, found `{gateway}`");
            let help = "of the Gateway object: `istio-system/public`";
            complaints.push(Complaint::new(message).help(help));
        }
    }
}

impl From<FailPolicy> for FailurePolicy {
    fn from(policy: FailPolicy) -> Self {
        match policy {
            FailPolicy::Open => Self::Open,
            FailPolicy::Closed => Self::Closed,
            FailPolicy::Reload => Self::Reload,
        }
    }
}

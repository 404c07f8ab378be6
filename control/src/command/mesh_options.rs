//! The options that say what the objects of a mesh are made of besides a Release: the operator's, not its author's.

use clap::ValueEnum;
use clap::builder::PossibleValue;
use document::report::Message;
use istio::render::mesh_options::{MeshOptions, Naming};
use istio::render::mode::Mode;
use istio::render::{Delivery, FailurePolicy, Modules, mesh};
use istio::version::Version;

use super::namespace::is_label;
use super::options::noted;

/// What happens to requests after the module failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FailPolicy {
    /// Send them to stable (default)
    Open,
    /// Answer with 503
    Closed,
    /// Restart the module, at most once a second; answer with 503 meanwhile
    Reload,
}

/// The options, as given.
#[derive(Clone, Debug, Default, PartialEq, Eq, clap::Args)]
pub struct MeshArgs {
    /// What to do with requests after the module failed
    #[arg(long, value_enum, value_name = "POLICY")]
    pub fail_policy: Option<FailPolicy>,
    /// Pass every request to the filter, so that it counts all of them. By default, routes exclude requests that are
    /// certain to stay on stable (`envoy` and `virtual-service`)
    #[arg(long)]
    pub no_gate: bool,
    /// The version of Istio, such as `1.24`: selects the route mode if --route does not
    #[arg(long, value_name = "VERSION", help_heading = "For a mesh")]
    pub istio: Option<String>,
    /// The gateway of your VirtualService that runs the filter; required if it has several
    #[arg(long, value_name = "NAMESPACE/NAME", help_heading = "For a mesh")]
    pub gateway: Vec<String>,
    /// The domain of the cluster, where it is not `cluster.local`
    #[arg(long, value_name = "DOMAIN", help_heading = "For a mesh", value_parser = domain)]
    pub cluster_domain: Option<String>,
    /// The path of the module in the file system of the proxies
    #[arg(long, value_name = "PATH", help_heading = "For a mesh")]
    pub module_file: Option<String>,
    /// The URL of the module: `https://…`, or an image `oci://HOST/REPOSITORY@sha256:HEX`
    #[arg(long, value_name = "URL", help_heading = "For a mesh")]
    pub module_url: Option<String>,
    /// Accept a --module-url or --lite-module-url with `http`: without TLS only the SHA-256 protects the proxies
    #[arg(long, help_heading = "For a mesh")]
    pub insecure_module_url: bool,
    /// The SHA-256 of the module at --module-url; for an image, of its manifest
    #[arg(long, value_name = "HEX", help_heading = "For a mesh")]
    pub module_sha256: Option<String>,
    /// The path of `serin-lite.wasm`, the module without the regex engine, used if the Release does not need it
    #[arg(long, value_name = "PATH", help_heading = "For a mesh")]
    pub lite_module_file: Option<String>,
    /// The URL of `serin-lite.wasm`
    #[arg(long, value_name = "URL", help_heading = "For a mesh")]
    pub lite_module_url: Option<String>,
    /// The SHA-256 of the module at --lite-module-url; for an image, of its manifest
    #[arg(long, value_name = "HEX", help_heading = "For a mesh")]
    pub lite_module_sha256: Option<String>,
    /// The Secret for the registry of the image; needs a WasmPlugin, and so the route mode `matcher`
    #[arg(long, value_name = "NAME", help_heading = "For a mesh")]
    pub module_pull_secret: Option<String>,
}

/// As they are stored with a Release; none where none is given: those of the last time.
pub(in crate::command) fn stored(
    route: Option<&str>,
    mesh: &MeshArgs,
    complaints: &mut Vec<Message>,
) -> Option<MeshOptions> {
    if route.is_none() && *mesh == MeshArgs::default() {
        return None;
    }
    let mode = mode(route.and_then(Mode::named), mesh.istio.as_deref(), complaints);
    let mode = mode.map(|(mode, _)| mode);
    mesh.read(mode, complaints);
    check_gateways(&mesh.gateway, complaints);
    Some(mesh.options(mode?))
}

/// The arguments that say the same.
pub(in crate::command) fn arguments(route: Option<&str>, mesh: &MeshArgs) -> Vec<String> {
    // Each field is named, so that none is forgotten.
    let MeshArgs {
        fail_policy,
        no_gate,
        istio,
        gateway,
        cluster_domain,
        module_file,
        module_url,
        insecure_module_url,
        module_sha256,
        lite_module_file,
        lite_module_url,
        lite_module_sha256,
        module_pull_secret,
    } = mesh;
    let fail_policy = fail_policy.as_ref().and_then(FailPolicy::to_possible_value);
    let texts = [
        ("--route", route),
        ("--fail-policy", fail_policy.as_ref().map(PossibleValue::get_name)),
        ("--istio", istio.as_deref()),
        ("--cluster-domain", cluster_domain.as_deref()),
        ("--module-file", module_file.as_deref()),
        ("--module-url", module_url.as_deref()),
        ("--module-sha256", module_sha256.as_deref()),
        ("--lite-module-file", lite_module_file.as_deref()),
        ("--lite-module-url", lite_module_url.as_deref()),
        ("--lite-module-sha256", lite_module_sha256.as_deref()),
        ("--module-pull-secret", module_pull_secret.as_deref()),
    ];
    let texts = texts.into_iter().filter_map(|(name, value)| Some((name, value?)));
    let gateways = gateway.iter().map(|gateway| ("--gateway", gateway.as_str()));
    let texts = texts.chain(gateways).map(|(name, value)| format!("{name}={value}"));
    let switches = [("--no-gate", *no_gate), ("--insecure-module-url", *insecure_module_url)];
    let switches =
        switches.into_iter().filter(|(_, is_on)| *is_on).map(|(name, _)| name.to_owned());
    texts.chain(switches).collect()
}

impl MeshArgs {
    /// The options, with this route mode.
    pub(super) fn options(&self, route: Mode) -> MeshOptions {
        MeshOptions {
            fail_policy: self.fail_policy.map(Into::into),
            no_gate: self.no_gate,
            istio: self.istio.clone(),
            gateway: self.gateway.clone(),
            module_file: self.module_file.clone(),
            module_url: self.module_url.clone(),
            module_sha256: self.module_sha256.clone(),
            lite_module_file: self.lite_module_file.clone(),
            lite_module_url: self.lite_module_url.clone(),
            lite_module_sha256: self.lite_module_sha256.clone(),
            module_pull_secret: self.module_pull_secret.clone(),
            ..MeshOptions::new(route)
        }
    }

    /// What the objects are made of; none, and what is wrong, where something is.
    pub(super) fn read(
        &self,
        mode: Option<Mode>,
        complaints: &mut Vec<Message>,
    ) -> Option<mesh::Options> {
        // What is wrong with the version of the mesh was said where the mode was read.
        let route = mode.unwrap_or(Mode::Matcher);
        let options = MeshOptions {
            istio: self.istio.clone().filter(|_| mode.is_some()),
            ..self.options(route)
        };
        complaints.extend(options.unsafe_urls(Naming::Flags, self.insecure_module_url));
        let options = options.options(Naming::Flags);
        options.map_err(|faults| complaints.extend(faults)).ok().filter(|_| mode.is_some())
    }

    /// These modules, and what happens after one failed.
    pub(super) fn delivery(&self, modules: Modules) -> Delivery {
        Delivery { modules, failure: self.fail_policy.map(Into::into).unwrap_or_default() }
    }
}

/// The route mode: as asked, as the version of the mesh can, or the default; and why, where the version picked it.
pub(super) fn mode(
    asked: Option<Mode>,
    istio: Option<&str>,
    complaints: &mut Vec<Message>,
) -> Option<(Mode, Option<String>)> {
    let Some(version) = istio else {
        return Some((asked.unwrap_or(Mode::Matcher), None));
    };
    let version = noted(read_version(version), complaints)?;
    match asked {
        Some(mode) => mode.check(version).map(|()| (mode, None)),
        None => Mode::best(version).map(|(mode, reason)| (mode, Some(reason))),
    }
    .map_err(|(message, help)| complaints.push(Message::new(message).help(help)))
    .ok()
}

fn read_version(text: &str) -> Result<Version, Message> {
    text.parse().map_err(|()| {
        let message = format!("`--istio`: expected a version of Istio, found `{text}`");
        Message::new(message).help("write it as `istioctl version` prints it: `1.24`, `1.29.1`")
    })
}

/// The domain of a cluster.
pub(super) fn domain(text: &str) -> Result<String, String> {
    if text.len() <= 200 && text.split('.').all(is_label) {
        Ok(text.to_owned())
    } else {
        Err("expected the domain of a cluster, such as `cluster.local`".to_owned())
    }
}

/// Names of gateways that cannot be any.
pub(super) fn check_gateways(gateways: &[String], complaints: &mut Vec<Message>) {
    let is_name = |part: &str| !part.is_empty() && !part.contains('/');
    for gateway in gateways {
        let parts = gateway.split_once('/');
        if !parts.is_some_and(|(namespace, name)| is_name(namespace) && is_name(name)) {
            let message = format!("`--gateway`: expected `NAMESPACE/NAME`, found `{gateway}`");
            let help = "of the Gateway object: `istio-system/public`";
            complaints.push(Message::new(message).help(help));
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

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        mesh: MeshArgs,
        #[arg(long)]
        route: Option<String>,
    }

    #[test]
    fn arguments_say_what_they_were_made_of() {
        let mesh = MeshArgs {
            fail_policy: Some(FailPolicy::Reload),
            no_gate: true,
            istio: Some("1.29".to_owned()),
            gateway: vec!["a/b".to_owned(), "c/d".to_owned()],
            cluster_domain: Some("example".to_owned()),
            module_file: Some("/a".to_owned()),
            module_url: Some("http://a".to_owned()),
            insecure_module_url: true,
            module_sha256: Some("00".to_owned()),
            lite_module_file: Some("/b".to_owned()),
            lite_module_url: Some("http://b".to_owned()),
            lite_module_sha256: Some("11".to_owned()),
            module_pull_secret: Some("secret".to_owned()),
        };
        let arguments = arguments(Some("matcher"), &mesh);
        let line = Line::parse_from([&["serin".to_owned()], arguments.as_slice()].concat());
        assert_eq!((line.route.as_deref(), &line.mesh), (Some("matcher"), &mesh));
        let nothing = super::arguments(None, &MeshArgs::default());
        assert!(nothing.is_empty(), "{nothing:?}");
    }
}

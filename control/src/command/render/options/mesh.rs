//! The options for a mesh.

use super::super::{Args, Route};
use super::{Complaint, delivery, foreign, given, module, noted};
use crate::load::source::STDIN;
use crate::render::istio::Version;
use crate::render::mesh;
use crate::render::mode::Mode;

/// What is to be rendered for a mesh, and where it goes.
#[derive(Debug)]
pub(in super::super) struct Mesh {
    /// What it is made of.
    pub(in super::super) options: mesh::Options,
    /// The folder.
    pub(in super::super) output: String,
    /// Why this route mode, where the version picked it.
    pub(in super::super) reason: Option<String>,
    /// Whether proxies fetch the module.
    pub(in super::super) is_remote: bool,
}

/// The route mode: as asked, as the version of the mesh can, or the default; and why, where the version picked it.
pub(super) fn mode(args: &Args, complaints: &mut Vec<Complaint>) -> Option<(Mode, Option<String>)> {
    let asked = match args.route {
        Some(Route::Matcher) => Some(Mode::Matcher),
        Some(Route::VirtualService) => Some(Mode::VirtualService),
        Some(Route::ClusterHeader) => Some(Mode::ClusterHeader),
        Some(Route::Envoy) | None => None,
    };
    let Some(version) = &args.istio else {
        return Some((asked.unwrap_or(Mode::Matcher), None));
    };
    let version = noted(read_version(version), complaints)?;
    let (mode, reason) = match asked {
        Some(mode) => mode.check(version).map(|()| (mode, None)),
        None => Mode::best(version).map(|(mode, reason)| (mode, Some(reason))),
    }
    .map_err(|(message, help)| complaints.push(Complaint::new(message).help(help)))
    .ok()?;
    Some((mode, reason))
}

fn read_version(text: &str) -> Result<Version, Complaint> {
    text.parse().map_err(|()| {
        let message = format!("`--istio`: expected a version of Istio, found `{text}`");
        Complaint::new(message).help("as `istioctl version` says it: `1.24`, `1.29.1`")
    })
}

pub(super) fn read(
    args: &Args,
    mode: Option<(Mode, Option<String>)>,
    complaints: &mut Vec<Complaint>,
) -> Option<Mesh> {
    let help = "a mesh has these of its own; the module: `--module-file` or `--module-url`";
    foreign(&given::of_envoy(args), "is for `--route envoy`", Some(help), complaints);
    check_into(args, complaints);
    let output = args.output.clone().unwrap_or_default();
    if output == STDIN {
        let complaint = Complaint::new("`--output`: expected a folder, found `-`");
        complaints
            .push(complaint.help("there are several files, to be applied one after the other"));
    }
    let module = match (&args.module_file, &args.module_url) {
        (Some(path), None) => noted(module::file(path, args.module_sha256.as_ref()), complaints),
        (None, Some(url)) => module::remote(url, args.module_sha256.as_ref(), complaints),
        (found, _) => {
            let found = if found.is_some() { "both" } else { "neither" };
            let message = format!(
                "expected one of `--module-file PATH` and `--module-url URL`, found {found}"
            );
            complaints
                .push(Complaint::new(message).help("where do the proxies get the module from?"));
            None
        }
    };
    let (mode, reason) = mode?;
    let istio = args.istio.as_ref().and_then(|text| text.parse().ok());
    let pull_secret = pull_secret(args, mode, complaints);
    let options = mesh::Options { mode, istio, delivery: delivery(args, module?), pull_secret };
    check_failure(&options, complaints);
    Some(Mesh { options, output, reason, is_remote: args.module_url.is_some() })
}

/// The Secret of a registry. Only a WasmPlugin can name one, and its filter cannot be switched off.
fn pull_secret(args: &Args, mode: Mode, complaints: &mut Vec<Complaint>) -> Option<String> {
    let name = args.module_pull_secret.as_ref()?;
    if !args.module_url.as_deref().is_some_and(module::is_image) {
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

/// A fail policy that the mesh does not know.
fn check_failure(options: &mesh::Options, complaints: &mut Vec<Complaint>) {
    let is_old = options.istio.is_some_and(|version| version < Version::FAILURE_POLICY);
    if is_old && options.delivery.failure == crate::render::FailurePolicy::Reload {
        let message = format!(
            "`--fail-policy reload` needs Istio {} or newer (Envoy 1.33)",
            Version::FAILURE_POLICY
        );
        complaints.push(Complaint::new(message).help("older proxies know `open` and `closed`"));
    }
}

fn check_into(args: &Args, complaints: &mut Vec<Complaint>) {
    for (position, file) in args.into.iter().enumerate() {
        if file == STDIN {
            let complaint = Complaint::new("`--into`: expected a file, found `-`");
            complaints.push(complaint.help("it is changed in place"));
        } else if args.into[..position].contains(file) {
            complaints.push(Complaint::new(format!("`--into {file}` is given twice")));
        }
    }
    if args.into.is_empty() && !args.gateway.is_empty() {
        let complaint = Complaint::new("`--gateway` is for files of `--into`");
        complaints
            .push(complaint.help("which proxies are a gateway is said by `attach` of the Release"));
    }
    for gateway in &args.gateway {
        let is_name = |part: &str| !part.is_empty() && !part.contains('/');
        if !gateway
            .split_once('/')
            .is_some_and(|(namespace, name)| is_name(namespace) && is_name(name))
        {
            let message = format!("`--gateway`: expected `NAMESPACE/NAME`, found `{gateway}`");
            complaints
                .push(Complaint::new(message).help("of the Gateway object: `istio-system/public`"));
        }
    }
}

/// Complains about everything that has no meaning beside `--undo`.
pub(super) fn undo(args: &Args, complaints: &mut Vec<Complaint>) {
    let general = [
        ("--route", args.route.is_some()),
        ("--output", args.output.is_some()),
        ("--fail-policy", args.fail_policy.is_some()),
    ];
    let mesh = [("--istio", args.istio.is_some()), ("--gateway", !args.gateway.is_empty())];
    let others =
        [general.as_slice(), &given::of_envoy(args), &mesh, &given::of_module(args)].concat();
    foreign(&others, "means nothing with `--undo`", None, complaints);
    check_into(args, complaints);
}

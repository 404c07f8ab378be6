//! The options for a mesh.

use document::load::source::STDIN;
use istio::render::mesh;
use istio::render::mode::Mode;

use super::super::super::mesh_options;
use super::super::{Args, Route};
use super::{Message, foreign, given};

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
pub(super) fn mode(args: &Args, complaints: &mut Vec<Message>) -> Option<(Mode, Option<String>)> {
    let asked = match args.route {
        Some(Route::Matcher) => Some(Mode::Matcher),
        Some(Route::VirtualService) => Some(Mode::VirtualService),
        Some(Route::ClusterHeader) => Some(Mode::ClusterHeader),
        Some(Route::Envoy) | None => None,
    };
    mesh_options::mode(asked, args.mesh.istio.as_deref(), complaints)
}

pub(super) fn read(
    args: &Args,
    mode: Option<(Mode, Option<String>)>,
    complaints: &mut Vec<Message>,
) -> Option<Mesh> {
    let help = "a mesh has its own; name the module with `--module-file` or `--module-url`";
    foreign(&given::of_envoy(args), "is for `--route envoy`", Some(help), complaints);
    check_into(args, complaints);
    let output = args.output.clone().unwrap_or_default();
    let (mode, reason) = match mode {
        Some((mode, reason)) => (Some(mode), reason),
        None => (None, None),
    };
    let options = args.mesh.read(mode, complaints)?;
    let is_remote = args.mesh.module_url.is_some() || args.mesh.lite_module_url.is_some();
    Some(Mesh { options, output, reason, is_remote })
}

fn check_into(args: &Args, complaints: &mut Vec<Message>) {
    for (position, file) in args.into.iter().enumerate() {
        if file == STDIN {
            let complaint = Message::new("`--into`: expected a file, found `-`");
            complaints.push(complaint.help("it is changed in place"));
        } else if args.into[..position].contains(file) {
            complaints.push(Message::new(format!("`--into {file}` is given twice")));
        }
    }
    if args.into.is_empty() && !args.mesh.gateway.is_empty() {
        let complaint = Message::new("`--gateway` is for files of `--into`");
        complaints.push(complaint.help("`attach` of the Release selects the pods of gateways"));
    }
    mesh_options::check_gateways(&args.mesh.gateway, complaints);
}

/// Complains about everything that has no meaning beside `--undo`.
pub(super) fn undo(args: &Args, complaints: &mut Vec<Message>) {
    let general = [
        ("--route", args.route.is_some()),
        ("--output", args.output.is_some()),
        ("--fail-policy", args.mesh.fail_policy.is_some()),
        ("--no-gate", args.mesh.no_gate),
    ];
    let mesh =
        [("--istio", args.mesh.istio.is_some()), ("--gateway", !args.mesh.gateway.is_empty())];
    let others =
        [general.as_slice(), &given::of_envoy(args), &mesh, &given::of_module(args)].concat();
    foreign(&others, "cannot be used with `--undo`", None, complaints);
    check_into(args, complaints);
}

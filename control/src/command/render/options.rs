//! The options of `serin render`, checked all in one pass against the route mode and the Release.

mod given;
mod mesh;

use std::path::Path;

use document::load::source::STDIN;
use document::report::Message;
use policy::Policy;
use policy::config;
use policy::spec::suggest;

use istio::decision_header;
use istio::render::cluster::Endpoint;
use istio::render::mode::Mode;
use istio::render::{Module, Modules, bootstrap};

use super::super::files;
use super::super::options::{noted, required};
use super::{Args, Carrier, Route, endpoint};

pub(super) use mesh::Mesh;

/// What is to be done.
#[derive(Debug)]
pub(super) enum Options {
    /// A bootstrap, and where it goes.
    Envoy(Box<bootstrap::Options>, String),
    /// Objects of a mesh.
    Mesh(Mesh),
    /// The Release is taken out of the files of `--into`.
    Undo,
}

/// The options, as far as they were understood.
#[derive(Debug)]
pub(super) struct Read {
    /// What is to be done; none where something is wrong.
    pub(super) options: Option<Options>,
    /// How files of `--into` are to be woven; none where they are not.
    pub(super) into: Option<Mode>,
    /// What is wrong.
    pub(super) complaints: Vec<Message>,
}

/// Reads the options; of a Release that is not well nothing is known that they could be checked against.
pub(super) fn read(args: &Args, policy: Option<&Policy>) -> Read {
    let mut complaints = Vec::new();
    let mut into = None;
    if let Some(place) = args.output.as_deref().filter(|place| files::is_format(place)) {
        let message = format!("`--output {place}`: expected a path; `render` always writes YAML");
        let help =
            format!("`--output -` writes to standard output, `--output ./{place}` to that path");
        complaints.push(Message::new(message).help(help));
    }
    let options = if args.undo {
        mesh::undo(args, &mut complaints);
        Some(Options::Undo)
    } else if args.route == Some(Route::Envoy) {
        envoy(args, policy, &mut complaints)
            .map(|(options, output)| Options::Envoy(Box::new(options), output))
    } else {
        let mode = mesh::mode(args, &mut complaints);
        into = mode.as_ref().map(|(mode, _)| *mode).filter(|_| !args.into.is_empty());
        mesh::read(args, mode, &mut complaints).map(Options::Mesh)
    };
    Read { options: options.filter(|_| complaints.is_empty()), into, complaints }
}

fn envoy(
    args: &Args,
    policy: Option<&Policy>,
    complaints: &mut Vec<Message>,
) -> Option<(bootstrap::Options, String)> {
    let for_mesh = "is for a mesh";
    let help = "with `--route envoy` use `--module PATH`";
    foreign(&given::of_module(args), for_mesh, Some(help), complaints);
    let others = [
        ("--istio", args.mesh.istio.is_some()),
        ("--into", !args.into.is_empty()),
        ("--gateway", !args.mesh.gateway.is_empty()),
    ];
    foreign(&others, for_mesh, None, complaints);
    let output = args.output.clone().unwrap_or_default();
    check_files(args, &output, complaints);
    let full = match &args.lite_module {
        Some(_) => args.module.as_ref(),
        None => required("--module", "PATH", args.module.as_ref(), complaints),
    };
    let file = |path: &String| Module::File(path.clone());
    let modules = Modules::of(full.map(file), args.lite_module.as_ref().map(file));
    let listen = required("--listen", "ADDR:PORT", args.listen.as_ref(), complaints);
    let listen = listen.and_then(|text| noted(endpoint::socket("--listen", text), complaints));
    let admin = args.admin.as_ref();
    let admin = admin.and_then(|text| noted(endpoint::socket("--admin", text), complaints));
    let upstreams = upstreams(args, policy, complaints);
    let options = bootstrap::Options {
        listen: listen?,
        admin,
        upstreams,
        carrier: match args.carrier {
            None | Some(Carrier::FilterState) => config::Carrier::FilterState,
            Some(Carrier::Header) => decision_header::subset_carrier(policy?),
        },
        delivery: args.mesh.delivery(modules?),
        ecds: args.ecds.clone(),
        gate: !args.mesh.no_gate,
    };
    Some((options, output))
}

/// Envoy reads a file as what its name ends in.
fn check_files(args: &Args, output: &String, complaints: &mut Vec<Message>) {
    let is_yaml = |name: &str| {
        let ending = Path::new(name).extension();
        ending.is_some_and(|ending| ending == "yaml" || ending == "yml")
    };
    let files =
        [("--output", Some(output).filter(|name| *name != STDIN)), ("--ecds", args.ecds.as_ref())];
    for (option, name) in files {
        if let Some(name) = name.filter(|name| !is_yaml(name)) {
            let message = format!(
                "`{option}`: expected a file that ends in `.yaml` or `.yml`, found `{name}`"
            );
            complaints
                .push(Message::new(message).help("Envoy chooses the parser by the extension"));
        }
    }
    if args.ecds.as_ref() == Some(output) {
        let message = format!("`--output` and `--ecds` are the same file, `{output}`");
        complaints.push(Message::new(message));
    }
}

/// The endpoints of each subset, in the order of the subsets.
fn upstreams(
    args: &Args,
    policy: Option<&Policy>,
    complaints: &mut Vec<Message>,
) -> Vec<Vec<Endpoint>> {
    let names: Vec<&str> = policy
        .map(|policy| policy.subsets().iter().map(|subset| subset.name.as_str()).collect())
        .unwrap_or_default();
    let mut upstreams = vec![Vec::new(); names.len()];
    // A subset whose address could not be read was meant to have one.
    let mut unread: Vec<&str> = Vec::new();
    for text in &args.upstream {
        let (subset, endpoint) = match endpoint::upstream(text) {
            Ok(read) => read,
            Err(complaint) => {
                complaints.push(complaint);
                unread.extend(text.split('=').next());
                continue;
            }
        };
        match names.iter().position(|name| *name == subset) {
            Some(position) if upstreams[position].contains(&endpoint) => {
                complaints.push(Message::new(format!("`--upstream {text}` is given twice")));
            }
            Some(position) => upstreams[position].push(endpoint),
            None if policy.is_none() => {}
            None => {
                let message = format!("`--upstream {text}`: the Release has no subset `{subset}`");
                complaints.push(Message::new(message).help(suggest(subset, &names)));
            }
        }
    }
    for (name, endpoints) in names.iter().zip(&upstreams) {
        if endpoints.windows(2).any(|pair| pair[0].is_http2 != pair[1].is_http2) {
            let message =
                format!("the subset `{name}` has an `--upstream` with `,h2` and one without");
            let help = "all endpoints of a subset speak the same protocol";
            complaints.push(Message::new(message).help(help));
        }
        if endpoints.is_empty() && !unread.contains(name) {
            let message = format!("the subset `{name}` has no `--upstream`");
            complaints.push(Message::new(message).help(format!("`--upstream {name}=ADDR:PORT`")));
        }
    }
    upstreams
}

/// A complaint about each option that is given but out of place, and `why` it is.
fn foreign(options: &[(&str, bool)], why: &str, help: Option<&str>, complaints: &mut Vec<Message>) {
    for (option, _) in options.iter().filter(|(_, is_given)| *is_given) {
        complaints.push(Message::new(format!("`{option}` {why}")).maybe_help(help));
    }
}

#[cfg(test)]
mod tests;

//! The options of `serin render`, checked all in one pass against the route mode and the Release.

use std::path::Path;

use policy::Policy;
use policy::config;
use policy::spec::suggest;

use crate::load::source::STDIN;
use crate::render::cluster::Endpoint;
use crate::render::{Delivery, Module, bootstrap};

use super::{Args, Carrier, Route, endpoint};

/// Something wrong with the options.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Complaint {
    /// What was found, what was expected.
    pub(super) message: String,
    /// What to do about it.
    pub(super) help: Option<String>,
}

impl Complaint {
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), help: None }
    }

    pub(super) fn help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }
}

/// What is to be rendered.
#[derive(Debug)]
pub(super) enum Options {
    /// A bootstrap.
    Envoy(Box<bootstrap::Options>),
    /// Objects of a mesh.
    Matcher(Delivery),
}

/// Reads the options; of a Release that is not well nothing is known that they could be checked against.
pub(super) fn read(args: &Args, policy: Option<&Policy>) -> (Option<Options>, Vec<Complaint>) {
    let mut complaints = Vec::new();
    let options = match args.route {
        Route::Envoy => {
            envoy(args, policy, &mut complaints).map(|options| Options::Envoy(Box::new(options)))
        }
        Route::Matcher => matcher(args, &mut complaints).map(Options::Matcher),
    };
    (options.filter(|_| complaints.is_empty()), complaints)
}

fn envoy(
    args: &Args,
    policy: Option<&Policy>,
    complaints: &mut Vec<Complaint>,
) -> Option<bootstrap::Options> {
    let others = [
        ("--module-file", args.module_file.is_some()),
        ("--module-url", args.module_url.is_some()),
        ("--module-sha256", args.module_sha256.is_some()),
    ];
    foreign(
        &others,
        "matcher",
        "with `--route envoy` the module is named by `--module PATH`",
        complaints,
    );
    check_files(args, complaints);
    let module = required("--module", "PATH", args.module.as_ref(), complaints);
    let listen = required("--listen", "ADDR:PORT", args.listen.as_ref(), complaints);
    let listen = listen.and_then(|text| noted(endpoint::socket("--listen", text), complaints));
    let admin = args.admin.as_ref();
    let admin = admin.and_then(|text| noted(endpoint::socket("--admin", text), complaints));
    let upstreams = upstreams(args, policy, complaints);
    Some(bootstrap::Options {
        listen: listen?,
        admin,
        upstreams,
        carrier: match args.carrier {
            None | Some(Carrier::FilterState) => config::Carrier::FilterState,
            Some(Carrier::Header) => config::Carrier::Header,
        },
        delivery: delivery(args, Module::File(module?.clone())),
        ecds: args.ecds.clone(),
    })
}

/// Envoy reads a file as what its name ends in.
fn check_files(args: &Args, complaints: &mut Vec<Complaint>) {
    let is_yaml = |name: &str| {
        let ending = Path::new(name).extension();
        ending.is_some_and(|ending| ending == "yaml" || ending == "yml")
    };
    let files = [
        ("--output", Some(&args.output).filter(|name| *name != STDIN)),
        ("--ecds", args.ecds.as_ref()),
    ];
    for (option, name) in files {
        if let Some(name) = name.filter(|name| !is_yaml(name)) {
            let message = format!(
                "`{option}`: expected a file that ends in `.yaml` or `.yml`, found `{name}`"
            );
            complaints.push(Complaint::new(message).help("Envoy goes by the ending"));
        }
    }
    if args.ecds.as_ref() == Some(&args.output) {
        complaints.push(Complaint::new(format!(
            "`--output` and `--ecds` are the same file, `{}`",
            args.output
        )));
    }
}

/// The endpoints of each subset, in the order of the subsets.
fn upstreams(
    args: &Args,
    policy: Option<&Policy>,
    complaints: &mut Vec<Complaint>,
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
                complaints.push(Complaint::new(format!("`--upstream {text}` is given twice")));
            }
            Some(position) => upstreams[position].push(endpoint),
            None if policy.is_none() => {}
            None => {
                let message = format!("`--upstream {text}`: there is no subset `{subset}`");
                complaints.push(Complaint::new(message).help(suggest(subset, &names)));
            }
        }
    }
    for (name, endpoints) in names.iter().zip(&upstreams) {
        if endpoints.is_empty() && !unread.contains(name) {
            let message = format!("the subset `{name}` has no `--upstream`");
            complaints.push(Complaint::new(message).help(format!("`--upstream {name}=ADDR:PORT`")));
        }
    }
    upstreams
}

fn matcher(args: &Args, complaints: &mut Vec<Complaint>) -> Option<Delivery> {
    let others = [
        ("--module", args.module.is_some()),
        ("--listen", args.listen.is_some()),
        ("--upstream", !args.upstream.is_empty()),
        ("--admin", args.admin.is_some()),
        ("--carrier", args.carrier.is_some()),
        ("--ecds", args.ecds.is_some()),
    ];
    foreign(
        &others,
        "envoy",
        "a mesh has these of its own; the module: `--module-file` or `--module-url`",
        complaints,
    );
    if args.output == STDIN {
        let complaint = Complaint::new("`--output`: expected a folder, found `-`");
        complaints
            .push(complaint.help("there are several files, to be applied one after the other"));
    }
    let module = match (&args.module_file, &args.module_url) {
        (Some(path), None) => noted(module_file(path, args.module_sha256.as_ref()), complaints),
        (None, Some(url)) => remote(url, args.module_sha256.as_ref(), complaints),
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
    module.map(|module| delivery(args, module))
}

fn module_file(path: &str, sha256: Option<&String>) -> Result<Module, Complaint> {
    if sha256.is_some() {
        let complaint =
            Complaint::new("`--module-sha256` is for a module that is fetched, by `--module-url`");
        return Err(complaint.help("proxies do not check the digest of a file"));
    }
    if !path.starts_with('/') {
        let message =
            format!("`--module-file`: expected a path that begins with `/`, found `{path}`");
        return Err(Complaint::new(message)
            .help("where it is in the proxies: `/var/local/serin/serin.wasm`"));
    }
    Ok(Module::File(path.to_owned()))
}

fn remote(url: &str, sha256: Option<&String>, complaints: &mut Vec<Complaint>) -> Option<Module> {
    let sha256 = required("--module-sha256", "HEX", sha256, complaints)
        .and_then(|text| noted(read_sha256(text), complaints));
    let url = noted(read_url(url), complaints);
    Some(Module::Remote { url: url?, sha256: sha256? })
}

fn read_sha256(text: &str) -> Result<String, Complaint> {
    if text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Ok(text.to_ascii_lowercase());
    }
    let message = format!("`--module-sha256`: expected 64 hexadecimal digits, found `{text}`");
    Err(Complaint::new(message).help("`sha256sum serin.wasm` prints them"))
}

fn read_url(url: &str) -> Result<String, Complaint> {
    let bad = |help: &str| {
        let message = format!("`--module-url`: expected `https://…` or `http://…`, found `{url}`");
        Err(Complaint::new(message).help(help))
    };
    let Some((scheme, rest)) = url.split_once("://") else {
        return bad("a file in the proxies is named by `--module-file PATH`");
    };
    let is_host = !rest.is_empty() && !rest.starts_with(['/', ':', '?', '#']);
    match scheme {
        "https" | "http" if is_host && url.bytes().all(|b| b.is_ascii_graphic()) => {
            Ok(url.to_owned())
        }
        "oci" => bad("images are for a later version: serve the module by https"),
        "file" => bad("a file in the proxies is named by `--module-file PATH`"),
        _ => bad("`https://example.com/serin.wasm`"),
    }
}

fn delivery(args: &Args, module: Module) -> Delivery {
    Delivery { module, failure: args.fail_policy.map(Into::into).unwrap_or_default() }
}

/// A complaint about each option that is given but belongs to another route mode.
fn foreign(options: &[(&str, bool)], mode: &str, help: &str, complaints: &mut Vec<Complaint>) {
    for (option, _) in options.iter().filter(|(_, is_given)| *is_given) {
        complaints.push(Complaint::new(format!("`{option}` is for `--route {mode}`")).help(help));
    }
}

fn required<'a>(
    option: &str,
    value: &str,
    given: Option<&'a String>,
    complaints: &mut Vec<Complaint>,
) -> Option<&'a String> {
    let given = given.filter(|given| !given.is_empty());
    if given.is_none() {
        complaints.push(Complaint::new(format!("`{option} {value}` is missing")));
    }
    given
}

/// The value, or none and a complaint more.
fn noted<T>(read: Result<T, Complaint>, complaints: &mut Vec<Complaint>) -> Option<T> {
    read.map_err(|complaint| complaints.push(complaint)).ok()
}

#[cfg(test)]
mod tests;

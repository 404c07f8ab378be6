//! `serin install`: what a cluster needs to run the controller.

use std::net::Ipv6Addr;

use anyhow::Context;
use clap::ValueEnum as _;
use clap::builder::PossibleValuesParser;
use document::report::{Console, Data, Message};
use istio::render::mode::Mode;
use rollout::drive::lease::NAMESPACE;
use rollout::install::{ISTIO_NAMESPACE, Installation};
use serde_json::{Value, json};

use super::mesh_options::{self, MeshArgs};
use super::metrics::{MetricsArgs, SeriesArg, Source};
use super::{namespace, number};
use crate::exit::{self, Exit};
use crate::help;

const EXAMPLES: &str = "\
Examples:
  serin install --image registry.example.com/serin-controller:0.1.0 |
    kubectl apply --server-side -f -
  serin install --image … --module-url https://… --module-sha256 HEX

Prints the CRD and its policy, the controller's namespace, ServiceAccount and RBAC with the rights that it needs, a Deployment of two \
replicas with a PodDisruptionBudget, and a Service with its metrics. To update, apply it again with the new version of \
serin. Without the options of a module, a Release that was applied with kubectl waits for `serin apply`.

With -o json the output is a List. The image has no default: it is the one that you pushed to your registry. `serin uninstall` removes the controller.";

/// The arguments.
#[derive(Debug, clap::Args)]
#[command(after_help = help::after(EXAMPLES, &exit::PRINTS))]
pub struct Args {
    /// The container image of the controller
    #[arg(long, value_name = "IMAGE", value_parser = image)]
    pub image: String,
    /// The namespace of the controller, which it has for itself
    #[arg(long, short, value_name = "NAMESPACE", default_value = NAMESPACE, value_parser = namespace::own)]
    pub namespace: String,
    /// How many controllers run; one of them acts
    #[arg(long, value_name = "NUMBER", default_value_t = 2)]
    #[arg(value_parser = number::within::<u16>(1..=10), allow_negative_numbers = true)]
    pub replicas: u16,
    /// The namespace of istiod, which knows whether proxies have what was applied
    #[arg(long, value_name = "NAMESPACE", default_value = ISTIO_NAMESPACE, value_parser = namespace::name)]
    pub istio_namespace: String,
    /// The route mode of Releases that were applied with kubectl, as of `serin apply`
    #[arg(long, value_name = "ROUTE", hide_possible_values = true, help_heading = "For a mesh")]
    #[arg(value_parser = PossibleValuesParser::new(Mode::ALL.map(Mode::name)))]
    pub route: Option<String>,
    /// What the mesh objects of Releases that were applied with kubectl are made of.
    #[command(flatten)]
    pub mesh: MeshArgs,
    /// The URL of the Prometheus that the controller asks about candidates [default: it asks the proxies]
    #[arg(long, value_name = "URL", help_heading = "Prometheus")]
    pub prometheus: Option<String>,
    /// Whose series to read: istio (default), envoy or endpoints
    #[arg(long, value_enum, value_name = "SERIES", hide_possible_values = true)]
    #[arg(requires = "prometheus", help_heading = "Prometheus")]
    pub series: Option<SeriesArg>,
    /// Leave out the `ValidatingAdmissionPolicy` and its binding, as `serin crd --no-policy` does
    #[arg(long)]
    pub no_policy: bool,
    /// Output format: yaml or json
    #[arg(long, short = 'o', visible_alias = "output", value_enum, default_value_t = Data::Yaml)]
    #[arg(hide_possible_values = true)]
    pub format: Data,
}

/// Prints the objects.
///
/// # Errors
/// When standard output cannot be written.
pub fn run(args: &Args, console: &mut Console) -> anyhow::Result<Exit> {
    // The controller would refuse what is refused here.
    let mut complaints: Vec<Message> = Vec::new();
    mesh_options::stored(args.route.as_deref(), &args.mesh, &mut complaints);
    let metrics = MetricsArgs {
        prometheus: args.prometheus.clone(),
        series: args.series,
        ..MetricsArgs::default()
    };
    complaints.extend(Source::read(&metrics).err());
    for complaint in &complaints {
        console.fail(complaint);
    }
    if !complaints.is_empty() {
        return Ok(Exit::USAGE);
    }
    let mut arguments = mesh_options::arguments(args.route.as_deref(), &args.mesh);
    arguments.extend(args.prometheus.iter().map(|url| format!("--prometheus={}", url.trim())));
    let series = args.series.and_then(|series| series.to_possible_value());
    arguments.extend(series.map(|series| format!("--series={}", series.get_name())));
    let installation = Installation {
        namespace: args.namespace.clone(),
        istio_namespace: args.istio_namespace.clone(),
        image: args.image.clone(),
        replicas: args.replicas,
        policy: !args.no_policy,
        arguments,
    };
    let text = written(&installation.objects()?, args.format)?;
    console.print(&text).context("cannot write to standard output")?;
    Ok(Exit::OK)
}

/// One document for each object; as JSON one for all, as `kubectl get` has it.
fn written(objects: &[Value], format: Data) -> serde_json::Result<String> {
    match format {
        Data::Yaml => objects.iter().map(|object| format.one_of_many(object)).collect(),
        Data::Json => {
            format.document(&json!({ "apiVersion": "v1", "kind": "List", "items": objects }))
        }
    }
}

/// An image, as a container runtime is told of it: `[HOST[:PORT]/]PATH[:TAG][@sha256:HEX]`
/// (github.com/distribution/reference).
fn image(text: &str) -> Result<String, &'static str> {
    let expected = "expected an image, such as `registry.example.com/serin-controller:0.1.0`";
    let (named, digest) = match text.split_once('@') {
        Some((named, digest)) => (named, Some(digest)),
        None => (text, None),
    };
    let hex = |digest: &str| {
        digest.strip_prefix("sha256:").is_some_and(|hex| {
            hex.len() == 64 && hex.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
        })
    };
    // A tag is after the last slash; a colon before it is that of a port.
    let (path, last) =
        named.rsplit_once('/').map_or((None, named), |(path, last)| (Some(path), last));
    let (last, tag) = match last.split_once(':') {
        Some((last, tag)) => (last, Some(tag)),
        None => (last, None),
    };
    let mut parts: Vec<&str> = path.into_iter().flat_map(|path| path.split('/')).collect();
    // As container runtimes do it: the first part is a host where it cannot be a part of a path.
    let is_host_like = |part: &&str| part.contains(['.', ':']) || *part == "localhost";
    let host = parts.first().copied().filter(is_host_like);
    if host.is_some() {
        parts.remove(0);
    }
    parts.push(last);
    let is_image = text.len() <= 255
        && digest.is_none_or(hex)
        && tag.is_none_or(is_tag)
        && host.is_none_or(is_host)
        && parts.iter().all(|part| is_path(part));
    if is_image { Ok(text.to_owned()) } else { Err(expected) }
}

fn is_tag(tag: &str) -> bool {
    let is_inner = |b: u8| b.is_ascii_alphanumeric() || b"_.-".contains(&b);
    (1..=128).contains(&tag.len()) && tag.bytes().all(is_inner) && !tag.starts_with(['.', '-'])
}

fn is_path(part: &str) -> bool {
    let is_plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    let bytes = part.as_bytes();
    bytes.iter().all(|b| is_plain(*b) || b"._-".contains(b))
        && bytes.first().is_some_and(|b| is_plain(*b))
        && bytes.last().is_some_and(|b| is_plain(*b))
}

fn is_host(text: &str) -> bool {
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ => (text, None),
    };
    let is_name = |host: &str| {
        !host.is_empty() && host.bytes().all(|b| b.is_ascii_alphanumeric() || b".-".contains(&b))
    };
    let address = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    let is_address = address.is_some_and(|host| host.parse::<Ipv6Addr>().is_ok());
    port.is_none_or(|port| port.parse::<u16>().is_ok()) && (is_address || is_name(host))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_is_what_a_container_runtime_takes() {
        let digest = format!("r.example.com/a/b@sha256:{}", "0f".repeat(32));
        for good in [
            "serin",
            "serin:1",
            "[::1]:5000/serin:0.1.0",
            "localhost/a",
            "r.example.com:5000/a_b/c-d:v1",
            &digest,
        ] {
            assert!(image(good).is_ok(), "{good}");
        }
        let long = "a".repeat(300);
        for bad in [
            "",
            "-serin",
            "a b",
            "a$(B)",
            "a\nb",
            ":1",
            "https://r.example.com/x",
            "u:p@r.example.com/x",
            "A",
            "x:",
            "x@",
            "x/",
            "x:y:z",
            "r/x@sha256:abc",
            "r.example.com:99999/x",
            "/x",
            &long,
        ] {
            assert!(image(bad).is_err(), "{bad:?}");
        }
    }
}

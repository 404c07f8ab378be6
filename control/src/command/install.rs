//! `serin install`: what a cluster needs to run the controller.

use anyhow::Context;
use clap::builder::PossibleValuesParser;
use document::report::{Console, Data, Message};
use istio::render::mode::Mode;
use rollout::drive::lease::NAMESPACE;
use rollout::install::{ISTIO_NAMESPACE, Installation};
use serde_json::{Value, json};

use super::mesh_options::{self, MeshArgs};
use super::number;
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
    #[arg(long, short, value_name = "NAMESPACE", default_value = NAMESPACE, value_parser = namespace)]
    pub namespace: String,
    /// How many controllers run; one of them acts
    #[arg(long, value_name = "NUMBER", default_value_t = 2)]
    #[arg(value_parser = number::within::<u16>(1..=10), allow_negative_numbers = true)]
    pub replicas: u16,
    /// The namespace of istiod, which knows whether proxies have what was applied
    #[arg(long, value_name = "NAMESPACE", default_value = ISTIO_NAMESPACE, value_parser = name)]
    pub istio_namespace: String,
    /// The route mode of Releases that were applied with kubectl, as of `serin apply`
    #[arg(long, value_name = "ROUTE", hide_possible_values = true, help_heading = "For a mesh")]
    #[arg(value_parser = PossibleValuesParser::new(Mode::ALL.map(Mode::name)))]
    pub route: Option<String>,
    /// What the mesh objects of Releases that were applied with kubectl are made of.
    #[command(flatten)]
    pub mesh: MeshArgs,
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
    for complaint in &complaints {
        console.fail(complaint);
    }
    if !complaints.is_empty() {
        return Ok(Exit::USAGE);
    }
    let installation = Installation {
        namespace: args.namespace.clone(),
        istio_namespace: args.istio_namespace.clone(),
        image: args.image.clone(),
        replicas: args.replicas,
        policy: !args.no_policy,
        arguments: mesh_options::arguments(args.route.as_deref(), &args.mesh),
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

/// An image, as a container runtime is told of it.
fn image(text: &str) -> Result<String, &'static str> {
    let is_inner = |b: u8| b.is_ascii_alphanumeric() || b"._-/:@[]".contains(&b);
    let is_image = text.bytes().all(is_inner)
        && text.bytes().next().is_some_and(|b| b.is_ascii_alphanumeric() || b == b'[');
    let expected = "expected an image, such as `registry.example.com/serin-controller:0.1.0`";
    if is_image { Ok(text.to_owned()) } else { Err(expected) }
}

/// The name of a namespace.
pub(super) fn name(text: &str) -> Result<String, &'static str> {
    let is_inner = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    let is_name = (1..=63).contains(&text.len())
        && text.bytes().all(is_inner)
        && !text.starts_with('-')
        && !text.ends_with('-');
    if is_name { Ok(text.to_owned()) } else { Err("expected the name of a namespace") }
}

/// The name of a namespace that the controller can have for itself: uninstalling removes all of it.
fn namespace(text: &str) -> Result<String, &'static str> {
    if text == "default" || text.starts_with("kube-") || text == ISTIO_NAMESPACE {
        return Err("expected a namespace of its own, which `serin uninstall` removes");
    }
    name(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_and_namespaces_are_those_of_kubernetes() {
        for good in ["serin", "[::1]:5000/serin:0.1.0", "r.example.com/a/b@sha256:00ff"] {
            assert!(image(good).is_ok(), "{good}");
        }
        for bad in ["", "-serin", "a b", "a$(B)", "a\nb", ":1"] {
            assert!(image(bad).is_err(), "{bad:?}");
        }
        for good in ["serin-system", "a", "1"] {
            assert!(namespace(good).is_ok(), "{good}");
        }
        for bad in ["", "-a", "a-", "A", "a.b", "default", "kube-system", "istio-system"] {
            assert!(namespace(bad).is_err(), "{bad:?}");
        }
        assert!(name(ISTIO_NAMESPACE).is_ok());
    }
}

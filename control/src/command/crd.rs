//! `serin crd`: the definition by which a cluster knows Releases, and what it refuses of their status.

use anyhow::Context;
use document::report::{Console, Data};
use rollout::drive::lease::NAMESPACE;
use rollout::{admission, crd};
use serde_json::json;

use super::namespace;
use crate::exit::{self, Exit};
use crate::help;

const EXAMPLES: &str = "\
Examples:
  serin crd | kubectl apply --server-side -f -   install or update them
  serin crd > crds/release.yaml                  keep them in a repository
  kubectl explain release.spec --recursive       read it in a cluster

A cluster administrator applies the output once, before the first `serin apply`. The output depends only on the \
version of serin. The API server checks less than `serin check`, which `serin apply` runs first.

The policy needs Kubernetes 1.30. With it each verb of a rollout is a right of its own on releases.serin.dev: \
docs/rollout.md has the roles. With -o json the output is a List; with --no-policy it is the definition alone.";

/// The arguments.
#[derive(Debug, clap::Args)]
#[command(after_help = help::after(EXAMPLES, &exit::PRINTS))]
pub struct Args {
    /// Leave out the `ValidatingAdmissionPolicy` and its binding
    #[arg(long)]
    pub no_policy: bool,
    /// The namespace of the controller, as of `serin install`: the policy lets its `ServiceAccount` drive rollouts
    #[arg(long, value_name = "NAMESPACE", default_value = NAMESPACE, value_parser = namespace::name)]
    pub controller_namespace: String,
    /// Output format: yaml or json
    #[arg(long, short = 'o', visible_alias = "output", value_enum, default_value_t = Data::Yaml)]
    #[arg(hide_possible_values = true)]
    pub format: Data,
}

/// Prints the definition and the policy.
///
/// # Errors
/// When standard output cannot be written.
pub fn run(args: &Args, console: &mut Console) -> anyhow::Result<Exit> {
    let mut objects = vec![crd::definition()?];
    if !args.no_policy {
        objects.extend(admission::objects(&args.controller_namespace));
    }
    let text = match (args.format, &objects[..]) {
        (_, [definition]) => args.format.document(definition)?,
        (Data::Json, _) => {
            args.format.document(&json!({"apiVersion": "v1", "kind": "List", "items": objects}))?
        }
        (Data::Yaml, _) => {
            let documents = objects.iter().map(|object| args.format.document(object));
            documents.collect::<Result<Vec<_>, _>>()?.join("---\n")
        }
    };
    console.print(&text).context("cannot write to standard output")?;
    Ok(Exit::OK)
}

//! `serin crd`: the definition by which a cluster knows Releases.

use anyhow::Context;
use document::report::{Console, Data};
use rollout::crd;

use crate::exit::{self, Exit};
use crate::help;

const EXAMPLES: &str = "\
Examples:
  serin crd | kubectl apply --server-side -f -   install or update it
  serin crd > crds/release.yaml                  keep it in a repository
  kubectl explain release.spec --recursive       read it in a cluster

A cluster administrator applies it once, before the first `serin apply`. The output depends only on the \
version of serin. The API server checks less than `serin check`, which `serin apply` runs first.";

/// The arguments.
#[derive(Debug, clap::Args)]
#[command(after_help = help::after(EXAMPLES, &exit::PRINTS))]
pub struct Args {
    /// Output format: yaml or json
    #[arg(long, short = 'o', visible_alias = "output", value_enum, default_value_t = Data::Yaml)]
    #[arg(hide_possible_values = true)]
    pub format: Data,
}

/// Prints the definition.
///
/// # Errors
/// When standard output cannot be written.
pub fn run(args: &Args, console: &mut Console) -> anyhow::Result<Exit> {
    let text = args.format.document(&crd::definition()?)?;
    console.print(&text).context("cannot write to standard output")?;
    Ok(Exit::OK)
}

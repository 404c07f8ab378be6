//! `serin render`: makes of a Release what Envoy and Istio read, and writes it.
//!
//! What is wrong with the Release and with the options is said in one pass; nothing is written then.

mod endpoint;
mod into;
mod mesh;
mod options;
pub(super) mod source;

use std::path::PathBuf;

use anyhow::Context;
use clap::ValueEnum;
use document::load::{self, Source};
use document::report::{Collection, Console, Diagnostic, text};
use import::review::{Found, below};
use istio::render::bootstrap;
use istio::render::output::{self, Target};
use policy::{Path, Problem, Problems};

use crate::exit::{self, Exit};
use crate::help;

use super::files;
use super::mesh_options::MeshArgs;
use into::Into;
use options::Options;

const EXAMPLES: &str = "\
Examples:
  A complete Envoy; with --ecds FILE it follows changes without a restart:
    serin render release.yaml --route envoy --module target/serin.wasm \\
      --listen 127.0.0.1:10000 --upstream v1=127.0.0.1:9101 \\
      --upstream v2=127.0.0.1:9102 --output envoy.yaml

  Objects for Istio, to apply in the order of their numbers:
    serin render release.yaml --module-file /var/local/serin/serin.wasm \\
      --output mesh/
    serin render release.yaml --module-url https://… --module-sha256 … \\
      --istio 1.24 --output mesh/

  The same objects as one stream, for a service without traffic:
    serin render release.yaml --module-url https://… --module-sha256 … \\
      --output - | kubectl apply -f -

  Weave the Release into your own VirtualService, and remove it again:
    serin render release.yaml --module-url https://… --module-sha256 … \\
      --into reviews-vs.yaml --output mesh/
    serin render release.yaml --undo --into reviews-vs.yaml

The order of the objects matters: a proxy that gets all of them at once may answer 503 until the subsets arrive. \
Under load apply the files one by one, half a second apart, or use `serin apply`, which waits for the proxies.

Existing files that serin did not create are not replaced, except those of --into, which change only where \
needed. Files in a folder from an earlier rendering of the same Release are removed if they are no longer \
needed.";

/// The route mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Route {
    /// For Istio: select the cluster within the routes that Istio creates (default; Istio >= 1.27)
    Matcher,
    /// For Istio: match a header in a VirtualService (Istio >= 1.22)
    VirtualService,
    /// For Istio: route to the cluster that a header names (Istio >= 1.22)
    ClusterHeader,
    /// For Envoy without Istio: a static bootstrap
    Envoy,
}

/// The carrier of decisions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Carrier {
    /// Filter state, which clients cannot reach (default)
    FilterState,
    /// The header `x-serin-subset`
    Header,
}

/// The arguments.
#[derive(Debug, clap::Args)]
#[command(after_help = help::after(EXAMPLES, &exit::CHECKS))]
pub struct Args {
    /// The file with the Release, or `-` for standard input
    #[arg(value_name = "FILE", required_unless_present = "filename")]
    pub file: Option<String>,
    /// Same as FILE
    #[arg(long, short = 'f', value_name = "FILE", conflicts_with = "file")]
    pub filename: Option<String>,
    /// The Release to render, if the file has several
    #[arg(long, value_name = "[NAMESPACE/]NAME")]
    pub name: Option<String>,
    /// The route mode: how decisions become routes
    #[arg(long, value_enum)]
    pub route: Option<Route>,
    /// The folder to write (a file with --route envoy), or `-` for standard output
    #[arg(long, short, value_name = "PATH", required_unless_present = "undo")]
    pub output: Option<String>,
    /// The module
    #[arg(long, value_name = "PATH", help_heading = "With --route envoy")]
    pub module: Option<String>,
    /// `serin-lite.wasm`, the module without the regex engine, used if the Release does not need it
    #[arg(long, value_name = "PATH", help_heading = "With --route envoy")]
    pub lite_module: Option<String>,
    /// The address to listen on
    #[arg(long, value_name = "ADDR:PORT", help_heading = "With --route envoy")]
    pub listen: Option<String>,
    /// The address of a subset, with `,h2` behind it for HTTP/2 (gRPC); at least one for each subset
    #[arg(long, value_name = "SUBSET=ADDR:PORT[,h2]", help_heading = "With --route envoy")]
    pub upstream: Vec<String>,
    /// The address of the admin interface [default: none]
    #[arg(long, value_name = "ADDR:PORT", help_heading = "With --route envoy")]
    pub admin: Option<String>,
    /// How decisions leave the filter
    #[arg(long, value_enum, help_heading = "With --route envoy")]
    pub carrier: Option<Carrier>,
    /// A file for the filter's configuration, which Envoy watches for changes
    #[arg(long, value_name = "FILE", help_heading = "With --route envoy")]
    pub ecds: Option<String>,
    /// The options of the mesh.
    #[command(flatten)]
    pub mesh: MeshArgs,
    /// Your VirtualService or DestinationRule of the host: change it in place instead of rendering one
    #[arg(long, value_name = "FILE", help_heading = "For a mesh")]
    pub into: Vec<String>,
    /// Only remove the Release from the files of --into
    #[arg(long, help_heading = "For a mesh", requires = "into")]
    pub undo: bool,
}

/// Renders the Release.
///
/// # Errors
/// When the result cannot be printed or written.
pub fn run(args: &Args, console: &mut Console) -> anyhow::Result<Exit> {
    let source = match source::open(files::one(args.file.as_ref(), args.filename.as_ref()), console)
    {
        Ok(source) => source,
        Err(exit) => return Ok(exit),
    };
    let found = source::found(&source, args.name.as_deref(), console);
    let read = options::read(args, found.as_ref().ok().map(|found| &found.release.policy));
    for complaint in &read.complaints {
        console.fail(complaint);
    }
    let mut found = match found {
        Ok(found) => found,
        Err(exit) => return Ok(exit),
    };
    if let Some(domain) = &args.mesh.cluster_domain
        && let Err(problems) = complete(&mut found, domain)
    {
        report(&source, &found, &problems, console);
        return Ok(Exit::PROBLEMS);
    }
    let release = &found.release;
    // Whatever is wrong with the options, what is wrong with the files is said in the same pass. Without its port
    // it is not known which of their rules are for the Release, and that it lacks one is said below.
    let into = match read.into.filter(|_| release.policy.port().is_some()) {
        Some(mode) => into::weave(args, &source, &release.policy, mode, console),
        None => Ok(Into::default()),
    };
    match (read.options, into) {
        (None, _) => Ok(Exit::USAGE),
        (Some(Options::Envoy(options, output)), _) => {
            envoy(args, &source, &found, &options, &output, console)
        }
        (Some(Options::Undo), _) => into::undo(args, &release.policy, console),
        (Some(Options::Mesh(_)), Err(exit)) => Ok(exit),
        (Some(Options::Mesh(options)), Ok(mut into)) => {
            into.given.gate = options.options.gate(&release.policy);
            mesh::render(&source, &found, &options, &into, console)
        }
    }
}

/// Completes the host with the domain of the cluster.
fn complete(found: &mut Found, domain: &str) -> Result<(), Problems> {
    let mut spec = found.release.spec.clone();
    spec.complete_host(domain);
    let mut problems = Problems::default();
    found.release = policy::compile(spec, &Path::root(), &mut problems).ok_or(problems)?;
    Ok(())
}

fn envoy(
    args: &Args,
    source: &Source,
    found: &Found,
    options: &bootstrap::Options,
    output: &str,
    console: &mut Console,
) -> anyhow::Result<Exit> {
    let rendered = match bootstrap::render(&found.release, options) {
        Ok(rendered) => rendered,
        Err(problem) => {
            report(source, found, [&problem], console);
            return Ok(Exit::PROBLEMS);
        }
    };
    let mut targets = Vec::new();
    // First what the bootstrap refers to.
    if let (Some(path), Some(ecds)) = (&args.ecds, &rendered.ecds) {
        targets.push(Target { path: PathBuf::from(path), text: ecds.text()? });
    }
    let text = rendered.bootstrap.text()?;
    let is_printed = output == load::source::STDIN;
    if !is_printed {
        targets.push(Target { path: PathBuf::from(output), text: text.clone() });
    }
    output::files(&targets)?;
    if is_printed {
        console.print(&text).context("cannot write to standard output")?;
    } else {
        wrote(&targets, console)?;
    }
    Ok(Exit::OK)
}

/// Says what keeps a Release from being rendered, at its place in the source.
fn report<'p>(
    source: &Source,
    found: &Found,
    problems: impl IntoIterator<Item = &'p Problem>,
    console: &mut Console,
) {
    let (documents, _) = load::documents(source);
    let Some(document) = documents.get(found.document) else { return };
    let mut all = Collection::default();
    for problem in problems {
        let place = || Diagnostic::new(source, document, &below(&found.path, problem));
        all.add(problem.severity, place);
    }
    say(&all.in_order(source.name()), source, console);
}

/// Says what is wrong with a file.
pub(super) fn say(diagnostics: &[Diagnostic], source: &Source, console: &mut Console) {
    for diagnostic in diagnostics {
        console.note(&text::render(diagnostic, Some(source)));
    }
}

/// One line for each file.
fn wrote(targets: &[Target], console: &mut Console) -> anyhow::Result<()> {
    let line = |target: &Target| text::printable(&target.path.to_string_lossy()) + "\n";
    let lines: String = targets.iter().map(line).collect();
    console.print(&lines).context("cannot write to standard output")
}

//! `serin render`: makes of a Release what Envoy and Istio read, and writes it.
//!
//! What is wrong with the Release and with the options is said in one pass; nothing is written then.

mod endpoint;
mod options;
mod source;

use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::ValueEnum;
use policy::{Checked, Problems};

use crate::exit::{self, Exit};
use crate::load::{self, Source};
use crate::render::output::{self, Target};
use crate::render::{FailurePolicy, Manifest, bootstrap, envoy_filter, mesh};
use crate::report::{Console, Diagnostic, text};

use options::{Complaint, Options};

const EXAMPLES: &str = "\
Examples:
  A whole Envoy; with --ecds FILE it follows changes of the Release without a restart:
    serin render release.yaml --route envoy --module target/serin.wasm --listen 127.0.0.1:10000 \\
      --upstream v1=127.0.0.1:9101 --upstream v2=127.0.0.1:9102 --output envoy.yaml

  Objects for Istio (>= 1.27), to be applied in the order of their numbers:
    serin render release.yaml --module-file /var/local/serin/serin.wasm --output mesh/
    serin render release.yaml --module-url https://… --module-sha256 … --output mesh/

Files that serin did not make are not replaced. What an earlier rendering of the same Release left in a folder
and is no longer needed is removed.";

/// How decisions become routes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Route {
    /// Objects for Istio; decisions choose the cluster within the routes that Istio makes
    #[default]
    Matcher,
    /// A static bootstrap for an Envoy without Istio
    Envoy,
}

/// How decisions leave the filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Carrier {
    /// Out of reach of clients (default)
    FilterState,
    /// A header, `x-serin-subset`
    Header,
}

/// What happens to requests after the module failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FailPolicy {
    /// They go to stable (default)
    Open,
    /// They are answered with 503
    Closed,
    /// The module starts anew, at most once a second; between, 503
    Reload,
}

/// What the command is asked.
#[derive(Debug, clap::Args)]
#[command(after_help = format!("{EXAMPLES}\n\n{}", exit::HELP))]
pub struct Args {
    /// A file with one Release, or `-` for standard input
    #[arg(value_name = "FILE")]
    pub file: String,
    /// How decisions become routes
    #[arg(long, value_enum, default_value_t)]
    pub route: Route,
    /// A file to write (envoy; `-` for standard output), or a folder
    #[arg(long, short, value_name = "PATH")]
    pub output: String,
    /// What happens to requests after the module failed
    #[arg(long, value_enum, value_name = "POLICY")]
    pub fail_policy: Option<FailPolicy>,
    /// The module's file
    #[arg(long, value_name = "PATH", help_heading = "With --route envoy")]
    pub module: Option<String>,
    /// Where Envoy listens
    #[arg(long, value_name = "ADDR:PORT", help_heading = "With --route envoy")]
    pub listen: Option<String>,
    /// Where a subset's processes listen; at least one for each subset
    #[arg(long, value_name = "SUBSET=ADDR:PORT", help_heading = "With --route envoy")]
    pub upstream: Vec<String>,
    /// Where Envoy's admin interface listens; none without it
    #[arg(long, value_name = "ADDR:PORT", help_heading = "With --route envoy")]
    pub admin: Option<String>,
    /// How decisions leave the filter
    #[arg(long, value_enum, help_heading = "With --route envoy")]
    pub carrier: Option<Carrier>,
    /// A file for the filter's configuration, which the running Envoy watches
    #[arg(long, value_name = "FILE", help_heading = "With --route envoy")]
    pub ecds: Option<String>,
    /// The module's file in the proxies' own file system
    #[arg(long, value_name = "PATH", help_heading = "With --route matcher")]
    pub module_file: Option<String>,
    /// Where proxies fetch the module
    #[arg(long, value_name = "URL", help_heading = "With --route matcher")]
    pub module_url: Option<String>,
    /// The SHA-256 of the module at --module-url
    #[arg(long, value_name = "HEX", help_heading = "With --route matcher")]
    pub module_sha256: Option<String>,
}

/// Renders the Release.
///
/// # Errors
/// When the result cannot be printed or written.
pub fn run(args: &Args, console: &mut Console) -> anyhow::Result<Exit> {
    let source = match Source::read(&args.file) {
        Ok(source) => source,
        Err(unreadable) => {
            console.note(&text::failure(&unreadable.to_string(), unreadable.help.as_deref()));
            return Ok(Exit::FAILURE);
        }
    };
    let release = source::release(&source, console);
    let (options, complaints) =
        options::read(args, release.as_ref().ok().map(|release| &release.policy));
    for Complaint { message, help } in &complaints {
        console.note(&text::failure(message, help.as_deref()));
    }
    let release = match release {
        Ok(release) => release,
        Err(exit) => return Ok(exit),
    };
    match options {
        Some(Options::Envoy(options)) => envoy(args, &release, &options, console),
        Some(Options::Matcher(delivery)) => match mesh::render(&release, &delivery) {
            Ok(manifests) => matcher(args, &release, &manifests, console),
            Err(problems) => {
                report(&source, &problems, console);
                Ok(Exit::PROBLEMS)
            }
        },
        None => Ok(Exit::USAGE),
    }
}

fn envoy(
    args: &Args,
    release: &Checked,
    options: &bootstrap::Options,
    console: &mut Console,
) -> anyhow::Result<Exit> {
    let rendered = bootstrap::render(release, options)?;
    let mut targets = Vec::new();
    // First what the bootstrap refers to.
    if let (Some(path), Some(ecds)) = (&args.ecds, &rendered.ecds) {
        targets.push(Target { path: PathBuf::from(path), text: ecds.text()? });
    }
    let text = rendered.bootstrap.text()?;
    let is_printed = args.output == load::source::STDIN;
    if !is_printed {
        targets.push(Target { path: PathBuf::from(&args.output), text: text.clone() });
    }
    output::files(&targets)?;
    if is_printed {
        console.print(&text).context("cannot write to standard output")?;
    } else {
        wrote(&targets, console)?;
    }
    Ok(Exit::OK)
}

fn matcher(
    args: &Args,
    release: &Checked,
    manifests: &[Manifest],
    console: &mut Console,
) -> anyhow::Result<Exit> {
    let policy = &release.policy;
    let folder = Path::new(&args.output);
    let target = |manifest: &Manifest| {
        let path = folder.join(&manifest.file_name);
        Ok(Target { path, text: manifest.text()? })
    };
    let targets = manifests.iter().map(target).collect::<anyhow::Result<Vec<_>>>()?;
    output::folder(policy, folder, &targets)?;
    wrote(&targets, console)?;
    for attach in policy.attach() {
        if let Some(needs) = envoy_filter::needs(policy, attach) {
            console.note(&format!("note: `{}`: {needs}\n", attach.path));
        }
    }
    let is_remote = args.module_url.is_some();
    if is_remote && matches!(args.fail_policy, Some(FailPolicy::Closed | FailPolicy::Reload)) {
        console.note("note: with this --fail-policy a proxy that cannot fetch the module answers 403 to all requests\n");
    }
    Ok(Exit::OK)
}

/// One line for each file.
fn wrote(targets: &[Target], console: &mut Console) -> anyhow::Result<()> {
    let line = |target: &Target| text::printable(&target.path.to_string_lossy()) + "\n";
    let lines: String = targets.iter().map(line).collect();
    console.print(&lines).context("cannot write to standard output")
}

fn report(source: &Source, problems: &Problems, console: &mut Console) {
    let (documents, _) = load::documents(source);
    for document in documents.iter().take(1) {
        for problem in problems {
            console.note(&text::render(&Diagnostic::new(source, document, problem), Some(source)));
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

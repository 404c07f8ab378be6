//! `serin mesh`: has rendered files be in the mesh, or not, each change after the proxies have the one before.

mod manifests;

use std::path::Path;

use clap::Subcommand;
use document::report::Console;
use istio::render::Manifest;
use rollout::drive::cluster::ApplyOptions;
use rollout::drive::event::Deleted;
use rollout::drive::manifests::{Manifests, Surplus};
use rollout::drive::{Event, Failure, Note, SystemClock};

use super::rollout::connection::{self, Use};
use super::rollout::{AbsentArgs, Connection, DryRunArgs, ObjectFormatArgs, Printer};
use crate::exit::{self, Exit};
use crate::help;
use manifests::Purpose;

const EXAMPLES: &str = "\
Examples:
  serin mesh apply mesh/
  serin mesh delete mesh/

Each change waits until the proxies have the one before: istiod is asked whether they took what it sent.";

/// The arguments.
#[derive(Debug, clap::Args)]
#[command(after_help = help::after(EXAMPLES, &exit::CHECKS))]
pub struct Args {
    /// The command.
    #[command(subcommand)]
    pub command: Command,
}

/// What is done with the files.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Apply rendered files in their order, waiting for the proxies after each
    Apply(Apply),
    /// Remove the objects in rendered files, in reverse order
    Delete(Delete),
    /// Wait until the proxies have the objects of these files
    Wait(Wait),
}

const APPLY: &str = "\
Examples:
  serin render release.yaml --output mesh/ --module-file /serin.wasm
  serin mesh apply mesh/
  serin mesh apply mesh/ --prune       also remove what is no longer rendered

With an object of your own between (`serin render --into`), apply in three parts:
  serin mesh apply mesh/[123]*.yaml
  kubectl apply -f virtual-service.yaml && serin mesh wait virtual-service.yaml
  serin mesh apply mesh/4*.yaml

A DestinationRule that loses subsets keeps them until everything else is applied. Nothing is applied if the API server \
would refuse one of the objects.";

/// The arguments of `apply`.
#[derive(Debug, clap::Args)]
#[command(after_help = help::of_events(APPLY, &exit::CHECKS))]
pub struct Apply {
    /// The files.
    #[command(flatten)]
    pub files: Files,
    /// Take over fields that others manage, and objects of the same names
    #[arg(long)]
    pub force: bool,
    /// Remove objects that were rendered for the same Releases and are not in the files
    #[arg(long)]
    pub prune: bool,
    /// How to try it.
    #[command(flatten)]
    pub dry_run: DryRunArgs,
    /// The output format.
    #[command(flatten)]
    pub output: ObjectFormatArgs,
}

const DELETE: &str = "\
Examples:
  serin mesh delete mesh/

The switch is removed first, then the filter, then the routes, then the subsets. After that, requests reach any pod of \
the service: scale the other versions down first, or keep a route of your own.";

/// The arguments of `delete`.
#[derive(Debug, clap::Args)]
#[command(after_help = help::of_events(DELETE, &exit::CHECKS))]
pub struct Delete {
    /// The files.
    #[command(flatten)]
    pub files: Files,
    /// Remove a DestinationRule even if your routes lead to its subsets
    #[arg(long)]
    pub force: bool,
    /// Whether they may be absent.
    #[command(flatten)]
    pub absent: AbsentArgs,
    /// How to try it.
    #[command(flatten)]
    pub dry_run: DryRunArgs,
    /// The output format.
    #[command(flatten)]
    pub output: ObjectFormatArgs,
}

const WAIT: &str = "\
Examples:
  kubectl apply -f virtual-service.yaml && serin mesh wait virtual-service.yaml

istiod is asked whether it has the objects as the cluster has them, and whether the proxies took what it sent. Without \
the right to ask it, the command waits five seconds, and says so.";

/// The arguments of `wait`.
#[derive(Debug, clap::Args)]
#[command(after_help = help::after(WAIT, &exit::CHECKS))]
pub struct Wait {
    /// The files.
    #[command(flatten)]
    pub files: Files,
}

/// The files, and the cluster.
#[derive(Debug, clap::Args)]
pub struct Files {
    /// Files or folders, or `-` for standard input
    #[arg(value_name = "PATH", required_unless_present = "filename")]
    pub paths: Vec<String>,
    /// Same as PATH
    #[arg(long, short = 'f', value_name = "PATH", conflicts_with = "paths")]
    pub filename: Vec<String>,
    /// The cluster.
    #[command(flatten)]
    pub connection: Connection,
}

/// Applies, removes or waits.
///
/// # Errors
/// When no threads can be started.
pub fn run(args: &Args, console: &mut Console) -> anyhow::Result<Exit> {
    match &args.command {
        Command::Apply(args) => apply(args, console),
        Command::Delete(args) => delete(args, console),
        Command::Wait(args) => wait(args, console),
    }
}

fn apply(args: &Apply, console: &mut Console) -> anyhow::Result<Exit> {
    let files = match args.files.read(Purpose::Apply, console) {
        Ok(files) => files,
        Err(exit) => return Ok(exit),
    };
    let mut printer = Printer::new(args.output.format, "");
    let how = ApplyOptions { force: args.force, dry_run: args.dry_run.is_on() };
    let surplus = match args.prune {
        true => Surplus::Removed,
        false if args.files.are_folders() => Surplus::Named,
        false => Surplus::Kept,
    };
    let mut is_changed = false;
    let applied =
        args.files.with(&files, Use::change(args.dry_run.is_on(), None), async |manifests| {
            let mut report = |event: Event| {
                is_changed |= matches!(event, Event::Changed(_));
                printer.print(&event, console);
            };
            manifests.apply(how, surplus, &mut report).await
        })?;
    if applied.is_ok() && !is_changed {
        printer.print(&Event::Note(Note::Already), console);
    } else if applied.is_ok() && args.dry_run.is_on() {
        printer.print(&Event::Note(Note::Unchanged), console);
    }
    Ok(ended(applied, console))
}

fn delete(args: &Delete, console: &mut Console) -> anyhow::Result<Exit> {
    let files = match args.files.read(Purpose::Delete, console) {
        Ok(files) => files,
        Err(exit) => return Ok(exit),
    };
    let mut printer = Printer::new(args.output.format, "");
    let how = ApplyOptions { force: args.force, dry_run: args.dry_run.is_on() };
    let deleted =
        args.files.with(&files, Use::change(args.dry_run.is_on(), None), async |manifests| {
            manifests.delete(how, &mut |event| printer.print(&event, console)).await
        })?;
    let note = match deleted {
        Ok(false) => {
            let what = "no objects made by serin were found".to_owned();
            if let Err(exit) = args.absent.check(what, console) {
                return Ok(exit);
            }
            Some(Note::Deleted(Deleted::Nothing))
        }
        Ok(true) if args.dry_run.is_on() => Some(Note::Unchanged),
        _ => None,
    };
    if let Some(note) = note {
        printer.print(&Event::Note(note), console);
    }
    Ok(ended(deleted.map(drop), console))
}

fn wait(args: &Wait, console: &mut Console) -> anyhow::Result<Exit> {
    let files = match args.files.read(Purpose::Wait, console) {
        Ok(files) => files,
        Err(exit) => return Ok(exit),
    };
    let waited =
        args.files.with(&files, Use::Long(None), async |manifests| manifests.wait().await)?;
    Ok(ended(waited, console))
}

fn ended(result: Result<(), Failure>, console: &mut Console) -> Exit {
    match result {
        Ok(()) => Exit::OK,
        Err(failure) => connection::failed(&failure, console),
    }
}

impl Files {
    /// Whether no file is named by itself: then all that was rendered is there.
    fn are_folders(&self) -> bool {
        super::files::all(&self.paths, &self.filename).iter().all(|path| Path::new(path).is_dir())
    }

    fn read(&self, purpose: Purpose, console: &mut Console) -> Result<Vec<Manifest>, Exit> {
        let paths = super::files::all(&self.paths, &self.filename);
        manifests::read(&paths, purpose, self.connection.namespace.as_deref(), console)
    }

    fn with<T>(
        &self,
        files: &[Manifest],
        purpose: Use,
        act: impl AsyncFnOnce(Manifests<'_>) -> Result<T, Failure>,
    ) -> anyhow::Result<Result<T, Failure>> {
        connection::with(&self.connection, purpose, async |cluster| {
            act(Manifests { cluster, clock: &SystemClock, files }).await
        })
    }
}

//! `serin uninstall`: removes the controller, so that every Release can still be deleted.

use anyhow::Context;
use document::report::{Console, Format, Length, Message};
use rollout::drive::SystemClock;
use rollout::drive::uninstall::{Removal, Uninstall};
use serde_json::{Value, json};

use super::namespace;
use super::rollout::DryRunArgs;
use super::rollout::connection::{self, Connection, Use};
use crate::exit::{self, Exit};
use crate::help;

const EXAMPLES: &str = "\
Examples:
  serin uninstall --dry-run   what would be removed
  serin uninstall             the controller; Releases and the CRD stay
  serin uninstall --crd       everything; refused while there are Releases

Removes the Deployment first and waits until no controller acts, then takes the finalizer `serin.dev/cleanup` off all \
Releases, then removes the other objects of `serin install`, with the controller's namespace. Traffic stays as it is, \
and the commands drive rollouts by themselves from then on. The policy stays with the CRD. Run it again after a failure. If Helm or a GitOps tool \
installed it, remove it there first.

With -o json the output is one object: dryRun, removed (each with kind, namespace, empty if it has none, and name), \
finalizers (the namespace and name of each Release that lost its finalizer) and stays (the kind and name of objects \
that have the name but not the label of Serin's).";

/// The arguments.
#[derive(Debug, clap::Args)]
#[command(after_help = help::after(EXAMPLES, &exit::CHECKS))]
pub struct Args {
    /// Remove the CRD and its policy, too
    #[arg(long)]
    pub crd: bool,
    /// How to try it.
    #[command(flatten)]
    pub dry_run: DryRunArgs,
    /// How long to wait for the controller to end
    #[arg(long, value_name = "LENGTH", default_value = "2m")]
    pub timeout: Length,
    /// Output format: text, json or yaml
    #[arg(long, short = 'o', visible_alias = "output", value_enum, default_value_t)]
    #[arg(hide_possible_values = true)]
    pub format: Format,
    /// The cluster.
    #[command(flatten)]
    pub connection: Connection,
}

/// Removes it.
///
/// # Errors
/// When no threads can be started, or standard output cannot be written.
pub fn run(args: &Args, console: &mut Console) -> anyhow::Result<Exit> {
    if args.connection.namespace.is_some() {
        let message =
            Message::new("`--namespace`: the controller is removed, not something of a namespace");
        console.fail(&message.help("`--controller-namespace` names the controller's namespace"));
        return Ok(Exit::USAGE);
    }
    let controller = args.connection.controller_namespace.as_str();
    if let Err(expected) = namespace::own(controller) {
        let text = format!("`--controller-namespace`: {expected}, found `{controller}`");
        console.fail(&Message::new(text));
        return Ok(Exit::USAGE);
    }
    let is_trial = args.dry_run.is_on();
    let Length(timeout) = args.timeout;
    let mut removals = Vec::new();
    let purpose = Use::change(is_trial, None);
    let ran = connection::with(&args.connection, purpose, async |cluster| {
        let uninstall = Uninstall {
            cluster,
            clock: &SystemClock,
            namespace: &args.connection.controller_namespace,
            istio_namespace: &args.connection.istio_namespace,
            crd: args.crd,
            dry_run: is_trial,
            timeout,
        };
        uninstall
            .run(&mut |removal| {
                if args.format.is_text() {
                    // What cannot be written now cannot be written at the end either.
                    let _ = console.print(&shown(&removal, is_trial));
                }
                removals.push(removal);
            })
            .await
    })?;
    if let Format::Data(data) = args.format {
        let text = data.document(&told(&removals, is_trial))?;
        console.print(&text).context("cannot write to standard output")?;
    }
    match ran {
        Ok(()) => {
            if args.format.is_text() && removals.is_empty() {
                console
                    .print("nothing is installed\n")
                    .context("cannot write to standard output")?;
            }
            Ok(Exit::OK)
        }
        Err(failure) => Ok(connection::failed(&failure, console)),
    }
}

fn shown(removal: &Removal, is_trial: bool) -> String {
    let trial = if is_trial { " (dry run)" } else { "" };
    match removal {
        Removal::Removed(kind, namespace, name) if namespace.is_empty() => {
            format!("removed {kind} {name}{trial}\n")
        }
        Removal::Removed(kind, namespace, name) => {
            format!("removed {kind} {namespace}/{name}{trial}\n")
        }
        Removal::Stays(kind, name) => {
            format!(
                "{kind} {name} stays: it lacks the label of Serin's objects, so it is not Serin's\n"
            )
        }
        Removal::Released(namespace, name) => {
            format!("removed the finalizer of Release {namespace}/{name}{trial}\n")
        }
    }
}

fn told(removals: &[Removal], is_trial: bool) -> Value {
    let mut removed = Vec::new();
    let mut finalizers = Vec::new();
    let mut stays = Vec::new();
    for removal in removals {
        match removal {
            Removal::Removed(kind, namespace, name) => {
                removed.push(json!({ "kind": kind, "namespace": namespace, "name": name }));
            }
            Removal::Stays(kind, name) => stays.push(json!({ "kind": kind, "name": name })),
            Removal::Released(namespace, name) => {
                finalizers.push(json!({ "namespace": namespace, "name": name }));
            }
        }
    }
    json!({ "dryRun": is_trial, "removed": removed, "finalizers": finalizers, "stays": stays })
}

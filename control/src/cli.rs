//! The command line: arguments in, an exit code out.

mod global;
mod suggestion;
mod unparsed;

use std::ffi::OsString;

use clap::{Parser, Subcommand};
use document::load::reason;
use document::report::{Color, Console, text};
use policy::rollout::Verb;

use crate::command::rollout::{
    apply, delete, history, run as rollout, status, verb, version, watch,
};
use crate::command::{
    analyze, check, completions, controller, cost, crd, demo, diff, explain, image, import,
    install, man, mesh, proxy_status, render, traffic, uninstall,
};
use crate::exit::{self, Exit};
use crate::help;
use crate::interrupt::Interrupted;
use global::Global;
use unparsed::unparsed;

/// Route chosen users to a new version of a service, in the Envoy proxies that you already run.
///
/// A Release says who gets which version of a service. `serin check` validates it, `serin explain` shows where it
/// sends a request, `serin diff` shows who moves when it changes, and `serin import` creates one from a VirtualService.
#[derive(Debug, Parser)]
#[command(name = "serin", version, max_term_width = 100)]
#[command(after_help = help::after("", &exit::ALL), arg_required_else_help = true)]
pub struct Cli {
    /// When to use colors: auto (on a terminal, unless `NO_COLOR` is set), always or never
    #[arg(long, value_enum, value_name = "WHEN", default_value_t, global = true)]
    #[arg(hide_possible_values = true)]
    pub color: Color,
    /// The options that select a cluster.
    #[command(flatten)]
    pub global: Global,
    /// The command.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands of `serin`.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Check Releases and VirtualServices for problems
    Check(check::Args),
    /// Explain where a Release sends a request, and why
    Explain(Box<explain::Args>),
    /// Render Envoy and Istio manifests from a Release
    Render(Box<render::Args>),
    /// Show which users move when a Release changes
    Diff(diff::Args),
    /// Judge by metrics whether a candidate was worse than stable
    Analyze(Box<analyze::Args>),
    /// Estimate what Releases cost each request, in CPU instructions
    Cost(cost::Args),
    /// Create a Release from a VirtualService
    Import(import::Args),
    /// Print the CRD, and the policy for the status of Releases
    Crd(crd::Args),
    /// Apply a Release to the cluster and the mesh
    Apply(Box<apply::Args>),
    /// Start a rollout
    #[command(visible_alias = "retry")]
    #[command(after_help = help::of_verb(verb::examples::START))]
    Start(verb::Start),
    /// Show the status of Releases
    Status(status::Args),
    /// Watch a rollout: print a line for each change
    Watch(watch::Args),
    /// Approve the step that a rollout waits for
    #[command(after_help = help::of_verb(verb::examples::APPROVE))]
    Approve(verb::Approve),
    /// Reject the step that a rollout waits for: send all users back to stable
    #[command(after_help = help::of_verb(verb::examples::REJECT))]
    Reject(verb::Args),
    /// Pause a rollout
    #[command(after_help = help::of_verb(verb::examples::PAUSE))]
    Pause(verb::Args),
    /// Resume a paused rollout
    #[command(after_help = help::of_verb(verb::examples::RESUME))]
    Resume(verb::Args),
    /// Resume a paused rollout for one step
    #[command(after_help = help::of_verb(verb::examples::STEP))]
    Step(verb::Args),
    /// Send all users to the candidate, regardless of the rules
    #[command(after_help = help::of_verb(verb::examples::PROMOTE))]
    #[command(mut_arg("subset", |subset| subset.help("The subset [default: the candidate]")))]
    Promote(verb::OfSubset),
    /// Roll back: send all users to stable at once
    #[command(visible_aliases = ["abort", "undo"])]
    #[command(after_help = help::of_verb(verb::examples::ROLLBACK))]
    Rollback(verb::Args),
    /// Remove the workload of an unused subset, and all rendered objects
    #[command(after_help = help::of_verb(verb::examples::RETIRE))]
    #[command(mut_arg("subset", |subset| subset.help("The subset [default: the one without traffic]")))]
    Retire(verb::OfSubset),
    /// Show who changed a Release, when and why
    History(history::Args),
    /// Delete a Release and everything created for it
    Delete(delete::Args),
    /// Run a rollout in the foreground, or manage it as with `kubectl rollout`
    Rollout(rollout::Args),
    /// Run the controller, which carries out rollouts inside the cluster
    #[command(mut_arg("namespace", |namespace| {
        namespace.help("Carry out the Releases of this namespace only")
    }))]
    #[command(mut_arg("controller_namespace", |namespace| namespace.help("The namespace of the Lease")))]
    Controller(Box<controller::Args>),
    /// Print the manifests of the controller: CRD, RBAC, Deployment
    Install(Box<install::Args>),
    /// Remove the controller, so that every Release can still be deleted
    #[command(mut_arg("namespace", |namespace| namespace.hide(true)))]
    Uninstall(uninstall::Args),
    /// Apply or remove rendered files, waiting for the proxies after each change
    Mesh(mesh::Args),
    /// Route users through a real Envoy, and compare the result with the expected shares
    Demo(demo::Args),
    /// Send requests as many users, and report which versions answered
    Traffic(Box<traffic::Args>),
    /// Show which Releases are in force in a running Envoy, and which were refused
    ProxyStatus(proxy_status::Args),
    /// Build a container image of the module
    Image(image::Args),
    /// Print a shell completion script
    Completions(completions::Args),
    /// Write the manual pages
    Man(man::Args),
    /// Print the client and server versions
    Version(version::Args),
}

/// Runs the program with its arguments, the first being its name.
pub fn main<I>(arguments: I) -> Exit
where
    I: IntoIterator<Item = OsString>,
{
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let cli = match Cli::try_parse_from(&arguments) {
        Ok(cli) => cli,
        Err(error) => return unparsed(error, &arguments),
    };
    let mut console = Console::new(cli.color);
    if let Err(exit) = cli.global.check(&cli.command, &mut console) {
        return exit;
    }
    match run(&cli.command, &mut console) {
        Ok(exit) => exit,
        Err(error) => {
            console.note(&text::failure(&reason::chain(error.as_ref()), None));
            error.downcast_ref::<Interrupted>().map_or(Exit::FAILURE, |signal| signal.exit())
        }
    }
}

fn run(command: &Command, console: &mut Console) -> anyhow::Result<Exit> {
    match command {
        Command::Check(args) => check::run(args, console),
        Command::Explain(args) => explain::run(args, console),
        Command::Render(args) => render::run(args, console),
        Command::Diff(args) => diff::run(args, console),
        Command::Analyze(args) => analyze::run(args, console),
        Command::Cost(args) => cost::run(args, console),
        Command::Import(args) => import::run(args, console),
        Command::Crd(args) => crd::run(args, console),
        Command::Apply(args) => apply::run(args, console),
        Command::Start(args) => verb::start(args, console),
        Command::Status(args) => status::run(args, console),
        Command::Watch(args) => watch::run(args, console),
        Command::Approve(args) => verb::approve(args, console),
        Command::Reject(args) => verb::run(Verb::Reject, args, console),
        Command::Pause(args) => verb::run(Verb::Pause, args, console),
        Command::Resume(args) => verb::run(Verb::Resume, args, console),
        Command::Step(args) => verb::run(Verb::Step, args, console),
        Command::Promote(args) => verb::of_subset(Verb::Promote(None), args, console),
        Command::Rollback(args) => verb::run(Verb::Rollback, args, console),
        Command::Retire(args) => verb::of_subset(Verb::Retire(None), args, console),
        Command::History(args) => history::run(args, console),
        Command::Delete(args) => delete::run(args, console),
        Command::Rollout(args) => rollout::run(args, console),
        Command::Controller(args) => controller::run(args, console),
        Command::Install(args) => install::run(args, console),
        Command::Uninstall(args) => uninstall::run(args, console),
        Command::Mesh(args) => mesh::run(args, console),
        Command::Demo(args) => demo::run(args, console),
        Command::Traffic(args) => traffic::run(args, console),
        Command::ProxyStatus(args) => proxy_status::run(args, console),
        Command::Image(args) => image::run(args, console),
        Command::Completions(args) => completions::run(args, console),
        Command::Man(args) => man::run(args, console),
        Command::Version(args) => version::run(args, console),
    }
}

#[cfg(test)]
mod tests;

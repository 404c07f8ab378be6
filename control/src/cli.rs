//! The command line: arguments in, an exit code out.

mod global;
mod suggestion;

use std::ffi::OsString;

use clap::{Parser, Subcommand};
use document::load::reason;
use document::report::{Color, Console, text};
use policy::rollout::Verb;

use crate::command::rollout::{
    apply, delete, history, run as rollout, status, verb, version, watch,
};
use crate::command::{
    check, completions, cost, crd, demo, diff, explain, image, import, man, proxy_status, render,
    traffic,
};
use crate::exit::{self, Exit};
use crate::help;
use global::Global;

/// Sends chosen users to a new version of a service, inside the Envoy proxies that are already there.
///
/// A Release says who gets which version of a service. `serin check` tells whether it is right, `serin explain`
/// where it sends a request, `serin diff` who moves at a change, and `serin import` makes one of a VirtualService.
#[derive(Debug, Parser)]
#[command(name = "serin", version, max_term_width = 100)]
#[command(after_help = help::after("", &exit::ALL), arg_required_else_help = true)]
pub struct Cli {
    /// When to print in colours: auto (on a terminal, unless `NO_COLOR` is set), always or never
    #[arg(long, value_enum, value_name = "WHEN", default_value_t, global = true)]
    #[arg(hide_possible_values = true)]
    pub color: Color,
    /// What names a cluster.
    #[command(flatten)]
    pub global: Global,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What `serin` can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Says what is wrong with Releases and VirtualServices, and what the worst request costs
    Check(check::Args),
    /// Tells where a Release sends a request, and why
    Explain(Box<explain::Args>),
    /// Makes of a Release what Envoy and Istio read, and writes it
    Render(Box<render::Args>),
    /// Tells who moves when one Release takes the place of another
    Diff(diff::Args),
    /// Estimates what Releases cost requests, in instructions, and names what costs most
    Cost(cost::Args),
    /// Makes a Release of a VirtualService, or says which of its constructs has no counterpart
    Import(import::Args),
    /// Prints the definition by which a cluster knows Releases
    Crd(crd::Args),
    /// Has the cluster and its mesh be what a Release says, as far as a rollout under way allows
    Apply(Box<apply::Args>),
    /// Starts a rollout with its first step
    #[command(visible_alias = "retry")]
    Start(verb::Start),
    /// Tells how far Releases of a cluster are
    Status(status::Args),
    /// Prints a line each time a rollout changes, until it is at rest
    Watch(watch::Args),
    /// Says yes to the approval that a rollout waits for
    Approve(verb::Args),
    /// Says no to it: everybody goes back to stable
    Reject(verb::Args),
    /// Has a rollout do nothing more until it is resumed
    Pause(verb::Args),
    /// Has it go on
    Resume(verb::Args),
    /// Has it go on for one step
    Step(verb::Args),
    /// Gives everybody the candidate, whatever the rules say
    Promote(verb::OfSubset),
    /// Gives everybody the stable subset, at once
    #[command(visible_aliases = ["abort", "undo"])]
    Rollback(verb::Args),
    /// Removes the workload of a subset that nobody gets, and all that was rendered: the job is done
    Retire(verb::OfSubset),
    /// Tells who did what to a Release, when and why
    History(history::Args),
    /// Takes a Release, and all that was made for it, out of the cluster
    Delete(delete::Args),
    /// Drives a rollout in the foreground, and what `kubectl rollout` can
    Rollout(rollout::Args),
    /// Routes users through a real Envoy, and compares what they get with what was promised
    Demo(demo::Args),
    /// Sends requests as of many users, and tells who answered them
    Traffic(Box<traffic::Args>),
    /// Tells which configurations of Releases are in force in a running Envoy, and which were refused
    ProxyStatus(proxy_status::Args),
    /// Makes of the module a container image, for a registry
    Image(image::Args),
    /// Prints what a shell needs to complete `serin` commands
    Completions(completions::Args),
    /// Writes the manual pages
    #[command(hide = true)]
    Man(man::Args),
    /// Prints the versions of this program, of the cluster, and of its definition of Releases
    Version(version::Args),
}

/// Runs the program with its arguments, the first being its name.
pub fn main<I>(arguments: I) -> Exit
where
    I: IntoIterator<Item = OsString>,
{
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => return unparsed(error),
    };
    let mut console = Console::new(cli.color);
    if let Err(exit) = cli.global.check(&cli.command, &mut console) {
        return exit;
    }
    match run(&cli.command, &mut console) {
        Ok(exit) => exit,
        Err(error) => {
            console.note(&text::failure(&reason::chain(error.as_ref()), None));
            Exit::FAILURE
        }
    }
}

fn run(command: &Command, console: &mut Console) -> anyhow::Result<Exit> {
    match command {
        Command::Check(args) => check::run(args, console),
        Command::Explain(args) => explain::run(args, console),
        Command::Render(args) => render::run(args, console),
        Command::Diff(args) => diff::run(args, console),
        Command::Cost(args) => cost::run(args, console),
        Command::Import(args) => import::run(args, console),
        Command::Crd(args) => crd::run(args, console),
        Command::Apply(args) => apply::run(args, console),
        Command::Start(args) => verb::start(args, console),
        Command::Status(args) => status::run(args, console),
        Command::Watch(args) => watch::run(args, console),
        Command::Approve(args) => verb::run(Verb::Approve, args, console),
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
        Command::Demo(args) => demo::run(args, console),
        Command::Traffic(args) => traffic::run(args, console),
        Command::ProxyStatus(args) => proxy_status::run(args, console),
        Command::Image(args) => image::run(args, console),
        Command::Completions(args) => completions::run(args, console),
        Command::Man(args) => man::run(args, console),
        Command::Version(args) => version::run(args, console),
    }
}

/// Prints what clap says: help and version where they were asked for, otherwise what is wrong.
fn unparsed(mut error: clap::Error) -> Exit {
    suggestion::restrain(&mut error);
    let mut console = Console::new(Color::Auto);
    let text = help::printed(&error.render().ansi().to_string());
    if error.use_stderr() {
        console.note(&text);
        return Exit::USAGE;
    }
    match console.print(&text) {
        Ok(()) => Exit::OK,
        Err(_) => Exit::FAILURE,
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_definition_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_cluster_is_named_before_the_command_or_behind_it() {
        for arguments in [["-n", "shop", "status"], ["status", "-n", "shop"]] {
            let cli = Cli::try_parse_from(["serin"].iter().chain(&arguments)).unwrap();
            let Command::Status(args) = cli.command else { panic!("{arguments:?}") };
            assert_eq!(args.connection.namespace.as_deref(), Some("shop"), "{arguments:?}");
        }
        let arguments = ["serin", "--context", "kind", "rollout", "run", "reviews"];
        let cli = Cli::try_parse_from(arguments).unwrap();
        let Command::Rollout(args) = cli.command else { panic!("{arguments:?}") };
        let rollout::Command::Run(args) = args.command else { panic!("{arguments:?}") };
        assert_eq!(args.release.connection.context.as_deref(), Some("kind"));
    }
}

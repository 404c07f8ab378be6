//! The options that select a cluster, before the command, as in `kubectl`. After the command they are options of the
//! commands that use a cluster; no other command has them.

use std::path::PathBuf;

use document::report::{Console, text};

use super::Command;
use crate::command::namespace;
use crate::exit::Exit;

/// The options, under the names that they have in [`Connection`](crate::command::rollout::Connection).
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Global {
    /// The namespace
    #[arg(long, short, value_name = "NAMESPACE", global = true, hide = true, value_parser = namespace::name)]
    namespace: Option<String>,
    /// The context of the kubeconfig
    #[arg(long, value_name = "NAME", global = true, hide = true)]
    context: Option<String>,
    /// The kubeconfig
    #[arg(long, value_name = "FILE", global = true, hide = true)]
    kubeconfig: Option<PathBuf>,
}

impl Global {
    /// Checks that the command uses a cluster, if one is selected.
    pub(super) fn check(&self, command: &Command, console: &mut Console) -> Result<(), Exit> {
        let given = [
            ("--namespace", self.namespace.is_some()),
            ("--context", self.context.is_some()),
            ("--kubeconfig", self.kubeconfig.is_some()),
        ];
        let mut given =
            given.into_iter().filter_map(|(option, is_given)| is_given.then_some(option));
        let Some(option) = given.find(|option| !has(command, option)) else { return Ok(()) };
        let message = format!("`{option}`: this command does not use a cluster");
        console.note(&text::failure(&message, None));
        Err(Exit::USAGE)
    }
}

fn has(command: &Command, option: &str) -> bool {
    // Its namespace is one that it writes about.
    uses_cluster(command) || matches!(command, Command::Install(_)) && option == "--namespace"
}

fn uses_cluster(command: &Command) -> bool {
    match command {
        Command::Check(_)
        | Command::Explain(_)
        | Command::Render(_)
        | Command::Cost(_)
        | Command::Import(_)
        | Command::Crd(_)
        | Command::Demo(_)
        | Command::Traffic(_)
        | Command::ProxyStatus(_)
        | Command::Image(_)
        | Command::Install(_)
        | Command::Completions(_)
        | Command::Man(_) => false,
        Command::Diff(args) => args.filename.is_some(),
        Command::Analyze(args) => args.filename.is_none(),
        Command::Apply(_)
        | Command::Start(_)
        | Command::Status(_)
        | Command::Watch(_)
        | Command::Approve(_)
        | Command::Reject(_)
        | Command::Pause(_)
        | Command::Resume(_)
        | Command::Step(_)
        | Command::Promote(_)
        | Command::Rollback(_)
        | Command::Retire(_)
        | Command::History(_)
        | Command::Delete(_)
        | Command::Rollout(_)
        | Command::Controller(_)
        | Command::Mesh(_)
        | Command::Uninstall(_)
        | Command::Version(_) => true,
    }
}

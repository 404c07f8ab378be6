//! `--dry-run`, alone or with a mode, as in `kubectl`.

use clap::ValueEnum;
use document::report::{Console, Message};

use crate::exit::Exit;

/// Whether a command only tries what it is asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum DryRun {
    /// It does it.
    #[default]
    None,
    /// It says what would be done.
    Client,
    /// The API server validates what would be done.
    Server,
}

/// `--dry-run` of a command that changes the cluster.
#[derive(Clone, Copy, Debug, Default, clap::Args)]
pub struct DryRunArgs {
    /// Print what would be done, as far as it is known now, without doing it: none, client or server
    #[arg(long = "dry-run", value_name = "MODE", num_args = 0..=1, require_equals = true)]
    #[arg(value_enum, default_value_t, default_missing_value = "client")]
    #[arg(hide_default_value = true, hide_possible_values = true)]
    pub mode: DryRun,
}

impl DryRunArgs {
    /// Whether nothing is to be changed.
    pub(in crate::command) fn is_on(self) -> bool {
        self.mode != DryRun::None
    }

    /// Refuses `--dry-run=server` for a command that sends nothing to the API server when it is only tried.
    pub(super) fn refuse_server(self, console: &mut Console) -> Result<(), Exit> {
        if self.mode != DryRun::Server {
            return Ok(());
        }
        let message =
            "`--dry-run=server`: this command sends no changes to the API server in a dry run";
        console.fail(&Message::new(message).help("use `--dry-run=client`"));
        Err(Exit::USAGE)
    }
}

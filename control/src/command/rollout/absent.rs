//! `--ignore-not-found` of a command that deletes, as in `kubectl`.

use clap::ArgAction;
use document::report::{Console, Message};

use crate::exit::Exit;

/// Whether there may be nothing to delete.
#[derive(Clone, Copy, Debug, clap::Args)]
pub struct AbsentArgs {
    /// Exit with 0 if there is nothing to delete
    #[arg(long, num_args = 0..=1, require_equals = true, value_name = "BOOL")]
    #[arg(default_value_t = false, default_missing_value = "true", action = ArgAction::Set)]
    #[arg(hide_default_value = true, hide_possible_values = true)]
    pub ignore_not_found: bool,
}

impl AbsentArgs {
    /// Says that there is nothing to delete, unless that is no error.
    pub(in crate::command) fn check(self, what: String, console: &mut Console) -> Result<(), Exit> {
        if self.ignore_not_found {
            return Ok(());
        }
        let help =
            "check the name, `--namespace` and `--context`; `--ignore-not-found` accepts that";
        console.fail(&Message::new(what).help(help));
        Err(Exit::PROBLEMS)
    }
}

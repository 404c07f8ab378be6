//! `serin completions`: the script by which a shell completes commands.

use clap::CommandFactory;
use clap_complete::Shell;
use document::report::Console;

use crate::cli::Cli;
use crate::exit::{self, Exit};
use crate::help;

const EXAMPLES: &str = "\
Examples:
  source <(serin completions bash)           this shell only
  serin completions zsh > ~/.zfunc/_serin    every zsh (~/.zfunc in fpath)
  serin completions fish > ~/.config/fish/completions/serin.fish";

/// The arguments.
#[derive(Debug, clap::Args)]
#[command(after_help = help::after(EXAMPLES, &exit::PRINTS))]
pub struct Args {
    /// The shell
    #[arg(value_enum)]
    pub shell: Shell,
}

/// Prints the script.
///
/// # Errors
/// When standard output cannot be written.
pub fn run(args: &Args, console: &mut Console) -> anyhow::Result<Exit> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "serin", &mut script);
    console.write(&script)?;
    Ok(Exit::OK)
}

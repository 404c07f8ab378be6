//! The verbs: `serin start`, `approve`, `reject`, `pause`, `resume`, `step`, `promote`, `rollback` and `retire`.

use document::report::Console;
use policy::rollout::Verb;
use rollout::drive::VerbRequest;

use super::{RolloutArgs, Target, act};
use crate::exit::{self, Exit};
use crate::help;

/// What most verbs are asked.
#[derive(Debug, clap::Args)]
#[command(after_help = help::after("", &exit::CHECKS))]
pub struct Args {
    /// Which Release.
    #[command(flatten)]
    pub release: Target,
    /// How.
    #[command(flatten)]
    pub options: RolloutArgs,
}

/// What `start` is asked.
#[derive(Debug, clap::Args)]
#[command(after_help = help::after("", &exit::CHECKS))]
pub struct Start {
    /// Which Release.
    #[command(flatten)]
    pub release: Target,
    /// Makes the candidate's Deployment of the stable one's, with this image; `CONTAINER=IMAGE` where it has several
    #[arg(long, value_name = "IMAGE")]
    pub image: Option<String>,
    /// How.
    #[command(flatten)]
    pub options: RolloutArgs,
}

/// What `promote` and `retire` are asked.
#[derive(Debug, clap::Args)]
#[command(after_help = help::after("", &exit::CHECKS))]
pub struct OfSubset {
    /// Which Release.
    #[command(flatten)]
    pub release: Target,
    /// The subset; otherwise the one that is clear: to promote the candidate, to retire the one that nobody gets
    #[arg(value_name = "SUBSET")]
    pub subset: Option<String>,
    /// How.
    #[command(flatten)]
    pub options: RolloutArgs,
}

/// Does what names no subset.
///
/// # Errors
/// When nothing can be started or printed.
pub fn run(verb: Verb, args: &Args, console: &mut Console) -> anyhow::Result<Exit> {
    act::act(&args.release, &verb.into(), &args.options, console)
}

/// Starts.
///
/// # Errors
/// When nothing can be started or printed.
pub fn start(args: &Start, console: &mut Console) -> anyhow::Result<Exit> {
    let verb = Verb::Start { image: args.image.clone() };
    act::act(&args.release, &verb.into(), &args.options, console)
}

/// Does what is about one subset: promotes or retires it.
///
/// # Errors
/// When nothing can be started or printed.
pub fn of_subset(verb: Verb, args: &OfSubset, console: &mut Console) -> anyhow::Result<Exit> {
    let asked = VerbRequest { verb, subset: args.subset.clone() };
    act::act(&args.release, &asked, &args.options, console)
}

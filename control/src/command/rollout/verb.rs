//! The verbs: `serin start`, `approve`, `reject`, `pause`, `resume`, `step`, `promote`, `rollback` and `retire`.

pub mod examples;

use document::report::Console;
use policy::rollout::Verb;
use rollout::drive::VerbRequest;

use super::{RolloutArgs, Target, act};
use crate::command::number;
use crate::exit::Exit;
use crate::help;

/// The arguments of most verbs.
#[derive(Debug, clap::Args)]
#[command(after_help = help::of_verb(""))]
pub struct Args {
    /// The Release.
    #[command(flatten)]
    pub release: Target,
    /// How to carry it out.
    #[command(flatten)]
    pub options: RolloutArgs,
}

/// The arguments of `approve`.
#[derive(Debug, clap::Args)]
#[command(after_help = help::of_verb(""))]
pub struct Approve {
    /// The Release.
    #[command(flatten)]
    pub release: Target,
    /// The step that you mean, as `serin status` shows it; refused if the rollout is at another one
    #[arg(long, value_name = "NUMBER", value_parser = number::within::<usize>(1..=1000))]
    pub step: Option<usize>,
    /// How to carry it out.
    #[command(flatten)]
    pub options: RolloutArgs,
}

/// The arguments of `start`.
#[derive(Debug, clap::Args)]
#[command(after_help = help::of_verb(""))]
pub struct Start {
    /// The Release.
    #[command(flatten)]
    pub release: Target,
    /// Create the candidate's Deployment from that of stable, with this image; `CONTAINER=IMAGE` if it has several
    #[arg(long, value_name = "IMAGE")]
    pub image: Option<String>,
    /// How to carry it out.
    #[command(flatten)]
    pub options: RolloutArgs,
}

/// The arguments of `promote` and `retire`.
#[derive(Debug, clap::Args)]
#[command(after_help = help::of_verb(""))]
pub struct OfSubset {
    /// The Release.
    #[command(flatten)]
    pub release: Target,
    /// The subset
    #[arg(value_name = "SUBSET")]
    pub subset: Option<String>,
    /// How to carry it out.
    #[command(flatten)]
    pub options: RolloutArgs,
}

/// Does what names no subset.
///
/// # Errors
/// When nothing can be started or printed.
pub fn run(verb: Verb, args: &Args, console: &mut Console) -> anyhow::Result<Exit> {
    let request = verb.into();
    args.release.each(|target| act::act(target, &request, &args.options, console))
}

/// Approves.
///
/// # Errors
/// When nothing can be started or printed.
pub fn approve(args: &Approve, console: &mut Console) -> anyhow::Result<Exit> {
    let request = VerbRequest { step: args.step, ..Verb::Approve.into() };
    args.release.each(|target| act::act(target, &request, &args.options, console))
}

/// Starts.
///
/// # Errors
/// When nothing can be started or printed.
pub fn start(args: &Start, console: &mut Console) -> anyhow::Result<Exit> {
    let request = Verb::Start { image: args.image.clone() }.into();
    args.release.each(|target| act::act(target, &request, &args.options, console))
}

/// Does what is about one subset: promotes or retires it.
///
/// # Errors
/// When nothing can be started or printed.
pub fn of_subset(verb: Verb, args: &OfSubset, console: &mut Console) -> anyhow::Result<Exit> {
    let asked = VerbRequest { subset: args.subset.clone(), ..verb.into() };
    args.release.each(|target| act::act(target, &asked, &args.options, console))
}

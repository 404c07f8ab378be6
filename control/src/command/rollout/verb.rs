//! The verbs: `serin start`, `approve`, `reject`, `pause`, `resume`, `step`, `promote`, `rollback` and `retire`.

use policy::Policy;
use policy::policy::SubsetId;
use policy::rollout::Verb;
use policy::spec::suggest;

use super::{Manner, Named, act};
use crate::drive::Failure;
use crate::exit::{self, Exit};
use crate::report::Console;

/// What most verbs are asked.
#[derive(Debug, clap::Args)]
#[command(after_help = exit::HELP)]
pub struct Args {
    /// Which Release.
    #[command(flatten)]
    pub release: Named,
    /// How.
    #[command(flatten)]
    pub manner: Manner,
}

/// What `start` is asked.
#[derive(Debug, clap::Args)]
#[command(after_help = exit::HELP)]
pub struct Start {
    /// Which Release.
    #[command(flatten)]
    pub release: Named,
    /// Makes the candidate's Deployment of the stable one's, with this image; `CONTAINER=IMAGE` where it has several
    #[arg(long, value_name = "IMAGE")]
    pub image: Option<String>,
    /// How.
    #[command(flatten)]
    pub manner: Manner,
}

/// What `promote` and `retire` are asked.
#[derive(Debug, clap::Args)]
#[command(after_help = exit::HELP)]
pub struct OfSubset {
    /// Which Release.
    #[command(flatten)]
    pub release: Named,
    /// The subset; otherwise the one that is clear: to promote the candidate, to retire the one that nobody gets
    #[arg(value_name = "SUBSET")]
    pub subset: Option<String>,
    /// How.
    #[command(flatten)]
    pub manner: Manner,
}

/// A verb as it was given: subsets are names still.
#[derive(Clone, Debug)]
pub(super) enum Asked {
    /// One that names no subset.
    Plain(Verb),
    /// `promote`.
    Promote(Option<String>),
    /// `retire`.
    Retire(Option<String>),
}

impl Asked {
    /// Its name on the command line.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Promote(_) | Self::Plain(Verb::Promote(_)) => "promote",
            Self::Retire(_) | Self::Plain(Verb::Retire(_)) => "retire",
            Self::Plain(verb) => match verb {
                Verb::Apply => "apply",
                Verb::Start { .. } => "start",
                Verb::Approve => "approve",
                Verb::Reject => "reject",
                Verb::Pause => "pause",
                Verb::Resume => "resume",
                Verb::Step => "step",
                Verb::Rollback | Verb::Promote(_) | Verb::Retire(_) => "rollback",
            },
        }
    }

    /// What it means for this Release.
    ///
    /// # Errors
    /// When it has no such subset.
    pub(super) fn of(&self, policy: &Policy) -> Result<Verb, Failure> {
        Ok(match self {
            Self::Plain(verb) => verb.clone(),
            Self::Promote(name) => Verb::Promote(find(name.as_deref(), policy)?),
            Self::Retire(name) => Verb::Retire(find(name.as_deref(), policy)?),
        })
    }
}

fn find(name: Option<&str>, policy: &Policy) -> Result<Option<SubsetId>, Failure> {
    let Some(name) = name else { return Ok(None) };
    let names: Vec<&str> = policy.subsets().iter().map(|subset| subset.name.as_str()).collect();
    let found = names.iter().position(|known| *known == name).map(SubsetId);
    let message = || format!("`{}` has no subset `{name}`", policy.full_name());
    found.map(Some).ok_or_else(|| Failure::hindrance(message(), suggest(name, &names)))
}

/// Does what names no subset.
///
/// # Errors
/// When nothing can be started or printed.
pub fn run(verb: Verb, args: &Args, console: &mut Console) -> anyhow::Result<Exit> {
    act::act(&args.release, &Asked::Plain(verb), &args.manner, console)
}

/// Starts.
///
/// # Errors
/// When nothing can be started or printed.
pub fn start(args: &Start, console: &mut Console) -> anyhow::Result<Exit> {
    let verb = Verb::Start { image: args.image.clone() };
    act::act(&args.release, &Asked::Plain(verb), &args.manner, console)
}

/// Promotes.
///
/// # Errors
/// When nothing can be started or printed.
pub fn promote(args: &OfSubset, console: &mut Console) -> anyhow::Result<Exit> {
    act::act(&args.release, &Asked::Promote(args.subset.clone()), &args.manner, console)
}

/// Retires.
///
/// # Errors
/// When nothing can be started or printed.
pub fn retire(args: &OfSubset, console: &mut Console) -> anyhow::Result<Exit> {
    act::act(&args.release, &Asked::Retire(args.subset.clone()), &args.manner, console)
}

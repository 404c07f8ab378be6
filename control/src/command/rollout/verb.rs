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

/// A verb as it was given: the subset of one that is about one is a name still.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub(super) verb: Verb,
    pub(super) subset: Option<String>,
}

impl Asked {
    /// What it means for this Release.
    ///
    /// # Errors
    /// When it has no such subset.
    pub(super) fn of(&self, policy: &Policy) -> Result<Verb, Failure> {
        let subset = find(self.subset.as_deref(), policy)?;
        Ok(match &self.verb {
            Verb::Promote(_) => Verb::Promote(subset),
            Verb::Retire(_) => Verb::Retire(subset),
            verb => verb.clone(),
        })
    }
}

impl From<Verb> for Asked {
    fn from(verb: Verb) -> Self {
        Self { verb, subset: None }
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
    act::act(&args.release, &verb.into(), &args.manner, console)
}

/// Starts.
///
/// # Errors
/// When nothing can be started or printed.
pub fn start(args: &Start, console: &mut Console) -> anyhow::Result<Exit> {
    let verb = Verb::Start { image: args.image.clone() };
    act::act(&args.release, &verb.into(), &args.manner, console)
}

/// Does what is about one subset: promotes or retires it.
///
/// # Errors
/// When nothing can be started or printed.
pub fn of_subset(verb: Verb, args: &OfSubset, console: &mut Console) -> anyhow::Result<Exit> {
    let asked = Asked { verb, subset: args.subset.clone() };
    act::act(&args.release, &asked, &args.manner, console)
}

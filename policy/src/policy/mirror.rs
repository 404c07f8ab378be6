//! Copies of requests for a subset that does not answer them.

use super::names::Names;
use super::{Share, SubsetId, subset};
use crate::decimal::decimal;
use crate::path::Path;
use crate::problem::{Code, Part, Problem, Problems};
use crate::spec;

/// Copies of requests for a subset that does not answer them. Those who wait for an answer do not notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mirror {
    /// The subset that gets them; never the stable one.
    pub to: SubsetId,
    /// How many of the requests are copied; never none.
    pub share: Share,
}

/// What a Release says of it at `path`.
pub(super) fn read(
    written: Option<&spec::Mirror>,
    names: &Names,
    path: &Path,
    problems: &mut Problems,
) -> Option<Mirror> {
    let spec::Mirror { to, percent } = written?;
    let id = read_target(to, names, (&path.key("to"), Part::Value), problems);
    let share = read_share(*percent, &path.key("percent"), problems);
    Some(Mirror { to: id?, share: share? })
}

/// The subset `name`, which is to get copies.
pub(crate) fn read_target(
    name: &str,
    names: &Names,
    (at, part): (&Path, Part),
    problems: &mut Problems,
) -> Option<SubsetId> {
    let id = subset::declared(name, names.subsets, (at, part.clone()), problems)?;
    if names.stable == Some(id) {
        let message = format!(
            "expected another subset than the stable one, found `{name}`: it gets the requests already"
        );
        let problem = Problem::error(Code::DuplicateName, at, message).about(part);
        problems.add(problem.help("name the subset that is to be tried with copies of requests"));
        return None;
    }
    Some(id)
}

/// How many requests are copied: some, at most all.
pub(crate) fn read_share(percent: f64, at: &Path, problems: &mut Problems) -> Option<Share> {
    let share = Share::from_percent(percent).filter(|share| share.hundredths() > 0);
    if share.is_none() {
        let message = format!(
            "expected a percentage from 0.01 to 100 with at most two decimals, found `{}`",
            decimal(percent)
        );
        let problem = Problem::error(Code::OutOfRange, at, message);
        let nothing = percent.abs() < f64::EPSILON;
        problems.add(if nothing {
            problem.help("remove it: nothing is copied then")
        } else {
            problem
        });
    }
    share
}

//! What runs the subsets.

use crate::path::Path;
use crate::policy::name;
use crate::problem::{Code, Problem, Problems};
use crate::spec::Subset;

/// The Deployment of each subset, by position; none where none is written.
pub(super) fn read(
    subsets: &[Subset],
    path: &Path,
    problems: &mut Problems,
) -> Vec<Option<String>> {
    let mut read: Vec<Option<String>> = Vec::new();
    for (index, subset) in subsets.iter().enumerate() {
        let deployment = subset.workload.as_ref().map(|workload| workload.deployment.clone());
        let at = path.index(index).key("workload").key("deployment");
        if let Some(deployment) = &deployment {
            check(deployment, &read, subsets, &at, problems);
        }
        read.push(deployment);
    }
    read
}

fn check(
    deployment: &str,
    before: &[Option<String>],
    subsets: &[Subset],
    at: &Path,
    problems: &mut Problems,
) {
    if !name::is_dns_subdomain(deployment) {
        let message = format!("`{deployment}` cannot be the name of a Deployment");
        let problem = Problem::error(Code::InvalidName, at, message);
        problems.add(problem.help("lower-case letters, digits, `-` and `.`, as for any object"));
        return;
    }
    let same = before.iter().zip(subsets).find(|(other, _)| other.as_deref() == Some(deployment));
    if let Some((_, other)) = same {
        let message =
            format!("the Deployment `{deployment}` also belongs to subset `{}`", other.name);
        let problem = Problem::error(Code::DuplicateName, at, message);
        problems.add(problem.help("each subset needs its own pods, and so its own Deployment"));
    }
}

//! The labels of a subset's pods.

use policy::policy::SubsetId;
use serde_json::Value;

use super::cluster::endpoints;
use super::mesh::Users;
use super::subject::Subject;

/// Those that the Release has, or else those of a user's DestinationRule; none where neither says.
pub(super) fn of_subset(
    subject: &Subject<'_>,
    users: Option<&Users>,
    subset: SubsetId,
) -> Option<Vec<(String, String)>> {
    let subset = subject.policy().subsets().get(subset.0)?;
    if !subset.labels.is_empty() {
        return Some(subset.labels.clone());
    }
    users?.destination_rules().find_map(|rule| {
        let found =
            rule.list("/spec/subsets").iter().find(|found| found["name"] == *subset.name)?;
        of_rule(found)
    })
}

/// Those of a subset of a DestinationRule; none where it says none.
pub(super) fn of_rule(subset: &Value) -> Option<Vec<(String, String)>> {
    subset.get("labels").filter(|labels| labels.is_object()).map(endpoints::labels)
}

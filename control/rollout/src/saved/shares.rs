//! A split as it stands in the status of the object: percentages by name.

use document::report::Message;
use policy::Policy;
use policy::policy::{Share, Split, SubsetId};
use serde_json::{Map, Value};

use crate::unreadable;

/// The split that was written; what is not named goes to stable.
pub(super) fn read(
    written: &Map<String, Value>,
    policy: &Policy,
    find: impl Fn(&str, &str) -> Result<SubsetId, Message>,
) -> Result<Split, Message> {
    let wrong = || unreadable::split(written);
    let mut shares = Vec::new();
    let mut rest = Share::ALL.hundredths();
    for (name, percent) in written {
        let id = find("state.traffic.shifted", name)?;
        let share = percent.as_f64().and_then(Share::from_percent).ok_or_else(wrong)?;
        rest = rest.checked_sub(share.hundredths()).ok_or_else(wrong)?;
        shares.push((id, share));
    }
    if !written.contains_key(policy.subset_name(policy.stable())) {
        let share = Share::from_percent(f64::from(rest) / 100.0).ok_or_else(wrong)?;
        shares.push((policy.stable(), share));
    }
    Split::from_shares(shares).ok_or_else(wrong)
}

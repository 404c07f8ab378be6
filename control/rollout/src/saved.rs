//! A rollout's state as it stands in the status of the object: with names in place of positions.

mod shares;

use document::report::{Message, Percent};
use policy::Policy;
use policy::policy::SubsetId;
use policy::rollout::{At, Phase, State, Traffic};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::unreadable;

/// The state, as it is written.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Saved {
    phase: Phase,
    at: SavedAt,
    traffic: SavedTraffic,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    revision: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    image: Option<String>,
    plan: String,
    #[serde(default)]
    single: bool,
}

/// Steps count from 0.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum SavedAt {
    Plan(usize),
    Promote(String),
    Retire(String),
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum SavedTraffic {
    Spec {},
    Stable {},
    /// In percent; what is not named goes to stable.
    Shifted(Map<String, Value>),
    Only(String),
    Pinned(String),
    Bare(String),
}

/// The state as it is written.
#[must_use]
pub fn write(state: &State, policy: &Policy) -> Value {
    let name = |id: SubsetId| policy.subset_name(id).to_owned();
    let saved = Saved {
        phase: state.phase,
        at: match state.at {
            At::Plan(position) => SavedAt::Plan(position),
            At::Promote(id) => SavedAt::Promote(name(id)),
            At::Retire(id) => SavedAt::Retire(name(id)),
        },
        traffic: match &state.traffic {
            Traffic::Spec => SavedTraffic::Spec {},
            Traffic::Stable => SavedTraffic::Stable {},
            Traffic::Shifted(split) => SavedTraffic::Shifted(
                split
                    .shares()
                    .map(|(id, share)| (name(id), Percent::from(share).to_value()))
                    .collect(),
            ),
            Traffic::Only(id) => SavedTraffic::Only(name(*id)),
            Traffic::Pinned(id) => SavedTraffic::Pinned(name(*id)),
            Traffic::Bare(id) => SavedTraffic::Bare(name(*id)),
        },
        revision: state.revision.clone(),
        image: state.image.clone(),
        plan: state.plan.clone(),
        single: state.single,
    };
    serde_json::to_value(saved).unwrap_or_default()
}

/// The state that was written as `value`.
///
/// # Errors
/// When it is of another shape, or names a subset that the Release does not declare.
pub fn read(value: &Value, policy: &Policy) -> Result<State, Message> {
    let saved = Saved::deserialize(value);
    let saved = saved.map_err(|error| unreadable::shape("state", error))?;
    let find = |field: &str, name: &str| {
        let found = policy.subsets().iter().position(|subset| subset.name == name).map(SubsetId);
        found.ok_or_else(|| unreadable::subset(field, name, policy))
    };
    Ok(State {
        phase: saved.phase,
        at: match &saved.at {
            SavedAt::Plan(position) => At::Plan(*position),
            SavedAt::Promote(name) => At::Promote(find("state.at.promote", name)?),
            SavedAt::Retire(name) => At::Retire(find("state.at.retire", name)?),
        },
        traffic: match &saved.traffic {
            SavedTraffic::Spec {} => Traffic::Spec,
            SavedTraffic::Stable {} => Traffic::Stable,
            SavedTraffic::Shifted(shares) => Traffic::Shifted(shares::read(shares, policy, find)?),
            SavedTraffic::Only(name) => Traffic::Only(find("state.traffic.only", name)?),
            SavedTraffic::Pinned(name) => Traffic::Pinned(find("state.traffic.pinned", name)?),
            SavedTraffic::Bare(name) => Traffic::Bare(find("state.traffic.bare", name)?),
        },
        revision: saved.revision,
        image: saved.image,
        plan: saved.plan,
        single: saved.single,
    })
}

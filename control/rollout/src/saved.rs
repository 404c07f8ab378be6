//! A rollout's state as it stands in the status of the object: with names in place of positions.
//!
//! This is a stored format, which any `serin` reads, older and newer ones:
//!
//! * A field that is not known is passed over, and kept when the state is written back. What must not be passed over is
//!   never a new field, but a new value of a field that exists.
//! * A value that is not known stops whatever goes forward ([`read`]): nothing says who gets which subset then.
//! * The way back goes on all the same ([`read_back`]). It leads to stable from everywhere, and needs none of it.

mod shares;

use document::report::{Message, Percent};
use policy::Policy;
use policy::policy::{Mirror, Share, SubsetId};
use policy::rollout::{At, Phase, Plan, State, Traffic};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::unreadable;

/// The state, as it is written. What can have values that a later version adds is read by itself.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Saved {
    phase: Value,
    at: Value,
    traffic: Value,
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
    /// In percent; the rest is as of `stable`.
    Mirrored(Map<String, Value>),
    /// In percent; what is not named goes to stable.
    Shifted(Map<String, Value>),
    Only(String),
    Pinned(String),
    Bare(String),
}

/// The fields that are known.
const FIELDS: [&str; 7] = ["phase", "at", "traffic", "revision", "image", "plan", "single"];

/// The state as it is written, with what the one `before` has that is not known.
#[must_use]
pub fn write(state: &State, policy: &Policy, before: Option<&Value>) -> Value {
    let name = |id: SubsetId| policy.subset_name(id).to_owned();
    let at = match state.at {
        At::Plan(position) => SavedAt::Plan(position),
        At::Promote(id) => SavedAt::Promote(name(id)),
        At::Retire(id) => SavedAt::Retire(name(id)),
    };
    let traffic = match &state.traffic {
        Traffic::Spec => SavedTraffic::Spec {},
        Traffic::Stable => SavedTraffic::Stable {},
        Traffic::Mirrored(Mirror { to, share }) => SavedTraffic::Mirrored(
            [(name(*to), Percent::from(*share).to_value())].into_iter().collect(),
        ),
        Traffic::Shifted(split) => SavedTraffic::Shifted(
            split.shares().map(|(id, share)| (name(id), Percent::from(share).to_value())).collect(),
        ),
        Traffic::Only(id) => SavedTraffic::Only(name(*id)),
        Traffic::Pinned(id) => SavedTraffic::Pinned(name(*id)),
        Traffic::Bare(id) => SavedTraffic::Bare(name(*id)),
    };
    let saved = Saved {
        phase: serde_json::to_value(state.phase).unwrap_or_default(),
        at: serde_json::to_value(at).unwrap_or_default(),
        traffic: serde_json::to_value(traffic).unwrap_or_default(),
        revision: state.revision.clone(),
        image: state.image.clone(),
        plan: state.plan.clone(),
        single: state.single,
    };
    let mut written = serde_json::to_value(saved).unwrap_or_default();
    if let (Some(written), Some(before)) =
        (written.as_object_mut(), before.and_then(Value::as_object))
    {
        let unknown = before.iter().filter(|(field, _)| !FIELDS.contains(&field.as_str()));
        written.extend(unknown.map(|(field, value)| (field.clone(), value.clone())));
    }
    written
}

/// The state that was written as `value`.
///
/// # Errors
/// When it is of another shape, a later version wrote it, or it names a subset that the Release does not declare.
pub fn read(value: &Value, policy: &Policy) -> Result<State, Message> {
    let saved = Saved::deserialize(value);
    let saved = saved.map_err(|error| unreadable::shape("state", error))?;
    Ok(State {
        phase: variant("state.phase", &saved.phase, &[])?,
        at: at(&saved.at, policy)?,
        traffic: traffic(&saved.traffic, policy)?,
        revision: saved.revision,
        image: saved.image,
        plan: saved.plan,
        single: saved.single,
    })
}

/// The state from which the way back begins, whatever `value` is. Where not all of it can be read, it is one that is
/// under way, and in which nothing is known to be on stable: what is on stable already is sent there once more.
#[must_use]
pub fn read_back(value: &Value, policy: &Policy, plan: &Plan) -> State {
    read(value, policy).unwrap_or_else(|_| {
        let text = |field: &str| value.get(field).and_then(Value::as_str).map(str::to_owned);
        let field = |name: &str| value.get(name).unwrap_or(&Value::Null);
        State {
            phase: Phase::Progressing,
            // Behind the last step.
            at: at(field("at"), policy).unwrap_or(At::Plan(plan.steps.len())),
            traffic: traffic(field("traffic"), policy).unwrap_or(Traffic::Spec),
            revision: text("revision"),
            image: text("image"),
            plan: text("plan").unwrap_or_default(),
            single: false,
        }
    })
}

fn at(value: &Value, policy: &Policy) -> Result<At, Message> {
    let find = |field: &str, name: &str| find(policy, field, name);
    Ok(match variant("state.at", value, &["plan", "promote", "retire"])? {
        SavedAt::Plan(position) => At::Plan(position),
        SavedAt::Promote(name) => At::Promote(find("state.at.promote", &name)?),
        SavedAt::Retire(name) => At::Retire(find("state.at.retire", &name)?),
    })
}

fn traffic(value: &Value, policy: &Policy) -> Result<Traffic, Message> {
    let find = |field: &str, name: &str| find(policy, field, name);
    let known = ["spec", "stable", "mirrored", "shifted", "only", "pinned", "bare"];
    Ok(match variant("state.traffic", value, &known)? {
        SavedTraffic::Spec {} => Traffic::Spec,
        SavedTraffic::Stable {} => Traffic::Stable,
        SavedTraffic::Mirrored(shares) => Traffic::Mirrored(mirror(&shares, policy)?),
        SavedTraffic::Shifted(shares) => Traffic::Shifted(shares::read(&shares, policy, find)?),
        SavedTraffic::Only(name) => Traffic::Only(find("state.traffic.only", &name)?),
        SavedTraffic::Pinned(name) => Traffic::Pinned(find("state.traffic.pinned", &name)?),
        SavedTraffic::Bare(name) => Traffic::Bare(find("state.traffic.bare", &name)?),
    })
}

/// What is copied, and to which subset.
fn mirror(written: &Map<String, Value>, policy: &Policy) -> Result<Mirror, Message> {
    let wrong = || unreadable::mirror(written);
    let mut entries = written.iter();
    let (Some((name, percent)), None) = (entries.next(), entries.next()) else {
        return Err(wrong());
    };
    let share = percent.as_f64().and_then(Share::from_percent);
    let share = share.filter(|share| share.hundredths() > 0).ok_or_else(wrong)?;
    Ok(Mirror { to: find(policy, "state.traffic.mirrored", name)?, share })
}

fn find(policy: &Policy, field: &str, name: &str) -> Result<SubsetId, Message> {
    let found = policy.subsets().iter().position(|subset| subset.name == name).map(SubsetId);
    found.ok_or_else(|| unreadable::subset(field, name, policy))
}

/// A value that is one of several, by its name or by its only key; the keys that are known.
fn variant<T: DeserializeOwned>(field: &str, value: &Value, known: &[&str]) -> Result<T, Message> {
    let name = match value {
        Value::String(name) => Some(name),
        Value::Object(map) if map.len() == 1 => map.keys().next(),
        _ => None,
    };
    let is_known = name.is_none_or(|name| known.contains(&name.as_str()));
    T::deserialize(value).map_err(|error| {
        if is_known { unreadable::shape(field, error) } else { unreadable::newer(field, error) }
    })
}

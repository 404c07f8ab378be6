//! What the mesh is to have of a Release, and what of that it lacks.

pub(super) mod back;
mod consent;
mod destination_rules;
mod difference;
mod given;
pub(super) mod own;
mod pinned;
pub mod removal;
pub(super) mod shown;
mod stamp;
mod users;

use istio::effect;
use istio::render::mesh::Options;
use istio::render::mode::Mode;
use istio::render::{Delivery, mesh as rendering};
use policy::rollout::{State, Traffic, effective};
use policy::{Checked, Policy};

use super::failure::{Blocker, Failure};
use super::subject::Subject;
use crate::drive::cluster::Object;

pub(super) use difference::all;
pub use difference::{Change, Difference, staged};
pub(super) use pinned::subsets;
pub(super) use removal::naming;
pub use stamp::in_order_of_removal;
pub(super) use stamp::{is_native, is_ours, same, stamped};
pub(super) use users::Users;

/// What the mesh is to have.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Desired {
    /// The objects, in the order in which they are applied.
    pub objects: Vec<Object>,
    /// What the user should know.
    pub notes: Vec<String>,
    /// On the way back, what stands in the way of the rest: then the objects are those that send all users to stable,
    /// and others stay as they are.
    pub blockers: Vec<Blocker>,
    /// What of the Release is there; where something stands in the way, what of these objects is.
    found: Vec<Object>,
}

/// What the mesh is to have in this state.
///
/// # Errors
/// When that cannot be rendered, or something stands in the way.
pub async fn desired(subject: &Subject<'_>, state: &State) -> Result<Desired, Failure> {
    let users = Users::find(subject).await?;
    desired_beside(subject, state, &users).await
}

/// The same, where nothing may be in the way: before anything new is written.
///
/// # Errors
/// When that cannot be rendered, or something stands in the way.
pub async fn desired_whole(subject: &Subject<'_>, state: &State) -> Result<Desired, Failure> {
    let desired = desired(subject, state).await?;
    Failure::check(desired.blockers.clone()).map(|()| desired)
}

/// The same, beside these objects of users.
///
/// The way back asks for no consent: where it cannot be rendered beside what others have made, it is the filter's
/// configuration.
pub(super) async fn desired_beside(
    subject: &Subject<'_>,
    state: &State,
    users: &Users,
) -> Result<Desired, Failure> {
    match rendered(subject, state, users).await {
        Err(Failure::Blocked(blockers)) if state.phase.is_back() => {
            let (objects, found) = back::configured(subject, state, users.made.clone()).await?;
            Ok(Desired { objects, blockers, found, ..Desired::default() })
        }
        other => other.map(|desired| Desired { found: users.made.clone(), ..desired }),
    }
}

async fn rendered(subject: &Subject<'_>, state: &State, users: &Users) -> Result<Desired, Failure> {
    let shown = subject.release.variant(effective(&subject.release.spec, subject.plan(), state))?;
    let mesh = subject.mesh_options()?;
    // Every step runs in the same module: a change of it takes a proxy a second.
    let delivery = Delivery {
        modules: mesh.delivery.modules.for_all_of(subject.release)?,
        ..mesh.delivery.clone()
    };
    if let Traffic::Bare(_) = state.traffic {
        return bare(&shown, subject, users);
    }
    let is_pinned = matches!(state.traffic, Traffic::Pinned(_));
    users.check_rivals(subject.policy())?;
    let (given, notes) = if is_pinned {
        (pinned::given(&shown.policy, users)?, Vec::new())
    } else {
        // That of the Release as it is written, whatever has come of it: users' own rules cannot follow each step.
        let gate = mesh.gate(subject.policy());
        let (given, mut notes) =
            given::given(&shown.policy, mesh.mode, subject.gateways, gate, users)?;
        let look =
            effect::Options { gateways: subject.gateways, is_any_host: !mesh.has_domain_name() };
        notes.extend(given::without_effect(&shown.policy, &look, users));
        (given, notes)
    };
    // Without a filter nothing is matched: the routes are the same in every mode.
    let mode = if is_pinned { Mode::Matcher } else { mesh.mode };
    // At every step alike: a cluster that changes counts from 0.
    let counts = subject.plan().counts();
    let options = Options { mode, delivery, counts, ..mesh.clone() };
    let mut manifests = rendering::render(&shown, &options, &given).map_err(Failure::Release)?;
    if is_pinned {
        manifests.retain(|manifest| stamp::is_native(&manifest.body));
    } else if !state.phase.is_back() {
        consent::check(subject).await?;
    }
    let objects = manifests.iter().map(stamp::stamped).collect();
    Ok(Desired { objects, notes, ..Desired::default() })
}

/// Nothing, but for the subsets that routes of users still name: without them these routes would answer with 503.
fn bare(shown: &Checked, subject: &Subject<'_>, users: &Users) -> Result<Desired, Failure> {
    pinned::check(&shown.policy, users)?;
    let relying = pinned::relying(&shown.policy, users);
    if relying.is_empty() {
        return Ok(Desired::default());
    }
    let given = pinned::given(&shown.policy, users)?;
    let options = Options { mode: Mode::Matcher, ..subject.mesh_options()?.clone() };
    let mut manifests = rendering::render(shown, &options, &given).map_err(Failure::Release)?;
    manifests.retain(|manifest| manifest.body["kind"] == "DestinationRule");
    let objects: Vec<Object> = manifests.iter().map(stamp::stamped).collect();
    let titles: Vec<String> = objects.iter().map(Object::title).collect();
    let note = format!("{} stays: {}", titles.join(", "), relying.join("; "));
    Ok(Desired { objects, notes: vec![note], ..Desired::default() })
}

/// That no route of a user's would lead nowhere if all that was made for the Release were gone.
///
/// # Errors
/// When one would: which, and what to do.
pub(super) fn check_removal(policy: &Policy, users: &Users) -> Result<(), Failure> {
    let relying = pinned::relying(policy, users);
    let blocker = |what: String| {
        Blocker::new(
            format!("{what}, which only serin's DestinationRule has: requests would get 503"),
            "declare it in a DestinationRule of your own, or change these rules; `--force` removes it anyway",
        )
    };
    Failure::check(relying.into_iter().map(blocker).collect())
}

/// What the mesh does not have as it is to: what is to be applied, in that order, and then what is to be removed, in
/// that order.
///
/// # Errors
/// When the cluster cannot be asked.
pub async fn differences(
    subject: &Subject<'_>,
    desired: &Desired,
) -> Result<Vec<Difference>, Failure> {
    compared(subject, desired).await.map(|(differences, _)| differences)
}

/// What of the objects is there, and is not known for one of ours: its label was taken away.
async fn unlabelled(subject: &Subject<'_>, desired: &Desired) -> Result<Vec<Object>, Failure> {
    let mut live = Vec::new();
    for wanted in &desired.objects {
        if !desired.found.iter().any(|object| stamp::same(object, wanted)) {
            live.extend(subject.cluster.mesh_object(wanted).await?);
        }
    }
    Ok(live)
}

/// The same, with the objects that are as they are to be.
pub(super) async fn compared(
    subject: &Subject<'_>,
    desired: &Desired,
) -> Result<(Vec<Difference>, Vec<Object>), Failure> {
    let release = subject.policy().full_name();
    let mut live = desired.found.clone();
    if desired.blockers.is_empty() {
        live.extend(unlabelled(subject, desired).await?);
    }
    let differences = difference::all(&release, &desired.objects, &live);
    live.retain(|live| !differences.iter().any(|difference| difference.is_about(live)));
    Ok((differences, live))
}

//! The fence of a driver that lost track: nothing changes for a state that is not the Release's any more.

use super::cluster::{Error, Object};
use super::failure::Failure;
use super::subject::Subject;

/// That the Release is still in the state that is being carried out. Asked before each change: a rollback that another
/// user wrote down meanwhile is not undone by the rest of a step.
///
/// Where the cluster cannot be asked, the way back goes on all the same.
///
/// # Errors
/// [`Failure::Superseded`] where it is in another state, or gone; what else the cluster says.
pub(super) async fn check(subject: &Subject<'_>, is_back: bool) -> Result<(), Failure> {
    let seen = subject.object;
    match subject.cluster.release(seen.namespace(), seen.name()).await {
        Ok(now) if is_same(seen, &now) => Ok(()),
        Ok(_) | Err(Error::NotFound { .. }) => Err(Failure::Superseded),
        Err(_) if is_back => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Whether the same is to be carried out: conditions and messages say no more than how far it is.
fn is_same(seen: &Object, now: &Object) -> bool {
    let carried_out = |object: &Object, field: &str| object.status().get(field).cloned();
    let fields = ["state", "mesh"];
    seen.uid() == now.uid()
        && fields.iter().all(|field| carried_out(seen, field) == carried_out(now, field))
}

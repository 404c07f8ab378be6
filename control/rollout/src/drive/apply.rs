//! Has a Release of the cluster be what a file says, and its rollout go on from there.

use istio::render::mesh_options::MeshOptions;
use policy::Checked;
use policy::rollout::{State, Transition, Verb};
use serde_json::Value;

use super::cluster::{ApplyOptions, Error, Object};
use super::failure::Failure;
use super::live::{self, Live};
use super::mesh;
use super::options::{Direction, Options};
use super::rollout::Rollout;
use super::verb::Recorded;
use crate::status::Applied;
use crate::{Entry, Status, phase};

/// What is to be applied.
#[derive(Clone, Copy, Debug)]
pub struct ApplyRequest<'a> {
    /// The Release, without a `status` and what the API server writes on it.
    pub object: &'a Object,
    /// What its mesh objects are to be made of; none: the same as the last time.
    pub options: Option<&'a MeshOptions>,
    /// Whether fields that others manage are taken over.
    pub force: bool,
}

/// What would come of applying a Release, as the cluster is now.
#[derive(Debug)]
pub struct Application {
    /// What the file says, with what has come of it so far.
    pub live: Live,
    /// What its mesh objects are made of.
    pub options: Options,
    /// The state that is to be written down; none: there is nothing to be done, and nothing to be written.
    pub state: Option<State>,
    /// The Release by which requests are decided now, and the one by which they will be once the step at work is done;
    /// none where either has no filter.
    pub change: Option<(Checked, Checked)>,
    /// What is dropped: options that a later version wrote.
    pub dropped: Vec<String>,
    mesh: Value,
    generation: Option<u64>,
    is_new: bool,
}

impl Rollout<'_> {
    /// What would come of applying it.
    ///
    /// # Errors
    /// When it is refused, something stands in the way, or it cannot be known.
    pub async fn propose_application(
        &self,
        request: &ApplyRequest<'_>,
    ) -> Result<Application, Failure> {
        let there = self.there().await?;
        let mut next = request.object.clone();
        if let (Some(there), Some(map)) = (&there, next.value_mut().as_object_mut()) {
            map.insert("status".to_owned(), there.status().clone());
        }
        let live = Live::read(self.compiler, next)?;
        let mesh = request.mesh(&live)?;
        let options = Options::read(Some(&mesh), Direction::Forward)?;
        let (decided, _) = self.decide(&live, &options, &Verb::Apply.into()).await?;
        let is_new = matches!(decided, Transition::To(_));
        let state = match decided {
            Transition::To(state) => Some(state),
            Transition::Already => live.state.clone(),
        };
        let mut change = None;
        if let Some(state) = &state {
            let subject = live.subject(self.cluster, &options);
            // What stands in the way is said before anything is written.
            let mut desired = mesh::desired_whole(&subject, state).await?;
            // What the steps of a plan change needs no leave of its own.
            let plan = &live.release.plan;
            let traffic = phase::traffic_after(plan, state);
            if plan.is_open() && traffic != state.traffic {
                desired = mesh::desired(&subject, &State { traffic, ..state.clone() }).await?;
            }
            change = mesh::shown::change(&live.release.policy, &desired);
        }
        let dropped = request.dropped(&live);
        let generation = there.as_ref().and_then(Object::generation);
        Ok(Application { live, options, state, change, dropped, mesh, generation, is_new })
    }

    /// Asks the API server whether it would take it.
    ///
    /// # Errors
    /// When it would not.
    pub async fn try_application(&self, request: &ApplyRequest<'_>) -> Result<(), Failure> {
        self.cluster.apply_release(request.object, request.how(true)).await?;
        Ok(())
    }

    /// Makes the object what the file says, and writes down what follows, unless the Release changed since.
    ///
    /// # Errors
    /// When it is not taken.
    pub async fn record_application(
        &self,
        request: &ApplyRequest<'_>,
        application: Application,
        by: &str,
        why: Option<&str>,
    ) -> Result<Recorded, Failure> {
        let Application { mut live, state: Some(state), mesh, generation, is_new, .. } =
            application
        else {
            return Ok(Recorded::Already);
        };
        live.object = self.cluster.apply_release(request.object, request.how(false)).await?;
        let is_changed = live.object.generation() != generation
            || live.status.mesh.as_ref() != Some(&mesh)
            || is_new;
        if !is_changed {
            return Ok(Recorded::Already);
        }
        self.write(&live.object, &self.applied(&live, &state, mesh, by, why)).await
    }

    /// The same of a Release that says so already.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) async fn record_adoption(
        &self,
        object: &Object,
        application: Application,
        by: &str,
    ) -> Result<Recorded, Failure> {
        let Application { live, state: Some(state), mesh, .. } = application else {
            return Ok(Recorded::Already);
        };
        let live = Live { object: object.clone(), ..live };
        self.write(object, &self.applied(&live, &state, mesh, by, None)).await
    }

    /// The status once it is applied.
    fn applied(
        &self,
        live: &Live,
        state: &State,
        mesh: Value,
        by: &str,
        why: Option<&str>,
    ) -> Status {
        let now = self.now();
        let time = live::written(now);
        let entry = Entry {
            time: time.clone(),
            by: by.to_owned(),
            verb: Verb::Apply.name().to_owned(),
            what: live.summary(state),
            why: why.map(str::to_owned),
        };
        let mut status = live.with(state, None, Some(entry), now);
        status.mesh = Some(mesh);
        status.applied = Some(Applied::of(&live.object, time));
        status
    }

    pub(super) async fn there(&self) -> Result<Option<Object>, Failure> {
        match self.cluster.release(self.namespace, self.name).await {
            Ok(object) => Ok(Some(object)),
            Err(Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

impl ApplyRequest<'_> {
    fn how(&self, dry_run: bool) -> ApplyOptions {
        ApplyOptions { force: self.force, dry_run }
    }

    /// The options of a later version that are replaced by those that are given.
    fn dropped(&self, live: &Live) -> Vec<String> {
        let before = live.status.mesh.as_ref().filter(|_| self.options.is_some());
        let before = before.and_then(|before| MeshOptions::read(before).ok());
        before.map(|before| before.unknown.keys().cloned().collect()).unwrap_or_default()
    }

    /// The options of the mesh: those that are given, or those of the last time.
    fn mesh(&self, live: &Live) -> Result<Value, Failure> {
        match (self.options, &live.status.mesh) {
            (Some(given), _) => Ok(given.to_value()),
            (None, Some(mesh)) => Ok(mesh.clone()),
            (None, None) => {
                let message = format!(
                    "no module is named, and `{}` was not applied before",
                    live.release.policy.full_name()
                );
                let help = "`--module-url https://… --module-sha256 …`, or `--module-file PATH`";
                Err(Failure::blocked(message, help))
            }
        }
    }
}

//! A verb: what would come of it, and writing it down unless another user was faster.

use std::time::Duration;

use document::report::text::fewer;
use policy::Policy;
use policy::policy::SubsetId;
use policy::rollout::{Phase, State, Step, Transition, Verb, apply, step};
use policy::spec::suggest;

use super::cluster::proxies::Proxies;
use super::cluster::{Error, Object};
use super::failure::Failure;
use super::live::{self, Live};
use super::observe::{Seen, analysis, gate, observe};
use super::options::{Direction, Options};
use super::rollout::Rollout;
use crate::{Entry, Status, Waiting, phase};

/// How an approval begins in the history.
const APPROVED: &str = "approved step";

/// A verb as it was given: the subset of one that is about one is a name still.
#[derive(Clone, Debug)]
pub struct VerbRequest {
    /// The verb.
    pub verb: Verb,
    /// The subset, where one is named.
    pub subset: Option<String>,
    /// The number of the step that the user saw, where one is named: at another one it is refused.
    pub step: Option<usize>,
}

/// What would come of a verb, as the cluster is now.
#[derive(Debug)]
pub struct Proposal {
    /// The Release.
    pub live: Live,
    /// What its mesh objects are made of.
    pub options: Options,
    /// The state that is to be written down; none: already as requested.
    pub state: Option<State>,
    /// The step that is approved, and who gets what at it.
    pub approved: Option<String>,
    /// What holds what was asked for: a window, or a freeze.
    pub held: Option<Waiting>,
    verb: &'static str,
}

/// What became of writing it down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recorded {
    /// It is written down.
    Written,
    /// It was so already.
    Already,
    /// The Release changed since: it is to be proposed again.
    Again,
}

impl VerbRequest {
    /// What it means for this Release.
    ///
    /// # Errors
    /// When it has no such subset.
    pub fn of(&self, policy: &Policy) -> Result<Verb, Failure> {
        let subset = find(self.subset.as_deref(), policy)?;
        Ok(match &self.verb {
            Verb::Promote(_) => Verb::Promote(subset),
            Verb::Retire(_) => Verb::Retire(subset),
            verb => verb.clone(),
        })
    }
}

impl From<Verb> for VerbRequest {
    fn from(verb: Verb) -> Self {
        Self { verb, subset: None, step: None }
    }
}

fn find(name: Option<&str>, policy: &Policy) -> Result<Option<SubsetId>, Failure> {
    let Some(name) = name else { return Ok(None) };
    let names: Vec<&str> = policy.subsets().iter().map(|subset| subset.name.as_str()).collect();
    let found = names.iter().position(|known| *known == name).map(SubsetId);
    let message = || format!("`{}` has no subset `{name}`", policy.full_name());
    found.map(Some).ok_or_else(|| Failure::blocked(message(), suggest(name, &names)))
}

impl Rollout<'_> {
    /// What would come of a verb. `before` is what would have come of it when it was proposed last: a yes to one step is
    /// no yes to the next.
    ///
    /// # Errors
    /// When it is refused, cannot be known, or the rollout went on since.
    pub async fn propose(
        &self,
        request: &VerbRequest,
        before: Option<&Proposal>,
    ) -> Result<Proposal, Failure> {
        let direction = Direction::of_verb(&request.verb);
        let Self { cluster, compiler, namespace, name, .. } = *self;
        let live = match Live::get_toward(direction, cluster, compiler, namespace, name).await {
            Err(Failure::Cluster(missing @ Error::NotFound { .. })) => {
                return Err(self.without_release(missing).await);
            }
            live => live?,
        };
        let at = |live: &Live| live.state.as_ref().map(|state| (state.phase, state.at));
        if before.is_some_and(|before| at(&before.live) != at(&live)) {
            return Err(conflict(&live));
        }
        if let Some(step) = request.step {
            expect_step(&live, step)?;
        }
        let options = Options::read(live.status.mesh.as_ref(), direction)?;
        let (transition, seen) = self.decide(&live, &options, request).await?;
        let state = match transition {
            Transition::Already => None,
            Transition::To(state) => Some(state),
        };
        let held = match &state {
            Some(state) => self.held(&live, &options, state, seen).await,
            None => None,
        };
        let is_approval = request.verb == Verb::Approve && state.is_some();
        let approved = live.state.as_ref().filter(|_| is_approval).and_then(|state| {
            let step = phase::step(&live.release.plan, state)?;
            Some(format!("{APPROVED} {step}: {}", live.wording().traffic(&state.traffic)))
        });
        Ok(Proposal { live, options, state, approved, held, verb: request.verb.name() })
    }

    /// What is to be said where the Release is missing: it may have been deleted without what was made for it.
    async fn without_release(&self, missing: Error) -> Failure {
        let Self { cluster, namespace, name, .. } = *self;
        match cluster.made_for(&format!("{namespace}/{name}")).await {
            Ok(made) if !made.is_empty() => {
                let titles: Vec<String> = made.iter().map(Object::title).collect();
                let message = format!(
                    "{missing}, but what was created for it still routes users: {}",
                    fewer(&titles)
                );
                let help =
                    format!("`serin delete {name}` sends all users to stable and removes it");
                Failure::blocked(message, help)
            }
            _ => missing.into(),
        }
    }

    /// Writes down what was proposed, unless the Release changed since.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn record(
        &self,
        proposal: &Proposal,
        by: &str,
        why: Option<&str>,
    ) -> Result<Recorded, Failure> {
        let Proposal { live, state: Some(state), verb, approved, .. } = proposal else {
            return Ok(Recorded::Already);
        };
        let summary = live.summary(state);
        let what = match approved {
            Some(approved) => format!("{approved}; now {summary}"),
            None => summary,
        };
        let now = self.now();
        let entry = Entry {
            time: live::written(now),
            by: by.to_owned(),
            verb: (*verb).to_owned(),
            what,
            why: why.map(str::to_owned),
        };
        let mut status = live.with(state, None, Some(entry), now);
        if *verb == "start" {
            // What was found of the last candidate says nothing of this one.
            status.analysis = None;
        }
        self.write(&live.object, &status).await
    }

    /// Writes a status down, unless the object changed since it was read.
    pub(super) async fn write(
        &self,
        object: &Object,
        status: &Status,
    ) -> Result<Recorded, Failure> {
        match self.cluster.write_status(object, &status.to_value()).await {
            Ok(_) => Ok(Recorded::Written),
            // The status may only say something else.
            Err(Error::Conflict { .. }) => Ok(Recorded::Again),
            Err(error) => Err(error.into()),
        }
    }

    /// What would hold this state, given what was seen before it: no verb takes users forward by itself.
    async fn held(
        &self,
        live: &Live,
        options: &Options,
        state: &State,
        mut seen: Seen,
    ) -> Option<Waiting> {
        if state.phase != Phase::Progressing {
            return None;
        }
        gate::observe(self, &live.subject(self.cluster, options), &mut seen).await;
        seen.observation.elapsed = Some(Duration::ZERO);
        match step(&live.release.plan, state, &seen.observation) {
            Step::Wait(wait) => Some(live.wording().waiting(&wait)).filter(Waiting::is_held),
            _ => None,
        }
    }

    /// What comes of the verb, as the cluster is now, and how that is.
    pub(super) async fn decide(
        &self,
        live: &Live,
        options: &Options,
        request: &VerbRequest,
    ) -> Result<(Transition, Seen), Failure> {
        let plan = &live.release.plan;
        let verb = request.of(&live.release.policy)?;
        let fresh = State::fresh(plan);
        let mut state = live.state.clone().unwrap_or(fresh);
        // Whether the candidate is of this image is to be observed.
        if let Verb::Start { image: Some(image) } = &verb {
            state.image = Some(image.clone());
        }
        let subject = live.subject(self.cluster, options);
        let mut proxies = Proxies::new(self.cluster, self.clock, subject.concerned());
        let elapsed = live.elapsed(self.now());
        let mut seen = observe(&subject, &state, elapsed, &mut proxies).await;
        analysis::recall(live, &state, &mut seen);
        let decided = apply(plan, live.state.as_ref(), &verb, &seen.observation);
        let decided = decided.map_err(|refusal| {
            let said = live.wording().refusal(&refusal);
            let unknown = seen.failures.iter().map(ToString::to_string).collect::<Vec<_>>();
            let because = if unknown.is_empty() {
                String::new()
            } else {
                format!(" ({})", unknown.join("; "))
            };
            Failure::blocked(format!("{}{because}", said.text), said.help.unwrap_or_default())
        })?;
        Ok((decided, seen))
    }
}

/// That the rollout is at this step of the plan.
fn expect_step(live: &Live, expected: usize) -> Result<(), Failure> {
    let now = live.state.as_ref().and_then(|state| phase::step(&live.release.plan, state));
    if now.is_some_and(|now| now.number == expected) {
        return Ok(());
    }
    let approval = format!("{APPROVED} {expected}/");
    let mut history = live.status.history.iter().rev();
    let answered = history.find(|entry| entry.what.starts_with(&approval));
    let before = answered.map_or_else(String::new, |entry| {
        format!("step {expected} was approved by {}, ", entry.by)
    });
    let now = match (now, live.state.as_ref()) {
        (Some(now), _) => format!("the rollout is at step {} now", now.number),
        (None, Some(state)) => format!("no step is at work: {}", live.at_work(state)),
        (None, None) => "the Release was not applied yet".to_owned(),
    };
    let help = format!("see `serin status {}`", live.object.name());
    Err(Failure::blocked(format!("{before}{now}: nothing was changed"), help))
}

/// That another user did something to the rollout meanwhile.
fn conflict(live: &Live) -> Failure {
    let did = live.status.history.last().map_or_else(String::new, |entry| {
        format!(" ({} by {}: {})", entry.verb, entry.by, entry.what)
    });
    let message = format!("another user changed the Release first{did}: nothing was changed");
    Failure::blocked(message, format!("see `serin status {}`", live.object.name()))
}

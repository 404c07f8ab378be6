//! Shifts a running Envoy from 10 to 50 to 100 % while requests go on, over connections that stay open.
//!
//! The filter's configuration is replaced in a file; nothing is restarted. [`load`] keeps the users coming,
//! [`watch`] looks at every answer: who is where now, who moved, which connections follow, what failed. A step
//! is done when every connection follows and has carried every user once more.

mod load;
mod watch;

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context, bail};
use policy::spec::Entries;
use policy::{Checked, Node, Path, Problems};
use serde::Serialize;
use tokio::time::{Instant, timeout};

use super::population::Population;
use super::scenario::SHIFTED;
use super::stage::{self, Stage};
use super::traffic::CONNECTIONS;
use super::{Demo, Scenario};
use crate::traffic::progress::Progress;
use crate::traffic::share::Share;
use load::Load;
use watch::Watch;

/// The shares of the candidate, in percent; the first is the one that Envoy starts with.
const STEPS: [f64; 3] = [10.0, 50.0, 100.0];
/// The fewest users: fewer might all be in the same subset before and after.
const FEWEST: u32 = 100;
/// How long a change may take to arrive; it takes some milliseconds.
const PATIENCE: Duration = Duration::from_secs(20);
/// How often Envoy is looked at meanwhile.
const GLANCE: Duration = Duration::from_secs(1);

/// The shift and its steps.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Shifted {
    /// The scenario that it started from.
    pub scenario: String,
    /// The subset that grows.
    pub candidate: String,
    /// The users.
    pub users: u64,
    /// The connections, all opened before the first step.
    pub connections: u64,
    /// The steps.
    pub steps: Vec<Step>,
}

/// What a step did.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Step {
    /// The candidate's share.
    pub share: Share,
    /// The users who moved into the candidate.
    pub moved: u64,
    /// The users who moved anywhere else, or did not stay where the new configuration put them.
    pub moved_wrongly: u64,
    /// The requests that were answered, or failed, while it lasted.
    pub requests: u64,
    /// Those that failed, by kind.
    pub errors: BTreeMap<String, u64>,
    /// The connections that followed to the new configuration without being opened again.
    pub connections: u64,
    /// Milliseconds from the change to the first answer that shows it; none for the first step.
    pub first_millis: Option<u64>,
    /// Milliseconds from the change until every connection showed it.
    pub all_millis: Option<u64>,
}

impl Step {
    /// The requests that failed.
    #[must_use]
    pub fn failed(&self) -> u64 {
        self.errors.values().sum()
    }
}

impl Shifted {
    /// Whether a step is as promised.
    #[must_use]
    pub fn is_step_ok(&self, step: &Step) -> bool {
        step.share.is_ok()
            && step.errors.is_empty()
            && step.moved_wrongly == 0
            && step.connections == self.connections
    }

    /// Whether everything is as promised.
    #[must_use]
    pub fn is_ok(&self) -> bool {
        self.steps.iter().all(|step| self.is_step_ok(step))
    }
}

/// Runs the shift; besides what it found its stage.
///
/// # Errors
/// When something cannot be started, or the change does not arrive.
pub async fn run(demo: &Demo, progress: &Progress) -> anyhow::Result<(Shifted, Stage)> {
    let scenario =
        Scenario::named(SHIFTED).context("the scenario that is shifted does not exist")?;
    let release = scenario.release()?;
    let mut visitors = scenario.visitors()?;
    // The first group is the one that the split divides.
    visitors.groups.truncate(1);
    let population = Population::new(&visitors, demo.users.map(|users| users.max(FEWEST)))?;
    let subsets = stage::subset_names(&release);
    let stable = release.policy.stable().0;
    let candidate =
        (0..subsets.len()).find(|subset| *subset != stable).context("there is no candidate")?;

    let mut stage = Stage::start(scenario.name, &release, &demo.envoy, &demo.modules).await?;
    let users = population.users.len();
    progress.expect((users * CONNECTIONS * STEPS.len()) as u64);
    let mut load = Load::start(stage.address(), population, &subsets, &progress.counter());
    let mut shifted = Shifted {
        scenario: scenario.name.to_owned(),
        candidate: subsets[candidate].clone(),
        users: users as u64,
        connections: CONNECTIONS as u64,
        steps: Vec::new(),
    };
    let mut watch = Watch::new(users, candidate);
    for percent in STEPS {
        progress.say(format!("{} {percent} %", shifted.candidate));
        let changed = Instant::now();
        if !shifted.steps.is_empty() {
            stage.apply(&with_split(&release, &shifted.candidate, percent)?)?;
            watch.change(changed);
        }
        while timeout(GLANCE, follow(&mut load, &mut watch)).await.is_err() {
            stage.check_running()?;
            if watch.followers() < CONNECTIONS && changed.elapsed() > PATIENCE {
                bail!(late(&mut stage, &watch, percent));
            }
        }
        shifted.steps.push(watch.step(percent));
    }
    load.stop().await;
    Ok((shifted, stage))
}

/// What is said when a change does not arrive.
fn late(stage: &mut Stage, watch: &Watch, percent: f64) -> String {
    format!(
        "{} of {CONNECTIONS} connections show {percent} % after {} s:\n{}\n  more in `{}`",
        watch.followers(),
        PATIENCE.as_secs(),
        stage.log_tail(),
        stage.keep_folder().display()
    )
}

/// Takes answers until the step is done; it may be interrupted and go on later.
async fn follow(load: &mut Load, watch: &mut Watch) {
    while !watch.is_done() {
        let Some(answer) = load.next().await else { return };
        watch.see(&answer);
    }
}

/// The Release with another split, checked as if it had been written so.
fn with_split(release: &Checked, candidate: &str, percent: f64) -> anyhow::Result<Checked> {
    let mut spec = release.spec.clone();
    spec.spec.split = Entries::from_iter([(candidate.to_owned(), percent)]);
    let node: Node = serde_json::from_value(serde_json::to_value(&spec)?)?;
    let mut problems = Problems::default();
    let checked = policy::check(&node, &Path::root(), &mut problems);
    checked.with_context(|| {
        let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
        format!("the Release cannot have {percent} %: {}", problems.join("; "))
    })
}

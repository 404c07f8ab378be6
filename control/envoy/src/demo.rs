//! `serin demo`: routes users through a real Envoy and compares the shares with what was promised.
//!
//! A [`Scenario`] (a folder of `envoyfilter/`) has a Release and the visitors, with the shares that its source
//! promises written beside them. A [`stage`] is an Envoy with the rendered Release and a server for each subset;
//! [`traffic`] sends the visitors' requests, [`tally`] counts who was served by what,
//! [`binomial`](crate::traffic::binomial) says which shares chance can explain. [`shift`] changes a running Envoy under load. [`table`] prints all that.

pub mod keep;
pub mod locate;
pub mod outcome;
pub mod population;
pub mod scenario;
pub mod shift;
pub mod stage;
pub mod table;
pub mod tally;
pub mod traffic;
pub mod visitors;

use std::path::PathBuf;

pub use outcome::Outcome;
pub use scenario::Scenario;

use outcome::Played;
use population::Population;
use stage::Stage;

use crate::traffic::progress::Progress;
use istio::render::Modules;

/// What takes time before the first request.
const STARTING: &str = "starting Envoy";

/// What a demo runs.
#[derive(Clone, Debug)]
pub struct Demo {
    /// The Envoy program.
    pub envoy: PathBuf,
    /// The filter's module.
    pub modules: Modules,
    /// The scenarios.
    pub scenarios: Vec<&'static Scenario>,
    /// Whether the shift is run after them.
    pub shift: Shift,
    /// The users of each group; none: as many as the scenario says.
    pub users: Option<u32>,
    /// What becomes of the Envoys.
    pub after: After,
}

/// Whether the shift is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shift {
    /// It is.
    Run,
    /// It is not.
    Skip,
}

/// What becomes of the Envoys of the scenarios.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum After {
    /// Each is ended as soon as its scenario is done.
    End,
    /// All go on.
    Keep,
}

impl Demo {
    /// Runs it; besides the outcome the stages that are kept.
    ///
    /// # Errors
    /// When something cannot be started, or stops working.
    pub async fn run(&self) -> anyhow::Result<(Outcome, Vec<Stage>)> {
        let mut progress =
            Progress::new(self.scenarios.len() + usize::from(self.shift == Shift::Run));
        let mut outcome = Outcome::default();
        let mut kept = Vec::new();
        for scenario in &self.scenarios {
            progress.begin(scenario.name, STARTING);
            let (played, mut stage) = self.play(scenario, &progress).await?;
            if !played.is_ok() {
                outcome.logs.push(stage.keep_folder());
            }
            outcome.scenarios.push(played);
            match self.after {
                After::End => stage.stop().await?,
                After::Keep => kept.push(stage),
            }
        }
        if self.shift == Shift::Run {
            progress.begin(scenario::SHIFT, STARTING);
            let (shifted, mut stage) = shift::run(self, &progress).await?;
            if !shifted.is_ok() {
                outcome.logs.push(stage.keep_folder());
            }
            outcome.shift = Some(shifted);
            stage.stop().await?;
        }
        Ok((outcome, kept))
    }

    async fn play(
        &self,
        scenario: &Scenario,
        progress: &Progress,
    ) -> anyhow::Result<(Played, Stage)> {
        let release = scenario.release()?;
        let visitors = scenario.visitors()?;
        let population = Population::new(&visitors, self.users)?;
        let mut stage = Stage::start(scenario.name, &release, &self.envoy, &self.modules).await?;
        let subsets = stage::subset_names(&release);
        progress.expect(population.requests());
        let observations = traffic::send(stage.address(), &population, &subsets, progress).await;
        stage.check_running()?;
        let groups = tally::rows(&population, &subsets, &observations);
        let played = Played {
            name: scenario.name.to_owned(),
            host: release.policy.host().fqdn().to_owned(),
            stable: release.policy.subset_name(release.policy.stable()).to_owned(),
            groups,
        };
        stage.greet(&visitors, &population);
        Ok((played, stage))
    }
}

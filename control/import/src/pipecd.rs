//! PipeCD's application configuration (`.pipe.yaml`): its pipeline becomes the rollout of the Release that its
//! VirtualService becomes.
//!
//! What is said here about PipeCD is from pipe-cd/pipecd: `pkg/config/application_kubernetes.go`,
//! `pkg/app/piped/executor/kubernetes/traffic.go`. It replaces the destinations of the VirtualService's routes by the
//! variants, with the weights of the stage, and names what it makes `<name>-<suffix>`.

mod analysis;
mod application;
mod percentage;
mod query;
mod schema;
mod stage;
mod stages;
mod with;

use istio::host;
use istio::virtual_service::VirtualService;
use policy::{Code, Problem, Problems};

use super::objects::{Kind, Object};
use super::rollout::Rollout;
use super::translation::Translation;
use super::{File, Imported, unsupported};
use application::Named;

pub(super) use application::Application;

impl Imported {
    /// Makes the rollout, and adds what is wrong with the application; `found` are problems of it that were found
    /// before.
    pub(super) fn rollout(
        &mut self,
        (position, application): (usize, &Application<'_>),
        files: &[File],
        objects: &[Object<'_>],
        host: &str,
        found: Problems,
    ) -> Option<Rollout> {
        let object = objects.get(position)?;
        let file = files.get(object.file)?;
        let document = file.documents.get(object.document)?;
        let mut problems = Problems::default();
        for problem in &document.problems {
            if problem.place.path.overlaps(&object.root.path) {
                problems.unread(problem.clone());
            }
        }
        let mut notes = Vec::new();
        application.check(&mut notes, &mut problems);
        let stages = stages::read(application, &mut notes, &mut problems);
        let deployments: Vec<&str> = objects
            .iter()
            .filter(|object| object.kind == Kind::Deployment)
            .map(|object| object.name)
            .collect();
        let named = Named { suffix: stages.suffix, deployments: &deployments, host };
        let (stable, candidate) = application.variants(position, &named, &mut notes, &mut problems);
        problems.extend(found);
        self.add(object.file, &file.source, document, &problems);
        Some(Rollout { object: position, stable, candidate, steps: stages.steps, notes })
    }
}

/// Holds a VirtualService against what PipeCD would make of it. Problems of the application go to `own`, those of the
/// VirtualService to `problems`.
pub(super) fn compare(
    application: &Application<'_>,
    service: &VirtualService<'_>,
    made: &Translation<'_>,
    own: &mut Problems,
    problems: &mut Problems,
) {
    if let (Some((written, path)), Some(named)) = (&application.host, &made.destinations.host)
        && !host::is(written, service.object.namespace, &named.full)
    {
        let message = format!(
            "expected `{}`, the host of the VirtualService's destinations, found `{written}`",
            named.written
        );
        let problem = Problem::error(Code::Unsupported, path, message);
        own.add(problem.help("PipeCD leaves the destinations of other hosts alone"));
    }
    let name = |index: usize| service.rules.get(index).map_or("", |rule| rule.name);
    let is_edited =
        |index: usize| application.edited.is_empty() || application.edited.contains(&name(index));
    let http = service.object.root.path.key("spec").key("http");
    for rule in made.rules.iter().filter(|rule| is_edited(rule.index)) {
        let what = "a rule with `match` whose destinations PipeCD also replaces";
        let help = "name the catch-all rule in `editableRoutes`: a rollout shifts that one";
        problems.add(unsupported::problem(&http.index(rule.index), what, help));
    }
    let Some((index, split)) = &made.rest else { return };
    let at = http.index(*index).key("route");
    if !is_edited(*index) {
        let what = "a catch-all rule that is not in PipeCD's `editableRoutes`";
        let help = "name it in `editableRoutes`: a rollout shifts that one";
        problems.add(unsupported::problem(&http.index(*index), what, help));
    }
    let is_elsewhere = |subset: &str| subset != application.primary();
    for (subset, share, path) in &split.0 {
        if is_elsewhere(subset) && *share > 0 {
            let what = format!("a share of `{subset}` before the rollout");
            let help =
                format!("send everything to `{}`, as PipeCD requires", application.primary());
            problems.add(unsupported::problem(path, &what, &help));
        }
    }
    if split.0.is_empty() && made.destinations.host.is_some() {
        let help = format!("send everything to the subset `{}`", application.primary());
        problems.add(unsupported::problem(&at, "a rule without subsets", &help));
    }
}

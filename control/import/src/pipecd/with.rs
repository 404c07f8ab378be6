//! The options of a stage, which stand in its `with`.

use istio::field::Field;
use policy::{Code, Node, Part, Path, Problem, Problems};

use super::super::draft::Draft;
use super::super::note::Note;
use super::super::schema::{self as fields, Kind};
use super::super::unsupported;
use super::analysis;
use super::application::Application;
use super::percentage::{self, Replicas};
use super::schema;
use super::stage::Stage;

/// How long PipeCD waits for an approval, where nothing else is said.
const PATIENCE: &str = "6h";

/// What stands in `with`.
pub(super) struct With<'f, 'n> {
    field: &'f Field<'n>,
    /// The stage.
    at: &'f Path,
}

impl<'f, 'n> With<'f, 'n> {
    pub(super) fn new(field: &'f Field<'n>, at: &'f Path) -> Self {
        Self { field, at }
    }

    fn check(&self, kind: &Kind, problems: &mut Problems) {
        if *self.field.node != Node::Null {
            fields::check(self.field, kind, problems);
        }
    }

    /// Refuses an option that says anything.
    fn refuse(&self, key: &str, help: &str, problems: &mut Problems) {
        let says = |node: &Node| match node {
            Node::Bool(flag) => *flag,
            Node::List(items) => !items.is_empty(),
            Node::Map(entries) => !entries.is_empty(),
            _ => true,
        };
        if let Some(field) = self.field.get(key).filter(|field| says(field.node)) {
            let problem = unsupported::problem(&field.path, &format!("`{key}`"), help);
            problems.add(problem.about(Part::Key(0)));
        }
    }

    pub(super) fn canary_rollout(&self, problems: &mut Problems) -> Stage<'n> {
        self.check(&schema::CANARY_ROLLOUT, problems);
        let service = "the canary gets its requests through its subset: call the service itself";
        self.refuse("createService", service, problems);
        let patches = "create the canary's Deployment with these changes before `serin start`";
        self.refuse("patches", patches, problems);
        let suffix = self.field.word("suffix").filter(|suffix| !suffix.is_empty());
        let Some(field) = self.field.get("replicas") else {
            return Stage::CanaryRollout { replicas: (Replicas::Pods(1), self.at.clone()), suffix };
        };
        match Replicas::read(&field, problems) {
            Some(replicas) => Stage::CanaryRollout { replicas: (replicas, field.path), suffix },
            None => Stage::Unread,
        }
    }

    pub(super) fn traffic_routing(
        &self,
        application: &Application<'_>,
        problems: &mut Problems,
    ) -> Stage<'n> {
        self.check(&schema::TRAFFIC_ROUTING, problems);
        let canary = |percent: u32, at: Path| Stage::TrafficRouting { canary: (percent, at) };
        if let Some(all) = self.field.get("all") {
            return match all.node {
                Node::String(name) if name == "primary" => canary(0, all.path),
                Node::String(name) if name == "canary" => canary(100, all.path),
                Node::String(name) => {
                    let what = format!("`all: {name}`");
                    let help = "either `primary` or `canary` can get everything: there is no third variant";
                    problems.add(unsupported::problem(&all.path, &what, help));
                    Stage::Unread
                }
                _ => Stage::Unread,
            };
        }
        let mut percent = |key: &str| {
            let field = self.field.get(key)?;
            Some((percentage::read(&field, problems)?, field.path))
        };
        let (primary, own, baseline) = (percent("primary"), percent("canary"), percent("baseline"));
        if let Some((1.., at)) = baseline {
            let help = "compare the canary with primary: there is no third variant";
            problems.add(unsupported::problem(&at, "`baseline`", help).about(Part::Key(0)));
            return Stage::Unread;
        }
        let share = own.as_ref().map_or(0, |(percent, _)| *percent);
        if let Some((rest, at)) = primary.as_ref().filter(|(rest, _)| rest + share != 100) {
            let message = format!(
                "`primary` and `canary` add up to {}: PipeCD gives {} what the canary does not get",
                rest + share,
                application.primary()
            );
            let problem = Problem::error(Code::InvalidSplit, at, message);
            problems.add(problem.help(format!("write `primary: {}`", 100 - share)));
            return Stage::Unread;
        }
        let at = own.or(primary).map_or_else(|| self.at.clone(), |(_, at)| at);
        canary(share, at)
    }

    pub(super) fn primary_rollout(
        &self,
        notes: &mut Vec<Note>,
        problems: &mut Problems,
    ) -> Stage<'n> {
        self.check(&schema::PRIMARY_ROLLOUT, problems);
        let service = "callers keep using the service as it is";
        self.refuse("createService", service, problems);
        for (key, message) in [
            ("suffix", "`suffix` names a Service that is not created: it is left out"),
            (
                "addVariantLabelToSelector",
                "the Deployment must already have the label of its subset",
            ),
            ("prune", "nothing is pruned: what is no longer in Git stays in the cluster"),
        ] {
            let field = self.field.get(key);
            if let Some(field) = field.filter(|field| *field.node != Node::Bool(false)) {
                notes.push(Note::new(&field.path, message));
            }
        }
        Stage::PrimaryRollout
    }

    pub(super) fn canary_clean(&self, problems: &mut Problems) -> Stage<'n> {
        self.check(&schema::CANARY_CLEAN, problems);
        Stage::CanaryClean
    }

    pub(super) fn approval(&self, problems: &mut Problems) -> Stage<'n> {
        self.check(&schema::WAIT_APPROVAL, problems);
        let help = "use RBAC to limit who may approve: approving needs the right to update the Release's status";
        self.refuse("approvers", help, problems);
        self.refuse("skipOn", "remove it: steps cannot be skipped", problems);
        let several = self.field.get("minApproverNum");
        if let Some(several) = several.filter(|field| *field.node != Node::Number(1.0)) {
            let help = "a step needs one approval: for two add a second `WAIT_APPROVAL`";
            problems.add(unsupported::problem(&several.path, "`minApproverNum`", help));
        }
        let timeout = self.duration("timeout");
        Stage::Approval(timeout.unwrap_or_else(|| Draft::text(PATIENCE)))
    }

    pub(super) fn wait(&self, problems: &mut Problems) -> Stage<'n> {
        self.check(&schema::WAIT, problems);
        self.refuse("skipOn", "remove it: steps cannot be skipped", problems);
        if self.field.get("duration").is_none() {
            let at = self.at.key("with").key("duration");
            problems.add(Problem::error(Code::MissingField, &at, "missing field `duration`"));
        }
        self.duration("duration").map_or(Stage::Unread, Stage::Wait)
    }

    pub(super) fn analysis(
        &self,
        application: &Application<'_>,
        notes: &mut Vec<Note>,
        problems: &mut Problems,
    ) -> Stage<'n> {
        self.check(&schema::ANALYSIS, problems);
        let read = analysis::read(self.field, self.at, application, notes, problems);
        read.map_or(Stage::Unread, Stage::Analysis)
    }

    fn duration(&self, key: &str) -> Option<Draft> {
        let text = self.field.word(key).filter(|text| !text.is_empty())?;
        Some(Draft::text(text).made_of(&self.field.path.key(key)))
    }
}

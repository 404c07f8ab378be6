//! `serin apply`: has the cluster and its mesh be what a Release says, as far as a rollout under way allows.

mod document;

use clap::builder::PossibleValuesParser;
use policy::Checked;
use policy::rollout::{Transition, Verb};
use serde_json::Value;

use super::events::Printer;
use super::verb::Asked;
use super::{Connection, Manner, act, connection, preview};
use crate::command::mesh_options::{self, MeshArgs};
use crate::drive::cluster::{Cluster, Error, How, Object};
use crate::drive::live::{self, Live};
use crate::drive::{Clock, Compiler, Direction, Event, Failure, Note, Options, SystemClock, mesh};
use crate::exit::{self, Exit};
use crate::render::mesh_options::MeshOptions;
use crate::render::mode::Mode;
use crate::report::{Console, Message};
use crate::rollout::{Entry, status::Applied};

const EXAMPLES: &str = "\
Examples:
  serin apply release.yaml --module-url https://… --module-sha256 …
  serin apply release.yaml                     again: the options of the first time are in the object's status
  serin apply release.yaml --dry-run --diff    what would change in the mesh, line by line

A Release without `rollout` is in force when this ends. One with a `rollout` sends everybody to stable until \
`serin start`. VirtualServices and DestinationRules that serin did not make are never changed.";

/// What the command is asked.
#[derive(Debug, clap::Args)]
#[command(after_help = format!("{EXAMPLES}\n\n{}", exit::HELP))]
pub struct Args {
    /// A file with one Release, or `-` for standard input
    #[arg(value_name = "FILE")]
    pub file: String,
    /// How decisions become routes: matcher (default), virtual-service or cluster-header
    #[arg(long, value_name = "ROUTE", hide_possible_values = true)]
    #[arg(value_parser = PossibleValuesParser::new(Mode::ALL.map(Mode::name)))]
    pub route: Option<String>,
    /// Which module, and in what mesh.
    #[command(flatten)]
    pub mesh: MeshArgs,
    /// Takes over fields that others manage
    #[arg(long)]
    pub force: bool,
    /// Which cluster.
    #[command(flatten)]
    pub connection: Connection,
    /// How.
    #[command(flatten)]
    pub manner: Manner,
}

/// Applies.
///
/// # Errors
/// When no threads can be started.
pub fn run(args: &Args, console: &mut Console) -> anyhow::Result<Exit> {
    let read = document::read(&args.file, args.connection.namespace.as_deref(), console);
    let mut complaints = Vec::new();
    let given = given(args, &mut complaints);
    for complaint in &complaints {
        console.fail(complaint);
    }
    let (object, release) = match read {
        Ok(_) if !complaints.is_empty() => return Ok(Exit::USAGE),
        Ok(read) => read,
        Err(exit) => return Ok(exit),
    };
    let mut printer = Printer::new(args.manner.format);
    let applied = connection::with(&args.connection, async |cluster| {
        act::ready(cluster, &mut printer, console).await?;
        let compiler = Compiler::default();
        let applying = Applying {
            args,
            cluster,
            object: &object,
            release: &release,
            given: given.as_ref(),
            compiler: &compiler,
        };
        if !applying.record(&mut printer, console).await? {
            return Ok(Exit::OK);
        }
        let how = applying.how(false);
        applying.wanted().drive(&mut printer, how, console).await
    })?;
    Ok(match applied {
        Ok(exit) => exit,
        Err(failure) => connection::failed(&failure, console),
    })
}

/// The options of the mesh; none where none is given: those of the last time.
fn given(args: &Args, complaints: &mut Vec<Message>) -> Option<MeshOptions> {
    if args.route.is_none() && args.mesh == MeshArgs::default() {
        return None;
    }
    let asked = args.route.as_deref().and_then(Mode::named);
    let mode = mesh_options::mode(asked, args.mesh.istio.as_deref(), complaints);
    let mode = mode.map(|(mode, _)| mode);
    args.mesh.read(mode, complaints);
    mesh_options::check_gateways(&args.mesh.gateway, complaints);
    Some(args.mesh.options(mode?))
}

struct Applying<'a> {
    args: &'a Args,
    cluster: &'a dyn Cluster,
    object: &'a Object,
    release: &'a Checked,
    given: Option<&'a MeshOptions>,
    compiler: &'a Compiler,
}

impl Applying<'_> {
    fn how(&self, dry_run: bool) -> How {
        How { force: self.args.force, dry_run }
    }

    fn wanted(&self) -> act::Wanted<'_> {
        let (namespace, name) = (self.object.namespace(), self.object.name());
        act::Wanted {
            cluster: self.cluster,
            namespace,
            name,
            manner: &self.args.manner,
            compiler: self.compiler,
        }
    }

    /// Makes the object what the file says, and writes down what follows; whether there is something to be driven.
    async fn record(&self, printer: &mut Printer, console: &mut Console) -> Result<bool, Failure> {
        let by = self.cluster.whoami().await?;
        loop {
            let there = self.there().await?;
            // What the file says, with what has come of it so far.
            let mut next = self.object.clone();
            if let (Some(there), Some(map)) = (&there, next.value_mut().as_object_mut()) {
                map.insert("status".to_owned(), there.status().clone());
            }
            let mut live = Live::read(self.compiler, next)?;
            let mesh = self.mesh(&live)?;
            self.tell_dropped(&live, printer, console);
            let options = Options::read(Some(&mesh), Direction::Forward)?;
            let apply = Asked::from(Verb::Apply);
            let decided = act::decide(self.cluster, &live, &options, &apply).await?;
            let state = match (&decided, &live.state) {
                (Transition::To(state), _) | (Transition::Already, Some(state)) => state.clone(),
                (Transition::Already, None) => return Ok(false),
            };
            // What stands in the way is said before anything is written.
            mesh::desired_whole(&live.subject(self.cluster, &options), &state).await?;
            let manner = &self.args.manner;
            if manner.dry_run || manner.diff {
                self.cluster.apply_release(self.object, self.how(true)).await?;
                let shown = (&state, &options);
                preview::print(self.cluster, &live, shown, manner.diff, console).await?;
            }
            if manner.dry_run {
                let said = preview::said(&live, &state);
                printer.print(&Event::Note(Note::Trial(said)), console);
                return Ok(false);
            }
            let generation = there.as_ref().and_then(Object::generation);
            live.object = self.cluster.apply_release(self.object, self.how(false)).await?;
            let is_changed = live.object.generation() != generation
                || live.status.mesh.as_ref() != Some(&mesh)
                || matches!(decided, Transition::To(_));
            if !is_changed {
                return Ok(!manner.no_wait);
            }
            let entry = Entry {
                time: live::written(SystemClock.now()),
                by: by.clone(),
                verb: apply.verb.name().to_owned(),
                what: preview::said(&live, &state),
                why: manner.why.clone(),
            };
            let mut status = live.with(&state, None, Some(entry), SystemClock.now());
            status.mesh = Some(mesh);
            status.applied = Some(Applied {
                hash: document::hash(self.object),
                time: live::written(SystemClock.now()),
            });
            match self.cluster.write_status(&live.object, &status.to_value()).await {
                Ok(_) => {
                    printer.print(&live.event(&state), console);
                    return Ok(!manner.no_wait);
                }
                Err(Error::Conflict { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    async fn there(&self) -> Result<Option<Object>, Failure> {
        match self.cluster.release(self.object.namespace(), self.object.name()).await {
            Ok(object) => Ok(Some(object)),
            Err(Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Says which options of a later version are replaced by those that are given.
    fn tell_dropped(&self, live: &Live, printer: &mut Printer, console: &mut Console) {
        let before = live.status.mesh.as_ref().filter(|_| self.given.is_some());
        let before = before.and_then(|before| MeshOptions::read(before).ok());
        for name in before.iter().flat_map(|before| before.unknown.keys()) {
            printer.print(&Event::Note(Note::Dropped(name.clone())), console);
        }
    }

    /// The options of the mesh: those that are given, or those of the last time.
    fn mesh(&self, live: &Live) -> Result<Value, Failure> {
        match (self.given, &live.status.mesh) {
            (Some(given), _) => Ok(given.to_value()),
            (None, Some(mesh)) => Ok(mesh.clone()),
            (None, None) => {
                let message = format!(
                    "where do the proxies get the module from? `{}` was never applied before",
                    self.release.policy.full_name()
                );
                let help = "`--module-url https://… --module-sha256 …`, or `--module-file PATH`";
                Err(Failure::hindrance(message, help))
            }
        }
    }
}

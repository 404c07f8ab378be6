//! A verb: what is wanted is written down, unless somebody else was faster, and then done.

use policy::rollout::{State, Transition, apply};

use super::events::Printer;
use super::preview;
use super::verb::Asked;
use super::{Manner, Named, connection, ending};
use crate::crd::SCHEMA_REVISION;
use crate::drive::cluster::proxies::Proxies;
use crate::drive::cluster::{Cluster, Error, How};
use crate::drive::live::{self, Live};
use crate::drive::observe::observe;
use crate::drive::run::Drive;
use crate::drive::{Clock, Compiler, Direction, Event, Failure, Note, Options, SystemClock};
use crate::exit::Exit;
use crate::report::Console;
use crate::rollout::Entry;

/// How often it is tried again when somebody else changes the Release at the same moment.
const ATTEMPTS: usize = 10;

/// Does what is asked of a Release.
///
/// # Errors
/// When no threads can be started.
pub(super) fn act(
    named: &Named,
    asked: &Asked,
    manner: &Manner,
    console: &mut Console,
) -> anyhow::Result<Exit> {
    let mut printer = Printer::new(manner.format);
    let acted = connection::with(&named.connection, async |cluster| {
        ready(cluster, &mut printer, console).await?;
        let namespace = cluster.namespace().to_owned();
        let wanted = Wanted {
            cluster,
            namespace: &namespace,
            name: &named.name,
            manner,
            compiler: &Compiler::default(),
        };
        if !wanted.record(asked, &mut printer, console).await? {
            return Ok(Exit::OK);
        }
        wanted.drive(&mut printer, How::default(), console).await
    })?;
    Ok(match acted {
        Ok(exit) => exit,
        Err(failure) => connection::failed(&failure, console),
    })
}

/// Whether the cluster knows Releases as this program does.
pub(super) async fn ready(
    cluster: &dyn Cluster,
    printer: &mut Printer,
    console: &mut Console,
) -> Result<(), Failure> {
    if let Some(text) = cluster.check_crd(SCHEMA_REVISION).await? {
        printer.print(&Event::Note(Note::Definition(text)), console);
    }
    Ok(())
}

/// What is wanted of a Release, and how.
#[derive(Clone, Copy)]
pub(super) struct Wanted<'a> {
    pub(super) cluster: &'a dyn Cluster,
    pub(super) namespace: &'a str,
    pub(super) name: &'a str,
    pub(super) manner: &'a Manner,
    pub(super) compiler: &'a Compiler,
}

impl Wanted<'_> {
    /// Writes down what is asked; whether there is something to be driven.
    pub(super) async fn record(
        &self,
        asked: &Asked,
        printer: &mut Printer,
        console: &mut Console,
    ) -> Result<bool, Failure> {
        let by = self.cluster.whoami().await?;
        let mut meant = None;
        for _ in 0..ATTEMPTS {
            let live = Live::get(self.cluster, self.compiler, self.namespace, self.name).await?;
            // A yes to one step is no yes to the next.
            let now = live.state.as_ref().map(|state| (state.phase, state.at));
            if meant.is_some_and(|meant| meant != now) {
                return Err(conflict(&live));
            }
            meant = Some(now);
            let direction = Direction::of_verb(&asked.verb);
            let options = Options::read(live.status.mesh.as_ref(), direction)?;
            let to = match decide(self.cluster, &live, &options, asked).await? {
                Transition::Already => {
                    printer.print(&Event::Note(Note::Already), console);
                    return Ok(!self.manner.dry_run && !self.manner.no_wait);
                }
                Transition::To(state) => state,
            };
            let said = preview::said(&live, &to);
            if self.manner.dry_run || self.manner.diff {
                let diff = self.manner.diff;
                preview::print(self.cluster, &live, (&to, &options), diff, console).await?;
            }
            if self.manner.dry_run {
                printer.print(&Event::Note(Note::Trial(said)), console);
                return Ok(false);
            }
            let entry = Entry {
                time: live::written(SystemClock.now()),
                by: by.clone(),
                verb: asked.verb.name().to_owned(),
                what: said,
                why: self.manner.why.clone(),
            };
            let status = live.with(&to, None, Some(entry), SystemClock.now()).to_value();
            match self.cluster.write_status(&live.object, &status).await {
                Ok(_) => {
                    printer.print(&live.event(&to), console);
                    return Ok(!self.manner.no_wait);
                }
                // Looked at anew: the status may only say something else.
                Err(Error::Conflict { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        let object = format!("Release {}/{}", self.namespace, self.name);
        Err(Error::Conflict { object }.into())
    }

    /// Does what is to be done.
    pub(super) async fn drive(
        &self,
        printer: &mut Printer,
        how: How,
        console: &mut Console,
    ) -> Result<Exit, Failure> {
        let drive = Drive {
            cluster: self.cluster,
            clock: &SystemClock,
            compiler: self.compiler,
            namespace: self.namespace,
            name: self.name,
            patience: Some(self.manner.timeout.0),
            for_people: false,
            how,
        };
        let end = drive.run(&mut |event| printer.print(&event, console)).await?;
        let exit = ending::end(&end, console);
        printer.print(&Event::End { end }, console);
        Ok(exit)
    }
}

/// That somebody else did something to the rollout meanwhile.
fn conflict(live: &Live) -> Failure {
    let did = live.status.history.last().map_or_else(String::new, |entry| {
        format!(" ({} by {}: {})", entry.verb, entry.by, entry.what)
    });
    let message = format!("somebody else was faster{did}: nothing was written down");
    Failure::hindrance(message, format!("look at it: `serin status {}`", live.object.name()))
}

/// What comes of the verb, as the cluster is now.
///
/// # Errors
/// When it is refused, or cannot be known.
pub(super) async fn decide(
    cluster: &dyn Cluster,
    live: &Live,
    options: &Options,
    asked: &Asked,
) -> Result<Transition, Failure> {
    let plan = &live.release.plan;
    let verb = asked.of(&live.release.policy)?;
    let fresh = State::fresh(plan);
    let mut state = live.state.clone().unwrap_or(fresh);
    // Whether the candidate is of this image is to be observed.
    if let policy::rollout::Verb::Start { image: Some(image) } = &verb {
        state.image = Some(image.clone());
    }
    let subject = live.subject(cluster, options);
    let mut proxies = Proxies::new(cluster, &SystemClock, subject.concerned());
    let seen = observe(&subject, &state, live.elapsed(SystemClock.now()), &mut proxies).await;
    apply(plan, live.state.as_ref(), &verb, &seen.observation).map_err(|refusal| {
        let said = live.wording().refusal(&refusal);
        let unknown = seen.failures.iter().map(ToString::to_string).collect::<Vec<_>>();
        let because =
            if unknown.is_empty() { String::new() } else { format!(" ({})", unknown.join("; ")) };
        Failure::hindrance(format!("{}{because}", said.text), said.help.unwrap_or_default())
    })
}

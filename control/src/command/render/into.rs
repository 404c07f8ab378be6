//! The user's own files: `--into` weaves a Release into them, `--undo` takes it out again.

use std::path::PathBuf;

use document::load::Source;
use document::load::source::STDIN;
use document::report::{Console, Diagnostic, Message, text};
use istio::render::cluster_header;
use istio::render::mesh::{Beside, Given};
use istio::render::mode::Mode;
use istio::render::output::{self, Target};
use istio::weave::{self, Woven};
use policy::Policy;

use super::Args;
use crate::exit::Exit;

/// The user's files after weaving.
#[derive(Debug, Default)]
pub(super) struct Into {
    /// What they have.
    pub(super) given: Given,
    /// Those that change.
    pub(super) targets: Vec<Target>,
    /// What the user should know.
    pub(super) notes: Vec<String>,
}

/// Weaves the Release into the files of `--into`; says what stands in the way, of all of them.
pub(super) fn weave(
    args: &Args,
    policy: &Policy,
    mode: Mode,
    console: &mut Console,
) -> Result<Into, Exit> {
    let mut into = Into::default();
    let mut exit = None;
    for name in files(args) {
        let added = read(name, console)
            .and_then(|source| add(&source, policy, mode, args, &mut into, console));
        exit = exit.max(added.err());
    }
    exit.map_or(Ok(into), Err)
}

fn add(
    source: &Source,
    policy: &Policy,
    mode: Mode,
    args: &Args,
    into: &mut Into,
    console: &mut Console,
) -> Result<(), Exit> {
    let gate = mode.gate(policy, !args.mesh.no_gate);
    let options = weave::Options { mode: mode.into(), gateways: args.mesh.gateway.clone(), gate };
    let woven = weave::weave(source, policy, &options)
        .map_err(|diagnostics| report(&diagnostics, source, console))?;
    if !woven.has_destination_rule && woven.mesh.is_none() && woven.gateways.is_none() {
        let message = format!(
            "`--into {}`: expected a VirtualService or DestinationRule of `{}`, found none",
            source.name(),
            policy.host().fqdn()
        );
        console.note(&text::failure(&message, None));
        return Err(Exit::PROBLEMS);
    }
    let settings = cluster_header::of_rules(mode, source, &woven, policy)
        .map_err(|diagnostics| report(&diagnostics, source, console))?;
    into.given.add(&woven, settings).map_err(|conflict| {
        let conflict = conflict.message(Beside::Files);
        console.fail(&Message::new(format!("`--into {}`: {conflict}", source.name())));
        Exit::PROBLEMS
    })?;
    if woven.output != source.text() {
        into.targets.push(target(source, woven.output.clone()));
    }
    into.notes.push(format!("`{}`{}", source.name(), when(mode, &woven)));
    into.notes.extend(woven.notes.iter().map(|note| format!("`{}`: {note}", source.name())));
    Ok(())
}

/// When the objects of a file are to be applied.
fn when(mode: Mode, woven: &Woven) -> String {
    let routes = match mode {
        Mode::VirtualService => "after the files numbered 30, before those numbered 40",
        Mode::Matcher | Mode::ClusterHeader => "before the files numbered 40",
    };
    let has_routes = woven.mesh.is_some() || woven.gateways.is_some();
    match (woven.has_destination_rule, has_routes) {
        (true, true) => {
            format!(": apply its DestinationRule first, its VirtualService later, {routes}")
        }
        (true, false) => ": apply it first".to_owned(),
        (false, _) => format!(": apply it {routes}"),
    }
}

/// Takes the Release out of the files, and does nothing else.
pub(super) fn undo(args: &Args, policy: &Policy, console: &mut Console) -> anyhow::Result<Exit> {
    let mut targets = Vec::new();
    let mut exit = None;
    for name in files(args) {
        let undone = read(name, console).and_then(|source| {
            let before = weave::undo(&source, policy)
                .map_err(|diagnostics| report(&diagnostics, &source, console))?;
            if before == source.text() {
                let release = policy.full_name();
                let note = format!("note: `{name}` has nothing of `{release}` to remove\n");
                console.note(&note);
            } else {
                targets.push(target(&source, before));
            }
            Ok(())
        });
        exit = exit.max(undone.err());
    }
    if let Some(exit) = exit {
        return Ok(exit);
    }
    output::in_place(&targets)?;
    super::wrote(&targets, console)?;
    Ok(Exit::OK)
}

/// The files that can be changed: `-` was refused with the options.
fn files(args: &Args) -> impl Iterator<Item = &String> {
    args.into.iter().filter(|name| *name != STDIN)
}

fn read(name: &str, console: &mut Console) -> Result<Source, Exit> {
    let source = Source::read(name).map_err(|unreadable| {
        console.note(&text::failure(&unreadable.to_string(), unreadable.help.as_deref()));
        Exit::FAILURE
    })?;
    if output::is_made(source.text()) {
        let message = format!("`--into {name}`: `serin render` created this file, and replaces it");
        console.note(&text::failure(&message, Some("remove it")));
        return Err(Exit::PROBLEMS);
    }
    Ok(source)
}

fn target(source: &Source, text: String) -> Target {
    Target { path: PathBuf::from(source.name()), text: source.file_of(text) }
}

fn report(diagnostics: &[Diagnostic], source: &Source, console: &mut Console) -> Exit {
    for diagnostic in diagnostics {
        console.note(&text::render(diagnostic, Some(source)));
    }
    Exit::PROBLEMS
}

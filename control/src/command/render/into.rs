//! The user's own files: `--into` weaves a Release into them, `--undo` takes it out again.

use std::path::PathBuf;

use document::load::source::STDIN;
use document::load::{self, Source};
use document::report::{Console, Diagnostic, Message, text};
use istio::host;
use istio::render::cluster_header;
use istio::render::mesh::{Beside, Given};
use istio::render::mode::Mode;
use istio::render::output::{self, Target};
use istio::surroundings::Surroundings;
use istio::visibility::destination_rules;
use istio::weave::{self, Rules, Woven};
use policy::Policy;
use policy::policy::{Attach, AttachKind};

use super::Args;
use crate::exit::Exit;

/// The user's files after weaving.
#[derive(Debug, Default)]
pub(super) struct Into {
    /// What they have.
    pub(super) given: Given,
    /// All objects in them, and in the file of the Release.
    pub(super) around: Surroundings,
    /// Those of `--gateway`.
    pub(super) gateways: Vec<String>,
    /// Those that change.
    pub(super) targets: Vec<Target>,
    /// What the user should know.
    pub(super) notes: Vec<String>,
}

/// Weaves the Release into the files of `--into`; says what stands in the way, of all of them. `own` is the file of the
/// Release.
pub(super) fn weave(
    args: &Args,
    own: &Source,
    policy: &Policy,
    mode: Mode,
    console: &mut Console,
) -> Result<Into, Exit> {
    let mut into = Into { gateways: args.mesh.gateway.clone(), ..Into::default() };
    into.stands_beside(own, policy);
    let mut exit = None;
    for name in files(args) {
        let added = read(name, console).and_then(|source| {
            into.stands_beside(&source, policy);
            add(&source, policy, mode, args, &mut into, console)
        });
        exit = exit.max(added.err());
    }
    if let Some(exit) = exit {
        return Err(exit);
    }
    into.rules(policy);
    if let Some(message) = nothing_switched(policy, &into.given) {
        console.fail(&message);
        return Err(Exit::PROBLEMS);
    }
    Ok(into)
}

impl Into {
    fn stands_beside(&mut self, source: &Source, policy: &Policy) {
        let (documents, _) = load::documents(source);
        self.around.add(&documents, policy.namespace(), host::domain(policy.host().fqdn()));
    }

    /// Whether the DestinationRules are in force for every proxy: then none of ours is needed.
    fn rules(&mut self, policy: &Policy) {
        let rules = &self.given.rules;
        self.given.has_destination_rule = destination_rules::serve_all(policy, &rules.iter());
        if !self.given.has_destination_rule && !rules.is_empty() {
            self.notes.push(
                "your DestinationRule is not for all proxies of the mesh (its namespace, `exportTo` or \
                 `workloadSelector`): Serin's is rendered too"
                    .to_owned(),
            );
        }
    }
}

/// That no rule of a VirtualService follows decisions: a patch of its routes would change nothing.
fn nothing_switched(policy: &Policy, given: &Given) -> Option<Message> {
    let is_sidecar = |attach: &Attach| attach.kind == AttachKind::Sidecar;
    let attach = policy.attach();
    let has_none = |rules: &Option<Rules>| {
        rules.as_ref().is_some_and(|rules| rules.switched.is_empty() && rules.ungated.is_empty())
    };
    let whom = if attach.iter().any(is_sidecar) && has_none(&given.mesh) && !given.is_private {
        "the mesh"
    } else if !attach.iter().all(is_sidecar) && has_none(&given.gateways) {
        "the gateway"
    } else {
        return None;
    };
    let stable = policy.subset_name(policy.stable());
    let message = format!(
        "`--into`: no rule of the VirtualService for {whom} follows the decisions of the Release: nothing would change"
    );
    Some(Message::new(message).help(format!(
        "it needs a rule with one destination, {} with the subset `{stable}` or none",
        policy.host().fqdn()
    )))
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
    let has_rules = woven.has_destination_rule || !woven.rules.is_empty();
    let has_routes = woven.mesh.is_some() || woven.gateways.is_some();
    if !has_rules && !has_routes && woven.hidden.is_empty() {
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
    if has_routes || has_rules {
        into.notes.push(format!("`{}`{}", source.name(), when(mode, &woven)));
    }
    into.notes.extend(unrelated(source, &woven, policy));
    let said = woven.hidden.iter().chain(&woven.notes);
    into.notes.extend(said.map(|note| format!("`{}`: {note}", source.name())));
    Ok(())
}

/// That a file has other VirtualServices and DestinationRules, too.
fn unrelated(source: &Source, woven: &Woven, policy: &Policy) -> Option<String> {
    const SHOWN: usize = 3;
    let mut names: Vec<&str> = woven.unrelated.iter().take(SHOWN).map(String::as_str).collect();
    let more = woven.unrelated.len().saturating_sub(SHOWN);
    let more = format!("{more} more");
    if woven.unrelated.len() > SHOWN {
        names.push(&more);
    }
    (!names.is_empty()).then(|| {
        format!(
            "`{}`: nothing is woven into {}: not for {}",
            source.name(),
            names.join(", "),
            policy.host().fqdn()
        )
    })
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
    super::say(diagnostics, source, console);
    Exit::PROBLEMS
}

//! Renders the objects of a mesh and changes the user's own, all files or none.

use std::path::Path;

use anyhow::Context;
use document::load::Source;
use document::load::source::STDIN;
use document::report::collection::MAX_SHOWN;
use document::report::{Console, text};
use import::review::Found;
use istio::effect;
use istio::render::output::{self, Target};
use istio::render::{FailurePolicy, Manifest, envoy_filter, mesh};
use policy::Checked;
use policy::policy::AttachKind;

use super::into::Into;
use super::options::Mesh;
use super::{report, wrote};
use crate::exit::Exit;

pub(super) fn render(
    source: &Source,
    found: &Found,
    mesh: &Mesh,
    into: &Into,
    console: &mut Console,
) -> anyhow::Result<Exit> {
    let release = &found.release;
    let options =
        effect::Options { gateways: &into.gateways, is_any_host: !mesh.options.has_domain_name() };
    let lacking = effect::lacking(&release.policy, &into.around, &options);
    if !lacking.is_empty() {
        report(source, found, &lacking, console);
        return Ok(Exit::PROBLEMS);
    }
    let manifests = match mesh::render(release, &mesh.options, &into.given) {
        Ok(manifests) => manifests,
        Err(problems) => {
            report(source, found, &problems, console);
            return Ok(Exit::PROBLEMS);
        }
    };
    if mesh.output == STDIN {
        // The user's files are changed first: what is printed may be applied at once.
        output::in_place(&into.targets)?;
        print(&manifests, &into.targets, console)?;
        say_notes(&notes(release, mesh, into), console);
        return Ok(Exit::OK);
    }
    let policy = &release.policy;
    let folder = Path::new(&mesh.output);
    let targets = manifests
        .iter()
        .map(|manifest| {
            let path = folder.join(&manifest.file_name);
            Ok(Target { path, text: manifest.text()? })
        })
        .collect::<anyhow::Result<Vec<_>>>()?;
    output::folder(policy, folder, &targets, &into.targets)?;
    let all: Vec<Target> = targets.into_iter().chain(into.targets.iter().cloned()).collect();
    wrote(&all, console)?;
    say_notes(&notes(release, mesh, into), console);
    Ok(Exit::OK)
}

/// Says the first notes, and how many more there are.
fn say_notes(notes: &[String], console: &mut Console) {
    for note in notes.iter().take(MAX_SHOWN) {
        console.note(&format!("note: {}\n", text::printable(note)));
    }
    match notes.len().saturating_sub(MAX_SHOWN) {
        0 => {}
        1 => console.note("note: 1 more note is not shown\n"),
        more => console.note(&format!("note: {more} more notes are not shown\n")),
    }
}

/// Prints the objects as one stream, in the order in which they are to be applied; which files changed is no part of it.
fn print(manifests: &[Manifest], changed: &[Target], console: &mut Console) -> anyhow::Result<()> {
    let mut sorted: Vec<&Manifest> = manifests.iter().collect();
    sorted.sort_by(|one, other| one.file_name.cmp(&other.file_name));
    let texts = sorted.into_iter().map(Manifest::text).collect::<Result<Vec<_>, _>>()?;
    console.print(&texts.join("---\n")).context("cannot write to standard output")?;
    for target in changed {
        console.note(&format!("{}\n", text::printable(&target.path.to_string_lossy())));
    }
    Ok(())
}

/// What the operator should know.
fn notes(release: &Checked, mesh: &Mesh, into: &Into) -> Vec<String> {
    let policy = &release.policy;
    let mut notes = Vec::new();
    if let Some(reason) = &mesh.reason {
        notes.push(format!("`--route {}`: {reason}", mesh.options.mode.name()));
    }
    notes.extend(into.notes.iter().cloned());
    let gateways =
        policy.attach().iter().filter(|attach| matches!(attach.kind, AttachKind::Gateway { .. }));
    for attach in gateways.filter(|_| into.given.gateways.is_none()) {
        let needs = envoy_filter::needs(policy, attach);
        notes.extend(needs.map(|needs| format!("`{}`: {needs}", attach.path)));
    }
    if mesh.options.pull_secret.is_some() {
        let note = "a WasmPlugin cannot be limited: the filter runs for requests to every host at that port and \
            counts them, and the module's capabilities are not restricted";
        notes.push(note.to_owned());
    }
    let is_open = mesh.options.delivery.failure == FailurePolicy::Open;
    if mesh.is_remote && !is_open {
        let note = "with this --fail-policy a proxy that cannot fetch the module answers 403 to all requests";
        notes.push(note.to_owned());
    }
    notes
}

//! `serin import`: makes of a VirtualService a Release that routes as it does, or says what has no counterpart; of a
//! pipeline of PipeCD its rollout.

mod options;

use std::fmt::Write as _;

use anyhow::Context;
use document::load;
use document::load::folder::{self, Input, Origin};
use document::report::{Console, Diagnostic, Format, text};
use document::yaml;
use import::{File, Imported};
use serde_json::Value;

use super::files;
use super::mesh_options;
use super::number;
use super::passed_over::{Detail, PassedOver};
use crate::exit::{self, Exit};
use crate::help;

const EXAMPLES: &str = "\
Examples:
  serin import reviews-vs.yaml reviews-dr.yaml > release.yaml
  kubectl -n bookinfo get vs,dr,svc -o yaml | serin import --name reviews -
  serin import reviews-vs.yaml --stable v1 --port 9080 \\
    --identity cookie=device-id --attach sidecar:app=productpage
  serin import .pipe.yaml virtual-service.yaml destination-rule.yaml \\
    deployment.yaml service.yaml

DestinationRules provide the labels of the subsets, a Service provides the port, Gateways provide the labels of \
their pods; other objects are skipped. A PipeCD application (KubernetesApp or Application) next to the \
VirtualService that it changes is imported too: its pipeline becomes the Release's rollout, and a Deployment \
provides the name of its workload. A KubeSphere Strategy is imported from its template.

The Release is written to standard output, with notes in its first lines; notes and problems also go to standard \
error. Constructs without a counterpart in a Release are refused by name, and nothing is written to standard \
output then.

With --format json or yaml the Release has no notes, and standard error holds one list of problems and notes, as \
printed by `serin check`.";

/// The arguments.
#[derive(Debug, clap::Args)]
#[command(after_help = help::after(EXAMPLES, &exit::CHECKS))]
pub struct Args {
    /// Files or folders with objects, or `-` for standard input
    #[arg(required_unless_present = "filename", value_name = "FILE")]
    pub files: Vec<String>,
    /// Same as FILE; can be repeated
    #[arg(long, short = 'f', value_name = "FILE")]
    pub filename: Vec<String>,
    /// The VirtualService to import, if there are several
    #[arg(long, value_name = "[NAMESPACE/]NAME")]
    pub name: Option<String>,
    /// The proxies that run the filter, instead of those that use the VirtualService: `sidecar[:k=v,…][@namespace]` or
    /// `gateway:k=v,…[@namespace]`; can be repeated
    #[arg(long, value_name = "KIND")]
    pub attach: Vec<String>,
    /// The stable subset [default: the largest one of the catch-all rule]
    #[arg(long, value_name = "SUBSET")]
    pub stable: Option<String>,
    /// The service's port
    #[arg(long, value_name = "N", value_parser = number::within::<u16>(1..=65_535))]
    #[arg(allow_negative_numbers = true)]
    pub port: Option<u16>,
    /// The domain of the cluster, where it is not `cluster.local`
    #[arg(long, value_name = "DOMAIN", value_parser = mesh_options::domain)]
    pub cluster_domain: Option<String>,
    /// The cookie or header that identifies a user, so that users stay on their version; can be repeated
    #[arg(long, value_name = "cookie=NAME|header=NAME")]
    pub identity: Vec<String>,
    /// Output format: text (YAML with notes), json or yaml
    #[arg(
        long,
        short = 'o',
        visible_alias = "output",
        value_enum,
        default_value_t,
        hide_possible_values = true
    )]
    pub format: Format,
}

/// Imports the files.
///
/// # Errors
/// When the result cannot be printed.
pub fn run(args: &Args, console: &mut Console) -> anyhow::Result<Exit> {
    let (options, complaints) = options::read(args);
    for complaint in &complaints {
        console.fail(complaint);
    }
    if !complaints.is_empty() {
        return Ok(Exit::USAGE);
    }
    let (files, unreadable) = read(args, console);
    let mut imported = Imported::default();
    if unreadable.is_empty() {
        imported = import::import(&files, &options);
    }
    match args.format {
        Format::Data(data) => {
            console.note(&data.document(&listed(args, &unreadable, &imported))?);
        }
        Format::Text => said(&files, &unreadable, &imported, console),
    }
    let Some(release) = imported.release.as_ref().filter(|_| unreadable.is_empty()) else {
        return Ok(if unreadable.is_empty() { Exit::PROBLEMS } else { Exit::FAILURE });
    };
    let printed = match args.format {
        Format::Data(data) => data.document(release)?,
        Format::Text => yaml(&imported, release)?,
    };
    console.print(&printed).context("cannot write to standard output")?;
    Ok(Exit::OK)
}

/// The files, and those that cannot be read.
fn read(args: &Args, console: &mut Console) -> (Vec<File>, Vec<Diagnostic>) {
    let mut files = Vec::new();
    let mut unreadable = Vec::new();
    let inputs = folder::inputs(&files::all(&args.files, &args.filename));
    if args.format.is_text() {
        PassedOver::default().skipped(&inputs.skipped, Detail::Names, console);
    }
    for input in inputs.files {
        let read = input.and_then(|input: Input| Ok((input.read()?, input.origin)));
        match read {
            Ok((source, origin)) => {
                let (documents, fault) = load::documents(&source);
                let is_found = origin == Origin::Found;
                files.push(File { source, documents, fault, is_found });
            }
            Err(error) => unreadable.push(Diagnostic::unreadable(&error)),
        }
    }
    (files, unreadable)
}

/// Everything for programs: problems first, then notes.
fn listed(args: &Args, unreadable: &[Diagnostic], imported: &Imported) -> Vec<Diagnostic> {
    let first = args.files.first().or(args.filename.first()).map_or("", String::as_str);
    let whole = imported
        .complaints
        .iter()
        .map(|complaint| Diagnostic::whole(first, complaint.code, &complaint.message));
    let placed = imported.diagnostics.iter().map(|(_, diagnostic)| diagnostic);
    let placed = placed.chain(&imported.notes).chain(&imported.passed_over);
    unreadable.iter().cloned().chain(whole).chain(placed.cloned()).collect()
}

/// Says to people what is wrong, and what is to be known.
fn said(files: &[File], unreadable: &[Diagnostic], imported: &Imported, console: &mut Console) {
    for diagnostic in unreadable {
        console.note(&text::failure(&diagnostic.message, diagnostic.help.as_deref()));
    }
    for complaint in &imported.complaints {
        console.note(&text::failure(&complaint.message, None));
    }
    for (file, diagnostic) in &imported.diagnostics {
        console.note(&text::render(diagnostic, files.get(*file).map(|file| &file.source)));
    }
    let diagnostics = imported.diagnostics.iter().map(|(_, diagnostic)| diagnostic);
    let (errors, _) = document::report::count(diagnostics);
    if errors > 0 {
        let label = if imported.label.is_empty() { "not imported" } else { &imported.label };
        console.note(&format!("{}: {}\n", text::printable(label), text::tally(errors, 0)));
        return;
    }
    for note in imported.notes.iter().chain(&imported.passed_over) {
        let line = note.line.map(|line| format!(":{line}")).unwrap_or_default();
        console.note(&format!(
            "note: {}{line}: {}\n",
            text::printable(&note.file),
            text::printable(&note.message)
        ));
    }
}

/// The Release in YAML, behind what is to be known about it.
fn yaml(imported: &Imported, release: &Value) -> anyhow::Result<String> {
    let mut printed = format!("# Imported from the {}.\n", text::printable(&imported.label));
    for note in &imported.notes {
        let place = note.path.as_ref().map(|path| format!("{}: ", text::printable(path)));
        let place = place.unwrap_or_default();
        // Writing to a String cannot fail.
        let _ = writeln!(printed, "# * {place}{}", text::printable(&note.message));
    }
    printed.push_str(&yaml::block(release)?);
    Ok(printed)
}

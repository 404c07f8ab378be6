//! `serin cost`: what Releases cost requests, in instructions.

use anyhow::Context;
use document::load::Unreadable;
use document::load::folder::{self, Input};
use document::report::{Console, Format, text};
use import::review::Subject;
use inspect::cost::assumed::{FEW_HEADERS, MEASURED_COOKIES};
use inspect::cost::{Assumed, Estimate, Primitives, RouteMode, json, text as for_people};
use istio::render::mode::Mode;
use policy::Checked;

use super::files;
use super::number;
use super::options::FormatArgs;
use super::passed_over::Detail;
use super::reading::{Read, Reading};
use super::render::Route;
use crate::exit::{self, Exit};
use crate::help;

const EXAMPLES: &str = "\
Examples:
  serin cost release.yaml             for --route matcher
  serin cost --route virtual-service release.yaml
  serin cost --headers 16 --cookie-bytes 1500 release.yaml
  kubectl get releases -o yaml | serin cost -
  serin cost --format json releases/ |
    jq '.[] | [.release, (.classes[].instructions | tostring)] | @tsv'

Classes of requests:
  gated      stopped by the gate: the filter is not called
  no cookie  has no cookies, if the rules read nothing else
  default    has every input of the rules, with values that match no rule
  canary     leaves stable, by the most expensive rule (`default`: by the split
             of all other requests); and by the cheapest, if it differs

The figures are the instructions that a request costs on top of a plain route. They are added up from parts that \
were measured in a real Envoy under callgrind (`make bench-envoy`). Use them to compare Releases and route \
modes; they are not latencies.

With --format json or yaml the output is one list. Each Release has release, route, carrier, gate, module, \
classes (each with class, rule, instructions, and parts by name), most (what, header, rule, instructions; null \
if nothing is read), worst (steps, instructions; null if no regex runs), native (routes: blocks with conditions \
on cookies; instructions), assumed (headers, cookieBytes, valueBytes) and measured (envoy, date). Problems of a file go to standard error.";

/// The arguments.
#[derive(Debug, clap::Args)]
#[command(after_help = help::after(EXAMPLES, &exit::CHECKS))]
pub struct Args {
    /// Files or folders with Releases, or `-` for standard input
    #[arg(required_unless_present = "filename", value_name = "RELEASE")]
    pub files: Vec<String>,
    /// Same as RELEASE; can be repeated
    #[arg(long, short = 'f', value_name = "FILE")]
    pub filename: Vec<String>,
    /// The route mode, as in `serin render`
    #[arg(long, value_enum, default_value_t = Route::Matcher)]
    pub route: Route,
    /// Bytes of cookies in a request
    #[arg(long, value_name = "N", default_value_t = MEASURED_COOKIES, value_parser = size())]
    #[arg(allow_negative_numbers = true)]
    pub cookie_bytes: usize,
    /// Bytes of each value that the rules read
    #[arg(long, value_name = "N", default_value_t = 16, value_parser = size())]
    #[arg(allow_negative_numbers = true)]
    pub value_bytes: usize,
    /// Headers of a request, without pseudo-headers; browsers send about 16
    #[arg(long, value_name = "N", default_value_t = FEW_HEADERS, value_parser = size())]
    #[arg(allow_negative_numbers = true)]
    pub headers: usize,
    /// The output format.
    #[command(flatten)]
    pub output: FormatArgs,
}

/// More than any request has.
fn size() -> impl Fn(&str) -> Result<usize, String> + Clone + Send + Sync + 'static {
    number::within(0..=1_000_000_000)
}

/// Estimates the costs.
///
/// # Errors
/// When the result cannot be printed.
pub fn run(args: &Args, console: &mut Console) -> anyhow::Result<Exit> {
    let primitives = Primitives::measured()?;
    let named = files::all(&args.files, &args.filename);
    let mut reading = Reading::of(Subject::Releases, Detail::Number);
    let files = reading.files(folder::inputs(&named), console);
    let (releases, mut exit) = read(files, &mut reading, console);
    if releases.is_empty() && exit == Exit::OK && !reading.has_empty_list {
        if reading.nothing.is_empty() {
            let names: Vec<String> = named.iter().map(|name| format!("`{name}`")).collect();
            let also = reading.passed_over.line().map(|line| format!(" ({line})"));
            anyhow::bail!("no Release in {}{}", names.join(", "), also.unwrap_or_default());
        }
        for (_, rendered) in &reading.nothing {
            console.note(rendered);
        }
        exit = Exit::PROBLEMS;
    } else if args.output.format.is_text() {
        reading.passed_over.say(console);
    }
    let estimates: Vec<Estimate> =
        releases.iter().map(|release| estimate(args, release, &primitives)).collect();
    let printed = match args.output.format {
        Format::Data(data) => data.document(&json::list(&estimates))?,
        Format::Text => {
            let mut texts: Vec<String> = estimates.iter().map(for_people::render).collect();
            texts.extend(estimates.first().map(for_people::legend));
            texts.join("\n")
        }
    };
    console.print(&printed).context("cannot write to standard output")?;
    Ok(exit)
}

fn estimate(args: &Args, release: &Checked, primitives: &Primitives) -> Estimate {
    let mode = match args.route {
        Route::Matcher => Some(Mode::Matcher),
        Route::VirtualService => Some(Mode::VirtualService),
        Route::ClusterHeader => Some(Mode::ClusterHeader),
        Route::Envoy => None,
    };
    let policy = &release.policy;
    let route_mode =
        mode.map_or_else(|| RouteMode::of_envoy(policy), |mode| RouteMode::of_mesh(mode, policy));
    let Args { cookie_bytes, value_bytes, headers, .. } = *args;
    Estimate::of(release, route_mode, Assumed { cookie_bytes, value_bytes, headers }, primitives)
}

/// The Releases of all files; what is wrong with them is said on the way.
fn read(
    files: Vec<Result<Input, Unreadable>>,
    reading: &mut Reading,
    console: &mut Console,
) -> (Vec<Checked>, Exit) {
    let mut releases = Vec::new();
    let mut exit = Exit::OK;
    for file in files {
        match reading.read(file, console) {
            Read::Reviewed(source, review) => {
                for diagnostic in &review.diagnostics {
                    console.note(&text::render(diagnostic, Some(&source)));
                }
                if review.count().0 > 0 {
                    exit = exit.max(Exit::PROBLEMS);
                }
                releases.extend(review.releases.into_iter().map(|found| found.release));
            }
            Read::Unreadable(unreadable) => {
                let help = unreadable.help.as_deref();
                console.note(&text::failure(&unreadable.to_string(), help));
                exit = Exit::FAILURE;
            }
            Read::EmptyList(name) => {
                console.note(&format!("note: {}: 0 Releases\n", text::printable(&name)));
            }
            Read::PassedOver => {}
        }
    }
    (releases, exit)
}

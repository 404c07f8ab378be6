//! `serin check`: all problems of Releases and VirtualServices, each with its place and what to do about it.
//!
//! Of a Release that is well it says what the worst request costs that the Release allows.

mod summary;

use anyhow::Context;
use clap::ArgAction;
use document::load::folder;
use document::load::{Source, Unreadable};
use document::report::{Console, Diagnostic, Format, text};
use import::review::{Review, Subject};

use super::files;
use super::mesh_options;
use super::options::FormatArgs;
use super::passed_over::Detail;
use super::reading::{Read, Reading};
use crate::exit::{self, Exit};
use crate::help;

const EXAMPLES: &str = "\
Examples:
  serin check release.yaml                     one file
  serin check releases/ other.yaml             a folder with its subfolders
  serin check reviews-vs.yaml                  a VirtualService
  kustomize build | serin check -              a stream with other objects in it
  kubectl get releases -o yaml | serin check -
  serin check --deny-warnings -o json releases/ | jq -r '.[].message'
  serin check --rps 10 release.yaml            are the analyses long enough?

Gateways, Services, Sidecar resources and other VirtualServices in the same files count for what is checked: rules \
that can never apply are warned of.

--rps is the number of requests a second that the service gets from all callers in `attach`, at the time of the \
rollout. The candidate's part of it is the share of the last `shift`: requests without an identity stay on stable, and \
are not to be counted (unless `anonymous: random`). With several Releases it is the number of each.

Folders are read with their subfolders, except hidden folders and symbolic links. Lists (`kubectl get -o yaml`) \
are read item by item; a list without items has 0 Releases, which is not a problem. Other objects are skipped and counted; --verbose names them. A file named on the \
command line, and standard input, must contain nothing but objects.

With --format json or yaml the output is one list, empty if there are no problems. Each problem has severity, \
code, message, file, line, column, endLine, endColumn (counted from 1, in characters; the end is exclusive), \
path and help (null if there is none). Of a file, 100 errors and 100 warnings are listed; if there are more, the last \
entries have the code `more`, line null and `count`, the number of those that are not listed. A file that cannot be read is in the list too, with the code `unreadable` \
and line null.";

/// About a request in a quarter of an hour.
const LEAST: f64 = 0.001;
/// More than any service gets.
const MOST: f64 = 1e9;

/// The arguments.
#[derive(Debug, clap::Args)]
#[command(after_help = help::after(EXAMPLES, &exit::CHECKS))]
pub struct Args {
    /// Files or folders with Releases or VirtualServices, or `-` for standard input
    #[arg(required_unless_present = "filename", value_name = "FILE")]
    pub files: Vec<String>,
    /// Same as FILE; can be repeated
    #[arg(long, short = 'f', value_name = "FILE")]
    pub filename: Vec<String>,
    /// The output format.
    #[command(flatten)]
    pub output: FormatArgs,
    /// Treat warnings as problems: exit with 1
    #[arg(long, action = ArgAction::SetTrue)]
    pub deny_warnings: bool,
    /// The domain of the cluster, where it is not `cluster.local`
    #[arg(long, value_name = "DOMAIN", value_parser = mesh_options::domain)]
    pub cluster_domain: Option<String>,
    /// Warn of `analyze` steps that end before so many requests a second show anything
    #[arg(long, value_name = "N", value_parser = requests_per_second)]
    pub rps: Option<f64>,
    /// Name the files and objects that are skipped
    #[arg(long, short, action = ArgAction::SetTrue)]
    pub verbose: bool,
}

/// Reads how many requests a service gets.
fn requests_per_second(text: &str) -> Result<f64, String> {
    let number = text.trim().parse::<f64>().ok();
    number
        .filter(|number| (LEAST..=MOST).contains(number))
        .ok_or_else(|| "expected a number from 0.001 to 1000000000, such as `10`".to_owned())
}

impl Args {
    fn files(&self) -> Vec<String> {
        files::all(&self.files, &self.filename)
    }
}

/// Checks the files.
///
/// # Errors
/// When the result cannot be printed.
pub fn run(args: &Args, console: &mut Console) -> anyhow::Result<Exit> {
    let detail = if args.verbose { Detail::Names } else { Detail::Number };
    let mut reading =
        Reading::of(Subject::All, detail).in_domain(args.cluster_domain.clone()).at_rate(args.rps);
    let files = reading.files(folder::inputs(&args.files()), console);
    let mut run = Run { args, console, total: Total::default() };
    for file in reading.open(files) {
        match reading.look(file, run.console) {
            Read::Reviewed(source, review) => run.review(&source, *review)?,
            Read::Unreadable(unreadable) => run.unreadable(&unreadable),
            Read::EmptyList(name) => run.empty_list(&name)?,
            Read::PassedOver => {}
        }
    }
    run.finish(&reading)
}

/// What was found in all files.
#[derive(Default)]
struct Total {
    files: usize,
    errors: usize,
    warnings: usize,
    unreadable: usize,
    /// What `--format json` prints in the end.
    diagnostics: Vec<Diagnostic>,
}

struct Run<'a> {
    args: &'a Args,
    console: &'a mut Console,
    total: Total,
}

impl Run<'_> {
    fn review(&mut self, source: &Source, review: Review) -> anyhow::Result<()> {
        let (errors, warnings) = review.count();
        self.total.files += 1;
        self.total.errors += errors;
        self.total.warnings += warnings;
        match self.args.output.format {
            Format::Data(_) => self.total.diagnostics.extend(review.diagnostics),
            Format::Text => {
                let mut printed = String::new();
                for diagnostic in &review.diagnostics {
                    printed.push_str(&text::render(diagnostic, Some(source)));
                }
                printed.push_str(&summary::summary(source, &review, self.args));
                self.console.print(&printed).context("cannot write to standard output")?;
            }
        }
        Ok(())
    }

    /// A list without items has no problems, and no Releases.
    fn empty_list(&mut self, name: &str) -> anyhow::Result<()> {
        self.total.files += 1;
        if self.args.output.format.is_text() {
            let line = format!("{}: ok, 0 Releases\n", text::printable(name));
            self.console.print(&line).context("cannot write to standard output")?;
        }
        Ok(())
    }

    fn unreadable(&mut self, unreadable: &Unreadable) {
        self.total.unreadable += 1;
        match self.args.output.format {
            Format::Data(_) => self.total.diagnostics.push(Diagnostic::unreadable(unreadable)),
            Format::Text => {
                let help = unreadable.help.as_deref();
                self.console.note(&text::failure(&unreadable.to_string(), help));
            }
        }
    }

    /// That files that were named hold other objects only.
    fn nothing(&mut self, nothing: &[(Diagnostic, String)]) -> anyhow::Result<()> {
        self.total.errors += nothing.len();
        for (diagnostic, rendered) in nothing {
            match self.args.output.format {
                Format::Data(_) => self.total.diagnostics.push(diagnostic.clone()),
                Format::Text => {
                    let name = text::printable(&diagnostic.file);
                    let printed = format!("{rendered}{name}: {}\n", text::tally(1, 0));
                    self.console.print(&printed).context("cannot write to standard output")?;
                }
            }
        }
        Ok(())
    }

    fn finish(mut self, reading: &Reading) -> anyhow::Result<Exit> {
        if self.total.files == 0 && self.total.unreadable == 0 {
            if reading.nothing.is_empty() {
                let also = reading.passed_over.line().map(|line| format!(" ({line})"));
                let also = also.unwrap_or_default();
                anyhow::bail!(
                    "no Release or VirtualService in {}{also}",
                    folders(&self.args.files())
                );
            }
            self.nothing(&reading.nothing)?;
        } else if self.args.output.format.is_text() {
            reading.passed_over.say(self.console);
        }
        let Total { files, errors, warnings, unreadable, diagnostics } = self.total;
        match self.args.output.format {
            Format::Data(data) => {
                let list = data.document(&diagnostics)?;
                self.console.print(&list).context("cannot write to standard output")?;
            }
            Format::Text if files > 1 && errors + warnings > 0 => {
                let line = format!("{files} files: {}\n", text::tally(errors, warnings));
                self.console.print(&line).context("cannot write to standard output")?;
            }
            Format::Text => {}
        }
        Ok(match (unreadable, errors, warnings) {
            (1.., _, _) => Exit::FAILURE,
            (_, 1.., _) => Exit::PROBLEMS,
            (_, _, 1..) if self.args.deny_warnings => Exit::PROBLEMS,
            _ => Exit::OK,
        })
    }
}

fn folders(names: &[String]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_positive_numbers() {
        for (text, rate) in [("10", 10.0), (" 0.5 ", 0.5), ("1e9", 1e9), ("0.001", 0.001)] {
            assert_eq!(requests_per_second(text), Ok(rate), "{text}");
        }
        for text in ["", "0", "-1", "inf", "NaN", "1e10", "10/s", "0.0009"] {
            assert!(requests_per_second(text).is_err(), "{text}");
        }
    }
}

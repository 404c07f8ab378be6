//! `serin man`: the manual pages, for those who package the program.

mod synopsis;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::anyhow;
use clap::CommandFactory;
use clap::builder::Resettable;
use clap_mangen::Man;
use clap_mangen::roff::{Roff, roman};
use document::load::reason;
use document::load::source::STDIN;
use document::report::{Console, text};

use crate::cli::Cli;
use crate::exit::{self, Exit};
use crate::help;

const EXAMPLES: &str = "\
Examples:
  serin man share/man/man1     serin.1, serin-check.1 and so on
  man -l share/man/man1/serin-check.1

The output depends only on the version of serin.";

/// The section of the manual for programs.
const SECTION: &str = "1";

/// The arguments.
#[derive(Debug, clap::Args)]
#[command(after_help = help::after(EXAMPLES, &exit::PRINTS))]
pub struct Args {
    /// The folder for the pages; it is created if it is missing
    #[arg(value_name = "FOLDER")]
    pub folder: PathBuf,
}

/// Writes the pages.
///
/// # Errors
/// When one cannot be written.
pub fn run(args: &Args, console: &mut Console) -> anyhow::Result<Exit> {
    if args.folder == Path::new(STDIN) {
        let help = Some("each page is written to its own file");
        console.note(&text::failure("expected a folder, found `-`", help));
        return Ok(Exit::USAGE);
    }
    let mut command = Cli::command().disable_help_subcommand(true);
    command.build();
    let mut pages = Vec::new();
    add(&command, &mut pages)?;
    let folder = args.folder.display();
    let unwritten = |error| anyhow!("cannot write to `{folder}`: {}", reason::io(&error));
    fs::create_dir_all(&args.folder).map_err(unwritten)?;
    let mut names = String::new();
    for (name, page) in pages {
        let path = args.folder.join(name);
        fs::write(&path, page).map_err(unwritten)?;
        names.push_str(&text::printable(&path.to_string_lossy()));
        names.push('\n');
    }
    console.print(&names)?;
    Ok(Exit::OK)
}

/// Adds the page of a command, and those of the commands below it.
fn add(command: &clap::Command, pages: &mut Vec<(String, String)>) -> anyhow::Result<()> {
    let name = command.get_display_name().unwrap_or_else(|| command.get_name());
    pages.push((format!("{name}.{SECTION}"), page(command)?));
    for below in command.get_subcommands().filter(|below| !below.is_hide_set()) {
        add(below, pages)?;
    }
    Ok(())
}

fn page(command: &clap::Command) -> anyhow::Result<String> {
    let after = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    let man = Man::new(command.clone().after_help(Resettable::Reset))
        .section(SECTION)
        // None: an empty one would be taken for missing, and what follows for the date.
        .date(" ")
        .source(concat!("serin ", env!("CARGO_PKG_VERSION")))
        .manual("Serin");
    let mut page = Vec::new();
    man.render(&mut page)?;
    let page = with_synopsis(&String::from_utf8(page)?, &synopsis::section(command).to_roff());
    Ok(page + &sections(&help::printed(&after)).to_roff())
}

/// The page with this synopsis in the place of its own.
fn with_synopsis(page: &str, synopsis: &str) -> String {
    let start = page.find(".SH SYNOPSIS\n");
    let end = page.find(".SH DESCRIPTION\n");
    match start.zip(end) {
        Some((start, end)) if start <= end => {
            let (before, after) = (page.get(..start), page.get(end..));
            [before, Some(synopsis), after].into_iter().flatten().collect()
        }
        _ => page.to_owned(),
    }
}

/// What stands below the options, in the sections that a manual has for it.
fn sections(text: &str) -> Roff {
    let mut roff = Roff::new();
    let mut is_filled = true;
    let mut has_notes = false;
    for line in text.lines() {
        let is_fixed = line.starts_with("  ");
        if is_fixed == is_filled && !line.is_empty() {
            roff.control(if is_fixed { "nf" } else { "fi" }, []);
            is_filled = !is_fixed;
        }
        match line {
            "Examples:" => roff.control("SH", ["EXAMPLES"]),
            "Exit codes:" => roff.control("SH", ["EXIT STATUS"]),
            "" => roff.control("PP", []),
            _ if is_fixed || has_notes => roff.text([roman(line)]),
            _ => {
                has_notes = true;
                roff.control("SH", ["NOTES"]).text([roman(line)])
            }
        };
    }
    if !is_filled {
        roff.control("fi", []);
    }
    roff
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_below_the_options_has_its_sections() {
        let after = help::after("Examples:\n  serin check a.yaml\n\nA folder, too.", &[Exit::OK]);
        let page = sections(&help::printed(&after)).to_roff();
        let expected = [
            ".SH EXAMPLES",
            ".nf",
            "  serin check a.yaml",
            ".PP",
            ".fi",
            ".SH NOTES",
            "A folder, too.",
            ".PP",
            ".SH \"EXIT STATUS\"",
            ".nf",
            "  0  success",
            ".fi",
        ];
        assert_eq!(page.lines().collect::<Vec<_>>(), expected);
    }
}

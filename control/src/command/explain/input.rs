//! The requests that are asked about, as far as they can be read without the Release.

use std::ffi::OsString;

use super::Args;
use crate::exit::Exit;
use crate::explain::curl::{self, Word};
use crate::explain::given::Given;
use crate::explain::har::{self, Entry};
use crate::load::source::STDIN;
use crate::load::{Fault, Source};
use crate::report::{Console, Diagnostic, text};

/// What is asked about.
pub(super) enum Input {
    /// One request, and the text that it stands in.
    One(Box<Given>, Option<Source>),
    /// Those of a HAR file.
    Har(Vec<Entry>),
    /// Lines of JSON.
    Lines(Source),
    /// This many users.
    Users(u32),
}

impl Input {
    /// Reads it; says what is wrong, and how that ends.
    pub(super) fn read(args: &Args, console: &mut Console) -> Result<Self, Exit> {
        if let Some(users) = args.users {
            return Ok(Self::Users(users));
        }
        if let Some(file) = &args.requests {
            return Ok(Self::Lines(source(file, console)?));
        }
        if let Some(file) = &args.har {
            let source = source(file, console)?;
            let entries = har::read(&source);
            let entries = entries.map_err(|fault| refuse(&[fault], Some(&source), console))?;
            return chosen(args, entries, console).map(Self::Har);
        }
        if let Some(file) = &args.curl {
            let source = source(file, console)?;
            let given = curl::pasted(source.text());
            let given = given.map_err(|faults| refuse(&faults, Some(&source), console))?;
            return Ok(Self::One(Box::new(given), Some(source)));
        }
        if args.command.is_empty() {
            return Ok(Self::One(Box::new(options(args)), None));
        }
        let words: Vec<Word> = args.command.iter().map(word).collect();
        let given = curl::command(&words).map_err(|faults| refuse(&faults, None, console))?;
        Ok(Self::One(Box::new(given), None))
    }
}

/// Whether two inputs would be read from standard input.
pub(super) fn is_stdin_shared(args: &Args) -> bool {
    let of_requests = [&args.curl, &args.har, &args.requests];
    args.release == STDIN && of_requests.into_iter().flatten().any(|file| file == STDIN)
}

/// Says what is wrong with requests; those in a file are a problem, those in arguments bad usage.
pub(super) fn refuse(faults: &[Fault], source: Option<&Source>, console: &mut Console) -> Exit {
    for fault in faults {
        console.note(&match source {
            Some(source) => text::render(&Diagnostic::fault(source, fault), Some(source)),
            None => text::failure(&fault.message, fault.help.as_deref()),
        });
    }
    if source.is_some() { Exit::PROBLEMS } else { Exit::USAGE }
}

fn source(file: &str, console: &mut Console) -> Result<Source, Exit> {
    Source::read(file).map_err(|unreadable| {
        console.note(&text::failure(&unreadable.to_string(), unreadable.help.as_deref()));
        Exit::FAILURE
    })
}

/// The entry that `--entry` names, or all.
fn chosen(args: &Args, mut entries: Vec<Entry>, console: &mut Console) -> Result<Vec<Entry>, Exit> {
    let Some(number) = args.entry else { return Ok(entries) };
    let count = entries.len();
    entries.retain(|entry| entry.number == number);
    if entries.is_empty() {
        let message = format!("no entry {number}: the file has {count}, counted from 1");
        console.note(&text::failure(&message, Some("without `--entry` they are listed")));
        return Err(Exit::USAGE);
    }
    Ok(entries)
}

fn options(args: &Args) -> Given {
    let one = |text: &Option<OsString>| text.as_ref().map(word);
    Given {
        url: one(&args.url),
        method: one(&args.request),
        headers: args.header.iter().map(word).collect(),
        cookies: args.cookie.iter().map(word).collect(),
        user_agent: one(&args.user_agent),
        ..Given::default()
    }
}

fn word(text: &OsString) -> Word {
    Word { bytes: text.as_encoded_bytes().to_vec(), span: 0..0 }
}

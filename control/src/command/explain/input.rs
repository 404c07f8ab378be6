//! The requests that are asked about, as far as they can be read without the Release.

use std::ffi::OsString;

use document::load::source::STDIN;
use document::load::{Fault, Source};
use document::report::{Console, Diagnostic, text};
use inspect::explain::Request;
use inspect::explain::curl;
use inspect::explain::har::{self, Entry};
use inspect::explain::request_options::RequestOptions;
use inspect::explain::word::Word;

use super::{Args, Files};
use crate::exit::Exit;

/// What is asked about.
pub(super) enum Input {
    /// One request.
    One(Request),
    /// Those of a HAR file.
    Har(Vec<Entry>),
    /// Lines of JSON.
    Lines(Source),
    /// This many users.
    Users(u32),
}

impl Input {
    /// Reads it; says what is wrong, and how that ends. `host` is asked where no other is named; without a
    /// Release it is empty, and what is read only tells what else is wrong.
    pub(super) fn read(
        args: &Args,
        files: &Files,
        host: &str,
        console: &mut Console,
    ) -> Result<Self, Exit> {
        let host = if host.is_empty() { "release" } else { host };
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
            let request = curl::pasted(source.text()).and_then(|given| given.request(host));
            let request = request.map_err(|faults| refuse(&faults, Some(&source), console));
            return request.map(Self::One);
        }
        let given = if args.command.is_empty() {
            Ok(options(args, files))
        } else {
            curl::command(&args.command.iter().map(word).collect::<Vec<Word>>())
        };
        let request = given.and_then(|given| given.request(host));
        request.map(Self::One).map_err(|faults| refuse(&faults, None, console))
    }
}

/// Whether two inputs would be read from standard input.
pub(super) fn is_stdin_shared(args: &Args, files: &Files) -> bool {
    let of_requests = [&args.curl, &args.har, &args.requests];
    files.release == STDIN && of_requests.into_iter().flatten().any(|file| file == STDIN)
}

/// Says what is wrong with requests; those in a file are a problem, those in arguments bad usage.
fn refuse(faults: &[Fault], source: Option<&Source>, console: &mut Console) -> Exit {
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
        console.note(&text::failure(&message, Some("run without `--entry` to list them")));
        return Err(Exit::USAGE);
    }
    Ok(entries)
}

fn options(args: &Args, files: &Files) -> RequestOptions {
    let one = |text: &Option<OsString>| text.as_ref().map(word);
    RequestOptions {
        url: one(&files.url),
        method: one(&args.request),
        headers: args.header.iter().map(word).collect(),
        cookies: args.cookie.iter().map(word).collect(),
        user_agent: one(&args.user_agent),
        ..RequestOptions::default()
    }
}

fn word(text: &OsString) -> Word {
    Word { bytes: text.as_encoded_bytes().to_vec(), span: 0..0 }
}

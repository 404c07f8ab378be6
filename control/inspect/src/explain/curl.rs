//! A `curl` command line, as a shell has split it or as text: what it would send; and one that sends a request.

mod ansi_c;
mod command_line;
mod options;
mod shell;
mod words;

use document::load::Fault;

use super::request_options::{Body, RequestOptions};
use super::target::Kind;
use super::word::Word;
use options::{Known, Meaning};

pub use command_line::CommandLine;

/// Reads a pasted command line.
///
/// # Errors
/// When it cannot be split into words, or is none of curl; what else is wrong is found with the request.
pub fn pasted(text: &str) -> Result<RequestOptions, Vec<Fault>> {
    let words = words::words(text).map_err(|fault| vec![fault])?;
    match words.as_slice() {
        // A prompt that was copied with it.
        [prompt, rest @ ..] if prompt.bytes == b"$" || prompt.bytes == b"%" => command(rest),
        words => command(words),
    }
}

/// Reads the words of a command line, the first being curl itself.
///
/// # Errors
/// When it is none of curl; what else is wrong is found with the request.
pub fn command(words: &[Word]) -> Result<RequestOptions, Vec<Fault>> {
    let help = "a copied request begins with `curl`: use Copy as cURL (bash) in the browser";
    let Some((program, rest)) = words.split_first() else {
        let message = "expected a curl command, found nothing".to_owned();
        return Err(vec![Fault { span: 0..0, message, help: Some(help.to_owned()) }]);
    };
    let name = program.bytes.rsplit(|b| matches!(b, b'/' | b'\\')).next().unwrap_or_default();
    if !matches!(name.to_ascii_lowercase().as_slice(), b"curl" | b"curl.exe") {
        let message = format!("expected a curl command, found `{}`", program.shown());
        return Err(vec![program.fault(message, help)]);
    }
    let mut reader = Reader { words: rest.iter(), given: RequestOptions::of_curl() };
    reader.read();
    let mut given = reader.given;
    if given.url.is_none() && given.faults.is_empty() {
        given.faults.push(program.fault("the command has no URL", "add the URL of the request"));
    }
    Ok(given)
}

struct Reader<'a> {
    words: std::slice::Iter<'a, Word>,
    given: RequestOptions,
}

impl Reader<'_> {
    fn read(&mut self) {
        let mut are_options = true;
        while let Some(word) = self.words.next() {
            match word.bytes.as_slice() {
                b"--" if are_options => are_options = false,
                [b'-', b'-', name @ ..] if are_options => self.long(word, name),
                [b'-', letters @ ..] if are_options && !letters.is_empty() => {
                    self.short(word, letters);
                }
                _ => self.url(word.clone()),
            }
        }
    }

    fn long(&mut self, word: &Word, name: &[u8]) {
        let equals = name.iter().position(|b| *b == b'=');
        let (name, value) = match equals.and_then(|at| name.split_at_checked(at)) {
            Some((name, value)) => (name, value.get(1..)),
            None => (name, None),
        };
        let known = std::str::from_utf8(name).ok().and_then(options::long);
        let option = format!("--{}", super::request::shown(name));
        let Some(known) = known else { return self.unknown(word, &option) };
        match value {
            Some(_) if !known.takes_value => {
                let message = format!("`{option}` takes no value");
                self.given.faults.push(word.fault(message, "leave `=` out"));
            }
            Some(value) => self.option(known, &option, word.holding(value), word),
            None => self.with_next(known, &option, word),
        }
    }

    /// Letters may stand together, and a value behind its letter.
    fn short(&mut self, word: &Word, letters: &[u8]) {
        let mut rest = letters;
        while let Some((letter, behind)) = rest.split_first() {
            let letter = [*letter];
            let letter = String::from_utf8_lossy(&letter);
            let option = format!("-{letter}");
            let Some(known) = options::short(&letter) else {
                return self.unknown(word, &option);
            };
            if known.takes_value && !behind.is_empty() {
                return self.option(known, &option, word.holding(behind), word);
            }
            self.with_next(known, &option, word);
            rest = behind;
        }
    }

    /// An option whose value, if it takes one, is the next word.
    fn with_next(&mut self, known: Known, option: &str, word: &Word) {
        let value = if known.takes_value { self.words.next().cloned() } else { Some(word.clone()) };
        let Some(value) = value else {
            let message = format!("`{option}` needs a value, but the command ends here");
            return self
                .given
                .faults
                .push(word.fault(message, "check that the command is complete"));
        };
        self.option(known, option, value, word);
    }

    fn unknown(&mut self, word: &Word, option: &str) {
        let message = format!("unknown option of curl: `{option}`");
        self.given.faults.push(word.fault(message, "remove it if it does not change the request"));
    }

    fn url(&mut self, url: Word) {
        if self.given.url.is_some() {
            let message = format!("a second URL, `{}`", url.shown());
            self.given.faults.push(url.fault(message, "give one request at a time, or a HAR file"));
        } else {
            self.given.url = Some(url);
        }
    }

    /// What an option that stands at `word` means.
    fn option(&mut self, known: Known, option: &str, value: Word, word: &Word) {
        let given = &mut self.given;
        match known.meaning {
            Meaning::Method => given.method = Some(value),
            Meaning::Header => given.headers.push(value),
            Meaning::Cookie => given.cookies.push(value),
            Meaning::UserAgent => given.user_agent = Some(value),
            Meaning::Referer => given.referer = Some(value),
            Meaning::User => given.user = Some(value),
            Meaning::Bearer => given.bearer = Some(value),
            Meaning::Url => self.url(value),
            Meaning::Target => given.target = Some(value),
            Meaning::Range => given.range = Some(value),
            Meaning::Data | Meaning::Encoded | Meaning::Json => {
                let (kind, body) = match known.meaning {
                    Meaning::Encoded => (Kind::Encoded, Body::Form),
                    Meaning::Json => (Kind::Plain, Body::Json),
                    // `--data-raw` alone knows no files.
                    _ if option == "--data-raw" => (Kind::Raw, Body::Form),
                    _ => (Kind::Plain, Body::Form),
                };
                given.data.push((kind, value));
                if given.body != Some(Body::Json) {
                    given.body = Some(body);
                }
            }
            Meaning::Form => given.body = Some(Body::Multipart),
            Meaning::Upload => given.body = Some(Body::Upload),
            Meaning::Query => given.query.push(value),
            Meaning::Head => given.is_head = true,
            Meaning::Get => given.is_get = true,
            Meaning::Nothing => {}
            Meaning::Unknown(why) => {
                let message = format!("cannot tell what `{option}` sends: {why}");
                let help = "remove it, and add the headers that it sends with `-H`";
                self.given.faults.push(word.fault(message, help));
            }
        }
    }
}

#[cfg(test)]
mod tests;

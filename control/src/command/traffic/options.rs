//! The options of `serin traffic`, all read in one pass.

mod value;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::num::NonZeroUsize;
use std::time::Duration;

use document::report::Message;
use envoy::proxy::SERVED_BY;
use envoy::traffic::crowd::{self, Users};
use envoy::traffic::pace::{LONGEST, MOST};
use envoy::traffic::report::Asked;
use envoy::traffic::sign::Sign;
use hyper::http::uri::Authority;
use hyper::http::{HeaderName, Request};
use inspect::explain::request_options::RequestOptions;
use inspect::explain::target;
use inspect::explain::word::Word;
use regex::bytes::Regex;

use super::super::identity;
use super::Args;

pub(super) use value::{connections, rate, seed, time};

/// How long requests are sent where nothing else is said.
const TIME: Duration = Duration::from_secs(10);

/// What is to be sent.
#[derive(Debug)]
pub(super) struct Options {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) requests: Vec<Request<()>>,
    pub(super) sign: Sign,
    pub(super) asked: Asked,
    /// How long requests are sent.
    pub(super) time: Duration,
    /// How many are sent at most.
    pub(super) most: u64,
    pub(super) connections: NonZeroUsize,
}

/// The options, or all that is wrong with them.
pub(super) fn read(args: &Args) -> Result<Options, Vec<Message>> {
    let mut complaints = Vec::new();
    let users = users(args, &mut complaints);
    let authority = authority(args, &mut complaints);
    let requests = crowd::requests(&given(args), users.as_ref());
    let requests = requests.unwrap_or_else(|faults| {
        // What is wrong with the URL was said.
        let faults = faults.into_iter().filter(|_| authority.is_some());
        complaints.extend(faults.map(Message::from));
        Vec::new()
    });
    let sign = sign(args, &mut complaints);
    let expect = expect(args, &mut complaints);
    let (time, most) = bounds(args, &mut complaints);
    match (authority, sign) {
        (Some((host, port)), Some(sign)) if complaints.is_empty() => {
            let asked = Asked {
                url: args.url.to_string_lossy().into_owned(),
                rate: args.rate,
                identity: args.identity.clone(),
                users: users.map(|users| users.number),
                is_signed: is_signed(args),
                is_sticky: args.sticky,
                expect,
            };
            let connections = args.connections;
            Ok(Options { host, port, requests, sign, asked, time, most, connections })
        }
        _ => Err(complaints),
    }
}

fn users(args: &Args, complaints: &mut Vec<Message>) -> Option<Users> {
    let written = args.identity.as_deref()?;
    let Some(identity) = identity::read(written) else {
        complaints.push(unreadable("--identity", written, identity::EXAMPLES));
        return None;
    };
    Some(Users { identity, number: args.users, seed: args.seed.clone() })
}

/// Where requests go.
fn authority(args: &Args, complaints: &mut Vec<Message>) -> Option<(String, u16)> {
    let written = args.url.to_string_lossy();
    let target = match target::parse(&written) {
        Ok(target) => target,
        Err(message) => {
            complaints.push(Message::new(message).help("write it as `http://HOST:PORT/PATH`"));
            return None;
        }
    };
    if target.scheme != "http" {
        let message = format!("expected an `http` URL, found `{written}`: TLS is not supported");
        let help = "use a port without TLS, and set the host with `--host`";
        complaints.push(Message::new(message).help(help));
        return None;
    }
    let authority = Authority::try_from(target.authority).ok()?;
    // A URL writes an address of IPv6 in brackets.
    let host = authority.host().trim_start_matches('[').trim_end_matches(']');
    Some((host.to_owned(), authority.port_u16().unwrap_or(80)))
}

fn given(args: &Args) -> RequestOptions {
    let host = args.host.iter().map(|host| {
        let mut header = OsString::from("host: ");
        header.push(host);
        word(&header)
    });
    RequestOptions {
        url: Some(word(&args.url)),
        headers: args.header.iter().map(word).chain(host).collect(),
        cookies: args.cookie.iter().map(word).collect(),
        ..RequestOptions::default()
    }
}

fn word(text: &OsString) -> Word {
    Word { bytes: text.as_encoded_bytes().to_vec(), span: 0..0 }
}

/// Whether answers have to say who gave them.
fn is_signed(args: &Args) -> bool {
    args.version_header.is_some()
        || args.version_body.is_some()
        || !args.version_text.is_empty()
        || !args.expect.is_empty()
}

fn sign(args: &Args, complaints: &mut Vec<Message>) -> Option<Sign> {
    if let Some(written) = &args.version_body {
        return match Regex::new(written) {
            Ok(regex) => Some(Sign::Body(regex)),
            Err(error) => {
                let error = match error {
                    regex::Error::CompiledTooBig(_) => "it is too large".to_owned(),
                    other => other.to_string(),
                };
                // Behind a drawing of where it is wrong.
                let reason = error.lines().last().unwrap_or_default();
                let reason = reason.trim_start_matches("error: ");
                let message = format!("`--version-body {written}` is not a regex: {reason}");
                complaints.push(Message::new(message));
                None
            }
        };
    }
    if !args.version_text.is_empty() {
        let mut texts = Vec::new();
        for written in &args.version_text {
            match written.split_once('=').filter(|(name, _)| !name.is_empty()) {
                Some((name, text)) => texts.push((name.to_owned(), text.as_bytes().to_vec())),
                None => complaints.push(unreadable("--version-text", written, "`v2=TEXT`")),
            }
        }
        return Some(Sign::Texts(texts));
    }
    let written = args.version_header.as_deref().unwrap_or(SERVED_BY);
    let name = HeaderName::from_bytes(written.as_bytes()).ok();
    if name.is_none() {
        complaints.push(unreadable("--version-header", written, "`x-served-by`"));
    }
    name.map(Sign::Header)
}

fn expect(args: &Args, complaints: &mut Vec<Message>) -> BTreeMap<String, f64> {
    let mut expect = BTreeMap::new();
    for written in &args.expect {
        let percent = |text: &str| text.trim_end_matches('%').parse::<f64>().ok();
        let read = written.rsplit_once('=').and_then(|(name, share)| Some((name, percent(share)?)));
        match read.filter(|(name, share)| !name.is_empty() && (0.0..=100.0).contains(share)) {
            Some((name, share)) if expect.insert(name.to_owned(), share).is_none() => {}
            Some((name, _)) => {
                complaints.push(Message::new(format!("duplicate `--expect` for `{name}`")));
            }
            None => complaints.push(unreadable("--expect", written, "`v2=10`, from 0 to 100")),
        }
    }
    let sum: f64 = expect.values().sum();
    if sum > 100.0 + 1e-9 {
        let message = format!("the shares of `--expect` add up to {sum}, expected at most 100");
        complaints.push(Message::new(message));
    }
    expect
}

/// How long requests are sent, and how many.
fn bounds(args: &Args, complaints: &mut Vec<Message>) -> (Duration, u64) {
    let time = args.time.unwrap_or(if args.requests.is_some() { LONGEST } else { TIME });
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "some millions")]
    let fit = (args.rate * time.as_secs_f64()).ceil() as u64;
    match args.requests {
        None if fit > MOST => {
            let (rate, seconds) = (args.rate, time.as_secs());
            let message = format!(
                "{rate} requests a second for {seconds} s would be {fit}, expected at most {MOST}"
            );
            complaints.push(Message::new(message).help("lower `--rate` or `--for`"));
        }
        Some(requests) if requests > fit && args.time.is_none() => {
            let message =
                format!("{requests} requests at {} a second take over an hour", args.rate);
            complaints.push(Message::new(message).help("lower `--requests`, or raise `--rate`"));
        }
        _ => {}
    }
    (time, args.requests.map_or(fit, |requests| requests.min(fit)).max(1))
}

fn unreadable(option: &str, found: &str, expected: &str) -> Message {
    let message = format!("invalid value `{found}` for `{option}`");
    Message::new(message).help(format!("write it as {expected}"))
}

#[cfg(test)]
mod tests;

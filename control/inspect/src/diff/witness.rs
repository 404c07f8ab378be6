//! A request made up to show what rules take, and how to send it.

mod curl;
mod regexes;
mod requests;
mod values;

use std::collections::BTreeMap;

use policy::policy::{Subject, is_label_value};
use policy::{Lines, Request};

pub(super) use requests::{Extent, each};

/// The method of a request that no condition asks another of.
const METHOD: &[u8] = b"GET";
/// The same of the path, the authority and the scheme.
const PATH: &[u8] = b"/";
const AUTHORITY: &[u8] = b"localhost";
const SCHEME: &[u8] = b"http";

/// A request, by what conditions look at; other headers it does not have.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Witness(BTreeMap<Subject, Vec<u8>>);

impl Witness {
    /// The same with this value, or without any.
    pub(super) fn with(&self, subject: &Subject, value: Option<&[u8]>) -> Self {
        let mut witness = self.clone();
        match value {
            Some(value) => witness.0.insert(subject.clone(), value.to_vec()),
            None => witness.0.remove(subject),
        };
        witness
    }

    /// How many inputs it sets: fewer say more.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    fn get(&self, subject: &Subject) -> Option<&[u8]> {
        self.0.get(subject).map(Vec::as_slice)
    }

    /// As it is sent.
    pub(super) fn sent(&self) -> Sent<'_> {
        let headers = self.0.iter().filter_map(|(subject, value)| match subject {
            Subject::Header(header) => Some((header.as_str(), value.as_slice())),
            _ => None,
        });
        Sent { witness: self, headers: headers.collect() }
    }

    /// The names of the headers that it sets, pseudo-headers among them.
    fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.0.keys().filter_map(header_of).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// The labels of the workload that sends it, as far as conditions look at them.
    pub fn caller(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().filter_map(|(subject, value)| match subject {
            Subject::Caller(label) => Some((label.as_str(), std::str::from_utf8(value).ok()?)),
            _ => None,
        })
    }

    /// Whether a client can send it.
    pub(super) fn is_sendable(&self) -> bool {
        self.caller().all(|(_, value)| is_label_value(value)) && self.is_sendable_http()
    }

    fn is_sendable_http(&self) -> bool {
        let sent = self.sent();
        self.names().iter().all(|name| {
            let value = sent.value(name).unwrap_or_default();
            let is_visible = value.iter().all(u8::is_ascii_graphic);
            match *name {
                ":path" => value.starts_with(b"/") && is_visible && !value.contains(&b'#'),
                ":method" | ":authority" | ":scheme" => !value.is_empty() && is_visible,
                // RFC 9110 section 5.5: no control characters, and no white space around.
                _ => {
                    let is_plain = |byte: &u8| *byte == b'\t' || !byte.is_ascii_control();
                    value.iter().all(is_plain) && value.trim_ascii().len() == value.len()
                }
            }
        })
    }
}

/// A witness, its headers by their names.
#[derive(Debug)]
pub(super) struct Sent<'w> {
    witness: &'w Witness,
    headers: BTreeMap<&'w str, &'w [u8]>,
}

impl Sent<'_> {
    /// The value of a header, with what stands in it put together.
    fn value(&self, name: &str) -> Option<Vec<u8>> {
        let own = self.headers.get(name).map(|value| value.to_vec());
        match name {
            "cookie" => self.cookie(own),
            ":path" => Some(self.target(own)),
            ":method" => Some(own.unwrap_or_else(|| METHOD.to_vec())),
            ":authority" => Some(own.unwrap_or_else(|| AUTHORITY.to_vec())),
            ":scheme" => Some(own.unwrap_or_else(|| SCHEME.to_vec())),
            _ => own,
        }
    }

    fn cookie(&self, own: Option<Vec<u8>>) -> Option<Vec<u8>> {
        let cookies = self.witness.0.iter().filter_map(|(subject, value)| match subject {
            Subject::Cookie(name) => Some([name.as_bytes(), b"=", value].concat()),
            _ => None,
        });
        let all: Vec<Vec<u8>> = own.into_iter().chain(cookies).collect();
        (!all.is_empty()).then(|| all.join(b"; ".as_slice()))
    }

    /// The path with its query.
    fn target(&self, own: Option<Vec<u8>>) -> Vec<u8> {
        let path = || self.witness.get(&Subject::Path).unwrap_or(PATH).to_vec();
        let mut target = own.unwrap_or_else(path);
        for (subject, value) in &self.witness.0 {
            if let Subject::Query(name) = subject {
                target.push(if target.contains(&b'?') { b'&' } else { b'?' });
                target.extend_from_slice(&[name.as_bytes(), b"=", value].concat());
            }
        }
        target
    }
}

/// The name of the header that holds an input.
fn header_of(subject: &Subject) -> Option<&str> {
    match subject {
        Subject::Header(header) => Some(header.as_str()),
        Subject::Cookie(_) => Some("cookie"),
        Subject::Query(_) | Subject::Path => Some(":path"),
        Subject::Caller(_) => None,
    }
}

impl Request for &Sent<'_> {
    fn lines(&mut self, name: &str) -> Lines {
        self.value(name).as_deref().into_iter().collect()
    }

    fn caller(&mut self, label: &str) -> Option<Vec<u8>> {
        self.witness.get(&Subject::Caller(label.to_owned())).map(<[u8]>::to_vec)
    }

    fn draw(&mut self) -> u64 {
        // Which subset it gets is not asked.
        0
    }
}

#[cfg(test)]
mod tests;

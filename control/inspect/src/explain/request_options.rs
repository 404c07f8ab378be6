//! A request as options describe it, those of `serin explain` and those of curl, and what is sent for it.
//!
//! What curl adds by itself was seen with curl 7.88; of its version and of what depends on bodies (their length,
//! the boundary of their parts) nothing is known here.

mod header;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use document::load::Fault;

use super::request::{Line, Request, Unsendable};
use super::target::{self, Kind, Target};
use super::word::Word;
use header::Header;

/// A request as options describe it.
#[derive(Clone, Debug, Default)]
pub struct RequestOptions {
    /// Whether curl sends it: then what curl adds by itself is there, too.
    pub is_curl: bool,
    /// A URL, or a path.
    pub url: Option<Word>,
    /// The method, where one is said.
    pub method: Option<Word>,
    /// Headers as `Name: value`; `Name;` is an empty one, `Name:` takes one away that curl adds.
    pub headers: Vec<Word>,
    /// Cookies as `name=value; other=value`.
    pub cookies: Vec<Word>,
    /// The header `user-agent`; empty: none.
    pub user_agent: Option<Word>,
    /// The header `referer`.
    pub referer: Option<Word>,
    /// `NAME:PASSWORD`.
    pub user: Option<Word>,
    /// A token.
    pub bearer: Option<Word>,
    /// A range, in bytes.
    pub range: Option<Word>,
    /// What stands in the request's line, in place of the URL's path and query.
    pub target: Option<Word>,
    /// Data of the body; of the query, where the method is said to be GET.
    pub data: Vec<(Kind, Word)>,
    /// More of the query.
    pub query: Vec<Word>,
    /// The body.
    pub body: Option<Body>,
    /// GET, whatever the body.
    pub is_get: bool,
    /// HEAD.
    pub is_head: bool,
    /// What is wrong with how it is said.
    pub faults: Vec<Fault>,
}

/// What a body is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Body {
    /// Fields of a form.
    Form,
    /// JSON.
    Json,
    /// Fields and files of a form.
    Multipart,
    /// A file.
    Upload,
}

impl RequestOptions {
    /// What is given to curl, so far nothing.
    #[must_use]
    pub fn of_curl() -> Self {
        Self { is_curl: true, ..Self::default() }
    }

    /// The request; `host` is asked where no URL names another.
    ///
    /// # Errors
    /// All that is wrong with what is given.
    pub fn request(&self, host: &str) -> Result<Request, Vec<Fault>> {
        let mut faults = self.faults.clone();
        match self.build(host, &mut faults) {
            Some(request) if faults.is_empty() => Ok(request),
            _ => {
                faults.sort_by_key(|fault| fault.span.start);
                Err(faults)
            }
        }
    }

    fn build(&self, host: &str, faults: &mut Vec<Fault>) -> Option<Request> {
        let root = Word { bytes: b"/".to_vec(), ..Word::default() };
        let url = self.url.as_ref().unwrap_or(&root);
        let target = keep(target::read(url, host), faults);
        let queries =
            target::queries(&self.query, if self.is_get { &self.data } else { &[] }, faults);
        let headers = self.written_headers(faults);
        let cookie = self.cookie(faults);
        let authorization = self.authorization(target.as_ref(), faults);
        let Target { scheme, authority, path, .. } = target?;
        let named = headers.iter().find(|header| header.name == b"host");
        let authority = named.map_or(authority, |header| header.value.to_vec());
        let path = match &self.target {
            Some(target) => target.bytes.clone(),
            None => target::with_queries(path, &queries),
        };
        let method = self.method().to_vec();
        let at = self.target.as_ref().unwrap_or(url);
        let mut request = match Request::new(Line { method, scheme, authority, path }) {
            Ok(request) => request,
            Err(Unsendable(message)) => {
                faults.push(at.fault(message, "write it as it is sent: a space is `%20`"));
                return None;
            }
        };
        let is_written = |name: &[u8]| headers.iter().any(|header| header.name == name);
        let own = [("cookie", cookie), ("authorization", authorization)];
        for (name, value) in own.into_iter().chain(self.own()) {
            if let Some((value, at)) = value.filter(|_| !is_written(name.as_bytes())) {
                keep(add(&mut request, (name.as_bytes(), &value), at), faults);
            }
        }
        for Header { name, value, at, is_sent } in &headers {
            if *is_sent && name != b"host" {
                keep(add(&mut request, (name, value), at), faults);
            }
        }
        Some(request)
    }

    fn method(&self) -> &[u8] {
        match (&self.method, self.body) {
            (Some(method), _) => &method.bytes,
            _ if self.is_head => b"HEAD",
            _ if self.is_get => b"GET",
            (None, Some(Body::Upload)) => b"PUT",
            (None, Some(_)) => b"POST",
            (None, None) => b"GET",
        }
    }

    /// Headers that options make, other than by their names.
    fn own(&self) -> impl Iterator<Item = (&'static str, Option<(Vec<u8>, &Word)>)> {
        const NOWHERE: &Word = &Word { bytes: Vec::new(), span: 0..0 };
        let curls = |value: &str| self.is_curl.then(|| (value.as_bytes().to_vec(), NOWHERE));
        let body = self.body.filter(|_| !self.is_get && !self.is_head);
        let content = match body {
            Some(Body::Form) => curls("application/x-www-form-urlencoded"),
            Some(Body::Json) => curls("application/json"),
            Some(Body::Multipart) => curls("multipart/form-data"),
            Some(Body::Upload) | None => None,
        };
        let agent = match &self.user_agent {
            Some(agent) if agent.bytes.is_empty() => None,
            Some(agent) => Some((agent.bytes.clone(), agent)),
            None => curls("curl/8"),
        };
        let accept = if self.body == Some(Body::Json) { "application/json" } else { "*/*" };
        let referer = self.referer.as_ref().map(|referer| {
            (referer.bytes.strip_suffix(b";auto").unwrap_or(&referer.bytes).to_vec(), referer)
        });
        let range =
            self.range.as_ref().map(|range| ([b"bytes=", range.bytes.as_slice()].concat(), range));
        [
            ("user-agent", agent),
            ("accept", curls(accept)),
            ("referer", referer.filter(|(value, _)| !value.is_empty())),
            ("range", range),
            ("content-type", content),
        ]
        .into_iter()
    }

    fn cookie(&self, faults: &mut Vec<Fault>) -> Option<(Vec<u8>, &Word)> {
        let mut written = Vec::new();
        for cookie in self.cookies.iter().filter(|cookie| !cookie.bytes.is_empty()) {
            if cookie.bytes.contains(&b'=') {
                written.push(cookie.bytes.as_slice());
            } else {
                let message = format!("`{}` is not a cookie: there is no `=`", cookie.shown());
                let help = "write `name=value`; curl would read a file of this name, which is not supported";
                faults.push(cookie.fault(message, help));
            }
        }
        // Browsers put a space between two cookies, curl puts none.
        let joined = written.join(if self.is_curl { b";".as_slice() } else { b"; " });
        self.cookies.first().filter(|_| !written.is_empty()).map(|first| (joined, first))
    }

    fn authorization<'a>(
        &'a self,
        target: Option<&Target>,
        faults: &mut Vec<Fault>,
    ) -> Option<(Vec<u8>, &'a Word)> {
        if let Some(bearer) = &self.bearer {
            return Some(([b"Bearer ", bearer.bytes.as_slice()].concat(), bearer));
        }
        let basic = |user: &[u8]| format!("Basic {}", BASE64_STANDARD.encode(user)).into_bytes();
        if let Some(user) = &self.user {
            if !user.bytes.contains(&b':') {
                let message = format!("no password for `{}`", user.shown());
                faults.push(user.fault(message, "write `NAME:PASSWORD`"));
            }
            return Some((basic(&user.bytes), user));
        }
        let user = target.and_then(|target| target.user.as_deref())?;
        Some((basic(user), self.url.as_ref()?))
    }

    fn written_headers(&self, faults: &mut Vec<Fault>) -> Vec<Header<'_>> {
        let headers = self.headers.iter().map(Header::read);
        headers.filter_map(|header| keep(header, faults)).collect()
    }
}

fn add(request: &mut Request, (name, value): (&[u8], &[u8]), at: &Word) -> Result<(), Fault> {
    let wrong = |Unsendable(message)| at.fault(message, "a proxy would reject such a request");
    request.add(name, value).map_err(wrong)
}

/// What is well; what is not is kept apart.
fn keep<T>(result: Result<T, Fault>, faults: &mut Vec<Fault>) -> Option<T> {
    result.map_err(|fault| faults.push(fault)).ok()
}

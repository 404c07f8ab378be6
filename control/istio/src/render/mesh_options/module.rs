//! Where proxies get the module from.

use document::report::Message;

use super::Naming;
use super::secret_url::{credentials, shown};
use crate::render::Module;

/// The SHA-256 of no bytes at all: what a download that failed, or a placeholder, leaves behind.
const EMPTY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/// The options that name a build of the module, as given.
pub(super) struct Named<'a> {
    /// What their names begin with: `module` or `lite-module`.
    pub(super) option: &'a str,
    pub(super) file: Option<&'a String>,
    pub(super) url: Option<&'a String>,
    pub(super) sha256: Option<&'a String>,
    /// What they are called.
    pub(super) naming: Naming,
}

impl Named<'_> {
    /// Whether any of them is given.
    pub(super) fn is_given(&self) -> bool {
        self.file.is_some() || self.url.is_some() || self.sha256.is_some()
    }

    /// The module.
    pub(super) fn read(&self, faults: &mut Vec<Message>) -> Option<Module> {
        match (self.file, self.url) {
            (Some(path), None) => noted(self.file(path), faults),
            (None, Some(url)) => self.remote(url, faults),
            (found, _) => {
                let found = if found.is_some() { "both" } else { "neither" };
                let (file, url) = (self.with("file", "PATH"), self.with("url", "URL"));
                let message = format!("expected one of {file} and {url}, found {found}");
                let help = "say where the proxies get the module";
                faults.push(Message::new(message).help(help));
                None
            }
        }
    }

    /// Whether a digest is that of an empty file: no proxy gets a module by it.
    pub(super) fn empty_digest(&self) -> Option<Message> {
        let of_image =
            self.url.filter(|url| is_image(url)).and_then(|url| url.split_once("@sha256:"));
        let digests = [
            ("sha256", self.sha256.map(String::as_str)),
            ("url", of_image.map(|(_, digest)| digest)),
        ];
        let is_empty = |digest: &str| digest.eq_ignore_ascii_case(EMPTY);
        let (part, _) = digests.into_iter().find(|(_, digest)| digest.is_some_and(is_empty))?;
        let message = format!("{}: `{EMPTY}` is the SHA-256 of an empty file", self.name(part));
        let help = match part {
            "url" => "pushing the image prints its digest",
            _ => "`sha256sum serin.wasm` prints that of the module",
        };
        Some(Message::new(message).help(help))
    }

    /// What is wrong with the URL, though it may work.
    pub(super) fn unsafe_url(&self, allows_http: bool) -> Option<Message> {
        let (name, url) = (self.name("url"), self.url?);
        if let Some(found) = credentials(url) {
            let message = format!("{name}: the URL `{}` has {found}", shown(url));
            let help = "objects, logs and the status would show it to all who may read them: use a server inside the \
                        network without, or an image with `--module-pull-secret`";
            return Some(Message::new(message).help(help));
        }
        if allows_http || !url.starts_with("http://") {
            return None;
        }
        let message = format!("{name}: `http` has no encryption, found `{url}`");
        let help = "serve the module with `https`, or add `--insecure-module-url`: without TLS only the SHA-256 \
                    protects the proxies";
        Some(Message::new(message).help(help))
    }

    /// The name of one of the options.
    fn name(&self, part: &str) -> String {
        self.naming.name(&format!("{}-{part}", self.option))
    }

    /// The same with a value.
    fn with(&self, part: &str, value: &str) -> String {
        self.naming.with(&format!("{}-{part}", self.option), value)
    }

    fn file(&self, path: &str) -> Result<Module, Message> {
        if self.sha256.is_some() {
            let (sha256, url) = (self.name("sha256"), self.name("url"));
            let message = format!("{sha256} is only for a module that is fetched with {url}");
            return Err(Message::new(message).help("proxies do not check the digest of a file"));
        }
        if !path.starts_with('/') {
            let file = self.name("file");
            let message = format!("{file}: expected a path that begins with `/`, found `{path}`");
            return Err(Message::new(message)
                .help("write its path in the proxies, such as `/var/local/serin/serin.wasm`"));
        }
        Ok(Module::File(path.to_owned()))
    }

    fn remote(&self, url: &str, faults: &mut Vec<Message>) -> Option<Module> {
        if is_image(url) {
            return noted(self.image(url), faults);
        }
        let sha256 = if let Some(text) = self.sha256.filter(|text| !text.is_empty()) {
            noted(read_sha256(text), faults)
        } else {
            faults.push(Message::new(format!("{} is missing", self.with("sha256", "HEX"))));
            None
        };
        let url = noted(self.address(url), faults);
        Some(Module::Remote { url: url?, sha256: sha256? })
    }

    /// An image, by the digest of its manifest: a tag alone could become another module.
    fn image(&self, url: &str) -> Result<Module, Message> {
        let name = self.name("url");
        let bad = |message: String| {
            Message::new(message).help(
                "such as `oci://registry.example.com/serin@sha256:HEX`; pushing the image prints the digest",
            )
        };
        let image = url.strip_prefix("oci://").unwrap_or(url);
        let (repository, digest) = match image.split_once("@sha256:") {
            Some((repository, digest)) => (repository, Some(digest)),
            None => (image, None),
        };
        let plain = |b: u8| b.is_ascii_alphanumeric() || b"._-/:".contains(&b);
        let is_repository = repository.split_once('/').is_some_and(|(host, path)| {
            !host.is_empty() && !path.is_empty() && repository.bytes().all(plain)
        });
        if !is_repository {
            return Err(bad(format!(
                "{name}: expected `oci://HOST/REPOSITORY`, found `{}`",
                shown(url)
            )));
        }
        let sha256 = match (digest, self.sha256) {
            (Some(digest), None) => read_sha256(digest)?,
            (None, Some(option)) => read_sha256(option)?,
            (Some(digest), Some(option)) if read_sha256(digest)? == read_sha256(option)? => {
                read_sha256(option)?
            }
            (Some(digest), Some(other)) => {
                let message = format!(
                    "{name} and {} name different digests, `{digest}` and `{other}`",
                    self.name("sha256")
                );
                return Err(bad(message));
            }
            (None, None) => {
                return Err(bad(format!("{name}: expected the digest of an image, found none")));
            }
        };
        Ok(Module::Remote { url: url.to_owned(), sha256 })
    }

    fn address(&self, url: &str) -> Result<String, Message> {
        let name = self.name("url");
        let bad = |help: &str| {
            let message =
                format!("{name}: expected a URL with `https` or `oci`, found `{}`", shown(url));
            Err(Message::new(message).help(help))
        };
        let in_proxies = format!("for a file in the proxies use {}", self.with("file", "PATH"));
        let Some((scheme, rest)) = url.split_once("://") else {
            return bad(&in_proxies);
        };
        let is_host = !rest.is_empty() && !rest.starts_with(['/', ':', '?', '#']);
        match scheme {
            "https" | "http" if is_host && url.bytes().all(|b| b.is_ascii_graphic()) => {
                Ok(url.to_owned())
            }
            "https" | "http" => {
                let found = shown(url);
                let message = format!("{name}: expected the URL of the module, found `{found}`");
                let help = "such as `https://example.com/serin.wasm`, without spaces or characters outside ASCII";
                Err(Message::new(message).help(help))
            }
            "file" => bad(&in_proxies),
            _ => bad("such as `https://example.com/serin.wasm`"),
        }
    }
}

/// The value, or none and a fault more.
fn noted<T>(read: Result<T, Message>, faults: &mut Vec<Message>) -> Option<T> {
    read.map_err(|fault| faults.push(fault)).ok()
}

/// Whether the module is in an image of a registry.
pub(super) fn is_image(url: &str) -> bool {
    url.starts_with("oci://")
}

/// A Secret with the password of a registry.
pub(super) fn pull_secret(name: &str, naming: Naming) -> Result<String, Message> {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'.';
    if (1..=253).contains(&name.len()) && name.bytes().all(plain) {
        return Ok(name.to_owned());
    }
    let option = naming.name("module-pull-secret");
    let message = format!("{option}: expected the name of a Secret, found `{name}`");
    Err(Message::new(message).help("it must be in the namespace of each entry of `attach`"))
}

fn read_sha256(text: &str) -> Result<String, Message> {
    if text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Ok(text.to_ascii_lowercase());
    }
    let message = format!("a SHA-256 has 64 hexadecimal digits, found `{text}`");
    Err(Message::new(message).help("`sha256sum serin.wasm` prints them"))
}

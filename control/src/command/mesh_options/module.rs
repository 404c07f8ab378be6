//! Where proxies get the module from.

use super::super::complaint::{Complaint, noted, required};
use crate::render::Module;

/// The options that name a build of the module, as given.
pub(super) struct Named<'a> {
    /// What their names begin with: `--module` or `--lite-module`.
    pub(super) option: &'a str,
    pub(super) file: Option<&'a String>,
    pub(super) url: Option<&'a String>,
    pub(super) sha256: Option<&'a String>,
}

impl Named<'_> {
    /// Whether any of them is given.
    pub(super) fn is_given(&self) -> bool {
        self.file.is_some() || self.url.is_some() || self.sha256.is_some()
    }

    /// The module.
    pub(super) fn read(&self, complaints: &mut Vec<Complaint>) -> Option<Module> {
        let option = self.option;
        match (self.file, self.url) {
            (Some(path), None) => noted(self.file(path), complaints),
            (None, Some(url)) => self.remote(url, complaints),
            (found, _) => {
                let found = if found.is_some() { "both" } else { "neither" };
                let message = format!(
                    "expected one of `{option}-file PATH` and `{option}-url URL`, found {found}"
                );
                let help = "where do the proxies get the module from?";
                complaints.push(Complaint::new(message).help(help));
                None
            }
        }
    }

    fn file(&self, path: &str) -> Result<Module, Complaint> {
        let option = self.option;
        if self.sha256.is_some() {
            let complaint = Complaint::new(format!(
                "`{option}-sha256` is for a module that is fetched, by `{option}-url`"
            ));
            return Err(complaint.help("proxies do not check the digest of a file"));
        }
        if !path.starts_with('/') {
            let message =
                format!("`{option}-file`: expected a path that begins with `/`, found `{path}`");
            return Err(Complaint::new(message)
                .help("where it is in the proxies: `/var/local/serin/serin.wasm`"));
        }
        Ok(Module::File(path.to_owned()))
    }

    fn remote(&self, url: &str, complaints: &mut Vec<Complaint>) -> Option<Module> {
        if is_image(url) {
            return noted(self.image(url), complaints);
        }
        let name = format!("{}-sha256", self.option);
        let sha256 = required(&name, "HEX", self.sha256, complaints)
            .and_then(|text| noted(read_sha256(text), complaints));
        let url = noted(self.address(url), complaints);
        Some(Module::Remote { url: url?, sha256: sha256? })
    }

    /// An image, by the digest of its manifest: a tag alone could become another module.
    fn image(&self, url: &str) -> Result<Module, Complaint> {
        let option = self.option;
        let bad = |message: String| {
            Complaint::new(message).help(
                "as `oci://registry.example.com/serin@sha256:HEX`, which pushing the image prints",
            )
        };
        let name = url.strip_prefix("oci://").unwrap_or(url);
        let (repository, digest) = match name.split_once("@sha256:") {
            Some((repository, digest)) => (repository, Some(digest)),
            None => (name, None),
        };
        let plain = |b: u8| b.is_ascii_alphanumeric() || b"._-/:".contains(&b);
        let is_repository = repository.split_once('/').is_some_and(|(host, path)| {
            !host.is_empty() && !path.is_empty() && repository.bytes().all(plain)
        });
        if !is_repository {
            return Err(bad(format!(
                "`{option}-url`: expected `oci://HOST/REPOSITORY`, found `{url}`"
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
                    "`{option}-url` and `{option}-sha256` name different digests, `{digest}` and `{other}`"
                );
                return Err(bad(message));
            }
            (None, None) => {
                return Err(bad(format!(
                    "`{option}-url`: expected the digest of an image, found none"
                )));
            }
        };
        Ok(Module::Remote { url: url.to_owned(), sha256 })
    }

    fn address(&self, url: &str) -> Result<String, Complaint> {
        let option = self.option;
        let bad = |help: &str| {
            let message = format!(
                "`{option}-url`: expected `https://…`, `http://…` or `oci://…`, found `{url}`"
            );
            Err(Complaint::new(message).help(help))
        };
        let in_proxies = format!("a file in the proxies is named by `{option}-file PATH`");
        let Some((scheme, rest)) = url.split_once("://") else {
            return bad(&in_proxies);
        };
        let is_host = !rest.is_empty() && !rest.starts_with(['/', ':', '?', '#']);
        match scheme {
            "https" | "http" if is_host && url.bytes().all(|b| b.is_ascii_graphic()) => {
                Ok(url.to_owned())
            }
            "file" => bad(&in_proxies),
            _ => bad("`https://example.com/serin.wasm`"),
        }
    }
}

/// Whether the module is in an image of a registry.
pub(super) fn is_image(url: &str) -> bool {
    url.starts_with("oci://")
}

/// A Secret with the password of a registry.
pub(super) fn pull_secret(name: &str) -> Result<String, Complaint> {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'.';
    if (1..=253).contains(&name.len()) && name.bytes().all(plain) {
        return Ok(name.to_owned());
    }
    let message = format!("`--module-pull-secret`: expected the name of a Secret, found `{name}`");
    Err(Complaint::new(message).help("it is in the namespace of each entry of `attach`"))
}

fn read_sha256(text: &str) -> Result<String, Complaint> {
    if text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Ok(text.to_ascii_lowercase());
    }
    let message = format!("a SHA-256 has 64 hexadecimal digits, found `{text}`");
    Err(Complaint::new(message).help("`sha256sum serin.wasm` prints them"))
}

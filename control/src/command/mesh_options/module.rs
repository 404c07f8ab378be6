//! Where proxies get the module from.

use super::super::complaint::{Complaint, noted, required};
use crate::render::Module;

pub(super) fn file(path: &str, sha256: Option<&String>) -> Result<Module, Complaint> {
    if sha256.is_some() {
        let complaint =
            Complaint::new("`--module-sha256` is for a module that is fetched, by `--module-url`");
        return Err(complaint.help("proxies do not check the digest of a file"));
    }
    if !path.starts_with('/') {
        let message =
            format!("`--module-file`: expected a path that begins with `/`, found `{path}`");
        return Err(Complaint::new(message)
            .help("where it is in the proxies: `/var/local/serin/serin.wasm`"));
    }
    Ok(Module::File(path.to_owned()))
}

pub(super) fn remote(
    url: &str,
    sha256: Option<&String>,
    complaints: &mut Vec<Complaint>,
) -> Option<Module> {
    if is_image(url) {
        return noted(image(url, sha256), complaints);
    }
    let sha256 = required("--module-sha256", "HEX", sha256, complaints)
        .and_then(|text| noted(read_sha256(text), complaints));
    let url = noted(read_url(url), complaints);
    Some(Module::Remote { url: url?, sha256: sha256? })
}

/// Whether the module is in an image of a registry.
pub(super) fn is_image(url: &str) -> bool {
    url.starts_with("oci://")
}

/// An image, by the digest of its manifest: a tag alone could become another module.
fn image(url: &str, sha256: Option<&String>) -> Result<Module, Complaint> {
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
            "`--module-url`: expected `oci://HOST/REPOSITORY`, found `{url}`"
        )));
    }
    let sha256 = match (digest, sha256) {
        (Some(digest), None) => read_sha256(digest)?,
        (None, Some(option)) => read_sha256(option)?,
        (Some(digest), Some(option)) if read_sha256(digest)? == read_sha256(option)? => {
            read_sha256(option)?
        }
        (Some(digest), Some(option)) => {
            let message = format!(
                "`--module-url` and `--module-sha256` name different digests, `{digest}` and `{option}`"
            );
            return Err(bad(message));
        }
        (None, None) => {
            return Err(bad(
                "`--module-url`: expected the digest of an image, found none".to_owned()
            ));
        }
    };
    Ok(Module::Remote { url: url.to_owned(), sha256 })
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

fn read_url(url: &str) -> Result<String, Complaint> {
    let bad = |help: &str| {
        let message =
            format!("`--module-url`: expected `https://…`, `http://…` or `oci://…`, found `{url}`");
        Err(Complaint::new(message).help(help))
    };
    let Some((scheme, rest)) = url.split_once("://") else {
        return bad("a file in the proxies is named by `--module-file PATH`");
    };
    let is_host = !rest.is_empty() && !rest.starts_with(['/', ':', '?', '#']);
    match scheme {
        "https" | "http" if is_host && url.bytes().all(|b| b.is_ascii_graphic()) => {
            Ok(url.to_owned())
        }
        "file" => bad("a file in the proxies is named by `--module-file PATH`"),
        _ => bad("`https://example.com/serin.wasm`"),
    }
}

//! What is wrong with a kubeconfig, behind the name of the file, as faults of other documents are told.

use std::path::Path;

use document::load::reason;
use kube::config::{KubeconfigError, LoadDataError};
use rollout::drive::cluster::Error;
use serde_saphyr::{DefaultMessageFormatter, MessageFormatter};

/// What a reader of YAML says, and what that means.
const MEANINGS: [(&str, &str); 6] = [
    ("sequence start", "a list"),
    ("mapping start", "an object"),
    ("expected string scalar", "expected a string"),
    ("unexpected end of input", "it ends too early"),
    ("cannot deserialize null into string; use Option<String>", "expected a string, found nothing"),
    ("invalid type: unit value, expected", "found nothing, expected"),
];

/// What a reader of YAML says of a file that is too much for it (its beginning), and what that means.
const LIMITS: [(&str, &str); 9] = [
    ("budget breached: Depth", "it is nested too deeply"),
    ("budget breached: Aliases", "it has too many aliases (`*NAME`)"),
    ("budget breached: Anchors", "it has too many anchors (`&NAME`)"),
    (
        "budget breached: Nodes",
        "it has too many values, or its aliases (`*NAME`) stand for too many",
    ),
    ("budget breached", "it is too large, or its aliases (`*NAME`) stand for too much"),
    ("alias replay", "its aliases (`*NAME`) stand for too much"),
    ("alias expansion", "its aliases (`*NAME`) stand for too much"),
    ("recursive references", "an alias (`*NAME`) refers to the value in which it stands"),
    ("recursion limit exceeded", "it is nested too deeply"),
];

/// A fault of a file as a whole, or of something in it.
pub(super) fn of_file(path: &Path, message: &str) -> Error {
    Error::Configuration { message: format!("{}: {message}", path.display()) }
}

/// A fault of a variable of the environment.
pub(super) fn of_variable(message: &str) -> Error {
    let help = "correct the variable, or unset it".to_owned();
    Error::WrongServer { what: format!("cannot connect to a cluster: {message}"), help }
}

/// A file that cannot be read.
pub(super) fn unread(path: &Path, reason: &str) -> String {
    format!("cannot read the kubeconfig `{}`: {reason}", path.display())
}

/// Where a file is no kubeconfig, and why.
pub(super) fn of_yaml(path: &Path, error: &serde_saphyr::Error) -> String {
    let place = match error.location() {
        Some(place) if place.line() > 0 => format!(":{}:{}", place.line(), place.column()),
        _ => String::new(),
    };
    let text = DefaultMessageFormatter.format_message(error.without_snippet());
    if let Some((_, meant)) = LIMITS.iter().find(|(said, _)| text.starts_with(said)) {
        return format!("{}{place}: {meant}", path.display());
    }
    let words = match text.strip_prefix("duplicate mapping key") {
        Some(rest) => {
            let key = rest.strip_prefix(": ").unwrap_or(rest).split_once(", set ");
            let key = key.map_or("", |(key, _)| key);
            if key.is_empty() {
                "a key stands there twice".to_owned()
            } else {
                format!("the key `{key}` stands there twice")
            }
        }
        None => {
            MEANINGS.iter().fold(text.into_owned(), |text, (said, meant)| text.replace(said, meant))
        }
    };
    format!("{}{place}: {words}", path.display())
}

/// A field that names a file, and why that cannot be read.
pub(super) fn of_field(field: &str, file: Option<&str>, reason: &str) -> String {
    let file = file.unwrap_or_default();
    match field {
        "tokenFile" => format!("cannot log in: cannot read the token `{file}`: {reason}"),
        _ => format!("cannot read `{file}`, the `{field}`: {reason}"),
    }
}

/// Why a kubeconfig cannot be used.
pub(crate) fn unusable(error: &KubeconfigError) -> String {
    match error {
        KubeconfigError::ReadConfig(error, path) => unread(path, &reason::io(error)),
        KubeconfigError::LoadCertificateAuthority(error) => of_data("certificate-authority", error),
        KubeconfigError::LoadClientCertificate(error) => of_data("client-certificate", error),
        KubeconfigError::LoadClientKey(error) => of_data("client-key", error),
        KubeconfigError::KindMismatch | KubeconfigError::ApiVersionMismatch => {
            "its documents differ in `kind` or `apiVersion`".to_owned()
        }
        other => reason::chain(other),
    }
}

/// Why a field, its file or its data, cannot be used.
fn of_data(field: &str, error: &LoadDataError) -> String {
    match error {
        LoadDataError::DecodeBase64(_) => {
            format!("`{field}-data` is not base64: expected a PEM file, encoded with `base64 -w0`")
        }
        LoadDataError::ReadFile(error, path) => {
            of_field(field, Some(&path.display().to_string()), &reason::io(error))
        }
        LoadDataError::NoBase64DataOrFile => format!("`{field}` is missing"),
    }
}

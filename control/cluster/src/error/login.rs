//! Faults of credentials and of the client's configuration, before anything is sent.

use std::process::Output;

use document::load::reason;
use kube::client::{AuthError, RustlsTlsError};

use crate::kubeconfig;

/// Why a client cannot be created from a configuration.
pub(crate) fn unusable(error: &kube::Error) -> String {
    match error {
        kube::Error::Auth(error) => unauthenticated(error),
        kube::Error::InferKubeconfig(error) => kubeconfig::unusable(error, &[]),
        kube::Error::RustlsTls(error) => certificate(error),
        kube::Error::ProxyProtocolUnsupported { proxy_url }
        | kube::Error::ProxyProtocolDisabled { proxy_url, .. } => {
            format!("the proxy `{proxy_url}` has an unsupported protocol")
        }
        other => reason::chain(other),
    }
}

/// Why a user cannot be authenticated, before anything is sent.
pub(super) fn unauthenticated(error: &AuthError) -> String {
    let reason = match error {
        AuthError::AuthExecStart(error) => {
            format!("the exec plugin cannot be run: {}", reason::io(error))
        }
        AuthError::AuthExecRun { out, .. } => format!("the exec plugin {}", ended(out)),
        AuthError::AuthExecParse(_) => "the exec plugin did not print an ExecCredential".to_owned(),
        AuthError::ExecPluginFailed => {
            "the exec plugin printed an ExecCredential without `status`".to_owned()
        }
        AuthError::ReadTokenFile(error, path) => {
            format!("cannot read the token `{}`: {}", path.display(), reason::io(error))
        }
        AuthError::InvalidBearerToken(_) | AuthError::InvalidBasicAuth(_) => {
            "the token or password has characters that are not allowed in a header".to_owned()
        }
        AuthError::AuthExec(text) => uncapitalized(text),
        AuthError::MissingCommand => "`exec` of the user has no `command`".to_owned(),
        other => reason::chain(other),
    };
    format!("cannot log in: {reason}")
}

fn uncapitalized(text: &str) -> String {
    let mut characters = text.chars();
    let first = characters.next().map(|first| first.to_ascii_lowercase());
    first.into_iter().chain(characters).collect()
}

/// How a command ended, with the last that it said.
fn ended(output: &Output) -> String {
    let how = output
        .status
        .code()
        .map_or_else(|| "was killed".to_owned(), |code| format!("ended with exit code {code}"));
    let said = String::from_utf8_lossy(&output.stderr);
    match said.lines().map(str::trim).rfind(|line| !line.is_empty()) {
        Some(line) => format!("{how}: {line}"),
        None => how,
    }
}

fn certificate(error: &RustlsTlsError) -> String {
    let what = match error {
        RustlsTlsError::InvalidIdentityPem(_) => {
            "the client certificate or its key is not in PEM format"
        }
        RustlsTlsError::MissingPrivateKey | RustlsTlsError::UnknownPrivateKeyFormat => {
            "`client-key` has no private key in PEM format (PKCS#1 or PKCS#8)"
        }
        RustlsTlsError::MissingCertificate => {
            "`client-certificate` has no certificate in PEM format"
        }
        RustlsTlsError::InvalidPrivateKey(_) => "`client-key` does not match `client-certificate`",
        RustlsTlsError::AddRootCertificate(_) => {
            "`certificate-authority` has an unusable certificate"
        }
        other => return reason::chain(other),
    };
    what.to_owned()
}

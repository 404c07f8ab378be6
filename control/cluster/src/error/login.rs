//! Faults of credentials and of the client's configuration, before anything is sent.

use document::load::reason;
use kube::client::{AuthError, RustlsTlsError};

use crate::kubeconfig;

/// Why a client cannot be created from a configuration, in which the cluster's certificates have an authority, or not.
pub(crate) fn unusable(error: &kube::Error, has_authority: bool) -> String {
    match error {
        kube::Error::Auth(error) => unauthenticated(error),
        kube::Error::InferKubeconfig(error) => kubeconfig::unusable(error),
        kube::Error::RustlsTls(RustlsTlsError::AddRootCertificate(_)) if !has_authority => {
            "the context's cluster has no `certificate-authority`, and this machine has no CA certificates".to_owned()
        }
        kube::Error::RustlsTls(error) => certificate(error),
        kube::Error::HttpError(_) => {
            "`as`, or another field of the user that becomes a header, has a line break, or another character that \
             cannot be sent"
                .to_owned()
        }
        other => reason::chain(other),
    }
}

/// Why a user cannot be authenticated, before anything is sent.
pub(super) fn unauthenticated(error: &AuthError) -> String {
    let reason = match error {
        AuthError::ReadTokenFile(error, path) => {
            format!("cannot read the token `{}`: {}", path.display(), reason::io(error))
        }
        AuthError::InvalidBearerToken(_) | AuthError::InvalidBasicAuth(_) => {
            "the token or password has characters that are not allowed in a header".to_owned()
        }
        AuthError::AuthExec(text) => provider(text),
        AuthError::MalformedTokenExpirationDate(_) => {
            "the time at which the token expires is not like `2026-01-31T12:00:00Z`".to_owned()
        }
        other => reason::chain(other),
    };
    format!("cannot log in: {reason}")
}

/// What is wrong with an `auth-provider`: kubectl has left them for exec plugins, too.
fn provider(text: &str) -> String {
    let name = text
        .strip_prefix("Authentication with provider ")
        .and_then(|rest| rest.strip_suffix(" not supported"));
    if let Some(name) = name {
        return format!(
            "the auth provider `{name}` is not supported: use an exec plugin (`exec` of the user)"
        );
    }
    let known = [
        (
            "azure auth plugin",
            "the auth provider `azure` is not supported: use the exec plugin kubelogin (`kubelogin convert-kubeconfig`)",
        ),
        (
            "Enable oauth feature",
            "the auth provider `gcp` has no valid token and no `cmd-path`: use the exec plugin gke-gcloud-auth-plugin \
             (`gcloud container clusters get-credentials CLUSTER`)",
        ),
        (
            "No id-token for oidc",
            "the auth provider `oidc` has no `id-token`: log in with the tool that wrote the kubeconfig, or use the exec \
             plugin kubelogin",
        ),
    ];
    let known = known.iter().find(|(said, _)| text.contains(said));
    known.map_or_else(|| uncapitalized(text), |(_, meant)| (*meant).to_owned())
}

fn uncapitalized(text: &str) -> String {
    let mut characters = text.chars();
    let first = characters.next().map(|first| first.to_ascii_lowercase());
    first.into_iter().chain(characters).collect()
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
        RustlsTlsError::InvalidServerName(_) => "`tls-server-name` is not the name of a host",
        other @ RustlsTlsError::NoValidNativeRootCA(_) => return reason::chain(other),
    };
    what.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn auth_providers_that_are_gone_are_named_with_what_replaces_them() {
        for (text, words) in [
            (
                "The azure auth plugin is not supported; use https://github.com/Azure/kubelogin instead",
                "`azure` is not supported: use the exec plugin kubelogin",
            ),
            (
                "Enable oauth feature to use Google Application Credentials-based token source",
                "`gcp` has no valid token and no `cmd-path`: use the exec plugin gke-gcloud-auth-plugin",
            ),
            ("No id-token for oidc Authentication provider", "`oidc` has no `id-token`: log in"),
            (
                "Authentication with provider openstack not supported",
                "the auth provider `openstack` is not supported: use an exec plugin",
            ),
        ] {
            let said = unauthenticated(&AuthError::AuthExec(text.to_owned()));
            assert!(said.starts_with("cannot log in: ") && said.contains(words), "{said}");
            assert!(!said.contains("oauth feature"), "{said}");
        }
    }
}

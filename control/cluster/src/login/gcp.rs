//! The auth provider `gcp`, as old kubeconfigs of `gcloud` have it: a command that prints a token, or JSON with one.

use std::time::Duration;

use jiff::Timestamp;
use kube::config::AuthProviderConfig;
use serde_json::Value;

use super::{Credential, good, process, time};

/// The command.
#[derive(Clone, Debug)]
pub(crate) struct Command {
    /// A token that was written down, and until when it is good.
    kept: Option<(String, Timestamp)>,
    path: String,
    arguments: String,
    /// Variables that it does not get.
    dropped: String,
    token_key: Option<String>,
    expiry_key: Option<String>,
}

impl Command {
    /// That of a provider, if it has one.
    pub(super) fn of(provider: &AuthProviderConfig) -> Option<Self> {
        let field = |key: &str| provider.config.get(key).cloned();
        if provider.name != "gcp" || field("id-token").is_some() {
            return None;
        }
        let expires = field("expiry").and_then(|expiry| expiry.parse().ok());
        Some(Self {
            kept: field("access-token").zip(expires),
            path: field("cmd-path")?,
            arguments: field("cmd-args").unwrap_or_default(),
            dropped: field("cmd-drop-env").unwrap_or_default(),
            token_key: field("token-key"),
            expiry_key: field("expiry-key"),
        })
    }

    pub(super) fn path(&self) -> &str {
        &self.path
    }

    pub(super) async fn credential(
        &self,
        limit: Duration,
        now: Timestamp,
    ) -> Result<Credential, String> {
        if let Some((token, expires)) = self.kept.clone().filter(|(_, expires)| good(*expires, now))
        {
            return Ok(Credential::of_token(token, Some(expires)));
        }
        let mut command = tokio::process::Command::new(&self.path);
        command.args(self.arguments.split_whitespace());
        for name in self.dropped.split_whitespace() {
            command.env_remove(name);
        }
        let printed = process::printed(command, false, limit).await?;
        let Some(token_key) = &self.token_key else {
            let text = String::from_utf8(printed).map_err(|_| "printed what is not text")?;
            return Ok(Credential::of_token(text.trim().to_owned(), None));
        };
        let value: Value = serde_json::from_slice(&printed)
            .map_err(|_| "did not print JSON, which `token-key` asks for")?;
        let token = found(&value, "token-key", token_key)?;
        let expiry = self.expiry_key.as_ref().map(|key| found(&value, "expiry-key", key));
        let expires = expiry.transpose()?.map(|text| time(&text)).transpose()?;
        Ok(Credential::of_token(token, expires))
    }
}

/// The text at a path such as `{.credential.access_token}`.
fn found(value: &Value, field: &str, path: &str) -> Result<String, String> {
    let inner = path.trim_matches(['"', '{', '}']).trim_start_matches('$').trim_start_matches('.');
    let mut keys = inner.split('.');
    let text = keys.try_fold(value, |value, key| value.get(key)).and_then(Value::as_str);
    text.map(str::to_owned).ok_or_else(|| format!("printed no text at `{path}`, the `{field}`"))
}

//! The plugin that logs a user in: `exec` of a kubeconfig, or the command of an auth provider. It is run here and not by
//! kube, which runs it twice, waits without an end, and reads whatever it prints.

mod exec;
mod gcp;
mod process;

use std::io::{self, IsTerminal};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hyper::http::HeaderValue;
use jiff::{SignedDuration, Timestamp};
use kube::config::{AuthInfo, ExecConfig, ExecInteractiveMode};
use secrecy::{ExposeSecret, SecretString};

/// How long a plugin may take.
const LIMIT: Duration = Duration::from_mins(1);
/// The same where a person may have to do something, such as log in with a browser.
const PATIENT: Duration = Duration::from_mins(5);

/// A credential is not used any more when so little of its time is left: a request takes some of it.
const MARGIN: SignedDuration = SignedDuration::from_secs(60);

/// What is run.
#[derive(Clone, Debug)]
pub(super) enum Plugin {
    /// `exec` of the user.
    Exec(Box<ExecConfig>),
    /// `cmd-path` of the auth provider `gcp`.
    Gcp(gcp::Command),
}

/// A plugin, and whom it logs in.
#[derive(Clone, Debug)]
pub(super) struct Login {
    pub(super) plugin: Plugin,
    /// The user of the kubeconfig.
    pub(super) user: String,
    /// How long it may take.
    pub(super) limit: Duration,
}

/// What a plugin gives.
#[derive(Clone, Debug)]
pub(super) struct Credential {
    token: Option<SecretString>,
    /// A certificate and its key, in PEM format.
    identity: Option<(String, SecretString)>,
    /// Until when it is good; none: as long as this program runs.
    pub(super) expires: Option<Timestamp>,
}

impl Login {
    /// That of a user, whose plugin is taken away; none where it has none, or what it would give.
    ///
    /// # Errors
    /// When what names it is not complete.
    pub(super) fn of(user: &mut AuthInfo, name: &str) -> Result<Option<Self>, String> {
        if let Some(provider) = &user.auth_provider {
            let Some(command) = gcp::Command::of(provider) else { return Ok(None) };
            user.auth_provider = None;
            let plugin = Plugin::Gcp(command);
            return Ok(Some(Self { plugin, user: name.to_owned(), limit: LIMIT }));
        }
        let has_password = user.username.is_some() && user.password.is_some();
        if has_password || user.token.is_some() || user.token_file.is_some() {
            return Ok(None);
        }
        let Some(exec) = user.exec.take() else { return Ok(None) };
        if exec.command.is_none() {
            return Err("cannot log in: `exec` of the user has no `command`".to_owned());
        }
        let may_ask = exec.interactive_mode != Some(ExecInteractiveMode::Never);
        let is_terminal = io::stdin().is_terminal() || io::stderr().is_terminal();
        let limit = if may_ask && is_terminal { PATIENT } else { LIMIT };
        Ok(Some(Self { plugin: Plugin::Exec(Box::new(exec)), user: name.to_owned(), limit }))
    }

    /// Runs it.
    ///
    /// # Errors
    /// What it did instead of giving a credential.
    pub(super) async fn run(&self, now: Timestamp) -> Result<Credential, String> {
        let credential = match &self.plugin {
            Plugin::Exec(exec) => exec::credential(exec, self.limit).await,
            Plugin::Gcp(command) => command.credential(self.limit, now).await,
        };
        let credential = credential.and_then(Credential::checked);
        credential.map_err(|what| format!("cannot log in: {self} {what}"))
    }
}

/// `` `aws`, the exec plugin of the user `u`, ``.
impl std::fmt::Display for Login {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (command, what) = match &self.plugin {
            Plugin::Exec(exec) => (exec.command.as_deref().unwrap_or_default(), "exec plugin"),
            Plugin::Gcp(command) => (command.path(), "`cmd-path` of the auth provider `gcp`"),
        };
        write!(f, "`{command}`, the {what} of the user `{}`,", self.user)
    }
}

impl Credential {
    /// A token alone.
    fn of_token(token: String, expires: Option<Timestamp>) -> Self {
        Self { token: Some(token.into()), identity: None, expires }
    }

    /// With what can be sent.
    fn checked(self) -> Result<Self, String> {
        let token = self.token.as_ref().map(ExposeSecret::expose_secret);
        if token.is_some_and(|token| HeaderValue::from_str(token).is_err()) {
            return Err("printed a token with a character that cannot be sent".to_owned());
        }
        Ok(self)
    }

    /// Has a user be logged in with it.
    pub(super) fn give(&self, user: &mut AuthInfo) {
        if self.token.is_some() {
            user.token.clone_from(&self.token);
        }
        if let Some((certificate, key)) = &self.identity {
            user.client_certificate_data = Some(STANDARD.encode(certificate));
            user.client_key_data = Some(STANDARD.encode(key.expose_secret()).into());
        }
    }
}

/// Whether what expires then can still be used.
pub(super) fn good(expires: Timestamp, now: Timestamp) -> bool {
    expires.duration_since(now) > MARGIN
}

/// A time as plugins write it.
fn time(text: &str) -> Result<Timestamp, String> {
    text.parse().map_err(|_| {
        "printed a time at which the token expires that is not like `2026-01-31T12:00:00Z`"
            .to_owned()
    })
}

#[cfg(test)]
mod tests;

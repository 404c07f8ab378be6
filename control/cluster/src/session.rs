//! The client of kube as a user: logged in, and again once what the plugin gave has expired.

use std::time::Duration;

use jiff::Timestamp;
use rollout::drive::cluster::{Error, Notice};
use tokio::sync::Mutex;
use tokio::time::timeout;

use super::error;
use super::kubeconfig::Found;
use super::{Clock, Tell};
use crate::login::{Login, good};

/// A plugin that takes longer is named meanwhile.
const SOON: Duration = Duration::from_secs(5);

/// A user's session.
pub(super) struct Session {
    found: Found,
    current: Mutex<Current>,
}

struct Current {
    kube: kube::Client,
    /// Until when it is logged in; none: as long as this program runs.
    expires: Option<Timestamp>,
}

impl Session {
    /// Logs in.
    ///
    /// # Errors
    /// When the kubeconfig cannot be used, or the plugin gives no credential.
    pub(super) async fn open(found: Found, clock: &dyn Clock, tell: &Tell) -> Result<Self, Error> {
        let current = Current::of(&found, clock, tell).await?;
        Ok(Self { found, current: Mutex::new(current) })
    }

    /// One that needs no plugin.
    #[cfg(test)]
    pub(super) fn plain(config: kube::Config) -> Self {
        let kube = kube::Client::try_from(config.clone()).unwrap();
        let current = Mutex::new(Current { kube, expires: None });
        Self { found: Found::of(config, None), current }
    }

    /// The client, which is logged in.
    ///
    /// # Errors
    /// When the plugin gives no new credential.
    pub(super) async fn client(
        &self,
        clock: &dyn Clock,
        tell: &Tell,
    ) -> Result<kube::Client, Error> {
        let mut current = self.current.lock().await;
        let now = clock.now();
        if current.expires.is_some_and(|expires| !good(expires, now)) {
            match Current::of(&self.found, clock, tell).await {
                Ok(new) => *current = new,
                // What there is may be enough for this request, and the plugin works again at the next.
                Err(_) if current.expires.is_some_and(|expires| expires > now) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(current.kube.clone())
    }
}

impl Current {
    async fn of(found: &Found, clock: &dyn Clock, tell: &Tell) -> Result<Self, Error> {
        let mut config = found.config.clone();
        let mut expires = None;
        if let Some(login) = &found.login {
            let credential = run(login, clock, tell).await.map_err(|what| found.fault(&what))?;
            credential.give(&mut config.auth_info);
            expires = credential.expires;
        }
        let has_authority = config.root_cert.is_some();
        let kube = kube::Client::try_from(config)
            .map_err(|error| found.fault(&error::unusable(&error, has_authority)))?;
        Ok(Self { kube, expires })
    }
}

/// Runs the plugin, and names it if it takes its time.
async fn run(
    login: &Login,
    clock: &dyn Clock,
    tell: &Tell,
) -> Result<crate::login::Credential, String> {
    let mut running = std::pin::pin!(login.run(clock.now()));
    if let Ok(done) = timeout(SOON, &mut running).await {
        return done;
    }
    tell(&Notice::LoggingIn { plugin: login.to_string().trim_end_matches(',').to_owned() });
    running.await
}

//! Where it is written down how far others were told.

use jiff::Timestamp;
use rollout::drive::cluster::{ApplyOptions, Cluster, Error, Object, Resource};
use rollout::install::NOTIFICATIONS;
use serde_json::{Value, json};

use super::cursor::Kept;

/// How often it is written again where another one wrote it meanwhile.
const ATTEMPTS: usize = 3;

/// The ConfigMap, in the namespace of the controller.
#[derive(Clone, Copy, Debug)]
pub(super) struct Keeper<'a> {
    pub(super) cluster: &'a dyn Cluster,
    pub(super) namespace: &'a str,
}

impl Keeper<'_> {
    /// What is kept; where nothing is, that nothing was told up to now.
    pub(super) async fn load(&self, now: Timestamp) -> Result<Kept, Error> {
        let found = self.get().await?;
        let data = found.as_ref().and_then(|found| found.value().get("data"));
        let now = Timestamp::from_second(now.as_second()).unwrap_or(now).to_string();
        Ok(Kept::read(data.unwrap_or(&Value::Null), &now))
    }

    /// Keeps it. What another one wrote is of an earlier leader, and out of date.
    pub(super) async fn save(&self, kept: &mut Kept) -> Result<(), Error> {
        let data = kept.write();
        let how = ApplyOptions::default();
        let mut last = Ok(());
        for _ in 0..ATTEMPTS {
            let written = if let Some(mut found) = self.get().await? {
                found.value_mut()["data"] = data.clone();
                self.cluster.replace(&Resource::CONFIG_MAP, &found, how).await
            } else {
                let object = Object::from(json!({
                    "apiVersion": Resource::CONFIG_MAP.api_version(),
                    "kind": Resource::CONFIG_MAP.kind,
                    "metadata": { "namespace": self.namespace, "name": NOTIFICATIONS },
                    "data": data,
                }));
                self.cluster.create(&Resource::CONFIG_MAP, &object, how).await
            };
            last = match written {
                Ok(_) => return Ok(()),
                Err(error @ (Error::Conflict { .. } | Error::NotFound { .. })) => Err(error),
                Err(error) => return Err(error),
            };
        }
        last
    }

    async fn get(&self) -> Result<Option<Object>, Error> {
        self.cluster.get(&Resource::CONFIG_MAP, Some(self.namespace), NOTIFICATIONS).await
    }
}

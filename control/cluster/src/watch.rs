//! Watching, by kube's watcher: it lists, watches from there, and does both again where that ends.

use std::time::Duration;

use futures_util::StreamExt;
use kube::Api;
use kube::api::DynamicObject;
use kube::runtime::WatchStreamExt;
use kube::runtime::watcher::{self, Event, watcher};
use rollout::drive::cluster::{Change, Changes, Error, Object, Resource, Watch};
use serde_json::Value;
use tokio::sync::mpsc;

use super::Client;
use super::error::Subject;
use super::resource::described;

/// What was seen and not read yet: who reads slowly slows the watch down, and nothing is lost.
const UNREAD: usize = 256;
/// Before it is logged in again.
const PAUSE: Duration = Duration::from_secs(5);
/// Objects of one answer while all are listed.
const PAGE: u32 = 500;

impl Watch for Client {
    fn watch(&self, resource: Resource, namespace: Option<&str>) -> Changes {
        let (told, changes) = mpsc::channel(UNREAD);
        let client = self.clone();
        let namespace = namespace.map(str::to_owned);
        tokio::spawn(async move {
            // Again and again, as who is logged in then.
            while client.watch_once(resource, namespace.as_deref(), &told).await {
                client.clock.sleep(PAUSE).await;
            }
        });
        changes
    }
}

impl Client {
    /// Watches until the API server no longer knows who asks; whether someone still listens.
    async fn watch_once(
        &self,
        resource: Resource,
        namespace: Option<&str>,
        told: &mpsc::Sender<Change>,
    ) -> bool {
        let kube = match self.kube().await {
            Ok(kube) => kube,
            Err(error) => return told.send(Change::Failed(error)).await.is_ok(),
        };
        let kind = described(&resource);
        let api = match namespace {
            Some(namespace) => Api::namespaced_with(kube, namespace, &kind),
            None => Api::all_with(kube, &kind),
        };
        let config = watcher::Config::default().page_size(PAGE);
        let mut events = std::pin::pin!(watcher::<DynamicObject>(api, config).default_backoff());
        while let Some(event) = events.next().await {
            let change = match event {
                Ok(Event::Init) => Change::Listing,
                Ok(Event::InitDone) => Change::Listed,
                Ok(Event::InitApply(object) | Event::Apply(object)) => {
                    Change::Is(whole(object, &resource))
                }
                Ok(Event::Delete(object)) => Change::Gone(whole(object, &resource)),
                Err(error) => Change::Failed(self.of_watch(&error, &resource, namespace)),
            };
            let is_unknown = matches!(change, Change::Failed(Error::Unauthorized { .. }));
            if told.send(change).await.is_err() {
                return false;
            }
            if is_unknown {
                break;
            }
        }
        true
    }

    /// Why a watch does not tell at the moment.
    fn of_watch(
        &self,
        error: &watcher::Error,
        resource: &Resource,
        namespace: Option<&str>,
    ) -> Error {
        let subject = |verb| Subject { verb, resource, part: None, namespace, name: None };
        match error {
            watcher::Error::InitialListFailed(error) => subject("list").error(error, &self.contact),
            watcher::Error::WatchStartFailed(error) | watcher::Error::WatchFailed(error) => {
                subject("watch").error(error, &self.contact)
            }
            watcher::Error::WatchError(status) => {
                let error = kube::Error::Api(status.clone());
                subject("watch").error(&error, &self.contact)
            }
            watcher::Error::NoResourceVersion => {
                Error::Refused { object: subject("watch").title(), message: error.to_string() }
            }
        }
    }
}

/// As the API has it, without what only says who manages which field, which is most of a small object.
fn whole(mut object: DynamicObject, resource: &Resource) -> Object {
    object.metadata.managed_fields = None;
    // Items of a list do not say what they are.
    object.types = Some(kube::api::TypeMeta {
        api_version: resource.api_version(),
        kind: resource.kind.to_owned(),
    });
    Object::from(serde_json::to_value(object).unwrap_or(Value::Null))
}

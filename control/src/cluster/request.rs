//! Requests to the API: each has a bounded time, and is made again while nobody answers.

use std::time::Duration;

use hyper::Request;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep, timeout};

use super::error::Subject;
use super::{Cluster, Error, Notice, Object, Resource, TIMEOUT};

/// Under which name fields are managed.
pub const MANAGER: &str = "serin";
/// The first pause before a request is made again; each is twice as long as the one before.
const FIRST_PAUSE: Duration = Duration::from_millis(200);
/// The longest.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// How something is applied.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct How {
    /// Fields that others manage are taken over.
    pub force: bool,
    /// Nothing is kept: the answer says what would be.
    pub dry_run: bool,
}

impl How {
    fn query(self) -> String {
        let dry_run = if self.dry_run { "&dryRun=All" } else { "" };
        format!("fieldManager={MANAGER}{dry_run}")
    }
}

/// What a request says.
#[derive(Clone, Debug)]
pub(super) struct Call<'a> {
    pub(super) subject: Subject<'a>,
    pub(super) method: &'static str,
    /// What stands behind the question mark.
    pub(super) query: String,
    /// The body and its media type.
    pub(super) body: Option<(&'static str, Value)>,
}

pub(super) const JSON: &str = "application/json";
const MERGE: &str = "application/merge-patch+json";
/// JSON is YAML.
const APPLY: &str = "application/apply-patch+yaml";

impl Cluster {
    /// Makes a request, again and again while nobody answers, as long as patience lasts.
    pub(super) async fn call(&self, call: &Call<'_>) -> Result<Value, Error> {
        let deadline = Instant::now() + self.patience;
        let mut pause = FIRST_PAUSE;
        let mut is_away = false;
        loop {
            let error = match self.once(call).await {
                Err(error) if error.is_passing() && Instant::now() + pause < deadline => error,
                answer => {
                    if is_away && answer.is_ok() {
                        self.tell(&Notice::Answered);
                    }
                    return answer;
                }
            };
            is_away = true;
            self.tell(&Notice::Retrying { error, after: pause });
            sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    async fn once(&self, call: &Call<'_>) -> Result<Value, Error> {
        let Subject { resource, namespace, name, part, .. } = call.subject;
        let path = resource.path(namespace, name, part);
        let uri = if call.query.is_empty() { path } else { format!("{path}?{}", call.query) };
        let mut request = Request::builder().method(call.method).uri(uri);
        let mut bytes = Vec::new();
        if let Some((media, body)) = &call.body {
            request = request.header("content-type", *media);
            bytes = body.to_string().into_bytes();
        }
        let request = request.body(bytes).map_err(|error| Error::Refused {
            object: call.subject.label(),
            message: error.to_string(),
        })?;
        match timeout(TIMEOUT, self.client.request::<Value>(request)).await {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(error)) => Err(Error::of(&error, &call.subject, &self.server)),
            Err(_) => {
                let what = format!("nothing came within {} s", TIMEOUT.as_secs());
                Err(Error::unreachable(&what, &self.server))
            }
        }
    }

    /// An object; none where there is none.
    pub(crate) async fn get(
        &self,
        resource: &Resource,
        namespace: Option<&str>,
        name: &str,
    ) -> Result<Option<Object>, Error> {
        let subject = Subject { verb: "get", resource, part: None, namespace, name: Some(name) };
        let call = Call { subject, method: "GET", query: String::new(), body: None };
        match self.call(&call).await {
            Ok(value) => Ok(Some(Object::from(value))),
            Err(Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The objects of a namespace, or of all, that have this label selector.
    pub(crate) async fn list(
        &self,
        resource: &Resource,
        namespace: Option<&str>,
        selector: &str,
    ) -> Result<Vec<Object>, Error> {
        let subject = Subject { verb: "list", resource, part: None, namespace, name: None };
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        if !selector.is_empty() {
            query.append_pair("labelSelector", selector);
        }
        let call = Call { subject, method: "GET", query: query.finish(), body: None };
        let list = self.call(&call).await?;
        let items = list.get("items").and_then(Value::as_array).cloned().unwrap_or_default();
        // Items of a list do not say what they are.
        let whole = |mut item: Value| {
            item["apiVersion"] = json!(resource.api_version());
            item["kind"] = json!(resource.kind);
            Object::from(item)
        };
        Ok(items.into_iter().map(whole).collect())
    }

    /// Makes fields what `object` says, and ours; those that were ours and are not in it any more go.
    pub(crate) async fn apply(
        &self,
        resource: &Resource,
        object: &Object,
        how: How,
    ) -> Result<Object, Error> {
        let subject = subject("patch", resource, object);
        let force = if how.force { "&force=true" } else { "" };
        let query = format!("{}{force}&fieldValidation=Strict", how.query());
        let body = Some((APPLY, object.value().clone()));
        let call = Call { subject, method: "PATCH", query, body };
        self.call(&call).await.map(Object::from)
    }

    /// Makes an object that is not there.
    pub(crate) async fn create(
        &self,
        resource: &Resource,
        object: &Object,
        how: How,
    ) -> Result<Object, Error> {
        let subject = Subject { name: None, ..subject("create", resource, object) };
        let body = Some((JSON, object.value().clone()));
        let call = Call { subject, method: "POST", query: how.query(), body };
        self.call(&call).await.map(Object::from)
    }

    /// Makes an object, or a part of it, this one, unless it changed since it was read.
    pub(crate) async fn replace(
        &self,
        resource: &Resource,
        part: Option<&'static str>,
        object: &Object,
        how: How,
    ) -> Result<Object, Error> {
        let subject = Subject { part, ..subject("update", resource, object) };
        let body = Some((JSON, object.value().clone()));
        let call = Call { subject, method: "PUT", query: how.query(), body };
        self.call(&call).await.map(Object::from)
    }

    /// Merges `patch` into an object, or a part of it.
    pub(crate) async fn merge(
        &self,
        resource: &Resource,
        part: Option<&'static str>,
        (object, patch): (&Object, Value),
        how: How,
    ) -> Result<Object, Error> {
        let subject = Subject { part, ..subject("patch", resource, object) };
        let body = Some((MERGE, patch));
        let call = Call { subject, method: "PATCH", query: how.query(), body };
        self.call(&call).await.map(Object::from)
    }

    /// Removes this very object; an object of its name that was made since stays. Gone already is as good.
    pub(crate) async fn remove(
        &self,
        resource: &Resource,
        object: &Object,
        how: How,
    ) -> Result<(), Error> {
        let subject = subject("delete", resource, object);
        // What runs pods is there as long as they are; all else is gone at once.
        let is_owner = *resource == Resource::DEPLOYMENT;
        let mut options = json!({
            "apiVersion": "v1",
            "kind": "DeleteOptions",
            "propagationPolicy": if is_owner { "Foreground" } else { "Background" },
            "preconditions": { "uid": object.uid() },
        });
        if how.dry_run {
            options["dryRun"] = json!(["All"]);
        }
        // The body counts; whoever reads along sees it at the request, too.
        let query = if how.dry_run { "dryRun=All".to_owned() } else { String::new() };
        let call = Call { subject, method: "DELETE", query, body: Some((JSON, options)) };
        match self.call(&call).await {
            Ok(_) | Err(Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

fn subject<'a>(verb: &'static str, resource: &'a Resource, object: &'a Object) -> Subject<'a> {
    let namespace = Some(object.namespace()).filter(|namespace| !namespace.is_empty());
    Subject { verb, resource, part: None, namespace, name: Some(object.name()) }
}

//! What a rollout asks of a cluster, as requests to the API.

use hyper::Request;
use jiff::Timestamp;
use kube::api::{
    DeleteParams, GetParams, ListParams, Patch, PatchParams, PostParams, Preconditions,
    PropagationPolicy, ValidationDirective,
};
use rollout::drive::cluster::endpoints::Labels;
use rollout::drive::cluster::proxies::{Known, Proxy};
use rollout::drive::cluster::{
    Answer, ApplyOptions, Cluster, Error, MANAGER, Notice, Object, Resource,
};
use serde_json::{Value, json};

use super::Client;
use super::error::{Subject, not_kubernetes};
use super::resource::{encoded, requests};

/// What the API server says of who asks.
const SELF_REVIEW: Resource = Resource {
    group: "authentication.k8s.io",
    version: "v1",
    plural: "selfsubjectreviews",
    kind: "SelfSubjectReview",
};

/// What the API server says of itself; not a kind of objects, but requests are about one.
const VERSION: Resource = Resource { group: "", version: "v1", plural: "version", kind: "version" };

impl Cluster for Client {
    fn namespace(&self) -> &str {
        &self.namespace
    }

    fn whoami(&self) -> Answer<'_, String> {
        Box::pin(async {
            let review =
                json!({ "apiVersion": SELF_REVIEW.api_version(), "kind": SELF_REVIEW.kind });
            let subject = subject("create", &SELF_REVIEW, None);
            let request =
                requests(&SELF_REVIEW, None).create(&PostParams::default(), bytes(&review));
            let review = self.call(&subject, request).await?;
            let name = review.pointer("/status/userInfo/username").and_then(Value::as_str);
            Ok(name.unwrap_or("unknown").to_owned())
        })
    }

    fn version(&self) -> Answer<'_, String> {
        Box::pin(async {
            let request = Request::get("/version").body(Vec::new());
            let request = request.map_err(kube::core::request::Error::BuildRequest);
            let version = self.call(&subject("get", &VERSION, None), request).await?;
            let version = version.get("gitVersion").and_then(Value::as_str);
            Ok(version.unwrap_or("unknown").to_owned())
        })
    }

    fn get<'a>(
        &'a self,
        resource: &'a Resource,
        namespace: Option<&'a str>,
        name: &'a str,
    ) -> Answer<'a, Option<Object>> {
        Box::pin(async move {
            let subject = Subject { namespace, name: Some(name), ..subject("get", resource, None) };
            let request = requests(resource, namespace).get(&encoded(name), &GetParams::default());
            match self.call(&subject, request).await {
                Ok(value) => Ok(Some(Object::from(value))),
                Err(Error::NotFound { .. }) => Ok(None),
                Err(error) => Err(error),
            }
        })
    }

    fn list<'a>(
        &'a self,
        resource: &'a Resource,
        namespace: Option<&'a str>,
        selector: &'a str,
    ) -> Answer<'a, Vec<Object>> {
        Box::pin(async move {
            let subject = Subject { namespace, ..subject("list", resource, None) };
            let mut params = ListParams::default();
            if !selector.is_empty() {
                params = params.labels(selector);
            }
            let request = requests(resource, namespace).list(&params);
            let mut list = self.call(&subject, request).await?;
            let items = match list.get_mut("items") {
                None | Some(Value::Null) => None,
                Some(Value::Array(items)) => Some(std::mem::take(items)),
                Some(_) => return Err(not_kubernetes(&self.contact)),
            };
            // Items of a list do not say what they are.
            let whole = |mut item: Value| {
                let fields = item.as_object_mut().ok_or_else(|| not_kubernetes(&self.contact))?;
                fields.insert("apiVersion".to_owned(), json!(resource.api_version()));
                fields.insert("kind".to_owned(), json!(resource.kind));
                Ok(Object::from(item))
            };
            items.unwrap_or_default().into_iter().map(whole).collect()
        })
    }

    fn create<'a>(
        &'a self,
        resource: &'a Resource,
        object: &'a Object,
        how: ApplyOptions,
    ) -> Answer<'a, Object> {
        Box::pin(async move {
            let subject = Subject { name: None, ..subject("create", resource, Some(object)) };
            let request =
                requests(resource, subject.namespace).create(&post(how), bytes(object.value()));
            self.call(&subject, request).await.map(Object::from)
        })
    }

    fn apply<'a>(
        &'a self,
        resource: &'a Resource,
        object: &'a Object,
        how: ApplyOptions,
    ) -> Answer<'a, Object> {
        Box::pin(async move {
            let subject = subject("patch", resource, Some(object));
            let params = PatchParams {
                force: how.force,
                field_validation: Some(ValidationDirective::Strict),
                ..patch(how)
            };
            let patch = Patch::Apply(object.value());
            let name = encoded(object.name());
            let request = requests(resource, subject.namespace).patch(&name, &params, &patch);
            self.call(&subject, request).await.map(Object::from)
        })
    }

    fn replace<'a>(
        &'a self,
        resource: &'a Resource,
        object: &'a Object,
        how: ApplyOptions,
    ) -> Answer<'a, Object> {
        Box::pin(async move {
            let subject = subject("update", resource, Some(object));
            let name = encoded(object.name());
            let request = requests(resource, subject.namespace).replace(
                &name,
                &post(how),
                bytes(object.value()),
            );
            self.call(&subject, request).await.map(Object::from)
        })
    }

    fn replace_status<'a>(
        &'a self,
        resource: &'a Resource,
        object: &'a Object,
    ) -> Answer<'a, Object> {
        Box::pin(async move {
            let subject =
                Subject { part: Some("status"), ..subject("update", resource, Some(object)) };
            let name = encoded(object.name());
            let request = requests(resource, subject.namespace).replace_subresource(
                "status",
                &name,
                &post(ApplyOptions::default()),
                bytes(object.value()),
            );
            self.call(&subject, request).await.map(Object::from)
        })
    }

    fn scale<'a>(
        &'a self,
        resource: &'a Resource,
        object: &'a Object,
        replicas: u32,
        how: ApplyOptions,
    ) -> Answer<'a, ()> {
        Box::pin(async move {
            let subject =
                Subject { part: Some("scale"), ..subject("patch", resource, Some(object)) };
            let merged = Patch::Merge(json!({ "spec": { "replicas": replicas } }));
            let name = encoded(object.name());
            let requests = requests(resource, subject.namespace);
            let request = requests.patch_subresource("scale", &name, &patch(how), &merged);
            self.call(&subject, request).await.map(drop)
        })
    }

    fn delete<'a>(
        &'a self,
        resource: &'a Resource,
        object: &'a Object,
        how: ApplyOptions,
    ) -> Answer<'a, ()> {
        Box::pin(async move {
            let subject = subject("delete", resource, Some(object));
            // What runs pods is there as long as they are; all else is gone at once.
            let is_owner = *resource == Resource::DEPLOYMENT;
            let policy = if is_owner {
                PropagationPolicy::Foreground
            } else {
                PropagationPolicy::Background
            };
            let params = DeleteParams {
                dry_run: how.dry_run,
                propagation_policy: Some(policy),
                preconditions: Some(Preconditions {
                    uid: Some(object.uid().to_owned()),
                    resource_version: None,
                }),
                ..DeleteParams::default()
            };
            let request =
                requests(resource, subject.namespace).delete(&encoded(object.name()), &params);
            match self.call(&subject, request).await {
                Ok(_) | Err(Error::NotFound { .. }) => Ok(()),
                Err(error) => Err(error),
            }
        })
    }

    fn known(&self) -> Answer<'_, Vec<Vec<Known>>> {
        Box::pin(self.configz())
    }

    fn proxies<'a>(&'a self, namespace: Option<&'a str>) -> Answer<'a, Vec<Proxy>> {
        Box::pin(self.syncz(namespace))
    }

    fn endpoints<'a>(&'a self, namespace: &'a str) -> Answer<'a, Vec<Vec<Labels>>> {
        Box::pin(self.endpoint_shards(namespace))
    }

    fn stats<'a>(&'a self, pod: &'a Object, filter: &'a str) -> Answer<'a, String> {
        Box::pin(self.stats_of(pod, filter))
    }

    fn date(&self) -> Option<Timestamp> {
        self.date.at(self.clock.uptime())
    }

    fn tell(&self, notice: &Notice) {
        let is_blind = matches!(notice, Notice::Blind { .. });
        if !is_blind || self.blind.tell() {
            (self.tell)(notice);
        }
    }
}

/// What is asked of a kind, or of one of its objects.
fn subject<'a>(
    verb: &'static str,
    resource: &'a Resource,
    object: Option<&'a Object>,
) -> Subject<'a> {
    let namespace = object.map(Object::namespace).filter(|namespace| !namespace.is_empty());
    Subject { verb, resource, part: None, namespace, name: object.map(Object::name) }
}

fn post(how: ApplyOptions) -> PostParams {
    PostParams { dry_run: how.dry_run, field_manager: Some(MANAGER.to_owned()) }
}

fn patch(how: ApplyOptions) -> PatchParams {
    PatchParams {
        dry_run: how.dry_run,
        field_manager: Some(MANAGER.to_owned()),
        ..PatchParams::default()
    }
}

fn bytes(value: &Value) -> Vec<u8> {
    value.to_string().into_bytes()
}

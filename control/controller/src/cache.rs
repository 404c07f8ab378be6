//! The objects of the mesh, as they were watched: every turn looks for all that concern a host, and a cluster has
//! thousands.
//!
//! What is decided by them is checked again where it counts: a state is written by compare-and-swap, and read again
//! before each change. All other kinds are asked of the API server.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use rollout::drive::cluster::endpoints::Labels;
use rollout::drive::cluster::proxies::{Known, Proxy};
use rollout::drive::cluster::{
    Answer, ApplyOptions, Change, Cluster, Error, Keep, Notice, Object, Resource,
};

use crate::Backend;
use crate::together::Together;

/// A cluster whose objects of the mesh are at hand.
#[derive(Clone)]
pub(crate) struct Cache(Arc<Shared>);

struct Shared {
    cluster: Arc<dyn Backend>,
    stores: Mutex<BTreeMap<&'static str, Store>>,
    known: Together<Vec<Vec<Known>>>,
}

/// The objects of a kind.
#[derive(Debug, Default)]
struct Store {
    objects: BTreeMap<(String, String), Arc<Object>>,
    /// While all are told of again: those that were.
    listing: Option<BTreeMap<(String, String), Arc<Object>>>,
    /// Whether all were told of once.
    is_whole: bool,
    /// The version of the last write of this program to each object: what is told of it up to there is known.
    written: BTreeMap<(String, String), u64>,
}

impl fmt::Debug for Cache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Cache")
    }
}

impl Cache {
    pub(crate) fn new(cluster: Arc<dyn Backend>) -> Self {
        Self(Arc::new(Shared { cluster, stores: Mutex::default(), known: Together::default() }))
    }

    /// Takes in what was seen of a kind; whether it is news, and no echo of a write of this program.
    pub(crate) fn see(&self, resource: &Resource, change: &Change) -> bool {
        let mut stores = self.stores();
        let store = stores.entry(resource.kind).or_default();
        let is_kept = Resource::of_mesh(resource.kind).is_some();
        match change {
            Change::Listing => {
                store.listing = Some(BTreeMap::new());
                false
            }
            Change::Listed => {
                if let Some(listed) = store.listing.take() {
                    store.objects = listed;
                }
                store.is_whole = true;
                false
            }
            Change::Failed(_) => false,
            Change::Is(object) => {
                let id = id(object);
                if is_kept {
                    store.keep(object);
                }
                let seen = version(object);
                store.written.get(&id).is_none_or(|written| seen.is_none_or(|seen| seen > *written))
            }
            Change::Gone(object) => {
                let id = id(object);
                store.objects.remove(&id);
                // It may have been removed by this program: then it is looked at once more.
                store.written.remove(&id);
                true
            }
        }
    }

    /// Whether all kinds of the mesh were listed.
    pub(crate) fn is_whole(&self) -> bool {
        let stores = self.stores();
        Resource::MESH.iter().all(|kind| stores.get(kind.kind).is_some_and(|store| store.is_whole))
    }

    fn stores(&self) -> MutexGuard<'_, BTreeMap<&'static str, Store>> {
        self.0.stores.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What this program wrote is known before it is told of.
    fn wrote(&self, resource: &Resource, object: &Object) {
        let mut stores = self.stores();
        let store = stores.entry(resource.kind).or_default();
        if let Some(version) = version(object) {
            store.written.insert(id(object), version);
        }
        if Resource::of_mesh(resource.kind).is_some() {
            store.keep(object);
        }
    }

    /// Does a write, and remembers what came of it.
    async fn write(
        &self,
        resource: &Resource,
        how: ApplyOptions,
        answer: Answer<'_, Object>,
    ) -> Result<Object, Error> {
        let object = answer.await?;
        if !how.dry_run {
            self.wrote(resource, &object);
        }
        Ok(object)
    }

    /// What is asked for of a kind that is at hand; none where it is not.
    fn select(
        &self,
        resource: &Resource,
        namespace: Option<&str>,
        selector: &str,
        keep: Keep<'_>,
    ) -> Option<Vec<Object>> {
        let stores = self.stores();
        Resource::of_mesh(resource.kind)?;
        let store = stores.get(resource.kind).filter(|store| store.is_whole)?;
        let meant = store.objects.values().filter(|object| {
            namespace.is_none_or(|namespace| object.namespace() == namespace)
                && object.is_selected(selector)
                && keep(object)
        });
        Some(meant.map(|object| object.as_ref().clone()).collect())
    }
}

impl Store {
    /// Keeps an object, unless a later version of it is there.
    fn keep(&mut self, object: &Object) {
        let id = id(object);
        let mut kept = object.clone();
        if let Some(metadata) =
            kept.value_mut().pointer_mut("/metadata").and_then(|it| it.as_object_mut())
        {
            metadata.remove("managedFields");
        }
        let kept = Arc::new(kept);
        if let Some(listing) = &mut self.listing {
            listing.insert(id.clone(), Arc::clone(&kept));
        }
        let is_older = self.objects.get(&id).is_some_and(|there| version(there) > version(&kept));
        if !is_older {
            self.objects.insert(id, kept);
        }
    }
}

fn id(object: &Object) -> (String, String) {
    (object.namespace().to_owned(), object.name().to_owned())
}

/// Versions are numbers that grow, as Kubernetes promises since 1.35 and has done ever since there was an etcd.
fn version(object: &Object) -> Option<u64> {
    object.resource_version().parse().ok()
}

impl Cluster for Cache {
    fn namespace(&self) -> &str {
        self.0.cluster.namespace()
    }

    fn whoami(&self) -> Answer<'_, String> {
        self.0.cluster.whoami()
    }

    fn version(&self) -> Answer<'_, String> {
        self.0.cluster.version()
    }

    fn get<'a>(
        &'a self,
        resource: &'a Resource,
        namespace: Option<&'a str>,
        name: &'a str,
    ) -> Answer<'a, Option<Object>> {
        self.0.cluster.get(resource, namespace, name)
    }

    fn list<'a>(
        &'a self,
        resource: &'a Resource,
        namespace: Option<&'a str>,
        selector: &'a str,
    ) -> Answer<'a, Vec<Object>> {
        self.list_where(resource, namespace, selector, &|_| true)
    }

    fn list_where<'a>(
        &'a self,
        resource: &'a Resource,
        namespace: Option<&'a str>,
        selector: &'a str,
        keep: Keep<'a>,
    ) -> Answer<'a, Vec<Object>> {
        match self.select(resource, namespace, selector, keep) {
            Some(found) => Box::pin(std::future::ready(Ok(found))),
            None => self.0.cluster.list_where(resource, namespace, selector, keep),
        }
    }

    fn create<'a>(
        &'a self,
        resource: &'a Resource,
        object: &'a Object,
        how: ApplyOptions,
    ) -> Answer<'a, Object> {
        Box::pin(self.write(resource, how, self.0.cluster.create(resource, object, how)))
    }

    fn apply<'a>(
        &'a self,
        resource: &'a Resource,
        object: &'a Object,
        how: ApplyOptions,
    ) -> Answer<'a, Object> {
        Box::pin(self.write(resource, how, self.0.cluster.apply(resource, object, how)))
    }

    fn replace<'a>(
        &'a self,
        resource: &'a Resource,
        object: &'a Object,
        how: ApplyOptions,
    ) -> Answer<'a, Object> {
        Box::pin(self.write(resource, how, self.0.cluster.replace(resource, object, how)))
    }

    fn replace_status<'a>(
        &'a self,
        resource: &'a Resource,
        object: &'a Object,
    ) -> Answer<'a, Object> {
        let how = ApplyOptions::default();
        Box::pin(self.write(resource, how, self.0.cluster.replace_status(resource, object)))
    }

    fn scale<'a>(
        &'a self,
        resource: &'a Resource,
        object: &'a Object,
        replicas: u32,
        how: ApplyOptions,
    ) -> Answer<'a, ()> {
        self.0.cluster.scale(resource, object, replicas, how)
    }

    fn delete<'a>(
        &'a self,
        resource: &'a Resource,
        object: &'a Object,
        how: ApplyOptions,
    ) -> Answer<'a, ()> {
        Box::pin(async move {
            self.0.cluster.delete(resource, object, how).await?;
            if !how.dry_run && Resource::of_mesh(resource.kind).is_some() {
                let mut stores = self.stores();
                stores.entry(resource.kind).or_default().objects.remove(&id(object));
            }
            Ok(())
        })
    }

    fn known(&self) -> Answer<'_, Vec<Vec<Known>>> {
        Box::pin(self.0.known.ask(|| self.0.cluster.known()))
    }

    fn proxies<'a>(&'a self, namespace: Option<&'a str>) -> Answer<'a, Vec<Proxy>> {
        self.0.cluster.proxies(namespace)
    }

    fn endpoints<'a>(&'a self, namespace: &'a str) -> Answer<'a, Vec<Vec<Labels>>> {
        self.0.cluster.endpoints(namespace)
    }

    fn stats<'a>(&'a self, pod: &'a Object, filter: &'a str) -> Answer<'a, String> {
        self.0.cluster.stats(pod, filter)
    }

    fn date(&self) -> Option<Timestamp> {
        self.0.cluster.date()
    }

    fn tell(&self, notice: &Notice) {
        self.0.cluster.tell(notice);
    }
}

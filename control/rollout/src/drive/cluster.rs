//! What a rollout asks of a cluster and of the mesh's control plane, and says of their objects.
//!
//! [`Cluster`] is the seam: its few verbs are those of the Kubernetes API. What a Deployment, an endpoint or an object
//! of the mesh means to a rollout is written on top of them, once for every implementation. Objects are what the API
//! says of them ([`Object`]), whole: a field that this program has never heard of is kept.

pub mod autoscaler;
pub mod consent;
mod crd;
pub mod deployment;
pub mod endpoints;
mod error;
pub mod freeze;
pub mod mesh_objects;
mod notice;
mod object;
pub mod proxies;
mod release;
mod resource;
mod watch;

use std::fmt;
use std::pin::Pin;

pub use deployment::{Creation, Deployment, MADE_FOR};
pub use error::Error;
pub use notice::Notice;
pub use object::{Object, title};
pub use resource::Resource;
pub use watch::{Change, Changes, Watch};

use endpoints::Labels;
use jiff::Timestamp;
use proxies::{Known, Proxy};

use super::clock::Clock;

/// Under which name fields are managed.
pub const MANAGER: &str = "serin";

/// How something is applied.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ApplyOptions {
    /// Fields that others manage are taken over.
    pub force: bool,
    /// Nothing is kept: the answer says what would be.
    pub dry_run: bool,
}

/// The answer to a request, once it is there.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send + 'a>>;

/// Which objects are asked for.
pub type Keep<'a> = &'a (dyn Fn(&Object) -> bool + Send + Sync);

/// A cluster, as one user may use it.
///
/// Every request ends in bounded time, and has been made again while the API server was away. Writes are made under
/// the name [`MANAGER`].
pub trait Cluster: fmt::Debug + Send + Sync {
    /// The namespace to use where none is named.
    fn namespace(&self) -> &str;

    /// The name of the user that the API server takes this program for.
    fn whoami(&self) -> Answer<'_, String>;

    /// The version of Kubernetes, such as `v1.36.0`.
    fn version(&self) -> Answer<'_, String>;

    /// An object; none where there is none.
    fn get<'a>(
        &'a self,
        resource: &'a Resource,
        namespace: Option<&'a str>,
        name: &'a str,
    ) -> Answer<'a, Option<Object>>;

    /// The objects of a namespace, or of all, that a label selector matches; all where it is empty.
    fn list<'a>(
        &'a self,
        resource: &'a Resource,
        namespace: Option<&'a str>,
        selector: &'a str,
    ) -> Answer<'a, Vec<Object>>;

    /// The same, and only those that are asked for: an implementation that has the objects at hand copies no others.
    fn list_where<'a>(
        &'a self,
        resource: &'a Resource,
        namespace: Option<&'a str>,
        selector: &'a str,
        keep: Keep<'a>,
    ) -> Answer<'a, Vec<Object>> {
        Box::pin(async move {
            let mut found = self.list(resource, namespace, selector).await?;
            found.retain(keep);
            Ok(found)
        })
    }

    /// Makes an object that is not there; [`Error::Conflict`] where it is.
    fn create<'a>(
        &'a self,
        resource: &'a Resource,
        object: &'a Object,
        how: ApplyOptions,
    ) -> Answer<'a, Object>;

    /// Server-side apply: makes fields what `object` says, and ours. Those that were ours and are not in it any more
    /// go. [`Error::Owned`] where others manage fields of it.
    fn apply<'a>(
        &'a self,
        resource: &'a Resource,
        object: &'a Object,
        how: ApplyOptions,
    ) -> Answer<'a, Object>;

    /// Makes an object this one; [`Error::Conflict`] where it changed since it was read.
    fn replace<'a>(
        &'a self,
        resource: &'a Resource,
        object: &'a Object,
        how: ApplyOptions,
    ) -> Answer<'a, Object>;

    /// Makes the status of an object that of this one; [`Error::Conflict`] where it changed since it was read.
    fn replace_status<'a>(
        &'a self,
        resource: &'a Resource,
        object: &'a Object,
    ) -> Answer<'a, Object>;

    /// Gives what runs pods so many of them.
    fn scale<'a>(
        &'a self,
        resource: &'a Resource,
        object: &'a Object,
        replicas: u32,
        how: ApplyOptions,
    ) -> Answer<'a, ()>;

    /// Removes this very object; [`Error::Conflict`] where another one has its name now. Gone already is as good.
    fn delete<'a>(
        &'a self,
        resource: &'a Resource,
        object: &'a Object,
        how: ApplyOptions,
    ) -> Answer<'a, ()>;

    /// The configuration that each instance of the mesh's control plane has; [`Error::Blind`] where none can be asked.
    fn known(&self) -> Answer<'_, Vec<Vec<Known>>>;

    /// What the proxies of a namespace, or of all, were sent and took; [`Error::Blind`] where that cannot be asked.
    fn proxies<'a>(&'a self, namespace: Option<&'a str>) -> Answer<'a, Vec<Proxy>>;

    /// The labels of the pods of a namespace to which each instance of the mesh's control plane has requests sent;
    /// [`Error::Blind`] where none can be asked.
    fn endpoints<'a>(&'a self, namespace: &'a str) -> Answer<'a, Vec<Vec<Labels>>>;

    /// What the proxy of a pod counts, in Prometheus' text format: of the statistics whose names match a regex.
    fn stats<'a>(&'a self, pod: &'a Object, filter: &'a str) -> Answer<'a, String>;

    /// The time of day for the API server; none before its first answer.
    fn date(&self) -> Option<Timestamp>;

    /// Tells the user what happens meanwhile.
    fn tell(&self, notice: &Notice);
}

impl dyn Cluster + '_ {
    /// The time of day, as it is written down: the API server's, since those who drive a rollout one after the other
    /// have clocks of their own. Where it has not said it, that of this machine.
    #[must_use]
    pub fn now(&self, clock: &dyn Clock) -> Timestamp {
        self.date().unwrap_or_else(|| clock.now())
    }
}

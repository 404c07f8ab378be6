//! Watching: what changes in a cluster, as it changes.

use tokio::sync::mpsc::Receiver;

use super::{Error, Object, Resource};

/// What was seen of the objects of a kind.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// All objects are told of again from here on: what is not told of is gone.
    Listing,
    /// An object is there, and like this.
    Is(Object),
    /// All objects were told of.
    Listed,
    /// This object is gone.
    Gone(Object),
    /// The cluster does not tell at the moment; it is asked again.
    Failed(Error),
}

/// What changes, in order. It ends when nothing reads it any more.
pub type Changes = Receiver<Change>;

/// A cluster that tells what changes.
pub trait Watch: Send + Sync {
    /// Tells of all objects of a kind, in a namespace or in all, and from then on of each change.
    fn watch(&self, resource: Resource, namespace: Option<&str>) -> Changes;
}

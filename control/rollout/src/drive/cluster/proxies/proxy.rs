//! A proxy of the mesh, as the control plane knows it.

/// What a proxy was sent of a kind of resources, and what it took.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exchange {
    /// What tells the last that it was sent.
    pub sent: String,
    /// What tells the last that it took.
    pub acked: String,
    /// Why it did not take the last; empty: it did, or has not said yet.
    pub error: String,
}

/// A proxy, with what it was sent of the resources that a Release is in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proxy {
    /// `<name>.<namespace>`.
    pub name: String,
    /// Of clusters, listeners, routes, and extensions' configurations.
    pub exchanges: [Exchange; 4],
}

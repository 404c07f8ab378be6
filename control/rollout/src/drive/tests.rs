//! Every path of the loop, against a cluster in memory.

mod analysis;
mod back;
mod delete;
mod failures;
mod finalizer;
mod follow;
mod foreign;
mod forward;
mod invariants;
mod kills;
mod manifests;
mod newer;
mod orphans;
mod proxy_stats;
mod reconcile;
mod scene;
mod stale;
mod waits;
mod windows;

//! Every path of the loop, against a cluster in memory.

mod forward;
mod invariants;
mod scene;
mod waits;

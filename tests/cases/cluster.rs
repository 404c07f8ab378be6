//! The commands that ask a cluster, against servers on loopback that stand where the API server should.

mod contact;
mod delete;
mod kubeconfig;
mod kubectl;
mod mesh;
mod rollout_status;
pub(crate) mod server;

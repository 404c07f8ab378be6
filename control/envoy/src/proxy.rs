//! The real parts around a rendered configuration: an [`Envoy`] process, [`Upstream`] servers, a [`Client`].
//!
//! All functions are async and need a tokio runtime with I/O and time. All addresses are of 127.0.0.1 and
//! chosen by the kernel. Whatever waits has a limit and says what it waited for. What was started ends when its
//! handle is dropped, a process by SIGKILL, so that nothing outlives a panic or Ctrl-C. Where this program is killed, a
//! watcher ends the processes.

pub mod admin;
pub mod client;
pub mod envoy;
pub mod server;
pub mod upstream;
mod watcher;

pub use admin::Admin;
pub use client::{Answer, Client, Failure};
pub use envoy::Envoy;
pub use server::Server;
pub use upstream::{Received, SERVED_BY, Upstream};

//! Serin's filter: the adapter between Envoy (proxy-wasm) and the `policy` crate, which decides.
//!
//! `root` takes the configuration, `router` is what a configuration makes of each request, `http` is one
//! request, `headers` how it is read. Nothing here can panic: a trap would take every request in flight on the proxy's worker with it.
#![deny(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects
)]
#![expect(missing_docs, reason = "the only public item is what the SDK's `main!` makes")]

mod caller;
mod counters;
mod headers;
mod host;
mod http;
mod random;
mod root;
mod router;

use root::Root;

proxy_wasm::main! {{
    host::log_through_proxy();
    proxy_wasm::set_root_context(|_| Box::new(Root::default()));
}}

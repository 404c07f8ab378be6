//! A proxy-wasm host (ABI 0.2.1) on wasmtime, which runs the very module that Envoy runs.
//!
//! In: a module and a configuration, then requests as lists of headers. Out: [`Effects`], what the module
//! did to each request, so that cases assert on that and not on the order of calls. A trap is a value, too.

mod abi;
mod effects;
mod functions;
mod guest;
mod module;
mod state;
mod vm;

pub use abi::{Action, Level};
pub use effects::{Effects, Headers, Line};
pub use module::{Module, Setup, Unusable};
pub use vm::{Refused, Stream, Trap, Vm};

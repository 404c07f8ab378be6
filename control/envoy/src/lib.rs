//! A real Envoy: the process and what stands around it ([`proxy`]), traffic and what became of it ([`traffic`]),
//! Releases tried on it ([`demo`]), what a running one has of a Release ([`proxy_status`]); and the module's
//! [`image`], from which proxies get it.

pub mod demo;
pub mod image;
pub mod proxy;
pub mod proxy_status;
pub mod traffic;

//! Envoy's admin interface: what it listens on, counts, and is configured with.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use anyhow::{Context, ensure};
use hyper::http::{Method, Request, StatusCode};
use serde::Deserialize;
use serde_json::Value;

use super::client::{Answer, Client};

/// The admin interface of a running Envoy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Admin {
    address: SocketAddr,
}

#[derive(Deserialize)]
struct Listeners {
    #[serde(default)]
    listener_statuses: Vec<Listener>,
}

#[derive(Deserialize)]
struct Listener {
    name: String,
    local_address: Address,
}

#[derive(Deserialize)]
struct Address {
    socket_address: Option<SocketAddress>,
}

#[derive(Deserialize)]
struct SocketAddress {
    address: String,
    port_value: u16,
}

#[derive(Deserialize)]
struct Stats {
    stats: Vec<Stat>,
}

/// A counter or gauge; other entries, histograms, have neither.
#[derive(Deserialize)]
struct Stat {
    name: Option<String>,
    value: Option<Value>,
}

impl Admin {
    /// The interface at `address`.
    #[must_use]
    pub fn new(address: SocketAddr) -> Self {
        Self { address }
    }

    /// The interface at a host, given by name or address, that takes connections.
    ///
    /// # Errors
    /// When the name is not known, or nothing listens there.
    pub async fn at(host: &str, port: u16) -> anyhow::Result<Self> {
        // As in URLs.
        let host = host.trim_start_matches('[').trim_end_matches(']');
        Ok(Self::new(Client::reach(host, port).await?))
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Whether Envoy has started and takes requests.
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn is_ready(&self) -> anyhow::Result<bool> {
        Ok(self.ask("/ready").await?.status == StatusCode::OK)
    }

    /// The listeners that have an IP address, by name.
    ///
    /// # Errors
    /// When it does not answer as Envoy does.
    pub async fn listeners(&self) -> anyhow::Result<BTreeMap<String, SocketAddr>> {
        let Listeners { listener_statuses } = self.json("/listeners?format=json").await?;
        let mut listeners = BTreeMap::new();
        for Listener { name, local_address } in listener_statuses {
            if let Some(SocketAddress { address, port_value }) = local_address.socket_address {
                let ip = address
                    .parse()
                    .with_context(|| format!("listener `{name}` is at `{address}`"))?;
                listeners.insert(name, SocketAddr::new(ip, port_value));
            }
        }
        Ok(listeners)
    }

    /// The counters and gauges whose names start with `prefix`.
    ///
    /// # Errors
    /// When it does not answer as Envoy does.
    pub async fn stats(&self, prefix: &str) -> anyhow::Result<BTreeMap<String, u64>> {
        let Stats { stats } = self.json("/stats?format=json").await?;
        let counted =
            stats.into_iter().filter_map(|Stat { name, value }| Some((name?, value?.as_u64()?)));
        Ok(counted.filter(|(name, _)| name.starts_with(prefix)).collect())
    }

    /// The statistics of wasm filters and of how they got their configuration, as `/stats` has them.
    ///
    /// # Errors
    /// When it does not answer as Envoy does.
    pub async fn filter_stats(&self) -> anyhow::Result<Value> {
        // ^(extension_config_discovery|wasm)
        self.json("/stats?format=json&filter=%5E%28extension_config_discovery%7Cwasm%29").await
    }

    /// Everything that Envoy is configured with, as `/config_dump` has it.
    ///
    /// # Errors
    /// When it does not answer as Envoy does.
    pub async fn config_dump(&self) -> anyhow::Result<Value> {
        self.json("/config_dump?include_eds").await
    }

    /// What it says at a path, such as `/stats/prometheus`.
    ///
    /// # Errors
    /// When it does not answer as Envoy does.
    pub async fn text(&self, path: &str) -> anyhow::Result<String> {
        let Answer { status, body, .. } = self.ask(path).await?;
        ensure!(
            status == StatusCode::OK,
            "Envoy's admin interface answered `{path}` with {status}"
        );
        Ok(String::from_utf8_lossy(&body).into_owned())
    }

    async fn json<T: for<'de> Deserialize<'de>>(&self, path: &str) -> anyhow::Result<T> {
        let Answer { status, body, .. } = self.ask(path).await?;
        ensure!(
            status == StatusCode::OK,
            "Envoy's admin interface answered `{path}` with {status}"
        );
        serde_json::from_slice(&body).with_context(|| {
            format!("Envoy's admin interface gave an unexpected answer to `{path}`")
        })
    }

    async fn ask(&self, path: &str) -> anyhow::Result<Answer> {
        let request = Request::builder()
            .method(Method::GET)
            .uri(path)
            .header("host", self.address.to_string())
            .body(())?;
        let asking = async { Client::connect(self.address).await?.send(&request).await };
        asking.await.with_context(|| format!("Envoy's admin interface does not answer `{path}`"))
    }
}

//! A Prometheus that scrapes proxies.

use std::net::Ipv4Addr;
use std::path::Path;

use tokio::net::{TcpListener, TcpStream};

use super::Programs;
use super::exposed::PORT;
use super::process::Process;

/// A running Prometheus; it ends when this is dropped.
#[derive(Debug)]
pub struct Prometheus {
    url: String,
    _process: Process,
}

impl Prometheus {
    /// Starts it, with its files in `folder`; it scrapes what these proxies count every two seconds.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn start(
        programs: &Programs,
        folder: &Path,
        proxies: &[Ipv4Addr],
    ) -> anyhow::Result<Self> {
        let targets: Vec<String> =
            proxies.iter().map(|proxy| format!("\"{proxy}:{PORT}\"")).collect();
        let config = format!(
            "global: {{scrape_interval: 2s, scrape_timeout: 2s}}\nscrape_configs:\n- job_name: envoy-stats\n  \
             metrics_path: /stats/prometheus\n  static_configs: [{{targets: [{}]}}]\n",
            targets.join(", ")
        );
        let file = folder.join("prometheus.yaml");
        std::fs::write(&file, config)?;
        // Free now; nothing else in this network takes ports that it did not ask for.
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?.local_addr()?;
        let arguments = [
            format!("--config.file={}", file.display()),
            format!("--storage.tsdb.path={}", folder.join("data").display()),
            format!("--web.listen-address={free}"),
        ];
        let program = programs.prometheus()?;
        let mut process = Process::start(&program, &arguments, &[], folder)?;
        process.wait(async || TcpStream::connect(free).await.is_ok()).await?;
        Ok(Self { url: format!("http://{free}"), _process: process })
    }

    /// Where it answers.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }
}

//! A web server with the files of a folder, over TLS: `openssl s_server`, which Kubernetes' key needs anyway.

use std::path::Path;

use anyhow::{Context, ensure};
use tokio::net::TcpStream;
use tokio::process::Command;

use super::process::Process;
use super::text;

const ADDRESS: &str = "127.0.0.1:15443";

/// A server on loopback; it ends when this is dropped.
#[derive(Debug)]
pub struct Https {
    _process: Process,
}

impl Https {
    /// Serves the files of `folder`, with a certificate of its own making.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn serve(folder: &Path) -> anyhow::Result<Self> {
        let (key, certificate) = (text(&folder.join("key.pem")), text(&folder.join("cert.pem")));
        let request = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1"];
        let output = Command::new("openssl")
            .args(request)
            .args(["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"])
            .args(["-keyout", &key, "-out", &certificate])
            .output()
            .await
            .context("cannot run `openssl`: install it")?;
        let error = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "`openssl req`: {error}");
        let arguments =
            ["s_server", "-quiet", "-WWW", "-accept", ADDRESS, "-key", &key, "-cert", &certificate];
        let mut process = Process::start(Path::new("openssl"), &arguments, &[], folder)?;
        process.wait(async || TcpStream::connect(ADDRESS).await.is_ok()).await?;
        Ok(Self { _process: process })
    }

    /// The address of a file.
    #[must_use]
    pub fn url(&self, file: &str) -> String {
        format!("https://{ADDRESS}/{file}")
    }
}

//! A registry with one image, from an OCI image layout on disk: what istio-agent needs to fetch it, and no more.

use std::fs;
use std::future::ready;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::Context;
use envoy::proxy::Server;
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::http::{HeaderValue, Request, Response, StatusCode};
use serde_json::Value;
use tokio::net::TcpListener;

/// A registry on loopback; it ends when this is dropped.
#[derive(Debug)]
pub struct Registry {
    address: SocketAddr,
    digest: String,
    served: Arc<AtomicUsize>,
    _server: Server,
}

impl Registry {
    /// Serves the image of the layout in `folder`.
    ///
    /// # Errors
    /// When that is no image layout.
    pub async fn serve(folder: &Path) -> anyhow::Result<Self> {
        let index: Value = serde_json::from_slice(&fs::read(folder.join("index.json"))?)?;
        let digest = index.pointer("/manifests/0/digest").and_then(Value::as_str);
        let digest = digest.context("`index.json` names no manifest")?.to_owned();
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let served = Arc::new(AtomicUsize::new(0));
        let image = Image {
            folder: folder.to_owned(),
            manifest: digest.clone(),
            served: Arc::clone(&served),
        };
        let server = Server::start(listener, move |request| ready(image.answer(&request)));
        Ok(Self { address, digest, served, _server: server })
    }

    /// The image, by digest: `oci://127.0.0.1:…/serin@sha256:…`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("oci://{}/serin@{}", self.address, self.digest)
    }

    /// How many blobs and manifests were fetched.
    #[must_use]
    pub fn served(&self) -> usize {
        self.served.load(Ordering::Relaxed)
    }
}

#[derive(Clone)]
struct Image {
    folder: PathBuf,
    manifest: String,
    served: Arc<AtomicUsize>,
}

impl Image {
    /// The endpoints of the OCI distribution specification that pull: `/v2/`, manifests, blobs.
    fn answer(&self, request: &Request<Incoming>) -> Response<Full<Bytes>> {
        let path = request.uri().path().to_owned();
        if path == "/v2/" {
            return Response::new(Full::default());
        }
        let found = path.rsplit_once('/').and_then(|(kind, reference)| {
            let reference =
                if reference.starts_with("sha256:") { reference } else { &self.manifest };
            let hex = reference.strip_prefix("sha256:")?;
            if !hex.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                return None;
            }
            let bytes = fs::read(self.folder.join("blobs/sha256").join(hex)).ok()?;
            Some((kind.ends_with("/manifests"), bytes))
        });
        let Some((is_manifest, bytes)) = found else {
            let mut missing = Response::new(Full::default());
            *missing.status_mut() = StatusCode::NOT_FOUND;
            return missing;
        };
        self.served.fetch_add(1, Ordering::Relaxed);
        let media = is_manifest
            .then(|| {
                serde_json::from_slice::<Value>(&bytes).ok()?["mediaType"]
                    .as_str()
                    .map(str::to_owned)
            })
            .flatten();
        let mut answer = Response::new(Full::from(bytes));
        let media = media.unwrap_or_else(|| "application/octet-stream".to_owned());
        if let Ok(media) = HeaderValue::from_str(&media) {
            answer.headers_mut().insert("content-type", media);
        }
        answer
    }
}

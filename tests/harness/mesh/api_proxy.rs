//! A reverse proxy before the Kubernetes API, which notes what is written through it, and can end the writer at one of
//! its writes: just before the API has it, or just after.
//!
//! It speaks plain HTTP, and to the API through `kubectl proxy`, which passes on who asks.

mod trap;
mod write;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context;
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1 as client;
use hyper::header::UPGRADE;
use hyper::http::{Request, Response, StatusCode};
use hyper::server::conn::http1 as server;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

pub use trap::{Fired, Moment};
pub use write::Write;

use super::process::Process;
use super::{Mesh, kubernetes, text};
use trap::Trap;

type Body = BoxBody<Bytes, hyper::Error>;

/// A reverse proxy; it ends, with its connections, when this is dropped.
#[derive(Debug)]
pub struct ApiProxy {
    config: PathBuf,
    notes: Arc<Mutex<Notes>>,
    accepting: JoinHandle<()>,
    _kubectl: Process,
}

/// What was written, and what is to happen at a write to come.
#[derive(Debug, Default)]
struct Notes {
    writes: Vec<Write>,
    trap: Option<Trap>,
}

impl ApiProxy {
    /// Starts one, with its files in `folder`.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn start(mesh: &Mesh, user: &str, folder: &Path) -> anyhow::Result<Self> {
        let kubeconfig = text(&mesh.kubeconfig(user));
        // `--reject-paths` lists what it refuses by default: attaching to pods.
        let arguments = ["proxy", "--port=0", "--kubeconfig", &kubeconfig, "--reject-paths=^$"];
        let mut kubectl =
            Process::start(&mesh.programs().kube.join("kubectl"), &arguments, &[], folder)?;
        let log = kubectl.log().to_owned();
        let said = || std::fs::read_to_string(&log).unwrap_or_default();
        kubectl.wait(async || said().contains('\n')).await?;
        let said = said();
        let api: SocketAddr = said
            .split_whitespace()
            .last()
            .and_then(|address| address.parse().ok())
            .with_context(|| format!("`kubectl proxy` says `{said}`"))?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let config = folder.join("api-proxy.kubeconfig");
        let address = format!("http://{}", listener.local_addr()?);
        std::fs::write(&config, kubernetes::config(&address, user))?;
        let notes = Arc::default();
        let accepting = tokio::spawn(accept(listener, Proxying { api, notes: Arc::clone(&notes) }));
        Ok(Self { config, notes, accepting, _kubectl: kubectl })
    }

    /// The file with which a client asks the API through it.
    #[must_use]
    pub fn config(&self) -> &Path {
        &self.config
    }

    /// What was written since the last [`ApiProxy::arm`], or since it was started.
    #[must_use]
    pub fn writes(&self) -> Vec<Write> {
        lock(&self.notes).writes.clone()
    }

    /// Forgets what was written, and halts the write of this number (the first is 1) until the test that waits for
    /// [`Fired`] has ended the writer.
    #[must_use]
    pub fn arm(&self, number: usize, moment: Moment) -> Fired {
        let (trap, fired) = Trap::new(number, moment);
        *lock(&self.notes) = Notes { writes: Vec::new(), trap: Some(trap) };
        fired
    }

    /// Forgets what was written, and the trap that was armed.
    pub fn reset(&self) {
        *lock(&self.notes) = Notes::default();
    }
}

impl Drop for ApiProxy {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

fn lock(notes: &Mutex<Notes>) -> std::sync::MutexGuard<'_, Notes> {
    notes.lock().unwrap_or_else(PoisonError::into_inner)
}

#[derive(Clone)]
struct Proxying {
    api: SocketAddr,
    notes: Arc<Mutex<Notes>>,
}

async fn accept(listener: TcpListener, proxying: Proxying) {
    // Dropped with this task, which ends the connections.
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                let Ok((stream, _)) = accepted else { continue };
                let proxying = proxying.clone();
                let service = service_fn(move |request| proxying.clone().answer(request));
                connections.spawn(async move {
                    // Clients are killed here; that ends their connections in whatever way.
                    let connection =
                        server::Builder::new().serve_connection(TokioIo::new(stream), service);
                    let _ = connection.with_upgrades().await;
                });
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

impl Proxying {
    async fn answer(self, request: Request<Incoming>) -> anyhow::Result<Response<Body>> {
        let Some(write) = Write::of(&request) else { return self.forward(request).await };
        let (head, body) = request.into_parts();
        let body = body.collect().await?.to_bytes();
        let is_trial = head.uri.query().is_some_and(|query| query.contains("dryRun="))
            || String::from_utf8_lossy(&body).contains("\"dryRun\"");
        let request = Request::from_parts(head, Full::new(body));
        if is_trial {
            return self.forward(request).await;
        }
        let trap = {
            let mut notes = lock(&self.notes);
            notes.writes.push(write);
            let number = notes.writes.len();
            notes.trap.take_if(|trap| trap.number() == number)
        };
        let Some(trap) = trap else { return self.forward(request).await };
        if trap.moment() == Moment::Before {
            trap.fire().await;
            let mut gone = Response::new(Full::default().map_err(|never| match never {}).boxed());
            *gone.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
            return Ok(gone);
        }
        let (head, body) = self.forward(request).await?.into_parts();
        // The API has done it, whether or not the answer arrives.
        let body = body.collect().await?.to_bytes();
        trap.fire().await;
        let body = Full::new(body).map_err(|never| match never {}).boxed();
        Ok(Response::from_parts(head, body))
    }

    /// Passes the request on, on a connection of its own; if both ends agree, it becomes another protocol.
    async fn forward<B>(&self, mut request: Request<B>) -> anyhow::Result<Response<Body>>
    where
        B: hyper::body::Body + Send + 'static,
        B::Data: Send,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let stream = TcpStream::connect(self.api).await?;
        stream.set_nodelay(true)?;
        let (mut sender, connection) = client::handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection.with_upgrades());
        let upgrades = request.headers().contains_key(UPGRADE);
        let downstream = upgrades.then(|| hyper::upgrade::on(&mut request));
        let mut response = sender.send_request(request).await?;
        if let Some(downstream) = downstream
            && response.status() == StatusCode::SWITCHING_PROTOCOLS
        {
            let upstream = hyper::upgrade::on(&mut response);
            tokio::spawn(async move {
                let (downstream, upstream) = tokio::try_join!(downstream, upstream)?;
                let (mut one, mut other) = (TokioIo::new(downstream), TokioIo::new(upstream));
                copy_bidirectional(&mut one, &mut other).await?;
                anyhow::Ok(())
            });
        }
        Ok(response.map(BodyExt::boxed))
    }
}

//! What stands where an API server should.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use tempfile::TempDir;

use crate::check::program::{Run, root, run};

/// A server on a free port, and a kubeconfig whose context `kind-shop` names it.
pub(crate) struct Server {
    /// `127.0.0.1:<port>`.
    pub(crate) address: String,
    connections: Arc<AtomicUsize>,
    folder: TempDir,
}

impl Server {
    /// One that does this with each connection; they are counted from 0.
    pub(crate) fn start(serve: fn(usize, TcpStream)) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let connections = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&connections);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let number = count.fetch_add(1, Ordering::Relaxed);
                thread::spawn(move || serve(number, stream));
            }
        });
        Self { address, connections, folder: tempfile::tempdir().unwrap() }
    }

    /// None: connections are refused.
    pub(crate) fn refusing() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let address = listener.local_addr().unwrap().to_string();
        Self { address, connections: Arc::default(), folder: tempfile::tempdir().unwrap() }
    }

    /// How many connections there were.
    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::Relaxed)
    }

    /// A kubeconfig that names it by this scheme.
    pub(crate) fn kubeconfig(&self, scheme: &str) -> PathBuf {
        let path = self.folder.path().join("kubeconfig");
        let text = format!(
            "apiVersion: v1\nkind: Config\ncurrent-context: kind-shop\n\
             contexts: [{{name: kind-shop, context: {{cluster: c, user: u, namespace: shop}}}}]\n\
             clusters: [{{name: c, cluster: {{server: \"{scheme}://{}\"}}}}]\n\
             users: [{{name: u, user: {{token: none}}}}]\n",
            self.address
        );
        std::fs::write(&path, text).unwrap();
        path
    }

    /// A run of `serin` that asks it.
    #[track_caller]
    pub(crate) fn serin(&self, scheme: &str, arguments: &[&str]) -> Run {
        let kubeconfig = self.kubeconfig(scheme);
        let named = ["--kubeconfig", kubeconfig.to_str().unwrap()];
        run(root(), &[arguments, &named].concat(), b"")
    }
}

/// Reads a request, and answers it.
pub(crate) fn answer(stream: &mut TcpStream, status: &str, kind: &str, body: &str) {
    _ = path(stream);
    respond(stream, status, kind, body);
}

/// Reads a request; what it asks for.
pub(crate) fn path(stream: &mut TcpStream) -> String {
    let mut request = [0; 4096];
    let length = stream.read(&mut request).unwrap_or_default();
    let text = String::from_utf8_lossy(&request[..length]);
    text.split_whitespace().nth(1).unwrap_or_default().to_owned()
}

/// Answers a request that was read.
pub(crate) fn respond(stream: &mut TcpStream, status: &str, kind: &str, body: &str) {
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    _ = stream.write_all(head.as_bytes());
    _ = stream.write_all(body.as_bytes());
}

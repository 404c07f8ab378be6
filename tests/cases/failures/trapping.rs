//! A module that traps, in an Envoy that is told to fail open.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use istio::render::bootstrap::Rendered;
use serde_json::json;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::{header, insiders};
use crate::envoy::stage::{Given, Setup, Stage, Through, served_by};
use crate::envoy::wait;

/// A module that lets requests pass, and traps at those with a header `x-trap`.
const TRAPPING: &str = include_str!("../../data/trapping.wat");

/// The workers of an Envoy that [`Stage`] starts.
const WORKERS: usize = 2;

fn trapping() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("trapping.wasm");
    std::fs::write(&path, wat::parse_str(TRAPPING).unwrap()).unwrap();
    (folder, path)
}

/// Sends requests that trap, each on a connection of its own, until no worker's module is left to do so.
async fn trap_all(stage: &Stage) -> usize {
    let mut trapped = 0;
    let mut passed = 0;
    while passed < 30 {
        match stage.served_by(&header("x-trap", "1")).await.as_str() {
            "503" => (trapped, passed) = (trapped + 1, 0),
            "v1" => passed += 1,
            other => panic!("{other}"),
        }
        assert!(trapped < 10, "it traps again and again");
    }
    trapped
}

/// A server in the place of stable that answers requests only when it is told to; they are counted as they arrive.
struct Slow {
    address: SocketAddr,
    arrived: Arc<AtomicUsize>,
    go: watch::Sender<bool>,
}

impl Slow {
    async fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let arrived = Arc::new(AtomicUsize::new(0));
        let (go, gone) = watch::channel(false);
        let counter = Arc::clone(&arrived);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer(stream, Arc::clone(&counter), gone.clone()));
            }
        });
        Self { address, arrived, go }
    }

    async fn has(&self, requests: usize) {
        for _ in 0..1000 {
            if self.arrived.load(Ordering::SeqCst) >= requests {
                return;
            }
            sleep(Duration::from_millis(10)).await;
        }
        panic!("{} of {requests} requests arrived", self.arrived.load(Ordering::SeqCst));
    }
}

async fn answer(mut stream: TcpStream, arrived: Arc<AtomicUsize>, mut go: watch::Receiver<bool>) {
    let mut request = Vec::new();
    while stream.read_buf(&mut request).await.is_ok_and(|read| read > 0) {
        if request.ends_with(b"\r\n\r\n") {
            arrived.fetch_add(1, Ordering::SeqCst);
            request.clear();
            let told = go.wait_for(|go| *go).await.is_ok();
            let answer = b"HTTP/1.1 200 OK\r\nx-served-by: slow\r\ncontent-length: 0\r\n\r\n";
            if !told || stream.write_all(answer).await.is_err() {
                return;
            }
        }
    }
}

#[test]
fn a_trap_answers_503_to_the_requests_in_flight_and_sends_later_ones_to_stable() {
    const WAITING: usize = 8;
    let (_folder, module) = trapping();
    wait(async {
        let canary = insiders("v2");
        let slow = Slow::start().await;
        let port = slow.address.port();
        let send_to_slow = |rendered: &mut Rendered| {
            let cluster = &mut rendered.bootstrap.body["static_resources"]["clusters"][0];
            let endpoint = cluster
                .pointer_mut("/load_assignment/endpoints/0/lb_endpoints/0/endpoint")
                .unwrap();
            endpoint["address"]["socket_address"]["port_value"] = json!(port);
        };
        // Without a gate: these requests meet no rule, and every one of them is to be in the module.
        let setup = Setup { module, gate: false, ..Setup::new(Through::Bootstrap) };
        let stage = Stage::start(setup, &Given { checked: &canary, twist: &send_to_slow }).await;
        let mut in_flight = JoinSet::new();
        for _ in 0..WAITING {
            let mut client = stage.connect().await;
            in_flight.spawn(async move { served_by(&mut client, &header("x-other", "1")).await });
        }
        slow.has(WAITING).await;
        // A request either traps, which answers it, or finds a worker without a module and arrives.
        let (mut trapped, mut passed) = (0, 0);
        let trap = header("x-trap", "1");
        while trapped < WORKERS && passed < 30 {
            let mut client = stage.connect().await;
            tokio::select! {
                answer = served_by(&mut client, &trap) => {
                    assert_eq!(answer, "503", "a request that traps");
                    trapped += 1;
                }
                () = slow.has(WAITING + passed + 1) => passed += 1,
            }
        }
        assert_eq!(trapped, WORKERS, "each worker has a module, which traps once");
        slow.go.send(true).unwrap();
        while let Some(answer) = in_flight.join_next().await {
            assert_eq!(answer.unwrap(), "503", "a request in flight");
        }
        for _ in 0..20 {
            assert_eq!(
                stage.served_by(&header("cookie", "version=v2")).await,
                "slow",
                "not stable"
            );
        }
        assert!(stage.admin.is_ready().await.unwrap(), "Envoy lives on");
    });
}

#[test]
fn after_a_trap_a_new_configuration_brings_the_filter_back() {
    let (_folder, module) = trapping();
    wait(async {
        let canary = insiders("v2");
        let good = Setup::new(Through::Ecds);
        let mut stage = Stage::start(Setup { module, ..good.clone() }, &Given::new(&canary)).await;
        assert!(trap_all(&stage).await >= 1, "nothing trapped");
        assert_eq!(stage.served_by(&header("cookie", "version=v2")).await, "v1");
        assert!(stage.replace(&good, &Given::new(&canary)).await, "{}", stage.envoy.log_tail());
        for _ in 0..10 {
            assert_eq!(stage.served_by(&header("cookie", "version=v2")).await, "v2");
        }
    });
}

//! `serin demo --keep`: however it ends, it leaves no Envoy behind.

use std::io::{BufRead, BufReader};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use crate::check::program::{PATIENCE, path, root};
use crate::envoy::binary;

/// A demo that waits, with an Envoy.
struct Kept {
    program: Child,
    admin: SocketAddr,
}

impl Kept {
    fn start() -> Self {
        let module = serin_harness::wasm_host::Module::path().canonicalize().unwrap();
        let mut command = Command::new(path());
        command.args(["demo", "--keep", "--users", "20", "cookie-tutorial", "--envoy"]);
        command.arg(binary()).arg("--module").arg(module).current_dir(root());
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut program = command.spawn().unwrap();
        let (sender, admin) = mpsc::channel();
        let lines = BufReader::new(program.stderr.take().unwrap()).lines();
        thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let address =
                    line.split_once("admin http://").map(|(_, url)| url.trim_end_matches('/'));
                if let Some(address) = address {
                    _ = sender.send(address.parse().unwrap());
                }
            }
        });
        let admin = admin.recv_timeout(PATIENCE).unwrap();
        let kept = Self { program, admin };
        assert!(kept.is_answering());
        kept
    }

    fn is_answering(&self) -> bool {
        TcpStream::connect(self.admin).is_ok()
    }

    fn signal(&self, signal: &str) {
        let id = self.program.id().to_string();
        assert!(Command::new("kill").args(["-s", signal, &id]).status().unwrap().success());
    }

    /// The exit code, when it has ended.
    fn end(&mut self) -> Option<i32> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.program.try_wait().unwrap() {
                return status.code();
            }
            assert!(Instant::now() < deadline, "it has not ended after {} s", PATIENCE.as_secs());
            thread::sleep(Duration::from_millis(10));
        }
    }
}

#[test]
fn a_demo_that_is_killed_leaves_no_envoy_behind() {
    // Neither of them gives it the time to end anything.
    for signal in ["KILL", "QUIT"] {
        let mut kept = Kept::start();
        kept.signal(signal);
        assert_eq!(kept.end(), None, "{signal}");
        let deadline = Instant::now() + PATIENCE;
        while kept.is_answering() {
            assert!(Instant::now() < deadline, "{signal}: Envoy runs on");
            thread::sleep(Duration::from_millis(10));
        }
    }
}

#[test]
fn a_demo_that_ends_has_ended_its_envoy() {
    for signal in ["INT", "TERM", "HUP"] {
        let mut kept = Kept::start();
        kept.signal(signal);
        assert_eq!(kept.end(), Some(0), "{signal}");
        assert!(!kept.is_answering(), "{signal}: Envoy runs on");
    }
    let mut kept = Kept::start();
    drop(kept.program.stdin.take());
    assert_eq!(kept.end(), Some(0));
    assert!(!kept.is_answering(), "Envoy runs on");
}

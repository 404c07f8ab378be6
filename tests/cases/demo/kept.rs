//! `serin demo --keep`: however it ends, it leaves no Envoy behind.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::check::program::{PATIENCE, path, root};
use crate::envoy::binary;

/// A demo that waits, with an Envoy.
struct Kept {
    program: Child,
    admin: SocketAddr,
    /// Where the demo keeps its files.
    temporary: TempDir,
}

impl Kept {
    fn start() -> Self {
        let module = serin_harness::wasm_host::Module::path().canonicalize().unwrap();
        let temporary = TempDir::new().unwrap();
        let mut command = Command::new(path());
        command.env("TMPDIR", temporary.path());
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
        let kept = Self { program, admin, temporary };
        assert!(kept.is_answering());
        kept
    }

    fn is_answering(&self) -> bool {
        TcpStream::connect(self.admin).is_ok()
    }

    fn has_files(&self) -> bool {
        fs::read_dir(self.temporary.path()).unwrap().next().is_some()
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
fn a_demo_that_is_killed_leaves_no_envoy_and_no_files_behind() {
    // Neither of them gives it the time to end anything.
    for signal in ["KILL", "QUIT"] {
        let mut kept = Kept::start();
        assert!(kept.has_files());
        kept.signal(signal);
        assert_eq!(kept.end(), None, "{signal}");
        let deadline = Instant::now() + PATIENCE;
        while kept.is_answering() || kept.has_files() {
            assert!(Instant::now() < deadline, "{signal}: Envoy or its files are still there");
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
        assert!(!kept.has_files(), "{signal}");
    }
    let mut kept = Kept::start();
    drop(kept.program.stdin.take());
    assert_eq!(kept.end(), Some(0));
    assert!(!kept.is_answering(), "Envoy runs on");
}

#[test]
fn a_demo_that_is_interrupted_before_its_results_exits_as_shells_expect() {
    let module = serin_harness::wasm_host::Module::path().canonicalize().unwrap();
    for (signal, code) in [("INT", 130), ("TERM", 143)] {
        let temporary = TempDir::new().unwrap();
        let mut command = Command::new(path());
        command.args(["demo", "--users", "100000", "--envoy"]).arg(binary());
        command.arg("--module").arg(&module).current_dir(root()).env("TMPDIR", temporary.path());
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        let program = command.spawn().unwrap();
        let deadline = Instant::now() + PATIENCE;
        // The folder is there after the program listens for signals.
        while fs::read_dir(temporary.path()).unwrap().next().is_none() {
            assert!(Instant::now() < deadline, "no demo after {} s", PATIENCE.as_secs());
            thread::sleep(Duration::from_millis(10));
        }
        let id = program.id().to_string();
        assert!(Command::new("kill").args(["-s", signal, &id]).status().unwrap().success());
        let output = program.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(code), "{signal}");
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(errors.ends_with("error: interrupted\n"), "{errors}");
        assert!(fs::read_dir(temporary.path()).unwrap().next().is_none(), "{signal}");
    }
}

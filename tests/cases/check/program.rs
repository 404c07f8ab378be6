//! The `serin` program: `$SERIN_BIN`, or what `make build` leaves in `target/release`.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;
use std::{env, thread};

use serde_json::Value;
use serin_harness::patience::patience;

use crate::json;

/// How long a run may take: the longest is the demo.
pub(crate) const PATIENCE: Duration = patience(Duration::from_secs(15));

/// What a run of the program did.
pub(crate) struct Run {
    pub(crate) command: String,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) code: Option<i32>,
}

impl Run {
    /// All of it, for a snapshot.
    pub(crate) fn shown(&self) -> String {
        let mut text = format!("$ {}\n", self.command);
        for (name, part) in [("stdout", &self.stdout), ("stderr", &self.stderr)] {
            if !part.is_empty() {
                _ = write!(text, "--- {name}\n{part}");
            }
        }
        let code = self.code.map_or_else(|| "none".to_owned(), |code| code.to_string());
        _ = write!(text, "--- exit {code}");
        text
    }
}

/// The list that a run printed.
#[track_caller]
pub(crate) fn json(run: &Run) -> Vec<Value> {
    serde_json::from_str(&run.stdout)
        .unwrap_or_else(|error| panic!("{}: {error}: {}", run.command, run.stdout))
}

/// The folder of the crate: runs start there, so that what they print names no machine's folders.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Where the program is.
#[track_caller]
pub(crate) fn path() -> PathBuf {
    let built = || root().join("../target/release/serin");
    let path = env::var_os("SERIN_BIN").map_or_else(built, PathBuf::from);
    assert!(
        path.is_file(),
        "no program at `{}`: run `make build`, or name another by `SERIN_BIN`",
        path.display()
    );
    path
}

/// A run in `tests/data/check`.
#[track_caller]
pub(crate) fn serin(arguments: &[&str]) -> Run {
    run(&root().join("data/check"), arguments, b"")
}

/// A run in a folder, with this on its standard input and nothing of the environment but PATH.
#[track_caller]
pub(crate) fn run(folder: &Path, arguments: &[&str], input: &[u8]) -> Run {
    let mut command = Command::new(path());
    command.args(arguments).current_dir(folder).env_clear().env("NO_COLOR", "1");
    command.envs(
        ["PATH", "ENVOY", "SERIN_MODULE", "TMPDIR"]
            .iter()
            .filter_map(|name| Some((name, env::var_os(name)?))),
    );
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let id = child.id();
    // A program that does not read its input is free not to.
    _ = child.stdin.take().unwrap().write_all(input);
    let (sender, output) = mpsc::channel();
    thread::spawn(move || sender.send(child.wait_with_output()));
    let output = output.recv_timeout(PATIENCE).unwrap_or_else(|_| {
        _ = Command::new("kill").arg(id.to_string()).status();
        panic!("`serin {}` has not ended after {} s", arguments.join(" "), PATIENCE.as_secs());
    });
    let output = output.unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let run = Run {
        command: ["serin"].iter().chain(arguments).copied().collect::<Vec<_>>().join(" "),
        stdout: text(output.stdout),
        stderr: text(output.stderr),
        code: output.status.code(),
    };
    json::expect_documented(arguments, &run.stdout);
    run
}

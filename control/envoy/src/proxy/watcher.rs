//! Ends a process when this program is gone: one that was killed can end nothing itself.
//!
//! A shell waits on a pipe that only this program holds open. The system closes it however this program ends. The shell
//! is in a process group of its own, so that a signal to the group of this program does not end it as well.

use std::io::{PipeWriter, Write, pipe};
use std::process::Stdio;

use tokio::process::{Child, Command};

/// The first line is the process. A second line says that it has ended; the end of the input says that this program has.
const SCRIPT: &str = r#"read -r process && { read -r end || kill -KILL "$process"; }"#;

/// The shell, and what it waits on.
#[derive(Debug)]
pub(super) struct Watcher {
    pipe: PipeWriter,
    /// Reaped where it ends before this program does.
    _shell: Child,
}

impl Watcher {
    /// Starts a watcher; none where there is no shell.
    pub(super) fn start() -> Option<Self> {
        let (reader, pipe) = pipe().ok()?;
        let shell = Command::new("sh")
            .args(["-c", SCRIPT])
            .stdin(reader)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn();
        Some(Self { pipe, _shell: shell.ok()? })
    }

    /// Has a process end with this program.
    pub(super) fn watch(&mut self, process: u32) {
        self.write(&process.to_string());
    }

    fn write(&mut self, line: &str) {
        // It fails only if the shell is gone, which changes nothing for the process.
        _ = self.pipe.write_all(format!("{line}\n").as_bytes());
    }
}

impl Drop for Watcher {
    /// The owner of the process ends it. Its number may belong to another process from then on.
    fn drop(&mut self) {
        self.write("");
    }
}

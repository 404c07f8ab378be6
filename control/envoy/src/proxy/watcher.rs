//! Ends a process when this program is gone: one that was killed can end nothing itself.
//!
//! A shell waits on a pipe that only this program holds open. The system closes it however this program ends. The shell
//! is in a process group of its own, so that a signal to the group of this program does not end it as well.

use std::fs;
use std::io::{self, PipeWriter, Write, pipe};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Stdio;

use tokio::process::{Child, Command};

/// The first line is the process. A second line says that it has ended; the end of the input says that this program has.
/// Then the process ends, and its folder goes, if one is named.
const SCRIPT: &str = r#"read -r process && { read -r end || { kill -KILL "$process"; sleep 1; [ -z "$1" ] || rm -rf -- "$1"; }; }"#;
/// Becomes the process, after it told the watcher its number: were that told from here, this program could be killed just
/// before it does, and leave the process behind. Until then it holds the pipe open, too.
const WATCHED: &str = r#"echo "$$" >&0 && exec "$0" "$@" </dev/null"#;

/// The shell, and what it waits on.
#[derive(Debug)]
pub(super) struct Watcher {
    pipe: PipeWriter,
    /// Reaped where it ends before this program does.
    _shell: Child,
}

impl Watcher {
    /// Starts a watcher; none where there is no shell. If this program is killed, it also removes `leftover`.
    pub(super) fn start(leftover: Option<&Path>) -> Option<Self> {
        let (reader, pipe) = pipe().ok()?;
        let shell = Command::new("sh")
            .args(["-c", SCRIPT, "sh"])
            .arg(leftover.unwrap_or(Path::new("")))
            // Whatever folder this program was started in may be removed.
            .current_dir("/")
            .stdin(reader)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn();
        Some(Self { pipe, _shell: shell.ok()? })
    }

    /// What runs `binary` as a process that ends with this program; its arguments follow.
    ///
    /// # Errors
    /// When `binary` is a path of what cannot be run, or the pipe cannot be shared.
    pub(super) fn command(&self, binary: &Path) -> io::Result<Command> {
        // The shell would find out, too, but only its log would say so.
        if binary.components().count() > 1 {
            let metadata = fs::metadata(binary)?;
            if !metadata.is_file() || metadata.permissions().mode() & 0o111 == 0 {
                return Err(io::ErrorKind::PermissionDenied.into());
            }
        }
        let mut command = Command::new("sh");
        command.args(["-c", WATCHED]).arg(binary).stdin(self.pipe.try_clone()?);
        Ok(command)
    }
}

impl Drop for Watcher {
    /// The owner of the process ends it. Its number may belong to another process from then on.
    fn drop(&mut self) {
        // It fails only if the shell is gone, which changes nothing for the process.
        _ = self.pipe.write_all(b"\n");
    }
}

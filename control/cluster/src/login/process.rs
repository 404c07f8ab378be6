//! A command whose output is read, with bounds on its length and its time.

use std::process::{Output, Stdio};
use std::time::Duration;

use document::load::reason;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::Command;
use tokio::time::timeout;

/// The most that a plugin may print, in bytes: what it gives is a few thousand.
const MAX_BYTES: u64 = 1024 * 1024;

/// What a command prints, if it ends well; otherwise what it did, as what follows its name. Where `may_ask`, it has the
/// terminal for what it says and is told.
pub(super) async fn printed(
    mut command: Command,
    may_ask: bool,
    limit: Duration,
) -> Result<Vec<u8>, String> {
    // It ends with what waits for it.
    command.kill_on_drop(true).stdout(Stdio::piped());
    if may_ask {
        command.stdin(Stdio::inherit()).stderr(Stdio::inherit());
    } else {
        command.stdin(Stdio::null()).stderr(Stdio::piped());
    }
    let mut child =
        command.spawn().map_err(|error| format!("cannot be run: {}", reason::io(&error)))?;
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let ended = timeout(limit, async {
        let (stdout, stderr) = tokio::try_join!(read(stdout), read(stderr))?;
        let status = child.wait().await.map_err(|error| reason::io(&error))?;
        Ok::<_, String>(Output { status, stdout, stderr })
    });
    let late = |_| format!("did not end within {} s", limit.as_secs_f32().ceil());
    let output = ended.await.map_err(late)??;
    if output.status.success() { Ok(output.stdout) } else { Err(failed(&output)) }
}

/// All that comes, up to what a plugin may print.
async fn read(stream: Option<impl AsyncRead + Unpin>) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let Some(stream) = stream else { return Ok(bytes) };
    let read = stream.take(MAX_BYTES + 1).read_to_end(&mut bytes).await;
    let read = read.map_err(|error| format!("cannot be read: {}", reason::io(&error)))?;
    if u64::try_from(read).is_ok_and(|read| read > MAX_BYTES) {
        return Err(format!("printed more than {} MiB", MAX_BYTES / 1024 / 1024));
    }
    Ok(bytes)
}

/// How a command ended, with the last that it said.
fn failed(output: &Output) -> String {
    let how = output
        .status
        .code()
        .map_or_else(|| "was killed".to_owned(), |code| format!("ended with exit code {code}"));
    let said = String::from_utf8_lossy(&output.stderr);
    match said.lines().map(str::trim).rfind(|line| !line.is_empty()) {
        Some(line) => format!("{how}: {line}"),
        None => how,
    }
}

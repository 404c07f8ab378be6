//! What callgrind counted in a running process: exact, asked for by valgrind's own debugger protocol (vgdb).

use std::process::{Command, Stdio};

use anyhow::{Context, ensure};

use crate::process::Process;

/// Starts counting.
pub(crate) fn switch_on(process: &Process) -> anyhow::Result<()> {
    vgdb(process, &["instrumentation", "on"]).map(|_| ())
}

/// The instructions that all threads have run since it was switched on.
pub(crate) fn instructions(process: &Process) -> anyhow::Result<u64> {
    let status = vgdb(process, &["status", "internal"])?;
    let counts = of_threads(&status);
    ensure!(!counts.is_empty(), "callgrind does not say what it counted:\n{status}");
    Ok(counts.iter().sum())
}

/// What each thread has run: `events-5: 2158`. A line of `events-5-0` is about one function in it.
fn of_threads(status: &str) -> Vec<u64> {
    let counts = status.lines().filter_map(|line| {
        let (key, count) = line.strip_prefix("events-")?.split_once(": ")?;
        key.parse::<u32>().ok()?;
        count.trim().parse().ok()
    });
    counts.collect()
}

fn vgdb(process: &Process, command: &[&str]) -> anyhow::Result<String> {
    let output = Command::new("vgdb")
        .arg(format!("--vgdb-prefix={}", process.vgdb_prefix().display()))
        .arg(format!("--pid={}", process.id()))
        // A process that waits for requests is woken up soon, and one that does not answer is not waited for.
        .args(["--max-invoke-ms=10", "--wait=30", "--cmd-time-out=60"])
        .args(command)
        .stdin(Stdio::null())
        .output()
        .context("cannot run `vgdb`, which comes with valgrind")?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    ensure!(
        output.status.success(),
        "`vgdb {}` fails: {text}{}",
        command.join(" "),
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn threads_are_counted_and_their_functions_are_not() {
        let status = "threads: 1 5\nevents-1: 7\nframes-1: 1\nfunction-1-0: a\nevents-1-0: 5\nevents-5: 2158\n";
        assert_eq!(of_threads(status), [7, 2158]);
        assert!(of_threads("No threads").is_empty());
    }
}

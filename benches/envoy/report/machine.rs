//! What the figures were measured on and with; nothing that names a place on the machine.

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::thread::available_parallelism;

use anyhow::Context;
use sha2::{Digest, Sha256};

use crate::options::Options;

/// A name and a value each.
pub(crate) fn lines(options: &Options) -> anyhow::Result<Vec<(&'static str, String)>> {
    let cores = available_parallelism()?;
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let lite = options.lite_module.as_deref().map(file).transpose()?;
    Ok(vec![
        ("processor", format!("{}, {cores} cores", processor())),
        ("kernel", format!("Linux {}", kernel.trim())),
        ("Envoy", envoy(&options.envoy)?),
        ("valgrind", printed(Command::new("valgrind").arg("--version"))?),
        ("module", file(&options.module)?),
        ("lite module", lite.unwrap_or_else(|| "none".to_owned())),
        ("floor", file(&options.floor)?),
        ("commit", commit()),
        (
            "command",
            format!(
                "make bench-envoy (--requests {} --windows {} --rounds {})",
                options.requests, options.windows, options.rounds
            ),
        ),
    ])
}

fn processor() -> String {
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info.lines().find_map(|line| line.strip_prefix("model name"));
    model.map_or_else(
        || std::env::consts::ARCH.to_owned(),
        |model| model.trim_start_matches([' ', '\t', ':']).to_owned(),
    )
}

fn envoy(path: &Path) -> anyhow::Result<String> {
    let printed = printed(Command::new(path).arg("--version"))?;
    let version = printed.split("version:").nth(1).unwrap_or(&printed).trim();
    // `<commit>/<version>/Clean/RELEASE/BoringSSL`
    let number = version.split('/').nth(1).unwrap_or(version);
    Ok(format!("{number} ({version})"))
}

/// A file's size and sum.
fn file(path: &Path) -> anyhow::Result<String> {
    let bytes = fs::read(path).with_context(|| format!("cannot read `{}`", path.display()))?;
    let mut sum = String::new();
    for byte in Sha256::digest(&bytes) {
        // Writing to a String cannot fail.
        let _ = write!(sum, "{byte:02x}");
    }
    Ok(format!("{} bytes, sha256 {sum}", bytes.len()))
}

/// Whose sources these are, where git knows.
fn commit() -> String {
    let describe = ["describe", "--always", "--abbrev=12", "--dirty", "--exclude=*"];
    printed(Command::new("git").args(describe)).unwrap_or_else(|_| "unknown".to_owned())
}

fn printed(command: &mut Command) -> anyhow::Result<String> {
    let output = command.output().with_context(|| format!("cannot run {command:?}"))?;
    anyhow::ensure!(output.status.success(), "{command:?} ended with {}", output.status);
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

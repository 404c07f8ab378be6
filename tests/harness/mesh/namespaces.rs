//! The namespaces that the mesh is in: a network in which pods have addresses, a folder that istio-agent insists on,
//! and the one in which pages of docs/ have the module.

use std::fs;
use std::path::Path;

use anyhow::{Context, ensure};
use tokio::process::Command;

/// The addresses of pods: all of them are this machine's own, and no other's.
pub(super) const PODS: &str = "10.99.0.0/16";
/// Those that kwok gives away.
pub(super) const PODS_OF_NODE: &str = "10.99.0.0/17";

/// Where istio-agent keeps modules; the folder above it is covered, in this namespace only, by one in memory.
const AGENT_DATA: &str = "/var/lib/istio/data";
const COVERED: &str = "/var/lib";
/// Where the pages of docs/ have the module; covered in the same way.
const MODULE: &str = "/var/local";

/// Sets up the namespaces that this process is in, which must be its own: another's network is not touched.
pub(super) async fn open(module: &Path) -> anyhow::Result<()> {
    // A new network namespace has a loopback interface that is down, and no other.
    let links = run("ip", &["-oneline", "link", "show"]).await?;
    ensure!(
        links.lines().count() == 1,
        "the mesh needs namespaces of its own: run it by `make test-mesh`"
    );
    run("ip", &["link", "set", "lo", "up"]).await?;
    run("ip", &["route", "replace", "local", PODS, "dev", "lo"]).await?;
    run("mount", &["-t", "tmpfs", "tmpfs", COVERED]).await?;
    fs::create_dir_all(AGENT_DATA)?;
    run("mount", &["-t", "tmpfs", "tmpfs", MODULE]).await?;
    let folder = Path::new(MODULE).join("serin");
    fs::create_dir_all(&folder)?;
    fs::copy(module, folder.join("serin.wasm"))?;
    Ok(())
}

async fn run(program: &str, arguments: &[&str]) -> anyhow::Result<String> {
    let running = Command::new(program).args(arguments).output().await;
    let output = running.with_context(|| {
        format!("cannot run `{program}` (Debian has it in iproute2, or util-linux)")
    })?;
    let error = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "`{program} {}`: {}", arguments.join(" "), error.trim());
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

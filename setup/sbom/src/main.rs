//! Writes the software bill of materials (SBOM) of one artifact: `CycloneDX` 1.6, on standard output.
//!
//! What is linked into it comes from `cargo tree`, on standard input, and not from `cargo metadata`, which adds up the
//! features of the whole workspace and so names crates that only tests use. The checksums are those of `Cargo.lock`.
//! There is no time and no random number in it: the same artifact has the same bill.

mod bill;
mod lock;
mod tree;

use std::io::{Read, Write};
use std::process::ExitCode;
use std::{env, fs, io};

use anyhow::{Context, bail};

use bill::Artifact;
use lock::Lock;
use tree::Tree;

const USAGE: &str =
    "usage: cargo tree … | serin-sbom LOCK ARTIFACT SHA256 TARGET RUST-VERSION > BILL";

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // There is no other place to say that this one is gone.
            let _ = writeln!(io::stderr(), "sbom: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> anyhow::Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [lock, name, sha256, target, rust] = arguments.as_slice() else { bail!("{USAGE}") };
    let text = fs::read_to_string(lock).with_context(|| format!("cannot read `{lock}`"))?;
    let lock = Lock::read(&text);
    let mut text = String::new();
    io::stdin().read_to_string(&mut text).context("cannot read standard input")?;
    let tree = Tree::read(&text)?;
    let artifact = Artifact { name, sha256, target, rust };
    let mut bill = serde_json::to_string_pretty(&bill::of(&artifact, &tree, &lock)?)?;
    bill.push('\n');
    io::stdout().write_all(bill.as_bytes()).context("cannot write to standard output")
}

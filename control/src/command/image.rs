//! `serin image`: the module as a container image, to be pushed to a registry.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};
use document::load::source::reason;
use document::report::{Console, Format, text};
use envoy::image::layout::{self, Layout};
use envoy::image::{Digest, Image, output};
use serde_json::json;

use crate::exit::{self, Exit};

const EXAMPLES: &str = "\
Examples:
  serin image serin.wasm --output image/       a folder in the OCI's layout
  serin image serin.wasm --output image.tar    the same as one file

  Each of these pushes it, with the digest that is printed here:
    crane push image/ registry.example.com/serin:0.1.0
    skopeo copy oci:image:0.1.0 docker://registry.example.com/serin:0.1.0
    skopeo copy oci-archive:image.tar:0.1.0 docker://registry.example.com/serin:0.1.0
    oras cp --from-oci-layout image.tar:0.1.0 registry.example.com/serin:0.1.0

  And this is how releases get it:
    serin render release.yaml --module-url oci://registry.example.com/serin@sha256:… --output mesh/

The same module always makes the same image, whatever the tag. An image that stands at the place of the \
output is replaced, anything else is not.";

/// What the command is asked.
#[derive(Debug, clap::Args)]
#[command(after_help = format!("{EXAMPLES}\n\n{}", exit::HELP))]
pub struct Args {
    /// The module's file
    #[arg(value_name = "FILE")]
    pub module: PathBuf,
    /// A folder to write, or a file where the name ends in `.tar`
    #[arg(long, short, value_name = "PATH")]
    pub output: PathBuf,
    /// The name of the image in the layout
    #[arg(long, default_value = env!("CARGO_PKG_VERSION"), value_parser = tag)]
    pub tag: String,
    /// The form of what is printed
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

fn tag(text: &str) -> Result<String, &'static str> {
    let expected =
        "expected letters, digits, `_`, `.` and `-`, at most 128, neither `.` nor `-` first";
    if layout::is_tag(text) { Ok(text.to_owned()) } else { Err(expected) }
}

/// Writes the image.
///
/// # Errors
/// When the module cannot be read or is none, or the image not be written or told about.
pub fn run(args: &Args, console: &mut Console) -> anyhow::Result<Exit> {
    let unread = |error| anyhow!("cannot read `{}`: {}", args.module.display(), reason(&error));
    let module = fs::read(&args.module).map_err(unread)?;
    let image = Image::of(&module).map_err(unread)?;
    output::write(&args.output, &Layout::new(&image, &args.tag))?;
    let told = match args.format {
        Format::Text => shown(&args.output, &image, &module),
        Format::Json => {
            let told = json!({
                "output": args.output.to_string_lossy(),
                "tag": args.tag,
                "image": { "digest": image.digest().to_string() },
                "module": { "digest": Digest::of(&module).to_string(), "size": module.len() },
            });
            serde_json::to_string_pretty(&told)? + "\n"
        }
    };
    console.print(&told).context("cannot write to standard output")?;
    Ok(Exit::OK)
}

fn shown(output: &Path, image: &Image, module: &[u8]) -> String {
    let output = text::printable(&output.to_string_lossy());
    let (image, module) = (image.digest(), Digest::of(module));
    format!("{output}\n  image   {image}\n  module  {module}\n")
}

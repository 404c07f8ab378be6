//! `serin image`: the module, or the controller, as a container image, to be pushed to a registry.

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};
use document::load::reason;
use document::report::{Console, Format, text};
use envoy::image::layout::{self, Layout};
use envoy::image::{Digest, Image, output};
use serde_json::json;

use super::files;
use crate::exit::{self, Exit};
use crate::help;
use document::load::source::{STDIN, open};

const EXAMPLES: &str = "\
Examples:
  serin image serin.wasm --output image/       a folder in OCI layout
  serin image serin.wasm --output image.tar    the same as one file
  serin image serin.wasm --output -            the same on standard output

  Push it with one of these; the digest stays the same:
    crane push image/ registry.example.com/serin:0.1.0
    skopeo copy oci:image:0.1.0 docker://registry.example.com/serin:0.1.0
    skopeo copy oci-archive:image.tar:0.1.0 \\
      docker://registry.example.com/serin:0.1.0
    oras cp --from-oci-layout image.tar:0.1.0 registry.example.com/serin:0.1.0

  The controller, of a static build of serin:
    serin image target/x86_64-unknown-linux-musl/dist/serin --output image/

  Use the module in a Release:
    serin render release.yaml --output mesh/ \\
      --module-url oci://registry.example.com/serin@sha256:…

A program must be static: nothing is beside it in the image. It runs as the user 65532. The same file always gives the \
same image, whatever the tag. An existing image at the output is replaced; \
anything else there is not. With --output - the report goes to standard error.

With --format json the report is one object: output, tag, image (digest) and module (digest, and size in bytes).";

/// The largest module that is read; the filter's own has half a MiB.
const MAX_BYTES: u64 = 256 * 1024 * 1024;

/// The arguments.
#[derive(Debug, clap::Args)]
#[command(after_help = help::after(EXAMPLES, &exit::PRINTS))]
pub struct Args {
    /// The module or the static program, or `-` for standard input
    #[arg(value_name = "FILE")]
    pub module: PathBuf,
    /// The folder to write, a file if the name ends in `.tar`, or `-` for standard output
    #[arg(long, short, value_name = "PATH")]
    pub output: PathBuf,
    /// The tag of the image in the layout
    #[arg(long, default_value = env!("CARGO_PKG_VERSION"), value_parser = tag)]
    pub tag: String,
    /// Output format: text, json or yaml
    #[arg(long, value_enum, default_value_t, hide_possible_values = true)]
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
    let place = args.output.to_string_lossy();
    if files::is_format(&place) {
        let message = format!("`--output {place}`: expected a path for the image");
        let help = format!(
            "`--format json` selects the output format, `--output ./{place}` writes to that path"
        );
        console.note(&text::failure(&message, Some(&help)));
        return Ok(Exit::USAGE);
    }
    let is_printed = args.output == Path::new(STDIN);
    if is_printed && console.is_terminal() {
        let help = "`--output image.tar`, or a pipe: `serin image serin.wasm --output - | …`";
        console.note(&text::failure(
            "standard output is a terminal, and the image is binary",
            Some(help),
        ));
        return Ok(Exit::USAGE);
    }
    let unread = |reason: String| anyhow!("cannot read `{}`: {reason}", args.module.display());
    let module = read(&args.module).map_err(unread)?;
    let image = Image::of(&module).map_err(|error| unread(reason::io(&error)))?;
    let layout = Layout::new(&image, &args.tag);
    if !is_printed {
        output::write(&args.output, &layout)?;
    }
    let told = match args.format {
        Format::Text => shown(&args.output, &image, &module),
        Format::Data(data) => {
            let told = json!({
                "output": args.output.to_string_lossy(),
                "tag": args.tag,
                "image": { "digest": image.digest().to_string() },
                kind(&module): { "digest": Digest::of(&module).to_string(), "size": module.len() },
            });
            data.document(&told)?
        }
    };
    if is_printed {
        let written = layout.archive().and_then(|archive| console.write(&archive));
        written.context("cannot write to standard output")?;
        console.note(&told);
    } else {
        console.print(&told).context("cannot write to standard output")?;
    }
    Ok(Exit::OK)
}

/// The module, from a file or from standard input.
fn read(path: &Path) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let read = if path == Path::new(STDIN) {
        io::stdin().lock().take(MAX_BYTES + 1).read_to_end(&mut bytes)
    } else {
        open(path)?.take(MAX_BYTES + 1).read_to_end(&mut bytes)
    };
    read.map_err(|error| reason::io(&error))?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(format!("it is larger than {} MiB", MAX_BYTES / 1024 / 1024));
    }
    Ok(bytes)
}

fn shown(output: &Path, image: &Image, module: &[u8]) -> String {
    let output = text::printable(&output.to_string_lossy());
    let (image, kind, module) = (image.digest(), kind(module), Digest::of(module));
    format!("{output}\n  image   {image}\n  {kind:<7} {module}\n")
}

/// What the image holds.
fn kind(bytes: &[u8]) -> &'static str {
    if bytes.starts_with(b"\x7fELF") { "program" } else { "module" }
}

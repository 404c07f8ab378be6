//! Archives with nothing in them that differs between machines: neither times nor owners.

use std::io::{self, Write};

use flate2::{Compression, GzBuilder};
use tar::{Builder, Header};

/// An archive of these files.
pub(super) fn of<'a>(files: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> io::Result<Vec<u8>> {
    let mut builder = Builder::new(Vec::new());
    for (path, bytes) in files {
        append(&mut builder, path, bytes, 0o644)?;
    }
    builder.into_inner()
}

/// An archive of a file that can be run.
pub(super) fn of_program(path: &str, bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut builder = Builder::new(Vec::new());
    append(&mut builder, path, bytes, 0o755)?;
    builder.into_inner()
}

fn append(builder: &mut Builder<Vec<u8>>, path: &str, bytes: &[u8], mode: u32) -> io::Result<()> {
    let mut header = Header::new_ustar();
    header.set_size(u64::try_from(bytes.len()).map_err(io::Error::other)?);
    header.set_mode(mode);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(0);
    builder.append_data(&mut header, path, bytes)
}

/// The same, compressed.
pub(super) fn compressed(archive: &[u8]) -> io::Result<Vec<u8>> {
    // Neither a time nor an operating system is in the header, unless one asks for it.
    let mut encoder = GzBuilder::new().write(Vec::new(), Compression::best());
    encoder.write_all(archive)?;
    encoder.finish()
}

//! The module as a container image, for a registry: what `oci://` of a WasmPlugin fetches.
//!
//! The image is the "compat" variant of the Wasm image specification: one layer of the ordinary type, a compressed
//! archive that holds `plugin.wasm`. Istio's agent knows two more. One asks for types of its own, which some
//! registries refuse, and for a second layer that it does not read; the other is Docker's, and no OCI image. A single
//! `application/wasm` layer, as the CNCF's guide for Wasm artifacts has it, is none that Istio 1.29 takes.
//!
//! The controller's image is made the same way: one static program and nothing else.
//!
//! The same module makes the same bytes, and so the same digest, wherever and whenever: no time, no name of a
//! machine, and nothing of where it will be kept goes into an image.

mod archive;
pub mod layout;
pub mod output;
mod program;

use std::{fmt, io};

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// The type of the manifest.
const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const CONFIG: &str = "application/vnd.oci.image.config.v1+json";
const LAYER: &str = "application/vnd.oci.image.layer.v1.tar+gzip";
/// The name that the specification gives the module.
const MODULE: &str = "plugin.wasm";
/// The path of a program in its image.
const PROGRAM: &str = "serin";
/// Who runs it: any user but root.
const USER: &str = "65532:65532";
/// How every module of WebAssembly begins: a magic number, and the version of the binary format.
const MAGIC: &[u8] = b"\0asm\x01\0\0\0";

/// A SHA-256, shown as `sha256:<hex>`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(String);

impl Digest {
    /// The digest of these bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(format!("{:x}", Sha256::digest(bytes)))
    }

    /// Its 64 digits, without the name of the algorithm.
    #[must_use]
    pub fn hex(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sha256:{}", self.0)
    }
}

/// Bytes that are known by their digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blob {
    /// The digest of the bytes.
    pub digest: Digest,
    /// The bytes.
    pub bytes: Vec<u8>,
}

impl Blob {
    fn new(bytes: Vec<u8>) -> Self {
        Self { digest: Digest::of(&bytes), bytes }
    }

    fn json(value: &serde_json::Value) -> Self {
        Self::new(value.to_string().into_bytes())
    }

    /// How another blob refers to it.
    fn descriptor(&self, media_type: &str) -> serde_json::Value {
        json!({
            "mediaType": media_type,
            "digest": self.digest.to_string(),
            "size": self.bytes.len(),
        })
    }
}

/// An image that holds a module, or a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    /// What names the rest; its digest is that of the image.
    pub manifest: Blob,
    /// What container runtimes want to know.
    pub config: Blob,
    /// The archive with the module, or the program.
    pub layer: Blob,
}

impl Image {
    /// The image of a module, or of a static program.
    ///
    /// # Errors
    /// When these bytes are neither.
    pub fn of(bytes: &[u8]) -> io::Result<Self> {
        if program::is(bytes) {
            return Self::of_program(bytes);
        }
        if !bytes.starts_with(MAGIC) {
            let message = "expected a WebAssembly module or a static program, found something else";
            return Err(io::Error::new(io::ErrorKind::InvalidData, message));
        }
        let archive = archive::of([(MODULE, bytes)])?;
        // A module runs on every machine. But what chooses images by platform (`docker pull`, volumes of images)
        // knows no such platform; this is the one that a Dockerfile of two lines gives.
        let annotations = json!({ "module.wasm.image/variant": "compat" });
        Self::around(&archive, "amd64", &json!({}), Some(&annotations))
    }

    /// The image in which a program runs, with nothing beside it.
    fn of_program(bytes: &[u8]) -> io::Result<Self> {
        let architecture = program::architecture(bytes)?;
        let archive = archive::of_program(PROGRAM, bytes)?;
        let config = json!({ "User": USER, "Entrypoint": [format!("/{PROGRAM}")] });
        Self::around(&archive, architecture, &config, None)
    }

    /// The image with this archive as its only layer.
    fn around(
        archive: &[u8],
        architecture: &str,
        config: &Value,
        annotations: Option<&Value>,
    ) -> io::Result<Self> {
        let layer = Blob::new(archive::compressed(archive)?);
        let config = Blob::json(&json!({
            "architecture": architecture,
            "os": "linux",
            "config": config,
            "rootfs": { "type": "layers", "diff_ids": [Digest::of(archive).to_string()] },
        }));
        let mut manifest = json!({
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "config": config.descriptor(CONFIG),
            "layers": [layer.descriptor(LAYER)],
        });
        if let Some(annotations) = annotations {
            manifest["annotations"] = annotations.clone();
        }
        Ok(Self { manifest: Blob::json(&manifest), config, layer })
    }

    /// The digest by which a registry, and `sha256` of a WasmPlugin, knows the image.
    #[must_use]
    pub fn digest(&self) -> &Digest {
        &self.manifest.digest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALLEST: &[u8] = b"\0asm\x01\0\0\0";

    #[test]
    fn the_digest_is_sha_256() {
        // FIPS 180-2, appendix B.1.
        let abc = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(Digest::of(b"abc").to_string(), abc);
        assert_eq!(Digest::of(b"abc").hex(), &abc[7..]);
    }

    #[test]
    fn the_same_module_makes_the_same_image_and_another_another() {
        let image = Image::of(SMALLEST).unwrap();
        assert_eq!(image, Image::of(SMALLEST).unwrap());
        let other = Image::of(&[SMALLEST, b"\0\x02\x01x"].concat()).unwrap();
        assert_ne!(image.digest(), other.digest());
    }

    #[test]
    fn only_modules_are_taken() {
        for bytes in [&b""[..], b"\0asm", b"\0asm\x0d\0\x01\0", b"#!/bin/sh\n"] {
            let error = Image::of(bytes).unwrap_err();
            assert!(error.to_string().starts_with("expected a WebAssembly module"), "{error}");
        }
    }

    #[test]
    fn a_program_runs_as_any_user_but_root() {
        let program = program::tests::program(0xb7, &[1]);
        let image = Image::of(&program).unwrap();
        assert_eq!(image, Image::of(&program).unwrap());
        let config: Value = serde_json::from_slice(&image.config.bytes).unwrap();
        assert_eq!(config["architecture"], "arm64");
        let expected = json!({ "User": "65532:65532", "Entrypoint": ["/serin"] });
        assert_eq!(config["config"], expected);
    }
}

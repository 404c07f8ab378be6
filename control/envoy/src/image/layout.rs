//! An image as files: the layout that the OCI gives images outside of registries, which skopeo, oras and crane read.

use std::io;

use serde_json::json;

use super::{Image, MANIFEST, archive};

/// The file that says that a folder is a layout.
pub const MARK: &str = "oci-layout";
/// The file that names the image.
pub const INDEX: &str = "index.json";
/// The folder of everything else.
pub const BLOBS: &str = "blobs";

/// The files of a layout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    files: Vec<(String, Vec<u8>)>,
}

impl Layout {
    /// The layout that holds one image, under the name `tag`.
    #[must_use]
    pub fn new(image: &Image, tag: &str) -> Self {
        let mut manifest = image.manifest.descriptor(MANIFEST);
        manifest["annotations"] = json!({ "org.opencontainers.image.ref.name": tag });
        let index = json!({
            "schemaVersion": 2,
            "mediaType": "application/vnd.oci.image.index.v1+json",
            "manifests": [manifest],
        });
        let mut files: Vec<(String, Vec<u8>)> = [&image.manifest, &image.config, &image.layer]
            .into_iter()
            .map(|blob| (format!("{BLOBS}/sha256/{}", blob.digest.hex()), blob.bytes.clone()))
            .collect();
        files.push((INDEX.to_owned(), index.to_string().into_bytes()));
        files.push((MARK.to_owned(), br#"{"imageLayoutVersion":"1.0.0"}"#.to_vec()));
        files.sort();
        Self { files }
    }

    /// Every file: its path in the layout, with `/` between its parts, and its bytes.
    pub fn files(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.files.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice()))
    }

    /// The layout as one file.
    ///
    /// # Errors
    /// Never in practice: the paths are short, and memory takes all bytes.
    pub fn archive(&self) -> io::Result<Vec<u8>> {
        archive::of(self.files())
    }
}

/// Whether a registry takes `tag` as the name of an image.
#[must_use]
pub fn is_tag(tag: &str) -> bool {
    let is_word = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    let is_inner = |b: u8| is_word(b) || b == b'.' || b == b'-';
    tag.len() <= 128 && tag.bytes().next().is_some_and(is_word) && tag.bytes().all(is_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_those_of_registries() {
        for tag in ["0.1.0", "v2_final", "a", "_", "Latest-1", &"x".repeat(128)] {
            assert!(is_tag(tag), "{tag}");
        }
        for tag in ["", "-a", ".a", "a b", "a:b", "a/b", "é", &"x".repeat(129)] {
            assert!(!is_tag(tag), "{tag}");
        }
    }
}

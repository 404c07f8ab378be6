//! What is given away: `serin image` writes what registries, and Istio's agent, take for the module's image.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;
use serde_json::{Value, json};
use serin_harness::wasm_host::Module;
use sha2::{Digest, Sha256};

use crate::check::program::{self, Run};

fn sha256(bytes: &[u8]) -> String {
    format!("sha256:{:x}", Sha256::digest(bytes))
}

fn module() -> PathBuf {
    Module::path().canonicalize().unwrap()
}

fn image(folder: &Path, arguments: &[&str]) -> Run {
    let module = module();
    let all = [&["image", module.to_str().unwrap()], arguments].concat();
    program::run(folder, &all, b"")
}

/// Every file below a folder, by its path in it.
pub(crate) fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(inner) = folders.pop() {
        for entry in fs::read_dir(inner).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_owned();
                found.insert(name, fs::read(path).unwrap());
            }
        }
    }
    found
}

/// Every file of an archive, by its path in it.
fn unpacked(archive: &[u8]) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut archive = tar::Archive::new(archive);
    let entries = archive.entries().unwrap().map(|entry| {
        let mut entry = entry.unwrap();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        (entry.path().unwrap().into_owned(), bytes)
    });
    entries.collect()
}

/// A layout as one who fetches it reads it: nothing is believed that its digest and size do not confirm.
struct Layout<'a>(&'a BTreeMap<PathBuf, Vec<u8>>);

impl Layout<'_> {
    fn json(&self, name: &str) -> Value {
        serde_json::from_slice(&self.0[Path::new(name)]).unwrap()
    }

    /// The bytes that a descriptor names.
    #[track_caller]
    fn blob(&self, descriptor: &Value) -> &[u8] {
        let digest = descriptor["digest"].as_str().unwrap();
        let bytes = &self.0[&Path::new("blobs").join(digest.replace(':', "/"))];
        assert_eq!(sha256(bytes), digest);
        assert_eq!(descriptor["size"], bytes.len());
        bytes
    }

    /// The descriptor of its one image.
    fn image(&self) -> Value {
        assert_eq!(self.json("oci-layout"), json!({ "imageLayoutVersion": "1.0.0" }));
        let index = self.json("index.json");
        assert_eq!(index["schemaVersion"], 2);
        let [image] = index["manifests"].as_array().unwrap().as_slice() else {
            panic!("not one image: {index}");
        };
        assert_eq!(image["mediaType"], "application/vnd.oci.image.manifest.v1+json");
        image.clone()
    }

    /// The module, found as Istio's agent finds it in an image of the "compat" variant.
    fn module(&self) -> Vec<u8> {
        let manifest: Value = serde_json::from_slice(self.blob(&self.image())).unwrap();
        let config = &manifest["config"];
        assert_eq!(config["mediaType"], "application/vnd.oci.image.config.v1+json");
        let config: Value = serde_json::from_slice(self.blob(config)).unwrap();
        let layer = manifest["layers"].as_array().unwrap().last().unwrap();
        assert_eq!(layer["mediaType"], "application/vnd.oci.image.layer.v1.tar+gzip");
        let mut archive = Vec::new();
        GzDecoder::new(self.blob(layer)).read_to_end(&mut archive).unwrap();
        assert_eq!(config["rootfs"]["diff_ids"], json!([sha256(&archive)]));
        unpacked(&archive).remove(Path::new("plugin.wasm")).unwrap()
    }
}

#[test]
fn the_image_leads_from_its_index_to_the_bytes_of_the_module() {
    let folder = tempfile::tempdir().unwrap();
    let run = image(folder.path(), &["--output", "image", "--tag", "v7", "--format", "json"]);
    assert_eq!(run.code, Some(0), "{}", run.shown());
    let written = files(&folder.path().join("image"));
    let layout = Layout(&written);
    let module = fs::read(module()).unwrap();
    assert!(layout.module() == module, "the image holds other bytes than the module");
    // The index, the mark, and three blobs: nothing that no one refers to.
    assert_eq!(written.len(), 5);
    let image = layout.image();
    assert_eq!(image["annotations"], json!({ "org.opencontainers.image.ref.name": "v7" }));
    let told: Value = serde_json::from_str(&run.stdout).unwrap();
    let expected = json!({
        "output": "image",
        "tag": "v7",
        "image": { "digest": image["digest"] },
        "module": { "digest": sha256(&module), "size": module.len() },
    });
    assert_eq!(told, expected);
}

#[test]
fn the_archive_holds_the_files_of_the_folder() {
    let folder = tempfile::tempdir().unwrap();
    for output in ["image", "image.tar"] {
        let run = image(folder.path(), &["--output", output]);
        assert_eq!(run.code, Some(0), "{}", run.shown());
    }
    let archive = fs::read(folder.path().join("image.tar")).unwrap();
    assert_eq!(unpacked(&archive), files(&folder.path().join("image")));
}

#[test]
fn the_image_is_the_same_wherever_and_whenever_it_is_made_and_whatever_it_is_called() {
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    // The same module as a file of another age and another mode.
    let copy = folders[1].path().join("copy.wasm");
    fs::write(&copy, fs::read(module()).unwrap()).unwrap();
    let old = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_hours(24);
    File::options().write(true).open(&copy).unwrap().set_modified(old).unwrap();
    let one = image(folders[0].path(), &["--output", "image.tar"]);
    let other = ["image", "copy.wasm", "--output", "image.tar"];
    let other = program::run(folders[1].path(), &other, b"");
    assert_eq!((one.code, other.code), (Some(0), Some(0)));
    let read = |folder: &tempfile::TempDir| fs::read(folder.path().join("image.tar")).unwrap();
    assert!(read(&folders[0]) == read(&folders[1]), "two images of one module differ");
    let digest = Layout(&unpacked(&read(&folders[0]))).image()["digest"].clone();
    let called = image(folders[0].path(), &["--output", "image.tar", "--tag", "canary"]);
    assert_eq!(called.code, Some(0), "{}", called.shown());
    assert_eq!(Layout(&unpacked(&read(&folders[0]))).image()["digest"], digest);
}

#[test]
fn what_is_no_module_makes_no_image() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("notes.txt"), "not a module").unwrap();
    for (name, reason) in [
        ("notes.txt", "cannot read `notes.txt`: expected a WebAssembly module"),
        ("nothing.wasm", "cannot read `nothing.wasm`: no such file"),
    ] {
        let run = program::run(folder.path(), &["image", name, "--output", "image"], b"");
        assert_eq!(run.code, Some(3), "{}", run.shown());
        assert!(run.stderr.contains(reason), "{}", run.shown());
    }
    assert_eq!(files(folder.path()).len(), 1);
}

#[test]
fn the_image_goes_to_standard_output_and_what_is_told_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = module();
    let output = std::process::Command::new(program::path())
        .args(["image", path.to_str().unwrap(), "--output", "-"])
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let written = image(folder.path(), &["--output", "image.tar"]);
    assert_eq!(written.code, Some(0), "{}", written.shown());
    assert!(output.stdout == fs::read(folder.path().join("image.tar")).unwrap());
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(told.replacen('-', "image.tar", 1), written.stdout);
    // The module may come from there, too.
    let module = fs::read(module()).unwrap();
    let piped = program::run(folder.path(), &["image", "-", "--output", "piped.tar"], &module);
    assert_eq!(piped.code, Some(0), "{}", piped.shown());
    assert!(output.stdout == fs::read(folder.path().join("piped.tar")).unwrap());
}

#[test]
fn what_is_rendered_for_a_mesh_goes_to_standard_output_as_one_stream() {
    let folder = tempfile::tempdir().unwrap();
    let release = program::root().join("data/check/valid.yaml");
    let release = release.to_str().unwrap();
    let render = |output: &str| {
        let arguments = ["render", release, "--module-file", "/serin.wasm", "--output", output];
        program::run(folder.path(), &arguments, b"")
    };
    let printed = render("-");
    assert_eq!(printed.code, Some(0), "{}", printed.shown());
    assert_eq!(render("mesh").code, Some(0));
    let files = files(&folder.path().join("mesh"));
    assert!(files.len() > 3, "{files:?}");
    let texts = files.values().map(|bytes| String::from_utf8(bytes.clone()).unwrap());
    assert_eq!(printed.stdout, texts.collect::<Vec<_>>().join("---\n"));
    // What a stream is read as: its documents, and nothing that is no object.
    let checked = program::run(folder.path(), &["check", "-"], printed.stdout.as_bytes());
    assert!(!checked.stdout.contains("error[syntax]"), "{}", checked.shown());
}

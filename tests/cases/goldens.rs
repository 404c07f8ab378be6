//! What `serin render` makes of the scenarios in envoyfilter/, byte by byte.
//!
//! `SERIN_BLESS=1 cargo test --release -p serin-tests goldens` writes the files anew: read the diff.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use document::load::{self, Source};

use crate::check::program::{Run, root, run};
use crate::release::try_check_node;

/// Any digest: the module's own changes with every build.
const DIGEST: &str = "5e81de7ec7000000000000000000000000000000000000000000000000000001";

/// A rendering for another mesh, into the user's own objects.
struct Variant {
    scenario: &'static str,
    output: &'static str,
    options: &'static [&'static str],
}

const VARIANTS: &[Variant] = &[
    Variant { scenario: "cookie-tutorial", output: "istio-1.24", options: &["--istio", "1.24"] },
    Variant {
        scenario: "bookinfo-ratio",
        output: "istio-cluster-header",
        options: &["--route", "cluster-header"],
    },
];

/// A folder of envoyfilter/.
pub(crate) struct Scenario {
    pub(crate) name: String,
    folder: PathBuf,
    pub(crate) upstreams: Vec<String>,
}

/// The scenarios, by name.
#[track_caller]
pub(crate) fn scenarios() -> Vec<Scenario> {
    let entries =
        fs::read_dir(root().join("../envoyfilter")).unwrap().map(|entry| entry.unwrap().path());
    let mut folders: Vec<_> = entries.filter(|path| path.is_dir()).collect();
    folders.sort();
    folders.into_iter().map(Scenario::read).collect()
}

impl Scenario {
    #[track_caller]
    fn read(folder: PathBuf) -> Self {
        let source = Source::read(folder.join("release.yaml").to_str().unwrap()).unwrap();
        let (documents, _) = load::documents(&source);
        let checked =
            try_check_node(&documents[0].node).unwrap_or_else(|problems| panic!("{problems}"));
        let subsets = checked.policy.subsets().iter().enumerate();
        let upstreams = subsets
            .map(|(at, subset)| format!("{}=127.0.0.1:{}", subset.name, 9101 + at))
            .collect();
        let name = folder.file_name().unwrap().to_str().unwrap().to_owned();
        Self { name, folder, upstreams }
    }

    /// The text of the bootstrap, written to `output` on the way.
    #[track_caller]
    pub(crate) fn bootstrap(&self, module: &Path, output: &Path, more: &[&str]) -> String {
        let mut arguments = vec![
            "render",
            "release.yaml",
            "--route",
            "envoy",
            "--module",
            module.to_str().unwrap(),
        ];
        arguments.extend(["--listen", "127.0.0.1:8080", "--admin", "127.0.0.1:9901"]);
        for upstream in &self.upstreams {
            arguments.extend(["--upstream", upstream]);
        }
        arguments.extend(["--output", output.to_str().unwrap()]);
        arguments.extend(more);
        succeeds(&run(&self.folder, &arguments, b""));
        fs::read_to_string(output).unwrap()
    }

    /// Everything that is rendered, by its path in the scenario's folder.
    #[track_caller]
    fn render(&self) -> BTreeMap<String, String> {
        let folder = tempfile::tempdir().unwrap();
        let module = Path::new("/etc/serin/serin.wasm");
        let bootstrap = self.bootstrap(module, &folder.path().join("envoy.yaml"), &[]);
        let mut files = self.mesh(&folder.path().join("istio"), "istio/", &["--route", "matcher"]);
        for Variant { output, options, .. } in self.variants() {
            files.extend(self.woven(&folder.path().join(output), &format!("{output}/"), options));
        }
        files.insert("envoy.yaml".to_owned(), bootstrap);
        files
    }

    /// The objects of a mesh, written to `folder` on the way.
    #[track_caller]
    fn mesh(&self, folder: &Path, prefix: &str, options: &[&str]) -> BTreeMap<String, String> {
        let mut arguments = vec!["render", "release.yaml"];
        arguments.extend(options);
        arguments.extend(["--module-url", "https://modules.example.com/serin.wasm"]);
        arguments.extend(["--module-sha256", DIGEST, "--output", folder.to_str().unwrap()]);
        succeeds(&run(&self.folder, &arguments, b""));
        read_folder(folder, prefix)
    }

    /// The same with the user's own objects in mine/: those afterwards, and what is rendered beside them.
    #[track_caller]
    fn woven(&self, folder: &Path, prefix: &str, options: &[&str]) -> BTreeMap<String, String> {
        let mine = folder.join("mine");
        fs::create_dir_all(&mine).unwrap();
        let before = read_folder(&self.folder.join("mine"), "");
        let copies: Vec<String> =
            before.keys().map(|name| mine.join(name).to_str().unwrap().to_owned()).collect();
        for (copy, text) in copies.iter().zip(before.values()) {
            fs::write(copy, text).unwrap();
        }
        let mut into = options.to_vec();
        into.extend(copies.iter().flat_map(|copy| ["--into", copy.as_str()]));
        let first = self.mesh(folder, prefix, &into);
        let woven = read_folder(&mine, "");
        assert_ne!(woven, before, "{}: nothing was woven", self.name);
        assert_eq!(self.mesh(folder, prefix, &into), first, "{}: again", self.name);
        assert_eq!(read_folder(&mine, ""), woven, "{}: weaving twice is as once", self.name);
        let mut undo = vec!["render", "release.yaml", "--undo"];
        undo.extend(copies.iter().flat_map(|copy| ["--into", copy.as_str()]));
        succeeds(&run(&self.folder, &undo, b""));
        assert_eq!(read_folder(&mine, ""), before, "{}: taken out again", self.name);
        let mut files = first;
        files.extend(woven.into_iter().map(|(name, text)| (format!("{prefix}mine/{name}"), text)));
        files
    }

    fn variants(&self) -> impl Iterator<Item = &'static Variant> {
        VARIANTS.iter().filter(|variant| variant.scenario == self.name)
    }

    /// The folders of what is rendered.
    fn folders(&self) -> Vec<String> {
        let variants = self
            .variants()
            .flat_map(|variant| [variant.output.to_owned(), format!("{}/mine", variant.output)]);
        std::iter::once("istio".to_owned()).chain(variants).collect()
    }

    /// What is committed of it.
    fn committed(&self) -> BTreeMap<String, String> {
        let mut files = BTreeMap::new();
        for folder in self.folders() {
            files.extend(read_folder(&self.folder.join(&folder), &format!("{folder}/")));
        }
        if let Ok(bootstrap) = fs::read_to_string(self.folder.join("envoy.yaml")) {
            files.insert("envoy.yaml".to_owned(), bootstrap);
        }
        files
    }

    fn bless(&self, files: &BTreeMap<String, String>) {
        for folder in self.folders() {
            let folder = self.folder.join(folder);
            if folder.is_dir() {
                fs::remove_dir_all(&folder).unwrap();
            }
            fs::create_dir_all(&folder).unwrap();
        }
        for (name, text) in files {
            fs::write(self.folder.join(name), text).unwrap();
        }
    }
}

#[track_caller]
fn succeeds(run: &Run) {
    assert_eq!(run.code, Some(0), "{}", run.shown());
}

fn read_folder(folder: &Path, prefix: &str) -> BTreeMap<String, String> {
    let entries = fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap());
    entries
        .filter(|entry| entry.path().is_file())
        .map(|entry| {
            let name = format!("{prefix}{}", entry.file_name().into_string().unwrap());
            (name, fs::read_to_string(entry.path()).unwrap())
        })
        .collect()
}

#[test]
fn every_variant_has_its_scenario() {
    let names: Vec<String> = scenarios().into_iter().map(|scenario| scenario.name).collect();
    for Variant { scenario, .. } in VARIANTS {
        assert!(names.iter().any(|name| name == scenario), "no envoyfilter/{scenario}");
    }
}

#[test]
fn the_rendered_files_are_the_committed_ones() {
    let bless = std::env::var_os("SERIN_BLESS").is_some_and(|value| value == "1");
    let mut stale = Vec::new();
    for scenario in scenarios() {
        let rendered = scenario.render();
        assert_eq!(rendered, scenario.render(), "{}: two renderings differ", scenario.name);
        if bless {
            scenario.bless(&rendered);
        }
        let committed = scenario.committed();
        for name in rendered.keys().chain(committed.keys()) {
            if rendered.get(name) != committed.get(name) {
                stale.push(format!("envoyfilter/{}/{name}", scenario.name));
            }
        }
    }
    stale.dedup();
    let help = "run `SERIN_BLESS=1 cargo test --release -p serin-tests goldens` and read the diff";
    assert!(stale.is_empty(), "not what `serin render` makes: {stale:#?}\n{help}");
}

//! No files of a crate use each other round in a circle: each can be understood with what stands below it.
//!
//! A file may use what the file of a module that it is in has for all of that module; what is used through a `pub use`
//! is used of the file that defines it. Between crates Cargo sees to it.

mod uses;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use crate::readme::{members, repository};
use uses::{Crate, Module};

/// Circles that are one thought in several files: whose files all begin with one of these.
const ALLOWED: [(&str, &[&str]); 4] = [
    // A step asks how far the others are.
    ("policy", &["rollout/step", "rollout/view"]),
    // A class of characters, and what each dialect takes for one.
    ("policy", &["regex/class", "regex/dialect"]),
    // Completions and manual pages are made of the whole command line, which has a command for each.
    ("control", &["cli", "command/completions", "command/man"]),
    // A movement has a reason, which is told of a movement.
    ("control/inspect", &["diff/movement", "diff/reason"]),
];

/// The folders of the crates that have a library.
fn crates() -> Vec<String> {
    let has_library = |member: &String| repository().join(member).join("src/lib.rs").is_file();
    members().into_iter().filter(has_library).collect()
}

/// What each file uses of others, without those that hold it.
fn edges(read: &Crate) -> BTreeMap<&Module, BTreeSet<&Module>> {
    let used = |module: &Module| {
        let used = read.used_by(module);
        used.into_iter().filter(|other| !module.starts_with(other)).collect()
    };
    read.modules().map(|module| (module, used(module))).collect()
}

/// The circles, each with its files in order.
fn circles<'c>(edges: &BTreeMap<&'c Module, BTreeSet<&'c Module>>) -> BTreeSet<Vec<String>> {
    let reached = |from: &'c Module| {
        let mut reached = BTreeSet::new();
        let mut open = vec![from];
        while let Some(module) = open.pop() {
            open.extend(edges[module].iter().filter(|next| reached.insert(**next)));
        }
        reached
    };
    let reached: BTreeMap<&Module, _> = edges.keys().map(|from| (*from, reached(from))).collect();
    let is_mutual = |a: &Module, b: &Module| reached[a].contains(b) && reached[b].contains(a);
    edges
        .keys()
        .map(|one| edges.keys().filter(|other| is_mutual(one, other)).map(|m| m.join("/")))
        .map(Iterator::collect::<Vec<String>>)
        .filter(|files| files.len() > 1)
        .collect()
}

fn is_allowed(folder: &str, circle: &[String]) -> bool {
    let all = |allowed: &[&str]| {
        circle.iter().all(|file| allowed.iter().any(|start| file.starts_with(start)))
    };
    ALLOWED.iter().any(|(of, allowed)| *of == folder && all(allowed))
}

#[test]
fn no_files_use_each_other_round() {
    let crates = crates();
    assert!(crates.len() > 5, "{crates:?}");
    for folder in &crates {
        let read = Crate::read(&repository().join(folder).join("src"));
        let edges = edges(&read);
        assert!(edges.len() > 1, "{folder} has no files");
        if let Some(circle) = circles(&edges).iter().find(|circle| !is_allowed(folder, circle)) {
            let arrows: Vec<String> = edges
                .iter()
                .flat_map(|(from, used)| used.iter().map(|to| (from.join("/"), to.join("/"))))
                .filter(|(from, to)| circle.contains(from) && circle.contains(to))
                .map(|(from, to)| format!("  {from} uses {to}"))
                .collect();
            panic!("{folder}/src: a circle:\n{}", arrows.join("\n"));
        }
    }
}

/// The circles of a crate with these files.
fn found(files: &[(&str, &str)]) -> BTreeSet<Vec<String>> {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let read = Crate::read(folder.path());
    circles(&edges(&read))
}

#[test]
fn circles_are_found() {
    let found = found(&[
        ("lib.rs", "mod a;\nmod b;\nmod c;\npub struct Top;"),
        ("a.rs", "use super::Top;\nuse crate::{\n    b::{self, B},\n};\npub struct A;"),
        ("b.rs", "pub use inner::B;\nmod inner;\n"),
        ("b/inner.rs", "pub struct B;\nfn f() { crate::c::g() }"),
        ("c.rs", "use super::a;\npub fn g() { a::A }"),
    ]);
    assert_eq!(found, [["a", "b/inner", "c"].map(str::to_owned).to_vec()].into());
}

#[test]
fn what_is_no_circle_is_let_be() {
    let found = found(&[
        ("lib.rs", "mod a;\nmod b;\n"),
        // A module and its parts; a comment; tests.
        ("a.rs", "mod part;\npub struct Shared;\nfn f() { part::g() }"),
        ("a/part.rs", "use super::Shared;\nuse crate::b::B;\npub fn g() {}"),
        (
            "b.rs",
            "// crate::a::Shared\npub struct B;\n#[cfg(test)]\nmod tests {\n    use crate::a::Shared;\n}\n",
        ),
    ]);
    assert_eq!(found, BTreeSet::new());
}

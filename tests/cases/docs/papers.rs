//! The pages beside the README, for who works on Serin: what they name is there, and every crate is named.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use super::page::Page;
use super::{expect_leads_somewhere, expect_targets};
use crate::readme::{members, repository};

const PAPERS: [&str; 4] = ["ARCHITECTURE.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md"];
/// Those that name files.
const GUIDES: [&str; 2] = ["ARCHITECTURE.md", "CONTRIBUTING.md"];

fn paper(name: &str) -> Page {
    Page::read(name.to_owned(), &repository().join(name))
}

/// The folders in which files are that a guide may name.
fn folders() -> BTreeSet<String> {
    let entries = fs::read_dir(repository()).unwrap().map(Result::unwrap);
    let folders = entries.filter(|entry| entry.path().is_dir());
    let names = folders.map(|entry| entry.file_name().into_string().unwrap());
    // What was built is not there in every clone.
    names.filter(|name| !name.starts_with('.') && name != "target" && name != "dist").collect()
}

#[test]
fn every_file_that_the_guides_name_exists() {
    let folders = folders();
    for guide in GUIDES {
        let page = paper(guide);
        let mut count = 0;
        for span in page.spans() {
            let Some((first, _)) = span.split_once('/') else { continue };
            if folders.contains(first) {
                assert!(repository().join(span).exists(), "{guide}: there is no `{span}`");
                count += 1;
            }
        }
        assert!(count > 0, "{guide} names no file");
    }
}

/// "`Plan` in `policy/src/rollout/plan.rs`", "`Plan` (`policy/src/rollout/plan.rs`)".
#[test]
fn what_the_guides_find_in_a_file_is_in_it() {
    for guide in GUIDES {
        let page = paper(guide);
        let prose = page.prose().map(str::trim).collect::<Vec<_>>().join(" ");
        let pieces: Vec<&str> = prose.split('`').collect();
        let mut count = 0;
        for (at, between) in pieces.iter().enumerate().skip(2).step_by(2) {
            let [Some(name), Some(path)] = [at - 1, at + 1].map(|at| pieces.get(at)) else {
                continue;
            };
            let is_name = name.chars().all(|c| c.is_alphanumeric() || c == '_');
            if is_name
                && matches!(between.trim(), "in" | "(")
                && path.split('.').next_back() == Some("rs")
            {
                let text = fs::read_to_string(repository().join(path)).unwrap_or_default();
                assert!(text.contains(name), "{guide}: `{name}` is not in `{path}`");
                count += 1;
            }
        }
        assert!(count > 0, "{guide} finds nothing in a file");
    }
}

#[test]
fn the_architecture_names_every_crate() {
    let page = paper("ARCHITECTURE.md");
    let spans: BTreeSet<&str> = page.spans().collect();
    let members = members();
    assert!(members.len() > 3, "{members:?}");
    for member in members {
        assert!(spans.contains(member.as_str()), "ARCHITECTURE.md does not name `{member}`");
    }
}

/// The crates of the workspace by the names of their dependencies on each other.
fn workspace_dependencies() -> BTreeMap<String, String> {
    let manifest = fs::read_to_string(repository().join("Cargo.toml")).unwrap();
    let lines = manifest.lines().filter_map(|line| line.split_once(" = { path = \""));
    lines
        .map(|(name, rest)| (name.to_owned(), rest.split('"').next().unwrap().to_owned()))
        .collect()
}

#[test]
fn crates_use_only_crates_above_them_in_the_table() {
    let page = paper("ARCHITECTURE.md");
    let members = members();
    let rows = page.prose().filter_map(|line| line.strip_prefix("| `")?.split('`').next());
    let rows: Vec<&str> = rows.filter(|row| members.iter().any(|member| member == row)).collect();
    let paths = workspace_dependencies();
    assert!(paths.len() > 3, "{paths:?}");
    for (at, row) in rows.iter().enumerate() {
        let manifest = fs::read_to_string(repository().join(row).join("Cargo.toml")).unwrap();
        let (_, dependencies) =
            manifest.split_once("\n[dependencies]").unwrap_or(("", manifest.as_str()));
        let dependencies = dependencies.split("\n[").next().unwrap_or_default();
        for line in dependencies.lines() {
            let name = line.split(['.', ' ']).next().unwrap_or_default();
            let Some(path) = paths.get(name) else { continue };
            let place = rows.iter().position(|row| row == path);
            assert!(place.is_some_and(|place| place < at), "`{row}` uses `{path}`");
        }
    }
}

#[test]
fn links_and_targets_of_the_papers_exist() {
    for name in PAPERS {
        let page = paper(name);
        expect_leads_somewhere(&page, &repository());
        for span in page.spans() {
            if let Some(targets) = span.strip_prefix("make ") {
                let targets: Vec<&str> = targets.split_whitespace().collect();
                expect_targets(name, &targets);
            }
        }
    }
}

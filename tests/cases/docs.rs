//! The pages of `docs/` say what is so: their Releases are well, their commands run, their options and links exist.

mod page;
mod papers;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use crate::check::program::{root, run};
use crate::readme::{make_targets, repository, with_digests};

use page::Page;

/// The page whose files all pages use.
const FIRST: &str = "sidecar.md";
/// The smallest module there is.
const MODULE: &[u8] = b"\0asm\x01\0\0\0";

/// All pages, by the names of their files below `docs/`.
fn pages() -> BTreeMap<String, Page> {
    let mut pages = BTreeMap::new();
    read_folder("", &mut pages);
    pages
}

fn read_folder(folder: &str, pages: &mut BTreeMap<String, Page>) {
    for entry in fs::read_dir(repository().join("docs").join(folder)).unwrap() {
        let entry = entry.unwrap();
        let name = format!("{folder}{}", entry.file_name().to_string_lossy());
        if entry.file_type().unwrap().is_dir() {
            read_folder(&format!("{name}/"), pages);
        } else {
            pages.insert(name.clone(), Page::read(name, &entry.path()));
        }
    }
}

/// The options of a command of `serin`, by its help.
fn options(command: &str) -> BTreeSet<String> {
    let words: Vec<&str> = command.split(' ').chain(["--help"]).collect();
    let help = run(root(), &words, b"");
    assert_eq!(help.code, Some(0), "{}", help.shown());
    named_options(&help.stdout).collect()
}

/// What looks like an option.
fn named_options(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-'))
        .filter(|word| word.strip_prefix("--").is_some_and(|name| !name.is_empty()))
        .map(str::to_owned)
}

#[track_caller]
fn expect_options(place: &str, command: &str) {
    let mut words = command.split_whitespace().skip(1);
    let name = words.next().unwrap_or_else(|| panic!("{place}: `{command}` names no command"));
    let name = match (name, words.next()) {
        ("rollout" | "mesh", Some(below)) => format!("{name} {below}"),
        _ => name.to_owned(),
    };
    let known = options(&name);
    for option in named_options(command) {
        assert!(known.contains(&option), "{place}: `serin {name}` has no option `{option}`");
    }
}

/// A folder with the files of a page, and what an operator has besides.
fn playground(pages: &BTreeMap<String, Page>, page: &Page) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("serin.wasm"), MODULE).unwrap();
    for (name, text) in pages[FIRST].objects().chain(page.objects()) {
        if let Some(name) = name {
            fs::write(folder.path().join(name), text).unwrap();
        }
    }
    folder
}

/// The rendered files that a command for the cluster names.
fn rendered(command: &str) -> impl Iterator<Item = &str> {
    let words = command.split(|c: char| c.is_whitespace() || c == ';');
    words.filter(|word| word.starts_with("mesh/") && page::is_yaml(word) && !word.contains('*'))
}

#[test]
fn the_commands_of_the_pages_run() {
    let pages = pages();
    for page in pages.values() {
        let folder = playground(&pages, page);
        for command in page.commands() {
            let command = with_digests(&command);
            let words: Vec<&str> = command.split_whitespace().collect();
            match words.as_slice() {
                [
                    "serin",
                    name @ ("check" | "cost" | "render" | "image" | "diff" | "explain" | "import"),
                    ..,
                ] => {
                    let needs_shell = command.contains(['|', '>', '$', '*', '\'', '"', '…']);
                    assert!(!needs_shell, "{}: this test runs no shell: {command}", page.name);
                    let run = run(folder.path(), &words[1..], b"");
                    // Between the Releases of a page users move.
                    let expected = if *name == "diff" { Some(4) } else { Some(0) };
                    assert_eq!(run.code, expected, "{}: {}", page.name, run.shown());
                }
                // These need a proxy, or take long.
                ["serin", ..] => expect_options(&page.name, &command),
                ["make", targets @ ..] => expect_targets(&page.name, targets),
                _ => {}
            }
        }
        for command in page.shown().iter().filter(|command| command.starts_with("serin ")) {
            expect_options(&page.name, command);
        }
        // Those that every page writes by rendering its own or the first page's Release.
        if page.commands().iter().any(|command| command.starts_with("serin render")) {
            for command in page.commands() {
                for file in rendered(&command) {
                    let is_there = folder.path().join(file).is_file();
                    assert!(is_there, "{}: nothing writes `{file}`", page.name);
                }
            }
        }
    }
}

#[track_caller]
fn expect_targets(place: &str, targets: &[&str]) {
    let known = make_targets();
    for target in targets.iter().filter(|target| !target.contains('=')) {
        assert!(known.iter().any(|known| known == target), "{place}: no `make {target}`");
    }
}

#[test]
fn the_releases_of_the_pages_are_well() {
    let pages = pages();
    let mut count = 0;
    for page in pages.values() {
        for (_, text) in page.objects().filter(|(_, text)| text.contains("\nkind: Release")) {
            let run = run(root(), &["check", "--deny-warnings", "-"], text.as_bytes());
            assert_eq!(run.code, Some(0), "{}: {}", page.name, run.shown());
            count += 1;
        }
    }
    assert!(count > 0, "no page shows a Release");
}

#[test]
fn what_the_pages_name_exists() {
    let commands = crate::help::all();
    let known: BTreeSet<String> = commands.iter().flat_map(|command| options(command)).collect();
    for page in pages().values() {
        for span in page.spans() {
            if span.starts_with("--") {
                for option in named_options(span) {
                    assert!(known.contains(&option), "{}: no option `{option}`", page.name);
                }
            } else if span.starts_with("serin ") {
                expect_options(&page.name, span);
            } else if let Some(targets) = span.strip_prefix("make ") {
                let targets: Vec<&str> = targets.split_whitespace().collect();
                expect_targets(&page.name, &targets);
            }
        }
    }
}

#[test]
fn every_link_leads_somewhere() {
    let docs = repository().join("docs");
    let readme = Page::read("README.md".to_owned(), &repository().join("README.md"));
    let pages = pages();
    let all = pages.values().map(|page| (page, docs.clone())).chain([(&readme, repository())]);
    for (page, folder) in all {
        expect_leads_somewhere(page, &folder);
    }
}

/// That every link of a page in `folder` leads somewhere.
#[track_caller]
fn expect_leads_somewhere(page: &Page, folder: &Path) {
    let itself = folder.join(&page.name);
    for link in page.links().filter(|link| !link.contains("://")) {
        let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
        let path =
            if file.is_empty() { itself.clone() } else { itself.with_file_name("").join(file) };
        assert!(path.exists(), "{}: `{link}` leads nowhere", page.name);
        let read = || Page::read(link.to_owned(), &path);
        let has_anchor = || read().anchors().any(|found| found == anchor);
        assert!(anchor.is_empty() || has_anchor(), "{}: no heading for `{link}`", page.name);
    }
}

#[test]
fn every_page_is_in_the_index_and_begins_with_what_it_is_for() {
    let pages = pages();
    let index = &pages["README.md"];
    for page in pages.values() {
        let lines: Vec<&str> = page.prose().take(3).collect();
        let [title, "", first] = lines.as_slice() else { panic!("{}: {lines:?}", page.name) };
        assert!(title.starts_with("# "), "{}: no title", page.name);
        let is_text = !first.is_empty() && !first.starts_with(['#', '|', '-', '*', '!']);
        assert!(is_text, "{}: expected what it is for, found `{first}`", page.name);
        let is_listed = page.name == index.name || index.links().any(|link| link == page.name);
        assert!(is_listed, "docs/README.md does not name `{}`", page.name);
        let is_page = Path::new(&page.name).extension().is_some_and(|end| end == "md");
        assert!(is_page, "docs/ has a file that is no page: `{}`", page.name);
    }
}

//! docs/cost.md shows what is printed. `SERIN_BLESS=1 cargo test --release -p serin-tests cost::` writes it anew, after
//! other figures have been measured.

use std::fs;
use std::path::Path;

use crate::check::program::run;
use crate::readme::repository;

/// A fence, its language, and what stands in the block.
fn blocks(page: &str) -> Vec<(&str, &str)> {
    let pieces: Vec<&str> = page.split("\n```").collect();
    // Every other fence ends a block.
    pieces
        .iter()
        .skip(1)
        .step_by(2)
        .filter_map(|block| block.split_once('\n').or(Some((block, ""))))
        .collect()
}

fn write_releases(page: &str, folder: &Path) {
    for (_, file) in blocks(page).iter().filter(|(language, _)| *language == "yaml") {
        let name = file.lines().next().and_then(|line| line.strip_prefix("# "));
        if let Some(name) = name.filter(|name| !name.contains(' ')) {
            fs::write(folder.join(name), file).unwrap();
        }
    }
}

#[test]
fn the_page_shows_what_is_printed() {
    let docs = repository().join("docs");
    let text = |page: &str| fs::read_to_string(docs.join(page)).unwrap();
    let page = text("cost.md");
    let folder = tempfile::tempdir().unwrap();
    write_releases(&text("sidecar.md"), folder.path());
    write_releases(&page, folder.path());
    let (mut shown, mut blessed) = (0, page.clone());
    for pair in blocks(&page).windows(2) {
        let [("sh", command), ("text", output)] = pair else { continue };
        let arguments: Vec<&str> = command.split_whitespace().skip(1).collect();
        let run = run(folder.path(), &arguments, b"");
        assert_eq!(run.code, Some(0), "{}", run.shown());
        let [old, new] = [*output, run.stdout.trim_end()].map(|output| block(command, output));
        if std::env::var_os("SERIN_BLESS").is_some() {
            blessed = blessed.replace(&old, &new);
        } else {
            assert_eq!(old, new);
        }
        shown += 1;
    }
    assert_eq!(shown, 2, "the page shows another number of commands");
    if blessed != page {
        fs::write(docs.join("cost.md"), blessed).unwrap();
    }
}

fn block(command: &str, output: &str) -> String {
    let output = if output.is_empty() { String::new() } else { format!("{output}\n") };
    format!("```sh\n{command}\n```\n\n```text\n{output}```\n")
}

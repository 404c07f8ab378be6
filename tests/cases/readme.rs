//! The commands of README.md exist, and those of `serin` run.

use std::fs;
use std::path::{Path, PathBuf};

use crate::check::program::{root, run};

pub(crate) fn repository() -> PathBuf {
    root().join("..").canonicalize().unwrap()
}

/// The folders of the workspace's crates.
pub(crate) fn members() -> Vec<String> {
    let manifest = fs::read_to_string(repository().join("Cargo.toml")).unwrap();
    let (_, members) = manifest.split_once("\nmembers = [").expect("a list of members");
    let (members, _) = members.split_once(']').expect("an end of the list");
    members.split('"').skip(1).step_by(2).map(str::to_owned).collect()
}

/// The text of README.md.
pub(crate) fn text() -> String {
    fs::read_to_string(repository().join("README.md"))
        .unwrap_or_else(|error| panic!("README.md: {error}"))
}

/// The blocks of a language, as lists of lines.
fn blocks<'t>(text: &'t str, language: &str) -> Vec<Vec<&'t str>> {
    let fence = format!("```{language}");
    let mut lines = text.lines();
    let mut blocks = Vec::new();
    while let Some(line) = lines.next() {
        if line == fence {
            blocks.push(lines.by_ref().take_while(|line| *line != "```").collect());
        }
    }
    assert!(!blocks.is_empty(), "README.md has no block of `{language}`");
    blocks
}

/// A command, and what the README says that it prints.
struct Shown {
    command: String,
    output: String,
}

/// The commands (`$ …`) of the `console` blocks; a line that ends in `\` goes on.
fn commands(text: &str) -> Vec<Shown> {
    let mut commands: Vec<Shown> = Vec::new();
    for line in blocks(text, "console").concat() {
        if let Some(command) = line.strip_prefix("$ ") {
            commands.push(Shown { command: command.to_owned(), output: String::new() });
            continue;
        }
        let Some(last) = commands.last_mut() else { continue };
        match last.command.strip_suffix('\\') {
            Some(start) if last.output.is_empty() => {
                last.command = format!("{start}{}", line.trim());
            }
            _ => last.output.extend([line, "\n"]),
        }
    }
    assert!(!commands.is_empty(), "README.md has no commands in ```console blocks");
    commands
}

/// A folder in which commands find everything that the repository has, and what they write stays.
fn playground() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for entry in fs::read_dir(repository()).unwrap() {
        let entry = entry.unwrap();
        std::os::unix::fs::symlink(entry.path(), folder.path().join(entry.file_name())).unwrap();
    }
    folder
}

pub(crate) fn make_targets() -> Vec<String> {
    let makefile = fs::read_to_string(repository().join("Makefile")).unwrap();
    let rules = makefile
        .lines()
        .filter(|line| !line.starts_with(['\t', ' ', '#', '.']) && !line.contains(":="));
    rules.filter_map(|line| Some(line.split_once(':')?.0.to_owned())).collect()
}

/// A command with digests in the place of the variables that readers set from their own module and image.
pub(crate) fn with_digests(command: &str) -> String {
    let digest = "0123456789abcdef".repeat(4);
    command.replace("$IMAGE_DIGEST", &format!("sha256:{digest}")).replace("$MODULE_SHA256", &digest)
}

/// The arguments of `serin`, if that is what the command runs and it is one that ends by itself.
fn serin(command: &str) -> Option<Vec<&str>> {
    let words: Vec<&str> = command.split_whitespace().collect();
    let (program, arguments) = words.split_first()?;
    (Path::new(program).file_name()? == "serin" && arguments.first() != Some(&"demo"))
        .then(|| arguments.to_vec())
}

#[test]
fn the_commands_of_the_readme_do_what_it_says() {
    let targets = make_targets();
    let playground = playground();
    for Shown { command, output } in commands(&text()) {
        let command = with_digests(&command);
        let words: Vec<&str> = command.split_whitespace().collect();
        if words.first() == Some(&"make") {
            for target in &words[1..] {
                assert!(targets.iter().any(|known| known == target), "no `make {target}`");
            }
        } else if let Some(arguments) = serin(&command) {
            let needs_shell = command.contains(['|', '>', '$', '*', '\'', '"', '…']);
            assert!(!needs_shell, "`{command}` needs a shell: this test runs none");
            let run = run(playground.path(), &arguments, b"");
            // Fine, problems, users move: all of them answers.
            assert!(matches!(run.code, Some(0 | 1 | 4)), "{}", run.shown());
            assert_eq!(format!("{}{}", run.stdout, run.stderr), output, "{command}");
        }
    }
}

#[test]
fn the_releases_of_the_readme_are_well() {
    for block in blocks(&text(), "yaml") {
        if block.first().is_some_and(|line| line.starts_with("apiVersion: serin.dev/")) {
            let run = run(root(), &["check", "--deny-warnings", "-"], block.join("\n").as_bytes());
            assert_eq!(run.code, Some(0), "{}", run.shown());
        }
    }
}

/// What the first lines promise is what the first Release does.
#[test]
fn the_headline_and_the_first_release_are_one_story() {
    let text = text();
    let (headline, rest) = text.split_once("\n## Install").unwrap();
    let (_, promise) = headline.split_once("no single Istio route").unwrap();
    let promise = promise.split("\n\n").next().unwrap();
    let release = blocks(rest, "yaml")[0].join("\n");
    let shares: Vec<&str> =
        release.split("split: {v2: ").skip(1).map(|rest| rest.split('}').next().unwrap()).collect();
    assert_eq!(shares, ["50", "10"], "{release}");
    for text in [promise, headline.split_once("```text").unwrap().1] {
        let percents = text.split(" %").collect::<Vec<_>>();
        let (_, percents) = percents.split_last().unwrap();
        let numbers = percents.iter().map(|before| before.split_whitespace().next_back().unwrap());
        assert_eq!(numbers.collect::<Vec<_>>(), ["10"], "{text}");
        assert!(text.contains("half of the staff"), "{text}");
    }
    for word in ["name: staff", "cookies: ", "# half of the staff", "# all other users"] {
        assert!(release.contains(word), "no `{word}` in {release}");
    }
}

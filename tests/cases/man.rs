//! The manual pages: `serin man` writes one for each command, with what its help has.

use std::path::{Path, PathBuf};

use crate::check::program;
use crate::dist::files;

#[test]
fn every_command_has_a_manual_page_with_its_options_and_examples() {
    let folder = tempfile::tempdir().unwrap();
    let written = program::run(folder.path(), &["man", "man"], b"");
    assert_eq!(written.code, Some(0), "{}", written.shown());
    let pages = files(&folder.path().join("man"));
    let main = program::run(folder.path(), &["--help"], b"");
    let mut commands = crate::help::commands(&main.stdout);
    commands.retain(|command| command != "help");
    let mut expected: Vec<PathBuf> =
        commands.iter().map(|command| format!("serin-{command}.1").into()).collect();
    expected.push("serin.1".into());
    let of_rollout = ["history", "pause", "resume", "run", "status", "undo"];
    expected.extend(of_rollout.map(|command| format!("serin-rollout-{command}.1").into()));
    let of_mesh = ["apply", "delete", "wait"];
    expected.extend(of_mesh.map(|command| format!("serin-mesh-{command}.1").into()));
    expected.sort();
    assert_eq!(pages.keys().cloned().collect::<Vec<_>>(), expected);
    for (name, page) in &pages {
        let page = String::from_utf8(page.clone()).unwrap();
        let title = name.file_stem().unwrap().to_str().unwrap();
        let heading =
            format!(".TH {title} 1 \" \" \"serin {}\" Serin\n", env!("CARGO_PKG_VERSION"));
        assert!(page.contains(&heading), "{name:?}: {page}");
        for section in ["NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "\"EXIT STATUS\""] {
            assert!(page.contains(&format!(".SH {section}\n")), "{name:?}: no {section}");
        }
        assert!(!page.contains('\u{a0}') && !page.contains(".SH EXTRA"), "{name:?}");
        // As the help has them, every option that takes a value is shown with one.
        let command = title.strip_prefix("serin").unwrap().trim_start_matches('-');
        let words: Vec<&str> = match command.split_once('-') {
            Some((above @ ("rollout" | "mesh"), below)) => vec![above, below],
            _ => vec![command],
        };
        let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
        expect_values(title, &page, &words);
    }
    let check = String::from_utf8(pages[Path::new("serin-check.1")].clone()).unwrap();
    let example = "\n  kustomize build | serin check \\-";
    assert!(check.contains(example) && check.contains("\\-\\-deny\\-warnings"), "{check}");
    // The same program writes the same bytes, over those that were there.
    assert_eq!(program::run(folder.path(), &["man", "man"], b"").code, Some(0));
    assert_eq!(files(&folder.path().join("man")), pages);
    let refused = program::run(folder.path(), &["man", "man/serin.1"], b"");
    assert_eq!(refused.code, Some(3), "{}", refused.shown());
    assert!(refused.stderr.contains("cannot write to `man/serin.1`: "), "{}", refused.shown());
    let refused = program::run(folder.path(), &["man", "-"], b"");
    assert_eq!(refused.code, Some(2), "{}", refused.shown());
    assert!(refused.stderr.contains("expected a folder, found `-`"), "{}", refused.shown());
}

/// That the synopsis of a page has a name for the value of each option that takes one, as the command's help says it.
#[track_caller]
fn expect_values(title: &str, page: &str, words: &[&str]) {
    let synopsis = page.split(".SH ").find(|section| section.starts_with("SYNOPSIS")).unwrap();
    let plain = ["\\fB", "\\fI", "\\fR", "\\"]
        .iter()
        .fold(synopsis.to_owned(), |text, mark| text.replace(mark, ""));
    let help = program::run(program::root(), &[words, &["--help"]].concat(), b"").stdout;
    // What follows is prose.
    let lines = help.lines().take_while(|line| *line != "Examples:");
    // What a description goes on with is further to the right.
    let options = lines.filter(|line| line.starts_with("  -") || line.starts_with("      --"));
    let mut count = 0;
    for line in options {
        let Some((_, rest)) = line.split_once("--") else { continue };
        // `--timeout <LENGTH>  How long`, `--dry-run[=<MODE>]  Print`
        let shown = rest.split("  ").next().unwrap_or_default().trim_end_matches("...");
        let expected = format!("--{}", shown.replace(['<', '>'], ""));
        assert!(plain.contains(&expected), "{title}: no `{expected}` in {plain}");
        count += 1;
    }
    assert!(count > 0, "{title}: {help}");
}

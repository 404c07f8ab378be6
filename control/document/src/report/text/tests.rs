use super::*;
use crate::load::Fault;

fn shown(diagnostic: &Diagnostic, source: &Source) -> String {
    anstream::adapter::strip_str(&render(diagnostic, Some(source))).to_string()
}

fn fault(
    source: &Source,
    span: std::ops::Range<usize>,
    message: &str,
    help: Option<&str>,
) -> Diagnostic {
    let help = help.map(str::to_owned);
    Diagnostic::fault(source, &Fault { span, message: message.to_owned(), help })
}

#[test]
fn looks_like_rustc() {
    let source = Source::new("release.yaml", "kind: Release\r\nspec: [é, x\r\n");
    let diagnostic = fault(&source, 26..27, "expected `]`", Some("close the list"));
    assert_eq!(
        shown(&diagnostic, &source),
        "\
error[syntax]: expected `]`
 --> release.yaml:2:11
  |
2 | spec: [é, x
  |           ^
  |
  = help: close the list

"
    );
}

#[test]
fn marks_the_first_of_several_lines() {
    let source = Source::new("a.yaml", "a: |\n  b\n  c\nd: e");
    let diagnostic = fault(&source, 7..13, "no", None);
    assert_eq!(
        shown(&diagnostic, &source),
        "error[syntax]: no\n --> a.yaml:2:3\n  |\n2 |   b\n  |   ^\n\n"
    );
    assert_eq!((diagnostic.end_line, diagnostic.end_column), (Some(4), Some(1)));
}

#[test]
fn cuts_long_lines_and_messages() {
    let line = format!("a: {} b {}", "x".repeat(5000), "y".repeat(5000));
    let source = Source::new("a.yaml", line.clone());
    let text = shown(&fault(&source, 5004..5005, &line, None), &source);
    assert!(text.contains("a.yaml:1:5005"), "{text}");
    assert!(text.lines().all(|line| line.chars().count() < 450), "{text}");
}

#[test]
fn lines_of_a_failure_stay_lines() {
    let message = "refused: 2 faults:\r\n\t* \x1b[31mspec.a\x1b[0m: no\n\n* spec.b: no\u{202e}\n";
    let text = anstream::adapter::strip_str(&failure(message, Some("see a\nand b"))).to_string();
    assert_eq!(
        text,
        "error: refused: 2 faults:\n   * \\u{1b}[31mspec.a\\u{1b}[0m: no\n  * spec.b: no\\u{202e}\n\
         help: see a\n  and b\n"
    );
    assert_eq!(indented("a\nb", "    "), "a\n    b");
    assert_eq!(indented("a\n", "  "), "a");
}

#[test]
fn prints_no_control_characters() {
    let source = Source::new("\x1b[2Ja.yaml", "a: \x1b[31m\u{202e}b");
    let text = shown(&fault(&source, 0..1, "no \x1b[0m\u{202e}", Some("\x07")), &source);
    assert!(text.contains(r"a: \u{1b}[31m\u{202e}b"), "{text}");
    assert!(text.contains(r"no \u{1b}[0m\u{202e}"), "{text}");
    assert!(!text.contains(['\x1b', '\x07', '\u{202e}']), "{text}");
}

#[test]
fn the_mark_stands_below_what_it_means_behind_escaped_characters() {
    let source = Source::new("a.yaml", "a: \u{9b}\tx\u{2028}y # \u{200f}");
    let at = source.text().find('x').unwrap();
    let text = shown(&fault(&source, at..at + 4, "no", None), &source);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[3], r"1 | a: \u{9b}    x\u{2028}y # \u{200f}");
    assert_eq!(lines[4].find('^'), lines[3].find('x'), "{text}");
    assert_eq!(lines[1], " --> a.yaml:1:6");
    assert_eq!(lines[4].matches('^').count(), r"x\u{2028}".len(), "{text}");
}

#[test]
fn an_empty_file_has_a_place() {
    let source = Source::new("a.yaml", "");
    let text = shown(&fault(&source, 0..0, "the file is empty", None), &source);
    assert!(text.starts_with("error[syntax]: the file is empty\n --> a.yaml:1:1\n"), "{text}");
}

#[test]
fn counts_in_words() {
    assert_eq!(tally(1, 0), "1 error");
    assert_eq!(tally(2, 1), "2 errors, 1 warning");
    assert_eq!(tally(0, 3), "3 warnings");
}

#[test]
fn of_many_names_the_first_are_said_and_the_rest_is_counted() {
    let names: Vec<String> = (0..22).map(|number| format!("n{number}")).collect();
    assert_eq!(few(&names[..2]), "n0, n1");
    assert_eq!(few_names(&names[..1]), "`n0`");
    assert!(few_names(&names).ends_with("`n19`, 2 more"), "{}", few_names(&names));
    assert_eq!(few::<String>(&[]), "");
    assert_eq!(fewer(&names[..2]), "n0, n1");
    assert_eq!(fewer(&names[..5]), "n0, n1, n2, n3, n4");
    assert_eq!(fewer(&names[..7]), "n0, n1, n2, n3, n4, and 2 more");
    assert_eq!(fewer::<String>(&[]), "");
}

//! What `serin check` does to a text: whatever it holds, each problem is in it, can be shown to people and programs, and
//! what was read can be written.

use document::load::folder::Origin;
use document::load::{self, Document, Source};
use document::report::{Data, Diagnostic, text};
use document::yaml;
use import::review::{Reviewer, Subject};
use policy::{Node, Path, lint};
use serde::Deserialize;
use serde_json::Value;

/// The problems of a file that are listed, at most: a hundred errors, as many warnings, and how many more there are.
const MOST: usize = 202;

/// Whether a text is checked to the end.
///
/// # Panics
/// When it is not.
pub fn run(bytes: &[u8]) {
    let source = Source::new("input.yaml", String::from_utf8_lossy(bytes));
    _ = problems(source.text());
    for subject in [Subject::All, Subject::Releases] {
        let review = Reviewer::of(subject).review(&source, Origin::Named);
        assert!(review.diagnostics.len() <= MOST, "{} problems", review.diagnostics.len());
        shown(&review.diagnostics, &source);
        shown(review.nothing.as_slice(), &source);
    }
    let (documents, fault) = load::documents(&source);
    if fault.is_none() {
        documents.iter().for_each(written);
    }
}

/// All that is found in a text; how many problems there are.
///
/// # Panics
/// When one of them is nowhere in the text, or not worded as problems are.
#[must_use]
pub fn problems(text: &str) -> usize {
    let source = Source::new("input.yaml", text);
    let (documents, fault) = load::documents(&source);
    let mut found = 0;
    if let Some(fault) = &fault {
        inside(text, &fault.span);
        found += 1;
    }
    for mut document in documents {
        let mut problems = std::mem::take(&mut document.problems);
        if let Some(checked) = policy::check(&document.node, &Path::root(), &mut problems) {
            lint::lint(&checked.policy, &mut problems);
        }
        for problem in &problems {
            inside(text, &document.locate(&source, &problem.place));
            assert!(!problem.message.is_empty() && !problem.message.ends_with('.'), "{problem}");
            found += 1;
        }
    }
    found
}

/// Whether the bytes of a span are in a text.
///
/// # Panics
/// When they are not.
pub fn inside(text: &str, span: &std::ops::Range<usize>) {
    assert!(span.start <= span.end && text.get(span.clone()).is_some(), "{span:?} of {text:?}");
}

/// Whether problems can be shown: nothing of a text reaches a terminal or a program as it is that would not be printed.
///
/// # Panics
/// When they cannot.
pub fn shown(diagnostics: &[Diagnostic], source: &Source) {
    for diagnostic in diagnostics {
        inside(source.text(), &diagnostic.span);
        let printed = text::render(diagnostic, Some(source));
        let hidden = printed.chars().find(|c| is_hidden(*c) && !matches!(c, '\n' | '\x1b'));
        assert_eq!(hidden, None, "{printed:?}");
    }
    let value = serde_json::to_value(diagnostics).unwrap();
    for form in [Data::Json, Data::Yaml] {
        let printed = form.document(&diagnostics).unwrap();
        let hidden = printed.chars().find(|c| is_hidden(*c) && *c != '\n');
        assert_eq!(hidden, None, "{printed:?}");
        assert_eq!(read(&printed), Node::deserialize(&value).unwrap(), "{printed}");
    }
}

/// Control characters, marks of direction, and what separates lines.
fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{206f}' | '\u{feff}'
        )
}

/// Whether a document means the same after it was written.
fn written(document: &Document) {
    if !document.problems.is_empty() {
        return;
    }
    let Some(value) = value(&document.node) else { return };
    let printed = yaml::block(&value).unwrap_or_else(|error| panic!("{error}: {value}"));
    assert_eq!(read(&printed), document.node, "{printed}");
}

/// The one document of a text.
///
/// # Panics
/// When it is not one that is well.
#[must_use]
pub fn read(text: &str) -> Node {
    let (documents, fault) = load::documents(&Source::new("written.yaml", text));
    assert_eq!(fault, None, "{text}");
    let [document] = documents.as_slice() else { panic!("{} documents: {text}", documents.len()) };
    assert!(document.problems.is_empty(), "{}: {text}", document.problems);
    document.node.clone()
}

/// A node as JSON has it; none where it has something that JSON does not, such as a key twice.
fn value(node: &Node) -> Option<Value> {
    match node {
        Node::Null => Some(Value::Null),
        Node::Bool(value) => Some(Value::Bool(*value)),
        Node::Number(number) => serde_json::Number::from_f64(*number).map(Value::Number),
        Node::String(text) => Some(Value::String(text.clone())),
        Node::List(items) => items.iter().map(value).collect::<Option<_>>().map(Value::Array),
        Node::Map(entries) => {
            let written = entries.iter().map(|(key, node)| Some((key.clone(), value(node)?)));
            let map = written.collect::<Option<serde_json::Map<_, _>>>()?;
            (map.len() == entries.len()).then_some(Value::Object(map))
        }
    }
}

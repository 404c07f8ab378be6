//! An entry of a rule's `match`, as a block of a Release: which requests it takes.
//!
//! What is said here about Istio is from its `pilot/pkg/networking/core/route/route.go` (`TranslateRouteMatch`,
//! `IsCatchAllRoute`), about Envoy from a real one.

use istio::field::Field;
use istio::virtual_service::Entry;
use policy::policy::{HeaderName, Subject};
use policy::regex::Case;
use policy::{Code, Node, Problem, Problems};

use super::conditions::{Conditions, Input};
use super::draft::Draft;
use super::headers;
use super::string_match::{Operator, StringMatch};
use super::unsupported;

/// What an entry takes.
#[derive(Clone, Debug)]
pub(super) enum Takes {
    /// Every request.
    All,
    /// None: no path looks like that.
    Nothing,
    /// Those that meet the block.
    Some(Draft),
}

/// An entry that was read.
#[derive(Debug)]
pub(super) struct Block {
    pub(super) takes: Takes,
    /// Whether that is all there is to it; otherwise it takes fewer, or it is not known.
    pub(super) is_whole: bool,
}

/// Reads an entry of a VirtualService for these proxies.
pub(super) fn read(
    entry: &Entry<'_>,
    proxies: &unsupported::Proxies<'_>,
    problems: &mut Problems,
) -> Block {
    if unsupported::is_elsewhere(entry, proxies) {
        return Block { takes: Takes::Nothing, is_whole: true };
    }
    let mut found = Problems::default();
    unsupported::callers(entry, proxies, &mut found);
    let mut all = Conditions::default();
    let mut without = Conditions::default();
    callers(entry, &mut all);
    headers::read(&entry.field, &mut all, &mut without, &mut found);
    fixed(&entry.field, &mut all, &mut found);
    query(&entry.field, &mut all, &mut found);
    let path = path(&entry.field, &mut all, &mut found);
    let is_whole = found.allow();
    problems.extend(found);
    let takes = match path {
        Paths::None => Takes::Nothing,
        Paths::All(_) if all.is_empty() && without.is_empty() => Takes::All,
        path => {
            if let Paths::All(Some(test)) = path {
                // No other test of the path was added.
                let _ = all.add(Input::Path, test);
            }
            let mut fields = all.fields();
            if !without.is_empty() {
                fields.push(("without", Draft::map(without.fields())));
            }
            Takes::Some(Draft::map(fields).made_of(&entry.field.path))
        }
    };
    Block { takes, is_whole }
}

/// The labels of those who call; with `gateways` Istio does not look at them.
fn callers(entry: &Entry<'_>, all: &mut Conditions) {
    if !entry.gateways.is_empty() {
        return;
    }
    let at = entry.field.path.key("sourceLabels");
    for (label, value) in &entry.labels {
        let path = at.key(label);
        let test = Draft::map([("exact", Draft::text(value).made_of(&path))]).made_of(&path);
        // A key that stands twice was found before.
        let _ = all.add(Input::Caller((*label).to_owned()), test);
    }
}

/// The tests of `method` and `authority`, which are headers to Envoy.
fn fixed(entry: &Field<'_>, all: &mut Conditions, problems: &mut Problems) {
    for (key, input, subject) in [
        ("method", Input::Method, HeaderName::method()),
        ("authority", Input::Authority, HeaderName::authority()),
    ] {
        let Some(field) = entry.get(key) else { continue };
        let Some(test) = StringMatch::read(&field, problems) else { continue };
        test.refuse_empty(problems);
        test.warn_of_strange(&field, problems);
        // Every request has both.
        if !test.takes_every_value(&Subject::Header(subject))
            && all.add(input, test.draft(Case::Sensitive)).is_err()
        {
            problems.add(headers::tested_twice(key, &field.path));
        }
    }
    if let Some(scheme) = entry.get("scheme") {
        if let Some(test) = StringMatch::read(&scheme, problems) {
            test.refuse_empty(problems);
            test.warn_of_strange(&scheme, problems);
        }
        problems.add(unsupported::problem(
            &scheme.path,
            "a test of the scheme",
            "a Release cannot test it",
        ));
    }
}

fn query(entry: &Field<'_>, all: &mut Conditions, problems: &mut Problems) {
    let parameters = entry.get("queryParams").map(|map| map.entries(problems));
    for (name, field) in parameters.into_iter().flatten() {
        let Some(test) = StringMatch::read(&field, problems) else { continue };
        test.refuse_empty(problems);
        test.warn_of_strange(&field, problems);
        // A key that stands twice was found before.
        let _ = all.add(Input::Query(name.to_owned()), test.draft(Case::Sensitive));
    }
}

/// Which paths an entry takes.
#[derive(Debug)]
enum Paths {
    /// All; the test that says so, where it is worth writing.
    All(Option<Draft>),
    /// Those that pass the test that was added.
    Some,
    None,
}

fn path(entry: &Field<'_>, all: &mut Conditions, problems: &mut Problems) -> Paths {
    let Some(uri) = entry.get("uri") else { return Paths::All(None) };
    let Some(test) = StringMatch::read_uri(&uri, problems) else { return Paths::Some };
    let case = match entry.get("ignoreUriCase").map(|flag| flag.node) {
        Some(Node::Bool(true)) => Case::Ignore,
        _ => Case::Sensitive,
    };
    let (key, reason) = match test.operator {
        Operator::Present | Operator::Prefix("") => return Paths::All(None),
        Operator::Prefix("/") => return Paths::All(Some(test.draft(Case::Sensitive))),
        // `OPTIONS *`, whose path is no path, is all that `/` leaves out.
        _ if test.takes_every_value(&Subject::Path) && test.takes("*") => return Paths::All(None),
        _ if test.takes_every_value(&Subject::Path) => {
            // Cheaper than the regex, and the same of all that is a path.
            let operand = Draft::text("/").made_of(&test.path.key("regex"));
            return Paths::All(Some(Draft::map([("prefix", operand)]).made_of(&test.path)));
        }
        Operator::Exact(text) => ("exact", impossible(text).filter(|_| text != "*")),
        Operator::Prefix(text) => ("prefix", impossible(text)),
        Operator::Regex(_) => ("regex", None),
    };
    test.refuse_empty(problems);
    if let Some(reason) = reason {
        let message = format!("no request has such a path: {reason}");
        problems.add(Problem::warning(Code::NeverMatches, &test.path.key(key), message));
        return Paths::None;
    }
    if key == "regex" && case == Case::Ignore {
        let at = entry.path.key("ignoreUriCase");
        let message = "`ignoreUriCase` has no effect on a `regex`";
        let problem = Problem::warning(Code::RegexTrap, &at, message);
        problems.add(problem.help("begin the regex with `(?i)`"));
    }
    let _ = all.add(Input::Path, test.draft(case));
    Paths::Some
}

/// Why no path is this, or begins with it.
fn impossible(text: &str) -> Option<&'static str> {
    if !text.starts_with('/') {
        Some("a path starts with `/`")
    } else if text.contains(['?', '#']) {
        Some("paths are matched without their query")
    } else {
        None
    }
}

//! What the language finds in the tests of a VirtualService: regexes that cannot be read, traps, rules that no request
//! reaches.
//!
//! Its blocks become a Release of nothing else, which `policy` checks and lints. What of an entry was not understood
//! narrows it: such a block stands behind all others, where it covers none of them.

use std::collections::BTreeSet;

use istio::field::Field;
use istio::virtual_service::VirtualService;
use policy::lint;
use policy::{Code, Node, Part, Path, Policy, Problem, Problems, Segment, Spec};
use serde_json::json;

use super::draft::{Draft, Origins};
use super::names;
use super::translation::{Rule, Translation};

/// A rule of the Release that is looked at.
struct Looked {
    blocks: Vec<Draft>,
    name: Draft,
    /// Whether there is nothing else to it.
    is_whole: bool,
}

/// Adds what is wrong with the tests, and warnings.
pub(super) fn find(service: &VirtualService<'_>, made: &Translation<'_>, problems: &mut Problems) {
    let mut looked = looked(service, made);
    if looked.is_empty() {
        return;
    }
    let (mut release, mut origins) = draft(&looked).finish();
    let mut found = Problems::default();
    if policy::check(&release, &Path::root(), &mut found).is_none() {
        // The others are looked at without those that cannot be read.
        drop_wrong(&mut looked, &found);
        add(service, &found, &origins, problems);
        (release, origins) = draft(&looked).finish();
    }
    // Istio runs what is too large for Serin: it is looked at, too.
    let spec = Spec::read(&release, &Path::root(), &mut Problems::default());
    let Some(policy) = spec.and_then(|spec| Policy::try_from(spec).ok()) else { return };
    let mut found = Problems::default();
    lint::lint(&policy, &mut found);
    let is_sure = |problem: &&Problem| {
        problem.code != Code::Unreachable
            || position(&problem.place.path)
                .and_then(|(rule, _)| looked.get(rule))
                .is_some_and(|rule| rule.is_whole)
    };
    let mut sure = Problems::default();
    sure.extend(found.iter().filter(is_sure).cloned());
    add(service, &sure, &origins, problems);
}

fn looked(service: &VirtualService<'_>, made: &Translation<'_>) -> Vec<Looked> {
    let all = || made.rules.iter().chain(&made.last);
    let written: Vec<_> = all()
        .map(|rule| (rule.index, service.rules.get(rule.index).map_or("", |rule| rule.name)))
        .collect();
    let names = names::of_rules(&written);
    let name = |rule: &Rule<'_>, name: &str| {
        let at = service.object.root.path.key("spec").key("http").index(rule.index);
        let has_name = service.rules.get(rule.index).is_some_and(|rule| !rule.name.is_empty());
        Draft::text(name).made_of(&if has_name { at.key("name") } else { at })
    };
    let rules = || all().zip(&names);
    let blocks = |rule: &Rule<'_>, wanted: bool| -> Vec<Draft> {
        let blocks = rule.blocks.iter().filter(|(_, is_whole)| *is_whole == wanted);
        blocks.map(|(block, _)| block.clone()).collect()
    };
    let whole = rules().map(|(rule, own)| Looked {
        blocks: blocks(rule, true),
        name: name(rule, own),
        is_whole: !rule.is_partial,
    });
    let partial = rules().enumerate().map(|(number, (rule, _))| Looked {
        blocks: blocks(rule, false),
        name: name(rule, &format!("partial.{number}")),
        is_whole: false,
    });
    whole.chain(partial).filter(|rule| !rule.blocks.is_empty()).collect()
}

/// The Release of these rules.
fn draft(rules: &[Looked]) -> Draft {
    let rules = rules.iter().map(|rule| {
        Draft::map([
            ("name", rule.name.clone()),
            ("match", Draft::list(rule.blocks.clone())),
            ("split", Draft::leaf(json!({ "b": 100 }))),
        ])
    });
    let subset = |name: &str| json!({ "name": name, "labels": { "version": name } });
    Draft::map([
        ("apiVersion", Draft::text(policy::spec::API_VERSION)),
        ("kind", Draft::text(policy::spec::KIND)),
        ("metadata", Draft::leaf(json!({ "name": "x" }))),
        (
            "spec",
            Draft::map([
                ("host", Draft::text("x")),
                ("stable", Draft::text("a")),
                ("subsets", Draft::leaf(json!([subset("a"), subset("b")]))),
                ("rules", Draft::list(rules.collect())),
            ]),
        ),
    ])
}

/// The rule and, where there is one, the block that a path leads into.
fn position(path: &Path) -> Option<(usize, Option<usize>)> {
    match path.segments().as_slice() {
        [_, _, Segment::Index(rule), Segment::Key(key), Segment::Index(block), ..]
            if key == "match" =>
        {
            Some((*rule, Some(*block)))
        }
        [_, _, Segment::Index(rule), ..] => Some((*rule, None)),
        _ => None,
    }
}

fn drop_wrong(looked: &mut Vec<Looked>, found: &Problems) {
    let is_unread =
        |problem: &&Problem| !matches!(problem.code, Code::RegexTooLarge | Code::WorstRequest);
    let wrong = found.iter().filter(is_unread);
    let wrong: BTreeSet<_> = wrong.filter_map(|problem| position(&problem.place.path)).collect();
    for (number, rule) in looked.iter_mut().enumerate() {
        let before = rule.blocks.len();
        let mut block = 0;
        rule.blocks.retain(|_| {
            let keep = !wrong.contains(&(number, Some(block)));
            block += 1;
            keep
        });
        rule.is_whole &= rule.blocks.len() == before;
    }
    looked.retain(|rule| !rule.blocks.is_empty());
}

/// Adds problems of the Release as those of the VirtualService.
fn add(service: &VirtualService<'_>, found: &Problems, origins: &Origins, problems: &mut Problems) {
    // What is empty was found before, in Istio's words.
    for problem in found.iter().filter(|problem| problem.code != Code::Empty) {
        let (_, problem) = origins.trace(problem);
        problems.add(corrected(service, problem));
    }
}

/// The same, with the regex that its author meant.
fn corrected(service: &VirtualService<'_>, problem: Problem) -> Problem {
    if problem.code != Code::RegexTrap || problem.place.part != Part::Value {
        return problem;
    }
    let Some(help) = problem.help.as_ref().filter(|help| help.starts_with(lint::ITSELF)) else {
        return problem;
    };
    let Some(better) = better(service, &problem.place.path) else { return problem };
    let help = help.replace(lint::ITSELF, "a Release tests the cookie itself:");
    let help = format!("write `regex: '{better}'`; {help}");
    Problem { help: Some(help), ..problem }
}

/// The regex that the author of the test at `path`, or of its operand, meant.
fn better(service: &VirtualService<'_>, path: &Path) -> Option<String> {
    let node = below(&service.object.root, path)?;
    let operand = match path.segments().last() {
        Some(Segment::Key(key)) => key.as_str(),
        _ => return None,
    };
    match (operand, node, node.get("exact")) {
        ("regex", Node::String(regex), _) => lint::whole_cookie(regex),
        ("prefix", Node::String(text), _) => {
            lint::whole_cookie(&format!("{}[^;]*", lint::escape(text)))
        }
        (_, _, Some(Node::String(text))) => lint::whole_cookie(&lint::escape(text)),
        _ => None,
    }
}

/// The value at a path of the document, in an object of it.
fn below<'n>(root: &Field<'n>, path: &Path) -> Option<&'n Node> {
    let mut node = root.node;
    for segment in path.segments().into_iter().skip(root.path.segments().len()) {
        node = match (node, segment) {
            (Node::Map(_), Segment::Key(key)) => node.get(key)?,
            (Node::List(items), Segment::Index(index)) => items.get(*index)?,
            _ => return None,
        };
    }
    Some(node)
}

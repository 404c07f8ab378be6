//! The fields that Istio's objects have, and what each must be: whatever else is written would be refused by the
//! API server, or dropped without a word.

pub(super) mod virtual_service;

use istio::field::Field;
use policy::spec::suggest;
use policy::{Code, Node, Part, Problem, Problems};

/// The fields of a map.
pub(super) struct Shape {
    /// What they are the fields of, for messages.
    pub(super) of: &'static str,
    pub(super) fields: &'static [(&'static str, Kind)],
    /// What to do about fields that people write there, but that belong elsewhere.
    pub(super) hints: &'static [(&'static str, &'static str)],
}

/// What a value must be; nothing (`null`) is as good as no value.
pub(super) enum Kind {
    /// Whatever it is: it is not read.
    Any,
    Text,
    Texts,
    Flag,
    /// A whole number from 0 to this.
    Whole(i32),
    /// Texts by free keys.
    Labels,
    Map(&'static Shape),
    Maps(&'static Shape),
    /// Maps by free keys; nothing is as good as an empty one.
    Named(&'static Shape),
}

/// Adds what is wrong with a value of `kind`.
pub(super) fn check(field: &Field<'_>, kind: &Kind, problems: &mut Problems) {
    match kind {
        Kind::Any => {}
        Kind::Text => text(field, problems),
        Kind::Texts => {
            for item in field.items(problems) {
                text(&item, problems);
            }
        }
        Kind::Labels => {
            for (_, value) in field.entries(problems) {
                text(&value, problems);
            }
        }
        Kind::Flag => {
            if !matches!(field.node, Node::Bool(_)) {
                wrong("`true` or `false`", field, None, problems);
            }
        }
        Kind::Whole(most) => whole(field, *most, problems),
        Kind::Map(shape) => map(field, shape, problems),
        Kind::Maps(shape) => {
            for item in field.items(problems) {
                map(&item, shape, problems);
            }
        }
        Kind::Named(shape) => {
            let entries = field.entries(problems);
            for (_, value) in entries.iter().filter(|(_, value)| *value.node != Node::Null) {
                map(value, shape, problems);
            }
        }
    }
}

fn map(field: &Field<'_>, shape: &Shape, problems: &mut Problems) {
    for (key, value) in field.entries(problems) {
        match shape.fields.iter().find(|(name, _)| *name == key) {
            Some((_, kind)) if *value.node != Node::Null => check(&value, kind, problems),
            Some(_) => {}
            None => problems.unread(unknown(key, &value, shape)),
        }
    }
}

fn unknown(key: &str, value: &Field<'_>, shape: &Shape) -> Problem {
    let names: Vec<&str> = shape.fields.iter().map(|(name, _)| *name).collect();
    let camel = camel_case(key);
    let hint = shape.hints.iter().find(|(name, _)| *name == key).map(|(_, hint)| *hint);
    let help = match hint {
        Some(hint) => hint.to_owned(),
        None if names.contains(&camel.as_str()) => {
            format!("write `{camel}`: objects use camel case only")
        }
        None => suggest(key, &names),
    };
    let message = format!("unknown field `{key}` of {}", shape.of);
    Problem::error(Code::UnknownField, &value.path, message).about(Part::Key(0)).help(help)
}

/// `source_labels` as `sourceLabels`.
fn camel_case(key: &str) -> String {
    let mut parts = key.split('_');
    let mut camel = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let mut characters = part.chars();
        camel.extend(characters.next().map(|first| first.to_ascii_uppercase()));
        camel.push_str(characters.as_str());
    }
    camel
}

fn text(field: &Field<'_>, problems: &mut Problems) {
    let help = match field.node {
        Node::String(_) => return,
        Node::Bool(_) | Node::Number(_) => Some("put it in quotes"),
        _ => None,
    };
    wrong("a string", field, help, problems);
}

fn whole(field: &Field<'_>, most: i32, problems: &mut Problems) {
    let Node::Number(number) = field.node else {
        return wrong("a whole number", field, None, problems);
    };
    if number.fract() != 0.0 {
        wrong("a whole number", field, Some("Istio accepts only 32-bit integers"), problems);
    } else if !(0.0..=f64::from(most)).contains(number) {
        let message =
            format!("expected a number from 0 to {most}, found {}", field.node.describe());
        problems.unread(Problem::error(Code::OutOfRange, &field.path, message));
    }
}

fn wrong(expected: &str, field: &Field<'_>, help: Option<&str>, problems: &mut Problems) {
    let message = format!("expected {expected}, found {}", field.node.describe());
    let problem = Problem::error(Code::Type, &field.path, message);
    problems.unread(Problem { help: help.map(str::to_owned), ..problem });
}

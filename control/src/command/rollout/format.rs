//! The form of what is printed about Releases of a cluster: as other commands have it, or their names alone.

use clap::ValueEnum;
use clap::builder::PossibleValue;

use document::report::{Format, text};
use rollout::drive::cluster::{Object, Resource};

/// The form of what is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ObjectFormat {
    /// What is known, or happens.
    Whole(Format),
    /// `release.serin.dev/NAME` of each object, which other commands take for a name.
    Name,
}

/// `-o` of a command that prints Releases of a cluster.
#[derive(Clone, Copy, Debug, clap::Args)]
pub struct ObjectFormatArgs {
    /// Output format: text (or wide, which is the same), json, yaml or name
    #[arg(
        long,
        short = 'o',
        visible_alias = "output",
        value_enum,
        default_value_t,
        hide_possible_values = true
    )]
    pub format: ObjectFormat,
}

impl Default for ObjectFormat {
    fn default() -> Self {
        Self::Whole(Format::Text)
    }
}

impl ValueEnum for ObjectFormat {
    fn value_variants<'a>() -> &'a [Self] {
        use document::report::Data::{Json, Yaml};
        const ALL: [ObjectFormat; 4] = [
            ObjectFormat::Whole(Format::Text),
            ObjectFormat::Whole(Format::Data(Json)),
            ObjectFormat::Whole(Format::Data(Yaml)),
            ObjectFormat::Name,
        ];
        &ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        match self {
            // The text has all columns.
            Self::Whole(Format::Text) => {
                Format::Text.to_possible_value().map(|text| text.alias("wide"))
            }
            Self::Whole(format) => format.to_possible_value(),
            Self::Name => Some(PossibleValue::new("name")),
        }
    }
}

/// `release.serin.dev/reviews`.
pub(super) fn name(name: &str) -> String {
    let Resource { kind, group, .. } = Resource::RELEASE;
    format!("{}.{group}/{}", kind.to_lowercase(), text::printable(name))
}

/// The names of Releases, a line each.
pub(super) fn names(releases: &[Object]) -> String {
    releases.iter().map(|release| name(release.name()) + "\n").collect()
}

/// A Release's name on the command line, with or without its kind before it.
pub(in crate::command) fn parse_name(text: &str) -> Result<String, String> {
    let (kind, name) = match text.split_once('/') {
        Some((kind, name)) => (Some(kind.to_lowercase()), name),
        None => (None, text),
    };
    let kinds = ["release", "releases", "rel", "release.serin.dev", "releases.serin.dev"];
    match kind {
        Some(kind) if !kinds.contains(&kind.as_str()) => {
            Err("expected NAME or release/NAME; `--namespace` selects its namespace".to_owned())
        }
        _ if name.is_empty() || name.contains('/') => {
            Err("expected the name of a Release".to_owned())
        }
        _ => Ok(name.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_taken_as_they_are_printed() {
        for text in ["reviews", "release/reviews", "Releases/reviews", &name("reviews")] {
            assert_eq!(parse_name(text), Ok("reviews".to_owned()), "{text}");
        }
        for text in ["", "bookinfo/reviews", "release/", "release/a/b", "pod/a"] {
            assert!(parse_name(text).is_err(), "{text}");
        }
    }
}

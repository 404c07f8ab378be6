//! Output for programs: one document of JSON or YAML, or one for each event.

#[cfg(feature = "clap")]
use clap::ValueEnum;
#[cfg(feature = "clap")]
use clap::builder::PossibleValue;
use serde::Serialize;
use serde::ser::Error as _;

use super::text;
use crate::yaml;

/// The output format.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// For people.
    #[default]
    Text,
    /// For programs: standard output holds nothing else.
    Data(Data),
}

/// How a document is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "clap", derive(ValueEnum))]
pub enum Data {
    /// As JSON.
    #[default]
    Json,
    /// As YAML.
    Yaml,
}

impl Format {
    /// Whether people read it.
    #[must_use]
    pub fn is_text(self) -> bool {
        self == Self::Text
    }
}

#[cfg(feature = "clap")]
impl ValueEnum for Format {
    fn value_variants<'a>() -> &'a [Self] {
        &[Self::Text, Self::Data(Data::Json), Self::Data(Data::Yaml)]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        match self {
            Self::Text => Some(PossibleValue::new("text")),
            Self::Data(data) => data.to_possible_value(),
        }
    }
}

impl Data {
    /// The value as one document, with a line feed at the end.
    ///
    /// # Errors
    /// When the value cannot be written; those of this program all can.
    pub fn document(self, value: &impl Serialize) -> serde_json::Result<String> {
        match self {
            Self::Json => Ok(text::escaped(serde_json::to_string_pretty(value)?) + "\n"),
            Self::Yaml => {
                yaml::block(&serde_json::to_value(value)?).map_err(serde_json::Error::custom)
            }
        }
    }

    /// The value as one of a series of documents: a line of JSON, or YAML after `---`.
    ///
    /// # Errors
    /// As [`Data::document`].
    pub fn one_of_many(self, value: &impl Serialize) -> serde_json::Result<String> {
        match self {
            Self::Json => Ok(text::escaped(serde_json::to_string(value)?) + "\n"),
            Self::Yaml => Ok(format!("---\n{}", self.document(value)?)),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn documents_follow_each_other_as_programs_expect() {
        let value = json!({"phase": "Idle", "step": null});
        assert_eq!(Data::Json.one_of_many(&value).unwrap(), "{\"phase\":\"Idle\",\"step\":null}\n");
        assert_eq!(Data::Yaml.one_of_many(&value).unwrap(), "---\nphase: Idle\nstep: null\n");
        assert_eq!(Data::Yaml.document(&value).unwrap(), "phase: Idle\nstep: null\n");
        assert_eq!(Data::Json.document(&[1]).unwrap(), "[\n  1\n]\n");
    }

    #[cfg(feature = "clap")]
    #[test]
    fn formats_have_the_names_that_kubectl_gives_them() {
        for (name, format) in [
            ("text", Format::Text),
            ("json", Format::Data(Data::Json)),
            ("yaml", Format::Data(Data::Yaml)),
        ] {
            assert_eq!(<Format as ValueEnum>::from_str(name, false), Ok(format));
        }
    }
}

//! How bad a problem is, and of what kind.

use std::fmt;

/// How bad a [`Problem`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The document is refused.
    Error,
    /// The document works, but probably not as its author thinks.
    Warning,
}

impl Severity {
    /// `error` or `warning`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

macro_rules! codes {
    ($($(#[doc = $doc:literal])* $(#[cfg($cfg:meta)])? $name:ident = $text:literal,)*) => {
        /// The kind of a [`Problem`]: stable names for programs that read `--format json`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code { $($(#[doc = $doc])* $(#[cfg($cfg)])? $name,)* }

        impl Code {
            /// Every code, for documentation.
            pub const ALL: &[Self] = &[$($(#[cfg($cfg)])? Self::$name,)*];

            /// The code as it is printed.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $($(#[cfg($cfg)])? Self::$name => $text,)* }
            }
        }
    };
}

codes! {
    /// The text is not YAML or JSON at all.
    Syntax = "syntax",
    /// Not a Release of a version that this program knows.
    Kind = "kind",
    /// A value of another type than the field takes.
    Type = "type",
    /// A field that the language does not have.
    UnknownField = "unknown-field",
    /// A field of the language that this version cannot do yet.
    NotYet = "not-yet",
    /// What is right where it stands, but a Release has nothing for it.
    Unsupported = "unsupported",
    /// A key that stands twice in one map.
    DuplicateKey = "duplicate-key",
    /// A field that must be there is not.
    MissingField = "missing-field",
    /// A list, map or text that must hold something is empty.
    Empty = "empty",
    /// A name that its kind of thing cannot have.
    InvalidName = "invalid-name",
    /// A number that is out of its range.
    OutOfRange = "out-of-range",
    /// Not exactly one of a choice of fields.
    OneOf = "one-of",
    /// A regular expression that cannot be read, or that RE2 reads differently.
    InvalidRegex = "invalid-regex",
    /// A regular expression that grows beyond the limits when it is determinized.
    RegexTooLarge = "regex-too-large",
    /// Shares that are no percentages, or do not sum up.
    InvalidSplit = "invalid-split",
    /// A subset that is not declared.
    UnknownSubset = "unknown-subset",
    /// Two things that must differ have the same name or key.
    DuplicateName = "duplicate-name",
    /// A rollout that cannot go as it is written.
    #[cfg(feature = "rollout")]
    InvalidRollout = "invalid-rollout",
    /// A condition that no request can meet, or none that browsers send.
    NeverMatches = "never-matches",
    /// A rule that no request can reach.
    Unreachable = "unreachable",
    /// An identity that changes while the user stays the same.
    UnstableIdentity = "unstable-identity",
    /// A pattern that misses what its author surely means.
    RegexTrap = "regex-trap",
    /// What would change nothing in the mesh, by the objects beside it.
    NoEffect = "no-effect",
    /// A subset gets copies of requests that it answers, too.
    MirrorOverlap = "mirror-overlap",
    /// A crafted request would cost too much.
    WorstRequest = "worst-request",
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

//! The builds of the filter's module that proxies can get, and which of them a Release needs.

use policy::policy::Test;
use policy::{Checked, Code, Path, Policy, Problem};

use super::Module;

/// The file of the build with the regex engine.
pub const FULL: &str = "serin.wasm";
/// The file of the one without.
pub const LITE: &str = "serin-lite.wasm";

/// The builds that there are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Modules {
    /// The one with the regex engine.
    Full(Module),
    /// The one without, which takes less memory in every proxy.
    Lite(Module),
    /// Both.
    Both {
        /// With the regex engine.
        full: Module,
        /// Without.
        lite: Module,
    },
}

impl Modules {
    /// Those that are there; none where there is none.
    #[must_use]
    pub fn of(full: Option<Module>, lite: Option<Module>) -> Option<Self> {
        match (full, lite) {
            (Some(full), Some(lite)) => Some(Self::Both { full, lite }),
            (Some(full), None) => Some(Self::Full(full)),
            (None, Some(lite)) => Some(Self::Lite(lite)),
            (None, None) => None,
        }
    }

    /// The one for a Release: without the regex engine, if there is one and the Release does without.
    ///
    /// # Errors
    /// When the Release needs the engine, and there is no build that has it.
    pub fn chosen(&self, release: &Checked) -> Result<&Module, Problem> {
        match (self, release.program.needs_regex_engine()) {
            (Self::Full(module), _)
            | (Self::Both { full: module, .. }, true)
            | (Self::Both { lite: module, .. } | Self::Lite(module), false) => Ok(module),
            (Self::Lite(_), true) => Err(lacking(&release.policy)),
        }
    }

    /// Those that are left where whatever comes of the Release is to run in the same one.
    ///
    /// # Errors
    /// When the Release needs the engine, and there is no build that has it.
    pub fn for_all_of(&self, release: &Checked) -> Result<Self, Problem> {
        let chosen = self.chosen(release)?;
        Ok(match self {
            Self::Both { lite, .. } if chosen != lite => Self::Full(chosen.clone()),
            _ => self.clone(),
        })
    }
}

fn lacking(policy: &Policy) -> Problem {
    let conditions = policy.rules().iter().flat_map(|rule| {
        let conditions = rule.blocks().iter().flat_map(|block| &block.conditions);
        conditions.map(move |condition| (rule, condition))
    });
    let mut regexes = conditions.filter(|(_, condition)| {
        matches!(condition.test, Test::Regex { .. }) && condition.plain().is_none()
    });
    let (path, rule) = match regexes.next() {
        Some((rule, condition)) => {
            (condition.path.key("regex"), format!("the rule `{}`", rule.name()))
        }
        None => (Path::root().key("spec").key("rules"), "a rule".to_owned()),
    };
    let message = format!(
        "{rule} needs the regex engine, and only the module without it (`{LITE}`) is given"
    );
    let help = "give `serin.wasm` too, or write the test as `exact`, `prefix`, `suffix`, `contains` or `in`";
    Problem::error(Code::Unsupported, &path, message).help(help)
}

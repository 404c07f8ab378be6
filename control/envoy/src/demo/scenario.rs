//! The scenarios: the folders of `envoyfilter/`, part of the program so that it needs no checkout.

use anyhow::{Context, bail};
use document::load::{self, Source};
use document::report::{Diagnostic, text};
use policy::{Checked, Path};

use super::visitors::Visitors;

/// A Release and who visits it.
#[derive(Debug)]
pub struct Scenario {
    /// The name of its folder.
    pub name: &'static str,
    release: &'static str,
    users: &'static str,
}

macro_rules! scenario {
    ($name:literal) => {
        Scenario {
            name: $name,
            release: include_str!(concat!("../../../../envoyfilter/", $name, "/release.yaml")),
            users: include_str!(concat!("../../../../envoyfilter/", $name, "/users.yaml")),
        }
    };
}

/// All scenarios, in the order in which the demo runs them.
pub static ALL: [Scenario; 6] = [
    scenario!("cookie-tutorial"),
    scenario!("istio-focused-regex"),
    scenario!("istio-focused-cookie"),
    scenario!("bookinfo-ratio"),
    scenario!("kubesphere-content"),
    scenario!("pipecd"),
];

/// The name under which the shift is asked for, as if it were a scenario.
pub const SHIFT: &str = "shift";
/// The scenario that the shift starts from.
pub const SHIFTED: &str = "pipecd";

impl Scenario {
    /// The scenario `name`.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        ALL.iter().find(|scenario| scenario.name == name)
    }

    /// Its Release.
    ///
    /// # Errors
    /// When it has problems, which a test rules out.
    pub fn release(&self) -> anyhow::Result<Checked> {
        let source = Source::new(format!("envoyfilter/{}/release.yaml", self.name), self.release);
        let (documents, fault) = load::documents(&source);
        let mut found: Vec<Diagnostic> =
            fault.iter().map(|fault| Diagnostic::fault(&source, fault)).collect();
        for mut document in documents {
            let mut problems = std::mem::take(&mut document.problems);
            let checked = policy::check(&document.node, &Path::root(), &mut problems);
            if let Some(release) = checked.filter(|_| problems.allow()) {
                return Ok(release);
            }
            let new = |problem| Diagnostic::new(&source, &document, problem);
            found.extend(problems.iter().map(new));
        }
        bail!("{}", found.iter().map(|one| text::render(one, Some(&source))).collect::<String>())
    }

    /// Who visits it.
    ///
    /// # Errors
    /// When the file is wrong, which a test rules out.
    pub fn visitors(&self) -> anyhow::Result<Visitors> {
        Visitors::read(self.users).with_context(|| format!("envoyfilter/{}/users.yaml", self.name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::population::Population;
    use crate::demo::stage::subset_names;

    #[test]
    fn every_scenario_can_be_played() {
        for scenario in &ALL {
            let release = scenario.release().unwrap();
            let visitors = scenario.visitors().unwrap();
            let subsets = subset_names(&release);
            for group in &visitors.groups {
                for subset in group.expect.keys() {
                    assert!(
                        subsets.contains(subset),
                        "{}: {}: `{subset}`",
                        scenario.name,
                        group.name
                    );
                }
            }
            let population = Population::new(&visitors, None).unwrap();
            assert!(population.requests() > 0, "{}", scenario.name);
        }
    }

    #[test]
    fn the_shift_starts_from_a_scenario() {
        assert!(Scenario::named(SHIFTED).is_some());
        assert!(Scenario::named(SHIFT).is_none());
    }
}

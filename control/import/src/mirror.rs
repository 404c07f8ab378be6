//! `mirror` and `mirrors` of rules: a Release copies requests too, all of them alike and to one subset of its service.

use istio::field::Field;
use istio::host;
use istio::virtual_service::{Copies, Rule};
use policy::policy::Share;
use policy::{Code, Path, Problem, Problems};

use super::draft::Draft;
use super::unsupported;

/// Copies of requests, as a rule says it.
#[derive(Clone, Debug)]
pub(super) struct Mirror<'n> {
    /// The full name of the service that gets them.
    pub(super) host: String,
    pub(super) subset: &'n str,
    pub(super) port: Option<u16>,
    share: Share,
    /// Where the service and the subset are named.
    pub(super) path: Path,
}

impl PartialEq for Mirror<'_> {
    /// Wherever they stand.
    fn eq(&self, other: &Self) -> bool {
        let key = |mirror: &Self| (mirror.port, mirror.share);
        self.host == other.host && self.subset == other.subset && key(self) == key(other)
    }
}

impl Mirror<'_> {
    /// As a Release writes it.
    pub(super) fn draft(&self) -> Draft {
        let percent = document::report::Percent::from(self.share).to_value();
        Draft::map([
            ("to", Draft::text(self.subset).made_of(&self.path.key("subset"))),
            ("percent", Draft::leaf(percent).made_of(&self.path)),
        ])
        .made_of(&self.path)
    }
}

/// What the rules say.
#[derive(Debug, Default)]
pub(super) struct Mirrors<'n> {
    /// Whether a rule was looked at.
    is_begun: bool,
    /// What the first says.
    first: Option<Mirror<'n>>,
    differs: bool,
}

impl<'n> Mirrors<'n> {
    /// Compares a rule of an object in `namespace` with the first.
    pub(super) fn compare(
        &mut self,
        rule: &Rule<'n>,
        (namespace, domain): (&str, &str),
        problems: &mut Problems,
    ) {
        let Ok(found) = read(rule, namespace, domain, problems) else {
            self.differs = true;
            return;
        };
        if !self.is_begun {
            self.is_begun = true;
            self.first = found;
            return;
        }
        if self.first == found || self.differs {
            return;
        }
        self.differs = true;
        let at = found.map_or_else(|| rule.field.path.clone(), |mirror| mirror.path);
        let what = "a `mirror` that differs from that of earlier rules";
        let help = "a Release mirrors all requests alike: write the same in every rule";
        problems.add(unsupported::problem(&at, what, help));
    }

    /// What all of them say.
    pub(super) fn finish(self) -> Option<Mirror<'n>> {
        self.first.filter(|_| !self.differs)
    }
}

/// What a rule copies, if it does.
fn read<'n>(
    rule: &Rule<'n>,
    namespace: &str,
    domain: &str,
    problems: &mut Problems,
) -> Result<Option<Mirror<'n>>, ()> {
    let mut all = rule.mirrors(problems);
    // Istio copies nothing at 0.
    all.retain(|copies| copies.percent != 0.0);
    let mut all = all.into_iter();
    let Some(Copies { to, percent }) = all.next() else { return Ok(None) };
    if let Some(second) = all.next() {
        let help = "a Release mirrors to one subset: keep such a rule in Istio";
        problems.add(unsupported::problem(&second.to.path, "a second mirror of a rule", help));
        return Err(());
    }
    of(
        &to,
        percent,
        host::complete_in(to.word("host").unwrap_or_default(), namespace, domain),
        problems,
    )
}

fn of<'n>(
    to: &Field<'n>,
    percent: f64,
    host: String,
    problems: &mut Problems,
) -> Result<Option<Mirror<'n>>, ()> {
    let Some(subset) = to.word("subset").filter(|subset| !subset.is_empty()) else {
        let help = "a Release mirrors to a subset: declare one in the DestinationRule, and name it here; a mirror to \
                    another service can stay in a VirtualService into which a Release is woven";
        problems.add(unsupported::problem(&to.path, "a mirror without a subset", help));
        return Err(());
    };
    if !(0.0..=100.0).contains(&percent) {
        let message = format!("expected a percentage of at most 100, found `{percent}`");
        problems.add(Problem::error(Code::OutOfRange, &to.path, message));
        return Err(());
    }
    let Some(share) = Share::from_percent(percent).filter(|share| share.hundredths() > 0) else {
        let what = format!("a mirror of {percent} %, which is finer than 0.01 %,");
        problems.add(unsupported::problem(&to.path, &what, "round the percentage"));
        return Err(());
    };
    let port = to.map("port", problems).and_then(|port| port.get("number")?.port(problems));
    let port = port.filter(|port| *port != 0);
    Ok(Some(Mirror { host, subset, port, share, path: to.path.clone() }))
}

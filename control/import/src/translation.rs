//! The rules of a VirtualService as rules of a Release, each for itself.
//!
//! Everything that is wrong with them is found on the way: what Istio refuses, and ([`Code::Unsupported`]) what is
//! right there but has no counterpart here. A rule behind one that takes everything is looked at for the former only.

use istio::field::Field;
use istio::virtual_service::{self, Entry, VirtualService};
use policy::{Code, Node, Problem, Problems, Severity};

use super::Attach;
use super::destinations::{self, Destinations, Split};
use super::draft::Draft;
use super::entry::{self, Takes};
use super::mirror::{Mirror, Mirrors};
use super::note::Note;
use super::rollout::Rollout;
use super::stays::Stays;
use super::unsupported::{self, Proxies};
use super::valid;

/// What became of a VirtualService.
#[derive(Debug)]
pub(super) struct Translation<'n> {
    pub(super) proxies: Proxies<'n>,
    /// Those that requests can reach, but for the last.
    pub(super) rules: Vec<Rule<'n>>,
    /// The one that takes all that is left, by its position; and its split.
    pub(super) rest: Option<(usize, Split<'n>)>,
    /// The same, where it has conditions: what it does not take never comes to the Release.
    pub(super) last: Option<Rule<'n>>,
    pub(super) destinations: Destinations<'n>,
    /// What is copied.
    pub(super) mirror: Option<Mirror<'n>>,
    pub(super) notes: Vec<Note>,
    /// How it goes on from there, where another object says so.
    pub(super) rollout: Option<Rollout>,
    /// What runs subsets, by their names.
    pub(super) deployments: Vec<(String, Draft)>,
    /// The stable subset, where the object itself says it.
    pub(super) stable: Option<String>,
    /// Where something was wrong before.
    wrong: Problems,
}

/// A rule.
#[derive(Debug)]
pub(super) struct Rule<'n> {
    /// Its position in `http`.
    pub(super) index: usize,
    /// Its blocks, and whether each is all that there is to its entry.
    pub(super) blocks: Vec<(Draft, bool)>,
    /// Whether an entry was not understood as a whole.
    pub(super) is_partial: bool,
    pub(super) split: Split<'n>,
}

/// Translates the rules, for a Release that is to be attached to these.
pub(super) fn of<'n>(
    service: &VirtualService<'n>,
    attach: &[Attach],
    domain: &str,
    problems: &mut Problems,
) -> Translation<'n> {
    let all = Proxies::of(service);
    let proxies = all.of_release(attach);
    valid::whole(service, &all, problems);
    unsupported::whole(service, problems);
    let mut made = Translation {
        proxies,
        rules: Vec::new(),
        rest: None,
        last: None,
        destinations: Destinations::default(),
        mirror: None,
        notes: Vec::new(),
        rollout: None,
        deployments: Vec::new(),
        stable: None,
        wrong: wrong(problems),
    };
    let (mut stays, mut mirrors) = (Stays::default(), Mirrors::default());
    for (index, rule) in service.rules.iter().enumerate() {
        valid::rule(&rule.field, &all, problems);
        destinations::check_weights(rule, problems);
        if let Some((last, _)) = &made.rest {
            unreached(index, *last, service, &mut made.notes, problems);
            continue;
        }
        unsupported::rule(&rule.field, problems);
        for route in rule.field.maps("route", &mut Problems::default()) {
            unsupported::route(&route, problems);
        }
        stays.compare(rule, problems);
        mirrors.compare(rule, (service.object.namespace, domain), problems);
        made.rule(index, rule, problems);
    }
    stays.note(&mut made.notes);
    made.mirror = mirrors.finish().and_then(|mirror| made.copies(mirror, problems));
    let at = service.object.root.path.key("spec").key("http");
    let is_refused = |problem: &Problem| {
        problem.severity == Severity::Error
            && problem.code != Code::Unsupported
            && problem.place.path.overlaps(&at)
    };
    // Where something is wrong, that may be the rule.
    let is_known = !problems.iter().any(is_refused);
    if made.rest.is_none() && !service.rules.is_empty() && is_known {
        let is_at_gateways = !made.proxies.has_mesh()
            && attach.iter().all(|attach| matches!(attach, Attach::Gateway(_)));
        if is_at_gateways && made.end_with_last() {
            let message = "requests that match no rule stay with Istio, and other VirtualServices of the host may match \
                them; the split of the last rule becomes that of the Release";
            made.notes.push(Note::new(&at, message));
        } else {
            let message = "there is no catch-all rule: Istio answers other requests with 404, and a Release cannot";
            let help = if made.proxies.real().next().is_some() {
                "add a rule without `match` at the end, or import for the gateway only: `--attach gateway:…`"
            } else {
                "add a rule without `match` at the end"
            };
            problems.add(Problem::error(Code::Unsupported, &at, message).help(help));
        }
    }
    made
}

impl<'n> Translation<'n> {
    /// Lets the last rule take the rest. At a gateway only the routes of the VirtualService's own rules ask the
    /// Release: a request that the rules before the last do not take is one of the last.
    fn end_with_last(&mut self) -> bool {
        self.rules.retain(|rule| !rule.blocks.is_empty());
        self.last = self.rules.pop();
        self.rest = self.last.as_ref().map(|last| (last.index, last.split.clone()));
        self.rest.is_some()
    }

    fn rule(&mut self, index: usize, rule: &virtual_service::Rule<'n>, problems: &mut Problems) {
        let mut blocks = Vec::new();
        let matches = rule.field.get("match");
        let is_empty =
            |field: &Field<'_>| matches!(field.node, Node::List(items) if items.is_empty());
        let mut takes_all = matches.is_none_or(|field| is_empty(&field));
        let mut is_partial = false;
        for entry in &rule.entries {
            if takes_all {
                let message = "unreachable: an earlier entry matches every request";
                problems.add(Problem::warning(Code::Unreachable, &entry.field.path, message));
                break;
            }
            self.entry(entry, problems);
            let mut read = entry::read(entry, &self.proxies, problems);
            // What cannot be read as it is written may take fewer requests.
            read.is_whole &= !self.wrong.follows(&entry.field.path);
            is_partial |= !read.is_whole;
            match read.takes {
                Takes::All => takes_all = read.is_whole,
                Takes::Nothing => {
                    let message = "an entry of `match` is left out: it matches no request";
                    self.notes.push(Note::new(&entry.field.path, message));
                }
                Takes::Some(block) => blocks.push((block, read.is_whole)),
            }
        }
        let split = self.destinations.add(rule, &mut self.notes, problems);
        if takes_all {
            self.rest = Some((index, split));
        } else {
            self.rules.push(Rule { index, blocks, is_partial, split });
        }
    }

    /// The mirror of all rules, where it is to the service that they lead to.
    fn copies(&mut self, mirror: Mirror<'n>, problems: &mut Problems) -> Option<Mirror<'n>> {
        let host = self.destinations.host.as_ref()?;
        if host.full != mirror.host {
            let what = format!("a mirror to another service, `{}`,", mirror.host);
            let help = "a Release mirrors to a subset of its service: weave a Release into this VirtualService, which \
                keeps its mirror";
            problems.add(unsupported::problem(&mirror.path.key("host"), &what, help));
            return None;
        }
        self.destinations.at_port(mirror.port, &mirror.path, problems);
        self.destinations.name(mirror.subset, mirror.path.key("subset"));
        let message = "`mirror` is carried over: remove it from the VirtualService when the Release is applied, or requests \
            would be copied twice";
        self.notes.push(Note::new(&mirror.path, message));
        Some(mirror)
    }

    /// What an entry says besides which requests it takes.
    fn entry(&mut self, entry: &Entry<'n>, problems: &mut Problems) {
        for key in ["name", "statPrefix"] {
            if let Some(field) = entry.field.get(key) {
                let message = format!(
                    "`{key}` of an entry of `match` is left out: it only names a route in Istio"
                );
                self.notes.push(Note::new(&field.path, message));
            }
        }
        if entry.port.is_some() && self.proxies.real().next().is_some() {
            let what = "a rule for one port of a gateway";
            let help = "import a VirtualService of the gateway without `port`";
            problems.add(unsupported::problem(&entry.field.path.key("port"), what, help));
        } else if let Some(port) = entry.port {
            self.destinations.at_port(Some(port), &entry.field.path, problems);
            let message = format!("the Release does not route requests to ports other than {port}");
            self.notes.push(Note::new(&entry.field.path.key("port"), message));
        }
    }
}

/// The places of errors.
fn wrong(problems: &Problems) -> Problems {
    let mut wrong = Problems::default();
    for problem in problems.iter().filter(|problem| problem.severity == Severity::Error) {
        wrong.known(&problem.place.path);
    }
    wrong
}

/// A rule behind one that takes everything.
fn unreached(
    index: usize,
    last: usize,
    service: &VirtualService<'_>,
    notes: &mut Vec<Note>,
    problems: &mut Problems,
) {
    let Some(rule) = service.rules.get(index) else { return };
    let message =
        format!("no request reaches `http[{index}]`: `http[{last}]` matches all that is left");
    let problem = Problem::warning(Code::Unreachable, &rule.field.path, message);
    problems.add(problem.help("the first matching rule decides: move the narrower rule up"));
    notes.push(Note::new(&rule.field.path, "a rule that no request reaches is left out"));
}

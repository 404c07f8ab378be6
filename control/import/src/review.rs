//! A file looked at: the Releases and VirtualServices that are well, what is wrong with the others, and what else is
//! in there.
//!
//! A [`Reviewer`] goes through all files of a command, since the same Release in two of them is a mistake.

mod meant;
mod nothing;
mod place;
mod virtual_services;
mod zones;

use std::collections::BTreeMap;

use crate::DEFAULT_NAMESPACE;
use document::load::folder::Origin;
use document::load::{self, Source};
use document::report::{Collection, Diagnostic, Severity};
use istio::effect::{self, Options};
use istio::field::Field;
use istio::host::CLUSTER_DOMAIN;
use istio::object;
use istio::surroundings::Surroundings;
use meant::Meant;
use nothing::{is_empty_list, nothing};
use place::{Place, joined, other, within};
use policy::rollout::too_short;
use policy::{Checked, Code, Path, Policy, Problem, Problems};

pub use place::below;

/// What is to be said about a file.
#[derive(Debug, Default)]
pub struct Review {
    /// The Releases without errors, in the order of their places.
    pub releases: Vec<Found>,
    /// The VirtualServices, and how many rules each has.
    pub services: Vec<(String, usize)>,
    /// What is wrong, in the order of its places; where it is very much, the last of them say how much more there is.
    pub diagnostics: Vec<Diagnostic>,
    /// The objects that were passed over.
    pub others: Vec<Other>,
    /// That there are other objects only, or in a file that was found nothing at all: wrong where no other file of the
    /// command has something to be looked at.
    pub nothing: Option<Diagnostic>,
    /// Whether it has lists without items only. A command that expects no Release in particular has nothing to do then.
    pub is_empty_list: bool,
}

/// A Release, and where it was found.
#[derive(Debug)]
pub struct Found {
    /// The Release.
    pub release: Checked,
    /// The position of its document in the file.
    pub document: usize,
    /// Its place in the document: the item of a list, or the document itself.
    pub path: Path,
}

/// An object that was passed over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Other {
    /// Its kind and name.
    pub label: String,
    /// The line that it begins on.
    pub line: usize,
}

/// What of a file is looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Subject {
    /// Releases and VirtualServices.
    #[default]
    All,
    /// Releases only: VirtualServices are other objects.
    Releases,
}

impl Review {
    /// How many errors and warnings were found.
    #[must_use]
    pub fn count(&self) -> (usize, usize) {
        document::report::count(&self.diagnostics)
    }
}

/// Looks at files one after the other.
#[derive(Debug, Default)]
pub struct Reviewer {
    subject: Subject,
    /// What stands beside, in all files.
    around: Surroundings,
    /// The domain of the cluster, where it is not the usual one.
    domain: Option<String>,
    /// How many requests a second the services get, where that is known.
    rate: Option<f64>,
    /// Where each Release was seen: file, line and column.
    seen: BTreeMap<String, String>,
}

impl Reviewer {
    /// One that looks at these.
    #[must_use]
    pub fn of(subject: Subject) -> Self {
        Self { subject, ..Self::default() }
    }

    /// The same, in a cluster with this domain.
    #[must_use]
    pub fn in_domain(self, domain: Option<String>) -> Self {
        Self { domain, ..self }
    }

    /// The same, of services that get so many requests a second, where that is known.
    #[must_use]
    pub fn at_rate(self, rate: Option<f64>) -> Self {
        Self { rate, ..self }
    }

    /// Reads what stands beside: the objects of a file that is to be reviewed later.
    pub fn stands_beside(&mut self, source: &Source) {
        let text = source.text();
        if ["networking.istio.io", "Service"].iter().any(|meant| text.contains(meant)) {
            let (documents, _) = load::documents(source);
            let domain = self.domain.as_deref().unwrap_or(CLUSTER_DOMAIN);
            self.around.add(&documents, DEFAULT_NAMESPACE, domain);
        }
    }

    /// Checks the Releases and VirtualServices of a file. What is no object at all is wrong in a file that was named,
    /// and passed over in one that was found.
    #[must_use]
    pub fn review(&mut self, source: &Source, origin: Origin) -> Review {
        let (documents, fault) = load::documents(source);
        let mut review = Review::default();
        let mut problems = Collection::default();
        let mut looked_at = false;
        for (position, document) in documents.iter().enumerate() {
            let place = Place { source, document };
            for root in object::roots(&document.node) {
                let meant = match meant::meant(&root, self.subject) {
                    // What is named is to be one; the items of a list of Releases need not say what they are.
                    Meant::Unclear
                        if origin == Origin::Named || meant::has_own_version(&document.node) =>
                    {
                        Meant::Release
                    }
                    meant => meant,
                };
                let is_passed_over = matches!(meant, Meant::Other | Meant::Unclear);
                let held = || meant::held(&root).or_else(|| object::incomplete_list(&root));
                let held = if is_passed_over { held() } else { None };
                looked_at |= !is_passed_over || held.is_some();
                match (meant, held) {
                    (_, Some(problem)) => place.add(&mut problems, &problem),
                    (Meant::Release, None) => {
                        let unread = document.problems_of(&root.path);
                        let found = self.review_release(place, &root, &unread, &mut problems);
                        review.releases.extend(found.map(|release| Found {
                            release,
                            document: position,
                            path: root.path.clone(),
                        }));
                    }
                    (Meant::Service, None) => {
                        let domain = self.domain.as_deref().unwrap_or(CLUSTER_DOMAIN);
                        let reviewed =
                            virtual_services::review(root, document, &self.around, domain);
                        for problem in &reviewed.problems {
                            place.add(&mut problems, problem);
                        }
                        review.services.extend(reviewed.service);
                    }
                    (Meant::Other, None) => review.others.push(other(source, document, &root)),
                    (Meant::Unclear, None) => {}
                }
            }
        }
        // What cannot be read may be anything, a template say: in a folder it counts when it calls itself one of these.
        let is_meant = looked_at || origin == Origin::Named || meant::is_mentioned(source.text());
        let fault = fault.filter(|_| is_meant);
        if let Some(fault) = &fault {
            problems.add(Severity::Error, || Diagnostic::fault(source, fault));
        }
        if !looked_at && fault.is_none() {
            let nothing = nothing(source, &documents, &review.others);
            review.is_empty_list = is_empty_list(&documents);
            if origin == Origin::Named && review.others.is_empty() && !review.is_empty_list {
                problems.add(Severity::Error, || nothing);
            } else {
                review.nothing = Some(nothing);
            }
        }
        review.diagnostics = problems.finish(source.name());
        review
    }

    /// Checks a Release, of which `unread` is wrong with its document.
    fn review_release(
        &mut self,
        place: Place<'_>,
        root: &Field<'_>,
        unread: &[&Problem],
        said: &mut Collection,
    ) -> Option<Checked> {
        let mut problems = Problems::default();
        let mut consequences = Problems::default();
        for problem in unread {
            let path = within(&root.path, &problem.place.path);
            problems.known(&path);
            consequences.known(&path);
        }
        let mut found = None;
        if let Some(problem) = meant::other_kind(root) {
            problems.add(problem);
        } else if let Some(checked) = policy::check(root.node, &Path::root(), &mut problems)
            && unread.is_empty()
        {
            problems.extend(self.repeated(&checked, place, &root.path));
            problems.extend(zones::unknown(&checked.plan));
            if problems.allow() {
                policy::lint::lint(&checked.policy, &mut problems);
                if let Some(rate) = self.rate {
                    problems.extend(too_short(&checked.policy, &checked.plan, rate));
                }
                let whole = self.completed(&checked);
                let policy = whole.as_ref().unwrap_or(&checked.policy);
                let lacking = effect::lacking(policy, &self.around, &Options::default());
                let warning = |problem| Problem { severity: policy::Severity::Warning, ..problem };
                problems.extend(lacking.into_iter().map(warning));
                found = Some(checked);
            }
        }
        for problem in unread {
            place.add(said, problem);
        }
        // What the language says about a value that is no value of YAML is a consequence.
        for problem in problems.iter().filter(|problem| !consequences.follows(&problem.place.path))
        {
            said.add(problem.severity, || {
                Diagnostic::new(place.source, place.document, &below(&root.path, problem))
            });
        }
        found
    }

    /// The policy of a Release whose host is completed with the domain of the cluster; none: it is as it was read.
    fn completed(&self, checked: &Checked) -> Option<Policy> {
        let mut spec = checked.spec.clone();
        spec.complete_host(self.domain.as_deref()?);
        Policy::try_from(spec).ok()
    }

    /// Remembers a Release; a problem when there was one of that name before.
    fn repeated(&mut self, checked: &Checked, place: Place<'_>, root: &Path) -> Option<Problem> {
        let name = checked.policy.full_name();
        let path = Path::root().key("metadata").key("name");
        let place = place.of(&joined(root, &path));
        let Some(first) = self.seen.get(&name) else {
            self.seen.insert(name, place);
            return None;
        };
        let message = format!("duplicate Release `{name}`");
        let help = format!("the other one is at {first}; name or namespace must differ");
        Some(Problem::error(Code::DuplicateName, &path, message).help(help))
    }
}

#[cfg(test)]
mod tests;

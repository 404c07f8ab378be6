//! Puts a Release together of a translated VirtualService and what stands around it.

use istio::field::Field;
use istio::virtual_service::VirtualService;
use policy::spec::{self, Identity, suggest};
use policy::{Code, Path, Problems};
use serde_json::json;

use super::attach::{self, Subject};
use super::draft::Draft;
use super::names;
use super::note::Note;
use super::subsets;
use super::surroundings::{Port, Surroundings};
use super::translation::Translation;
use super::unsupported;
use super::{Complaint, DEFAULT_NAMESPACE, Options};

/// A Release, as far as it could be made.
pub(super) struct Assembled {
    pub(super) draft: Draft,
    /// What is wrong with the options.
    pub(super) complaints: Vec<Complaint>,
}

/// Makes the Release of a VirtualService, which the object `root` is or holds; notes what is to be known about it.
pub(super) fn assemble(
    service: &VirtualService<'_>,
    root: &Field<'_>,
    made: &mut Translation<'_>,
    around: &Surroundings<'_, '_>,
    options: &Options,
    problems: &mut Problems,
) -> Assembled {
    let at = service.object.root.path.key("spec");
    let mut complaints = Vec::new();
    let mut notes = std::mem::take(&mut made.notes);
    let named = made.destinations.host.clone();
    let host = named.as_ref().map(|named| named.full.clone()).unwrap_or_default();
    let mut spec: Vec<(&str, Draft)> = Vec::new();
    spec.extend(named.map(|named| {
        // A name without dots means the same to a Release, wherever it is applied.
        let is_short = !named.written.contains('.');
        let written = if is_short { named.written.to_ascii_lowercase() } else { named.full };
        ("host", Draft::leaf(written).made_of(&named.path))
    }));
    spec.extend(port(made, around, options, &host, &mut notes).map(|port| ("port", port)));
    let stable = stable(made, options, &mut complaints).unwrap_or_default();
    let rest_at =
        made.rest.as_ref().map_or_else(|| at.clone(), |(index, _)| at.key("http").index(*index));
    spec.push(("stable", Draft::text(stable.as_str()).made_of(&rest_at)));
    let subsets = subsets::collect(made, around, &host, &stable, &mut notes);
    spec.push(("subsets", Draft::list(subsets).made_of(&at.key("http"))));
    let subject = Subject { service, proxies: &made.proxies, host: &host };
    let attach = attach::attach(&subject, &options.attach, around, &mut notes, problems);
    spec.push(("attach", attach));
    identity(made, options, &at, &mut spec, &mut notes);
    let rules = rules(service, made, &mut notes);
    if !rules.is_empty() {
        spec.push(("rules", Draft::list(rules)));
    }
    match (&made.mirror, &made.rollout) {
        (Some(mirror), _) if mirror.subset == stable => {
            let what = "a mirror to the stable subset";
            let help = "name another subset as the stable one (`--stable`), or remove the mirror";
            problems.add(unsupported::problem(&mirror.path, what, help));
        }
        (Some(mirror), Some(_)) => {
            let what = "a mirror beside a pipeline";
            let help = "remove it: a step of the rollout can mirror requests, such as `- mirror: {canary: 5}`";
            problems.add(unsupported::problem(&mirror.path, what, help));
        }
        (Some(mirror), None) => spec.push(("mirror", mirror.draft())),
        (None, _) => {}
    }
    match (&made.rollout, &made.rest) {
        // Until its first step all users get the stable subset, as where no split is written.
        (Some(rollout), _) => spec.push(("rollout", rollout.draft())),
        (None, Some((_, split))) => spec.push(("split", split.draft(&rest_at.key("route")))),
        (None, None) => {}
    }
    other_notes(service, &mut notes);
    made.notes = notes;
    let metadata = root.path.key("metadata");
    let named = |key: &str, value: &str| Draft::text(value).made_of(&metadata.key(key));
    let name = super::objects::text(&root.get("metadata").unwrap_or_else(|| root.clone()), "name");
    let mut identified = vec![("name", named("name", name))];
    let is_named = root.get("metadata").is_some_and(|all| all.get("namespace").is_some());
    if is_named || service.object.namespace != DEFAULT_NAMESPACE {
        identified.push(("namespace", named("namespace", service.object.namespace)));
    }
    let draft = Draft::map([
        ("apiVersion", Draft::text(spec::API_VERSION)),
        ("kind", Draft::text(spec::KIND)),
        ("metadata", Draft::map(identified).made_of(&metadata)),
        ("spec", Draft::map(spec).made_of(&at)),
    ]);
    Assembled { draft: draft.made_of(&root.path), complaints }
}

fn port(
    made: &Translation<'_>,
    around: &Surroundings<'_, '_>,
    options: &Options,
    host: &str,
    notes: &mut Vec<Note>,
) -> Option<Draft> {
    if let Some(port) = options.port {
        return Some(Draft::leaf(json!(port.get())));
    }
    if let Some((port, path)) = &made.destinations.port {
        return Some(Draft::leaf(json!(port)).made_of(path));
    }
    let (port, path, object) = around.port(host);
    let reason = match port {
        Port::One(port) => return Some(Draft::leaf(json!(port)).made_of(&path).of(object)),
        Port::Several => "its Service has several",
        Port::Unknown => "there is no file with its Service",
    };
    let at = made.destinations.host.as_ref().map(|named| named.path.clone()).unwrap_or_default();
    let message = format!(
        "no rule names a port of `{host}`, and {reason}: `port` is left out, but `serin render` needs it (`--port N`)"
    );
    notes.push(Note::new(&at, message));
    None
}

/// The stable subset: the one that the user names, or the largest of the rule that takes the rest.
fn stable(
    made: &Translation<'_>,
    options: &Options,
    complaints: &mut Vec<Complaint>,
) -> Option<String> {
    let names: Vec<&str> = made.destinations.subsets.iter().map(|(name, _)| *name).collect();
    if let Some(rollout) = &made.rollout {
        let stable = &rollout.stable.name;
        if let Some(named) = options.stable.as_ref().filter(|named| *named != stable) {
            let message = format!("`--stable {named}`: the rollout begins with `{stable}`");
            complaints.push(Complaint { code: Code::UnknownSubset, message });
        }
        return Some(stable.clone());
    }
    if let Some(named) = &options.stable {
        if !names.is_empty() && !names.contains(&named.as_str()) {
            let help = suggest(named, &names);
            let message =
                format!("`--stable {named}`: the VirtualService names no such subset; {help}");
            complaints.push(Complaint { code: Code::UnknownSubset, message });
        } else {
            return Some(named.clone());
        }
    }
    if made.stable.is_some() {
        return made.stable.clone();
    }
    let (_, split) = made.rest.as_ref()?;
    split.largest().map(str::to_owned)
}

fn identity(
    made: &Translation<'_>,
    options: &Options,
    at: &Path,
    spec: &mut Vec<(&str, Draft)>,
    notes: &mut Vec<Note>,
) {
    let splits =
        made.rules.iter().map(|rule| &rule.split).chain(made.rest.iter().map(|(_, split)| split));
    let is_drawn =
        made.rollout.is_some() || splits.into_iter().any(super::destinations::Split::is_drawn);
    if options.identity.is_empty() {
        if is_drawn {
            let message = "each request is drawn anew, as in Istio; with `--identity cookie=NAME` users stay on their \
                version";
            notes.push(Note::new(&at.key("http"), message));
        }
        return;
    }
    let entries = options.identity.iter().map(|identity| match identity {
        Identity::Cookie(name) => Draft::map([("cookie", Draft::text(name.as_str()))]),
        Identity::Header(name) => Draft::map([("header", Draft::text(name.as_str()))]),
    });
    spec.push(("identity", Draft::list(entries.collect())));
    // As many requests as in Istio, whether they can be told apart or not.
    spec.push(("anonymous", Draft::text("random")));
    let message = "users stay on their version (`--identity`); a request without an identity is drawn anew, as in \
        Istio";
    notes.push(Note::new(&at.key("http"), message));
}

fn rules(
    service: &VirtualService<'_>,
    made: &Translation<'_>,
    notes: &mut Vec<Note>,
) -> Vec<Draft> {
    let written = |index: usize| service.rules.get(index).map_or("", |rule| rule.name);
    let kept: Vec<_> = made.rules.iter().filter(|rule| !rule.blocks.is_empty()).collect();
    let names = names::of_rules(
        &kept.iter().map(|rule| (rule.index, written(rule.index))).collect::<Vec<_>>(),
    );
    let mut rules = Vec::new();
    for (rule, name) in kept.into_iter().zip(names) {
        let at = service.object.root.path.key("spec").key("http").index(rule.index);
        let own = written(rule.index);
        if !own.is_empty() && own != name {
            let message = format!(
                "the rule `{own}` is renamed to `{name}`: names of rules become metric labels"
            );
            notes.push(Note::new(&at.key("name"), message));
        }
        let name_at = if own.is_empty() { at.clone() } else { at.key("name") };
        let blocks = rule.blocks.iter().map(|(block, _)| block.clone()).collect();
        rules.push(
            Draft::map([
                ("name", Draft::leaf(name).made_of(&name_at)),
                ("match", Draft::list(blocks).made_of(&at.key("match"))),
                ("split", rule.split.draft(&at.key("route"))),
            ])
            .made_of(&at),
        );
    }
    rules
}

fn other_notes(service: &VirtualService<'_>, notes: &mut Vec<Note>) {
    let spec = service.object.root.get("spec");
    if let Some(export) = spec.and_then(|spec| spec.get("exportTo")) {
        let message =
            "`exportTo` stays with the VirtualService: list in `attach` only callers that see it";
        notes.push(Note::new(&export.path, message));
    }
}

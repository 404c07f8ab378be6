//! The objects of a mesh whose proxies run the filter, in the order in which they are applied.

mod check;
mod given;

use policy::policy::{Attach, AttachKind};
use policy::{Checked, Policy, Problem, Problems};

use super::envoy_filter::{self, Scope, Switch};
use super::mode::Mode;
use super::{
    Delivery, Manifest, destination_rule, unwritable, virtual_service, wasm_filter, wasm_plugin,
};
use crate::gate::Gate;
use crate::metadata;
use crate::names;
use crate::version::Version;
use crate::weave::Rules;

pub use given::{Beside, Given};

/// What the objects are made of, besides the Release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// How decisions become routes.
    pub mode: Mode,
    /// The version of the mesh; none: one of today.
    pub istio: Option<Version>,
    /// Which module, and what if it fails.
    pub delivery: Delivery,
    /// The Secret of the registry that the module is in: then a WasmPlugin installs the filter.
    pub pull_secret: Option<String>,
    /// Whether requests that cannot leave the stable subset may pass by the filter, where routes can tell them: in
    /// [`Mode::VirtualService`].
    pub gate: bool,
    /// Whether the proxies count the requests of each subset, whatever the Release says of it.
    pub counts: bool,
}

impl Options {
    /// The gate of a Release; none where the mode has none, or it is not wanted.
    #[must_use]
    pub fn gate(&self, policy: &Policy) -> Option<Gate> {
        self.mode.gate(policy, self.gate)
    }

    /// Whether `EnvoyFilter`s find virtual hosts by domain.
    #[must_use]
    pub fn has_domain_name(&self) -> bool {
        self.istio.is_none_or(|version| version >= Version::DOMAIN_NAME)
    }
}

/// Renders the objects: DestinationRule and VirtualService, as far as the user has none, and for each entry of
/// `attach` an `EnvoyFilter` that installs the filter and one that switches it on.
///
/// # Errors
/// When the Release lacks what a mesh needs.
pub fn render(
    release: &Checked,
    options: &Options,
    given: &Given,
) -> Result<Vec<Manifest>, Problems> {
    let policy = &release.policy;
    let mut problems = Problems::default();
    check::check(policy, options, given, &mut problems);
    let carrier = options.mode.carrier(policy);
    let typed_config = wasm_filter::typed_config(release, &carrier, &options.delivery)
        .map_err(|problem| problems.add(problem));
    let size = typed_config.as_ref().map_or(0, |typed_config| typed_config.to_string().len());
    if !check::has_room(policy, size, &mut problems) {
        return Err(problems);
    }
    let virtual_service = virtual_service(policy, options.mode, given)
        .map_err(|error| problems.add(unwritable(&error)));
    // What keeps these from being made keeps the configuration, too, and is said there.
    let plugins = plugins(release, options).map_err(|_| ());
    let (Ok(typed_config), Ok((virtual_service, own)), Ok(plugins), true) =
        (typed_config, virtual_service, plugins, problems.allow())
    else {
        return Err(problems);
    };
    let mut manifests = Vec::new();
    if !given.has_destination_rule {
        manifests.push(destination_rule::manifest(policy));
    }
    let scopes: Vec<(Scope, Switch)> = policy
        .attach()
        .iter()
        .map(|attach| (scope(release, attach, options), switch(policy, attach, given, &own)))
        .collect();
    let mut installs: Vec<Manifest> = scopes
        .iter()
        .filter_map(|(scope, switch)| envoy_filter::install(scope, switch, &typed_config))
        .collect();
    installs.extend(plugins);
    // A header must be removed everywhere before there are routes that match it.
    if options.mode == Mode::VirtualService {
        manifests.extend(installs);
        manifests.extend(virtual_service);
    } else {
        manifests.extend(virtual_service);
        manifests.extend(installs);
    }
    manifests.extend(scopes.iter().map(|(scope, switch)| envoy_filter::switch(scope, switch)));
    for manifest in &mut manifests {
        metadata::set_wave(&mut manifest.body, &manifest.file_name);
    }
    Ok(manifests)
}

/// What installs the filter where a registry asks for a password.
fn plugins(release: &Checked, options: &Options) -> Result<Vec<Manifest>, Problem> {
    let Some(secret) = &options.pull_secret else { return Ok(Vec::new()) };
    let attach = release.policy.attach().iter();
    attach.map(|attach| wasm_plugin::manifest(release, attach, &options.delivery, secret)).collect()
}

/// Our VirtualService and its rules; where the user has one, none and those of the user's.
fn virtual_service(
    policy: &Policy,
    mode: Mode,
    given: &Given,
) -> Result<(Option<Manifest>, Rules), String> {
    match (&given.mesh, mode) {
        // Those who see the user's go by that, since it comes before ours.
        (Some(rules), _) if given.is_private => {
            Ok((Some(virtual_service::manifest(policy)), rules.clone()))
        }
        (Some(rules), _) => Ok((None, rules.clone())),
        (None, Mode::VirtualService) => {
            let (manifest, rules) = virtual_service::with_copies(policy, given.gate.as_ref())?;
            Ok((Some(manifest), rules))
        }
        (None, Mode::Matcher | Mode::ClusterHeader) => {
            Ok((Some(virtual_service::manifest(policy)), only_named(policy)))
        }
    }
}

/// The one rule that has our name.
fn only_named(policy: &Policy) -> Rules {
    Rules { switched: vec![names::qualified(policy)], ..Rules::default() }
}

fn scope<'a>(release: &'a Checked, attach: &'a Attach, options: &Options) -> Scope<'a> {
    Scope {
        policy: &release.policy,
        attach,
        mode: options.mode,
        failure: options.delivery.failure,
        has_domain_name: options.has_domain_name(),
        is_plugin: options.pull_secret.is_some(),
        counts: options.counts || release.plan.counts(),
    }
}

fn switch(policy: &Policy, attach: &Attach, given: &Given, own: &Rules) -> Switch {
    let mut switch = match attach.kind {
        AttachKind::Sidecar => Switch {
            rules: own.clone(),
            settings: given.settings.mesh.clone().unwrap_or_default(),
            needs_name: false,
        },
        AttachKind::Gateway { .. } => Switch {
            rules: given.gateways.clone().unwrap_or_else(|| only_named(policy)),
            settings: given.settings.gateways.clone().unwrap_or_default(),
            needs_name: given.gateways.is_none(),
        },
    };
    // Rules may be woven for what a Release says in the end, while a rollout still gives others a share: then what does
    // not pass their gate can leave, too.
    if Gate::of(policy) != given.gate {
        let ungated = std::mem::take(&mut switch.rules.ungated);
        switch.rules.switched.extend(ungated);
    }
    switch
}

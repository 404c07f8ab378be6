//! The objects of a mesh whose proxies run the filter, in the order in which they are applied.

use policy::config::Carrier;
use policy::{Checked, Code, Path, Policy, Problem, Problems};

use super::{
    Delivery, Manifest, destination_rule, envoy_filter, names, overlap, virtual_service,
    wasm_filter,
};

/// Renders the objects: DestinationRule, VirtualService, and for each entry of `attach` an EnvoyFilter that
/// installs the filter and one that switches it on.
///
/// # Errors
/// When the Release lacks what a mesh needs.
pub fn render(release: &Checked, delivery: &Delivery) -> Result<Vec<Manifest>, Problems> {
    let policy = &release.policy;
    let mut problems = Problems::default();
    check(policy, &mut problems);
    let typed_config = match wasm_filter::typed_config(release, Carrier::FilterState, delivery) {
        Ok(typed_config) => typed_config,
        Err(error) => {
            problems.add(Problem::error(
                Code::Type,
                &Path::root(),
                format!("the Release cannot be JSON: {error}"),
            ));
            return Err(problems);
        }
    };
    if !problems.allow() {
        return Err(problems);
    }
    let mut manifests = vec![destination_rule::manifest(policy), virtual_service::manifest(policy)];
    let attach = policy.attach();
    manifests
        .extend(attach.iter().map(|attach| envoy_filter::install(policy, attach, &typed_config)));
    manifests.extend(attach.iter().map(|attach| envoy_filter::switch(policy, attach)));
    Ok(manifests)
}

fn check(policy: &Policy, problems: &mut Problems) {
    let attach = Path::root().key("spec").key("attach");
    if policy.attach().is_empty() {
        let message = "a mesh needs to know whose proxies run the filter: `attach` is missing";
        let help =
            "name the callers of the host: `attach: [{sidecar: {labels: {app: productpage}}}]`";
        problems.add(Problem::error(Code::MissingField, &attach, message).help(help));
    }
    overlap::find(policy, problems);
    let longest = policy
        .attach()
        .iter()
        .map(|attach| names::patch(policy, envoy_filter::INSTALL, attach).len());
    if let Some(length) = longest.max().filter(|length| *length > names::MAX_OBJECT) {
        let message = format!(
            "the name is too long: that of an EnvoyFilter made from it would have {length} characters, expected at most {}",
            names::MAX_OBJECT
        );
        problems.add(Problem::error(
            Code::InvalidName,
            &Path::root().key("metadata").key("name"),
            message,
        ));
    }
}

//! Routes that keep requests from the filter which cannot concern it.

use anyhow::Context;
use istio::render::early_headers;
use serde_json::{Value, json};

use super::serin;
use crate::bootstrap::{self, By};
use crate::options::Options;
use crate::release::{self, CANARY, STABLE};
use crate::request::Request;
use crate::row::Scene;

/// Rows.
pub(crate) const HEADER: &str = "serin, gated, by header";
pub(crate) const STATE: &str = "serin, gated, by filter state";
pub(crate) const VIRTUAL_SERVICE: &str = "serin, gated as in virtual-service mode";
pub(crate) const CONTAINS: &str = "part: native route, cookie contains";
pub(crate) const SAFE_REGEX: &str = "part: native route, cookie regex `.*version=.*`";
pub(crate) const EARLY: &str = "part: early header removal";

/// Routes only, without a filter: what the looking itself costs.
pub(crate) fn add_native(scene: &mut Scene) -> anyhow::Result<()> {
    let requests = || {
        [Request::unnamed(), Request::default(), Request::no_cookie()]
            .map(|request| (request, STABLE))
    };
    for (name, test) in [
        (CONTAINS, json!({ "contains": "version=" })),
        (SAFE_REGEX, json!({ "safe_regex": { "regex": ".*version=.*" } })),
    ] {
        let header = json!({ "name": "cookie", "string_match": test });
        let gate = bootstrap::to(&json!({ "prefix": "/", "headers": [header] }), STABLE)?;
        let listener = bootstrap::listener(&[gate, bootstrap::default_route()?], Vec::new())?;
        scene.add((name, 1), listener, requests());
    }
    let mut early = bootstrap::listener(&[bootstrap::default_route()?], Vec::new())?;
    let release = release::checked("header", &release::exact(1))?;
    let extensions = early_headers::extensions(&By::Header.carrier(&release.policy));
    let extensions = extensions.context("no header is removed early")?;
    bootstrap::manager(&mut early)?
        .insert("early_header_mutation_extensions".to_owned(), extensions);
    scene.add((EARLY, 1), early, [(Request::default(), STABLE), (Request::no_cookie(), STABLE)]);
    Ok(())
}

/// The gate as it is rendered for an Envoy without a mesh.
pub(crate) fn rendered(scene: &mut Scene, options: &Options) -> anyhow::Result<()> {
    for (name, by, release) in
        [(HEADER, By::Header, "header"), (STATE, By::FilterState, "filter-state")]
    {
        let release = release::checked(release, &release::exact(1))?;
        scene.add(
            (name, 1),
            bootstrap::gated(&release, by, &options.modules())?,
            serin::all_users(),
        );
    }
    Ok(())
}

/// As the mode `virtual-service` has it in a mesh: a rule of the VirtualService is the gate, and has a copy for the
/// canary, which the decision's header matches; the filter is off but for that rule.
pub(crate) fn as_in_a_mesh(scene: &mut Scene, options: &Options) -> anyhow::Result<()> {
    let release = release::checked("header", &release::exact(1))?;
    let mut listener = bootstrap::serin(&release, By::Header, &options.modules())?;
    let name = istio::names::qualified(&release.policy);
    let on: Value = json!({
        (name): { "@type": "type.googleapis.com/envoy.config.route.v3.FilterConfig", "config": {} },
    });
    let policy::config::Carrier::Header { name: header, values } =
        By::Header.carrier(&release.policy)
    else {
        anyhow::bail!("decisions are no header");
    };
    let decided = json!({ "name": header, "string_match": { "exact": values.get(CANARY) } });
    let gate =
        json!({ "name": "cookie", "string_match": { "safe_regex": { "regex": ".*version=.*" } } });
    let mut gate = bootstrap::to(&json!({ "prefix": "/", "headers": [gate] }), STABLE)?;
    gate["typed_per_filter_config"] = on;
    let hosts = bootstrap::hosts(&mut listener)?;
    let host = json!({
        "name": "bench",
        "domains": ["*"],
        "routes": [
            bootstrap::to(&json!({ "prefix": "/", "headers": [decided] }), CANARY)?,
            gate,
            bootstrap::default_route()?,
        ],
    });
    if let Some(first) = hosts.first_mut() {
        *first = host;
    }
    scene.add((VIRTUAL_SERVICE, 1), listener, serin::all_users());
    Ok(())
}

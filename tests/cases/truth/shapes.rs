//! A VirtualService at random, and what becomes of it.

use document::load::{self, Source};
use policy::Checked;
use policy::split::Generator;
use serde_json::{Value, json};
use serin_harness::virtual_service;

use crate::check::program::{root, run};
use crate::release::try_check_node;

/// A VirtualService, and the Release that `serin import` makes of it.
pub(super) struct Shape {
    pub(super) number: usize,
    pub(super) virtual_service: Value,
    pub(super) imported: Checked,
}

impl Shape {
    /// The VirtualService of this number.
    pub(super) fn draw(number: usize, random: &mut Generator) -> Self {
        let virtual_service = json!({
            "apiVersion": "networking.istio.io/v1",
            "kind": "VirtualService",
            "metadata": {"name": "web", "namespace": "shop"},
            "spec": {"hosts": ["web"], "http": virtual_service::rules(number, "web", random)},
        });
        let imported = import(&virtual_service);
        Self { number, virtual_service, imported }
    }

    /// The rules of the VirtualService.
    pub(super) fn rules(&self) -> &[Value] {
        self.virtual_service["spec"]["http"].as_array().unwrap()
    }
}

/// What the program makes of it.
fn import(virtual_service: &Value) -> Checked {
    let text = serde_json::to_string_pretty(virtual_service).unwrap();
    let imported = run(root(), &["import", "-"], text.as_bytes());
    assert_eq!(imported.code, Some(0), "{text}\n{}", imported.stderr);
    let (documents, fault) = load::documents(&Source::new("imported.yaml", imported.stdout));
    assert_eq!(fault, None, "{text}");
    try_check_node(&documents[0].node).unwrap_or_else(|problems| panic!("{text}\n{problems}"))
}

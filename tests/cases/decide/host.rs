//! The cases in the built module, in the proxy-wasm host.

use super::{Disagreements, files};
use crate::served::{decided, send, serve_for};

#[test]
fn the_module_decides_as_the_files_say() {
    let mut disagreements = Disagreements::default();
    for file in files() {
        let mut vm = serve_for(&file.checked, &file.caller);
        for case in &file.cases {
            let effects = send(&mut vm, &case.headers);
            let (rule, subset) = decided(&effects, &file.checked);
            disagreements.check(case, &file.outcome(rule, subset));
        }
    }
    disagreements.none();
}

//! The cases in the built modules, in the proxy-wasm host.

use super::{Disagreements, files};
use crate::served::{configuration, decided, lite, send, serve_for};

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

#[test]
fn the_module_without_the_regex_engine_decides_alike_or_refuses_the_release() {
    let mut disagreements = Disagreements::default();
    let (mut served, mut refused) = (0, 0);
    for file in files() {
        let setup = lite().setup().labels(file.caller.clone());
        let configured = setup.configure(&configuration(&file.checked));
        if file.checked.program.needs_regex_engine() {
            let said = configured.err().map(|refused| refused.to_string()).unwrap_or_default();
            assert!(said.contains("serin.wasm"), "{}: refused with `{said}`", file.name);
            refused += 1;
            continue;
        }
        let mut vm = configured.unwrap_or_else(|refused| panic!("{}: {refused}", file.name));
        for case in &file.cases {
            let effects = send(&mut vm, &case.headers);
            let (rule, subset) = decided(&effects, &file.checked);
            disagreements.check(case, &file.outcome(rule, subset));
        }
        served += 1;
    }
    disagreements.none();
    assert!(served > 20 && refused > 2, "{served} served, {refused} refused");
}

//! What the worst request costs.
use policy::config::Carrier;
use serin_harness::crafted::CRAFTED;
use serin_harness::wasm_host::{Module, Vm};
use serde_json::Value;
use crate::filter::configuration;

fn serve(release: &Value) -> Vm {
    let module = Module::metered().unwrap_or_else(|unusable| panic!("{unusable}"));
    let vm = module.configure(&configuration(release, Carrier::FilterState));
    vm.unwrap_or_else(|refused| panic!("{refused}"))
}

fn cost(vm: &mut Vm, headers: &[(String, Vec<u8>)]) -> u64 {
    let headers: Vec<_> = headers.iter().map(|(name, value)| (name.as_str(), value.as_slice())).collect();
    vm.request(&headers).unwrap_or_else(|trap| panic!("{trap}"));
    let before = vm.instructions().unwrap();
    vm.request(&headers).unwrap_or_else(|trap| panic!("{trap}"));
    vm.instructions().unwrap() - before
}

#[test]
fn linear() {
    for crafted in CRAFTED {
        let mut line = String::new();
        for rules in [500, 1000] {
            let mut vm = serve(&crafted.release(rules));
            for bytes in [1024, 8 * 1024, 16 * 1024] {
                use std::fmt::Write;
                let c = cost(&mut vm, &crafted.request(bytes));
                write!(line, " {c:>10} ({:>4.1})", c as f64 / bytes as f64).unwrap();
            }
        }
        println!("{:45}{line}", crafted.name);
    }
}

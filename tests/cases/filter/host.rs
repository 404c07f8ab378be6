//! The host itself: that it tells a good module from a bad one.

use serin_harness::wasm_host::Module;

use crate::filter::module;

/// A module with these functions, which speaks the ABI.
fn module_of(functions: &str) -> Vec<u8> {
    let text = format!(
        r#"(module
            (import "env" "proxy_log" (func $log (param i32 i32 i32) (result i32)))
            (memory (export "memory") 1)
            (data (i32.const 0) "so it ends")
            (func (export "malloc") (param i32) (result i32) (i32.const 1024))
            (func (export "proxy_abi_version_0_2_1"))
            {functions})"#
    );
    wat::parse_str(text).unwrap()
}

#[test]
fn a_trap_is_a_value_and_the_end_of_the_vm() {
    let bytes = module_of(
        r#"(func (export "proxy_on_request_headers") (param i32 i32 i32) (result i32)
            (drop (call $log (i32.const 5) (i32.const 0) (i32.const 10)))
            unreachable)"#,
    );
    let mut vm = Module::new(&bytes).unwrap().configure(b"").unwrap();
    let trap = vm.request(&[]).unwrap_err();
    assert!(trap.message.contains("unreachable"), "{trap}");
    assert_eq!(trap.log.last().unwrap().text, "so it ends");
    let again = vm.request(&[]).unwrap_err();
    assert_eq!(again.message, trap.message);
}

#[test]
fn a_trap_while_configured_is_a_refusal() {
    let bytes = module_of(
        r#"(func (export "proxy_on_configure") (param i32 i32) (result i32) unreachable)"#,
    );
    let refused = Module::new(&bytes).unwrap().configure(b"").err().unwrap();
    assert!(refused.trap.as_ref().is_some_and(|trap| trap.contains("unreachable")), "{refused}");
}

#[test]
fn an_unknown_import_is_named() {
    let bytes = wat::parse_str(r#"(module (import "env" "proxy_moonshot" (func)))"#).unwrap();
    let unusable = Module::new(&bytes).err().unwrap().to_string();
    assert!(unusable.contains("env::proxy_moonshot"), "{unusable}");
}

#[test]
fn the_module_imports_nothing_but_proxy_wasm_and_randomness() {
    let imports = module().imports();
    let known = |import: &String| {
        import.starts_with("env.proxy_") || import == "wasi_snapshot_preview1.random_get"
    };
    assert!(imports.iter().all(known), "{imports:?}");
}

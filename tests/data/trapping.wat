;; A module that lets requests pass, and traps at those with a header `x-trap`.
(module
  (import "env" "proxy_get_header_map_value"
      (func $get (param i32 i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "x-trap")
  (func (export "proxy_on_memory_allocate") (param i32) (result i32) (i32.const 1024))
  (func (export "proxy_abi_version_0_2_1"))
  (func (export "proxy_on_request_headers") (param i32 i32 i32) (result i32)
      (i32.store (i32.const 516) (i32.const 0))
      (drop (call $get (i32.const 0) (i32.const 0) (i32.const 6) (i32.const 512) (i32.const 516)))
      (if (i32.load (i32.const 516)) (then unreachable))
      (i32.const 0)))

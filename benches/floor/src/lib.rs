//! The host calls that Serin's filter makes for a request, with nothing in between: no SDK, no allocator, no
//! program. What it costs is what any proxy-wasm filter that does the same costs at least.
//!
//! The plugin's configuration is the calls that are made for each request, one letter each: see [`Plan::run`].
#![cfg(target_arch = "wasm32")]
#![no_std]
#![expect(unsafe_code, reason = "exports and imports of the ABI are raw addresses")]
#![expect(missing_docs, reason = "the public items are those of the proxy-wasm ABI 0.2.1")]

mod host;
mod plan;

use core::cell::UnsafeCell;
use core::panic::PanicInfo;

use plan::Plan;

/// What configurations and streams were told to the module. A virtual machine has one thread.
struct State {
    plans: UnsafeCell<[(u32, Plan); PLANS]>,
    current: UnsafeCell<u32>,
}

// SAFETY: a virtual machine has one thread.
unsafe impl Sync for State {}

/// Plugins in one virtual machine.
const PLANS: usize = 32;

static STATE: State =
    State { plans: UnsafeCell::new([(0, Plan::NONE); PLANS]), current: UnsafeCell::new(0) };

#[unsafe(no_mangle)]
pub extern "C" fn proxy_abi_version_0_2_1() {}

#[unsafe(no_mangle)]
pub extern "C" fn proxy_on_context_create(_context: u32, root: u32) {
    // SAFETY: one thread. Envoy makes a stream's context when it first has something to say to it: the
    // callback that follows is for the same stream.
    unsafe { *STATE.current.get() = root };
}

#[unsafe(no_mangle)]
pub extern "C" fn proxy_on_configure(root: u32, size: usize) -> u32 {
    let plan = Plan::read(host::configuration(size));
    // SAFETY: one thread, and nothing else holds a reference.
    let plans = unsafe { &mut *STATE.plans.get() };
    for slot in plans {
        if slot.0 == 0 || slot.0 == root {
            *slot = (root, plan);
            return 1;
        }
    }
    0
}

#[unsafe(no_mangle)]
pub extern "C" fn proxy_on_request_headers(_context: u32, _headers: u32, _end: u32) -> u32 {
    // SAFETY: one thread, and nothing else holds a mutable reference.
    let (plans, current) = unsafe { (&*STATE.plans.get(), *STATE.current.get()) };
    for (root, plan) in plans {
        if *root == current {
            plan.run();
            break;
        }
    }
    0
}

#[unsafe(no_mangle)]
pub extern "C" fn proxy_on_delete(_context: u32) {}

#[panic_handler]
fn panic(_: &PanicInfo) -> ! {
    core::arch::wasm32::unreachable()
}

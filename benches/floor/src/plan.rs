//! What is done for each request.

use crate::host;

/// Host calls, in order.
#[derive(Clone, Copy)]
pub(crate) struct Plan {
    calls: [u8; 8],
    counter: u32,
}

/// What is looked for in the cookies, and what is said when it is there.
const COOKIE: &[u8] = b"version=v2";
const SUBSET: &[u8] = b"v2";

impl Plan {
    /// Does nothing.
    pub(crate) const NONE: Self = Self { calls: [0; 8], counter: 0 };

    /// The plan whose letters these are.
    pub(crate) fn read(letters: &[u8]) -> Self {
        let mut plan = Self::NONE;
        for (call, letter) in plan.calls.iter_mut().zip(letters) {
            *call = *letter;
            if *letter == b'n' {
                plan.counter = host::define_counter(b"floor");
            }
        }
        plan
    }

    pub(crate) fn run(&self) {
        for call in &self.calls {
            match call {
                // gets of one header
                b'c' => _ = host::header(b"cookie"),
                b'p' => _ = host::header(b":path"),
                b'u' => _ = host::header(b"x-user"),
                // all headers, and a property
                b'a' => _ = host::pairs(),
                b'r' => _ = host::property(b"request\0headers\0cookie"),
                // a decision, whatever came
                b'H' => replace_header(),
                b'S' => set_state(),
                b'n' => host::increment(self.counter),
                // the whole of it: get, look, and write where the cookie is there
                b'h' if is_canary() => replace_header(),
                b's' if is_canary() => set_state(),
                b'h' | b's' => {}
                _ => return,
            }
        }
    }
}

fn replace_header() {
    host::replace_header(b"x-serin-subset", SUBSET);
}

fn set_state() {
    host::set_property(b"serin.bench.floor", SUBSET);
    host::clear_route_cache();
}

/// Whether one of the cookies is the one that is looked for.
fn is_canary() -> bool {
    host::header(b"cookie").split(|byte| *byte == b';').any(|pair| pair.trim_ascii() == COOKIE)
}

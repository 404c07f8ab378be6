//! Randomness, for splits that are not sticky: a generator seeded once from the host's `random_get`.

use std::cell::Cell;
use std::fmt;

use policy::split::Generator;

/// The host's `random_get` failed; which status it returned is lost in getrandom's error.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NoRandomness;

impl fmt::Display for NoRandomness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("`random_get` failed")
    }
}

/// A generator that is there only where the program draws.
pub(crate) struct Draws(Cell<Option<Generator>>);

impl Draws {
    /// Draws from a generator seeded now.
    pub(crate) fn seeded() -> Result<Self, NoRandomness> {
        let seed = getrandom::u64().map_err(|_| NoRandomness)?;
        Ok(Self(Cell::new(Some(Generator::new(seed)))))
    }

    /// For a program that draws nothing.
    pub(crate) const fn none() -> Self {
        Self(Cell::new(None))
    }

    /// The next 64 bits.
    pub(crate) fn next(&self) -> u64 {
        let mut generator = self.0.take();
        let bits = generator.as_mut().map_or(0, Generator::draw);
        self.0.set(generator);
        bits
    }
}

/// What getrandom's `custom` backend calls; its other backends for wasm need JavaScript or WASI.
///
/// # Safety
/// `dest` must be valid for writing `len` bytes.
#[cfg(target_arch = "wasm32")]
#[expect(unsafe_code, reason = "the symbol and the signature are getrandom's")]
#[unsafe(no_mangle)]
unsafe extern "Rust" fn __getrandom_v03_custom(
    dest: *mut u8,
    len: usize,
) -> Result<(), getrandom::Error> {
    #[link(wasm_import_module = "wasi_snapshot_preview1")]
    unsafe extern "C" {
        fn random_get(dest: *mut u8, len: usize) -> u16;
    }

    // SAFETY: the caller's promise is what the host function asks for.
    match unsafe { random_get(dest, len) } {
        0 => Ok(()),
        errno => Err(getrandom::Error::new_custom(errno)),
    }
}

//! The real Envoy: which one, and a stage for it; and every rendered bootstrap through `--mode validate`.

mod allowed;
mod fallback;
mod gate;
mod mirror;
pub(crate) mod stage;
mod validate;

use std::env;
use std::path::{Path, PathBuf};

pub(crate) use stage::{Given, Setup, Stage, Through};

/// The Envoy program: `$ENVOY`, the one that `make setup` fetched, or `envoy` on PATH. Without one the test
/// fails: what was not run was not shown.
#[track_caller]
pub(crate) fn binary() -> PathBuf {
    if let Some(path) = env::var_os("ENVOY").filter(|path| !path.is_empty()).map(PathBuf::from) {
        assert!(path.is_file(), "$ENVOY names `{}`, which is not a file", path.display());
        return path;
    }
    let cache = Path::new(env!("CARGO_MANIFEST_DIR")).join("../.cache/envoy");
    let cached = std::fs::read_dir(cache).into_iter().flatten();
    let cached = cached.filter_map(|entry| Some(entry.ok()?.path().join("envoy")));
    let folders = env::var_os("PATH").unwrap_or_default();
    let on_path = env::split_paths(&folders).map(|folder| folder.join("envoy"));
    let found = cached.chain(on_path).find(|path| path.is_file());
    found.unwrap_or_else(|| {
        panic!("no Envoy in .cache/envoy or on PATH: run `make setup`, or name one by `ENVOY`")
    })
}

/// Runs a test that waits for servers.
#[track_caller]
pub(crate) fn wait<T>(work: impl Future<Output = T>) -> T {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(work)
}

//! Where Envoy and the filter's module are: what the command line says, what the environment says, and the
//! places where `make` leaves them.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use istio::render::{FULL, LITE, Module, Modules};

/// The file in which `make setup` records the Envoy that it found or fetched.
const RECORD: &str = ".cache/envoy.env";

/// The Envoy program: `given`, `$ENVOY`, `envoy` on PATH, or the one that `make setup` recorded in this folder.
///
/// # Errors
/// When there is none.
pub fn envoy(given: Option<&Path>) -> anyhow::Result<PathBuf> {
    if let Some(path) = given {
        return existing(path, "--envoy");
    }
    if let Some(path) = named("ENVOY") {
        return existing(&path, "$ENVOY");
    }
    let folders = env::var_os("PATH").unwrap_or_default();
    let found =
        env::split_paths(&folders).map(|folder| folder.join("envoy")).find(|path| path.is_file());
    let recorded = || recorded(&fs::read_to_string(RECORD).ok()?).filter(|path| path.is_file());
    found.or_else(recorded).context(
        "no Envoy on PATH or in `.cache/envoy.env`: run `make setup` and try again in the same folder, or name one \
         with --envoy or $ENVOY",
    )
}

/// The filter's module: `given`, `$SERIN_MODULE`, or the one that was built beside this program.
///
/// # Errors
/// When there is none.
pub fn module(given: Option<&Path>) -> anyhow::Result<PathBuf> {
    if let Some(path) = given {
        return existing(path, "--module");
    }
    if let Some(path) = named("SERIN_MODULE") {
        return existing(&path, "$SERIN_MODULE");
    }
    let program = env::current_exe().context("cannot determine the path of this program")?;
    // target/release/serin and target/serin.wasm, as `make build` leaves them; or both in one folder.
    let candidates = program.ancestors().skip(1).take(2).map(|folder| folder.join(FULL));
    let found = candidates.into_iter().find(|path| path.is_file());
    found.context("no module `serin.wasm` next to this program: run `make build`, or name it with --module or \
        $SERIN_MODULE")
}

/// The module without the regex engine: `given`, `$SERIN_MODULE_LITE`, or `serin-lite.wasm` beside the `full` one;
/// without it the full one serves.
///
/// # Errors
/// When there is none where one is named.
pub fn lite_module(given: Option<&Path>, full: &Path) -> anyhow::Result<Option<PathBuf>> {
    if let Some(path) = given {
        return existing(path, "--lite-module").map(Some);
    }
    if let Some(path) = named("SERIN_MODULE_LITE") {
        return existing(&path, "$SERIN_MODULE_LITE").map(Some);
    }
    Ok(Some(full.with_file_name(LITE)).filter(|path| path.is_file()))
}

/// Both, as an Envoy here finds them.
///
/// # Errors
/// When there is none, or a path cannot be written down.
pub fn modules(full: Option<&Path>, lite: Option<&Path>) -> anyhow::Result<Modules> {
    let file = |path: &Path| {
        let path = path.to_str().context("the module's path is not UTF-8")?;
        anyhow::Ok(Module::File(path.to_owned()))
    };
    let path = module(full)?;
    let full = file(&path)?;
    Ok(match lite_module(lite, &path)? {
        Some(lite) => Modules::Both { full, lite: file(&lite)? },
        None => Modules::Full(full),
    })
}

/// The path in a file of [`RECORD`], in which the shell's special characters follow a backslash.
fn recorded(text: &str) -> Option<PathBuf> {
    let value = text.lines().find_map(|line| line.strip_prefix("ENVOY="))?;
    let mut path = String::new();
    let mut characters = value.chars();
    while let Some(character) = characters.next() {
        path.push(if character == '\\' { characters.next()? } else { character });
    }
    Some(path.into())
}

fn named(variable: &str) -> Option<PathBuf> {
    env::var_os(variable).filter(|value| !value.is_empty()).map(PathBuf::from)
}

/// The file as an absolute path: Envoy has a working directory of its own.
fn existing(path: &Path, origin: &str) -> anyhow::Result<PathBuf> {
    if !path.is_file() {
        bail!("{origin} names `{}`, which is not a file", path.display());
    }
    path.canonicalize().with_context(|| format!("cannot find `{}`", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_there_is_named() {
        let error = envoy(Some(Path::new("/no/such/envoy"))).unwrap_err();
        assert_eq!(error.to_string(), "--envoy names `/no/such/envoy`, which is not a file");
        let error = lite_module(Some(Path::new("/no")), Path::new("/serin.wasm")).unwrap_err();
        assert_eq!(error.to_string(), "--lite-module names `/no`, which is not a file");
        let error = module(Some(Path::new("/no/such.wasm"))).unwrap_err();
        assert_eq!(error.to_string(), "--module names `/no/such.wasm`, which is not a file");
    }

    #[test]
    fn the_envoy_of_make_setup_is_read_from_its_record() {
        let found = recorded("# Written by setup/envoy.sh\nENVOY=/a\\ b/envoy\n");
        assert_eq!(found, Some(PathBuf::from("/a b/envoy")));
        assert_eq!(recorded("# nothing\n"), None);
        assert_eq!(recorded("ENVOY=a\\"), None);
    }

    #[test]
    fn the_lite_module_stands_beside_the_full_one_or_is_left_out() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().canonicalize().unwrap().join(name);
        let file = |name: &str| Module::File(path(name).to_str().unwrap().to_owned());
        std::fs::write(path("serin.wasm"), "").unwrap();
        let found = || modules(Some(&path("serin.wasm")), None).unwrap();
        assert_eq!(found(), Modules::Full(file("serin.wasm")));
        std::fs::write(path("serin-lite.wasm"), "").unwrap();
        let both = Modules::Both { full: file("serin.wasm"), lite: file("serin-lite.wasm") };
        assert_eq!(found(), both);
    }
}

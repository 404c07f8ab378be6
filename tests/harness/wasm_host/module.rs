//! A module, compiled and linked once, from which any number of VMs start.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::{env, fs, io};

use wasmtime::{Config, Engine, InstancePre, Linker};

use super::functions;
use super::state::State;
use super::vm::{Refused, Vm};

/// The seed of the randomness where a case names none.
const SEED: u64 = 1;

/// A module that can run here.
pub struct Module {
    linked: InstancePre<State>,
}

/// A module that cannot.
#[derive(Debug)]
pub enum Unusable {
    /// There is no such file.
    Missing {
        /// Where it was expected.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// It is no module, or asks for what this host does not have.
    Invalid(wasmtime::Error),
}

impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { path, source } => write!(
                f,
                "no module at `{}` ({source}): run `make build`, or name another by `SERIN_MODULE`",
                path.display()
            ),
            Self::Invalid(error) => write!(f, "the module cannot be used: {error:#}"),
        }
    }
}

impl std::error::Error for Unusable {}

impl Module {
    /// The module that `make build` made, or that `SERIN_MODULE` names; compiled once per process.
    ///
    /// # Errors
    /// When there is none, or it cannot be used.
    pub fn built() -> Result<&'static Self, &'static Unusable> {
        static BUILT: OnceLock<Result<Module, Unusable>> = OnceLock::new();
        BUILT.get_or_init(|| Self::new(&Self::bytes()?)).as_ref()
    }

    /// The same, which counts the instructions that it runs ([`Vm::instructions`]).
    ///
    /// # Errors
    /// When there is none, or it cannot be used.
    pub fn metered() -> Result<&'static Self, &'static Unusable> {
        static METERED: OnceLock<Result<Module, Unusable>> = OnceLock::new();
        let load = || Self::on(Config::new().consume_fuel(true), &Self::bytes()?);
        METERED.get_or_init(load).as_ref()
    }

    /// Where the module of [`Module::built`] is.
    #[must_use]
    pub fn path() -> PathBuf {
        let target = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/serin.wasm");
        env::var_os("SERIN_MODULE").map_or_else(target, PathBuf::from)
    }

    /// The one without the regex engine: beside the other, or what `SERIN_MODULE_LITE` names.
    ///
    /// # Errors
    /// When there is none, or it cannot be used.
    pub fn lite() -> Result<&'static Self, &'static Unusable> {
        static LITE: OnceLock<Result<Module, Unusable>> = OnceLock::new();
        LITE.get_or_init(|| Self::new(&read(Self::lite_path())?)).as_ref()
    }

    /// Where the module of [`Module::lite`] is.
    #[must_use]
    pub fn lite_path() -> PathBuf {
        let beside = || Self::path().with_file_name("serin-lite.wasm");
        env::var_os("SERIN_MODULE_LITE").map_or_else(beside, PathBuf::from)
    }

    fn bytes() -> Result<Vec<u8>, Unusable> {
        read(Self::path())
    }

    /// Any module, binary.
    ///
    /// # Errors
    /// When it is no module, or imports what this host does not have.
    pub fn new(bytes: &[u8]) -> Result<Self, Unusable> {
        Self::on(&Config::new(), bytes)
    }

    fn on(config: &Config, bytes: &[u8]) -> Result<Self, Unusable> {
        Self::link(config, bytes).map(|linked| Self { linked }).map_err(Unusable::Invalid)
    }

    fn link(config: &Config, bytes: &[u8]) -> wasmtime::Result<InstancePre<State>> {
        let engine = Engine::new(config)?;
        let module = wasmtime::Module::new(&engine, bytes)?;
        let mut linker = Linker::new(&engine);
        functions::define(&mut linker)?;
        functions::define_uncalled(&mut linker, &module)?;
        linker.instantiate_pre(&module)
    }

    /// What the module imports, sorted, as `env.proxy_log`.
    #[must_use]
    pub fn imports(&self) -> Vec<String> {
        let imports = self.linked.module().imports();
        let names = imports.map(|import| format!("{}.{}", import.module(), import.name()));
        names.collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// What the module exports, sorted.
    #[must_use]
    pub fn exports(&self) -> Vec<String> {
        let exports = self.linked.module().exports();
        exports
            .map(|export| export.name().to_owned())
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect()
    }

    /// A VM with this configuration, in which nothing is cut.
    ///
    /// # Errors
    /// When the module refuses it.
    pub fn configure(&self, configuration: &[u8]) -> Result<Vm, Refused> {
        self.setup().configure(configuration)
    }

    /// A VM of other than the usual kind.
    #[must_use]
    pub fn setup(&self) -> Setup<'_> {
        Setup { module: self, seed: SEED, allowed: None, labels: BTreeMap::new() }
    }

    pub(super) fn linked(&self) -> &InstancePre<State> {
        &self.linked
    }
}

fn read(path: PathBuf) -> Result<Vec<u8>, Unusable> {
    fs::read(&path).map_err(|source| Unusable::Missing { path, source })
}

/// What a VM is like.
pub struct Setup<'a> {
    module: &'a Module,
    seed: u64,
    allowed: Option<BTreeSet<String>>,
    labels: BTreeMap<String, String>,
}

impl Setup<'_> {
    /// The seed of what `random_get` gives.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Cuts every capability but these, as Envoy's `allowed_capabilities`: imports and exports both.
    #[must_use]
    pub fn allow<'n>(mut self, capabilities: impl IntoIterator<Item = &'n str>) -> Self {
        self.allowed = Some(capabilities.into_iter().map(str::to_owned).collect());
        self
    }

    /// The labels of the workload that the proxy stands before.
    #[must_use]
    pub fn labels(mut self, labels: BTreeMap<String, String>) -> Self {
        self.labels = labels;
        self
    }

    /// Starts the VM.
    ///
    /// # Errors
    /// When the module refuses the configuration.
    pub fn configure(self, configuration: &[u8]) -> Result<Vm, Refused> {
        let state = State::new(self.seed, self.allowed, self.labels);
        Vm::start(self.module, state, configuration)
    }
}

//! A VM, as one of Envoy's workers has it: a root context with a configuration, and streams.

use std::collections::BTreeMap;
use std::fmt;

use wasmtime::{Instance, Memory, Store, WasmParams, WasmResults};

use super::abi::{self, Action};
use super::effects::{Effects, Headers, Line};
use super::module::Module;
use super::state::State;

/// A running module.
pub struct Vm {
    store: Store<State>,
    instance: Instance,
    memory: Memory,
    root: u32,
    contexts: u32,
    log: Vec<Line>,
    trapped: Option<String>,
}

/// The end of a VM: the module trapped, and Envoy never calls it again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trap {
    /// What the engine said.
    pub message: String,
    /// What the module said before.
    pub log: Vec<Line>,
}

impl fmt::Display for Trap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the module trapped: {}", self.message)?;
        self.log.iter().try_for_each(|line| write!(f, "\n{line}"))
    }
}

impl std::error::Error for Trap {}

/// A configuration that was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// What the module said about it.
    pub log: Vec<Line>,
    /// How the module ended, if it did.
    pub trap: Option<String>,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the configuration was refused")?;
        self.trap.iter().try_for_each(|trap| write!(f, "; the module trapped: {trap}"))?;
        self.log.iter().try_for_each(|line| write!(f, "\n{line}"))
    }
}

impl std::error::Error for Refused {}

impl From<Trap> for Refused {
    fn from(Trap { message, log }: Trap) -> Self {
        Self { log, trap: Some(message) }
    }
}

/// A request that has not ended.
#[derive(Debug, PartialEq, Eq)]
pub struct Stream(u32);

impl Vm {
    pub(super) fn start(
        module: &Module,
        state: State,
        configuration: &[u8],
    ) -> Result<Self, Refused> {
        let broken = |message: String| Refused { log: Vec::new(), trap: Some(message) };
        let linked = module.linked();
        let mut store = Store::new(linked.module().engine(), state);
        // Refused by an engine that does not count.
        let _counts = store.set_fuel(u64::MAX);
        let instance =
            linked.instantiate(&mut store).map_err(|error| broken(format!("{error:#}")))?;
        if instance.get_func(&mut store, abi::VERSION).is_none() {
            return Err(broken(format!("the module does not export `{}`", abi::VERSION)));
        }
        let memory = instance.get_memory(&mut store, "memory");
        let memory = memory.ok_or_else(|| broken("the module exports no `memory`".to_owned()))?;
        let mut vm =
            Self { store, instance, memory, root: 0, contexts: 0, log: Vec::new(), trapped: None };
        vm.initialize()?;
        vm.reconfigure(configuration)?;
        Ok(vm)
    }

    /// Configures the VM anew, as Envoy does where VMs are shared by `vm_id`: a root context more, which
    /// gets the requests to come. When it is refused the one before goes on.
    ///
    /// # Errors
    /// When the module refuses the configuration.
    pub fn reconfigure(&mut self, configuration: &[u8]) -> Result<(), Refused> {
        let root = self.new_context(0)?;
        let started = self.call::<_, u32>("proxy_on_vm_start", (root, 0))?.is_none_or(is_true);
        let size = u32::try_from(configuration.len()).unwrap_or(u32::MAX);
        self.store.data_mut().configuration = configuration.to_vec();
        let taken =
            started && self.call::<_, u32>("proxy_on_configure", (root, size))?.is_none_or(is_true);
        self.store.data_mut().configuration.clear();
        let old = if taken { std::mem::replace(&mut self.root, root) } else { root };
        if old != 0 {
            self.delete(old)?;
        }
        let Effects { log, .. } = self.store.data_mut().exchange(Headers::new());
        if !taken {
            return Err(Refused { log, trap: None });
        }
        self.log = log;
        Ok(())
    }

    /// Sends a request through, from its headers to its end.
    ///
    /// # Errors
    /// When the module traps, now or before.
    pub fn request(&mut self, headers: &[(&str, &[u8])]) -> Result<Effects, Trap> {
        let (stream, action) = self.begin(headers)?;
        self.delete(stream)?;
        Ok(Effects { action, ..self.store.data_mut().exchange(Headers::new()) })
    }

    /// Starts a request that goes on until it is closed.
    ///
    /// # Errors
    /// When the module traps, now or before.
    pub fn open(&mut self, headers: &[(&str, &[u8])]) -> Result<(Stream, Effects), Trap> {
        let (stream, action) = self.begin(headers)?;
        let effects = self.store.data_mut().exchange(Headers::new());
        Ok((Stream(stream), Effects { action, ..effects }))
    }

    /// Ends a request.
    ///
    /// # Errors
    /// When the module traps, now or before.
    pub fn close(&mut self, Stream(stream): Stream) -> Result<(), Trap> {
        self.delete(stream)
    }

    /// What the module said about the configuration that it took last.
    #[must_use]
    pub fn log(&self) -> &[Line] {
        &self.log
    }

    /// The proxy's counters.
    #[must_use]
    pub fn counters(&self) -> &BTreeMap<String, u64> {
        self.store.data().metrics.values()
    }

    /// The size of the module's memory.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        self.memory.data_size(&self.store)
    }

    /// The WebAssembly instructions that were run so far, in a module that counts them ([`Module::metered`]): the same
    /// number wherever it runs.
    #[must_use]
    pub fn instructions(&self) -> Option<u64> {
        self.store.get_fuel().ok().map(|left| u64::MAX - left)
    }

    fn initialize(&mut self) -> Result<(), Trap> {
        let main = ["_initialize", "_start"];
        let main =
            main.into_iter().find(|name| self.instance.get_func(&mut self.store, name).is_some());
        match main {
            Some(main) => self.call_uncut::<_, ()>(main, ()).map(|_| ()),
            None => Ok(()),
        }
    }

    fn begin(&mut self, headers: &[(&str, &[u8])]) -> Result<(u32, Action), Trap> {
        let lower = |name: &str| name.to_ascii_lowercase().into_bytes();
        let headers: Headers =
            headers.iter().map(|(name, value)| (lower(name), value.to_vec())).collect();
        let count = u32::try_from(headers.len()).unwrap_or(u32::MAX);
        self.store.data_mut().exchange(headers);
        let stream = self.new_context(self.root)?;
        let end_of_stream = 1;
        let action = self.call("proxy_on_request_headers", (stream, count, end_of_stream))?;
        match Action::from_number(action.unwrap_or(0)) {
            Some(action) => Ok((stream, action)),
            None => Err(self.trap(format!("no action has the number {action:?}"))),
        }
    }

    fn new_context(&mut self, parent: u32) -> Result<u32, Trap> {
        self.contexts += 1;
        let id = self.contexts;
        self.call::<_, ()>("proxy_on_context_create", (id, parent))?;
        Ok(id)
    }

    fn delete(&mut self, context: u32) -> Result<(), Trap> {
        self.call::<_, u32>("proxy_on_done", context)?;
        self.call::<_, ()>("proxy_on_log", context)?;
        self.call::<_, ()>("proxy_on_delete", context)?;
        Ok(())
    }

    /// Calls what the module exports under `name`, if it does and that capability is not cut.
    fn call<P: WasmParams, R: WasmResults>(
        &mut self,
        name: &str,
        parameters: P,
    ) -> Result<Option<R>, Trap> {
        if self.store.data().allows(name) { self.call_uncut(name, parameters) } else { Ok(None) }
    }

    fn call_uncut<P: WasmParams, R: WasmResults>(
        &mut self,
        name: &str,
        parameters: P,
    ) -> Result<Option<R>, Trap> {
        if let Some(message) = &self.trapped {
            return Err(Trap { message: message.clone(), log: Vec::new() });
        }
        let Some(function) = self.instance.get_func(&mut self.store, name) else {
            return Ok(None);
        };
        let function = function.typed::<P, R>(&self.store);
        match function.and_then(|function| function.call(&mut self.store, parameters)) {
            Ok(result) => Ok(Some(result)),
            Err(error) => Err(self.trap(format!("in `{name}`: {error:#}"))),
        }
    }

    fn trap(&mut self, message: String) -> Trap {
        self.trapped = Some(message.clone());
        Trap { message, log: self.store.data_mut().exchange(Headers::new()).log }
    }
}

fn is_true(returned: u32) -> bool {
    returned != 0
}

//! The module as its host functions see it: memory, the allocator, and the host's state.

use wasmtime::{AsContext, AsContextMut, Caller, Extern, Memory};

use super::abi::{ENOTCAPABLE, Level, Status};
use super::state::State;

/// Why a host function did not do it.
pub(super) enum Stop {
    /// The module is told so.
    Status(Status),
    /// The module ends here.
    Trap(wasmtime::Error),
}

impl From<Status> for Stop {
    fn from(status: Status) -> Self {
        Self::Status(status)
    }
}

impl From<wasmtime::Error> for Stop {
    fn from(error: wasmtime::Error) -> Self {
        Self::Trap(error)
    }
}

pub(super) struct Guest<'a> {
    caller: Caller<'a, State>,
    memory: Memory,
}

impl<'a> Guest<'a> {
    /// Runs the proxy-wasm function `name`, unless that capability is cut.
    pub(super) fn serve(
        caller: Caller<'a, State>,
        name: &str,
        body: impl FnOnce(&mut Self) -> Result<(), Stop>,
    ) -> wasmtime::Result<u32> {
        Self::serve_or(caller, name, Status::InternalFailure as u32, body)
    }

    /// The same for a function of WASI.
    pub(super) fn serve_wasi(
        caller: Caller<'a, State>,
        name: &str,
        body: impl FnOnce(&mut Self) -> Result<(), Stop>,
    ) -> wasmtime::Result<u32> {
        Self::serve_or(caller, name, ENOTCAPABLE, body)
    }

    fn serve_or(
        mut caller: Caller<'a, State>,
        name: &str,
        cut: u32,
        body: impl FnOnce(&mut Self) -> Result<(), Stop>,
    ) -> wasmtime::Result<u32> {
        if !caller.data().allows(name) {
            let line = format!("attempted call to restricted proxy-wasm capability: {name}");
            caller.data_mut().log(Level::Error, line);
            return Ok(cut);
        }
        let Some(Extern::Memory(memory)) = caller.get_export("memory") else {
            return Err(wasmtime::Error::msg("the module exports no `memory`"));
        };
        match body(&mut Self { caller, memory }) {
            Ok(()) => Ok(0),
            Err(Stop::Status(status)) => Ok(status as u32),
            Err(Stop::Trap(error)) => Err(error),
        }
    }

    pub(super) fn state(&mut self) -> &mut State {
        self.caller.data_mut()
    }

    pub(super) fn read(&self, address: u32, size: u32) -> Result<Vec<u8>, Stop> {
        let memory = self.memory.data(self.caller.as_context());
        let from = address as usize;
        let bytes = memory.get(from..from + size as usize).ok_or(Status::InvalidMemoryAccess)?;
        Ok(bytes.to_vec())
    }

    /// The same, for what the ABI says is text; a module that breaks its word is a fault of the module.
    pub(super) fn read_text(&self, address: u32, size: u32) -> Result<String, Stop> {
        String::from_utf8(self.read(address, size)?).map_err(|_| Status::BadArgument.into())
    }

    pub(super) fn write(&mut self, address: u32, bytes: &[u8]) -> Result<(), Stop> {
        let written = self.memory.write(self.caller.as_context_mut(), address as usize, bytes);
        written.map_err(|_| Status::InvalidMemoryAccess.into())
    }

    pub(super) fn write_number(&mut self, address: u32, number: u32) -> Result<(), Stop> {
        self.write(address, &number.to_le_bytes())
    }

    /// Gives `bytes` to the module: in memory that its allocator makes, the address and the size where it
    /// wants them. Nothing is allocated for no bytes, as in Envoy.
    pub(super) fn give(&mut self, bytes: &[u8], data: u32, size: u32) -> Result<(), Stop> {
        let length = u32::try_from(bytes.len()).map_err(|_| Status::InternalFailure)?;
        let address = if length == 0 { 0 } else { self.allocate(length)? };
        self.write(address, bytes)?;
        self.write_number(data, address)?;
        self.write_number(size, length)
    }

    fn allocate(&mut self, size: u32) -> Result<u32, Stop> {
        for name in ["proxy_on_memory_allocate", "malloc"] {
            if let Some(Extern::Func(function)) = self.caller.get_export(name) {
                let allocate = function.typed::<u32, u32>(&self.caller)?;
                return Ok(allocate.call(&mut self.caller, size)?);
            }
        }
        Err(Stop::Trap(wasmtime::Error::msg("the module exports no allocator")))
    }
}

//! The numbers of the proxy-wasm ABI.

/// The version that the host speaks, as the export that names it.
pub(super) const VERSION: &str = "proxy_abi_version_0_2_1";

/// What a host function returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Status {
    NotFound = 1,
    BadArgument = 2,
    InvalidMemoryAccess = 6,
    InternalFailure = 10,
}

/// What a WASI function returns when the capability is cut.
pub(super) const ENOTCAPABLE: u32 = 76;

pub(super) const REQUEST_HEADERS: u32 = 0;
pub(super) const PLUGIN_CONFIGURATION: u32 = 7;
pub(super) const COUNTER: u32 = 0;

/// What becomes of a request after a callback.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// It goes on.
    Continue,
    /// It waits.
    Pause,
}

impl Action {
    pub(super) fn from_number(number: u32) -> Option<Self> {
        match number {
            0 => Some(Self::Continue),
            1 => Some(Self::Pause),
            _ => None,
        }
    }
}

/// How much a line of the log matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Every step.
    Trace,
    /// To find a fault.
    Debug,
    /// Worth knowing.
    Info,
    /// Works, but probably not as meant.
    Warn,
    /// Does not work.
    Error,
    /// The last words of a module.
    Critical,
}

impl Level {
    pub(super) fn from_number(number: u32) -> Option<Self> {
        let levels =
            [Self::Trace, Self::Debug, Self::Info, Self::Warn, Self::Error, Self::Critical];
        levels.get(number as usize).copied()
    }
}

//! The host's functions: the only place that calls out of the module.
//!
//! The SDK's own wrappers panic on a status that they do not expect (a capability that was cut, for one), so
//! the few functions needed are declared here and every status but 0 comes back as a [`Failure`].
#![expect(unsafe_code, reason = "host functions take and return raw addresses")]

mod pairs;

use std::fmt;
use std::panic;
use std::ptr::{null, null_mut, slice_from_raw_parts_mut};

use log::{Level, LevelFilter, Log, Metadata, Record};
use proxy_wasm::types::{BufferType, LogLevel, MapType, MetricType};

pub(crate) use pairs::Pairs;

#[link(wasm_import_module = "env")]
unsafe extern "C" {
    fn proxy_log(level: LogLevel, message: *const u8, message_size: usize) -> u32;
    fn proxy_get_buffer_bytes(
        kind: BufferType,
        start: usize,
        max_size: usize,
        data: *mut *mut u8,
        size: *mut usize,
    ) -> u32;
    fn proxy_get_header_map_value(
        map: MapType,
        key: *const u8,
        key_size: usize,
        data: *mut *mut u8,
        size: *mut usize,
    ) -> u32;
    fn proxy_get_property(
        path: *const u8,
        path_size: usize,
        data: *mut *mut u8,
        size: *mut usize,
    ) -> u32;
    fn proxy_get_header_map_pairs(map: MapType, data: *mut *mut u8, size: *mut usize) -> u32;
    fn proxy_replace_header_map_value(
        map: MapType,
        key: *const u8,
        key_size: usize,
        value: *const u8,
        value_size: usize,
    ) -> u32;
    fn proxy_set_property(
        path: *const u8,
        path_size: usize,
        value: *const u8,
        value_size: usize,
    ) -> u32;
    fn proxy_call_foreign_function(
        name: *const u8,
        name_size: usize,
        arguments: *const u8,
        arguments_size: usize,
        results: *mut *mut u8,
        results_size: *mut usize,
    ) -> u32;
    fn proxy_define_metric(
        kind: MetricType,
        name: *const u8,
        name_size: usize,
        id: *mut u32,
    ) -> u32;
    fn proxy_increment_metric(id: u32, offset: i64) -> u32;
}

/// The status of what is not there (`WasmResult::NotFound`).
const NOT_FOUND: u32 = 1;

/// A host function that did not do it: its name and the status that it returned.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Failure {
    function: &'static str,
    status: u32,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` returned status {}", self.function, self.status)
    }
}

fn done(function: &'static str, status: u32) -> Result<(), Failure> {
    if status == 0 { Ok(()) } else { Err(Failure { function, status }) }
}

/// The plugin's configuration; empty where there is none.
pub(crate) fn configuration() -> Result<Vec<u8>, Failure> {
    received("proxy_get_buffer_bytes", |data, size| {
        // SAFETY: `data` and `size` point to where the host may write.
        unsafe {
            proxy_get_buffer_bytes(BufferType::PluginConfiguration, 0, usize::MAX, data, size)
        }
    })
}

/// The first value of a header of the request.
pub(crate) fn header(name: &str) -> Option<Vec<u8>> {
    received("proxy_get_header_map_value", |data, size| {
        let map = MapType::HttpRequestHeaders;
        // SAFETY: `name` outlives the call; `data` and `size` point to where the host may write.
        unsafe { proxy_get_header_map_value(map, name.as_ptr(), name.len(), data, size) }
    })
    .ok()
}

/// All lines of a header of the request, joined by commas, in one call that costs hardly more than the first line alone
/// (measured: 3k instructions).
pub(crate) fn joined_lines(name: &str) -> Result<Option<Vec<u8>>, Failure> {
    optional(property(&["request", "headers", name]))
}

/// All headers of the request, in one call that costs less than two that each read one.
pub(crate) fn headers() -> Result<Pairs, Failure> {
    let map = received("proxy_get_header_map_pairs", |data, size| {
        // SAFETY: `data` and `size` point to where the host may write.
        unsafe { proxy_get_header_map_pairs(MapType::HttpRequestHeaders, data, size) }
    })?;
    Ok(Pairs::new(map))
}

/// A label of the workload that the proxy stands before, as Istio tells the proxy.
pub(crate) fn node_label(label: &str) -> Result<Option<Vec<u8>>, Failure> {
    optional(property(&["xds", "node", "metadata", "LABELS", label]))
}

/// What is there, or nothing where it is not.
fn optional(value: Result<Vec<u8>, Failure>) -> Result<Option<Vec<u8>>, Failure> {
    match value {
        Ok(value) => Ok(Some(value)),
        Err(Failure { status: NOT_FOUND, .. }) => Ok(None),
        Err(failure) => Err(failure),
    }
}

/// A property of the request or the proxy; a path is joined by NUL (proxy-wasm ABI 0.2.1).
fn property(path: &[&str]) -> Result<Vec<u8>, Failure> {
    let path = path.join("\0");
    received("proxy_get_property", |data, size| {
        // SAFETY: `path` outlives the call; `data` and `size` point to where the host may write.
        unsafe { proxy_get_property(path.as_ptr(), path.len(), data, size) }
    })
}

/// What the host allocated in the module and gave away, address and length.
fn received(
    function: &'static str,
    call: impl FnOnce(*mut *mut u8, *mut usize) -> u32,
) -> Result<Vec<u8>, Failure> {
    let mut data = null_mut();
    let mut size = 0;
    done(function, call(&raw mut data, &raw mut size))?;
    if data.is_null() {
        return Ok(Vec::new());
    }
    // SAFETY: the host got this memory from the SDK's `malloc`, which makes a boxed slice of `size` bytes,
    // filled all of it and keeps no address.
    Ok(unsafe { Box::from_raw(slice_from_raw_parts_mut(data, size)) }.into_vec())
}

/// Gives the request's header `name` this one value. The route cache goes with it, up to ABI 0.2.1.
pub(crate) fn replace_header(name: &str, value: &[u8]) -> Result<(), Failure> {
    let map = MapType::HttpRequestHeaders;
    // SAFETY: `name` and `value` outlive the call.
    let status = unsafe {
        proxy_replace_header_map_value(map, name.as_ptr(), name.len(), value.as_ptr(), value.len())
    };
    done("proxy_replace_header_map_value", status)
}

/// Sets a property of the request; Envoy keeps it as filter state `wasm.<name>`.
pub(crate) fn set_property(name: &str, value: &[u8]) -> Result<(), Failure> {
    // SAFETY: `name` and `value` outlive the call.
    let status =
        unsafe { proxy_set_property(name.as_ptr(), name.len(), value.as_ptr(), value.len()) };
    done("proxy_set_property", status)
}

/// Has Envoy choose the route again, now that there is something new to choose by.
pub(crate) fn clear_route_cache() -> Result<(), Failure> {
    let name = "clear_route_cache";
    let (mut results, mut size) = (null_mut(), 0);
    // SAFETY: `name` outlives the call, there are no arguments; this function has no results, so that
    // nothing is allocated.
    let status = unsafe {
        proxy_call_foreign_function(
            name.as_ptr(),
            name.len(),
            null(),
            0,
            &raw mut results,
            &raw mut size,
        )
    };
    done("proxy_call_foreign_function", status)
}

/// A counter of the proxy.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Counter(u32);

impl Counter {
    /// The counter `name`, new or as it stands.
    pub(crate) fn define(name: &str) -> Result<Self, Failure> {
        let mut id = 0;
        // SAFETY: `name` outlives the call; `id` is where the host may write.
        let status = unsafe {
            proxy_define_metric(MetricType::Counter, name.as_ptr(), name.len(), &raw mut id)
        };
        done("proxy_define_metric", status).map(|()| Self(id))
    }

    /// Adds to it.
    pub(crate) fn add(self, amount: u32) -> Result<(), Failure> {
        // SAFETY: no addresses.
        done("proxy_increment_metric", unsafe { proxy_increment_metric(self.0, i64::from(amount)) })
    }
}

struct ProxyLog;

impl Log for ProxyLog {
    /// The proxy has the last word: it knows its own level.
    fn enabled(&self, _: &Metadata) -> bool {
        true
    }

    fn log(&self, record: &Record) {
        let level = match record.level() {
            Level::Trace => LogLevel::Trace,
            Level::Debug => LogLevel::Debug,
            Level::Info => LogLevel::Info,
            Level::Warn => LogLevel::Warn,
            Level::Error => LogLevel::Error,
        };
        write_log(level, &record.args().to_string());
    }

    fn flush(&self) {}
}

fn write_log(level: LogLevel, line: &str) {
    // SAFETY: `line` outlives the call. A line that cannot be written has nowhere else to go.
    let _status = unsafe { proxy_log(level, line.as_ptr(), line.len()) };
}

/// Sends log lines, and the last words of a panic, to the proxy's log.
pub(crate) fn log_through_proxy() {
    // Fails only where there is a logger already: in a VM this runs once.
    if log::set_logger(&ProxyLog).is_ok() {
        log::set_max_level(LevelFilter::Debug);
        panic::set_hook(Box::new(|panic| write_log(LogLevel::Critical, &panic.to_string())));
    }
}

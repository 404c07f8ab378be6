//! The host's functions, and the memory that it writes to.

use core::cell::UnsafeCell;
use core::ptr::{null, null_mut};
use core::slice;

#[link(wasm_import_module = "env")]
unsafe extern "C" {
    fn proxy_get_buffer_bytes(
        kind: u32,
        start: usize,
        size: usize,
        data: *mut *mut u8,
        got: *mut usize,
    ) -> u32;
    fn proxy_get_header_map_value(
        map: u32,
        key: *const u8,
        key_size: usize,
        data: *mut *mut u8,
        size: *mut usize,
    ) -> u32;
    fn proxy_get_header_map_pairs(map: u32, data: *mut *mut u8, size: *mut usize) -> u32;
    fn proxy_get_property(
        path: *const u8,
        path_size: usize,
        data: *mut *mut u8,
        size: *mut usize,
    ) -> u32;
    fn proxy_replace_header_map_value(
        map: u32,
        key: *const u8,
        key_size: usize,
        value: *const u8,
        size: usize,
    ) -> u32;
    fn proxy_set_property(path: *const u8, path_size: usize, value: *const u8, size: usize) -> u32;
    fn proxy_call_foreign_function(
        name: *const u8,
        name_size: usize,
        arguments: *const u8,
        size: usize,
        results: *mut *mut u8,
        results_size: *mut usize,
    ) -> u32;
    fn proxy_define_metric(kind: u32, name: *const u8, size: usize, id: *mut u32) -> u32;
    fn proxy_increment_metric(id: u32, offset: i64) -> u32;
}

const PLUGIN_CONFIGURATION: u32 = 7;
const REQUEST_HEADERS: u32 = 0;
const COUNTER: u32 = 0;

/// Where the host writes: what it gives is looked at before it gives more, so that one place is enough.
struct Room(UnsafeCell<[u8; SIZE]>);

// SAFETY: a virtual machine has one thread.
unsafe impl Sync for Room {}

/// More than all headers of a request.
const SIZE: usize = 256 * 1024;

static ROOM: Room = Room(UnsafeCell::new([0; SIZE]));

/// What the host calls for memory in the module.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn proxy_on_memory_allocate(size: usize) -> *mut u8 {
    if size > SIZE { null_mut() } else { ROOM.0.get().cast() }
}

/// What the host gave, until it gives more.
fn received(call: impl FnOnce(*mut *mut u8, *mut usize) -> u32) -> &'static [u8] {
    let (mut data, mut size) = (null_mut::<u8>(), 0);
    if call(&raw mut data, &raw mut size) != 0 || data.is_null() {
        return &[];
    }
    // SAFETY: the host filled so much of the room.
    unsafe { slice::from_raw_parts(data, size) }
}

pub(crate) fn configuration(size: usize) -> &'static [u8] {
    // SAFETY: `data` and `got` point to where the host may write.
    received(|data, got| unsafe {
        proxy_get_buffer_bytes(PLUGIN_CONFIGURATION, 0, size, data, got)
    })
}

pub(crate) fn header(name: &[u8]) -> &'static [u8] {
    // SAFETY: `name` outlives the call; `data` and `size` point to where the host may write.
    received(|data, size| unsafe {
        proxy_get_header_map_value(REQUEST_HEADERS, name.as_ptr(), name.len(), data, size)
    })
}

pub(crate) fn pairs() -> &'static [u8] {
    // SAFETY: `data` and `size` point to where the host may write.
    received(|data, size| unsafe { proxy_get_header_map_pairs(REQUEST_HEADERS, data, size) })
}

pub(crate) fn property(path: &[u8]) -> &'static [u8] {
    // SAFETY: `path` outlives the call; `data` and `size` point to where the host may write.
    received(|data, size| unsafe { proxy_get_property(path.as_ptr(), path.len(), data, size) })
}

pub(crate) fn replace_header(name: &[u8], value: &[u8]) {
    let (map, length) = (REQUEST_HEADERS, value.len());
    // SAFETY: `name` and `value` outlive the call.
    unsafe {
        proxy_replace_header_map_value(map, name.as_ptr(), name.len(), value.as_ptr(), length);
    }
}

pub(crate) fn set_property(name: &[u8], value: &[u8]) {
    // SAFETY: `name` and `value` outlive the call.
    unsafe { proxy_set_property(name.as_ptr(), name.len(), value.as_ptr(), value.len()) };
}

pub(crate) fn clear_route_cache() {
    let name = b"clear_route_cache";
    let (mut results, mut size) = (null_mut(), 0);
    let (results, size) = (&raw mut results, &raw mut size);
    // SAFETY: `name` outlives the call; there are no arguments and no results.
    unsafe { proxy_call_foreign_function(name.as_ptr(), name.len(), null(), 0, results, size) };
}

pub(crate) fn define_counter(name: &[u8]) -> u32 {
    let mut id = 0;
    // SAFETY: `name` outlives the call; `id` is where the host may write.
    unsafe { proxy_define_metric(COUNTER, name.as_ptr(), name.len(), &raw mut id) };
    id
}

pub(crate) fn increment(counter: u32) {
    // SAFETY: no addresses.
    unsafe { proxy_increment_metric(counter, 1) };
}

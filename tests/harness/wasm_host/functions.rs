//! The functions that the host offers: those that the filter needs do what Envoy's do, the rest of the ABI traps.

use wasmtime::{Caller, Linker, Module};

use super::abi::{COUNTER, Level, PLUGIN_CONFIGURATION, REQUEST_HEADERS, Status};
use super::effects::Headers;
use super::guest::{Guest, Stop};
use super::state::State;

type Host<'a> = Caller<'a, State>;

/// What ABI 0.2.1 has beside the functions below.
const UNCALLED: &[&str] = &[
    "proxy_add_header_map_value",
    "proxy_close_stream",
    "proxy_continue_stream",
    "proxy_dequeue_shared_queue",
    "proxy_done",
    "proxy_enqueue_shared_queue",
    "proxy_get_current_time_nanoseconds",
    "proxy_get_log_level",
    "proxy_get_metric",
    "proxy_get_shared_data",
    "proxy_get_status",
    "proxy_grpc_call",
    "proxy_grpc_cancel",
    "proxy_grpc_close",
    "proxy_grpc_send",
    "proxy_grpc_stream",
    "proxy_http_call",
    "proxy_record_metric",
    "proxy_register_shared_queue",
    "proxy_remove_header_map_value",
    "proxy_resolve_shared_queue",
    "proxy_send_local_response",
    "proxy_set_buffer_bytes",
    "proxy_set_effective_context",
    "proxy_set_header_map_pairs",
    "proxy_set_shared_data",
    "proxy_set_tick_period_milliseconds",
];

/// Defines what the filter needs; a module that imports another one cannot be linked.
pub(super) fn define(linker: &mut Linker<State>) -> wasmtime::Result<()> {
    define_reading(linker)?;
    define_writing(linker)?;
    define_metrics(linker)?;
    define_system(linker)
}

/// Defines those of the other functions of the ABI that `module` imports: the SDK names most of them in
/// callbacks that the filter does not have. A call of one traps.
pub(super) fn define_uncalled(linker: &mut Linker<State>, module: &Module) -> wasmtime::Result<()> {
    for import in module.imports() {
        let name = import.name();
        if let ("env", Some(ty)) = (import.module(), import.ty().func())
            && UNCALLED.contains(&name)
        {
            let message = format!("the module called `{name}`, which this host does not do");
            linker.func_new("env", name, ty.clone(), move |_, _, _| {
                Err(wasmtime::Error::msg(message.clone()))
            })?;
        }
    }
    Ok(())
}

fn define_reading(linker: &mut Linker<State>) -> wasmtime::Result<()> {
    let name = "proxy_get_buffer_bytes";
    linker.func_wrap(
        "env",
        name,
        move |host: Host, kind: u32, start: u32, max: u32, data: u32, size: u32| {
            Guest::serve(host, name, |guest| {
                if kind != PLUGIN_CONFIGURATION {
                    return Err(Status::NotFound.into());
                }
                let from = &guest.state().configuration;
                let bytes: Vec<u8> =
                    from.iter().copied().skip(start as usize).take(max as usize).collect();
                guest.give(&bytes, data, size)
            })
        },
    )?;
    let name = "proxy_get_header_map_value";
    linker.func_wrap(
        "env",
        name,
        move |host: Host, map: u32, key: u32, key_size: u32, data: u32, size: u32| {
            Guest::serve(host, name, |guest| {
                let key = header_name(guest, map, key, key_size)?;
                let effects = &mut guest.state().effects;
                effects.reads.push(key.clone());
                let value = effects.header(&key).ok_or(Status::NotFound)?.to_vec();
                guest.give(&value, data, size)
            })
        },
    )?;
    let name = "proxy_get_property";
    linker.func_wrap(
        "env",
        name,
        move |host: Host, path: u32, path_size: u32, data: u32, size: u32| {
            Guest::serve(host, name, |guest| {
                let path = guest.read_text(path, path_size)?;
                let value = match path.split('\0').collect::<Vec<_>>().as_slice() {
                    ["request", "headers", name] => {
                        let effects = &mut guest.state().effects;
                        effects.reads.push((*name).to_owned());
                        effects.joined(name)
                    }
                    ["xds", "node", "metadata", "LABELS", label] => {
                        guest.state().labels.get(*label).map(|value| value.clone().into_bytes())
                    }
                    _ => None,
                };
                guest.give(&value.ok_or(Status::NotFound)?, data, size)
            })
        },
    )?;
    let name = "proxy_get_header_map_pairs";
    linker.func_wrap("env", name, move |host: Host, map: u32, data: u32, size: u32| {
        Guest::serve(host, name, |guest| {
            if map != REQUEST_HEADERS {
                return Err(Status::BadArgument.into());
            }
            let effects = &mut guest.state().effects;
            effects.reads.push("*".to_owned());
            let pairs = pairs(&effects.headers);
            guest.give(&pairs, data, size)
        })
    })?;
    Ok(())
}

fn define_writing(linker: &mut Linker<State>) -> wasmtime::Result<()> {
    let name = "proxy_replace_header_map_value";
    linker.func_wrap(
        "env",
        name,
        move |host: Host, map: u32, key: u32, key_size: u32, value: u32, value_size: u32| {
            Guest::serve(host, name, |guest| {
                let key = header_name(guest, map, key, key_size)?;
                let value = guest.read(value, value_size)?;
                replace_header(guest.state(), &key, value);
                Ok(())
            })
        },
    )?;
    let name = "proxy_set_property";
    linker.func_wrap(
        "env",
        name,
        move |host: Host, path: u32, path_size: u32, value: u32, value_size: u32| {
            Guest::serve(host, name, |guest| {
                let path = guest.read_text(path, path_size)?;
                let value = guest.read(value, value_size)?;
                let effects = &mut guest.state().effects;
                effects.writes.push(format!("property {path}"));
                effects.properties.insert(path, value);
                Ok(())
            })
        },
    )?;
    let name = "proxy_call_foreign_function";
    linker.func_wrap(
        "env",
        name,
        move |host: Host, text: u32, text_size: u32, _: u32, _: u32, data: u32, size: u32| {
            Guest::serve(host, name, |guest| {
                if guest.read_text(text, text_size)? != "clear_route_cache" {
                    return Err(Status::NotFound.into());
                }
                guest.state().effects.route_cache_clears += 1;
                guest.give(&[], data, size)
            })
        },
    )?;
    Ok(())
}

fn define_system(linker: &mut Linker<State>) -> wasmtime::Result<()> {
    let name = "proxy_log";
    linker.func_wrap("env", name, move |host: Host, level: u32, text: u32, size: u32| {
        Guest::serve(host, name, |guest| {
            let level = Level::from_number(level).ok_or(Status::BadArgument)?;
            let text = guest.read(text, size)?;
            guest.state().log(level, String::from_utf8_lossy(&text).into_owned());
            Ok(())
        })
    })?;
    let name = "random_get";
    linker.func_wrap(
        "wasi_snapshot_preview1",
        name,
        move |host: Host, buffer: u32, size: u32| {
            Guest::serve_wasi(host, name, |guest| {
                guest.state().effects.random_bytes += size as usize;
                let words = size.div_ceil(8);
                let random = &mut guest.state().random;
                let bytes: Vec<u8> = (0..words).flat_map(|_| random.draw().to_le_bytes()).collect();
                guest.write(buffer, bytes.get(..size as usize).unwrap_or_default())
            })
        },
    )?;
    Ok(())
}

fn define_metrics(linker: &mut Linker<State>) -> wasmtime::Result<()> {
    let name = "proxy_define_metric";
    linker.func_wrap(
        "env",
        name,
        move |host: Host, kind: u32, text: u32, text_size: u32, id: u32| {
            Guest::serve(host, name, |guest| {
                if kind != COUNTER {
                    return Err(Status::BadArgument.into());
                }
                let text = guest.read_text(text, text_size)?;
                let number = guest.state().metrics.define(text);
                guest.write_number(id, number)
            })
        },
    )?;
    let name = "proxy_increment_metric";
    linker.func_wrap("env", name, move |host: Host, id: u32, amount: i64| {
        Guest::serve(host, name, |guest| {
            let state = guest.state();
            let amount = u64::try_from(amount).map_err(|_| Status::BadArgument)?;
            let metric = state.metrics.add(id, amount).ok_or(Status::NotFound)?;
            *state.effects.counters.entry(metric.to_owned()).or_default() += amount;
            Ok(())
        })
    })?;
    Ok(())
}

/// Headers as the ABI writes them: how many, the sizes of each name and value, then both with a NUL behind each.
fn pairs(headers: &Headers) -> Vec<u8> {
    let number = |length: usize| u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes();
    let mut map = number(headers.len()).to_vec();
    for (name, value) in headers {
        map.extend([number(name.len()), number(value.len())].concat());
    }
    for text in headers.iter().flat_map(|(name, value)| [name, value]) {
        map.extend_from_slice(text);
        map.push(0);
    }
    map
}

/// The name of a request's header; the filter has no business with other maps.
fn header_name(guest: &Guest, map: u32, key: u32, size: u32) -> Result<String, Stop> {
    if map != REQUEST_HEADERS {
        return Err(Status::BadArgument.into());
    }
    Ok(guest.read_text(key, size)?.to_ascii_lowercase())
}

/// Replaces all values of a header with one, which has the route chosen anew (Envoy, ABI <= 0.2.1).
fn replace_header(state: &mut State, key: &str, value: Vec<u8>) {
    let effects = &mut state.effects;
    effects.headers.retain(|(name, _)| name != key.as_bytes());
    effects.headers.push((key.as_bytes().to_vec(), value));
    effects.writes.push(format!("header {key}"));
    effects.route_cache_clears += 1;
}

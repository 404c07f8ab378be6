//! The most expensive request that a release allows, in steps of automata (regexes times bytes).

use crate::path::Path;
use crate::problem::{Code, Problem, Problems};
use crate::regex::MAX_VALUE;

/// All headers of a request. Envoy refuses more than 60 KiB unless told otherwise
/// (`HttpConnectionManager.max_request_headers_kb`).
const HEADERS: usize = 64 * 1024;
/// Beyond this a release is worth a second look: 2 million steps are about 5 ms of a worker.
const WARN: u64 = 2_000_000;
/// Beyond this a crafted request could stall a worker.
const REFUSE: u64 = 10_000_000;

/// Regexes of a slot, and whether its bytes are also those of others (the raw `cookie` header, whose bytes
/// are those of the cookies too, and `:path`).
pub(super) struct Load {
    pub(super) regexes: usize,
    pub(super) shared: bool,
}

/// The bound. Each value is looked at only up to [`MAX_VALUE`], and values that share no bytes must fit into
/// [`HEADERS`] together: at worst they fill it with those that most regexes look at.
pub(super) fn worst_request(loads: &[Load]) -> u64 {
    let steps = |regexes: usize| (regexes as u64).saturating_mul(MAX_VALUE as u64);
    let mut fitting = [0_usize; HEADERS / MAX_VALUE];
    for load in loads.iter().filter(|load| !load.shared) {
        // The least of those that fit so far makes room for more.
        if let Some(least) = fitting.iter_mut().min().filter(|least| **least < load.regexes) {
            *least = load.regexes;
        }
    }
    let shared = loads.iter().filter(|load| load.shared).map(|load| load.regexes);
    fitting.into_iter().chain(shared).map(steps).fold(0, u64::saturating_add)
}

/// Warns of a bound that is high and refuses one that is too high.
pub(super) fn check(steps: u64, path: &Path, problems: &mut Problems) {
    let message = format!("a crafted request could cost {steps} steps of regexes");
    let help = "use `exact`, `in`, `prefix`, `suffix` or `contains` where possible: they have no such cost";
    if steps > REFUSE {
        let message = format!("{message}, over {REFUSE}");
        problems.add(Problem::error(Code::WorstRequest, path, message).help(help));
    } else if steps > WARN {
        problems.add(Problem::warning(Code::WorstRequest, path, message).help(help));
    }
}

//! What is compared, by the Envoy that it shares.

pub(crate) mod bare;
pub(crate) mod floor;
pub(crate) mod gate;
pub(crate) mod lua;
pub(crate) mod native;
pub(crate) mod serin;
pub(crate) mod worst;

use crate::options::Options;
use crate::release::{CANARY, STABLE};
use crate::request::Request;
use crate::row::Scene;

/// How many rules there are, wherever their number is what is looked at.
pub(crate) const COUNTS: [usize; 5] = [1, 10, 50, 100, 1000];

/// What is sent to listeners of other filters than Serin: between the fewest rules and the most only what a rule could
/// take.
fn few_or_many(rules: usize) -> Vec<(Request, &'static str)> {
    let mut requests = vec![(Request::default(), STABLE), (Request::canary(), CANARY)];
    if matches!(rules, 1 | 1000) {
        requests.push((Request::no_cookie(), STABLE));
    }
    requests
}

/// All that is wanted. Wasm filters of one module and one list of capabilities share a virtual machine, of which
/// callgrind has room for about two in a process.
pub(crate) fn all(options: &Options) -> anyhow::Result<Vec<Scene>> {
    let mut native = Scene::new("native and Lua");
    native::add(&mut native)?;
    lua::add(&mut native)?;
    gate::add_native(&mut native)?;

    let mut exact = Scene::new("Serin, exact cookies");
    serin::by_header(&mut exact, options)?;
    serin::by_filter_state(&mut exact, options)?;
    gate::rendered(&mut exact, options)?;
    gate::as_in_a_mesh(&mut exact, options)?;
    worst::near_misses(&mut exact, options)?;
    bare::add(&mut exact, options)?;

    let mut regexes = Scene::new("Serin, regexes");
    serin::regexes(&mut regexes, options)?;
    worst::automata(&mut regexes, options)?;
    serin::raw_header(&mut regexes, options)?;

    let mut floor = Scene::new("Serin with counters, and the floor");
    serin::counted(&mut floor, options)?;
    floor::add(&mut floor, options)?;

    let mut several = Scene::new("Serin, several headers");
    serin::several_headers(&mut several, options)?;

    let mut scenes = vec![native, exact, regexes, floor, several];
    for scene in &mut scenes {
        scene.rows.retain(|row| options.wants(&row.to_string()));
        let needed = |name: &str| scene.rows.iter().any(|row| row.listener() == name);
        scene.listeners.retain(|listener| listener["name"].as_str().is_some_and(needed));
    }
    scenes.retain(|scene| !scene.rows.is_empty());
    Ok(scenes)
}

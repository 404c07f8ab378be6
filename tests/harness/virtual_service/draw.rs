//! Rules of VirtualServices at random: what operators write about the subsets of one service, in all its combinations.

use policy::split::Generator;
use serde_json::{Map, Value, json};

use super::pools::{
    AUTHORITIES, COOKIE_REGEXES, HEADER_REGEXES, METHODS, NAMES, PATH_REGEXES, PATHS, VALUES,
    below, once_in, pick,
};

/// The rules (`spec.http`) of the VirtualService of this number, all of which lead to subsets of `host`; the last one
/// takes what is left. The first VirtualServices have one regex alone each, so that none is missed.
pub fn rules(number: usize, host: &str, random: &mut Generator) -> Vec<Value> {
    let mut rules: Vec<Value> = match COOKIE_REGEXES.get(number) {
        Some(regex) => {
            vec![rule(0, &[json!({"headers": {"cookie": {"regex": regex}}})], host, random)]
        }
        None => (0..=below(3, random)).map(|index| drawn_rule(index, host, random)).collect(),
    };
    rules.push(json!({"route": route(host, random)}));
    rules
}

fn drawn_rule(index: usize, host: &str, random: &mut Generator) -> Value {
    let entries: Vec<Value> = (0..=below(3, random)).map(|_| entry(random)).collect();
    rule(index, &entries, host, random)
}

fn rule(index: usize, entries: &[Value], host: &str, random: &mut Generator) -> Value {
    json!({"name": format!("rule-{index}"), "match": entries, "route": route(host, random)})
}

/// One destination, or several with weights that need not sum up to 100.
fn route(host: &str, random: &mut Generator) -> Value {
    let to = |subset: &str, weight: Option<u64>| {
        let mut to = json!({"destination": {"host": host, "subset": subset}});
        if let Some(weight) = weight {
            to["weight"] = weight.into();
        }
        to
    };
    let weights = [[90, 10, 0], [50, 50, 0], [1, 1, 2], [0, 0, 7], [80, 10, 10]];
    match below(10, random) {
        0..5 => json!([to(pick(&["v1", "v2", "v3"], random), None)]),
        5..7 => json!([to("v2", Some(random.draw() % 200))]),
        _ => {
            let weights = pick(&weights, random);
            let named = ["v1", "v2", "v3"].iter().zip(weights);
            named.map(|(subset, weight)| to(subset, Some(weight))).collect()
        }
    }
}

/// An entry of `match`, never an empty one.
fn entry(random: &mut Generator) -> Value {
    let mut entry = Map::new();
    while entry.is_empty() {
        if once_in(2, random) {
            entry.insert("headers".to_owned(), headers(random));
        }
        if once_in(3, random) {
            entry.insert("uri".to_owned(), uri(random));
            if once_in(3, random) {
                entry.insert("ignoreUriCase".to_owned(), json!(true));
            }
        }
        if once_in(6, random) {
            entry.insert("withoutHeaders".to_owned(), without(random));
        }
        if once_in(8, random) {
            entry.insert("method".to_owned(), method(random));
        }
        if once_in(8, random) {
            entry.insert("authority".to_owned(), authority(random));
        }
        if once_in(6, random) {
            entry.insert("queryParams".to_owned(), query(random));
        }
    }
    entry.into()
}

fn headers(random: &mut Generator) -> Value {
    let mut headers = Map::new();
    for _ in 0..=below(2, random) {
        let (name, test) = if once_in(2, random) {
            ("cookie", cookie(random))
        } else {
            (pick(NAMES, random), header(random))
        };
        headers.insert(name.to_owned(), test);
    }
    headers.into()
}

fn without(random: &mut Generator) -> Value {
    let name = pick(NAMES, random);
    json!({ (name): header(random) })
}

fn cookie(random: &mut Generator) -> Value {
    match below(6, random) {
        0 => json!({"exact": pick(&["version=v2", "beta=true", ""], random)}),
        1 => json!({"prefix": pick(&["version=", "a", "a=b; "], random)}),
        _ => json!({"regex": pick(COOKIE_REGEXES, random)}),
    }
}

fn header(random: &mut Generator) -> Value {
    match below(7, random) {
        0 => json!({}),
        1 | 2 => json!({"exact": pick(VALUES, random)}),
        3 => json!({"exact": ""}),
        4 => json!({"prefix": pick(VALUES, random)}),
        _ => json!({"regex": pick(HEADER_REGEXES, random)}),
    }
}

fn uri(random: &mut Generator) -> Value {
    match below(4, random) {
        0 => json!({"exact": pick(PATHS, random)}),
        1 => json!({"regex": pick(PATH_REGEXES, random)}),
        _ => json!({"prefix": pick(PATHS, random)}),
    }
}

fn method(random: &mut Generator) -> Value {
    match below(3, random) {
        0 => json!({"regex": "GET|HEAD"}),
        1 => json!({"prefix": "P"}),
        _ => json!({"exact": pick(METHODS, random)}),
    }
}

fn authority(random: &mut Generator) -> Value {
    match below(3, random) {
        0 => json!({"regex": "web(:[0-9]+)?"}),
        1 => json!({"prefix": "web"}),
        _ => json!({"exact": pick(AUTHORITIES, random)}),
    }
}

fn query(random: &mut Generator) -> Value {
    let test = match below(5, random) {
        0 => json!({"regex": "[0-9]+"}),
        1 => json!({"prefix": "a"}),
        2 => json!({"exact": ""}),
        3 => json!({}),
        _ => json!({"exact": pick(&["1", "v2", "jason"], random)}),
    };
    json!({ (pick(&["q", "user"], random)): test })
}

//! The vectors of tests/data/split, computed by another implementation, hold natively and in the module.

use oracles::naive::score;
use policy::split::{Cohort, Rendezvous, mix};
use serde_json::{Value, json};
use xxhash_rust::xxh3::xxh3_64;

use crate::release::{check, release};
use crate::served::serve;

struct Vector {
    cohort: String,
    identity: Vec<u8>,
    h: u64,
    candidates: Vec<Candidate>,
    expected: String,
}

struct Candidate {
    key: String,
    weight: u16,
    x: u64,
    score: u64,
}

fn vectors() -> Vec<Vector> {
    let text = include_str!("../data/split/vectors.json");
    let list: Vec<Value> = serde_json::from_str(text).unwrap();
    list.iter().map(Vector::read).collect()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

fn bits(value: &Value) -> u64 {
    u64::from_str_radix(value.as_str().unwrap(), 16).unwrap()
}

impl Vector {
    fn read(value: &Value) -> Self {
        let candidate = |value: &Value| Candidate {
            key: text(&value["key"]),
            weight: u16::try_from(value["weight"].as_u64().unwrap()).unwrap(),
            x: bits(&value["x"]),
            score: bits(&value["score"]),
        };
        let hex = value["identity"].as_str().unwrap();
        let byte = |at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap();
        Self {
            cohort: text(&value["cohort"]),
            identity: (0..hex.len()).step_by(2).map(byte).collect(),
            h: bits(&value["h"]),
            candidates: value["candidates"].as_array().unwrap().iter().map(candidate).collect(),
            expected: text(&value["expected"]),
        }
    }

    /// A Release that splits in this way; its subsets are named by their place.
    fn release(&self) -> Value {
        let weighted = self.candidates.iter().filter(|candidate| candidate.key != "stable");
        let others = || weighted.clone().enumerate();
        let subset = |name: &str| json!({"name": name, "labels": {"version": name}});
        let mut subsets = vec![subset("stable-one")];
        let mut split = serde_json::Map::new();
        for (place, candidate) in others() {
            let name = format!("s{place}");
            let mut subset = subset(&name);
            subset["key"] = json!(candidate.key);
            subsets.push(subset);
            split.insert(name, json!(f64::from(candidate.weight) / 100.0));
        }
        release(json!({
            "stable": "stable-one",
            "subsets": subsets,
            "identity": [{"header": "x-user"}],
            "cohort": self.cohort,
            "split": split,
        }))
    }
}

#[test]
fn there_are_vectors_for_every_way_through_the_hash() {
    let vectors = vectors();
    assert!(vectors.len() >= 64, "{}", vectors.len());
    for range in [1..=3, 4..=8, 9..=16, 17..=128, 129..=240, 241..=1024, 1025..=9999] {
        assert!(vectors.iter().any(|v| range.contains(&v.identity.len())), "{range:?}");
    }
}

#[test]
fn every_step_of_a_vector_is_as_computed() {
    for vector in vectors() {
        let h = Cohort::new(vector.cohort.as_bytes()).draw(&vector.identity);
        assert_eq!(h, vector.h, "{:?}", vector.identity);
        for candidate in &vector.candidates {
            let x = mix(h ^ xxh3_64(candidate.key.as_bytes()));
            assert_eq!(x, candidate.x, "{:?} {}", vector.identity, candidate.key);
            let score = score(candidate.weight, x).to_bits();
            assert_eq!(score, candidate.score, "{:?} {}", vector.identity, candidate.key);
        }
    }
}

#[test]
fn native_code_picks_what_the_vectors_say() {
    for vector in vectors() {
        let weighted = vector.candidates.iter().map(|c| (c.key.as_str(), c.weight, c.key.as_str()));
        let split = Rendezvous::new(weighted.clone());
        let draw = Cohort::new(vector.cohort.as_bytes()).draw(&vector.identity);
        assert_eq!(split.pick(draw), Some(vector.expected.as_str()), "{:?}", vector.identity);
        let backwards = Rendezvous::new(weighted.rev());
        assert_eq!(backwards.pick(draw), split.pick(draw), "the order of subsets counts");
    }
}

#[test]
fn the_module_picks_what_the_vectors_say() {
    for vector in vectors() {
        let checked = check(&vector.release());
        let property = checked.policy.property();
        let subsets = checked.policy.subsets();
        let expected = subsets.iter().find(|subset| subset.key == vector.expected).unwrap();
        let effects = serve(&checked).request(&[("x-user", &vector.identity)]).unwrap();
        let found = effects.property(&property).unwrap_or(b"stable-one");
        assert_eq!(found, expected.name.as_bytes(), "{:?}", vector.identity);
    }
}

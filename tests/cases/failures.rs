//! What Envoy does when the module is not there, refuses its configuration, or traps.

mod absent;
mod forged;
mod refusing;
mod trapping;

use policy::Checked;
use serde_json::{Value, json};

use crate::release::{check, release};

/// The header of a request, as a list.
fn header(name: &str, value: &str) -> Vec<(String, Vec<u8>)> {
    vec![(name.to_owned(), value.as_bytes().to_vec())]
}

/// A Release that sends the cookie `version=v2` to this subset.
fn insiders(subset: &str) -> Checked {
    let split: Value = json!({subset: 100});
    check(&release(json!({
        "rules": [{"name": "insiders", "match": [{"cookies": {"version": {"exact": "v2"}}}], "split": split}],
    })))
}

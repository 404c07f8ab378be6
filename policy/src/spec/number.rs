//! Writing numbers as people do: a whole one without decimals.

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::entries::Entries;

pub(super) struct Number(pub(super) f64);

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[expect(clippy::cast_possible_truncation, reason = "compared with what was there")]
        let whole = self.0 as i64;
        #[expect(
            clippy::cast_precision_loss,
            clippy::float_cmp,
            reason = "whole numbers are exact"
        )]
        if whole as f64 == self.0 {
            serializer.serialize_i64(whole)
        } else {
            serializer.serialize_f64(self.0)
        }
    }
}

// On wasm32 a reference is the smaller one, and there is nothing to expect.
#[allow(clippy::trivially_copy_pass_by_ref, reason = "as `serialize_with` calls it")]
pub(super) fn one<S: Serializer>(number: &f64, serializer: S) -> Result<S::Ok, S::Error> {
    Number(*number).serialize(serializer)
}

#[expect(clippy::ref_option, reason = "as `serialize_with` calls it")]
pub(super) fn maybe<S: Serializer>(number: &Option<f64>, serializer: S) -> Result<S::Ok, S::Error> {
    number.map(Number).serialize(serializer)
}

pub(super) fn all<S: Serializer>(numbers: &Entries<f64>, serializer: S) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(numbers.len()))?;
    for (key, number) in numbers.iter() {
        map.serialize_entry(key, &Number(*number))?;
    }
    map.end()
}

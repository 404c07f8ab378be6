//! What the CLI writes for the filter reads back as the same Release.

use policy::{Node, Path, Problems, Spec};
use proptest::prelude::*;

use super::always;
use super::generate::releases;
use crate::release::check;

#[test]
fn a_spec_survives_being_written_and_read() {
    always(500, &releases(0..9), |release| {
        let spec = check(&release).spec;
        let text = serde_json::to_string(&spec).unwrap();
        let node: Node = serde_json::from_str(&text).unwrap();
        let mut problems = Problems::default();
        let again = Spec::read(&node, &Path::root(), &mut problems);
        prop_assert!(problems.is_empty(), "{}", problems);
        prop_assert_eq!(again.as_ref(), Some(&spec));
        prop_assert_eq!(serde_json::to_string(&again).unwrap(), text);
        Ok(())
    });
}

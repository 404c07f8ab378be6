//! The bytes of a filter's configuration: read, compiled, and tried on requests with what its rules ask for. The program
//! decides as the naive reading does, and the Release is the same after it was written and read again.

mod requests;

use policy::config::Config;
use policy::split::Generator;
use policy::{Node, Path, Problems, Scratch, Spec};

use crate::naive::Naive;

/// Whether a configuration that is accepted decides, and one that is refused says why.
///
/// # Panics
/// When it does not.
pub fn run(bytes: &[u8]) {
    let Ok(node) = serde_json::from_slice::<Node>(bytes) else { return };
    let mut problems = Problems::default();
    let loaded = Config::read(&node, &mut problems);
    for problem in &problems {
        assert!(!problem.message.is_empty() && !problem.message.ends_with('.'), "{problem}");
    }
    let Some(loaded) = loaded else {
        assert!(!problems.allow(), "refused without a reason: {problems}");
        return;
    };
    assert!(problems.allow(), "{problems}");
    again(&node);
    let naive = Naive::new(&loaded.policy);
    let mut draws = Generator::new(7);
    let mut scratch = Scratch::default();
    for headers in requests::of(&loaded.policy) {
        if let Err(wrong) = naive.agrees(&loaded.program, &headers, &mut draws, &mut scratch) {
            panic!("{wrong}: {headers:?}");
        }
    }
}

/// Writes the Release and reads it again.
fn again(node: &Node) {
    let read = |node: &Node| {
        let mut problems = Problems::default();
        let spec = Spec::read(node, &Path::root(), &mut problems);
        spec.filter(|_| problems.allow()).unwrap_or_else(|| panic!("{problems}"))
    };
    let spec = read(node.get("release").unwrap_or(&Node::Null));
    let text = serde_json::to_string(&spec).unwrap();
    let written = serde_json::from_str::<Node>(&text).unwrap();
    assert_eq!(read(&written), spec, "{text}");
}

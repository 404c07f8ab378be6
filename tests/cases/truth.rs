//! Serin against Envoy: a VirtualService is made into Envoy's own routes and, by `serin import`, into a Release with
//! the filter; the real Envoy serves the same requests through both. They go the same way, but for the differences
//! that docs/import.md lists and [`deliberate`] knows.

mod deliberate;
mod requests;
mod shapes;
mod tally;
mod world;

use std::collections::BTreeMap;

use inspect::explain::request::Line;
use inspect::explain::{Explainer, Request};
use policy::split::Generator;

use crate::envoy::wait;
use crate::served::Headers;
use shapes::Shape;
use tally::{Comparison, Tally};
use world::World;

/// The VirtualServices that are tried, and the requests for each.
const SHAPES: usize = 216;
const REQUESTS: usize = 100;
/// Shapes that share an Envoy.
const AT_ONCE: usize = 54;

#[test]
fn imported_routes_lead_where_envoys_own_do() {
    let mut random = Generator::new(2026);
    let shapes: Vec<Shape> = (0..SHAPES).map(|number| Shape::draw(number, &mut random)).collect();
    let mut tally = Tally::default();
    for some in shapes.chunks(AT_ONCE) {
        wait(async {
            let world = World::start(some).await;
            for shape in some {
                let requests = requests::draw(shape, REQUESTS, &mut random);
                compare(&world, shape, &requests, &mut tally).await;
            }
        });
    }
    println!("{tally}");
    tally.judge();
}

async fn compare(
    world: &World,
    shape: &Shape,
    requests: &[Vec<(String, Vec<u8>)>],
    tally: &mut Tally,
) {
    let mut pair = world.connect(shape);
    let mut explainer = Explainer::new(&shape.imported, BTreeMap::new());
    for request in requests {
        let native = pair.native(request).await;
        let ours = pair.serin(request).await;
        let seen = seen(request, native.path.as_deref());
        let explained = explainer.explain(&seen);
        let rule = explained.trace.decision.rule;
        let rule = rule.map(|rule| shape.imported.policy.rules()[rule].name());
        tally.add(&Comparison { shape, headers: request, native: &native, ours: &ours, rule });
    }
}

/// The request for `serin explain`, with the path that Envoy looked at.
fn seen(headers: &Headers, path: Option<&str>) -> Request {
    let value = |name: &str| headers.iter().find(|(other, _)| other == name).unwrap().1.clone();
    let mut request = Request::new(Line {
        method: value(":method"),
        scheme: "http",
        authority: value(":authority"),
        path: path.map_or_else(|| value(":path"), Into::into),
    })
    .unwrap();
    for (name, value) in headers.iter().filter(|(name, _)| !name.starts_with(':')) {
        request.add(name.as_bytes(), value).unwrap();
    }
    request
}

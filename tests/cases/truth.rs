//! Serin against Envoy: a VirtualService is made into Envoy's own routes and, by `serin import`, into a Release with
//! the filter; the real Envoy serves the same requests through both. They go the same way, but for the differences
//! that docs/import.md lists and [`deliberate`] knows.

mod deliberate;
mod requests;
mod shapes;
mod tally;
mod world;

use control::proxy::as_envoy_has;
use policy::split::Generator;
use policy::{Checked, Lines, Request, Scratch};

use crate::envoy::wait;
use crate::served::{Headers, lines};
use shapes::Shape;
use tally::Tally;
use world::{Answer, World};

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
    for request in requests {
        let native = pair.native(request).await;
        let ours = pair.serin(request).await;
        tally.add(
            shape,
            request,
            &native,
            &ours,
            rule(&shape.imported, request, &native).as_deref(),
        );
    }
}

/// The rule that takes a request, as `serin explain` would have it; none: the Release's own split.
fn rule(imported: &Checked, headers: &Headers, answer: &Answer) -> Option<String> {
    struct Given<'a>(&'a Headers);
    impl Request for Given<'_> {
        fn lines(&mut self, name: &str) -> Lines {
            lines(self.0, name)
        }

        fn caller(&mut self, _: &str) -> Option<Vec<u8>> {
            None
        }

        fn draw(&mut self) -> u64 {
            0
        }
    }
    let mut headers = as_envoy_has(headers);
    if let Some(path) = &answer.path {
        headers.retain(|(name, _)| name != ":path");
        headers.push((":path".to_owned(), path.clone().into()));
    }
    let decision = imported.program.decide(&mut Given(&headers), &mut Scratch::default());
    decision.rule.map(|rule| imported.policy.rules()[rule].name().to_owned())
}

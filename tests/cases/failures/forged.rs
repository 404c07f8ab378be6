//! A client that says itself which subset it is for.

use istio::decision_header::{self, NAME};
use policy::config::Carrier;

use super::{header, insiders};
use crate::envoy::stage::{Given, Setup, Stage, Through};
use crate::envoy::wait;

#[test]
fn a_clients_own_decision_header_never_counts_and_where_it_could_never_arrives() {
    let release = insiders("v2");
    let by_header = decision_header::subset_carrier(&release.policy);
    for carrier in [Carrier::FilterState, by_header] {
        // In filter state a client cannot send a decision: the header means nothing, and passes as any other.
        let is_carrier = carrier != Carrier::FilterState;
        wait(async {
            let setup = Setup { carrier: carrier.clone(), ..Setup::new(Through::Bootstrap) };
            let stage = Stage::start(setup, &Given::new(&release)).await;
            for value in [
                "v2",
                "reviews.bookinfo/v2",
                "outbound|9080|v2|reviews.bookinfo.svc.cluster.local",
                "",
            ] {
                let forged = header(NAME, value);
                assert_eq!(stage.served_by(&forged).await, "v1", "{carrier:?} {value}");
                let twice = [forged.clone(), forged, header("cookie", "version=v1")].concat();
                assert_eq!(stage.served_by(&twice).await, "v1", "{carrier:?} {value} twice");
                let arrived = stage.upstreams[0].last().unwrap().headers;
                assert!(arrived.get(NAME).is_none() || !is_carrier, "{value}");
            }
            let canary =
                [header(NAME, "reviews.bookinfo/v3"), header("cookie", "version=v2")].concat();
            assert_eq!(stage.served_by(&canary).await, "v2", "{carrier:?}");
            let arrived = stage.upstreams[1].last().unwrap().headers;
            let is_removed = arrived.get(NAME).is_none();
            assert!(is_removed || !is_carrier, "the next hop would take it for its own");
        });
    }
}

//! `fallback: stable`: what the users of a canary get while it is away, and after.

mod canary;
mod load;
mod world;

use canary::{Away, Port};
use envoy::proxy::Upstream;
use istio::names;
use istio::render::cluster::Endpoint;
use load::Load;
use policy::config::Carrier;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use world::{AWAY, CANARY, World, all, carriers, insider, insiders, tally, until_back};

use super::stage::{Given, Setup, Stage, Through, endpoint};
use super::wait;

#[test]
fn users_of_a_canary_that_is_away_are_served_by_stable_and_get_it_back() {
    let release = insiders("stable");
    for away in AWAY {
        for carrier in carriers(&release) {
            wait(async {
                let mut world = World::start(&release, carrier.clone(), away).await;
                for round in 0..2 {
                    let case = format!("{away:?}, {carrier:?}, round {round}");
                    assert_eq!(tally(&world.stage, 20).await, all("v2", 20), "{case}");
                    world.leave(&release).await;
                    assert_eq!(tally(&world.stage, 50).await, all("v1", 50), "{case}");
                    assert_eq!(world.stage.served_by(&[]).await, "v1", "{case}");
                    world.canary.come_back();
                    let before = until_back(&world.stage).await;
                    assert!(before.keys().all(|name| name == "v1"), "{case}: {before:?}");
                }
            });
        }
    }
}

#[test]
fn without_fallback_the_users_of_a_canary_that_is_away_get_503() {
    let release = insiders("none");
    for away in AWAY {
        wait(async {
            let mut world = World::start(&release, Carrier::FilterState, away).await;
            assert_eq!(tally(&world.stage, 20).await, all("v2", 20), "{away:?}");
            world.leave(&release).await;
            assert_eq!(tally(&world.stage, 20).await, all("503", 20), "{away:?}");
            assert_eq!(world.stage.served_by(&[]).await, "v1", "{away:?}");
            world.canary.come_back();
            until_back(&world.stage).await;
        });
    }
}

/// More users at a time than Envoy lets retry at a time by default (3).
#[test]
fn under_load_at_most_the_requests_that_a_crash_interrupts_are_lost() {
    const USERS: usize = 8;
    const TIMES: usize = 3;
    let release = insiders("stable");
    for away in AWAY {
        wait(async {
            let mut world = World::start(&release, Carrier::FilterState, away).await;
            let load = Load::start(&world.stage, USERS, insider()).await;
            for _ in 0..TIMES {
                load.until_served_by("v2", 200).await;
                world.canary.leave().await;
                load.until_served_by("v1", 200).await;
                world.canary.come_back();
            }
            load.until_served_by("v2", 200).await;
            let tally = load.stop().await;
            println!("{away:?} {TIMES} times under {USERS} users: {tally:?}");
            let lost: usize = tally
                .iter()
                .filter(|(name, _)| !["v1", "v2"].contains(&name.as_str()))
                .map(|(_, count)| count)
                .sum();
            let interrupted = match away {
                Away::Crashed => USERS * TIMES,
                Away::ScaledToZero => 0,
            };
            assert!(lost <= interrupted, "{away:?}: {tally:?}\n{}", world.stage.envoy.log_tail());
        });
    }
}

#[test]
fn a_canary_that_never_had_endpoints_leaves_its_users_to_stable() {
    let release = insiders("stable");
    wait(async {
        let stable = Upstream::start("v1").await.unwrap();
        let endpoints = vec![vec![endpoint(stable.address())], vec![]];
        let setup = Setup::new(Through::Bootstrap);
        let stage = Stage::start_before(setup, &Given::new(&release), endpoints).await;
        assert_eq!(tally(&stage, 20).await, all("v1", 20));
    });
}

#[test]
fn a_canary_of_which_one_endpoint_is_left_keeps_its_users() {
    let release = insiders("stable");
    wait(async {
        let stable = Upstream::start("v1").await.unwrap();
        let left = Upstream::start("v2").await.unwrap();
        let gone: Vec<Port> = (0..2).map(|_| Port::reserve()).collect();
        let mut canary: Vec<Endpoint> = gone.iter().map(|port| endpoint(port.address())).collect();
        canary.push(endpoint(left.address()));
        let endpoints = vec![vec![endpoint(stable.address())], canary];
        let setup = Setup::new(Through::Bootstrap);
        let stage = Stage::start_before(setup, &Given::new(&release), endpoints).await;
        let tally = tally(&stage, 400).await;
        println!("{tally:?}");
        assert_eq!(tally.values().sum::<usize>(), 400);
        assert!(tally.keys().all(|name| name == "v1" || name == "v2"), "{tally:?}");
        // The few whose retries met only endpoints that are gone, before these were ejected.
        assert!(tally["v2"] >= 360, "{tally:?}");
    });
}

#[test]
fn a_canary_that_answers_with_errors_keeps_its_users() {
    let release = insiders("stable");
    wait(async {
        let stable = Upstream::start("v1").await.unwrap();
        let listener = Port::reserve().listen();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut request = [0; 4096];
                let _ = stream.read(&mut request).await;
                let answer = b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
                let _ = stream.write_all(answer).await;
            }
        });
        let endpoints = vec![vec![endpoint(stable.address())], vec![endpoint(address)]];
        let setup = Setup::new(Through::Bootstrap);
        let stage = Stage::start_before(setup, &Given::new(&release), endpoints).await;
        assert_eq!(tally(&stage, 50).await, all("503", 50));
    });
}

/// What an analysis may count while users fall back.
#[test]
fn only_the_number_of_requests_tells_who_served_them() {
    let release = insiders("stable");
    let (canary, stable) = (CANARY, release.policy.stable());
    let counters = [
        // Istio's tags find names that end like this.
        (format!("{};", names::target_cluster(&release.policy, canary)), "upstream_rq_2xx", 30),
        (names::cluster(&release.policy, canary), "upstream_rq_2xx", 0),
        (names::cluster(&release.policy, stable), "upstream_rq_2xx", 0),
        (names::cluster(&release.policy, canary), "upstream_rq_total", 10),
        (names::cluster(&release.policy, stable), "upstream_rq_total", 20),
    ];
    wait(async {
        let mut world = World::start(&release, Carrier::FilterState, Away::Crashed).await;
        assert_eq!(tally(&world.stage, 10).await, all("v2", 10));
        world.leave(&release).await;
        assert_eq!(tally(&world.stage, 20).await, all("v1", 20));
        for (cluster, counter, expected) in &counters {
            let name = format!("cluster.{cluster}.{counter}");
            let stats = world.stage.admin.stats(&name).await.unwrap();
            assert_eq!(stats.get(&name).copied().unwrap_or_default(), *expected, "{name}");
        }
    });
}

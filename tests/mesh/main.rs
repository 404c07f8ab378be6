//! Every case that needs a mesh: one of them is started, all cases run in it, each in namespaces of its own.
//!
//! `make test-mesh` runs them; `make test-mesh ONLY=trust` those whose names contain a word. What the cases found is
//! printed as tables at the end.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a case that fails panics, and a test program talks to the terminal"
)]

mod caller;
mod changes;
mod cluster;
mod definition;
mod delivery;
mod failed;
mod fallback;
mod gate;
mod kubernetes_gateway;
mod load;
mod mirror;
mod modes;
mod neighbours;
mod own;
mod packages;
mod parts;
mod place;
mod refused;
mod release;
mod rollout;
mod scene;
mod table;
mod translation;
mod trust;
mod world;

use std::process::ExitCode;
use std::sync::{Arc, Mutex};

use libtest_mimic::{Arguments, Trial};

use place::{Mode, Place};
use world::World;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    if arguments.list {
        return libtest_mimic::run(&arguments, Vec::new()).exit_code();
    }
    let runtime = Arc::new(tokio::runtime::Runtime::new().unwrap());
    // The only process of its namespace that nobody ends by default: Ctrl-C must.
    runtime.spawn(async {
        if tokio::signal::ctrl_c().await.is_ok() {
            std::process::exit(130);
        }
    });
    let world = match runtime.block_on(World::start()) {
        Ok(world) => Arc::new(world),
        Err(error) => {
            println!("the mesh does not start: {error:#}");
            return ExitCode::FAILURE;
        }
    };
    let failures = Arc::new(Mutex::new(Vec::new()));
    let trials = cases().into_iter().map(|case| {
        let (runtime, world) = (Arc::clone(&runtime), Arc::clone(&world));
        let failures = Arc::clone(&failures);
        Trial::test(case.name(), move || {
            runtime.block_on(case.run(&world)).map_err(|error| {
                let failure = format!("{error:#}");
                failures.lock().unwrap().push(format!("{}: {failure}", case.name()));
                failure.into()
            })
        })
    });
    let conclusion = libtest_mimic::run(&arguments, trials.collect());
    print!("\n{}", world.tables());
    // Once more, where they are not above hundreds of lines.
    for failure in failures.lock().unwrap().iter() {
        println!("\nfailed: {failure}");
    }
    // All trials have ended: this is the last handle, and ends the processes.
    let _guard = runtime.enter();
    drop(world);
    conclusion.exit_code()
}

/// What is tried.
#[derive(Clone, Copy, Debug)]
enum Case {
    Mode(Mode, Place),
    Trust(Mode, Place),
    Fallback(Mode, Place, bool),
    Mirror(Mode, Place),
    MirrorStep,
    Changes(Mode),
    PausedProxy,
    SlowIstiod,
    Gate(Place),
    Refused,
    TwoServices,
    TwoPorts,
    OtherFilters,
    KubernetesGateway,
    Translation,
    Https,
    Oci,
    Traps(Mode),
    Parts,
    Cluster,
    Definition,
    Packages,
    Rollout(rollout::Case),
}

fn cases() -> Vec<Case> {
    let each = Mode::ALL.into_iter().flat_map(|mode| Place::ALL.map(|place| (mode, place)));
    let modes = each.clone().map(|(mode, place)| Case::Mode(mode, place));
    let trust = each.clone().map(|(mode, place)| Case::Trust(mode, place));
    let fallback = each
        .clone()
        .flat_map(|(mode, place)| [true, false].map(|is_on| Case::Fallback(mode, place, is_on)));
    let mirrors = each.clone().map(|(mode, place)| Case::Mirror(mode, place));
    let changes = Mode::ALL.map(Case::Changes);
    let gates = Place::ALL.map(Case::Gate);
    let single = [
        Case::PausedProxy,
        Case::MirrorStep,
        Case::Refused,
        Case::TwoServices,
        Case::TwoPorts,
        Case::OtherFilters,
        Case::KubernetesGateway,
        Case::Translation,
        Case::Https,
        Case::Oci,
        Case::Parts,
        Case::Cluster,
        Case::Definition,
        Case::Packages,
    ];
    let traps = Mode::ALL.map(Case::Traps);
    let rollouts = rollout::Case::ALL.map(Case::Rollout);
    let before = modes
        .chain(trust)
        .chain(fallback)
        .chain(mirrors)
        .chain(changes)
        .chain(gates)
        .chain(single)
        .chain(traps);
    before.chain(rollouts).chain([Case::SlowIstiod]).collect()
}

impl Case {
    fn name(self) -> String {
        match self {
            Self::Mode(mode, place) => format!("modes::{mode}::{place}"),
            Self::Trust(mode, place) => format!("trust::{mode}::{place}"),
            Self::Fallback(mode, place, is_on) => {
                format!("fallback::{}::{mode}::{place}", if is_on { "on" } else { "off" })
            }
            Self::Mirror(mode, place) => format!("mirror::{mode}::{place}"),
            Self::MirrorStep => "mirror::step".to_owned(),
            Self::Changes(mode) => format!("changes::{mode}"),
            Self::PausedProxy => "changes::paused-proxy".to_owned(),
            Self::SlowIstiod => "changes::slow-istiod".to_owned(),
            Self::Gate(place) => format!("gate::{place}"),
            Self::Refused => "refused".to_owned(),
            Self::TwoServices => "neighbours::two-services".to_owned(),
            Self::TwoPorts => "neighbours::two-ports".to_owned(),
            Self::OtherFilters => "neighbours::other-filters".to_owned(),
            Self::KubernetesGateway => "kubernetes-gateway".to_owned(),
            Self::Translation => "translation".to_owned(),
            Self::Https => "delivery::https".to_owned(),
            Self::Oci => "delivery::oci".to_owned(),
            Self::Traps(mode) => format!("delivery::traps::{mode}"),
            Self::Parts => "parts".to_owned(),
            Self::Cluster => "cluster".to_owned(),
            Self::Definition => "crd".to_owned(),
            Self::Packages => "packages".to_owned(),
            Self::Rollout(case) => format!("rollout::{case}"),
        }
    }

    /// Whether no other case may run beside it.
    fn is_alone(self) -> bool {
        match self {
            Self::SlowIstiod => true,
            Self::Rollout(case) => case.is_alone(),
            _ => false,
        }
    }

    async fn run(self, world: &World) -> anyhow::Result<()> {
        // Held while it runs.
        let (_with_others, _alone);
        if self.is_alone() {
            _alone = world.alone.write().await;
        } else {
            _with_others = world.alone.read().await;
        }
        match self {
            Self::Mode(mode, place) => modes::run(world, mode, place).await,
            Self::Trust(mode, place) => trust::run(world, mode, place).await,
            Self::Fallback(mode, place, is_on) => fallback::run(world, mode, place, is_on).await,
            Self::Mirror(mode, place) => mirror::run(world, mode, place).await,
            Self::MirrorStep => mirror::rollout(world).await,
            Self::Changes(mode) => changes::run(world, mode).await,
            Self::PausedProxy => changes::paused::run(world).await,
            Self::SlowIstiod => changes::slow::run(world).await,
            Self::Gate(place) => gate::run(world, place).await,
            Self::Refused => refused::run(world).await,
            Self::TwoServices => neighbours::two_services(world).await,
            Self::TwoPorts => neighbours::two_ports(world).await,
            Self::OtherFilters => neighbours::other_filters(world).await,
            Self::KubernetesGateway => kubernetes_gateway::run(world).await,
            Self::Translation => translation::run(world).await,
            Self::Https => delivery::https(world).await,
            Self::Oci => delivery::oci(world).await,
            Self::Traps(mode) => delivery::traps(world, mode).await,
            Self::Parts => parts::run(world).await,
            Self::Cluster => cluster::run(world).await,
            Self::Definition => definition::run(world).await,
            Self::Packages => packages::run(world).await,
            Self::Rollout(case) => case.run(world).await,
        }
    }
}

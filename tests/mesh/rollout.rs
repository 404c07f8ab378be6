//! Rollouts from end to end: the walkthroughs of docs/, as they are written there, and what goes wrong on the way.

mod analysis;
mod controller;
mod failures;
mod gate;
mod install;
mod istio_blog;
mod killed;
mod kubesphere;
pub(crate) mod objects;
mod pipecd;
pub(crate) mod reviews;
mod rights;
pub(crate) mod serin;
mod transcript;
mod tutorial;
mod under_load;
mod users;
mod verbs;
mod who;

use std::fmt;

use crate::world::World;
use analysis::{Asked, How};

/// A case of a rollout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Case {
    KubeSphere,
    KubeSphereContent,
    KubeSphereBlueGreen,
    KubeSphereMirroring,
    PipeCd,
    IstioBlog,
    Tutorial,
    Rights,
    Verbs,
    Who,
    Gate,
    Controller,
    Unattended,
    ControllerKilled,
    ControllerAway,
    Judged(analysis::How),
    UnderLoad,
    Killed,
    Conflict,
    Deleted,
    ForeignEdit,
    NeverReady,
    CrashesLater,
    Rivals,
    WayBack,
    Hindered,
    PrivateObjects,
    NoConsent,
    Install,
    ApiRestarts,
    OldDefinition,
}

impl Case {
    /// The longest first; those that nothing else may run beside last.
    pub(crate) const ALL: [Self; 36] = [
        Self::Judged(How::Healthy),
        Self::Judged(How::Fails(Asked::Proxies)),
        Self::Judged(How::Fails(Asked::Prometheus)),
        Self::Judged(How::Refuses(true)),
        Self::Judged(How::Refuses(false)),
        Self::Judged(How::Idle),
        Self::Killed,
        Self::ControllerKilled,
        Self::Controller,
        Self::Unattended,
        Self::KubeSphere,
        Self::PipeCd,
        Self::UnderLoad,
        Self::KubeSphereContent,
        Self::KubeSphereBlueGreen,
        Self::KubeSphereMirroring,
        Self::IstioBlog,
        Self::Tutorial,
        Self::Hindered,
        Self::Rights,
        Self::Who,
        Self::Gate,
        Self::Verbs,
        Self::Conflict,
        Self::Deleted,
        Self::ForeignEdit,
        Self::NeverReady,
        Self::CrashesLater,
        Self::Rivals,
        Self::WayBack,
        Self::PrivateObjects,
        Self::NoConsent,
        Self::Install,
        Self::ApiRestarts,
        Self::ControllerAway,
        Self::OldDefinition,
    ];

    /// Whether no other case may run beside it.
    pub(crate) fn is_alone(self) -> bool {
        let alone = [Self::Install, Self::ApiRestarts, Self::ControllerAway, Self::OldDefinition];
        alone.contains(&self)
    }

    pub(crate) async fn run(self, world: &World) -> anyhow::Result<()> {
        world.define_releases().await?;
        match self {
            Self::KubeSphere => kubesphere::ratio(world).await,
            Self::KubeSphereContent => kubesphere::content(world).await,
            Self::KubeSphereBlueGreen => kubesphere::blue_green(world).await,
            Self::KubeSphereMirroring => kubesphere::mirroring(world).await,
            Self::PipeCd => pipecd::run(world).await,
            Self::IstioBlog => istio_blog::run(world).await,
            Self::Tutorial => tutorial::run(world).await,
            Self::Gate => gate::run(world).await,
            Self::Verbs => verbs::run(world).await,
            Self::Who => who::run(world).await,
            Self::Rights => rights::run(world).await,
            Self::Controller => controller::run(world).await,
            Self::Unattended => controller::unattended(world).await,
            Self::ControllerKilled => controller::killed::run(world).await,
            Self::ControllerAway => controller::away::run(world).await,
            Self::Judged(how) => analysis::run(world, how).await,
            Self::UnderLoad => under_load::run(world).await,
            Self::Killed => killed::run(world).await,
            Self::Conflict => failures::conflict::run(world).await,
            Self::Deleted => failures::deleted::run(world).await,
            Self::ForeignEdit => failures::foreign_edit::run(world).await,
            Self::NeverReady => failures::canary::never_ready(world).await,
            Self::CrashesLater => failures::canary::crashes_later(world).await,
            Self::Rivals => failures::rivals::run(world).await,
            Self::Hindered => failures::hindered::run(world).await,
            Self::WayBack => failures::planted::way_back(world).await,
            Self::PrivateObjects => failures::planted::private(world).await,
            Self::NoConsent => failures::consent::run(world).await,
            Self::Install => install::run(world).await,
            Self::ApiRestarts => failures::api::restarts(world).await,
            Self::OldDefinition => failures::api::old_definition(world).await,
        }
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::KubeSphere => "kubesphere::ratio",
            Self::KubeSphereContent => "kubesphere::content",
            Self::KubeSphereBlueGreen => "kubesphere::blue-green",
            Self::KubeSphereMirroring => "kubesphere::mirroring",
            Self::PipeCd => "pipecd",
            Self::IstioBlog => "istio-blog",
            Self::Tutorial => "tutorial",
            Self::Gate => "gate",
            Self::Judged(How::Healthy) => "analysis::healthy",
            Self::Judged(How::Fails(Asked::Proxies)) => "analysis::fails",
            Self::Judged(How::Fails(Asked::Prometheus)) => "analysis::fails-prometheus",
            Self::Judged(How::Refuses(true)) => "analysis::refused-fallback",
            Self::Judged(How::Refuses(false)) => "analysis::refused",
            Self::Judged(How::Idle) => "analysis::idle",
            Self::Verbs => "verbs",
            Self::Rights => "rights",
            Self::Controller => "controller",
            Self::Unattended => "controller::unattended",
            Self::ControllerKilled => "controller::killed",
            Self::ControllerAway => "controller::api-away",
            Self::Who => "who",
            Self::UnderLoad => "under-load",
            Self::Killed => "killed",
            Self::Conflict => "failures::conflict",
            Self::Deleted => "failures::deleted",
            Self::ForeignEdit => "failures::foreign-edit",
            Self::NeverReady => "failures::never-ready",
            Self::CrashesLater => "failures::crashes-later",
            Self::Rivals => "failures::rivals",
            Self::Hindered => "failures::hindered",
            Self::WayBack => "failures::way-back",
            Self::PrivateObjects => "failures::private-objects",
            Self::NoConsent => "failures::no-consent",
            Self::Install => "install",
            Self::ApiRestarts => "failures::api-restarts",
            Self::OldDefinition => "failures::old-definition",
        })
    }
}

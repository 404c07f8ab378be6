//! An Envoy with a rendered Release, and a server for each of its subsets.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, bail};
use document::load::reason;
use istio::names;
use istio::render::bootstrap::{self, Options};
use istio::render::cluster::Endpoint;
use istio::render::{Delivery, FailurePolicy, Manifest, Modules};
use policy::Checked;
use policy::config::Carrier;
use tempfile::TempDir;
use tokio::time::{Instant, sleep};

use super::population::Population;
use super::visitors::Visitors;
use crate::proxy::{Admin, Envoy, Upstream};

/// How long Envoy may take to start; compiling the module takes it a second.
const PATIENCE: Duration = Duration::from_secs(30);
const POLL: Duration = Duration::from_millis(10);
/// The file that the running Envoy has the filter's configuration from.
const ECDS: &str = "filter.yaml";

/// A running Envoy and what is behind it; everything ends when this is dropped.
#[derive(Debug)]
pub struct Stage {
    name: String,
    envoy: Envoy,
    admin: Admin,
    address: SocketAddr,
    /// Held for as long as Envoy sends requests to them.
    upstreams: Vec<Upstream>,
    delivery: Delivery,
    folder: TempDir,
    greetings: Vec<String>,
}

/// The subsets of a Release, as declared.
#[must_use]
pub fn subset_names(release: &Checked) -> Vec<String> {
    release.policy.subsets().iter().map(|subset| subset.name.clone()).collect()
}

impl Stage {
    /// Starts the servers and the program `envoy` with one of the filter's modules, and waits until it takes requests.
    ///
    /// # Errors
    /// When one of them cannot be started, or the filter refuses its configuration.
    pub async fn start(
        name: &str,
        release: &Checked,
        envoy: &Path,
        modules: &Modules,
    ) -> anyhow::Result<Self> {
        let folder = tempfile::Builder::new().prefix("serin-demo-").tempdir();
        let folder = folder.context("cannot make a temporary folder")?;
        let mut upstreams = Vec::new();
        for subset in subset_names(release) {
            let upstream = Upstream::start(&subset).await;
            upstreams
                .push(upstream.with_context(|| format!("cannot start a server for `{subset}`"))?);
        }
        let delivery = Delivery { modules: modules.clone(), failure: FailurePolicy::Open };
        let (bootstrap, ecds) = render(release, &upstreams, &delivery, folder.path())?;
        std::fs::write(folder.path().join(ECDS), ecds)
            .context("cannot write the filter's configuration")?;
        let mut envoy = Envoy::start_temporary(envoy, &bootstrap, folder.path())?;
        match ready(&mut envoy, release).await {
            Ok((admin, address)) => {
                let greetings = Vec::new();
                Ok(Self {
                    name: name.to_owned(),
                    envoy,
                    admin,
                    address,
                    upstreams,
                    delivery,
                    folder,
                    greetings,
                })
            }
            Err(error) => Err(anyhow::anyhow!(
                "{}\n  more in `{}`",
                reason::chain(error.as_ref()),
                folder.keep().display()
            )),
        }
    }

    /// Where Envoy takes requests.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Replaces the filter's configuration in the running Envoy, as an operator's tool would: by renaming.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn apply(&self, release: &Checked) -> anyhow::Result<()> {
        let (_, ecds) = render(release, &self.upstreams, &self.delivery, self.folder.path())?;
        let new = self.folder.path().join("filter.yaml.new");
        std::fs::write(&new, ecds).context("cannot write the filter's configuration")?;
        std::fs::rename(&new, self.folder.path().join(ECDS))
            .context("cannot replace the filter's configuration")
    }

    /// Makes sure that Envoy did not end by itself.
    ///
    /// # Errors
    /// When it did.
    pub fn check_running(&mut self) -> anyhow::Result<()> {
        let Some(status) = self.envoy.ended()? else { return Ok(()) };
        let folder = self.keep_folder();
        bail!(
            "Envoy ended unexpectedly with {status}:\n{}\n  more in `{}`",
            self.log_tail(),
            folder.display()
        )
    }

    /// Lets the folder with configuration and log outlive the stage, and says where it is.
    pub fn keep_folder(&mut self) -> PathBuf {
        self.folder.disable_cleanup(true);
        self.folder.path().to_owned()
    }

    /// The end of Envoy's log.
    #[must_use]
    pub fn log_tail(&self) -> String {
        self.envoy.log_tail()
    }

    /// Prepares what is printed about a stage that is kept: how to be one of its users.
    pub fn greet(&mut self, visitors: &Visitors, population: &Population) {
        let url = format!("http://{}", self.address);
        for (position, group) in visitors.groups.iter().enumerate() {
            if let Some(user) = population.users.iter().find(|user| user.group == position) {
                self.greetings.push(super::keep::curl(&url, &group.name, &user.request));
            }
        }
    }

    /// What is printed about a stage that is kept.
    #[must_use]
    pub fn greeting(&self) -> String {
        let mut text = format!("{}  admin http://{}/\n", self.name, self.admin.address());
        for greeting in &self.greetings {
            text.push_str(greeting);
        }
        text
    }

    /// Ends Envoy and the servers.
    ///
    /// # Errors
    /// When Envoy cannot be ended.
    pub async fn stop(self) -> anyhow::Result<()> {
        self.envoy.stop().await
    }
}

/// The texts of the bootstrap and of the filter's configuration.
fn render(
    release: &Checked,
    upstreams: &[Upstream],
    delivery: &Delivery,
    folder: &Path,
) -> anyhow::Result<(String, String)> {
    let endpoint = |upstream: &Upstream| {
        let address = upstream.address();
        vec![Endpoint::new(address.ip().to_string(), address.port())]
    };
    let ecds = folder.join(ECDS);
    let options = Options {
        listen: SocketAddr::from(([127, 0, 0, 1], 0)),
        admin: None,
        upstreams: upstreams.iter().map(endpoint).collect(),
        carrier: Carrier::FilterState,
        delivery: delivery.clone(),
        ecds: Some(ecds.to_str().context("the temporary folder's path is not UTF-8")?.to_owned()),
        gate: true,
    };
    let rendered =
        bootstrap::render(release, &options).map_err(|problem| anyhow::anyhow!("{problem}"))?;
    let ecds = rendered.ecds.as_ref().map(Manifest::text).transpose()?;
    Ok((rendered.bootstrap.text()?, ecds.unwrap_or_default()))
}

/// Waits until Envoy takes requests and the filter has accepted its configuration.
async fn ready(envoy: &mut Envoy, release: &Checked) -> anyhow::Result<(Admin, SocketAddr)> {
    let deadline = Instant::now() + PATIENCE;
    let admin = envoy.wait_ready(PATIENCE).await?;
    let name = names::qualified(&release.policy);
    loop {
        let is_accepted = is_accepted(&admin, &name).await?;
        let address = admin.listeners().await?.get(&name).copied();
        match (is_accepted, address) {
            (Some(true), Some(address)) => return Ok((admin, address)),
            (Some(false), _) => {
                bail!("the filter refuses its configuration:\n{}", envoy.log_tail())
            }
            _ => {}
        }
        if Instant::now() > deadline {
            let seconds = PATIENCE.as_secs();
            bail!("Envoy did not configure the filter within {seconds} s:\n{}", envoy.log_tail());
        }
        sleep(POLL).await;
    }
}

/// Whether Envoy has taken the filter's configuration; none: it did not see it yet.
async fn is_accepted(admin: &Admin, filter: &str) -> anyhow::Result<Option<bool>> {
    let stats = admin.stats("extension_config_discovery.http_filter.").await?;
    let value = |suffix: &str| {
        let matching =
            stats.iter().filter(|(name, _)| name.contains(filter) && name.ends_with(suffix));
        matching.map(|(_, value)| value).sum::<u64>()
    };
    let refused = value(".config_fail") + value(".update_rejected");
    Ok(if refused > 0 { Some(false) } else { (value(".config_reload") > 0).then_some(true) })
}

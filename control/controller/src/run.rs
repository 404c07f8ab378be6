//! A controller, from its start to its end.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use ::metrics::Prometheus;
use rollout::crd::SCHEMA_REVISION;
use rollout::drive::cluster::{Change, Cluster, Resource};
use rollout::drive::lease::{self, DEADLINE, Election, RENEWAL, Standing};
use rollout::drive::{Analyzer, Clock, Failure, ProxyStats};
use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::timeout;

use crate::Backend;
use crate::cache::Cache;
use crate::events::Events;
use crate::log::Level;
use crate::metrics::Metrics;
use crate::notify::{self, Notifier};
use crate::options::Options;
use crate::serve::{Served, serve};
use crate::work::{Means, Work};

/// What is watched: Releases, and what a turn depends on.
const WATCHED: [Resource; 8] = [
    Resource::RELEASE,
    Resource::DESTINATION_RULE,
    Resource::VIRTUAL_SERVICE,
    Resource::ENVOY_FILTER,
    Resource::WASM_PLUGIN,
    Resource::DEPLOYMENT,
    Resource::ENDPOINT_SLICE,
    Resource::AUTOSCALER,
];

/// What was seen and not looked at yet.
const UNSEEN: usize = 1024;
/// The pause after a Lease could not be renewed.
const RETRY: Duration = Duration::from_secs(1);
/// How long what is under way has when the controller is told to end: Kubernetes kills it after 30 s.
const GRACE: Duration = Duration::from_secs(15);

/// Why it cannot run.
#[derive(Debug)]
pub enum Error {
    /// The cluster cannot be asked, or is not ready for it.
    Cluster(Failure),
    /// It cannot listen there.
    Listen(SocketAddr, std::io::Error),
}

/// Runs until `stop`.
///
/// # Errors
/// When it cannot begin.
pub async fn run(
    cluster: Arc<dyn Backend>,
    clock: Arc<dyn Clock>,
    options: Options,
    stop: impl Future<Output = ()>,
) -> Result<(), Error> {
    let listener = TcpListener::bind(options.listen)
        .await
        .map_err(|error| Error::Listen(options.listen, error))?;
    let asked: &dyn Cluster = cluster.as_ref();
    let note =
        asked.check_crd(SCHEMA_REVISION).await.map_err(|error| Error::Cluster(error.into()))?;
    if let Some(note) = note {
        options.log.say(Level::Warn, &note);
    }
    let by = asked.whoami().await.map_err(|error| Error::Cluster(error.into()))?;
    let metrics = Metrics::new();
    let is_ready = Arc::new(AtomicBool::new(false));
    let mut background = JoinSet::new();
    let served = Served { metrics: metrics.clone(), is_ready: Arc::clone(&is_ready) };
    let local = listener.local_addr().unwrap_or(options.listen);
    options
        .log
        .say(Level::Info, &format!("{} begins as {by}, at http://{local}", options.identity));
    background.spawn(async move {
        let _ = serve(listener, served).await;
    });
    let mut changes = watch_all(&cluster, options.namespace.as_deref(), &mut background);
    let (told, mut standing) = watch::channel(false);
    let (give_up, given_up) = tokio::sync::oneshot::channel();
    let election = elect(Arc::clone(&cluster), Arc::clone(&clock), options.clone(), told, given_up);
    let election = tokio::spawn(election);
    let (notifier, telling) = notify(&cluster, &clock, &metrics, &options);
    let events = Events::new(&cluster, &clock, &options, &mut background);
    let cache = Cache::new(cluster);
    let analyzer = analyzer(&cache, options.prometheus.as_ref()).map_err(Error::Cluster)?;
    let means = Means {
        cache,
        analyzer: Arc::new(analyzer),
        clock: Arc::clone(&clock),
        by: by.into(),
        defaults: options.defaults.clone().map(Arc::new),
        system: options.lease_namespace.as_str().into(),
        metrics,
        log: options.log.clone(),
        notifier: notifier.clone(),
        events,
    };
    let mut work = Work::new(means, options.workers);
    let mut stop = std::pin::pin!(stop);
    loop {
        is_ready.store(work.is_ready(), Ordering::Relaxed);
        let next = work.begin();
        let wait = next.map(|at| at.saturating_sub(clock.uptime()));
        let timer = async {
            match wait {
                Some(wait) => clock.sleep(wait).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = &mut stop => break,
            Ok(()) = standing.changed() => {
                let leads = *standing.borrow_and_update();
                work.lead(leads);
            }
            Some((resource, change)) = changes.recv() => work.see(&resource, &change),
            done = work.done() => work.end(done),
            () = timer => {}
        }
    }
    options.log.say(Level::Info, "it ends: what is under way comes to its end first");
    work.finish(GRACE).await;
    notifier.end();
    if let Some(telling) = telling {
        let _ = timeout(DEADLINE / 2, telling).await;
    }
    // The next one need not wait until the Lease is over.
    let _ = give_up.send(());
    let _ = timeout(DEADLINE, election).await;
    Ok(())
}

/// What judges candidates.
fn analyzer(
    cache: &Cache,
    prometheus: Option<&::metrics::prometheus::Options>,
) -> Result<Analyzer<'static>, Failure> {
    let Some(options) = prometheus else {
        return Ok(Analyzer::new(Box::new(ProxyStats::new(Arc::new(cache.clone())))));
    };
    let prometheus = Prometheus::new(options.clone())
        .map_err(|error| Failure::blocked(error.text, error.help.unwrap_or_default()))?;
    Ok(Analyzer::new(Box::new(prometheus)))
}

/// Begins to tell others, where there are any.
fn notify(
    cluster: &Arc<dyn Backend>,
    clock: &Arc<dyn Clock>,
    metrics: &Metrics,
    options: &Options,
) -> (Notifier, Option<JoinHandle<()>>) {
    let Some(sink) = &options.sink else { return (Notifier::default(), None) };
    let (notifier, task) = Notifier::new(notify::Means {
        cluster: Arc::clone(cluster),
        clock: Arc::clone(clock),
        sink: Arc::clone(sink),
        namespace: options.namespace.clone(),
        own_namespace: options.lease_namespace.clone(),
        metrics: metrics.clone(),
        log: options.log.clone(),
    });
    (notifier, Some(task))
}

/// Tells of all that is watched.
fn watch_all(
    cluster: &Arc<dyn Backend>,
    namespace: Option<&str>,
    background: &mut JoinSet<()>,
) -> mpsc::Receiver<(Resource, Change)> {
    let (told, changes) = mpsc::channel(UNSEEN);
    for resource in WATCHED {
        let told = told.clone();
        // Objects of other namespaces decide, too, how a host is routed.
        let of = namespace.filter(|_| resource == Resource::RELEASE);
        let mut seen = cluster.watch(resource, of);
        background.spawn(async move {
            while let Some(change) = seen.recv().await {
                if told.send((resource, change)).await.is_err() {
                    return;
                }
            }
        });
    }
    changes
}

/// Says whether this one acts, again and again, and gives the Lease up in the end.
async fn elect(
    cluster: Arc<dyn Backend>,
    clock: Arc<dyn Clock>,
    options: Options,
    told: watch::Sender<bool>,
    mut given_up: tokio::sync::oneshot::Receiver<()>,
) {
    let Options { lease_namespace, identity, log, .. } = options;
    let asked: &dyn Cluster = cluster.as_ref();
    let mut election = Election::new(asked, clock.as_ref(), &lease_namespace, &identity);
    let mut renewed = clock.uptime();
    let mut last = String::new();
    loop {
        // Who cannot renew it acts no more before another one may.
        let left = DEADLINE.saturating_sub(clock.uptime().saturating_sub(renewed));
        let limit = left.clamp(RETRY, DEADLINE / 2);
        let mut pause = RETRY;
        let begun = clock.uptime();
        let said = match timeout(limit, election.attempt()).await {
            Ok(Ok(Standing::Leader)) => {
                renewed = begun;
                pause = RENEWAL;
                told.send_if_modified(|leads| !std::mem::replace(leads, true));
                format!("{identity} is the leader")
            }
            Ok(Ok(Standing::Follower(leader))) => {
                pause = RENEWAL;
                told.send_if_modified(|leads| std::mem::replace(leads, false));
                format!("{leader} is the leader")
            }
            Ok(Err(error)) => format!("the Lease cannot be renewed: {error}"),
            Err(_) => "the Lease cannot be renewed: the API server does not answer".to_owned(),
        };
        if clock.uptime().saturating_sub(renewed) >= DEADLINE {
            told.send_if_modified(|leads| std::mem::replace(leads, false));
        }
        if said != last {
            log.say(Level::Info, &said);
            last = said;
        }
        tokio::select! {
            () = clock.sleep(pause) => {}
            _ = &mut given_up => break,
        }
    }
    if let Ok(Err(error)) = timeout(DEADLINE / 2, election.release()).await {
        let duration = lease::DURATION.as_secs();
        log.say(Level::Warn, &format!("the Lease is over in {duration} s: {error}"));
    }
}

//! The task that tells, over a cluster in memory and a receiver that does as it is told.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use rollout::drive::SystemClock;
use rollout::drive::cluster::endpoints::Labels;
use rollout::drive::cluster::proxies::{Known, Proxy};
use rollout::drive::cluster::{
    Answer, ApplyOptions, Change, Changes, Cluster, Error, Notice, Resource, Watch,
};

use super::super::{Means, Notifier, Sink, Told};
use super::*;
use crate::log::{Format, Log};
use crate::metrics::Metrics;

/// Objects by kind and name.
#[derive(Debug, Default)]
struct Memory(Mutex<BTreeMap<(String, String), Object>>);

impl Memory {
    fn put(&self, object: &Object) -> Object {
        let id = (object.kind().to_owned(), object.name().to_owned());
        self.0.lock().unwrap().insert(id, object.clone());
        object.clone()
    }
}

fn done<'a, T: Send + 'a>(value: T) -> Answer<'a, T> {
    Box::pin(std::future::ready(Ok(value)))
}

fn never<'a, T: Send + 'a>() -> Answer<'a, T> {
    let error = Error::Blind { reason: "it is not asked".to_owned() };
    Box::pin(std::future::ready(Err(error)))
}

impl Watch for Memory {
    fn watch(&self, _: Resource, _: Option<&str>) -> Changes {
        tokio::sync::mpsc::channel(1).1
    }
}

impl Cluster for Memory {
    fn namespace(&self) -> &'static str {
        "shop"
    }

    fn whoami(&self) -> Answer<'_, String> {
        never()
    }

    fn version(&self) -> Answer<'_, String> {
        never()
    }

    fn get<'a>(
        &'a self,
        resource: &'a Resource,
        _: Option<&'a str>,
        name: &'a str,
    ) -> Answer<'a, Option<Object>> {
        let id = (resource.kind.to_owned(), name.to_owned());
        done(self.0.lock().unwrap().get(&id).cloned())
    }

    fn list<'a>(
        &'a self,
        resource: &'a Resource,
        _: Option<&'a str>,
        _: &'a str,
    ) -> Answer<'a, Vec<Object>> {
        let all = self.0.lock().unwrap();
        let meant = all.iter().filter(|((kind, _), _)| kind == resource.kind);
        done(meant.map(|(_, object)| object.clone()).collect())
    }

    fn create<'a>(
        &'a self,
        _: &'a Resource,
        object: &'a Object,
        _: ApplyOptions,
    ) -> Answer<'a, Object> {
        done(self.put(object))
    }

    fn apply<'a>(
        &'a self,
        _: &'a Resource,
        object: &'a Object,
        _: ApplyOptions,
    ) -> Answer<'a, Object> {
        done(self.put(object))
    }

    fn replace<'a>(
        &'a self,
        _: &'a Resource,
        object: &'a Object,
        _: ApplyOptions,
    ) -> Answer<'a, Object> {
        done(self.put(object))
    }

    fn replace_status<'a>(&'a self, _: &'a Resource, _: &'a Object) -> Answer<'a, Object> {
        never()
    }

    fn scale<'a>(
        &'a self,
        _: &'a Resource,
        _: &'a Object,
        _: u32,
        _: ApplyOptions,
    ) -> Answer<'a, ()> {
        never()
    }

    fn delete<'a>(&'a self, _: &'a Resource, _: &'a Object, _: ApplyOptions) -> Answer<'a, ()> {
        never()
    }

    fn known(&self) -> Answer<'_, Vec<Vec<Known>>> {
        never()
    }

    fn proxies<'a>(&'a self, _: Option<&'a str>) -> Answer<'a, Vec<Proxy>> {
        never()
    }

    fn endpoints<'a>(&'a self, _: &'a str) -> Answer<'a, Vec<Vec<Labels>>> {
        never()
    }

    fn stats<'a>(&'a self, _: &'a Object, _: &'a str) -> Answer<'a, String> {
        never()
    }

    fn date(&self) -> Option<Timestamp> {
        BEGUN.parse().ok()
    }

    fn tell(&self, _: &Notice) {}
}

/// Takes what it is told, but for the first few, and hangs at one.
#[derive(Debug, Default)]
struct Receiver {
    told: Mutex<Vec<String>>,
    /// It hangs once it was told so many; none: never.
    hangs_at: Option<usize>,
    asked: AtomicUsize,
}

impl Sink for Receiver {
    fn tell<'a>(&'a self, notification: &'a Notification) -> Told<'a> {
        Box::pin(async move {
            self.asked.fetch_add(1, Ordering::Relaxed);
            if self.hangs_at.is_some_and(|at| self.told.lock().unwrap().len() >= at) {
                std::future::pending::<()>().await;
            }
            self.told.lock().unwrap().push(notification.what.clone());
            Outcome::Taken
        })
    }
}

fn begin(
    memory: &Arc<Memory>,
    receiver: &Arc<Receiver>,
) -> (Notifier, tokio::task::JoinHandle<()>) {
    let (memory, sink) = (Arc::clone(memory), Arc::clone(receiver));
    Notifier::new(Means {
        cluster: memory,
        clock: Arc::new(SystemClock),
        sink,
        namespace: None,
        own_namespace: "serin-system".to_owned(),
        metrics: Metrics::new(),
        log: Log::new(Format::Json, std::io::sink()),
    })
}

/// Waits until something is so.
async fn until(is_so: impl Fn() -> bool) {
    let waited = async {
        while !is_so() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_mins(1), waited).await.expect("it never comes");
}

#[tokio::test]
async fn the_next_leader_goes_on_where_a_killed_one_was() {
    let memory = Arc::new(Memory::default());
    let all = rollout();
    let first = Arc::new(Receiver { hangs_at: Some(5), ..Receiver::default() });
    let (notifier, task) = begin(&memory, &first);
    notifier.lead(true);
    // Nothing was kept before it began.
    let is_kept = |name: &str| memory.0.lock().unwrap().keys().any(|(kind, _)| kind == name);
    until(|| is_kept("ConfigMap")).await;
    for (version, (status, _)) in (1..).zip(&all[..3]) {
        let object = memory.put(&release("frontend", version, status));
        notifier.see(&Change::Is(object), Duration::ZERO);
    }
    until(|| first.asked.load(Ordering::Relaxed) == 6).await;
    assert_eq!(first.told.lock().unwrap().len(), 5);
    // It waits for an answer: what is seen holds nothing up, and how far others were told is written down meanwhile.
    let phase = || {
        let id = ("ConfigMap".to_owned(), "serin-notifications".to_owned());
        let kept = memory.0.lock().unwrap()[&id].clone();
        kept.text("/data/uid-frontend").to_owned()
    };
    until(|| phase().contains("Progressing")).await;
    task.abort();
    let second = Arc::new(Receiver::default());
    for (version, (status, _)) in (1..).zip(&all) {
        memory.put(&release("frontend", version, status));
    }
    let (notifier, task) = begin(&memory, &second);
    notifier.lead(true);
    let is_told = || {
        let told = second.told.lock().unwrap();
        let is_back = |what: &String| what == "rolled-back-automatically";
        told.iter().any(is_back) && told.last().is_some_and(|last| last == "phase-changed")
    };
    until(is_told).await;
    let told = second.told.lock().unwrap().clone();
    assert!(!told.contains(&"applied".to_owned()), "{told:?}");
    assert!(told.contains(&"approved".to_owned()), "{told:?}");
    notifier.end();
    task.await.unwrap();
    assert!(phase().contains("RollingBack"));
}

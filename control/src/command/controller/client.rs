//! The controller itself, over the client of a cluster.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use cluster::Tell;
use controller::notify::{self, Secret, Sink, Webhook};
use controller::{Format, Log, Options};
use document::report::{Console, Message};
use rollout::drive::cluster::Notice;
use rollout::drive::{Failure, SystemClock};

use super::notify::{NotifyArgs, NotifyFormat};
use super::{Args, LogFormat};
use crate::command::mesh_options;
use crate::command::metrics::asked;
use crate::command::rollout::connection::{self, Use};
use crate::exit::Exit;
use crate::interrupt::interrupted;

/// How long the API server may be away in the middle of a change: then the Release is looked at again later.
const PATIENCE: Duration = Duration::from_mins(1);

/// Runs the controller until it is told to end.
///
/// # Errors
/// When no threads can be started.
pub(super) fn run(args: &Args, console: &mut Console) -> anyhow::Result<Exit> {
    let mut complaints = Vec::new();
    let defaults = mesh_options::stored(args.route.as_deref(), &args.mesh, &mut complaints);
    let sink = sink(&args.notify).unwrap_or_else(|complaint| {
        complaints.push(complaint);
        None
    });
    let prometheus = asked(&args.metrics).unwrap_or_else(|complaint| {
        complaints.push(complaint);
        None
    });
    if args.connection.controller_namespace.is_empty() {
        let text = "`--controller-namespace`: expected the name of a namespace, found ``";
        complaints.push(Message::new(text));
    }
    for complaint in &complaints {
        console.fail(complaint);
    }
    if !complaints.is_empty() {
        return Ok(Exit::USAGE);
    }
    let format = match args.log_format {
        LogFormat::Json => Format::Json,
        LogFormat::Text => Format::Text,
    };
    let log = Log::new(format, io::stderr());
    let identity = match &args.identity {
        Some(identity) => identity.clone(),
        None => identity()?,
    };
    let options = Options {
        namespace: args.connection.namespace.clone(),
        lease_namespace: args.connection.controller_namespace.clone(),
        identity,
        listen: args.listen,
        workers: usize::from(args.workers),
        defaults,
        prometheus,
        log: log.clone(),
        sink,
    };
    let ran = connection::with_client(
        &args.connection,
        Use::Long(Some(PATIENCE)),
        tell(log),
        async |client| {
            let stop = async {
                // A process that cannot listen for signals is ended by them.
                if interrupted().await.is_err() {
                    std::future::pending::<()>().await;
                }
            };
            Ok(controller::run(Arc::new(client), Arc::new(SystemClock), options, stop).await)
        },
    )?;
    Ok(match ran {
        Ok(Ok(())) => Exit::OK,
        Ok(Err(controller::Error::Listen(address, error))) => {
            let message = Message::new(format!("cannot listen at {address}"));
            console.fail(&message.because(error).help("name another address: `--listen`"));
            Exit::FAILURE
        }
        Ok(Err(controller::Error::Cluster(failure))) | Err(failure) => {
            connection::failed(&failure, console)
        }
    })
}

/// Who is told of rollouts; none: no one.
fn sink(args: &NotifyArgs) -> Result<Option<Arc<dyn Sink>>, Message> {
    let Some(url) = args.url()? else { return Ok(None) };
    let secret = args.secret()?.map(|text| Secret::read(&text)).transpose();
    let secret = secret.map_err(|why| Message::new(format!("--notify-secret-file: {why}")))?;
    let format = match args.notify_format.unwrap_or_default() {
        NotifyFormat::Cloudevents => notify::Format::CloudEvents,
        NotifyFormat::Slack => notify::Format::Slack,
    };
    let webhook = Webhook::new(url, format, secret, args.notify_ca_file.as_deref());
    let webhook = webhook.map_err(|why| {
        Message::new(format!("cannot send notifications: {why}"))
            .help("name a file of certificates in PEM: `--notify-ca-file`")
    })?;
    Ok(Some(Arc::new(webhook)))
}

/// The name of the machine, which in a pod is the pod's, and a number: two controllers never have the same.
fn identity() -> Result<String, Failure> {
    let mut number = [0; 4];
    getrandom::fill(&mut number).map_err(|error| {
        Failure::blocked(
            format!("cannot get a random number: {error}"),
            "name the controller: `--identity`",
        )
    })?;
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let host = match host.trim() {
        "" => "serin",
        host => host,
    };
    Ok(format!("{host}_{:08x}", u32::from_be_bytes(number)))
}

/// Says in the log what happens meanwhile; the same is not said again in a row.
fn tell(log: Log) -> Tell {
    let last = Mutex::new(String::new());
    Arc::new(move |notice: &Notice| {
        let said = connection::said(notice, PATIENCE);
        let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
        if *last != said {
            log.note(&said);
            *last = said;
        }
    })
}

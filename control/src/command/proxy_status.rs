//! `serin proxy-status`: what running Envoys make of Releases.

use std::time::Duration;

use anyhow::{Context, anyhow};
use clap::ArgAction;
use document::load::reason;
use document::report::{Console, Format, text};
use envoy::proxy::Admin;
use envoy::proxy_status::{Status, table};
use hyper::Uri;
use serde::Serialize;
use tokio::runtime::Runtime;
use tokio::time::timeout;

use super::options::FormatArgs;
use crate::exit::{self, Exit};
use crate::help;

const EXAMPLES: &str = "\
Examples:
  kubectl -n bookinfo port-forward deploy/productpage-v1 15000 &
  serin proxy-status --envoy http://127.0.0.1:15000
  serin proxy-status --envoy http://127.0.0.1:15000 --format json |
    jq -r '.[].filters[].state'

States:
  in force     the latest configuration decides
  refused      the latest configuration was refused; an earlier one decides
  stable only  no configuration decides: all requests go to stable
  denies all   istio-agent could not fetch the module: every request gets 403

These are problems: any state other than `in force`; a filter that no route enables, or whose decisions no route \
uses; a refused update of a listener with such a filter; a proxy without any. A virtual host whose routes lead to \
the service and do not enable the filter is named: there all requests stay on stable.

Envoy's config dump, and so `istioctl proxy-config ecds`, shows a refused configuration as if it were in force. \
This command reads it as the module does, and reads Envoy's counters. A proxy in a mesh has more of them with \
the annotation `sidecar.istio.io/statsInclusionPrefixes: extension_config_discovery`; without it, a module that \
fails to load is noticed only if none was loaded before. Envoy does not count failures of a module; restarts are \
visible only with the failure policy `reload`.

With --format json the output is one list. Each Envoy has:
  envoy      its URL
  ok         whether there is no problem
  error      why it cannot be queried; null if it can: only then it has the rest
  node       its name in the mesh
  filters    each has name, release, state (in-force, refused, stable-only,
             denies-all) and its cause (refused, none-came, awaited,
             not-fetched; null if in force); version, digest and since of the
             configuration that decides; refused: version, since and problems
             of a later one; listeners; switched: routes, their number, and
             the virtual hosts: hosts (enabled), heedless (no route uses the
             decision), unswitched (routes lead to the service and do not
             enable it); decisions: rule, subset, requests; restarts
  refusedListeners
             each has name, since and details";

/// How long the first answer may take. The dump of a large mesh takes longer, and is waited for.
const CONTACT: Duration = Duration::from_secs(4);

/// The arguments.
#[derive(Debug, clap::Args)]
#[command(after_help = help::after(EXAMPLES, &exit::CHECKS))]
pub struct Args {
    /// The URL of an Envoy's admin interface; can be repeated
    #[arg(long, value_name = "URL", required = true, value_parser = url, action = ArgAction::Append)]
    pub envoy: Vec<Url>,
    /// The output format.
    #[command(flatten)]
    pub output: FormatArgs,
}

/// Where an admin interface is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Url {
    host: String,
    port: u16,
}

impl std::fmt::Display for Url {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "http://{}:{}", self.host, self.port)
    }
}

fn url(text: &str) -> Result<Url, String> {
    let expected = || "expected `http://HOST:PORT`, such as `http://127.0.0.1:15000`".to_owned();
    let uri: Uri = text.parse().map_err(|_| expected())?;
    let authority = uri.authority().ok_or_else(expected)?;
    let is_plain = uri.scheme_str() == Some("http")
        && matches!(uri.path(), "" | "/")
        && uri.query().is_none()
        && !authority.as_str().contains('@');
    match authority.port_u16() {
        Some(port) if is_plain && port > 0 => Ok(Url { host: authority.host().to_owned(), port }),
        _ => Err(expected()),
    }
}

/// What one Envoy answered, for programs.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    envoy: String,
    ok: bool,
    /// Why it could not be asked.
    error: Option<String>,
    #[serde(flatten)]
    status: Option<Status>,
}

/// Asks the Envoys.
///
/// # Errors
/// When what they say cannot be printed.
pub fn run(args: &Args, console: &mut Console) -> anyhow::Result<Exit> {
    let runtime = Runtime::new().context("cannot start threads")?;
    let mut answers = Vec::new();
    for url in &args.envoy {
        let answer = runtime.block_on(ask(url));
        if args.output.format.is_text() {
            match &answer {
                Ok(status) => console
                    .print(&table::render(&url.to_string(), status))
                    .context("cannot write to standard output")?,
                Err(error) => console.note(&text::failure(&reason::chain(error.as_ref()), None)),
            }
        }
        answers.push(Answer {
            envoy: url.to_string(),
            ok: answer.as_ref().is_ok_and(Status::is_ok),
            error: answer.as_ref().err().map(|error| reason::chain(error.as_ref())),
            status: answer.ok(),
        });
    }
    // A name may still be asked for by a thread that nothing can wake.
    runtime.shutdown_background();
    if let Format::Data(data) = args.output.format {
        let list = data.document(&answers)?;
        console.print(&list).context("cannot write to standard output")?;
    }
    Ok(if answers.iter().any(|answer| answer.error.is_some()) {
        Exit::FAILURE
    } else if answers.iter().all(|answer| answer.ok) {
        Exit::OK
    } else {
        Exit::PROBLEMS
    })
}

async fn ask(url: &Url) -> anyhow::Result<Status> {
    let asking = async {
        let contact = async {
            let admin = Admin::at(&url.host, url.port).await?;
            admin.is_ready().await?;
            anyhow::Ok(admin)
        };
        let late = |_| anyhow!("no answer within {} s", CONTACT.as_secs());
        let admin = timeout(CONTACT, contact).await.map_err(late)??;
        let dump = admin.config_dump().await?;
        let stats = admin.filter_stats().await?;
        anyhow::Ok(Status::read(&dump, &stats))
    };
    asking.await.map_err(|error| {
        anyhow!("cannot query the Envoy at {url}: {}", reason::chain(error.as_ref()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_name_a_host_and_a_port() {
        for (text, host, port) in [
            ("http://127.0.0.1:15000", "127.0.0.1", 15000),
            ("http://localhost:15000/", "localhost", 15000),
            ("http://[::1]:9901", "[::1]", 9901),
        ] {
            assert_eq!(url(text), Ok(Url { host: host.to_owned(), port }), "{text}");
        }
        for text in [
            "",
            "127.0.0.1:15000",
            "localhost",
            "http://localhost",
            "http://localhost:0",
            "http://localhost:99999",
            "https://localhost:15000",
            "http://user@localhost:15000",
            "http://localhost:15000/stats",
            "http://localhost:15000/?filter=x",
            "unix:///tmp/admin.sock",
        ] {
            assert!(url(text).is_err(), "{text}");
        }
    }
}

//! `serin traffic`: requests as of many users, for a bounded time, and who answered them.

mod options;

use std::ffi::OsString;
use std::num::NonZeroUsize;
use std::time::Duration;

use anyhow::{Context, anyhow};
use clap::ArgAction;
use document::load::reason;
use document::report::{Console, Format};
use envoy::proxy::Client;
use envoy::traffic::load::{Load, Sent};
use envoy::traffic::pace::Pace;
use envoy::traffic::progress::Progress;
use envoy::traffic::report::Report;
use envoy::traffic::table;
use envoy::traffic::tally::Tally;
use tokio::runtime::Runtime;
use tokio::time::{Instant, timeout};

use super::number;
use super::options::FormatArgs;
use crate::exit::{self, Exit};
use crate::help;
use crate::interrupt::interrupted;
use options::Options;

const EXAMPLES: &str = "\
Examples:
  serin traffic http://127.0.0.1:8080/ --host a.example.com --cookie version=v2
  serin traffic http://bookinfo.example.com/reviews/0 --for 50s \\
    --identity cookie=device-id --users 500 --expect v2=10 \\
    --version-body '\"podname\": *\"reviews-(v[0-9]+)'
  serin traffic http://bookinfo.example.com/productpage --format json \\
    --version-text v3='color=\"red\"' --version-text v2=glyphicon-star \\
    --version-text v1=

Requests are sent at a steady rate, unless the server is too slow for it. The limits are 1000 requests a second, one \
hour and 1000000 requests. With --identity users take turns, each with its own identity: `user-1`, `user-2` and \
so on, the same in every run and in `serin explain --users`; --seed gives other ones. Without --identity each \
request counts as a user.

The version is read from the header `x-served-by` or another one (--version-header); or from the first MiB of \
the body with a regex (--version-body: its first group, or the whole match); or it is the first of several texts \
found there (--version-text: an empty text is in every body).

These are problems: a request without an answer in ten seconds, or with a status other than 2xx (redirects are \
not followed, nothing is retried); a share of --expect that is off by more than six standard deviations (0 and \
100 must be exact), counting each user by the first answer; an answer without a version, if one of these options \
is given; with --sticky, a user answered by more than one version. Ctrl-C stops and reports the results so far.

With --format json the output is one object:
  url, rate, identity, users
             what was asked for; the last two are null without --identity
  seconds    how long it took
  requests   the number of requests; failed: of those without a good answer;
             errors: of those, by kind
  unsaid     the number of answers without a version
  versions   by name, each with requests, users (first answered by it), percent
             of the users, and expected: percent, least and most users; null
             without --expect
  moved      the number of users answered by more than one version
  latency    p50Millis, p99Millis, mostMillis; null without an answer
  interrupted, problems, ok
             whether Ctrl-C stopped it, what is wrong, whether nothing is";

/// How long the first connection may take.
const CONTACT: Duration = Duration::from_secs(4);

/// The arguments.
#[derive(Debug, clap::Args)]
#[command(after_help = help::after(EXAMPLES, &exit::CHECKS))]
pub struct Args {
    /// The URL to request; http only
    #[arg(value_name = "URL")]
    pub url: OsString,
    /// Requests per second
    #[arg(long, value_name = "N", default_value_t = 20.0, value_parser = options::rate)]
    #[arg(allow_negative_numbers = true)]
    pub rate: f64,
    /// How long to send requests, such as 90s or 5m [default: 10s, or until --requests are sent]
    #[arg(long = "for", value_name = "TIME", value_parser = options::time)]
    pub time: Option<Duration>,
    /// The number of requests to send
    #[arg(long, value_name = "N", value_parser = number::within::<u64>(1..=1_000_000))]
    #[arg(allow_negative_numbers = true)]
    pub requests: Option<u64>,
    /// The number of connections, and so of requests in flight; they are kept open
    #[arg(long, value_name = "N", default_value = "8", value_parser = options::connections)]
    #[arg(allow_negative_numbers = true)]
    pub connections: NonZeroUsize,
    /// The cookie or header that identifies a user
    #[arg(long, value_name = "cookie=NAME|header=NAME", help_heading = "Users")]
    pub identity: Option<String>,
    /// The number of users
    #[arg(long, value_name = "N", default_value_t = 100, help_heading = "Users")]
    #[arg(value_parser = number::within::<u32>(1..=10_000), requires = "identity")]
    #[arg(allow_negative_numbers = true)]
    pub users: u32,
    /// The prefix of their identities
    #[arg(long, value_name = "TEXT", default_value = "user", help_heading = "Users")]
    #[arg(value_parser = options::seed, requires = "identity")]
    pub seed: String,
    /// Cookies to send with each request, as `name=value; other=value`; can be repeated
    #[arg(long, short = 'b', value_name = "COOKIES", help_heading = "Users")]
    pub cookie: Vec<OsString>,
    /// A header to send with each request, as `Name: value`; can be repeated
    #[arg(long, short = 'H', value_name = "HEADER", help_heading = "Users")]
    pub header: Vec<OsString>,
    /// The header `host`, if it is not that of the URL
    #[arg(long, value_name = "HOST", help_heading = "Users")]
    pub host: Option<OsString>,
    /// The response header that names the version [default: x-served-by]
    #[arg(long, value_name = "NAME", help_heading = "Versions", group = "sign")]
    pub version_header: Option<String>,
    /// A regex that finds the version in the response body
    #[arg(long, value_name = "REGEX", help_heading = "Versions", group = "sign")]
    pub version_body: Option<String>,
    /// A text in the response body of this version; can be repeated
    #[arg(long, value_name = "VERSION=TEXT", help_heading = "Versions", group = "sign")]
    pub version_text: Vec<String>,
    /// The expected share of users of a version, in percent; can be repeated
    #[arg(long, value_name = "VERSION=PERCENT", help_heading = "Versions")]
    pub expect: Vec<String>,
    /// Require that each user is answered by one version
    #[arg(long, action = ArgAction::SetTrue, requires = "identity", help_heading = "Versions")]
    pub sticky: bool,
    /// The output format.
    #[command(flatten)]
    pub output: FormatArgs,
}

/// Sends the requests.
///
/// # Errors
/// When nobody can be asked, or the result cannot be printed.
pub fn run(args: &Args, console: &mut Console) -> anyhow::Result<Exit> {
    let options = match options::read(args) {
        Ok(options) => options,
        Err(complaints) => {
            for complaint in &complaints {
                console.fail(complaint);
            }
            return Ok(Exit::USAGE);
        }
    };
    let runtime = Runtime::new().context("cannot start threads")?;
    let report = runtime.block_on(send(options));
    // A name may still be asked for by a thread that nothing can wake.
    runtime.shutdown_background();
    let report = report?;
    let printed = match args.output.format {
        Format::Text => table::render(&report),
        Format::Data(data) => data.document(&report)?,
    };
    console.print(&printed).context("cannot write to standard output")?;
    Ok(if report.ok { Exit::OK } else { Exit::PROBLEMS })
}

async fn send(options: Options) -> anyhow::Result<Report> {
    let Options { host, port, requests, sign, asked, time, most, connections } = options;
    let mut ended = std::pin::pin!(interrupted());
    let address = tokio::select! {
        address = timeout(CONTACT, Client::reach(&host, port)) => {
            let late = |_| anyhow!("no connection within {} s", CONTACT.as_secs());
            let address = address.map_err(late).flatten();
            address.map_err(|error| {
                anyhow!("cannot ask {}: {}", asked.url, reason::chain(error.as_ref()))
            })?
        }
        interrupted = &mut ended => {
            return Err(interrupted?.into());
        }
    };
    let mut progress = Progress::new(1);
    progress.begin(&asked.url, "");
    progress.expect(most);
    let counter = progress.counter();
    let start = Instant::now();
    let mut tally = Tally::new(asked.users.map(|_| requests.len()));
    let pace = Pace::new(start, asked.rate, time, most);
    let mut load = Load::start(Sent { address, requests, sign }, pace, connections.get());
    let mut is_interrupted = false;
    while !is_interrupted {
        tokio::select! {
            seen = load.next() => match seen {
                Some(seen) => {
                    tally.see(seen);
                    counter.step();
                }
                None => break,
            },
            interrupted = &mut ended => {
                interrupted?;
                is_interrupted = true;
            }
        }
    }
    Ok(Report::new(asked, &tally, start.elapsed().as_secs_f64(), is_interrupted))
}

//! `serin explain`: where a Release sends a request, and why.

mod input;
mod output;

use std::ffi::OsString;

use document::report::{Console, text};

use super::number;
use super::options::FormatArgs;
use super::render::source;
use crate::exit::{self, Exit};
use crate::help;
use input::Input;

const EXAMPLES: &str = "\
Examples:
  serin explain release.yaml /api/cart -H 'x-user-id: 7' -b 'version=v2; a=b'
  serin explain release.yaml -- curl 'https://shop.example.com/' -b version=v2
  pbpaste | serin explain release.yaml --curl -     a request copied as cURL
  serin explain release.yaml --har shop.har --entry 12
  serin explain release.yaml --users 10000          what the splits give
  serin explain release.yaml --requests req.jsonl   one JSON answer a line

A request given by options has these headers and no others; cookies are joined by `; `, as browsers do. A \
request given as a curl command line also has the headers that curl adds: `accept: */*`, `user-agent: curl/8`, \
and the `content-type` of a body; `-b` is joined by `;`, as curl does. Options that do not change the request \
(--compressed, -k, -o and so on) are ignored, unknown options are an error. Without -X the method is that of \
curl: HEAD for -I, PUT for -T, POST for data, otherwise GET. Headers that Envoy adds, such as x-forwarded-proto, \
are not added: give them.

--requests reads JSON objects, one a line: {\"method\": \"GET\", \"path\": \"/\", \"authority\": \"reviews\", \"headers\": \
[[\"cookie\", \"version=v2\"]]}; each field is optional. Each line is answered by a line: {\"rule\", \"identity\", \
\"shares\", \"subset\", \"random\"}, or {\"line\", \"error\"} and exit code 1. rule is `default` if no rule matches the request; identity is {\"cookie\" or \"header\": name, \"value\"} or null; shares are the percentages of the draw, by \
subset; mirror, only where requests are copied, is {\"to\": subset, \"percent\"}; random says whether each request is drawn anew, so that subset is an example.

With --format json or yaml the output is one object: these fields, and release, request (method, scheme, authority, \
path, headers), rules (each with taken and blocks, each with met and conditions: subject, test, not, met, found, \
tooLong, note), joins (subset, has, and from: the share in percent from which it has this user, null for none) and \
changes (what would send the request elsewhere: rule and its unmet conditions; identity: one that it could have; \
joins, the subset, and from, or leaves and below, a share in percent). With --har it is a list of these fields, each with entry, method and url, or with entry and error; \
with --users the object release, users, rules (rule, sticky, subsets: subset, promised, drawn, users). Problems \
go to standard error.";

/// The arguments.
#[derive(Debug, clap::Args)]
#[command(after_help = help::after(EXAMPLES, &exit::CHECKS))]
pub struct Args {
    /// The file with the Release, or `-` for standard input
    #[arg(value_name = "RELEASE", required_unless_present = "filename")]
    pub release: Option<OsString>,
    /// The requested URL, or a path on the Release's host [default: /]
    #[arg(value_name = "URL", help_heading = "One request")]
    pub url: Option<OsString>,
    /// Same as RELEASE
    #[arg(long, short = 'f', value_name = "FILE")]
    pub filename: Option<String>,
    /// The Release to explain, if the file has several
    #[arg(long, value_name = "[NAMESPACE/]NAME")]
    pub name: Option<String>,
    /// The method
    #[arg(long, short = 'X', value_name = "METHOD", help_heading = "One request")]
    pub request: Option<OsString>,
    /// A header, as `Name: value`; can be repeated
    #[arg(long, short = 'H', value_name = "HEADER", help_heading = "One request")]
    pub header: Vec<OsString>,
    /// Cookies, as `name=value; other=value`; can be repeated
    #[arg(long, short = 'b', value_name = "COOKIES", help_heading = "One request")]
    pub cookie: Vec<OsString>,
    /// The header `user-agent`
    #[arg(long, short = 'A', value_name = "NAME", help_heading = "One request")]
    pub user_agent: Option<OsString>,
    /// A curl command line, after `--`
    #[arg(last = true, value_name = "CURL", help_heading = "One request")]
    #[arg(conflicts_with_all = ["url", "request", "header", "cookie", "user_agent"])]
    pub command: Vec<OsString>,
    /// A file with a curl command line, as browsers copy it for bash, or `-` for standard input
    #[arg(long, value_name = "FILE", help_heading = "One request")]
    #[arg(conflicts_with_all = ["url", "request", "header", "cookie", "user_agent", "command"])]
    pub curl: Option<String>,
    /// A HAR file, or `-` for standard input: print a line for each of its requests
    #[arg(long, value_name = "FILE", help_heading = "Many requests")]
    #[arg(conflicts_with_all = ["url", "request", "header", "cookie", "user_agent", "command", "curl"])]
    pub har: Option<String>,
    /// Explain one request of the HAR file in full, counted from 1
    #[arg(long, value_name = "N", help_heading = "Many requests", requires = "har")]
    #[arg(value_parser = number::within::<usize>(1..=1_000_000_000), allow_negative_numbers = true)]
    pub entry: Option<usize>,
    /// A file with a JSON request on each line, or `-` for standard input: print a JSON line for each
    #[arg(long, value_name = "FILE", help_heading = "Many requests")]
    #[arg(conflicts_with_all = ["url", "request", "header", "cookie", "user_agent", "command", "curl", "har"])]
    pub requests: Option<String>,
    /// Draw this many users in every split, and compare the result with the expected shares
    #[arg(long, value_name = "N", help_heading = "Many requests")]
    #[arg(value_parser = number::within::<u32>(1..=10_000_000), allow_negative_numbers = true)]
    #[arg(conflicts_with_all = ["url", "request", "header", "cookie", "user_agent", "command", "curl", "har", "requests"])]
    pub users: Option<u32>,
    /// A label of the calling workload; can be repeated
    #[arg(long, value_name = "KEY=VALUE", value_parser = label)]
    pub caller: Vec<(String, String)>,
    /// The output format.
    #[command(flatten)]
    pub output: FormatArgs,
}

fn label(text: &str) -> Result<(String, String), String> {
    let pair = text.split_once('=').filter(|(key, _)| !key.is_empty());
    let (key, value) = pair.ok_or("expected `KEY=VALUE`, such as `app=productpage`")?;
    Ok((key.to_owned(), value.to_owned()))
}

/// The file of the Release, and what is asked for.
struct Files {
    release: String,
    url: Option<OsString>,
}

impl Files {
    /// What stands at the first place is the URL where `--filename` names the Release.
    fn of(args: &Args, console: &mut Console) -> Result<Self, Exit> {
        let Some(release) = &args.filename else {
            let release = args.release.clone().unwrap_or_default().into_string();
            // With other characters in the place of those it would be the name of another file.
            let release = release.map_err(|release| {
                let message = format!("the argument `{}` is not UTF-8", release.to_string_lossy());
                console.note(&text::failure(&message, Some("rename the file")));
                Exit::USAGE
            })?;
            return Ok(Self { release, url: args.url.clone() });
        };
        let is_other = !args.command.is_empty() || args.users.is_some();
        let files = [&args.curl, &args.har, &args.requests];
        let is_other = is_other || files.iter().any(|file| file.is_some());
        let extra = args.url.as_ref().or(args.release.as_ref().filter(|_| is_other));
        if let Some(extra) = extra {
            let message = format!("unexpected argument `{}`", extra.to_string_lossy());
            let help = format!("`--filename {release}` already names the Release");
            console.note(&text::failure(&message, Some(&help)));
            return Err(Exit::USAGE);
        }
        Ok(Self { release: release.clone(), url: args.release.clone() })
    }
}

/// Explains what is asked.
///
/// # Errors
/// When the result cannot be printed.
pub fn run(args: &Args, console: &mut Console) -> anyhow::Result<Exit> {
    let files = match Files::of(args, console) {
        Ok(files) => files,
        Err(exit) => return Ok(exit),
    };
    if input::is_stdin_shared(args, &files) {
        let help = "only one of them can be `-`";
        console.note(&text::failure(
            "both the Release and the requests are `-`, standard input",
            Some(help),
        ));
        return Ok(Exit::USAGE);
    }
    // What is wrong with both is said in one pass.
    let release = source::read(&files.release, args.name.as_deref(), console);
    let host = release.as_ref().map_or("", |release| release.policy.host().written());
    let input = Input::read(args, &files, host, console);
    match (release, input) {
        (Ok(release), Ok(input)) => output::print(args, &release, &input, console),
        (Err(exit), Ok(_)) | (Ok(_), Err(exit)) => Ok(exit),
        (Err(one), Err(other)) => Ok(one.max(other)),
    }
}

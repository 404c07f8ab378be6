//! The options by which the controller tells others.

use std::fs::File;
use std::io::Read;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use document::report::Message;
use hyper::Uri;
use istio::render::mesh_options::{credentials, shown};

/// A secret and a URL are shorter.
const MAX_FILE: u64 = 64 * 1024;

/// How notifications are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum NotifyFormat {
    /// CloudEvents 1.0, structured mode
    #[default]
    Cloudevents,
    /// An incoming webhook of Slack
    Slack,
}

/// The options.
#[derive(Debug, Default, clap::Args)]
pub struct NotifyArgs {
    /// Post a notification to this URL for each change of a rollout
    #[arg(
        long,
        help_heading = "Notifications",
        value_name = "URL",
        conflicts_with = "notify_url_file"
    )]
    pub notify_url: Option<String>,
    /// Read that URL from a file: for one that is a secret itself, such as Slack's
    #[arg(long, help_heading = "Notifications", value_name = "FILE")]
    pub notify_url_file: Option<PathBuf>,
    /// The format of notifications [default: cloudevents]
    #[arg(long, help_heading = "Notifications", value_enum, value_name = "FORMAT")]
    pub notify_format: Option<NotifyFormat>,
    /// Sign notifications with the secret in a file: 24 to 64 bytes in base64
    #[arg(long, help_heading = "Notifications", value_name = "FILE")]
    pub notify_secret_file: Option<PathBuf>,
    /// Trust the certificate authorities in a PEM file instead of the system's
    #[arg(long, help_heading = "Notifications", value_name = "FILE")]
    pub notify_ca_file: Option<PathBuf>,
    /// Allow a URL with `http`
    #[arg(long, help_heading = "Notifications")]
    pub insecure_notify_url: bool,
}

impl NotifyArgs {
    /// Where notifications go; none: nowhere.
    ///
    /// # Errors
    /// When that is no URL, has credentials that others can see, or has no encryption.
    pub fn url(&self) -> Result<Option<Uri>, Message> {
        let (option, text) = match (&self.notify_url, &self.notify_url_file) {
            (Some(url), _) => {
                refuse_secret(url)?;
                ("--notify-url", url.clone())
            }
            (None, Some(file)) => ("--notify-url-file", read("--notify-url-file", file)?),
            (None, None) => return self.check_unused().map(|()| None),
        };
        let expected = || {
            Message::new(format!(
                "{option}: expected a URL such as `https://events.example.com/serin`"
            ))
        };
        let url: Uri = text.trim().parse().map_err(|_| expected())?;
        let host = url.host().ok_or_else(expected)?;
        if url.authority().is_some_and(|authority| authority.as_str().contains('@')) {
            let text = format!("{option}: the URL has a user name, which is not sent");
            return Err(Message::new(text).help("sign notifications: `--notify-secret-file`"));
        }
        // What is left of a port that is none.
        let has_port = url.authority().is_some_and(|all| all.as_str().len() > host.len());
        if has_port && url.port_u16().is_none() {
            return Err(expected());
        }
        if self.notify_ca_file.is_some() && url.scheme_str() == Some("http") {
            let text = "--notify-ca-file: `http` has no certificates";
            return Err(Message::new(text));
        }
        match url.scheme_str() {
            Some("https") => {}
            Some("http") if self.insecure_notify_url || is_loopback(host) => {}
            Some("http") => {
                let text = format!("{option}: `http` has no encryption");
                return Err(Message::new(text).help("use `https`, or add `--insecure-notify-url`"));
            }
            _ => return Err(expected()),
        }
        Ok(Some(url))
    }

    /// That there is no option that does nothing without a URL.
    fn check_unused(&self) -> Result<(), Message> {
        let given = [
            ("--notify-format", self.notify_format.is_some()),
            ("--notify-secret-file", self.notify_secret_file.is_some()),
            ("--notify-ca-file", self.notify_ca_file.is_some()),
            ("--insecure-notify-url", self.insecure_notify_url),
        ];
        let Some((option, _)) = given.into_iter().find(|(_, is_given)| *is_given) else {
            return Ok(());
        };
        let text = format!("{option}: there is no URL to send notifications to");
        Err(Message::new(text).help("name it: `--notify-url`, `--notify-url-file`"))
    }

    /// What is in the file of the secret.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn secret(&self) -> Result<Option<String>, Message> {
        let file = self.notify_secret_file.as_deref();
        file.map(|file| read("--notify-secret-file", file)).transpose()
    }
}

/// Refuses a URL that others must not see: the command line stands in the manifest of the pod.
fn refuse_secret(url: &str) -> Result<(), Message> {
    let help = "put the URL into a file, as from a mounted Secret: `--notify-url-file`";
    if let Some(found) = credentials(url) {
        let text = format!("--notify-url: the URL `{}` has {found}", shown(url));
        return Err(Message::new(text).help(help));
    }
    let parsed = url.parse::<Uri>().ok();
    let host = parsed.as_ref().and_then(Uri::host).unwrap_or_default().to_ascii_lowercase();
    if ["hooks.slack.com", "hooks.slack-gov.com"].contains(&host.trim_end_matches('.')) {
        let text = "--notify-url: the URL of a webhook of Slack is a secret";
        return Err(Message::new(text).help(help));
    }
    Ok(())
}

fn read(option: &str, file: &Path) -> Result<String, Message> {
    let failed = || Message::new(format!("{option}: cannot read {}", file.display()));
    let mut text = String::new();
    let opened = File::open(file).map_err(|error| failed().because(error))?;
    opened.take(MAX_FILE).read_to_string(&mut text).map_err(|error| failed().because(error))?;
    if text.len() as u64 == MAX_FILE {
        return Err(failed().help(format!("it has {MAX_FILE} bytes or more")));
    }
    Ok(text)
}

fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || address.parse().is_ok_and(|address: IpAddr| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(url: &str, insecure: bool) -> Result<String, String> {
        let args = NotifyArgs {
            notify_url: Some(url.to_owned()),
            insecure_notify_url: insecure,
            ..NotifyArgs::default()
        };
        let url = args.url().map(|url| url.unwrap().to_string());
        url.map_err(|message| message.chain())
    }

    #[test]
    fn a_url_with_credentials_or_without_encryption_is_refused() {
        assert!(url("https://events.example.com/serin", false).is_ok());
        for loopback in ["http://localhost:8080/a", "http://127.0.0.1:1/", "http://[::1]:1/"] {
            assert!(url(loopback, false).is_ok(), "{loopback}");
        }
        let refused = url("http://events.example.com/", false).unwrap_err();
        assert!(refused.contains("no encryption"), "{refused}");
        assert!(url("http://events.example.com/", true).is_ok());
        for (secret, part) in [
            ("https://anna:pw1@events.example.com/", "pw1"),
            ("https://events.example.com/?token=pw1", "pw1"),
            ("https://hooks.slack.com/services/T0/B0/pw1", "pw1"),
            ("https://HOOKS.slack.com./services/T0/B0/pw1", "pw1"),
            ("https://hooks.slack-gov.com/services/T0/B0/pw1", "pw1"),
        ] {
            let refused = url(secret, true).unwrap_err();
            assert!(!refused.contains(part), "{refused}");
        }
        for wrong in
            ["events.example.com", "ftp://a/b", "", "https://", "https://events.example.com:99999/"]
        {
            assert!(url(wrong, true).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_does_nothing_is_refused() {
        let file = || Some(PathBuf::from("/dev/zero"));
        for (args, named) in [
            (
                NotifyArgs { notify_secret_file: file(), ..NotifyArgs::default() },
                "--notify-secret-file",
            ),
            (NotifyArgs { notify_ca_file: file(), ..NotifyArgs::default() }, "--notify-ca-file"),
            (
                NotifyArgs { notify_format: Some(NotifyFormat::Slack), ..NotifyArgs::default() },
                "--notify-format",
            ),
            (
                NotifyArgs { insecure_notify_url: true, ..NotifyArgs::default() },
                "--insecure-notify-url",
            ),
            (NotifyArgs { notify_url_file: file(), ..NotifyArgs::default() }, "--notify-url-file"),
            (
                NotifyArgs {
                    notify_url: Some("http://localhost/".to_owned()),
                    notify_ca_file: file(),
                    ..NotifyArgs::default()
                },
                "--notify-ca-file",
            ),
        ] {
            let refused = args.url().unwrap_err().chain();
            assert!(refused.starts_with(named), "{refused}");
        }
        assert!(NotifyArgs::default().url().unwrap().is_none());
    }

    #[test]
    fn a_file_may_have_a_url_that_is_a_secret() {
        let folder = std::env::temp_dir().join(format!("serin-notify-{}", std::process::id()));
        std::fs::write(&folder, "https://hooks.slack.com/services/T0/B0/x\n").unwrap();
        let args = NotifyArgs { notify_url_file: Some(folder.clone()), ..NotifyArgs::default() };
        let url = args.url();
        std::fs::remove_file(&folder).unwrap();
        assert_eq!(url.unwrap().unwrap().host(), Some("hooks.slack.com"));
        assert!(args.url().unwrap_err().chain().contains("--notify-url-file"));
    }
}

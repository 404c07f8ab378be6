//! Something that others are told, and how it is written for them.

use serde_json::{Value, json};

/// How it is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// A CloudEvent 1.0 in structured mode.
    #[default]
    CloudEvents,
    /// `{"text": …}`, as an incoming webhook of Slack, Mattermost or Rocket.Chat reads it.
    Slack,
}

/// Something that others are told.
#[derive(Clone, Debug, PartialEq)]
pub struct Notification {
    /// The same whenever it is told again.
    pub id: String,
    /// What happened, such as `step-started`.
    pub what: String,
    /// When, RFC 3339.
    pub time: String,
    /// The namespace of the Release.
    pub namespace: String,
    /// The name of the Release.
    pub name: String,
    /// In one line.
    pub text: String,
    /// The same for programs.
    pub data: Value,
}

impl Notification {
    /// The type of its content, and the content.
    #[must_use]
    pub fn written(&self, format: Format) -> (&'static str, Vec<u8>) {
        match format {
            Format::CloudEvents => (
                "application/cloudevents+json; charset=utf-8",
                self.cloud_event().to_string().into(),
            ),
            Format::Slack => ("application/json", self.slack().to_string().into()),
        }
    }

    fn cloud_event(&self) -> Value {
        let Self { id, what, time, namespace, name, data, .. } = self;
        json!({
            "specversion": "1.0",
            "id": id,
            "source": format!("/apis/serin.dev/v1alpha1/namespaces/{namespace}/releases/{name}"),
            "type": format!("dev.serin.rollout.{what}"),
            "subject": name,
            "time": time,
            "datacontenttype": "application/json",
            "data": data,
        })
    }

    fn slack(&self) -> Value {
        let Self { namespace, name, text, .. } = self;
        json!({ "text": format!("*{}/{}*: {}", escaped(namespace), escaped(name), escaped(text)) })
    }
}

/// As Slack asks for: a message of a user neither mentions a channel nor makes a link.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn approved() -> Notification {
        Notification {
            id: "0a1b".to_owned(),
            what: "approved".to_owned(),
            time: "2026-11-30T10:00:00Z".to_owned(),
            namespace: "shop".to_owned(),
            name: "frontend".to_owned(),
            text: "anna approved step 2/4: v2 10 % (ask <!channel> & go)".to_owned(),
            data: json!({ "by": "anna" }),
        }
    }

    #[test]
    fn a_cloud_event_has_all_that_its_receivers_ask_for() {
        let (kind, body) = approved().written(Format::CloudEvents);
        assert_eq!(kind, "application/cloudevents+json; charset=utf-8");
        let body: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(
            body,
            json!({
                "specversion": "1.0",
                "id": "0a1b",
                "source": "/apis/serin.dev/v1alpha1/namespaces/shop/releases/frontend",
                "type": "dev.serin.rollout.approved",
                "subject": "frontend",
                "time": "2026-11-30T10:00:00Z",
                "datacontenttype": "application/json",
                "data": { "by": "anna" },
            })
        );
    }

    #[test]
    fn a_text_for_slack_mentions_no_channel() {
        let (kind, body) = approved().written(Format::Slack);
        assert_eq!(kind, "application/json");
        let body: Value = serde_json::from_slice(&body).unwrap();
        let text =
            "*shop/frontend*: anna approved step 2/4: v2 10 % (ask &lt;!channel&gt; &amp; go)";
        assert_eq!(body, json!({ "text": text }));
    }
}

//! Who is asking, in the API server's word.

use serde_json::{Value, json};

use super::error::Subject;
use super::request::{Call, JSON};
use super::{Cluster, Error, Resource};

impl Cluster {
    /// The name of the user that the API server takes this program for.
    ///
    /// # Errors
    /// When it cannot be asked.
    pub async fn whoami(&self) -> Result<String, Error> {
        let resource = &Resource::SELF_REVIEW;
        let review = json!({ "apiVersion": resource.api_version(), "kind": resource.kind });
        let subject = Subject { verb: "create", resource, part: None, namespace: None, name: None };
        let call =
            Call { subject, method: "POST", query: String::new(), body: Some((JSON, review)) };
        let review = self.call(&call).await?;
        let name = review.pointer("/status/userInfo/username").and_then(Value::as_str);
        Ok(name.unwrap_or("unknown").to_owned())
    }
}

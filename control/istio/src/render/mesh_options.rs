//! What the objects of a mesh are made of besides a Release: the operator's choices, not its author's, as `serin apply`
//! keeps them in `status.mesh` for the next process that drives the rollout.
//!
//! This is a stored format: what any earlier `serin` wrote is read, and what a later one added is kept when the status
//! is written back. Whether it may be passed over depends on where the rollout goes:
//!
//! * Forward, never ([`MeshOptions::check_known`]). Nothing says what an unknown option means: without it the objects
//!   could be rendered in another way than those that are in force, and users would be moved though no one asked for it.
//! * Back to stable, always. All users get what they had before the rollout, whatever the option means, and a rollout
//!   that cannot be taken back is worse than a filter that is rendered without one of its options.
//!
//! An option that is added is found out by its name, so that [`VERSION`] is raised only when one that exists comes to
//! mean something else.

mod module;
mod naming;
mod secret_url;

use document::report::Message;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::mode::Mode;
use super::{Delivery, FailurePolicy, Modules, mesh};
use crate::version::Version;
use module::Named;

pub use naming::Naming;
pub use secret_url::{credentials, shown};

/// The version of what the options mean that this program writes. One that is not written is 1.
pub const VERSION: u32 = 1;

/// The options, as they were given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MeshOptions {
    /// The version of what they mean.
    #[serde(default = "first", skip_serializing_if = "is_first")]
    pub version: u32,
    /// How decisions become routes.
    pub route: Mode,
    /// What happens to requests after the module failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fail_policy: Option<FailurePolicy>,
    /// Whether the filter is to see every request.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub no_gate: bool,
    /// The version of the mesh.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub istio: Option<String>,
    /// Which gateways of a user's VirtualService run the filter, where it has several.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gateway: Vec<String>,
    /// The module's file in the proxies' own file system.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub module_file: Option<String>,
    /// Where proxies fetch the module.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub module_url: Option<String>,
    /// The SHA-256 of that one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub module_sha256: Option<String>,
    /// The file of the module without the regex engine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lite_module_file: Option<String>,
    /// Where proxies fetch that one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lite_module_url: Option<String>,
    /// The SHA-256 of that one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lite_module_sha256: Option<String>,
    /// A Secret for the registry of the module's image.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub module_pull_secret: Option<String>,
    /// Options of a later version, by name.
    #[serde(flatten)]
    pub unknown: Map<String, Value>,
}

const fn first() -> u32 {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes fields by reference")]
const fn is_first(version: &u32) -> bool {
    *version == 1
}

impl MeshOptions {
    /// This route mode, and nothing else chosen.
    #[must_use]
    pub fn new(route: Mode) -> Self {
        Self {
            version: VERSION,
            route,
            fail_policy: None,
            no_gate: false,
            istio: None,
            gateway: Vec::new(),
            module_file: None,
            module_url: None,
            module_sha256: None,
            lite_module_file: None,
            lite_module_url: None,
            lite_module_sha256: None,
            module_pull_secret: None,
            unknown: Map::new(),
        }
    }

    /// The options as `status.mesh` has them, those of later versions among them.
    ///
    /// # Errors
    /// When it says something else of an option that is known.
    pub fn read(value: &Value) -> Result<Self, Message> {
        Self::deserialize(value)
            .map_err(|error| Message::new("`status.mesh` cannot be read").because(error))
    }

    /// As `status.mesh` has them.
    #[must_use]
    pub fn to_value(&self) -> Value {
        serde_json::to_value(self).unwrap_or_default()
    }

    /// That this version knows all of them: a rollout goes forward by no others.
    ///
    /// # Errors
    /// When a later version wrote them: what is not known, and what to do.
    pub fn check_known(&self) -> Result<(), Message> {
        let help = "use the `serin` that applied it, or configure the mesh again: `serin apply FILE \
                    --module-url …`; `serin rollback` works with either";
        if self.version > VERSION {
            let message = format!(
                "`status.mesh` has version {}, and this `serin` knows {VERSION}",
                self.version
            );
            return Err(Message::new(message).help(help));
        }
        if self.unknown.is_empty() {
            return Ok(());
        }
        let names: Vec<String> =
            self.unknown.keys().map(|name| format!("`status.mesh.{name}`")).collect();
        let message = format!("unknown to this `serin`: {}", names.join(", "));
        Err(Message::new(message).help(help))
    }

    /// Digests by which no proxy gets a module, those of an empty file. They are refused where they are given, and where
    /// a rollout goes forward; the way back goes by what is in force, whatever that is.
    #[must_use]
    pub fn empty_digests(&self, naming: Naming) -> Vec<Message> {
        self.named(naming).iter().filter_map(Named::empty_digest).collect()
    }

    /// What is wrong with where the module is fetched from, though it may work: without TLS, unless `allows_http`, and with
    /// credentials. Refused, like [`Self::empty_digests`], where it is given and where a rollout goes forward.
    #[must_use]
    pub fn unsafe_urls(&self, naming: Naming, allows_http: bool) -> Vec<Message> {
        self.named(naming).iter().filter_map(|named| named.unsafe_url(allows_http)).collect()
    }

    /// What objects are made of.
    ///
    /// # Errors
    /// All that is wrong with the options, each under the name that `naming` gives it.
    pub fn options(&self, naming: Naming) -> Result<mesh::Options, Vec<Message>> {
        let mut faults = match naming {
            Naming::Flags => self.empty_digests(naming),
            // Whether they matter depends on where the rollout goes.
            Naming::Fields => Vec::new(),
        };
        let modules = self.modules(naming, &mut faults);
        let istio = self.istio(naming).map_err(|fault| faults.push(fault)).ok().flatten();
        let pull_secret = self.pull_secret(naming, &mut faults);
        let options = modules.map(|modules| mesh::Options {
            mode: self.route,
            istio,
            delivery: Delivery { modules, failure: self.fail_policy.unwrap_or_default() },
            pull_secret,
            gate: !self.no_gate,
            counts: false,
        });
        faults.extend(options.as_ref().and_then(|options| too_old(options, naming)));
        options.filter(|_| faults.is_empty()).ok_or(faults)
    }

    /// The version of the mesh, where it is given.
    fn istio(&self, naming: Naming) -> Result<Option<Version>, Message> {
        let Some(text) = &self.istio else { return Ok(None) };
        let invalid = |()| {
            let name = naming.name("istio");
            Message::new(format!("{name}: expected a version of Istio, found `{text}`"))
                .help("write it as `istioctl version` prints it: `1.24`, `1.29.1`")
        };
        text.parse().map(Some).map_err(invalid)
    }

    /// What is said of the module, and of that without the regex engine.
    fn named(&self, naming: Naming) -> [Named<'_>; 2] {
        let full = Named {
            option: "module",
            file: self.module_file.as_ref(),
            url: self.module_url.as_ref(),
            sha256: self.module_sha256.as_ref(),
            naming,
        };
        let lite = Named {
            option: "lite-module",
            file: self.lite_module_file.as_ref(),
            url: self.lite_module_url.as_ref(),
            sha256: self.lite_module_sha256.as_ref(),
            naming,
        };
        [full, lite]
    }

    /// The builds of the module that the proxies can get.
    fn modules(&self, naming: Naming, faults: &mut Vec<Message>) -> Option<Modules> {
        let [full, lite] = self.named(naming);
        // One of the two does, and it is the full one that is missed.
        let before = faults.len();
        let read =
            |named: &Named, faults: &mut _| named.is_given().then(|| named.read(faults)).flatten();
        let lite_module = read(&lite, faults);
        let full_module = if lite.is_given() { read(&full, faults) } else { full.read(faults) };
        Modules::of(full_module, lite_module).filter(|_| faults.len() == before)
    }

    /// The Secret of a registry. Only a WasmPlugin can name one, and its filter cannot be switched off.
    fn pull_secret(&self, naming: Naming, faults: &mut Vec<Message>) -> Option<String> {
        let name = self.module_pull_secret.as_ref()?;
        let option = naming.name("module-pull-secret");
        let files = [&self.module_file, &self.lite_module_file].into_iter().flatten();
        let urls: Vec<_> =
            [&self.module_url, &self.lite_module_url].into_iter().flatten().collect();
        let are_images = !urls.is_empty() && urls.iter().all(|url| module::is_image(url));
        if !are_images || files.count() > 0 {
            let url = naming.with("module-url", "oci://…");
            faults.push(Message::new(format!("{option} is for {url}")));
            return None;
        }
        if self.route != Mode::Matcher {
            let message = format!(
                "{option} does not work with {}: it needs a WasmPlugin, which would add the header to requests for \
                 other hosts too",
                naming.with("route", self.route.name())
            );
            let help = "serve the module over https, or from a registry that needs no password";
            faults.push(Message::new(message).help(help));
            return None;
        }
        module::pull_secret(name, naming).map_err(|fault| faults.push(fault)).ok()
    }
}

/// A fail policy that the mesh does not know.
fn too_old(options: &mesh::Options, naming: Naming) -> Option<Message> {
    let is_old = options.istio.is_some_and(|version| version < Version::FAILURE_POLICY);
    if !is_old || options.delivery.failure != FailurePolicy::Reload {
        return None;
    }
    let message = format!(
        "{} needs Istio {} or newer (Envoy 1.33)",
        naming.with("fail-policy", "reload"),
        Version::FAILURE_POLICY
    );
    Some(Message::new(message).help("for older proxies use `open` or `closed`"))
}

#[cfg(test)]
mod tests;

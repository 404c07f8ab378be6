//! The root context: takes the configuration, and gives each request the router that it made.

use std::rc::Rc;

use log::{error, warn};
use policy::config::{Config, Loaded};
use policy::{Node, Problem, Problems, Severity};
use proxy_wasm::traits::{Context, HttpContext, RootContext};
use proxy_wasm::types::ContextType;

use crate::host;
use crate::http::Http;
use crate::router::Router;

#[derive(Default)]
pub(crate) struct Root {
    router: Option<Rc<Router>>,
}

impl Context for Root {}

impl RootContext for Root {
    /// A configuration that is refused leaves the one before it in force.
    fn on_configure(&mut self, _size: usize) -> bool {
        let Some(router) = load().and_then(Router::new) else {
            return false;
        };
        self.router = Some(Rc::new(router));
        true
    }

    fn create_http_context(&self, _id: u32) -> Option<Box<dyn HttpContext>> {
        Some(Box::new(Http::new(self.router.clone())))
    }

    fn get_type(&self) -> Option<ContextType> {
        Some(ContextType::HttpContext)
    }
}

/// Reads the configuration; what is wrong with it goes to the log, a line each.
fn load() -> Option<Loaded> {
    let bytes = host::configuration()
        .inspect_err(|failure| error!("configuration: not readable: {failure}"))
        .ok()?;
    let node: Node = match serde_json::from_slice(&bytes) {
        Ok(node) => node,
        Err(cause) => {
            error!("configuration: expected JSON, found {cause}");
            return None;
        }
    };
    let mut problems = Problems::default();
    let loaded = Config::read(&node, &mut problems);
    problems.iter().for_each(report);
    loaded
}

fn report(problem: &Problem) {
    match problem.severity {
        Severity::Error => error!("configuration: {problem}"),
        Severity::Warning => warn!("configuration: {problem}"),
    }
}

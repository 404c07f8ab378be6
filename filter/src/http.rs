//! One request: routed when its headers are there, and never held up.

use std::rc::Rc;

use proxy_wasm::traits::{Context, HttpContext};
use proxy_wasm::types::Action;

use crate::router::Router;

pub(crate) struct Http {
    router: Option<Rc<Router>>,
}

impl Http {
    /// Without a router the request passes as if the filter were not there.
    pub(crate) fn new(router: Option<Rc<Router>>) -> Self {
        Self { router }
    }
}

impl Context for Http {}

impl HttpContext for Http {
    fn on_http_request_headers(&mut self, _count: usize, _end_of_stream: bool) -> Action {
        if let Some(router) = &self.router {
            router.route();
        }
        Action::Continue
    }
}

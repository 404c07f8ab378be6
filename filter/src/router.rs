//! What one configuration makes of each request: the decision, how it leaves the filter, what counts it.

use std::cell::RefCell;

use log::{debug, error};
use policy::config::{Carrier, Loaded};
use policy::policy::SubsetId;
use policy::{Lines, Policy, Program, Request, Scratch};

use crate::caller::Caller;
use crate::counters::Counters;
use crate::headers::{Headers, Reading};
use crate::host::{self, Failure};
use crate::random::Draws;

pub(crate) struct Router {
    program: Program,
    stable: SubsetId,
    output: Output,
    counters: Option<Counters>,
    draws: Draws,
    caller: Caller,
    reading: Reading,
    /// The memory of one request serves the next.
    scratch: RefCell<Scratch>,
}

impl Router {
    /// Makes ready what a configuration needs of the proxy; what cannot be had goes to the log.
    pub(crate) fn new(Loaded { carrier, policy, program }: Loaded) -> Option<Self> {
        let counters = policy.counters().then(|| Counters::define(&policy)).transpose();
        let counters = counters
            .inspect_err(|failure| error!("the counters could not be defined: {failure}"))
            .ok()?;
        let draws = if program.needs_draws() { Draws::seeded() } else { Ok(Draws::none()) };
        let draws = draws
            .inspect_err(|failure| error!("splits that are not sticky need randomness: {failure}"))
            .ok()?;
        let caller = Caller::of(program.caller_labels())
            .inspect_err(|failure| error!("the caller's labels could not be read: {failure}"))
            .ok()?;
        Some(Self {
            stable: policy.stable(),
            output: Output::new(carrier, &policy),
            scratch: RefCell::default(),
            reading: Reading::of(&program),
            caller,
            program,
            counters,
            draws,
        })
    }

    /// Decides the current request and says so to the proxy, unless it stays on stable.
    pub(crate) fn route(&self) {
        // Nothing that a decision asks for decides in its turn.
        let Ok(mut scratch) = self.scratch.try_borrow_mut() else { return };
        let headers = self.reading.begin();
        let mut current = Current { headers, caller: &self.caller, draws: &self.draws };
        let decision = self.program.decide(&mut current, &mut scratch);
        if decision.subset != self.stable
            && let Err(failure) = self.output.write(decision.subset)
        {
            debug!("a request stays on stable: {failure}");
        }
        if let Some(counters) = &self.counters {
            counters.count(&decision);
        }
    }
}

/// The request that the proxy calls about.
struct Current<'a> {
    headers: Headers<'a>,
    caller: &'a Caller,
    draws: &'a Draws,
}

impl Request for Current<'_> {
    fn header(&mut self, name: &str) -> Option<Vec<u8>> {
        self.headers.first(name)
    }

    fn lines(&mut self, name: &str) -> Lines {
        self.headers.lines(name)
    }

    fn caller(&mut self, label: &str) -> Option<Vec<u8>> {
        self.caller.label(label).map(<[u8]>::to_vec)
    }

    fn draw(&mut self) -> u64 {
        self.draws.next()
    }
}

/// Where decisions go.
struct Output {
    target: Target,
    /// What is written for each subset.
    values: Vec<Vec<u8>>,
}

enum Target {
    Property(String),
    Header(String),
}

impl Output {
    fn new(carrier: Carrier, policy: &Policy) -> Self {
        let subsets = policy.subsets().iter();
        match carrier {
            Carrier::FilterState => Self {
                target: Target::Property(policy.property()),
                values: subsets.map(|subset| subset.name.clone().into_bytes()).collect(),
            },
            Carrier::Header { name, values } => Self {
                target: Target::Header(name),
                // The stable subset has no value: it is never written.
                values: subsets
                    .map(|subset| values.get(&subset.name).cloned().unwrap_or_default().into())
                    .collect(),
            },
        }
    }

    fn write(&self, subset: SubsetId) -> Result<(), Failure> {
        let Some(value) = self.values.get(subset.0) else { return Ok(()) };
        match &self.target {
            Target::Property(name) => {
                host::set_property(name, value)?;
                host::clear_route_cache()
            }
            // Replacing a request's header clears the route cache by itself (Envoy, ABI <= 0.2.1).
            Target::Header(name) => host::replace_header(name, value),
        }
    }
}

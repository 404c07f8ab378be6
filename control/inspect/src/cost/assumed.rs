//! What is taken for granted of a request.

use super::count;
use super::primitives::{Name, Primitives};

/// The bytes of cookies in the measured requests.
pub const MEASURED_COOKIES: usize = 147;
/// The bytes of the value that a rule asked for in them.
pub const MEASURED_VALUE: usize = 2;
/// The headers of the measured requests, beside the pseudo-headers.
pub const FEW_HEADERS: usize = 3;
/// Those of the requests that were measured as a browser's.
pub const MANY_HEADERS: usize = 16;

/// A request as it is imagined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Assumed {
    /// The bytes of its cookies, those that are asked for included.
    pub cookie_bytes: usize,
    /// The bytes of each value that is asked for: of a cookie, another header, the path.
    pub value_bytes: usize,
    /// How many headers it has, beside the pseudo-headers.
    pub headers: usize,
}

impl Assumed {
    /// The first look-up of a header by its name, which puts all headers in order.
    #[must_use]
    pub(super) fn first_look_up(&self, primitives: &Primitives) -> f64 {
        primitives.of(Name::FirstLookUp) + self.many() * primitives.of(Name::FirstLookUpMany)
    }

    /// All headers at once.
    #[must_use]
    pub(super) fn pairs(&self, primitives: &Primitives) -> f64 {
        let [few, many] = [Name::PairsFew, Name::PairsMany].map(|name| primitives.of(name));
        few + self.many() * (many - few)
    }

    /// One header found among them.
    #[must_use]
    pub(super) fn find(&self, primitives: &Primitives) -> f64 {
        let [few, many] = [Name::FindFew, Name::FindMany].map(|name| primitives.of(name));
        few + self.many() * (many - few)
    }

    /// Where the request stands between the measured ones with few headers and with many: on a line through both; with fewer
    /// it is taken for the first.
    fn many(&self) -> f64 {
        let more = count(self.headers) - count(FEW_HEADERS);
        (more / count(MANY_HEADERS - FEW_HEADERS)).max(0.0)
    }

    /// The measured search of cookies is made of as many bytes.
    #[must_use]
    pub(super) fn cookies(&self) -> f64 {
        count(self.cookie_bytes) / count(MEASURED_COOKIES)
    }
}

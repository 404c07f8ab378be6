//! The guard that keeps patches from proxies that cannot take them.

/// A regular expression (RE2, not anchored by itself) for the `ISTIO_VERSION` of proxies since Istio 1.27, whose
/// Envoy is 1.35: the first with a matcher as cluster specifier.
pub const SINCE_1_27: &str = r"^(1\.(2[7-9]|[3-9][0-9]|[1-9][0-9]{2,})|[2-9]|[1-9][0-9]+)([.-]|$)";

#[cfg(test)]
mod tests {
    use regex_automata::Input;
    use regex_automata::dfa::{Automaton, dense};

    use super::*;

    #[test]
    fn takes_istio_1_27_and_newer_only() {
        let automaton = dense::DFA::new(SINCE_1_27).unwrap();
        let matches =
            |version: &str| automaton.try_search_fwd(&Input::new(version)).unwrap().is_some();
        let new = [
            "1.27",
            "1.27.0",
            "1.27-dev",
            "1.27.0-distroless",
            "1.29.1",
            "1.30.0-rc.1",
            "1.99.0",
            "1.100.0",
            "1.270.1",
            "2.0.0",
            "3",
            "9.1",
            "10.0",
            "12.4.1",
        ];
        for version in new {
            assert!(matches(version), "{version}");
        }
        let old = [
            "",
            "1",
            "1.2",
            "1.2.7",
            "1.3.0",
            "1.9.9",
            "1.20.0",
            "1.26",
            "1.26.9",
            "1.26.27",
            "0.27.0",
            "v1.27.0",
            "1.27x",
            "x2.0.0",
            "maistra-2.6",
            "1.027.0",
        ];
        for version in old {
            assert!(!matches(version), "{version}");
        }
    }
}

//! The guards that keep patches from proxies that cannot take them: regular expressions (RE2, not anchored by
//! itself) for a proxy's `ISTIO_VERSION`. A proxy that does not say its version gets no guarded patch.

/// Since Istio 1.22: see [`crate::version::Version::EARLY_HEADERS`].
pub const SINCE_1_22: &str = r"^(1\.(2[2-9]|[3-9][0-9]|[1-9][0-9]{2,})|[2-9]|[1-9][0-9]+)([.-]|$)";
/// Before Istio 1.22.
pub const BEFORE_1_22: &str = r"^(0|1\.(1?[0-9]|2[01]))([.-]|$)";
/// From Istio 1.22 to 1.24: before [`SINCE_1_25`].
pub const FROM_1_22_TO_1_24: &str = r"^1\.2[2-4]([.-]|$)";
/// Since Istio 1.25: see [`crate::version::Version::FAILURE_POLICY`].
pub const SINCE_1_25: &str = r"^(1\.(2[5-9]|[3-9][0-9]|[1-9][0-9]{2,})|[2-9]|[1-9][0-9]+)([.-]|$)";
/// Since Istio 1.27: see [`crate::version::Version::MATCHER`].
pub const SINCE_1_27: &str = r"^(1\.(2[7-9]|[3-9][0-9]|[1-9][0-9]{2,})|[2-9]|[1-9][0-9]+)([.-]|$)";

#[cfg(test)]
mod tests {
    use regex_automata::Input;
    use regex_automata::dfa::{Automaton, dense};

    use super::*;

    /// Versions of which the second number is at least `minor`, and newer ones.
    fn new(minor: u32) -> Vec<String> {
        let mut versions: Vec<String> = (minor..100)
            .flat_map(|minor| {
                [".0", "-dev", ".0-distroless", "", ".1-rc.1"].map(|end| format!("1.{minor}{end}"))
            })
            .collect();
        versions.extend(
            ["1.100.0", "1.270.1", "2.0.0", "3", "9.1", "10.0", "12.4.1"].map(str::to_owned),
        );
        versions
    }

    /// Those of which it is less, and what is no version.
    fn old(minor: u32) -> Vec<String> {
        let mut versions: Vec<String> = (0..minor)
            .flat_map(|minor| [".0", ".27", "", "-dev"].map(|end| format!("1.{minor}{end}")))
            .collect();
        let none = ["", "1", "0.27.0", "v1.27.0", "1.27x", "x2.0.0", "maistra-2.6", "1.027.0"];
        versions.extend(none.map(str::to_owned));
        versions
    }

    #[test]
    fn each_takes_its_version_and_newer_ones_only() {
        for (guard, since) in [(SINCE_1_22, 22), (SINCE_1_25, 25), (SINCE_1_27, 27)] {
            let automaton = dense::DFA::new(guard).unwrap();
            let takes =
                |version: &str| automaton.try_search_fwd(&Input::new(version)).unwrap().is_some();
            for version in new(since) {
                assert!(takes(&version), "{guard} {version}");
            }
            for version in old(since) {
                assert!(!takes(&version), "{guard} {version}");
            }
        }
    }

    #[test]
    fn a_proxy_that_says_its_version_is_either_too_old_or_not() {
        let [before, since] =
            [BEFORE_1_22, SINCE_1_22].map(|guard| dense::DFA::new(guard).unwrap());
        for version in new(0) {
            let input = Input::new(&version);
            let takes = |guard: &dense::DFA<_>| guard.try_search_fwd(&input).unwrap().is_some();
            assert_ne!(takes(&before), takes(&since), "{version}");
        }
    }

    #[test]
    fn every_proxy_is_taken_by_one_guard_of_those_that_divide_them() {
        let [all, before, after] = [SINCE_1_22, FROM_1_22_TO_1_24, SINCE_1_25]
            .map(|guard| dense::DFA::new(guard).unwrap());
        for version in new(0).iter().chain(&old(27)) {
            let input = Input::new(version);
            let takes = |guard: &dense::DFA<_>| guard.try_search_fwd(&input).unwrap().is_some();
            assert_eq!(takes(&all), takes(&before) != takes(&after), "{version}");
            assert!(!(takes(&before) && takes(&after)), "{version}");
        }
    }
}

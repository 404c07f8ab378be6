//! A list of names that may be long, in a message.

/// So many are named.
const NAMED: usize = 5;

/// The names; of many the first ones, and how many more there are.
#[must_use]
pub fn few(names: &[impl AsRef<str>]) -> String {
    let mut shown: Vec<&str> = names.iter().take(NAMED).map(AsRef::as_ref).collect();
    let more = names.len().saturating_sub(NAMED);
    let rest = format!("and {more} more");
    if more > 0 {
        shown.push(&rest);
    }
    shown.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_long_list_the_first_names_are_shown() {
        let names: Vec<String> = (1..=7).map(|number| format!("pod-{number}")).collect();
        assert_eq!(few(&names[..2]), "pod-1, pod-2");
        assert_eq!(few(&names[..5]), "pod-1, pod-2, pod-3, pod-4, pod-5");
        assert_eq!(few(&names), "pod-1, pod-2, pod-3, pod-4, pod-5, and 2 more");
        assert_eq!(few(&[""; 0]), "");
    }
}

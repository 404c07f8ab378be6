//! A cookie put into headers as browsers send them, and whether a test finds it there.

/// Where a cookie stands in a header, and what stands before and behind it.
const PLACES: [(&str, &str, &str); 4] = [
    ("the only one", "", ""),
    ("the first one", "", "; a=b"),
    ("between others", "a=b; ", "; c=d"),
    ("the last one", "a=b; ", ""),
];

/// Bytes of other cookies, as many sites set them.
const MANY: usize = 1000;

/// Whether a cookie is found in any place.
pub(super) fn is_found(cookie: &str, matches: &dyn Fn(&[u8]) -> bool) -> bool {
    let mut headers = PLACES.iter().map(|(_, before, behind)| format!("{before}{cookie}{behind}"));
    headers.any(|header| matches(header.as_bytes()))
}

/// A cookie, and whether a header passes a test.
pub(super) struct Tried<'t> {
    pub(super) cookie: &'t str,
    /// Whether a longer value is no surprise.
    pub(super) is_open_ended: bool,
    pub(super) matches: &'t dyn Fn(&[u8]) -> bool,
}

impl Tried<'_> {
    /// Where the test misses the cookie, and which others it hits; none where it finds this one, and no other.
    pub(super) fn message(&self) -> Option<String> {
        let found = PLACES.map(|(_, before, behind)| self.finds(before, self.cookie, behind));
        let missed = self.missed(found);
        if found == [false; 4] {
            return missed;
        }
        let hit = self.hit();
        match (missed, hit) {
            (Some(missed), Some(hit)) => Some(format!("{missed}; it also matches {hit}")),
            (Some(missed), None) => Some(missed),
            (None, Some(hit)) => Some(format!("this also matches {hit}")),
            (None, None) => None,
        }
    }

    fn finds(&self, before: &str, cookie: &str, behind: &str) -> bool {
        (self.matches)(format!("{before}{cookie}{behind}").as_bytes())
    }

    fn missed(&self, found: [bool; 4]) -> Option<String> {
        let cookie = self.cookie;
        Some(match found {
            [true, true, true, true] => {
                let before = format!("a={}; ", "b".repeat(MANY));
                let behind = format!("; c={}", "d".repeat(MANY));
                let is_near = self.finds(&before, cookie, "") && self.finds("", cookie, &behind);
                let mut reversed: Vec<&str> = cookie.split("; ").collect();
                reversed.reverse();
                if is_near && self.finds("", &reversed.join("; "), "") {
                    return None;
                }
                if is_near {
                    return Some(format!(
                        "this misses the cookies if they come in another order: browsers send `{}` too",
                        reversed.join("; ")
                    ));
                }
                format!("this misses the cookie if it is sent with {MANY} bytes of others")
            }
            [false, false, false, false] => self.never(),
            [true, true, false, false] => {
                format!("this never matches after another cookie: browsers send `a=b; {cookie}`")
            }
            [true, false, false, true] => {
                format!("this never matches before another cookie: browsers send `{cookie}; a=b`")
            }
            [true, false, false, false] => format!(
                "this never matches after another cookie or before one: browsers send `a=b; {cookie}; c=d`"
            ),
            _ => {
                let places = PLACES.iter().zip(found).filter(|(_, found)| !found);
                let places: Vec<_> = places.map(|(place, _)| *place).collect();
                let names: Vec<&str> = places.iter().map(|(name, ..)| *name).collect();
                let headers: Vec<String> = places
                    .iter()
                    .map(|(_, before, behind)| format!("`{before}{cookie}{behind}`"))
                    .collect();
                format!(
                    "this misses the cookie if it is {}: browsers send {}",
                    listed(&names),
                    listed(&headers)
                )
            }
        })
    }

    /// Why it is found nowhere.
    fn never(&self) -> String {
        let cookie = self.cookie;
        let any = |places: &[(&str, &str)]| {
            places.iter().any(|(before, behind)| self.finds(before, cookie, behind))
        };
        let why = if any(&[("a=b;", ""), ("", ";a=b"), ("a=b;", ";c=d"), ("a=b;", "; c=d")]) {
            "there is a blank after each `;`, and no `;` at the end"
        } else if any(&[("", ";"), ("a=b; ", ";")]) {
            "there is no `;` at the end"
        } else if any(&[
            ("", ","),
            ("", ",a=b"),
            ("", ", a=b"),
            ("a=b,", ""),
            ("a=b, ", ""),
            ("a=b,", ",c=d"),
        ]) {
            "cookies are separated by `; `, not by `,`"
        } else {
            "cookies are separated by `; `"
        };
        format!("this never matches what browsers send: `{cookie}`, or `a=b; {cookie}; c=d`; {why}")
    }

    /// Other cookies that pass.
    fn hit(&self) -> Option<String> {
        let cookie = self.cookie;
        let is_hit = |other: &str| {
            PLACES.iter().any(|(_, before, behind)| self.finds(before, other, behind))
        };
        let first = cookie.chars().next().map_or(0, char::len_utf8);
        let rest = cookie.get(first..).unwrap_or_default();
        // A pattern that takes another name takes any.
        let is_any_name = ["x", "q"].iter().all(|start| is_hit(&format!("{start}{rest}")));
        let mut longer = ["x", "x-", "x.", "a="].iter().map(|start| format!("{start}{cookie}"));
        let name = longer.find(|other| !is_any_name && is_hit(other));
        let last = cookie.char_indices().next_back().map_or(0, |(at, _)| at);
        let start = cookie.get(..last).unwrap_or_default();
        let is_any_value = self.is_open_ended
            || cookie.ends_with('=')
            || ["x", "0", "1", "q"].iter().filter(|end| is_hit(&format!("{start}{end}"))).count()
                > 1;
        let mut longer = ["0", "-0", ".0", " 0", ",0"].iter().map(|end| format!("{cookie}{end}"));
        let value = longer.find(|other| !is_any_value && is_hit(other));
        match (name, value) {
            (Some(name), Some(value)) => Some(format!(
                "other cookies, such as `{name}`, and other values, such as `{value}`"
            )),
            (Some(name), None) => Some(format!("other cookies, such as `{name}`")),
            (None, Some(value)) => Some(format!("other values, such as `{value}`")),
            (None, None) => None,
        }
    }
}

/// What a test finds that asks for a text without a `=`: in the name of a cookie, or in its value.
pub(super) fn text(text: &str, matches: &dyn Fn(&[u8]) -> bool) -> Option<String> {
    let is_match = |header: &str| matches(header.as_bytes());
    let (name, value) = (format!("x{text}=0"), format!("a=b; c={text}0"));
    if is_match(&name) && is_match(&value) {
        return Some(format!(
            "this matches any cookie with `{text}` in its name or its value, such as `{name}`"
        ));
    }
    let cookie = format!("{text}=0");
    if is_found(&cookie, matches) {
        let missed = Tried { cookie: &cookie, is_open_ended: true, matches }.message();
        let longer = format!("{text}x=0");
        let longer = is_found(&longer, matches)
            .then(|| format!("this also matches other cookies, such as `{longer}`"));
        return missed.or(longer);
    }
    let is_in_value =
        is_found(&format!("c={text}"), matches) || is_match(&name) || is_match(&value);
    (is_match(text) && !is_in_value).then(|| {
        format!(
            "this never matches what browsers send: cookies are `name=value`, and this asks for `{text}` alone"
        )
    })
}

fn listed<T: AsRef<str>>(items: &[T]) -> String {
    let items: Vec<&str> = items.iter().map(AsRef::as_ref).collect();
    match items.split_last() {
        Some((last, [])) => (*last).to_owned(),
        Some((last, [one])) => format!("{one} or {last}"),
        Some((last, others)) => format!("{}, or {last}", others.join(", ")),
        None => String::new(),
    }
}

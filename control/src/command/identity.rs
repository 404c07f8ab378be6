//! What makes two requests the same user, as options say it: `cookie=NAME` or `header=NAME`.

use policy::spec::Identity;

/// How it is written.
pub(super) const EXAMPLES: &str = "`cookie=device-id` or `header=x-user-id`";

/// Reads it; a colon is as good as the `=`.
pub(super) fn read(text: &str) -> Option<Identity> {
    let (kind, name) = text.split_once(['=', ':'])?;
    match (kind, name.to_owned()) {
        (_, name) if name.is_empty() => None,
        ("cookie", name) => Some(Identity::Cookie(name)),
        ("header", name) => Some(Identity::Header(name)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identities_are_cookies_or_headers() {
        assert_eq!(read("cookie=id"), Some(Identity::Cookie("id".to_owned())));
        assert_eq!(read("cookie:id"), Some(Identity::Cookie("id".to_owned())));
        assert_eq!(read("header=x-a"), Some(Identity::Header("x-a".to_owned())));
        for text in ["cookie=", "cookie", "query=a", "", "=a", ":a"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}

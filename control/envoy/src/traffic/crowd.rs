//! The users, one by one: what each sends, each time. Always the same ones, so that a run can be repeated.

use document::load::Fault;
use hyper::http::Request;
use policy::spec::Identity;

use inspect::explain::request_options::RequestOptions;
use inspect::explain::word::Word;

/// Who the users are.
#[derive(Clone, Debug)]
pub struct Users {
    /// By what they can be told apart.
    pub identity: Identity,
    /// How many there are.
    pub number: u32,
    /// What their identities begin with: `-1`, `-2` and so on follow.
    pub seed: String,
}

/// The requests of the users; of one without an identity, where `users` is none.
///
/// # Errors
/// What is wrong with the request, or says another identity.
pub fn requests(
    given: &RequestOptions,
    users: Option<&Users>,
) -> Result<Vec<Request<()>>, Vec<Fault>> {
    let Some(Users { identity, number, seed }) = users else {
        return Ok(vec![request(given)?]);
    };
    let taken = taken(given, identity);
    if !taken.is_empty() {
        return Err(taken);
    }
    let of_user = |number: u32| {
        let mut given = given.clone();
        match identity {
            Identity::Cookie(name) => given.cookies.push(word(&format!("{name}={seed}-{number}"))),
            Identity::Header(name) => given.headers.push(word(&format!("{name}: {seed}-{number}"))),
        }
        request(&given)
    };
    (1..=*number).map(of_user).collect()
}

/// What says another identity than that of the user, or keeps it from being said.
fn taken(given: &RequestOptions, identity: &Identity) -> Vec<Fault> {
    let headers = given.headers.iter().filter_map(|header| {
        let name = header.bytes.split(|b| matches!(b, b':' | b';')).next()?;
        Some((header, name.trim_ascii()))
    });
    let cookies = given.cookies.iter().flat_map(|cookies| {
        let pairs = cookies.bytes.split(|b| *b == b';');
        pairs.filter_map(move |pair| {
            Some((cookies, pair.split(|b| *b == b'=').next()?.trim_ascii()))
        })
    });
    let refuse = |(word, _): (&Word, &[u8])| {
        let message = format!("`{}` is already set by `--identity`", word.shown());
        word.fault(message, "remove it, or `--identity`")
    };
    match identity {
        Identity::Cookie(name) => {
            let cookies = cookies.filter(|(_, found)| *found == name.as_bytes());
            let headers = headers.filter(|(_, found)| found.eq_ignore_ascii_case(b"cookie"));
            cookies.chain(headers).map(refuse).collect()
        }
        Identity::Header(name) => headers
            .filter(|(_, found)| found.eq_ignore_ascii_case(name.as_bytes()))
            .map(refuse)
            .collect(),
    }
}

/// A request as it is sent: its URI a path, its authority a header.
fn request(given: &RequestOptions) -> Result<Request<()>, Vec<Fault>> {
    let read = given.request("")?;
    let mut builder = Request::builder();
    for (name, value) in read.headers() {
        builder = match name {
            ":method" => builder.method(value),
            ":path" => builder.uri(value),
            ":authority" => builder.header("host", value),
            ":scheme" => builder,
            name => builder.header(name, value),
        };
    }
    builder.body(()).map_err(|error| {
        let url = given.url.clone().unwrap_or_default();
        vec![url.fault(format!("cannot request `{}`: {error}", url.shown()), "write another")]
    })
}

fn word(text: &str) -> Word {
    Word { bytes: text.as_bytes().to_vec(), span: 0..0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(headers: &[&str], cookies: &[&str]) -> RequestOptions {
        RequestOptions {
            url: Some(word("http://shop.example.com:8080/a?b=c")),
            headers: headers.iter().map(|text| word(text)).collect(),
            cookies: cookies.iter().map(|text| word(text)).collect(),
            ..RequestOptions::default()
        }
    }

    fn users(identity: Identity) -> Users {
        Users { identity, number: 3, seed: "user".to_owned() }
    }

    #[test]
    fn each_user_has_an_identity_beside_what_all_send() {
        let given = given(&["X-A: b", "host: other"], &["version=v2"]);
        let sent = requests(&given, Some(&users(Identity::Cookie("id".to_owned())))).unwrap();
        assert_eq!(sent.len(), 3);
        assert_eq!(sent[1].uri(), "/a?b=c");
        assert_eq!(sent[1].headers()["cookie"], "version=v2; id=user-2");
        assert_eq!(sent[1].headers()["x-a"], "b");
        assert_eq!(sent[1].headers().get_all("host").iter().collect::<Vec<_>>(), ["other"]);
        let sent = requests(&given, Some(&users(Identity::Header("x-user".to_owned())))).unwrap();
        assert_eq!(sent[0].headers()["x-user"], "user-1");
        assert_eq!(sent[0].headers()["cookie"], "version=v2");
        let sent = requests(&given, None).unwrap();
        assert_eq!(sent.len(), 1);
        assert_eq!(sent[0].headers()["cookie"], "version=v2");
    }

    #[test]
    fn the_identity_stands_in_one_place() {
        let messages = |headers: &[&str], cookies: &[&str], identity| {
            let faults = requests(&given(headers, cookies), Some(&users(identity))).unwrap_err();
            faults.into_iter().map(|fault| fault.message).collect::<Vec<_>>()
        };
        let cookie = Identity::Cookie("id".to_owned());
        let stands = |what: &str| format!("`{what}` is already set by `--identity`");
        assert_eq!(
            messages(&["Cookie: a=b"], &["a=b; id=c"], cookie),
            [stands("a=b; id=c"), stands("Cookie: a=b")]
        );
        let header = Identity::Header("X-User".to_owned());
        assert_eq!(messages(&["x-user: 1"], &[], header), [stands("x-user: 1")]);
    }

    #[test]
    fn what_cannot_be_sent_is_refused() {
        assert!(requests(&given(&["a b: c"], &[]), None).is_err());
        assert!(requests(&given(&[], &["jar"]), None).is_err());
    }
}

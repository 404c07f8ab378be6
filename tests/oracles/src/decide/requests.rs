//! Requests with what the rules ask for, and nearly that.

use crate::choices::Choices;

/// Bytes that mean something somewhere.
const SPECIAL: &[u8] = b"abAB\0\xfe\x80\xc3 \t\"=;,%/\n\x0b#?&";
/// A value that no regex looks at.
const LONG: usize = 8 * 1024 + 1;

/// A request; some of its headers stand there twice.
pub(super) fn request(choices: &mut Choices<'_>) -> Vec<(String, Vec<u8>)> {
    let method = choices.one_of(&["GET", "POST", "get"]);
    let mut headers = vec![
        (":method".to_owned(), method.as_bytes().to_vec()),
        (":path".to_owned(), target(choices)),
        (":authority".to_owned(), value(choices)),
    ];
    for _ in 0..choices.below(5) {
        let name = choices.one_of(&["x", "y", "x-z", "x-user"]);
        headers.push((name.to_owned(), value(choices)));
    }
    for _ in 0..choices.below(3) {
        headers.push(("cookie".to_owned(), cookies(choices)));
    }
    headers
}

fn target(choices: &mut Choices<'_>) -> Vec<u8> {
    let mut target = [b"/".to_vec(), choices.word(b"abAB/", 0, 4)].concat();
    let pairs = choices.below(4);
    for at in 0..pairs {
        target.push(if at == 0 { b'?' } else { b'&' });
        target.extend_from_slice(choices.one_of(&["a", "b", "%61", "", "c"]).as_bytes());
        if choices.below(8) != 7 {
            target.push(b'=');
            target.extend(value(choices));
        }
    }
    if choices.below(16) == 15 {
        target.extend_from_slice(b"#?a=b");
    }
    target
}

/// Mostly words, sometimes any bytes.
fn value(choices: &mut Choices<'_>) -> Vec<u8> {
    match choices.below(16) {
        0..10 => choices.word(b"abAB", 0, 4),
        10..14 => choices.word(SPECIAL, 0, 8),
        14 => {
            let length = choices.below(16);
            (0..length).map(|_| choices.byte()).collect()
        }
        _ if choices.below(8) == 7 => vec![b'a'; LONG],
        _ => b"a=b".to_vec(),
    }
}

fn cookies(choices: &mut Choices<'_>) -> Vec<u8> {
    let space = |choices: &mut Choices<'_>| choices.one_of(&["", "", " ", "  ", "\t"]).as_bytes();
    let mut header = Vec::new();
    for at in 0..choices.below(6) {
        if at > 0 {
            header.push(b';');
        }
        header.extend_from_slice(space(choices));
        header.extend_from_slice(choices.one_of(&["a", "b", "A", "id", "", "x a"]).as_bytes());
        header.extend_from_slice(space(choices));
        if choices.below(8) != 7 {
            header.push(b'=');
        }
        header.extend_from_slice(space(choices));
        let value = value(choices);
        if choices.below(4) == 3 {
            header.extend([b"\"".as_slice(), &value, b"\""].concat());
        } else {
            header.extend(value);
        }
        header.extend_from_slice(space(choices));
    }
    header
}

//! Values of requests as the files write them: text, bytes, something repeated, or several of these.

use policy::Node;

/// The bytes of a value, or what is wrong with how it is written.
pub(super) fn bytes(node: &Node) -> Result<Vec<u8>, String> {
    match node {
        Node::String(text) => Ok(text.as_bytes().to_vec()),
        Node::List(parts) => Ok(parts.iter().map(bytes).collect::<Result<Vec<_>, _>>()?.concat()),
        Node::Map(_) => match (node.get("bytes"), node.get("repeat"), node.get("times")) {
            (Some(Node::String(text)), None, None) => latin1(text),
            (None, Some(part), Some(times)) => {
                let Node::Number(times) = times else {
                    return Err("`times` is no number".to_owned());
                };
                Ok(bytes(part)?.repeat(
                    format!("{times}").parse().map_err(|error| format!("`times`: {error}"))?,
                ))
            }
            _ => Err("expected `{bytes}` or `{repeat, times}`".to_owned()),
        },
        other => {
            Err(format!("expected a string, a list or a map, found {}: quote it", other.describe()))
        }
    }
}

fn latin1(text: &str) -> Result<Vec<u8>, String> {
    let byte = |c: char| u8::try_from(c).map_err(|_| format!("`{c}` is no byte"));
    text.chars().map(byte).collect()
}

//! Numbers as PipeCD reads them: with or without `%`, as text or not.

use istio::field::Field;
use policy::{Code, Node, Problem, Problems};

/// A whole percentage: `10` and `10%` are the same.
pub(super) fn read(field: &Field<'_>, problems: &mut Problems) -> Option<u32> {
    let read = match field.node {
        Node::Number(number) => whole(*number),
        Node::String(text) => text.strip_suffix('%').unwrap_or(text).parse().ok(),
        _ => None,
    };
    let read = read.filter(|percent| *percent <= 100);
    if read.is_none() {
        let message =
            format!("expected a whole percentage from 0 to 100, found {}", field.node.describe());
        problems.unread(Problem::error(Code::OutOfRange, &field.path, message));
    }
    read
}

/// How many pods: a number, or a percentage of the primary ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Replicas {
    Pods(u32),
    Percent(u32),
}

impl Replicas {
    /// None is as good as none said: one pod.
    pub(super) fn read(field: &Field<'_>, problems: &mut Problems) -> Option<Self> {
        let read = match field.node {
            Node::Number(number) => whole(*number).map(Self::Pods),
            Node::String(text) => match text.strip_suffix('%') {
                Some(text) => text.parse().ok().map(Self::Percent),
                None => text.parse().ok().map(Self::Pods),
            },
            _ => None,
        };
        if read.is_none() {
            let found = field.node.describe();
            let message = format!("expected a whole number of pods, or `50%`, found {found}");
            problems.unread(Problem::error(Code::Type, &field.path, message));
        }
        match read? {
            Self::Pods(0) | Self::Percent(0) => Some(Self::Pods(1)),
            read => Some(read),
        }
    }
}

fn whole(number: f64) -> Option<u32> {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "whole, and in the range"
    )]
    let read = (number.fract() == 0.0 && (0.0..=f64::from(i32::MAX)).contains(&number))
        .then_some(number as u32);
    read
}

#[cfg(test)]
mod tests {
    use policy::Path;

    use super::*;

    fn field(node: &Node) -> Field<'_> {
        Field { node, path: Path::root() }
    }

    fn text(text: &str) -> Node {
        Node::String(text.to_owned())
    }

    #[test]
    fn percentages_have_a_sign_or_none() {
        for (node, percent) in [
            (Node::Number(10.0), Some(10)),
            (text("10%"), Some(10)),
            (text("10"), Some(10)),
            (Node::Number(0.0), Some(0)),
            (Node::Number(101.0), None),
            (Node::Number(0.5), None),
            (Node::Number(-1.0), None),
            (text("ten"), None),
            (Node::Bool(true), None),
        ] {
            let mut problems = Problems::default();
            assert_eq!(read(&field(&node), &mut problems), percent, "{node:?}");
            assert_eq!(problems.allow(), percent.is_some(), "{node:?}");
        }
    }

    #[test]
    fn replicas_are_pods_or_percent_and_at_least_one() {
        for (node, replicas) in [
            (Node::Number(2.0), Some(Replicas::Pods(2))),
            (text("2"), Some(Replicas::Pods(2))),
            (text("50%"), Some(Replicas::Percent(50))),
            (text("150%"), Some(Replicas::Percent(150))),
            (text("0%"), Some(Replicas::Pods(1))),
            (Node::Number(0.0), Some(Replicas::Pods(1))),
            (text("12.5%"), None),
            (Node::Number(1.5), None),
        ] {
            let mut problems = Problems::default();
            assert_eq!(Replicas::read(&field(&node), &mut problems), replicas, "{node:?}");
        }
    }
}

//! The literals of a pattern: all that it matches, where these are few, and some that every match contains.
//!
//! In: a pattern's tree. Out: strings. One walk finds both: for each node the strings that it matches, as long as
//! they are few, and the best of the sets of strings of which any match of the node contains one.

use regex_syntax::hir::{Class, ClassBytes, Hir, HirKind, Look, Repetition};

use super::{Case, Required};

mod set;

use set::{Room, Set};

/// Room for a pattern as a list of values: as many as one would list with `in`, and their bytes.
const ALL: Room = Room { strings: 256, bytes: 8 * 1024 };
/// Room for required literals: they all go into one scanner (measured: its worth begins at about 100 patterns).
const REQUIRED: Room = Room { strings: 16, bytes: 1024 };

/// Exactly the strings that `hir` matches as a whole, if they are few.
pub(super) fn all(hir: &Hir) -> Option<Vec<Vec<u8>>> {
    let walk = Walk { room: ALL, case: Case::Sensitive, looks: Looks::AtEdges };
    walk.node(hir, Edges { left: true, right: true }).exact.map(Set::into_strings)
}

/// The best literals that `hir` requires.
pub(super) fn required(hir: &Hir) -> Option<Required> {
    let find = |case| {
        let walk = Walk { room: REQUIRED, case, looks: Looks::Anywhere };
        walk.node(hir, Edges { left: false, right: false }).required()
    };
    let (sensitive, folded) = (find(Case::Sensitive), find(Case::Ignore));
    let case = if Set::worth(folded.as_ref()) > Set::worth(sensitive.as_ref()) {
        Case::Ignore
    } else {
        Case::Sensitive
    };
    let best = if case == Case::Ignore { folded } else { sensitive }?;
    let literals = best.shortest().into_strings();
    (!literals.is_empty()).then_some(Required { literals, case })
}

/// How `^`, `$` and `\b` count.
#[derive(Clone, Copy, PartialEq)]
enum Looks {
    /// As the empty string, wherever they stand: more strings than the pattern matches, never fewer.
    Anywhere,
    /// `^` and `$` as the empty string at the edges of the value; otherwise the strings are not known.
    AtEdges,
}

/// Whether a node begins and ends where the value does.
#[derive(Clone, Copy)]
struct Edges {
    left: bool,
    right: bool,
}

/// What is known of a node.
struct Facts {
    /// The strings that it matches, and no others.
    exact: Option<Set>,
    /// Strings of which any match contains one.
    best: Option<Set>,
}

impl Facts {
    fn required(self) -> Option<Set> {
        // what matches nothing requires nothing of the others
        match self.exact {
            Some(exact) if exact.is_empty() => Some(exact),
            exact => better(self.best, exact),
        }
    }
}

/// The one that is worth more as a requirement.
fn better(a: Option<Set>, b: Option<Set>) -> Option<Set> {
    if Set::worth(b.as_ref()) > Set::worth(a.as_ref()) {
        return b;
    }
    a.filter(|a| Set::worth(Some(a)).is_some())
}

struct Walk {
    room: Room,
    case: Case,
    looks: Looks,
}

impl Walk {
    fn node(&self, hir: &Hir, edges: Edges) -> Facts {
        let exact = match hir.kind() {
            HirKind::Empty => Some(Set::empty_string()),
            HirKind::Literal(literal) => {
                self.room.literal(literal.0.iter().map(|&byte| self.fold(byte)))
            }
            HirKind::Class(Class::Bytes(class)) => self.class(class),
            // what an alternation of characters becomes
            HirKind::Class(Class::Unicode(class)) => {
                class.to_byte_class().and_then(|class| self.class(&class))
            }
            HirKind::Look(look) => self.looks(*look, edges).then(Set::empty_string),
            HirKind::Capture(capture) => return self.node(&capture.sub, edges),
            HirKind::Repetition(repetition) => return self.repetition(repetition, edges),
            HirKind::Concat(nodes) => return self.concat(nodes, edges),
            HirKind::Alternation(nodes) => return self.alternation(nodes, edges),
        };
        Facts { exact, best: None }
    }

    fn fold(&self, byte: u8) -> u8 {
        match self.case {
            Case::Sensitive => byte,
            Case::Ignore => byte.to_ascii_lowercase(),
        }
    }

    fn class(&self, class: &ClassBytes) -> Option<Set> {
        let bytes = class.iter().flat_map(|range| range.start()..=range.end());
        self.room.bytes(bytes.map(|byte| self.fold(byte)))
    }

    fn looks(&self, look: Look, edges: Edges) -> bool {
        self.looks == Looks::Anywhere
            || match look {
                Look::Start | Look::StartLF => edges.left,
                Look::End | Look::EndLF => edges.right,
                _ => false,
            }
    }

    fn repetition(&self, repetition: &Repetition, edges: Edges) -> Facts {
        if repetition.min == 0 && repetition.max.is_none() {
            // As many strings as there are, and none that must be there.
            return Facts { exact: None, best: None };
        }
        let once = repetition.max == Some(1);
        let edges = Edges { left: edges.left && once, right: edges.right && once };
        let sub = self.node(&repetition.sub, edges);
        let exact = match (&sub.exact, repetition.max) {
            (Some(sub), Some(max)) => self.room.powers(sub, repetition.min, max),
            _ => None,
        };
        if repetition.min == 0 {
            return Facts { exact, best: None };
        }
        let powers = sub.exact.as_ref().map(|sub| self.room.power_that_fits(sub, repetition.min));
        Facts { exact, best: better(sub.best, powers) }
    }

    fn concat(&self, nodes: &[Hir], edges: Edges) -> Facts {
        let mut run = Set::empty_string();
        let mut whole = true;
        let mut best = None;
        let mut left = edges.left;
        for (at, node) in nodes.iter().enumerate() {
            let right = edges.right && nodes.iter().skip(at).skip(1).all(is_empty);
            let Facts { exact, best: inner } = self.node(node, Edges { left, right });
            left = left && is_empty(node);
            best = better(best, inner);
            let joined = exact.as_ref().and_then(|exact| self.room.product(&run, exact));
            run = if let Some(joined) = joined {
                joined
            } else {
                whole = false;
                best = better(best, Some(run));
                exact.clone().unwrap_or_else(Set::empty_string)
            };
            best = better(best, exact);
        }
        if !whole {
            return Facts { exact: None, best: better(best, Some(run)) };
        }
        Facts { exact: Some(run), best }
    }

    fn alternation(&self, nodes: &[Hir], edges: Edges) -> Facts {
        let mut facts = Facts { exact: Some(Set::default()), best: Some(Set::default()) };
        for node in nodes {
            let branch = self.node(node, edges);
            let exact = facts.exact.zip(branch.exact.clone());
            facts.exact = exact.and_then(|(a, b)| self.room.union(a, b));
            let best = facts.best.zip(branch.required());
            facts.best = best.and_then(|(a, b)| self.room.union(a, b));
        }
        facts
    }
}

fn is_empty(hir: &Hir) -> bool {
    hir.properties().maximum_len() == Some(0)
}

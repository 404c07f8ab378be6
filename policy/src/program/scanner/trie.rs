//! An automaton that finds all of many texts in one pass (Aho and Corasick, "Efficient String Matching", 1975).
//!
//! States are the beginnings of texts. A byte that a state has no edge for sends it back to its longest ending
//! that is a state too, so a pass takes at most two steps a byte, whatever the texts.

/// No state, text or table.
const NONE: u32 = u32::MAX;
const ROOT: u32 = 0;
/// A state with more edges than this gets a table of all bytes: beyond, looking through them costs more.
const MAX_LISTED: usize = 8;

/// The automaton.
#[derive(Debug)]
pub(super) struct Trie {
    /// Where the first byte leads; most bytes of most values lead nowhere.
    root: Box<[u32; 256]>,
    states: Vec<State>,
    /// The edges of states that list theirs, those of a state side by side.
    edges: Vec<(u8, u32)>,
    /// The edges of the others, by byte.
    tables: Vec<[u32; 256]>,
}

#[derive(Clone, Copy, Debug)]
struct State {
    first: u32,
    end: u32,
    table: u32,
    /// The longest ending that is a state too.
    fail: u32,
    /// The text that the state is.
    text: u32,
    /// The longest ending that is a text: the state itself, or one shorter.
    found: u32,
    shorter: u32,
}

/// A state and its edges while texts are added.
struct Branch {
    edges: Vec<(u8, u32)>,
    text: u32,
}

impl Trie {
    /// The automaton of these texts, which are all different and not empty; none when there are none.
    pub(super) fn new<'t>(texts: impl Iterator<Item = &'t [u8]>) -> Option<Self> {
        let mut branches = vec![Branch { edges: Vec::new(), text: NONE }];
        for (number, text) in texts.enumerate() {
            insert(&mut branches, text, number32(number));
        }
        if branches.len() == 1 {
            return None;
        }
        let state = State {
            first: 0,
            end: 0,
            table: NONE,
            fail: ROOT,
            text: NONE,
            found: NONE,
            shorter: NONE,
        };
        let mut trie = Self {
            root: Box::new([ROOT; 256]),
            states: vec![state; branches.len()],
            edges: Vec::new(),
            tables: Vec::new(),
        };
        // Level by level: the way back of a state leads to one nearer to the root, which has its edges already.
        let mut queue = vec![ROOT];
        let mut head = 0;
        while let Some(current) = queue.get(head).copied() {
            head = head.wrapping_add(1);
            let Some(branch) = branches.get(current as usize) else { continue };
            for (byte, child) in &branch.edges {
                let text = branches.get(*child as usize).map_or(NONE, |branch| branch.text);
                trie.link(current, *byte, *child, text);
                queue.push(*child);
            }
            trie.add_edges(current, &branch.edges);
        }
        Some(trie)
    }

    /// Sets the way back of `child`, to which `byte` leads from `parent`.
    fn link(&mut self, parent: u32, byte: u8, child: u32, text: u32) {
        let fail = match self.state(parent) {
            Some(state) if parent != ROOT => self.next(state.fail, byte),
            _ => ROOT,
        };
        let shorter = self.state(fail).map_or(NONE, |state| state.found);
        let found = if text == NONE { shorter } else { child };
        if let Some(state) = self.states.get_mut(child as usize) {
            *state = State { fail, text, found, shorter, ..*state };
        }
    }

    fn add_edges(&mut self, number: u32, edges: &[(u8, u32)]) {
        let Some(state) = self.states.get_mut(number as usize) else { return };
        if number == ROOT {
            fill(&mut self.root, edges);
        } else if edges.len() > MAX_LISTED {
            state.table = number32(self.tables.len());
            let mut table = [NONE; 256];
            fill(&mut table, edges);
            self.tables.push(table);
        } else {
            state.first = number32(self.edges.len());
            self.edges.extend_from_slice(edges);
            state.end = number32(self.edges.len());
        }
    }

    /// The state before the first byte.
    pub(super) const START: u32 = ROOT;

    /// The state after one more byte.
    pub(super) fn next(&self, mut number: u32, byte: u8) -> u32 {
        while number != ROOT {
            let Some(state) = self.state(number) else { break };
            if let Some(next) = self.edge(state, byte) {
                return next;
            }
            number = state.fail;
        }
        self.root.get(usize::from(byte)).copied().unwrap_or(ROOT)
    }

    fn edge(&self, state: &State, byte: u8) -> Option<u32> {
        if let Some(table) = self.tables.get(state.table as usize) {
            return table.get(usize::from(byte)).copied().filter(|next| *next != NONE);
        }
        let edges = self.edges.get(state.first as usize..state.end as usize)?;
        edges.iter().find(|(edge, _)| *edge == byte).map(|(_, next)| *next)
    }

    /// The texts that end at a state, the longest first: each but the first is an ending of the one before.
    pub(super) fn texts(&self, number: u32) -> impl Iterator<Item = usize> {
        let mut next = self.state(number).map_or(NONE, |state| state.found);
        std::iter::from_fn(move || {
            let state = self.state(next)?;
            next = state.shorter;
            Some(state.text as usize)
        })
    }

    fn state(&self, number: u32) -> Option<&State> {
        self.states.get(number as usize)
    }
}

fn fill(table: &mut [u32; 256], edges: &[(u8, u32)]) {
    for (byte, child) in edges {
        if let Some(entry) = table.get_mut(usize::from(*byte)) {
            *entry = *child;
        }
    }
}

fn insert(branches: &mut Vec<Branch>, text: &[u8], number: u32) {
    let mut current = ROOT;
    for byte in text {
        let new = number32(branches.len());
        let Some(branch) = branches.get_mut(current as usize) else { return };
        if let Some((_, child)) = branch.edges.iter().find(|(edge, _)| edge == byte) {
            current = *child;
        } else {
            branch.edges.push((*byte, new));
            branches.push(Branch { edges: Vec::new(), text: NONE });
            current = new;
        }
    }
    if let Some(branch) = branches.get_mut(current as usize) {
        branch.text = number;
    }
}

/// A configuration is far smaller than 4 GiB, and no state, edge or text takes less than a byte of it.
#[expect(clippy::cast_possible_truncation, reason = "see above")]
fn number32(number: usize) -> u32 {
    number as u32
}

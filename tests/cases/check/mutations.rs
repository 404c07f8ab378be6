//! Documents with bytes lost, changed and moved never make `check` panic, nor any problem point outside of the text.

use oracles::check::problems;
use policy::split::Generator;

use super::program::root;

/// The texts that are mutated.
fn seeds() -> Vec<String> {
    let mut seeds = Vec::new();
    for folder in
        ["data/check", "../envoyfilter/kubesphere-content", "../envoyfilter/istio-focused-regex"]
    {
        let entries = std::fs::read_dir(root().join(folder)).unwrap();
        let mut paths: Vec<_> =
            entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_file()).collect();
        paths.sort();
        // What is larger says nothing more and takes its time.
        seeds.extend(
            paths
                .iter()
                .filter_map(|path| std::fs::read_to_string(path).ok())
                .filter(|s| s.len() < 5000),
        );
    }
    assert!(seeds.len() > 50, "{} seeds", seeds.len());
    seeds
}

/// What means something in YAML.
const SPECIAL: &[u8] = b"{}[]:,&*!|>'\"%@`\n\t -#?\\~0";

pub(crate) struct Chance(Generator);

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        Self(Generator::new(seed))
    }

    pub(crate) fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.0.draw() % bound.max(1) as u64).unwrap()
    }

    pub(crate) fn mutate(&mut self, text: &str, other: &str) -> String {
        let mut bytes = text.as_bytes().to_vec();
        for _ in 0..=self.below(3) {
            let at = self.below(bytes.len());
            match self.below(7) {
                0 => bytes.truncate(at),
                1 if at < bytes.len() => bytes[at] ^= 1 << self.below(8),
                2 => bytes.insert(at, SPECIAL[self.below(SPECIAL.len())]),
                3 => bytes = self.swap_lines(&bytes),
                4 => _ = bytes.drain(at..(at + self.below(40)).min(bytes.len())),
                5 => {
                    let from = self.below(other.len());
                    let piece = &other.as_bytes()[from..(from + self.below(60)).min(other.len())];
                    _ = bytes.splice(at..at, piece.iter().copied());
                }
                _ => {
                    let end = (at + self.below(40)).min(bytes.len());
                    let piece = bytes[at..end].to_vec();
                    _ = bytes.splice(at..at, piece);
                }
            }
        }
        String::from_utf8_lossy(&bytes).into_owned()
    }

    fn swap_lines(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut lines: Vec<&[u8]> = bytes.split(|b| *b == b'\n').collect();
        let (a, b) = (self.below(lines.len()), self.below(lines.len()));
        lines.swap(a, b);
        lines.join(&b'\n')
    }
}

#[test]
fn mutated_documents_are_checked_to_the_end() {
    let seeds = seeds();
    let mut chance = Chance::new(2026);
    let mut wrong = 0;
    for round in 0..6000 {
        let seed = &seeds[round % seeds.len()];
        let other = &seeds[chance.below(seeds.len())];
        wrong += usize::from(problems(&chance.mutate(seed, other)) > 0);
    }
    assert!(wrong > 3000, "only {wrong} of 6000 mutations did any harm");
}

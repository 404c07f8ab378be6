//! What `cargo tree` prints: the crates of one artifact, and which depends on which.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, ensure};

/// A crate by name and version; no two of one artifact have both in common.
pub(crate) type Id = (String, String);

/// The crates of an artifact.
#[derive(Debug)]
pub(crate) struct Tree {
    /// The crate that the artifact is made of.
    pub(crate) root: Id,
    /// All of them.
    pub(crate) crates: BTreeMap<Id, Crate>,
}

/// A crate.
#[derive(Debug, Default)]
pub(crate) struct Crate {
    /// Whether it stands in this workspace; otherwise it comes from the registry.
    pub(crate) is_ours: bool,
    pub(crate) features: Vec<String>,
    pub(crate) license: String,
    pub(crate) repository: String,
    pub(crate) needs: BTreeSet<Id>,
}

impl Tree {
    /// Reads lines of depth, package, features, license and repository, with tabs between them:
    /// `cargo tree --prefix depth --format '<tab>{p}<tab>{f}<tab>{l}<tab>{r}'`.
    pub(crate) fn read(text: &str) -> anyhow::Result<Self> {
        let mut crates: BTreeMap<Id, Crate> = BTreeMap::new();
        // The crate of each depth, down to the line before.
        let mut path: Vec<Id> = Vec::new();
        for line in text.lines() {
            let (depth, id, read) =
                line_of(line).with_context(|| format!("not of `cargo tree`: `{line}`"))?;
            ensure!(depth <= path.len(), "deeper than its parent: `{line}`");
            path.truncate(depth);
            if let Some(parent) = path.last().and_then(|parent| crates.get_mut(parent)) {
                parent.needs.insert(id.clone());
            }
            path.push(id.clone());
            crates.entry(id).or_insert(read);
        }
        let root = path.into_iter().next().context("no crate on standard input")?;
        Ok(Self { root, crates })
    }
}

fn line_of(line: &str) -> Option<(usize, Id, Crate)> {
    // Behind a crate whose own lines stand further up.
    let line = line.strip_suffix(" (*)").unwrap_or(line);
    let mut fields = line.split('\t');
    let depth = fields.next()?.parse().ok()?;
    let mut package = fields.next()?.splitn(3, ' ');
    let (name, version) = (package.next()?, package.next()?.strip_prefix('v')?);
    let [features, license, repository] = [fields.next()?, fields.next()?, fields.next()?];
    let read = Crate {
        // Behind it the folder, in parentheses.
        is_ours: package.next().is_some(),
        features: features.split(',').filter(|name| !name.is_empty()).map(str::to_owned).collect(),
        license: license.to_owned(),
        repository: repository.to_owned(),
        needs: BTreeSet::new(),
    };
    Some((depth, (name.to_owned(), version.to_owned()), read))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(name: &str, version: &str) -> Id {
        (name.to_owned(), version.to_owned())
    }

    #[test]
    fn lines_become_crates_and_depths_become_needs() {
        let text = "\
0\tapp v0.1.0 (/src/app)\t\tApache-2.0\t
1\tone v1.0.0\tdefault,std\tMIT\thttps://example.com/one
2\ttwo v2.0.0\t\tMIT/Apache-2.0\t
1\ttwo v2.0.0\t\tMIT/Apache-2.0\t
1\tone v0.9.0\t\t\t
2\ttwo v2.0.0\t\tMIT/Apache-2.0\t (*)
";
        let Tree { root, crates } = Tree::read(text).unwrap();
        assert_eq!(root, id("app", "0.1.0"));
        assert_eq!(crates.len(), 4);
        let needs = |of: &Id| crates[of].needs.iter().cloned().collect::<Vec<_>>();
        assert_eq!(needs(&root), [id("one", "0.9.0"), id("one", "1.0.0"), id("two", "2.0.0")]);
        assert_eq!(needs(&id("one", "1.0.0")), [id("two", "2.0.0")]);
        assert_eq!(needs(&id("one", "0.9.0")), [id("two", "2.0.0")]);
        assert!(needs(&id("two", "2.0.0")).is_empty());
        assert!(crates[&root].is_ours && !crates[&id("one", "1.0.0")].is_ours);
        assert_eq!(crates[&id("one", "1.0.0")].features, ["default", "std"]);
    }

    #[test]
    fn what_cargo_tree_does_not_print_is_refused() {
        for text in [
            "",
            "serin v0.1.0",
            "0\tserin\t\t\t",
            "1\ta v1.0.0\t\t\t",
            "0\ta v1\t\t\t\n2\tb v1\t\t\t",
        ] {
            assert!(Tree::read(text).is_err(), "{text:?}");
        }
    }
}

//! Merge keys (`<<`) as `kubectl` reads them: the fields of other maps stand in a map as if they were written there.
//!
//! Of two fields of one name the later one counts, a merged one like one that is written: `<<` at the end of a map
//! overrides what stands before it. Of a list of maps the first that has a field counts. (`go.yaml.in/yaml/v2`, by
//! which `kubectl`, Helm and `istioctl` read; YAML 1.1 let fields that are written win wherever they stand.)

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::tree::{Id, Shape, Tree};

/// How many fields maps may merge, all together: about as many as a file may hold.
pub(super) const MAX_FIELDS: usize = 200_000;

/// Why a merge key is not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unmerged {
    /// Its value is no map, and no list of maps.
    NoMap,
    /// There are more fields than [`MAX_FIELDS`]; said of the first only, no later one is read.
    TooMany,
}

/// Finds the fields of all maps with merge keys. The merge keys that are not read stay fields.
pub(super) fn merge(tree: &mut Tree) -> BTreeMap<Id, Unmerged> {
    let is_merging = |fields: &[(Id, Id)]| fields.iter().any(|(key, _)| tree.is_merge(*key));
    let mut maps: Vec<Id> = (0..tree.entries.len())
        .filter(|id| matches!(&tree.entries[*id].shape, Shape::Map(fields) if is_merging(fields)))
        .collect();
    // What a map merges ends before it does, or is within it.
    maps.sort_by_key(|id| (tree.entries[*id].span.end, Reverse(*id)));
    let mut unmerged = BTreeMap::new();
    let mut room = MAX_FIELDS;
    for map in maps {
        let fields = fields(tree, map, &mut room, &mut unmerged);
        tree.merged.insert(map, fields);
    }
    unmerged
}

fn fields(
    tree: &Tree,
    map: Id,
    room: &mut usize,
    unmerged: &mut BTreeMap<Id, Unmerged>,
) -> Vec<(Id, Id)> {
    let Shape::Map(written) = &tree.entries[map].shape else { return Vec::new() };
    let mut fields = Fields { tree, all: Vec::new(), known: BTreeMap::new() };
    for (key, value) in written {
        if !tree.is_merge(*key) {
            fields.add(*key, *value);
            continue;
        }
        let Some(sources) = sources(tree, *value) else {
            unmerged.insert(*key, Unmerged::NoMap);
            fields.add(*key, *value);
            continue;
        };
        let merged: usize = sources.iter().map(|source| tree.fields(*source).len()).sum();
        if merged > *room {
            if *room > 0 {
                unmerged.insert(*key, Unmerged::TooMany);
                fields.add(*key, *value);
            }
            *room = 0;
            continue;
        }
        *room -= merged;
        for (key, value) in sources.iter().flat_map(|source| tree.fields(*source)) {
            fields.merge(*key, *value);
        }
    }
    fields.all
}

/// The maps that the value of a merge key means, the one that counts last; none where it is none, and no list of maps.
fn sources(tree: &Tree, value: Id) -> Option<Vec<Id>> {
    let is_map = |id: &Id| matches!(tree.entries[*id].shape, Shape::Map(_));
    let sources: Vec<Id> = match &tree.entries[value].shape {
        Shape::List(items) => items.iter().rev().map(|item| tree.target(*item)).collect(),
        _ => vec![tree.target(value)],
    };
    sources.iter().all(is_map).then_some(sources)
}

/// Fields that are being put together.
struct Fields<'t> {
    tree: &'t Tree,
    all: Vec<(Id, Id)>,
    /// Where a name stands, and whether as a merged field.
    known: BTreeMap<Cow<'t, str>, (usize, bool)>,
}

impl Fields<'_> {
    /// Adds a field that is written; one that is written twice stays, and is a problem of its own.
    fn add(&mut self, key: Id, value: Id) {
        match self.known.get_mut(&self.tree.key_name(key)) {
            Some((at, is_merged)) if *is_merged => {
                self.all[*at] = (key, value);
                *is_merged = false;
            }
            _ => self.push(key, value, false),
        }
    }

    fn merge(&mut self, key: Id, value: Id) {
        match self.known.get_mut(&self.tree.key_name(key)) {
            Some((at, is_merged)) => {
                self.all[*at] = (key, value);
                *is_merged = true;
            }
            None => self.push(key, value, true),
        }
    }

    fn push(&mut self, key: Id, value: Id, is_merged: bool) {
        self.known.insert(self.tree.key_name(key), (self.all.len(), is_merged));
        self.all.push((key, value));
    }
}

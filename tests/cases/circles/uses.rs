//! What the files of a crate use of each other, read from their text.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use regex::Regex;

static IMPORT: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\buse\s+([^;]+);").unwrap());
static PATH: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\b[A-Za-z_]\w*(?:::[A-Za-z_]\w*)+").unwrap());

/// A module that has a file: its path from the root of its crate.
pub(super) type Module = Vec<String>;

/// The files of a crate but those of its tests.
pub(super) struct Crate {
    files: BTreeMap<Module, File>,
}

/// What a file names.
struct File {
    /// What it imports, by the name that it has here.
    imports: BTreeMap<String, Vec<String>>,
    /// The paths in its code.
    paths: Vec<Vec<String>>,
}

impl Crate {
    /// Reads the files of a `src` folder.
    pub(super) fn read(source: &Path) -> Self {
        let mut files = BTreeMap::new();
        read_folder(source, &Module::new(), &mut files);
        Self { files }
    }

    pub(super) fn modules(&self) -> impl Iterator<Item = &Module> {
        self.files.keys()
    }

    /// The other files that one of them uses.
    pub(super) fn used_by<'c>(&'c self, module: &Module) -> BTreeSet<&'c Module> {
        let file = &self.files[module];
        // A module that is imported is used where a path goes through it.
        let imports = file.imports.values().filter(|path| !self.is_module(module, path));
        let paths = imports.chain(&file.paths);
        let used = paths.filter_map(|path| self.defining(module, path, 0));
        used.filter(|other| *other != module).collect()
    }

    fn is_module(&self, module: &Module, path: &[String]) -> bool {
        self.defining(module, path, 0).is_some_and(|found| found.last() == path.last())
    }

    /// The file that defines what a path in a module means; none where it is no file of this crate.
    fn defining(&self, module: &Module, path: &[String], depth: usize) -> Option<&Module> {
        // Imports may name each other.
        if depth > 8 {
            return None;
        }
        let (first, rest) = path.split_first()?;
        let mut at = module.clone();
        let mut rest = match first.as_str() {
            "crate" => {
                at.clear();
                rest
            }
            "self" => rest,
            "super" => {
                at.pop();
                let mut rest = rest;
                while let Some((_, behind)) =
                    rest.split_first().filter(|(next, _)| *next == "super")
                {
                    at.pop();
                    rest = behind;
                }
                rest
            }
            _ if self.files.contains_key(&below(module, first)) => path,
            name => {
                let import =
                    self.files[module].imports.get(name).filter(|import| *import != path)?;
                return self.defining(module, &[import.as_slice(), rest].concat(), depth + 1);
            }
        };
        while let Some((name, behind)) = rest.split_first() {
            let inner = below(&at, name);
            if self.files.contains_key(&inner) {
                at = inner;
            } else {
                let import = self.files.get(&at)?.imports.get(name);
                let further = import.and_then(|import| {
                    self.defining(&at, &[import.as_slice(), behind].concat(), depth + 1)
                });
                return further.or_else(|| self.files.get_key_value(&at).map(|(found, _)| found));
            }
            rest = behind;
        }
        self.files.get_key_value(&at).map(|(found, _)| found)
    }
}

fn below(module: &[String], name: &str) -> Module {
    [module, &[name.to_owned()]].concat()
}

fn read_folder(folder: &Path, module: &Module, files: &mut BTreeMap<Module, File>) {
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        let is_root = module.is_empty() && name == "lib";
        if name == "tests" || (module.is_empty() && name == "main") {
            continue;
        }
        if path.is_dir() {
            read_folder(&path, &below(module, name), files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let inner = if is_root { Module::new() } else { below(module, name) };
            files.insert(inner, File::read(&fs::read_to_string(&path).unwrap()));
        }
    }
}

impl File {
    fn read(text: &str) -> Self {
        let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        let lines = text.lines().map(|line| line.split("//").next().unwrap_or_default());
        let text = lines.collect::<Vec<_>>().join("\n");
        let mut imports = BTreeMap::new();
        for found in IMPORT.captures_iter(&text) {
            for (name, path) in leaves(&found[1]) {
                imports.insert(name, path);
            }
        }
        let code = IMPORT.replace_all(&text, "");
        let paths = PATH.find_iter(&code).map(|found| segments(found.as_str())).collect();
        Self { imports, paths }
    }
}

fn segments(path: &str) -> Vec<String> {
    path.split("::").map(|segment| segment.trim().to_owned()).collect()
}

/// What a tree of imports brings in: names and their paths.
fn leaves(tree: &str) -> Vec<(String, Vec<String>)> {
    let tree = tree.trim();
    if let Some((start, group)) = tree.split_once('{') {
        let group = group.strip_suffix('}').unwrap_or(group);
        return items(group).iter().flat_map(|item| leaves(&format!("{start}{item}"))).collect();
    }
    let (path, alias) = tree.split_once(" as ").unwrap_or((tree, ""));
    let mut path = segments(path);
    if path.last().is_some_and(|last| last == "self") {
        path.pop();
    }
    let name = Some(alias.trim().to_owned()).filter(|alias| !alias.is_empty());
    let Some(name) = name.or_else(|| path.last().cloned()) else { return Vec::new() };
    vec![(name, path)]
}

/// The items of a group, which may hold groups.
fn items(group: &str) -> Vec<String> {
    let mut items = vec![String::new()];
    let mut depth = 0;
    for character in group.chars() {
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        match items.last_mut() {
            Some(_) if character == ',' && depth == 0 => items.push(String::new()),
            Some(item) => item.push(character),
            None => {}
        }
    }
    items.retain(|item| !item.trim().is_empty());
    items.iter().map(|item| item.trim().to_owned()).collect()
}

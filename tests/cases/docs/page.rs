//! A page of documentation, taken apart.

use std::fs;
use std::path::Path;

/// A page in Markdown.
pub(super) struct Page {
    /// The name of its file, below the folder of the pages.
    pub(super) name: String,
    text: String,
}

/// A block of code.
pub(super) struct Block {
    language: String,
    lines: Vec<String>,
}

impl Page {
    pub(super) fn read(name: String, path: &Path) -> Self {
        let text = fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        Self { name, text }
    }

    /// Its lines that are not code.
    pub(super) fn prose(&self) -> impl Iterator<Item = &str> {
        let mut is_code = false;
        self.text.lines().filter(move |line| {
            let is_fence = line.starts_with("```");
            is_code ^= is_fence;
            !is_code && !is_fence
        })
    }

    fn blocks(&self, language: &str) -> Vec<Block> {
        let mut blocks: Vec<Block> = Vec::new();
        let mut is_code = false;
        for line in self.text.lines() {
            match line.strip_prefix("```") {
                Some(language) if !is_code => {
                    blocks.push(Block { language: language.to_owned(), lines: Vec::new() });
                }
                None if is_code => blocks.last_mut().unwrap().lines.push(line.to_owned()),
                _ => {}
            }
            is_code ^= line.starts_with("```");
        }
        assert!(!is_code, "{}: a block of code does not end", self.name);
        blocks.retain(|block| block.language == language);
        blocks
    }

    /// Its objects; those that are files begin with the file's name.
    pub(super) fn objects(&self) -> impl Iterator<Item = (Option<String>, String)> {
        self.blocks("yaml").into_iter().map(|block| {
            let first = block.lines.first().and_then(|line| line.strip_prefix("# "));
            let name = first.filter(|name| is_yaml(name)).map(str::to_owned);
            (name, block.lines.join("\n") + "\n")
        })
    }

    /// Its commands, one a line; a line that ends in `\` goes on.
    pub(super) fn commands(&self) -> Vec<String> {
        let lines = self.blocks("sh").into_iter().map(|block| block.lines.join("\n"));
        let text = lines.collect::<Vec<_>>().join("\n").replace("\\\n", " ");
        let commands = text.lines().map(|line| line.trim().trim_end_matches(" &").to_owned());
        commands.filter(|line| !line.is_empty() && !line.starts_with('#')).collect()
    }

    /// The commands whose output it shows; `tests/mesh` runs them.
    pub(super) fn shown(&self) -> Vec<String> {
        let lines = self.blocks("console").into_iter().flat_map(|block| block.lines);
        lines.filter_map(|line| Some(line.strip_prefix("$ ")?.to_owned())).collect()
    }

    /// What stands in backticks in the prose.
    pub(super) fn spans(&self) -> impl Iterator<Item = &str> {
        self.prose().flat_map(|line| line.split('`').skip(1).step_by(2))
    }

    /// The targets of its links.
    pub(super) fn links(&self) -> impl Iterator<Item = &str> {
        self.prose().flat_map(|line| {
            line.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(link, _)| link)
        })
    }

    /// The names by which links find its headings, as GitHub makes them.
    pub(super) fn anchors(&self) -> impl Iterator<Item = String> {
        let headings = self.prose().filter(|line| line.starts_with('#'));
        headings.map(|heading| {
            let text = heading.trim_start_matches('#').trim().to_lowercase().replace(' ', "-");
            text.chars().filter(|c| c.is_alphanumeric() || matches!(c, '-' | '_')).collect()
        })
    }
}

/// Whether this is the name of a file with objects.
pub(super) fn is_yaml(name: &str) -> bool {
    !name.contains(' ') && Path::new(name).extension().is_some_and(|end| end == "yaml")
}

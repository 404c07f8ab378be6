//! The checksums in `Cargo.lock`.

use std::collections::BTreeMap;

use crate::tree::Id;

/// What `Cargo.lock` says about the crates of the registry.
#[derive(Debug)]
pub(crate) struct Lock {
    checksums: BTreeMap<Id, String>,
}

impl Lock {
    /// Reads the file, which cargo alone writes: a field a line, a paragraph a crate.
    pub(crate) fn read(text: &str) -> Self {
        let checksum = |paragraph: &str| {
            let field = |name: &str| {
                let start = format!("{name} = \"");
                let value = paragraph.lines().find_map(|line| line.strip_prefix(&start))?;
                value.strip_suffix('"').map(str::to_owned)
            };
            Some(((field("name")?, field("version")?), field("checksum")?))
        };
        Self { checksums: text.split("[[package]]").filter_map(checksum).collect() }
    }

    /// The SHA-256 of what the registry gives for a crate.
    pub(crate) fn checksum(&self, id: &Id) -> Option<&str> {
        self.checksums.get(id).map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crates_of_the_registry_have_checksums() {
        let text = "\
version = 4

[[package]]
name = \"one\"
version = \"1.0.0\"
source = \"registry+https://example.com\"
checksum = \"0123\"
dependencies = [
 \"two 2.0.0\",
]

[[package]]
name = \"ours\"
version = \"0.1.0\"
";
        let lock = Lock::read(text);
        let id = |name: &str, version: &str| (name.to_owned(), version.to_owned());
        assert_eq!(lock.checksum(&id("one", "1.0.0")), Some("0123"));
        assert_eq!(lock.checksum(&id("one", "1.0.1")), None);
        assert_eq!(lock.checksum(&id("ours", "0.1.0")), None);
    }
}

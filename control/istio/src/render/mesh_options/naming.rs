//! What options are called where something is wrong with them.

/// Where the options were read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Naming {
    /// On the command line.
    Flags,
    /// In the status of an object.
    Fields,
}

impl Naming {
    /// `` `--module-url` `` or `` `status.mesh.moduleUrl` ``, the option `module-url`.
    pub(super) fn name(self, option: &str) -> String {
        format!("`{}`", self.bare(option))
    }

    /// The option with a value: `` `--module-url URL` `` or `` `status.mesh.moduleUrl: URL` ``.
    pub(super) fn with(self, option: &str, value: &str) -> String {
        let name = self.bare(option);
        match self {
            Self::Flags => format!("`{name} {value}`"),
            Self::Fields => format!("`{name}: {value}`"),
        }
    }

    fn bare(self, option: &str) -> String {
        match self {
            Self::Flags => format!("--{option}"),
            Self::Fields => {
                let mut words = option.split('-');
                let mut name = format!("status.mesh.{}", words.next().unwrap_or_default());
                for word in words {
                    let (first, rest) = word.split_at(word.len().min(1));
                    name.push_str(&first.to_ascii_uppercase());
                    name.push_str(rest);
                }
                name
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_have_the_names_of_where_they_were_read() {
        let name = |naming: Naming| naming.name("lite-module-sha256");
        assert_eq!(name(Naming::Flags), "`--lite-module-sha256`");
        assert_eq!(name(Naming::Fields), "`status.mesh.liteModuleSha256`");
        assert_eq!(Naming::Flags.with("route", "matcher"), "`--route matcher`");
        assert_eq!(Naming::Fields.with("route", "matcher"), "`status.mesh.route: matcher`");
    }
}

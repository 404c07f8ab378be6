//! The files of a kubeconfig: `$KUBECONFIG` can name several, of which the first that says something counts.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::{env, fs};

use document::load::source;
use kube::config::{AuthInfo, Cluster, Context, Kubeconfig, KubeconfigError};
use rollout::drive::cluster::Error;

use super::fault;

/// The largest file that is read.
const MAX_BYTES: u64 = 16 * 1024 * 1024;

/// The files, in order.
pub(super) struct Files(Vec<(PathBuf, Kubeconfig)>);

/// The context that is meant.
pub(super) struct Chosen<'a> {
    pub(super) name: String,
    pub(super) value: &'a Context,
    pub(super) file: &'a Path,
}

impl Files {
    /// Reads the file that is named, those of `$KUBECONFIG`, or `~/.kube/config`.
    pub(super) fn read(named: Option<&PathBuf>) -> Result<Self, Error> {
        let paths = match named {
            Some(path) => vec![path.clone()],
            None => of_environment(),
        };
        if !paths.is_empty() {
            return paths.into_iter().map(one).collect::<Result<_, _>>().map(Self);
        }
        let none = || Error::Unconfigured { message: "no kubeconfig found".to_owned() };
        let path = env::home_dir().ok_or_else(none)?.join(".kube").join("config");
        match fs::metadata(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                Err(Error::Unconfigured { message: fault::unread(&path, "no such file") })
            }
            _ => one(path).map(|file| Self(vec![file])),
        }
    }

    /// The context of this name; none: the current one.
    pub(super) fn context(&self, name: Option<&str>) -> Result<Chosen<'_>, Error> {
        let current = || {
            let names = self.0.iter().filter_map(|(_, file)| file.current_context.as_deref());
            names.into_iter().find(|name| !name.is_empty())
        };
        let Some(name) = name.or_else(current) else {
            return Err(self.fault(&format!("no current context{}", self.contexts())));
        };
        let all = self
            .0
            .iter()
            .flat_map(|(path, file)| file.contexts.iter().map(|context| (path.as_path(), context)));
        let found = all.into_iter().find(|(_, context)| context.name == name);
        match found.and_then(|(path, context)| Some((path, context.context.as_ref()?))) {
            Some((file, value)) => Ok(Chosen { name: name.to_owned(), value, file }),
            None => Err(self.fault(&format!("no context `{name}`{}", self.contexts()))),
        }
    }

    /// The cluster of this name, and its file.
    pub(super) fn cluster(&self, name: &str) -> Result<(&Path, &Cluster), Error> {
        let all = self
            .0
            .iter()
            .flat_map(|(path, file)| file.clusters.iter().map(|cluster| (path.as_path(), cluster)));
        let found = all.into_iter().find(|(_, cluster)| cluster.name == name);
        found
            .and_then(|(path, cluster)| Some((path, cluster.cluster.as_ref()?)))
            .ok_or_else(|| self.fault(&format!("no cluster `{name}`, to which the context refers")))
    }

    /// The user of the context, and the file; a context may do without one, but not name one that is in no file.
    pub(super) fn user<'a>(
        &'a self,
        context: &Chosen<'a>,
    ) -> Result<(&'a Path, Option<&'a AuthInfo>), Error> {
        let name = context.value.user.as_deref().filter(|name| !name.is_empty());
        let Some(name) = name else { return Ok((context.file, None)) };
        let all = self
            .0
            .iter()
            .flat_map(|(path, file)| file.auth_infos.iter().map(|user| (path.as_path(), user)));
        let found = all.clone().find(|(_, user)| user.name == name);
        found.map(|(path, user)| (path, user.auth_info.as_ref())).ok_or_else(|| {
            let names = listed("users", all.map(|(_, user)| user.name.as_str()));
            let context = &context.name;
            self.fault(&format!("no user `{name}`, to which the context `{context}` refers{names}"))
        })
    }

    /// What is wrong with all of them together.
    fn fault(&self, message: &str) -> Error {
        let names: Vec<String> =
            self.0.iter().map(|(path, _)| path.display().to_string()).collect();
        Error::Configuration { message: format!("{}: {message}", names.join(", ")) }
    }

    fn contexts(&self) -> String {
        let all = self.0.iter().flat_map(|(_, file)| &file.contexts);
        listed("contexts", all.map(|context| context.name.as_str()))
    }
}

/// The names that there are.
fn listed<'a>(kind: &str, names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<String> = names.map(|name| format!("`{name}`")).collect();
    if names.is_empty() { String::new() } else { format!(" ({kind}: {})", names.join(", ")) }
}

fn of_environment() -> Vec<PathBuf> {
    let list = env::var_os("KUBECONFIG").unwrap_or_default();
    existing(env::split_paths(&list).filter(|path| !path.as_os_str().is_empty()).collect())
}

/// Those of a list that exist, as for `kubectl`: the first is there to be said to be missing where none does.
fn existing(paths: Vec<PathBuf>) -> Vec<PathBuf> {
    let is_missing =
        |path: &PathBuf| fs::metadata(path).is_err_and(|error| error.kind() == ErrorKind::NotFound);
    let found: Vec<PathBuf> = paths.iter().filter(|path| !is_missing(path)).cloned().collect();
    if found.is_empty() { paths.into_iter().take(1).collect() } else { found }
}

fn one(path: PathBuf) -> Result<(PathBuf, Kubeconfig), Error> {
    let unread = |reason: &str| Error::Configuration { message: fault::unread(&path, reason) };
    source::ordinary(&path).map_err(|reason| unread(&reason))?;
    if fs::metadata(&path).is_ok_and(|file| file.len() > MAX_BYTES) {
        let mebibytes = MAX_BYTES / 1024 / 1024;
        return Err(unread(&format!("it is larger than {mebibytes} MiB")));
    }
    match Kubeconfig::read_from(&path) {
        Ok(kubeconfig) => Ok((path, kubeconfig)),
        Err(KubeconfigError::Parse(error)) => {
            Err(Error::Configuration { message: fault::of_yaml(&path, &error) })
        }
        Err(error @ KubeconfigError::ReadConfig(..)) => {
            Err(Error::Configuration { message: fault::unusable(&error) })
        }
        Err(error) => Err(fault::of_file(&path, &fault::unusable(&error))),
    }
}

/// Whether a file that a kubeconfig names can be read to its end: any other would be waited for.
pub(super) fn check(file: Option<&str>) -> Result<(), String> {
    file.map_or(Ok(()), |file| source::ordinary(Path::new(file)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_files_of_a_list_are_skipped() {
        let folder = tempfile::tempdir().unwrap();
        let there = folder.path().join("config");
        fs::write(&there, "").unwrap();
        let none = |name: &str| folder.path().join(name);
        assert_eq!(existing(vec![none("a"), there.clone(), none("b")]), vec![there]);
        assert_eq!(existing(vec![none("a"), none("b")]), vec![none("a")]);
        assert_eq!(existing(Vec::new()), Vec::<PathBuf>::new());
    }
}

//! Writes what was rendered: all files or none, each replaced at once, and never one that serin did not make.

use std::fs::{self, File};
use std::hash::{BuildHasher, RandomState};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use document::load::reason;
use policy::Policy;

/// How every file begins that serin made; then come its version and the Release.
pub const MADE_BY: &str = "made by `serin render` ";

/// A file to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Where.
    pub path: PathBuf,
    /// What.
    pub text: String,
}

/// Why nothing was written.
#[derive(Debug)]
pub enum Unwritten {
    /// Something stands in the way that is not serin's to replace.
    InTheWay {
        /// What.
        path: PathBuf,
        /// Why it is not.
        reason: String,
    },
    /// The file system refused.
    Io {
        /// What was to be written, read or removed.
        path: PathBuf,
        /// What it said.
        error: io::Error,
    },
}

impl std::fmt::Display for Unwritten {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::InTheWay { path, reason } => {
                write!(f, "cannot replace `{}`: {reason}", path.display())
            }
            Self::Io { path, error } => match error.kind() {
                io::ErrorKind::NotFound => {
                    write!(f, "cannot write `{}`: no such folder", path.display())
                }
                io::ErrorKind::PermissionDenied => {
                    write!(f, "cannot write `{}`: permission denied", path.display())
                }
                _ => write!(f, "cannot write `{}`: {}", path.display(), reason::io(error)),
            },
        }
    }
}

impl std::error::Error for Unwritten {}

/// Writes files, one or several, wherever each is to be. A link is not followed, and not replaced.
///
/// # Errors
/// When one cannot be written or is not serin's to replace; then none is.
pub fn files(targets: &[Target]) -> Result<(), Unwritten> {
    for target in targets {
        check_replaceable(&target.path, Owner::Serin)?;
    }
    replace(targets)
}

/// Replaces files that are there, also those that Serin did not make. They were named and read before: a link stays one,
/// and leads to the new file.
///
/// # Errors
/// When one cannot be written; then none is.
pub fn in_place(targets: &[Target]) -> Result<(), Unwritten> {
    replace(&resolved(targets)?)
}

/// Writes the files of a folder, which is made where it is missing, and removes those that an earlier rendering
/// of the same Release left there and this one has not. Replaces others, wherever they are, also those that Serin did not make.
///
/// # Errors
/// When one cannot be written or replaced; then none is.
pub fn folder(
    policy: &Policy,
    folder: &Path,
    targets: &[Target],
    others: &[Target],
) -> Result<(), Unwritten> {
    let others = resolved(others)?;
    fs::create_dir_all(folder).map_err(|error| io_error(folder, error))?;
    let release = policy.full_name();
    let mut stale = Vec::new();
    for path in rendered_before(folder)? {
        check_replaceable(&path, Owner::Release(&release))?;
        if !targets.iter().any(|target| target.path == path) {
            stale.push(path);
        }
    }
    let all: Vec<Target> = targets.iter().cloned().chain(others).collect();
    replace(&all)?;
    for path in stale {
        fs::remove_file(&path).map_err(|error| io_error(&path, error))?;
    }
    Ok(())
}

/// The same targets, by the names of the files themselves: a link stays one, and leads to the new file.
fn resolved(targets: &[Target]) -> Result<Vec<Target>, Unwritten> {
    let target = |target: &Target| {
        let path = fs::canonicalize(&target.path).map_err(|error| io_error(&target.path, error))?;
        if !path.is_file() {
            let reason = "it is not a regular file".to_owned();
            return Err(Unwritten::InTheWay { path, reason });
        }
        Ok(Target { path, text: target.text.clone() })
    };
    targets.iter().map(target).collect()
}

/// The files of the folder whose names are those of rendered ones.
fn rendered_before(folder: &Path) -> Result<Vec<PathBuf>, Unwritten> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(|error| io_error(folder, error))? {
        let entry = entry.map_err(|error| io_error(folder, error))?;
        if entry.file_name().to_str().is_some_and(is_rendered) {
            found.push(entry.path());
        }
    }
    found.sort();
    Ok(found)
}

fn is_rendered(name: &str) -> bool {
    let is_yaml = Path::new(name).extension().is_some_and(|ending| ending == "yaml");
    let numbered = ["30-install-", "30-plugin-", "40-switch-"];
    let single = ["10-destination-rule.yaml", "20-virtual-service.yaml", "35-virtual-service.yaml"];
    single.contains(&name) || is_yaml && numbered.iter().any(|start| name.starts_with(start))
}

/// Whose files may be replaced.
#[derive(Clone, Copy)]
enum Owner<'a> {
    /// All that serin made.
    Serin,
    /// Those made from this Release.
    Release(&'a str),
}

/// Whether there is nothing at `path`, nothing in it, or what serin made. A link is none of these: a user who can put one
/// into a shared folder could else choose what is written to.
fn check_replaceable(path: &Path, owner: Owner<'_>) -> Result<(), Unwritten> {
    let in_the_way = |reason: String| Err(Unwritten::InTheWay { path: path.to_owned(), reason });
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(io_error(path, error)),
        Ok(metadata) if metadata.is_symlink() => {
            return in_the_way("it is a symbolic link, expected a file".to_owned());
        }
        Ok(metadata) if metadata.is_dir() => {
            return in_the_way("it is a folder, expected a file".to_owned());
        }
        Ok(metadata) if !metadata.is_file() => {
            return in_the_way("it is not a regular file".to_owned());
        }
        Ok(_) => {}
    }
    let line = first_line(path).map_err(|error| io_error(path, error))?;
    if line.is_empty() {
        return Ok(());
    }
    let made = made(&line);
    let release = made.and_then(|made| made.split_once(" from Release ")).map(|(_, rest)| rest);
    let release = release.map(|rest| rest.split(';').next().unwrap_or(rest));
    match (release, owner) {
        (None, _) => in_the_way("it was not made by `serin render`".to_owned()),
        (Some(found), Owner::Release(expected)) if found != expected => {
            in_the_way(format!("it was made from the Release `{found}`, not `{expected}`"))
        }
        _ => Ok(()),
    }
}

/// Whether a text is one that serin made.
#[must_use]
pub fn is_made(text: &str) -> bool {
    text.lines().next().and_then(made).is_some()
}

/// What the first line of a file says of how serin made it.
fn made(line: &str) -> Option<&str> {
    line.strip_prefix("# ").and_then(|line| line.strip_prefix(MADE_BY))
}

/// The first line, as far as it can be the one that serin writes.
fn first_line(path: &Path) -> io::Result<String> {
    let mut bytes = Vec::new();
    File::open(path)?.take(1024).read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).lines().next().unwrap_or_default().to_owned())
}

/// Writes every file beside its place, then puts all in place.
fn replace(targets: &[Target]) -> Result<(), Unwritten> {
    let mut written = Written(Vec::new());
    for target in targets {
        let of_target = |error| io_error(&target.path, error);
        let (beside, mut file) = beside(&target.path).map_err(of_target)?;
        written.0.push(beside.clone());
        file.write_all(target.text.as_bytes())
            // Before the rename, so that a crash cannot leave an empty file in place of a good one.
            .and_then(|()| file.sync_all())
            .and_then(|()| keep_permissions(&target.path, &file))
            .map_err(of_target)?;
    }
    for (target, beside) in targets.iter().zip(&written.0) {
        fs::rename(beside, &target.path).map_err(|error| io_error(&target.path, error))?;
    }
    written.0.clear();
    Ok(())
}

/// How many names are tried for a new file: that one is taken happens by intent only.
const ATTEMPTS: usize = 16;

/// A new file in the same folder, so that renaming is one step; hidden, and not `.yaml`, so that nothing picks it up.
/// Its name cannot be guessed, and what stands there already is neither opened nor followed.
fn beside(path: &Path) -> io::Result<(PathBuf, File)> {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let mut last = io::ErrorKind::AlreadyExists.into();
    for attempt in 0..ATTEMPTS {
        let random = RandomState::new().hash_one(attempt);
        let beside = path.with_file_name(format!(".{name}.{random:016x}.new"));
        match File::create_new(&beside) {
            Ok(file) => return Ok((beside, file)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => last = error,
            Err(error) => return Err(error),
        }
    }
    Err(last)
}

/// Gives a new file the permissions of the one that it replaces.
fn keep_permissions(old: &Path, new: &File) -> io::Result<()> {
    match fs::symlink_metadata(old) {
        Ok(metadata) if metadata.is_symlink() => Ok(()),
        Ok(metadata) => new.set_permissions(metadata.permissions()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

/// Files that are not yet in place; removed when something goes wrong before they are.
struct Written(Vec<PathBuf>);

impl Drop for Written {
    fn drop(&mut self) {
        for path in &self.0 {
            // The error that matters has been returned already.
            let _ = fs::remove_file(path);
        }
    }
}

fn io_error(path: &Path, error: io::Error) -> Unwritten {
    Unwritten::Io { path: path.to_owned(), error }
}

#[cfg(test)]
mod tests;

//! Writes a layout: all of it or nothing, and never over what is no image.

use std::fs::{self, File, Permissions};
use std::io::{self, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use anyhow::{anyhow, bail};
use document::load::reason;
use tempfile::Builder;

use super::layout::{BLOBS, INDEX, Layout, MARK};

/// Writes the layout: into the folder `path`, or as one file where the name ends in `.tar`. An image that is there
/// is replaced.
///
/// # Errors
/// When it cannot be written, or something else stands there.
pub fn write(path: &Path, layout: &Layout) -> anyhow::Result<()> {
    let written = if path.extension().is_some_and(|ending| ending == "tar") {
        check_file(path)?;
        archive(path, layout)
    } else {
        check_folder(path)?;
        folder(path, layout)
    };
    written.map_err(|error| {
        let reason = match error.kind() {
            io::ErrorKind::NotFound => "no such folder".to_owned(),
            _ => reason::io(&error),
        };
        anyhow!("cannot write `{}`: {reason}", path.display())
    })
}

fn archive(path: &Path, layout: &Layout) -> io::Result<()> {
    let mut beside = beside(0o666).tempfile_in(parent(path))?;
    beside.write_all(&layout.archive()?)?;
    // Before it is put in place, so that a crash cannot leave half of it there.
    beside.as_file().sync_all()?;
    beside.persist(path)?;
    Ok(())
}

fn folder(path: &Path, layout: &Layout) -> io::Result<()> {
    let new = beside(0o777).tempdir_in(parent(path))?;
    for (name, bytes) in layout.files() {
        let file = new.path().join(name);
        fs::create_dir_all(parent(&file))?;
        let mut file = File::create(file)?;
        file.write_all(bytes)?;
        file.sync_all()?;
    }
    // What is renamed cannot take the place of a folder that holds something: that one makes way first.
    let old = beside(0o700).tempdir_in(parent(path))?;
    if path.exists() {
        fs::rename(path, old.path().join("image"))?;
    }
    fs::rename(new.path(), path)?;
    // It is in place, and no longer there to be removed.
    let _ = new.keep();
    Ok(())
}

/// Something hidden in the same folder, so that renaming is one step.
fn beside(mode: u32) -> Builder<'static, 'static> {
    let mut builder = Builder::new();
    builder.prefix(".serin-image-").permissions(Permissions::from_mode(mode));
    builder
}

fn parent(path: &Path) -> PathBuf {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    parent.map_or_else(|| PathBuf::from("."), Path::to_path_buf)
}

/// Whether there is nothing at `path`, nothing in it, or an image.
fn check_folder(path: &Path) -> anyhow::Result<()> {
    let shown = path.display();
    let entries = match fs::read_dir(path) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => {
            bail!(
                "cannot replace `{shown}`: it is a file, expected a folder or a name that ends in `.tar`"
            )
        }
        Err(error) => bail!("cannot read `{shown}`: {}", reason::io(&error)),
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry =
            entry.map_err(|error| anyhow!("cannot read `{shown}`: {}", reason::io(&error)))?;
        names.push(entry.file_name());
    }
    let is_ours = |name| [MARK, INDEX, BLOBS].iter().any(|ours| name == ours);
    if names.iter().all(is_ours) {
        return Ok(());
    }
    bail!("cannot replace `{shown}`: it contains something other than an image")
}

fn check_file(path: &Path) -> anyhow::Result<()> {
    let shown = path.display();
    match fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Ok(metadata) if metadata.is_dir() => {
            bail!("cannot replace `{shown}`: it is a folder, expected a file")
        }
        Ok(metadata) if !metadata.is_file() => {
            bail!("cannot replace `{shown}`: it is not a regular file")
        }
        _ => {}
    }
    let mut start = Vec::new();
    let read = File::open(path).and_then(|file| file.take(512).read_to_end(&mut start));
    match read {
        Err(error) => bail!("cannot read `{shown}`: {}", reason::io(&error)),
        // The first entry of the archive, since its files are sorted.
        Ok(_) if start.is_empty() || start.starts_with(BLOBS.as_bytes()) => Ok(()),
        Ok(_) => bail!("cannot replace `{shown}`: it is not an image"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::Image;

    fn layout() -> Layout {
        Layout::new(&Image::of(b"\0asm\x01\0\0\0").unwrap(), "1")
    }

    fn listed(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_folder_is_written_and_replaced_and_nothing_is_left_beside_it() {
        let temporary = tempfile::tempdir().unwrap();
        let path = temporary.path().join("image");
        for _ in 0..2 {
            write(&path, &layout()).unwrap();
            assert_eq!(listed(&path), [BLOBS, INDEX, MARK]);
            assert_eq!(listed(temporary.path()), ["image"]);
        }
        for (name, bytes) in layout().files() {
            assert_eq!(fs::read(path.join(name)).unwrap(), bytes, "{name}");
        }
        // As readable as the folder around it.
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o500, 0o500);
    }

    #[test]
    fn a_file_is_written_and_replaced() {
        let temporary = tempfile::tempdir().unwrap();
        let path = temporary.path().join("image.tar");
        for _ in 0..2 {
            write(&path, &layout()).unwrap();
            assert_eq!(fs::read(&path).unwrap(), layout().archive().unwrap());
            assert_eq!(listed(temporary.path()), ["image.tar"]);
        }
    }

    #[test]
    fn what_is_no_image_stays() {
        let temporary = tempfile::tempdir().unwrap();
        let folder = temporary.path().join("photos");
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("summer.jpg"), b"jpg").unwrap();
        let file = temporary.path().join("backup.tar");
        fs::write(&file, b"important").unwrap();
        let cases = [
            (&folder, "it contains something other than an image"),
            (&file, "it is not an image"),
            (&folder.join("summer.jpg"), "it is a file, expected a folder"),
        ];
        for (path, reason) in cases {
            let error = write(path, &layout()).unwrap_err().to_string();
            assert!(error.contains(reason), "{error}");
        }
        assert_eq!(listed(&folder), ["summer.jpg"]);
        assert_eq!(fs::read(&file).unwrap(), b"important");
    }
}

use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;

use super::*;

type Files = Vec<(String, Origin)>;
type Reasons = Vec<(String, &'static str)>;

/// What the names below a folder mean: the files, with the folder left out, and what is skipped.
fn read(folder: &Path, names: &[&str]) -> (Files, Reasons) {
    let short = |name: &str| name.replace(&format!("{}/", folder.display()), "");
    let names: Vec<String> = names.iter().map(|name| lossy(&folder.join(name))).collect();
    let Inputs { files, skipped } = inputs(&names);
    let files = files.into_iter().map(Result::unwrap);
    (
        files.map(|input| (short(&lossy(&input.path)), input.origin)).collect(),
        skipped.into_iter().map(|skipped| (short(&skipped.name), skipped.what)).collect(),
    )
}

fn write(folder: &Path, names: &[&str]) {
    for name in names {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "").unwrap();
    }
}

#[test]
fn a_folder_stands_for_its_files_at_any_depth_and_each_counts_once() {
    let folder = tempfile::tempdir().unwrap();
    let all = ["b.yaml", "a.yml", "c.JSON", "notes.txt", "sub.yaml/x.yaml", "d/e/f/y.yaml"];
    write(folder.path(), &all);
    let (files, skipped) = read(folder.path(), &["", "b.yaml", "d", "gone.yaml"]);
    let found = |name: &str| (name.to_owned(), Origin::Found);
    let named = |name: &str| (name.to_owned(), Origin::Named);
    let expected = [
        found("a.yml"),
        named("b.yaml"),
        found("c.JSON"),
        found("d/e/f/y.yaml"),
        found("sub.yaml/x.yaml"),
        named("gone.yaml"),
    ];
    assert_eq!((files.as_slice(), skipped.as_slice()), (expected.as_slice(), [].as_slice()));
    let twice = inputs(&["-".to_owned(), "-".to_owned()]);
    assert_eq!(twice.files, [Ok(Input { path: "-".into(), origin: Origin::Named })]);
}

#[test]
fn hidden_folders_and_links_to_folders_are_not_entered_unless_they_are_named() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &[".git/x.yaml", ".pipe.yaml", "sub/a.yaml", "file.yaml"]);
    symlink("..", folder.path().join("sub/loop")).unwrap();
    symlink("file.yaml", folder.path().join("link.yaml")).unwrap();
    let names = |files: Files| files.into_iter().map(|(name, _)| name).collect();
    let (files, skipped) = read(folder.path(), &[""]);
    let files: Vec<String> = names(files);
    // The link is another name of a file that was there before.
    assert_eq!(files, [".pipe.yaml", "file.yaml", "sub/a.yaml"]);
    assert_eq!(skipped, [("sub/loop".to_owned(), "a symbolic link to a folder")]);
    let files: Vec<String> = names(read(folder.path(), &[".git", "sub/loop"]).0);
    assert_eq!(
        files,
        [".git/x.yaml", "sub/loop/.pipe.yaml", "sub/loop/file.yaml", "sub/loop/sub/a.yaml"]
    );
}

#[test]
fn what_is_no_ordinary_file_is_skipped_in_a_folder_and_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("socket.yaml");
    let _listener = UnixListener::bind(&socket).unwrap();
    symlink("/dev/zero", folder.path().join("zero.yaml")).unwrap();
    let fifo = folder.path().join("fifo.yaml");
    let made = std::process::Command::new("mkfifo").arg(&fifo).status().unwrap();
    assert!(made.success());
    let (files, skipped) = read(folder.path(), &[""]);
    let what = [("fifo.yaml", "a FIFO"), ("socket.yaml", "a socket"), ("zero.yaml", "a device")];
    assert_eq!(files, []);
    assert_eq!(skipped, what.map(|(name, what)| (name.to_owned(), what)));
    for (name, what) in what {
        let refused = source::open(&folder.path().join(name)).map(|_| ()).unwrap_err();
        assert_eq!(refused, format!("it is {what}"));
    }
}

#[test]
fn a_name_that_is_not_utf_8_is_read_and_shown_with_its_bytes_replaced() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;

    let folder = tempfile::tempdir().unwrap();
    let name = OsStr::from_bytes(b"a\xff.yaml");
    fs::write(folder.path().join(name), "a: 1\n").unwrap();
    let Inputs { files, skipped } = inputs(&[lossy(folder.path())]);
    assert_eq!((files.len(), skipped.len()), (1, 0));
    let source = files[0].as_ref().unwrap().read().unwrap();
    assert_eq!(source.text(), "a: 1\n");
    assert!(source.name().ends_with("a\u{fffd}.yaml"), "{}", source.name());
}

use document::load::{self, Source};
use policy::{Path as At, Problems};

use super::*;

fn policy(name: &str) -> Policy {
    let text = format!(
        "apiVersion: serin.dev/v1alpha1\nkind: Release\nmetadata: {{name: {name}, namespace: shop}}\n\
         spec: {{host: a, port: 80, stable: v1, subsets: [{{name: v1, labels: {{v: v1}}}}]}}\n"
    );
    let (documents, _) = load::documents(&Source::new("x", text));
    let mut problems = Problems::default();
    policy::check(&documents[0].node, &At::root(), &mut problems).unwrap().policy
}

fn target(path: &Path, text: &str) -> Target {
    Target { path: path.to_owned(), text: text.to_owned() }
}

fn made_from(release: &str, rest: &str) -> String {
    format!("# {MADE_BY}0.0.9 from Release {release}; do not edit\n{rest}")
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn a_folder_holds_what_was_rendered_last_and_what_is_not_serins() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("made/by/serin");
    let old = folder.join("30-install-sidecar.a.all.yaml");
    let kept = folder.join("10-destination-rule.yaml");
    super::folder(
        &policy("a"),
        &folder,
        &[target(&old, &made_from("shop/a", "")), target(&kept, &made_from("shop/a", "1"))],
        &[],
    )
    .unwrap();
    fs::write(folder.join("50-mine.yaml"), "mine").unwrap();
    super::folder(&policy("a"), &folder, &[target(&kept, &made_from("shop/a", "2"))], &[]).unwrap();
    assert_eq!(names(&folder), ["10-destination-rule.yaml", "50-mine.yaml"]);
    assert_eq!(fs::read_to_string(&kept).unwrap(), made_from("shop/a", "2"));
}

#[test]
fn nothing_is_written_where_something_else_is_in_the_way() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path();
    let in_the_way = folder.join("40-switch-sidecar.a.all.yaml");
    let new = folder.join("10-destination-rule.yaml");
    let cases = [
        ("kind: Mine\n".to_owned(), "it was not made by `serin render`"),
        (made_from("shop/b", ""), "it was made from the Release `shop/b`, not `shop/a`"),
    ];
    for (text, reason) in cases {
        fs::write(&in_the_way, &text).unwrap();
        let error = super::folder(&policy("a"), folder, &[target(&new, "x")], &[]).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("cannot replace `{}`: {reason}", in_the_way.display())
        );
        assert_eq!(names(folder), ["40-switch-sidecar.a.all.yaml"]);
    }
}

#[test]
fn all_files_or_none() {
    let root = tempfile::tempdir().unwrap();
    let good = root.path().join("good.yaml");
    let bad = root.path().join("missing/bad.yaml");
    let error = files(&[target(&good, "x"), target(&bad, "y")]).unwrap_err();
    assert_eq!(error.to_string(), format!("cannot write `{}`: no such folder", bad.display()));
    assert!(names(root.path()).is_empty());
    fs::create_dir(root.path().join("missing")).unwrap();
    files(&[target(&good, &made_from("shop/a", "x")), target(&bad, "y")]).unwrap();
    assert_eq!(names(root.path()), ["good.yaml", "missing"]);
}

#[test]
fn a_single_file_replaces_only_what_serin_made() {
    let root = tempfile::tempdir().unwrap();
    let file = root.path().join("envoy.yaml");
    fs::write(&file, "").unwrap();
    files(&[target(&file, &made_from("shop/a", ""))]).unwrap();
    files(&[target(&file, &made_from("shop/b", ""))]).unwrap();
    fs::write(&file, "admin: {}\n").unwrap();
    assert!(matches!(files(&[target(&file, "x")]), Err(Unwritten::InTheWay { .. })));
    assert!(matches!(files(&[target(root.path(), "x")]), Err(Unwritten::InTheWay { .. })));
    assert!(matches!(
        files(&[target(Path::new("/dev/null"), "x")]),
        Err(Unwritten::InTheWay { .. })
    ));
}

#[cfg(unix)]
#[test]
fn a_link_of_a_file_that_was_named_and_read_stays_a_link() {
    let root = tempfile::tempdir().unwrap();
    let (file, link) = (root.path().join("file.yaml"), root.path().join("link.yaml"));
    files(&[target(&file, &made_from("shop/a", "1"))]).unwrap();
    std::os::unix::fs::symlink(&file, &link).unwrap();
    in_place(&[target(&link, &made_from("shop/a", "2"))]).unwrap();
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(fs::read_to_string(&file).unwrap(), made_from("shop/a", "2"));
}

#[cfg(unix)]
#[test]
fn a_link_in_the_place_of_what_is_rendered_is_neither_followed_nor_replaced() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("mesh");
    fs::create_dir(&folder).unwrap();
    let (victim, link) = (root.path().join("victim"), folder.join("10-destination-rule.yaml"));
    std::os::unix::fs::symlink(&victim, &link).unwrap();
    for text in [None, Some(String::new()), Some(made_from("shop/a", "1"))] {
        if let Some(text) = &text {
            fs::write(&victim, text).unwrap();
        }
        let new = [target(&link, &made_from("shop/a", "2"))];
        for refused in [files(&new), super::folder(&policy("a"), &folder, &new, &[])] {
            let error = refused.unwrap_err().to_string();
            assert!(error.ends_with("it is a symbolic link, expected a file"), "{error}");
        }
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read_to_string(&victim).ok(), text);
        assert_eq!(names(&folder), ["10-destination-rule.yaml"]);
    }
}

#[test]
fn a_new_file_has_a_name_of_its_own() {
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join("a.yaml");
    let besides: Vec<PathBuf> = (0..8).map(|_| beside(&path).unwrap().0).collect();
    assert_eq!(names(root.path()).len(), besides.len());
    files(&[target(&path, "x")]).unwrap();
    assert_eq!(names(root.path()).len(), besides.len() + 1);
}

#[cfg(unix)]
#[test]
fn what_is_replaced_keeps_its_permissions() {
    use std::os::unix::fs::PermissionsExt;
    let root = tempfile::tempdir().unwrap();
    let file = root.path().join("mine.yaml");
    fs::write(&file, "before").unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
    in_place(&[target(&file, "after")]).unwrap();
    assert_eq!(fs::read_to_string(&file).unwrap(), "after");
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o640);
}

#[test]
fn a_file_of_the_users_changes_with_the_folder_or_not_at_all() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("mesh");
    let mine = root.path().join("mine.yaml");
    fs::write(&mine, "before").unwrap();
    let new = folder.join("10-destination-rule.yaml");
    let write = |mine: &Path| {
        let rendered = [target(&new, &made_from("shop/a", ""))];
        super::folder(&policy("a"), &folder, &rendered, &[target(mine, "after")])
    };
    assert!(matches!(write(&root.path().join("none.yaml")), Err(Unwritten::Io { .. })));
    assert!(!folder.exists());
    fs::create_dir(&folder).unwrap();
    fs::write(&new, "another's").unwrap();
    assert!(matches!(write(&mine), Err(Unwritten::InTheWay { .. })));
    assert_eq!(fs::read_to_string(&mine).unwrap(), "before");
    fs::remove_file(&new).unwrap();
    write(&mine).unwrap();
    assert_eq!(fs::read_to_string(&mine).unwrap(), "after");
    assert_eq!(names(&folder), ["10-destination-rule.yaml"]);
}

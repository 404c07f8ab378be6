//! Faults of a kubeconfig, each in one sentence that says what to look at.

use std::fs;

use tempfile::TempDir;

use crate::check::program::{Run, root, run};

fn status(kubeconfig: &str, options: &[&str]) -> Run {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("config");
    fs::write(&path, kubeconfig).unwrap();
    run(root(), &[&["status", "--kubeconfig", path.to_str().unwrap()], options].concat(), b"")
}

fn kubeconfig(current: &str, cluster: &str, fields: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Config\n{current}\n\
         contexts: [{{name: shop, context: {{cluster: {cluster}, user: u}}}}, {{name: test, context: {{cluster: c, user: u}}}}]\n\
         clusters: [{{name: c, cluster: {{{fields}}}}}]\nusers: [{{name: u, user: {{token: none}}}}]\n"
    )
}

#[test]
fn faults_of_a_kubeconfig_are_said_in_words() {
    const SERVER: &str = "server: \"https://127.0.0.1:1\"";
    const CURRENT: &str = "current-context: shop";
    let good = kubeconfig(CURRENT, "c", SERVER);
    let authority = |field: &str| kubeconfig(CURRENT, "c", &format!("{SERVER}, {field}"));
    for (text, options, words) in [
        (good.clone(), &["--context", "prod"][..], "no context `prod` (contexts: `shop`, `test`)"),
        (kubeconfig("", "c", SERVER), &[], "no current context (contexts: `shop`, `test`)"),
        (kubeconfig(CURRENT, "d", SERVER), &[], "no cluster `d`, to which the context refers"),
        (kubeconfig(CURRENT, "c", ""), &[], "the context's cluster has no `server`"),
        (
            kubeconfig(CURRENT, "c", "server: \"a b\""),
            &[],
            "`server` of the context's cluster is not a URL",
        ),
        (
            authority("certificate-authority: /no/ca.crt"),
            &[],
            "cannot read `/no/ca.crt`, the `certificate-authority`: no such file",
        ),
        (
            authority("certificate-authority-data: \"?\""),
            &[],
            "`certificate-authority-data` is not base64",
        ),
        ("contexts: [".to_owned(), &[], "/config:1:11: "),
    ] {
        let ran = status(&text, options);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(3), ""), "{}", ran.shown());
        let lines: Vec<&str> = ran.stderr.lines().collect();
        let [error, help] = lines.as_slice() else { panic!("{}", ran.shown()) };
        assert!(error.starts_with("error: cannot connect to a cluster: "), "{}", ran.shown());
        assert!(error.contains(words), "no `{words}`: {}", ran.shown());
        assert!(help.contains("`--kubeconfig FILE` and `--context NAME`"), "{}", ran.shown());
    }
    let missing = run(root(), &["status", "--kubeconfig", "/no/config"], b"");
    assert!(
        missing.stderr.starts_with(
            "error: cannot connect to a cluster: cannot read the kubeconfig `/no/config`: no such file\n"
        ),
        "{}",
        missing.shown()
    );
}

/// `kubectl` waits for such a plugin, and reads all of it.
#[test]
fn an_exec_plugin_that_prints_without_an_end_is_stopped_and_named() {
    let good = kubeconfig("current-context: shop", "c", "server: \"https://127.0.0.1:1\"");
    let exec = "exec: {apiVersion: client.authentication.k8s.io/v1, command: \"yes\", interactiveMode: Never}";
    let ran = status(&good.replace("token: none", exec), &[]);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(3), ""), "{}", ran.shown());
    let error = "cannot log in: `yes`, the exec plugin of the user `u`, printed more than 1 MiB\n";
    assert!(ran.stderr.contains(error), "{}", ran.shown());
    assert!(ran.stderr.starts_with("error: cannot connect to a cluster: /"), "{}", ran.shown());
}

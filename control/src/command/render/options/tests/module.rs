//! Where the module is.

use super::*;

#[test]
fn a_module_is_fetched_with_tls_and_without_credentials() {
    let options = format!("--output d --module-sha256 {}", "ab".repeat(32));
    let found = complaints(&format!("{options} --module-url http://a/b"));
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains("add `--insecure-module-url`"), "{found:?}");
    let url = "--insecure-module-url --module-url http://a/b";
    let (_, found) = read(&format!("{options} {url}"));
    assert_eq!(found, []);
    for url in ["https://u:hush@a/b", "http://hush@a/b", "https://a/b?sig=hush"] {
        let found = complaints(&format!("{options} --insecure-module-url --module-url {url}"));
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(!found[0].contains("hush"), "{found:?}");
    }
}

#[test]
fn a_digest_is_written_in_lower_case() {
    let digest = "AB".repeat(32);
    let (options, _) =
        read(&format!("--output d --module-url https://a/b --module-sha256 {digest}"));
    let Some(Options::Mesh(mesh)) = options else { panic!() };
    let Modules::Full(Module::Remote { url, sha256 }) = mesh.options.delivery.modules else {
        panic!()
    };
    assert_eq!((url.as_str(), sha256), ("https://a/b", "ab".repeat(32)));
}

#[test]
fn the_module_without_the_regex_engine_stands_beside_the_other_or_alone() {
    let modules = |line: &str| {
        let (options, complaints) = read(&format!("--output d {line}"));
        assert_eq!(complaints, [], "{line}");
        let Some(Options::Mesh(mesh)) = options else { panic!() };
        mesh.options.delivery.modules
    };
    let (full, lite) = (Module::File("/m".to_owned()), Module::File("/l".to_owned()));
    let both = Modules::Both { full, lite: lite.clone() };
    assert_eq!(modules("--module-file /m --lite-module-file /l"), both);
    assert_eq!(modules("--lite-module-file /l"), Modules::Lite(lite));
    let url =
        format!("--module-file /m --lite-module-url oci://r/serin@sha256:{}", "ab".repeat(32));
    assert!(matches!(modules(&url), Modules::Both { lite: Module::Remote { .. }, .. }));
    assert_eq!(
        complaints(
            "--output d --module-file /m --lite-module-file l --lite-module-url https://a/b"
        ),
        [
            "expected one of `--lite-module-file PATH` and `--lite-module-url URL`, found both; say where the proxies \
             get the module"
        ]
    );
    assert_eq!(
        complaints("--output d --module-file m --lite-module-url https://a/b"),
        [
            "`--lite-module-sha256 HEX` is missing",
            "`--module-file`: expected a path that begins with `/`, found `m`; write its path in the proxies, such as \
             `/var/local/serin/serin.wasm`",
        ]
    );
}

#[test]
fn an_image_is_named_by_its_digest() {
    let digest = "ab".repeat(32);
    let sha256 = |line: &str| -> String {
        let (options, complaints) = read(&format!("--output d --module-url {line}"));
        assert_eq!(complaints, [], "{line}");
        let Some(Options::Mesh(mesh)) = options else { panic!() };
        let Modules::Full(Module::Remote { sha256, .. }) = mesh.options.delivery.modules else {
            panic!()
        };
        sha256
    };
    for line in [
        format!("oci://r.example.com/a/serin@sha256:{digest}"),
        format!("oci://r.example.com/serin:1 --module-sha256 {digest}"),
        format!("oci://r.example.com:5000/serin@sha256:{digest} --module-sha256 {digest}"),
    ] {
        assert_eq!(sha256(&line), digest);
    }
    let refused = |line: &str| complaints(&format!("--output d --module-url {line}"));
    let help = "such as `oci://registry.example.com/serin@sha256:HEX`; pushing the image prints the digest";
    assert_eq!(
        refused("oci://r.example.com/serin:1"),
        [format!("`--module-url`: expected the digest of an image, found none; {help}")]
    );
    assert_eq!(
        refused(&format!("oci://serin@sha256:{digest}")),
        [format!(
            "`--module-url`: expected `oci://HOST/REPOSITORY`, found `oci://serin@sha256:{digest}`; {help}"
        )]
    );
    let other = "cd".repeat(32);
    let [found] = &refused(&format!("oci://r/s@sha256:{digest} --module-sha256 {other}"))[..]
    else {
        panic!()
    };
    assert!(
        found.starts_with("`--module-url` and `--module-sha256` name different digests"),
        "{found}"
    );
}

#[test]
fn a_password_is_for_a_registry_and_filter_state() {
    let digest = "ab".repeat(32);
    let refused = |line: &str| complaints(&format!("--output d {line}"));
    let [found] = &refused("--module-file /m --module-pull-secret s")[..] else { panic!() };
    assert_eq!(found, "`--module-pull-secret` is for `--module-url oci://…`");
    let line = format!(
        "--route cluster-header --module-url oci://r/s@sha256:{digest} --module-pull-secret s"
    );
    let [found] = &refused(&line)[..] else { panic!() };
    assert!(
        found.starts_with("`--module-pull-secret` does not work with `--route cluster-header`"),
        "{found}"
    );
}

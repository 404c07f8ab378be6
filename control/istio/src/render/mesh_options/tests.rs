use serde_json::json;

use super::*;

fn options() -> MeshOptions {
    MeshOptions {
        istio: Some("1.29".to_owned()),
        module_file: Some("/serin.wasm".to_owned()),
        lite_module_file: Some("/serin-lite.wasm".to_owned()),
        no_gate: true,
        gateway: vec!["istio-system/public".to_owned()],
        ..MeshOptions::new(Mode::VirtualService)
    }
}

#[test]
fn options_are_read_as_they_were_written() {
    let options = options();
    assert_eq!(MeshOptions::read(&options.to_value()), Ok(options));
    assert!(MeshOptions::read(&json!({})).is_err());
    let mistyped = MeshOptions::read(&json!({"route": "matcher", "moduleFlie": "x"})).unwrap();
    assert!(mistyped.check_known().is_err());
}

/// What `serin` 0.1 wrote before the options had a version.
#[test]
fn what_was_written_without_a_version_is_read_and_written_the_same() {
    let written = json!({
        "failPolicy": "reload",
        "noGate": true,
        "istio": "1.29",
        "gateway": ["istio-system/public"],
        "moduleUrl": "oci://registry.example.com/serin",
        "moduleSha256": "a".repeat(64),
        "modulePullSecret": "registry",
        "route": "matcher",
    });
    let read = MeshOptions::read(&written).unwrap();
    assert_eq!((read.version, read.check_known()), (1, Ok(())));
    assert_eq!(read.to_value(), written);
    let options = read.options(Naming::Fields).unwrap();
    assert_eq!(options.mode, Mode::Matcher);
    assert_eq!(options.delivery.failure, FailurePolicy::Reload);
    assert_eq!(options.pull_secret.as_deref(), Some("registry"));
    assert!(!options.gate);
}

#[test]
fn what_a_later_version_added_is_kept_and_named() {
    let mut written = options().to_value();
    written["moduleMirrors"] = json!(["a", {"b": 1}]);
    written["shards"] = json!(3);
    let read = MeshOptions::read(&written).unwrap();
    assert_eq!(read.to_value(), written);
    let message = read.check_known().unwrap_err();
    assert_eq!(
        message.text,
        "unknown to this `serin`: `status.mesh.moduleMirrors`, `status.mesh.shards`"
    );
    assert!(read.options(Naming::Fields).is_ok());

    let mut written = options().to_value();
    written["version"] = json!(2);
    let read = MeshOptions::read(&written).unwrap();
    assert_eq!(read.to_value(), written);
    let message = read.check_known().unwrap_err();
    assert_eq!(message.text, "`status.mesh` has version 2, and this `serin` knows 1");
}

#[test]
fn the_digest_of_an_empty_file_is_refused_where_it_is_given() {
    let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    let url = |url: &str| Some(url.to_owned());
    let image = format!("oci://registry.example.com/serin@sha256:{empty}");
    let matcher = || MeshOptions::new(Mode::Matcher);
    let cases = [
        (
            MeshOptions {
                module_url: url("https://example.com/serin.wasm"),
                module_sha256: Some(empty.to_ascii_uppercase()),
                ..matcher()
            },
            "`--module-sha256`",
        ),
        (MeshOptions { module_url: Some(image.clone()), ..matcher() }, "`--module-url`"),
        (
            MeshOptions {
                module_file: Some("/serin.wasm".to_owned()),
                lite_module_url: url("oci://registry.example.com/serin:lite"),
                lite_module_sha256: Some(empty.to_owned()),
                ..matcher()
            },
            "`--lite-module-sha256`",
        ),
        (MeshOptions { lite_module_url: Some(image), ..matcher() }, "`--lite-module-url`"),
    ];
    for (options, name) in cases {
        let [fault] = &options.options(Naming::Flags).unwrap_err()[..] else {
            panic!("one fault: {options:?}")
        };
        assert_eq!(fault.text, format!("{name}: `{empty}` is the SHA-256 of an empty file"));
        // What was stored is read: it must be possible to take it back.
        assert!(options.options(Naming::Fields).is_ok(), "{options:?}");
        assert_eq!(options.empty_digests(Naming::Fields).len(), 1, "{options:?}");
    }
}

#[test]
fn a_url_without_tls_or_with_credentials_is_refused_and_no_secret_is_shown() {
    let of = |url: &str| MeshOptions { module_url: Some(url.to_owned()), ..options() };
    let said = |url: &str, naming, allows_http| {
        let faults = of(url).unsafe_urls(naming, allows_http);
        faults.into_iter().map(|fault| fault.text).collect::<Vec<_>>()
    };
    assert_eq!(
        said("http://a/b", Naming::Flags, false),
        ["`--module-url`: `http` has no encryption, found `http://a/b`"]
    );
    assert!(said("http://a/b", Naming::Flags, true).is_empty());
    assert!(said("https://a/b", Naming::Flags, false).is_empty());
    for url in ["https://u:hush@a/b", "oci://u:hush@a/b@sha256:00", "https://a/b?token=hush"] {
        for naming in [Naming::Flags, Naming::Fields] {
            let [fault] = &said(url, naming, true)[..] else { panic!("{url}") };
            assert!(!fault.contains("hush") && fault.contains("://a/b"), "{fault}");
        }
        let faults = of(url).options(Naming::Flags).err().unwrap_or_default();
        assert!(faults.iter().all(|fault| !fault.line().contains("hush")), "{faults:?}");
    }
}

#[test]
fn what_is_wrong_is_said_under_the_name_it_was_read_by() {
    let wrong = MeshOptions {
        module_url: Some("ftp://x".to_owned()),
        module_file: None,
        lite_module_file: None,
        istio: Some("new".to_owned()),
        ..options()
    };
    let said = |naming: Naming| {
        let faults = wrong.options(naming).unwrap_err();
        faults.into_iter().map(|fault| fault.text).collect::<Vec<_>>()
    };
    assert_eq!(
        said(Naming::Fields),
        [
            "`status.mesh.moduleSha256: HEX` is missing",
            "`status.mesh.moduleUrl`: expected a URL with `https` or `oci`, found `ftp://x`",
            "`status.mesh.istio`: expected a version of Istio, found `new`",
        ]
    );
    assert_eq!(said(Naming::Flags)[0], "`--module-sha256 HEX` is missing");
    let error = MeshOptions::read(&json!({"route": "matcher", "noGate": "yes"})).unwrap_err();
    assert_eq!(
        error.chain(),
        "`status.mesh` cannot be read: expected a boolean, found the string `yes`"
    );
    assert!(std::error::Error::source(&error).is_some());
}

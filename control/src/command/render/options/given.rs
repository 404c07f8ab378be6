//! Which of the options that belong together are given.

use super::super::Args;

/// Those for an Envoy without Istio.
pub(super) fn of_envoy(args: &Args) -> [(&'static str, bool); 7] {
    [
        ("--module", args.module.is_some()),
        ("--lite-module", args.lite_module.is_some()),
        ("--listen", args.listen.is_some()),
        ("--upstream", !args.upstream.is_empty()),
        ("--admin", args.admin.is_some()),
        ("--carrier", args.carrier.is_some()),
        ("--ecds", args.ecds.is_some()),
    ]
}

/// Those that say where the proxies of a mesh get the module from.
pub(super) fn of_module(args: &Args) -> [(&'static str, bool); 8] {
    [
        ("--module-file", args.mesh.module_file.is_some()),
        ("--module-url", args.mesh.module_url.is_some()),
        ("--insecure-module-url", args.mesh.insecure_module_url),
        ("--module-sha256", args.mesh.module_sha256.is_some()),
        ("--lite-module-file", args.mesh.lite_module_file.is_some()),
        ("--lite-module-url", args.mesh.lite_module_url.is_some()),
        ("--lite-module-sha256", args.mesh.lite_module_sha256.is_some()),
        ("--module-pull-secret", args.mesh.module_pull_secret.is_some()),
    ]
}

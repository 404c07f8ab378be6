//! `serin crd`: the definition of Releases for a cluster. (Interim: LANGUAGE replaces this file by the real schema.)

use anyhow::Context;

use crate::exit::Exit;
use crate::report::Console;

/// What the command is asked.
#[derive(Debug, clap::Args)]
pub struct Args {}

const DEFINITION: &str = "\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: releases.serin.dev
  annotations: {serin.dev/schema-revision: \"1\"}
spec:
  group: serin.dev
  scope: Namespaced
  names: {kind: Release, plural: releases, singular: release}
  versions:
  - name: v1alpha1
    served: true
    storage: true
    subresources: {status: {}}
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec: {type: object, x-kubernetes-preserve-unknown-fields: true}
          status: {type: object, x-kubernetes-preserve-unknown-fields: true}
";

/// Prints it.
///
/// # Errors
/// When standard output cannot be written.
pub fn run(_: &Args, console: &mut Console) -> anyhow::Result<Exit> {
    console.print(DEFINITION).context("cannot write to standard output")?;
    Ok(Exit::OK)
}

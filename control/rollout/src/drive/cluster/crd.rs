//! The CRD in the cluster, compared with the one of this program.

use super::{Cluster, Error, Resource};
use crate::crd::{NAME, REVISION_ANNOTATION};

impl dyn Cluster + '_ {
    /// Checks that the CRD in the cluster has this revision or a later one; a note if it is later.
    ///
    /// # Errors
    /// When the CRD is not installed or older, or cannot be read.
    pub async fn check_crd(&self, expected: u32) -> Result<Option<String>, Error> {
        let definition = self.get(&Resource::CRD, None, NAME).await?.ok_or(Error::CrdMissing)?;
        verdict(definition.annotation(REVISION_ANNOTATION), expected)
    }

    /// The revision of the CRD in the cluster; none if it is not installed.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn crd_revision(&self) -> Result<Option<u32>, Error> {
        let definition = self.get(&Resource::CRD, None, NAME).await?;
        Ok(definition.map(|definition| revision(definition.annotation(REVISION_ANNOTATION))))
    }
}

/// One without the annotation is older than the first that had it.
fn revision(annotation: Option<&str>) -> u32 {
    annotation.and_then(|text| text.parse().ok()).unwrap_or(0)
}

fn verdict(annotation: Option<&str>, expected: u32) -> Result<Option<String>, Error> {
    let found = revision(annotation);
    if found < expected {
        return Err(Error::CrdOlder { found, expected });
    }
    let note = format!(
        "the CRD in the cluster is newer than this serin (schema {found}, this one has {expected}): unknown fields are \
         kept"
    );
    Ok((found > expected).then_some(note))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_definition_is_that_of_what_is_asked_for() {
        let definition = crate::crd::definition().unwrap();
        let crd = [Resource::CRD.api_version(), Resource::CRD.kind.to_owned()];
        assert_eq!(
            crd,
            ["apiVersion", "kind"].map(|key| definition[key].as_str().unwrap().to_owned())
        );
        let Resource { group, version, plural, kind } = Resource::RELEASE;
        let spec = &definition["spec"];
        assert_eq!(NAME, format!("{plural}.{group}"));
        assert_eq!((&spec["group"], &spec["names"]["plural"]), (&group.into(), &plural.into()));
        assert_eq!(spec["versions"][0]["name"], version);
        assert_eq!(spec["names"]["kind"], kind);
    }

    #[test]
    fn older_definitions_are_refused_and_newer_ones_noted() {
        assert_eq!(verdict(Some("3"), 3), Ok(None));
        let older = Err(Error::CrdOlder { found: 2, expected: 3 });
        assert_eq!(verdict(Some("2"), 3), older);
        for unreadable in [None, Some(""), Some("x")] {
            assert_eq!(verdict(unreadable, 1), Err(Error::CrdOlder { found: 0, expected: 1 }));
        }
        assert!(verdict(Some("4"), 3).unwrap().unwrap().contains("schema 4"));
    }
}

//! Which container of a pod template an image is for.

use serde_json::{Value, json};

use crate::drive::cluster::{Error, Object};

/// The pod template of a Deployment with this image: `CONTAINER=IMAGE`, or `IMAGE` for the only container, or for
/// the only one whose image is of the same repository.
pub(super) fn with_image(deployment: &Object, image: &str) -> Result<Value, Error> {
    let mut template = deployment.value().pointer("/spec/template").cloned().unwrap_or_default();
    let containers = template.pointer_mut("/spec/containers").and_then(Value::as_array_mut);
    let containers = containers.map(Vec::as_mut_slice).unwrap_or_default();
    let (position, image) =
        choose(containers, image).map_err(|problem| ambiguous(deployment, containers, &problem))?;
    if let Some(container) = containers.get_mut(position) {
        container["image"] = json!(image);
    }
    Ok(template)
}

fn text<'a>(container: &'a Value, key: &str) -> &'a str {
    container.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// The position of the container, and its image.
fn choose<'i>(containers: &[Value], image: &'i str) -> Result<(usize, &'i str), String> {
    // No image has an `=` in it.
    if let Some((name, image)) = image.split_once('=') {
        let position = containers.iter().position(|container| text(container, "name") == name);
        let position = position.ok_or_else(|| format!("has no container `{name}`"))?;
        return Ok((position, image));
    }
    let same = |container: &Value| repository(text(container, "image")) == repository(image);
    let mut alike = containers.iter().enumerate().filter(|(_, container)| same(container));
    match (alike.next(), alike.next()) {
        (Some((position, _)), None) => Ok((position, image)),
        (None, _) if containers.len() == 1 => Ok((0, image)),
        (None, _) => Err(format!("has no container with an image of `{}`", repository(image))),
        (Some(_), Some(_)) => {
            Err(format!("has several containers with an image of `{}`", repository(image)))
        }
    }
}

/// An image without its tag and digest.
fn repository(image: &str) -> &str {
    let name = image.split('@').next().unwrap_or(image);
    match name.rsplit_once(':') {
        // That of a port is followed by a path.
        Some((repository, tag)) if !tag.contains('/') => repository,
        _ => name,
    }
}

fn ambiguous(deployment: &Object, containers: &[Value], problem: &str) -> Error {
    let names: Vec<String> = containers
        .iter()
        .map(|container| format!("`{}` ({})", text(container, "name"), text(container, "image")))
        .collect();
    Error::Workload {
        message: format!("{} {problem}; it has {}", deployment.title(), names.join(", ")),
        help: "say which: `--image CONTAINER=IMAGE`".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn deployment(images: &[(&str, &str)]) -> Object {
        let containers: Vec<Value> =
            images.iter().map(|(name, image)| json!({ "name": name, "image": image })).collect();
        Object::from(json!({
            "kind": "Deployment",
            "metadata": { "namespace": "shop", "name": "reviews-v1" },
            "spec": { "template": { "spec": { "containers": containers } } },
        }))
    }

    /// The images after it.
    fn images(images: &[(&str, &str)], image: &str) -> Result<Vec<String>, String> {
        let template = with_image(&deployment(images), image)
            .map_err(|error| format!("{error}; {}", error.help().unwrap()))?;
        let containers = template.pointer("/spec/containers").unwrap().as_array().unwrap();
        Ok(containers.iter().map(|container| text(container, "image").to_owned()).collect())
    }

    #[test]
    fn an_image_is_for_the_only_container_or_the_one_of_its_repository() {
        assert_eq!(images(&[("a", "x:1")], "y:2").unwrap(), ["y:2"]);
        let two = [("app", "r:5000/reviews:1"), ("log", "r:5000/log@sha256:ab")];
        assert_eq!(images(&two, "r:5000/reviews:2").unwrap()[0], "r:5000/reviews:2");
        assert_eq!(images(&two, "r:5000/log:9").unwrap(), ["r:5000/reviews:1", "r:5000/log:9"]);
        assert_eq!(images(&two, "log=other").unwrap()[1], "other");
    }

    #[test]
    fn what_is_not_clear_is_asked_with_the_names() {
        let two = [("app", "reviews:1"), ("log", "log:1")];
        assert_eq!(
            images(&two, "other:1").unwrap_err(),
            "Deployment shop/reviews-v1 has no container with an image of `other`; it has `app` (reviews:1), `log` (log:1); \
             say which: `--image CONTAINER=IMAGE`"
        );
        let same = [("a", "x:1"), ("b", "x:2")];
        assert!(images(&same, "x:3").unwrap_err().contains("has several containers"));
        assert!(images(&same, "c=x:3").unwrap_err().contains("has no container `c`"));
    }

    #[test]
    fn a_port_is_not_a_tag() {
        for (image, expected) in [
            ("reviews", "reviews"),
            ("reviews:1", "reviews"),
            ("r:5000/reviews", "r:5000/reviews"),
            ("r:5000/reviews:1@sha256:ab", "r:5000/reviews"),
            ("r/reviews@sha256:ab", "r/reviews"),
        ] {
            assert_eq!(repository(image), expected);
        }
    }
}

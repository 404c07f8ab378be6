//! Others on the same listener: a second Release, the same host on another port, another team's filters.

use anyhow::Context;
use serde_json::{Value, json};

use crate::caller::{Caller, STAFF};
use crate::place::Place;
use crate::release;
use crate::scene::{PORT, Scene, deployment, in_order};
use crate::table::Row;
use crate::world::World;

const TITLE: &str = "Neighbours on one listener";
/// A member of another group.
const TESTERS: (&str, &str) = ("cookie", "user=t; group=testers");
/// The second port of `reviews`.
const ADMIN_PORT: u16 = 9081;

/// Two Releases for two services that the same workload calls.
pub(crate) async fn two_services(world: &World) -> anyhow::Result<()> {
    let mut scene = Scene::start(world, "two-services").await?;
    let labels = json!({"app": "ratings", "version": "v2"});
    let second = deployment(&scene.namespace, "ratings-v2", &labels, 1);
    scene.mesh.kubectl().apply(&second.to_string()).await?;
    scene.mesh.kubectl().ready(&scene.namespace).await?;
    scene.pods.follow().await?;
    let reviews =
        release::reviews(&scene.namespace, &Place::Sidecar.attach(&scene), quiet("staff"));
    let fields = json!({
        "host": "ratings",
        "stable": "old",
        "subsets": [
            {"name": "old", "labels": {"version": "v1"}},
            {"name": "v2", "labels": {"version": "v2"}},
        ],
    });
    let mut ratings = release::reviews(
        &scene.namespace,
        &Place::Sidecar.attach(&scene),
        merged(quiet("testers"), fields),
    );
    ratings["metadata"]["name"] = json!("ratings");
    let labels = json!({"app": "ratings", "version": "v1"});
    let first = deployment(&scene.namespace, "ratings-v1", &labels, 1);
    scene.mesh.kubectl().apply(&first.to_string()).await?;
    scene.mesh.kubectl().ready(&scene.namespace).await?;
    scene.pods.follow().await?;
    for (name, release) in [("reviews", &reviews), ("ratings", &ratings)] {
        let files = scene.render(release, name, &[]).await?;
        scene.apply(&files).await?;
    }
    let attached = scene.sidecar("productpage").await?;
    let to = |host| Caller { proxy: &attached, host, port: PORT };
    to("reviews:9080").until_staff("v2").await?;
    let mut row = Row::new("two Releases, one workload");
    row.note(
        "found",
        expect(&[
            (to("reviews:9080"), STAFF, "v2"),
            (to("reviews:9080"), TESTERS, "v1"),
            (to("ratings:9080"), STAFF, "v1"),
            (to("ratings:9080"), TESTERS, "v2"),
        ])
        .await,
    );
    world.found(TITLE, row)?;
    scene.end().await
}

/// Two Releases for two ports of one host, woven into the same objects.
pub(crate) async fn two_ports(world: &World) -> anyhow::Result<()> {
    let scene = Scene::start(world, "two-ports").await?;
    let ports = [("http", PORT), ("http-admin", ADMIN_PORT)]
        .map(|(name, port)| json!({"name": name, "port": port, "targetPort": 8080}));
    let service = json!({
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "reviews", "namespace": scene.namespace},
        "spec": {"selector": {"app": "reviews"}, "ports": ports},
    });
    scene.mesh.kubectl().apply(&service.to_string()).await?;
    let own = scene.write("own.yaml", &crate::own::objects(&scene, Place::Sidecar, false))?;
    let public = release::reviews(&scene.namespace, &Place::Sidecar.attach(&scene), quiet("staff"));
    let fields = merged(quiet("testers"), json!({"port": ADMIN_PORT}));
    let mut admin = release::reviews(&scene.namespace, &Place::Sidecar.attach(&scene), fields);
    admin["metadata"]["name"] = json!("reviews-admin");
    let mut files = Vec::new();
    for (name, release) in [("public", &public), ("admin", &admin)] {
        files.extend(scene.render(release, name, &["--into", "own.yaml"]).await?);
    }
    // What installs a filter before what switches it on.
    files.sort_by_key(|file| file.file_name().map(ToOwned::to_owned));
    let files = in_order(&files, &own);
    let service = scene.write("service.yaml", &service.to_string())?;
    scene.mesh.validate(&[files.clone(), vec![service, scene.objects()?]].concat()).await?;
    scene.apply(&files).await?;
    let attached = scene.sidecar("productpage").await?;
    let at = |port| Caller {
        proxy: &attached,
        host: if port == PORT { "reviews:9080" } else { "reviews:9081" },
        port,
    };
    at(PORT).until_staff("v2").await?;
    let mut row = Row::new("one host, two ports");
    row.note(
        "found",
        expect(&[
            (at(PORT), STAFF, "v2"),
            (at(PORT), TESTERS, "v1"),
            (at(ADMIN_PORT), STAFF, "v1"),
            (at(ADMIN_PORT), TESTERS, "v2"),
        ])
        .await,
    );
    world.found(TITLE, row)?;
    scene.end().await
}

/// Another team's Lua on the same listener, which sets a header that a rule asks for: with a higher priority it
/// stands before the filter, with a lower one behind it. And an `ext_authz` that clears the route afterwards.
pub(crate) async fn other_filters(world: &World) -> anyhow::Result<()> {
    let scene = Scene::start(world, "other-filters").await?;
    let rules = json!([{
        "name": "gold",
        "match": [{"headers": {"x-tier": {"exact": "gold"}}}],
        "split": {"v2": 100},
    }, {
        "name": "staff",
        "match": [{"cookies": {"group": {"exact": "staff"}}}],
        "split": {"v2": 100},
    }]);
    let fields = json!({"rules": rules, "split": {"v2": 0}});
    let release = release::reviews(&scene.namespace, &Place::Sidecar.attach(&scene), fields);
    let files = scene.render(&release, "mesh", &[]).await?;
    scene.apply(&files).await?;
    for (priority, subset) in [(20, "v2"), (5, "v1")] {
        scene.mesh.kubectl().apply(&lua(&scene, priority).to_string()).await?;
        let attached = scene.sidecar("productpage").await?;
        let caller = Caller { proxy: &attached, host: "reviews:9080", port: PORT };
        caller.until_staff("v2").await?;
        let mut row = Row::new(format!("Lua sets the header of a rule, priority {priority}"));
        row.note("found", expect(&[(caller, ("x-ask", "tier"), subset)]).await);
        world.found(TITLE, row)?;
    }
    scene.mesh.kubectl().apply(&ext_authz(&scene).to_string()).await?;
    let attached = scene.sidecar("productpage").await?;
    let caller = Caller { proxy: &attached, host: "reviews:9080", port: PORT };
    caller.until_staff("v2").await?;
    let mut row = Row::new("ext_authz behind the filter clears the route");
    row.note("found", expect(&[(caller, STAFF, "v2"), (caller, TESTERS, "v1")]).await);
    world.found(TITLE, row)?;
    scene.end().await
}

/// Fields of a Release whose only rule gives v2 to a group.
fn quiet(group: &str) -> Value {
    json!({
        "rules": [{
            "name": group,
            "match": [{"cookies": {"group": {"exact": group}}}],
            "split": {"v2": 100},
        }],
        "split": {"v2": 0},
    })
}

fn merged(mut fields: Value, more: Value) -> Value {
    if let (Value::Object(fields), Value::Object(more)) = (&mut fields, more) {
        fields.extend(more);
    }
    fields
}

async fn expect(asked: &[(Caller<'_>, (&str, &str), &str)]) -> anyhow::Result<String> {
    for (caller, who, subset) in asked {
        let counts = caller.count(10, "/", &[*who]).await;
        counts.only(subset).with_context(|| format!("{who:?} at {}", caller.host))?;
    }
    Ok(asked.iter().map(|(_, _, subset)| *subset).collect::<Vec<_>>().join(", "))
}

fn filter(scene: &Scene<'_>, name: &str, priority: i32, operation: &str, value: &Value) -> Value {
    json!({
        "apiVersion": "networking.istio.io/v1alpha3",
        "kind": "EnvoyFilter",
        "metadata": {"name": name, "namespace": scene.namespace},
        "spec": {
            "workloadSelector": {"labels": {"app": "productpage"}},
            "priority": priority,
            "configPatches": [{
                "applyTo": "HTTP_FILTER",
                "match": {
                    "context": "SIDECAR_OUTBOUND",
                    "listener": {
                        "portNumber": PORT,
                        "filterChain": {"filter": {
                            "name": "envoy.filters.network.http_connection_manager",
                            "subFilter": {"name": "envoy.filters.http.router"},
                        }},
                    },
                },
                "patch": {"operation": operation, "value": value},
            }],
        },
    })
}

/// Another team's filter, which sets a header.
pub(crate) fn lua(scene: &Scene<'_>, priority: i32) -> Value {
    let code = "function envoy_on_request(handle)
  if handle:headers():get('x-ask') == 'tier' then handle:headers():replace('x-tier', 'gold') end
end";
    let value = json!({
        "name": "tier",
        "typed_config": {
            "@type": "type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua",
            "default_source_code": {"inline_string": code},
        },
    });
    filter(scene, "tier", priority, "INSERT_FIRST", &value)
}

/// Asks `ratings`, which allows everything.
fn ext_authz(scene: &Scene<'_>) -> Value {
    let host = format!("ratings.{}.svc.cluster.local", scene.namespace);
    let value = json!({
        "name": "authorize",
        "typed_config": {
            "@type": "type.googleapis.com/envoy.extensions.filters.http.ext_authz.v3.ExtAuthz",
            "transport_api_version": "V3",
            "clear_route_cache": true,
            "http_service": {
                "server_uri": {
                    "uri": format!("http://{host}:{PORT}"),
                    "cluster": format!("outbound|{PORT}||{host}"),
                    "timeout": "1s",
                },
                "authorization_response": {
                    "allowed_upstream_headers": {"patterns": [{"exact": "x-served-by"}]},
                },
            },
        },
    });
    filter(scene, "authorize", 30, "INSERT_BEFORE", &value)
}

//! What somebody may send who wants to be served by v2.

use std::iter::once;

/// Requests' headers, each an attempt; the last one is all of them together.
pub(super) fn claims(namespace: &str) -> Vec<Vec<(&'static str, String)>> {
    let fqdn = format!("reviews.{namespace}.svc.cluster.local");
    let subset = format!("reviews.{namespace}/v2");
    let cluster = format!("outbound|9080|v2|{fqdn}");
    let aggregate = format!("serin|9080|v2|{fqdn}");
    let elsewhere = format!("outbound|9080||ratings.{namespace}.svc.cluster.local");
    let property = format!("serin.{namespace}.reviews");
    let single = [
        ("x-serin-subset", subset.clone()),
        ("X-Serin-Subset", subset.clone()),
        ("x-serin-subset", "v2".to_owned()),
        ("x-serin-subset", format!(" {subset} ")),
        ("x_serin_subset", subset.clone()),
        ("x-serin-cluster", cluster.clone()),
        ("x-serin-cluster", aggregate),
        ("x-serin-cluster", elsewhere),
        ("x-envoy-cluster", cluster.clone()),
        ("x-envoy-decorator-operation", cluster.clone()),
        ("x-envoy-original-host", fqdn),
        ("x-envoy-upstream-alt-stat-name", "v2".to_owned()),
        ("serin", property.clone()),
        ("wasm.serin", property.clone()),
        ("x-b3-flags", "1".to_owned()),
        ("baggage", format!("{property}=v2,x-serin-subset={subset}")),
        ("te", format!("trailers, {subset}")),
    ];
    let mut claims: Vec<Vec<_>> = single.iter().cloned().map(|claim| vec![claim]).collect();
    // Twice: one of them might be taken for what the filter has set.
    claims.push(vec![("x-serin-subset", "v1".to_owned()), ("x-serin-subset", subset.clone())]);
    claims.push(vec![("x-serin-subset", subset.clone()), ("x-serin-subset", subset.clone())]);
    // Named as belonging to the connection, it would be removed where the next hop reads it, or not.
    claims.push(vec![("connection", "x-serin-subset".to_owned()), ("x-serin-subset", subset)]);
    claims.push(vec![("connection", "x-serin-cluster".to_owned()), ("x-serin-cluster", cluster)]);
    claims.push(vec![("cookie", format!("{property}=v2; x-serin-subset=v2"))]);
    let all = single.into_iter().filter(|(name, _)| *name != "te");
    claims.extend(once(all.collect()));
    claims
}

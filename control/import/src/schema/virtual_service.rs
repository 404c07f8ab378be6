//! The fields of a VirtualService for HTTP (`networking/v1alpha3/virtual_service.proto` of istio.io/api).
//!
//! What has no counterpart in a Release is refused by its name: its own fields are not looked at.

use super::{Kind, Shape};

const PORT: i32 = 65_535;

pub(crate) const VIRTUAL_SERVICE: Kind = Kind::Map(&Shape {
    of: "a VirtualService",
    fields: &[
        ("apiVersion", Kind::Text),
        ("kind", Kind::Text),
        (
            "metadata",
            Kind::Map(&Shape {
                of: "`metadata`",
                fields: &[
                    ("name", Kind::Text),
                    ("namespace", Kind::Text),
                    ("labels", Kind::Labels),
                    ("annotations", Kind::Labels),
                    ("generateName", Kind::Any),
                    ("creationTimestamp", Kind::Any),
                    ("deletionGracePeriodSeconds", Kind::Any),
                    ("deletionTimestamp", Kind::Any),
                    ("finalizers", Kind::Any),
                    ("generation", Kind::Any),
                    ("managedFields", Kind::Any),
                    ("ownerReferences", Kind::Any),
                    ("resourceVersion", Kind::Any),
                    ("selfLink", Kind::Any),
                    ("uid", Kind::Any),
                    // Long gone, but still written by tools.
                    ("clusterName", Kind::Any),
                ],
                hints: &[],
            }),
        ),
        ("spec", Kind::Map(&SPEC)),
        ("status", Kind::Any),
    ],
    hints: &[],
});

pub(crate) const SPEC: Shape = Shape {
    of: "the `spec` of a VirtualService",
    fields: &[
        ("hosts", Kind::Texts),
        ("gateways", Kind::Texts),
        ("http", Kind::Maps(&RULE)),
        ("tcp", Kind::Any),
        ("tls", Kind::Any),
        ("exportTo", Kind::Texts),
    ],
    hints: &[("host", "write `hosts`: a list")],
};

const RULE: Shape = Shape {
    of: "a rule of `http`",
    fields: &[
        ("name", Kind::Text),
        ("match", Kind::Maps(&ENTRY)),
        ("route", Kind::Maps(&ROUTE)),
        ("redirect", Kind::Any),
        ("directResponse", Kind::Any),
        ("delegate", Kind::Any),
        ("rewrite", Kind::Any),
        ("timeout", Kind::Any),
        ("retries", Kind::Any),
        ("fault", Kind::Any),
        ("mirror", Kind::Any),
        ("mirrors", Kind::Any),
        ("mirrorPercent", Kind::Any),
        ("mirrorPercentage", Kind::Any),
        ("corsPolicy", Kind::Any),
        ("headers", Kind::Any),
    ],
    hints: &[
        ("weight", "a weight belongs next to each `destination`, in an item of `route`"),
        ("destination", "it belongs in an item of `route`"),
        ("uri", "it belongs in an item of `match`"),
    ],
};

const ENTRY: Shape = Shape {
    of: "an entry of `match`",
    fields: &[
        ("name", Kind::Text),
        ("uri", Kind::Map(&TEST)),
        ("scheme", Kind::Map(&TEST)),
        ("method", Kind::Map(&TEST)),
        ("authority", Kind::Map(&TEST)),
        ("headers", Kind::Named(&TEST)),
        ("port", Kind::Whole(PORT)),
        ("sourceLabels", Kind::Labels),
        ("gateways", Kind::Texts),
        ("queryParams", Kind::Named(&TEST)),
        ("ignoreUriCase", Kind::Flag),
        ("withoutHeaders", Kind::Named(&TEST)),
        ("sourceNamespace", Kind::Text),
        ("statPrefix", Kind::Text),
    ],
    hints: &[
        ("cookie", "a cookie is a header: `headers: {cookie: {regex: …}}`"),
        ("cookies", "a cookie is a header: `headers: {cookie: {regex: …}}`"),
        ("path", "write `uri`"),
        ("header", "write `headers`"),
    ],
};

const TEST: Shape = Shape {
    of: "a test",
    fields: &[("exact", Kind::Text), ("prefix", Kind::Text), ("regex", Kind::Text)],
    hints: &[
        ("suffix", "write a `regex` for the whole value: `.*…`"),
        ("contains", "write a `regex` for the whole value: `.*….*`"),
        (
            "present",
            "a header that must be there is `{}`, one that must not is `{}` in `withoutHeaders`",
        ),
    ],
};

const ROUTE: Shape = Shape {
    of: "an item of `route`",
    fields: &[
        ("destination", Kind::Map(&DESTINATION)),
        ("weight", Kind::Whole(i32::MAX)),
        ("headers", Kind::Any),
    ],
    hints: &[("host", "it belongs in `destination`"), ("subset", "it belongs in `destination`")],
};

const DESTINATION: Shape = Shape {
    of: "a destination",
    fields: &[
        ("host", Kind::Text),
        ("subset", Kind::Text),
        (
            "port",
            Kind::Map(&Shape {
                of: "a port",
                fields: &[("number", Kind::Whole(PORT))],
                hints: &[("name", "write its `number`")],
            }),
        ),
    ],
    hints: &[("weight", "it belongs one level up, next to `destination`; here it has no effect")],
};

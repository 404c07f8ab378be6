//! The fields of PipeCD's application configuration (`pkg/config/application*.go` of pipe-cd/pipecd): PipeCD drops
//! what it does not know without a word.
//!
//! What stays with PipeCD is not looked at.

use super::super::schema::{Kind, Shape};

/// What stays with PipeCD: when to begin, how manifests are made, whom to tell, and what becomes of secrets.
pub(super) const OWN: [&str; 17] = [
    "labels",
    "envName",
    "description",
    "planner",
    "commitMatcher",
    "triggerPaths",
    "trigger",
    "postSync",
    "timeout",
    "encryption",
    "attachment",
    "sealedSecrets",
    "notification",
    "eventWatcher",
    "driftDetection",
    "quickSync",
    "service",
];

pub(super) const APPLICATION: Kind = Kind::Map(&Shape {
    of: "a PipeCD application",
    fields: &[
        ("apiVersion", Kind::Text),
        ("kind", Kind::Text),
        ("metadata", Kind::Any),
        ("spec", Kind::Map(&SPEC)),
    ],
    hints: &[("pipeline", "it belongs in `spec`"), ("trafficRouting", "it belongs in `spec`")],
});

/// Both forms: what the older kind has in `spec` stands in `spec.plugins.kubernetes` of the newer one.
const SPEC: Shape = Shape {
    of: "the `spec` of a PipeCD application",
    fields: &[
        ("name", Kind::Text),
        ("pipeline", Kind::Map(&PIPELINE)),
        ("labels", Kind::Any),
        ("envName", Kind::Any),
        ("description", Kind::Any),
        ("planner", Kind::Any),
        ("commitMatcher", Kind::Any),
        ("triggerPaths", Kind::Any),
        ("trigger", Kind::Any),
        ("postSync", Kind::Any),
        ("timeout", Kind::Any),
        ("encryption", Kind::Any),
        ("attachment", Kind::Any),
        ("sealedSecrets", Kind::Any),
        ("notification", Kind::Any),
        ("eventWatcher", Kind::Any),
        ("driftDetection", Kind::Any),
        ("input", Kind::Map(&INPUT)),
        ("quickSync", Kind::Any),
        ("service", Kind::Any),
        ("workloads", Kind::Maps(&REFERENCE)),
        ("trafficRouting", Kind::Map(&ROUTING)),
        ("variantLabel", Kind::Map(&LABEL)),
        ("resourceRoutes", Kind::Any),
        ("plugins", Kind::Map(&PLUGINS)),
    ],
    hints: &[("stages", "they belong in `pipeline`"), ("istio", "it belongs in `trafficRouting`")],
};

const PLUGINS: Shape =
    Shape { of: "`plugins`", fields: &[("kubernetes", Kind::Map(&KUBERNETES))], hints: &[] };

const KUBERNETES: Shape = Shape {
    of: "`plugins.kubernetes`",
    fields: &[
        ("input", Kind::Map(&INPUT)),
        ("quickSync", Kind::Any),
        ("service", Kind::Any),
        ("workloads", Kind::Maps(&REFERENCE)),
        ("trafficRouting", Kind::Map(&ROUTING)),
        ("variantLabel", Kind::Map(&LABEL)),
        ("resourceRoutes", Kind::Any),
    ],
    hints: &[],
};

const REFERENCE: Shape =
    Shape { of: "a reference", fields: &[("kind", Kind::Text), ("name", Kind::Text)], hints: &[] };

const INPUT: Shape = Shape {
    of: "`input`",
    fields: &[
        ("manifests", Kind::Any),
        ("kubectlVersion", Kind::Any),
        ("kustomizeVersion", Kind::Any),
        ("kustomizeDir", Kind::Any),
        ("kustomizeOptions", Kind::Any),
        ("helmVersion", Kind::Any),
        ("helmChart", Kind::Any),
        ("helmOptions", Kind::Any),
        ("namespace", Kind::Text),
        ("autoRollback", Kind::Flag),
        ("autoCreateNamespace", Kind::Any),
    ],
    hints: &[],
};

const ROUTING: Shape = Shape {
    of: "`trafficRouting`",
    fields: &[("method", Kind::Text), ("istio", Kind::Map(&ISTIO))],
    hints: &[("host", "it belongs in `istio`")],
};

const ISTIO: Shape = Shape {
    of: "`trafficRouting.istio`",
    fields: &[
        ("editableRoutes", Kind::Texts),
        ("host", Kind::Text),
        ("virtualService", Kind::Map(&REFERENCE)),
    ],
    hints: &[],
};

const LABEL: Shape = Shape {
    of: "`variantLabel`",
    fields: &[
        ("key", Kind::Text),
        ("primaryValue", Kind::Text),
        ("canaryValue", Kind::Text),
        ("baselineValue", Kind::Text),
    ],
    hints: &[],
};

const PIPELINE: Shape =
    Shape { of: "`pipeline`", fields: &[("stages", Kind::Maps(&STAGE))], hints: &[] };

const STAGE: Shape = Shape {
    of: "a stage",
    fields: &[
        ("id", Kind::Any),
        ("name", Kind::Text),
        ("desc", Kind::Any),
        ("timeout", Kind::Any),
        ("skipOn", Kind::Any),
        ("with", Kind::Any),
    ],
    hints: &[("replicas", "it belongs in `with`"), ("duration", "it belongs in `with`")],
};

pub(super) const CANARY_ROLLOUT: Kind = Kind::Map(&Shape {
    of: "`K8S_CANARY_ROLLOUT`",
    fields: &[
        ("replicas", Kind::Any),
        ("suffix", Kind::Text),
        ("createService", Kind::Flag),
        ("patches", Kind::Any),
    ],
    hints: &[],
});

pub(super) const PRIMARY_ROLLOUT: Kind = Kind::Map(&Shape {
    of: "`K8S_PRIMARY_ROLLOUT`",
    fields: &[
        ("suffix", Kind::Any),
        ("createService", Kind::Flag),
        ("addVariantLabelToSelector", Kind::Flag),
        ("prune", Kind::Flag),
    ],
    hints: &[],
});

pub(super) const TRAFFIC_ROUTING: Kind = Kind::Map(&Shape {
    of: "`K8S_TRAFFIC_ROUTING`",
    fields: &[
        ("all", Kind::Text),
        ("primary", Kind::Any),
        ("canary", Kind::Any),
        ("baseline", Kind::Any),
    ],
    hints: &[],
});

pub(super) const WAIT_APPROVAL: Kind = Kind::Map(&Shape {
    of: "`WAIT_APPROVAL`",
    fields: &[
        ("timeout", Kind::Text),
        ("approvers", Kind::Any),
        ("minApproverNum", Kind::Whole(i32::MAX)),
        ("skipOn", Kind::Any),
    ],
    hints: &[],
});

pub(super) const WAIT: Kind = Kind::Map(&Shape {
    of: "`WAIT`",
    fields: &[("duration", Kind::Text), ("skipOn", Kind::Any)],
    hints: &[("timeout", "write `duration`")],
});

pub(super) const CANARY_CLEAN: Kind =
    Kind::Map(&Shape { of: "`K8S_CANARY_CLEAN`", fields: &[], hints: &[] });

const TEMPLATE: Shape = Shape {
    of: "`template`",
    fields: &[("name", Kind::Text), ("appArgs", Kind::Labels)],
    hints: &[],
};

const EXPECTED: Shape = Shape {
    of: "`expected`",
    fields: &[("min", Kind::Any), ("max", Kind::Any)],
    hints: &[("atMost", "write `max`"), ("atLeast", "write `min`")],
};

const METRIC: Shape = Shape {
    of: "a metric of `ANALYSIS`",
    fields: &[
        ("strategy", Kind::Text),
        ("provider", Kind::Text),
        ("query", Kind::Text),
        ("expected", Kind::Map(&EXPECTED)),
        ("interval", Kind::Text),
        ("failureLimit", Kind::Whole(i32::MAX)),
        ("skipOnNoData", Kind::Flag),
        ("timeout", Kind::Text),
        ("deviation", Kind::Text),
        ("canaryArgs", Kind::Labels),
        ("baselineArgs", Kind::Labels),
        ("primaryArgs", Kind::Labels),
        ("template", Kind::Map(&TEMPLATE)),
    ],
    hints: &[("max", "it belongs in `expected`"), ("min", "it belongs in `expected`")],
};

pub(super) const ANALYSIS: Kind = Kind::Map(&Shape {
    of: "`ANALYSIS`",
    fields: &[
        ("duration", Kind::Text),
        ("restartThreshold", Kind::Whole(i32::MAX)),
        ("metrics", Kind::Maps(&METRIC)),
        ("logs", Kind::Any),
        ("https", Kind::Any),
        ("skipOn", Kind::Any),
    ],
    hints: &[("threshold", "a metric has `failureLimit`"), ("interval", "it belongs in a metric")],
});

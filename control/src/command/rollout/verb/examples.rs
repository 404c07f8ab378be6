//! What stands below the options of each verb: an example, and what the verb does beyond its first line.

/// Of `serin start`.
pub const START: &str = "\
Examples:
  serin start reviews -n bookinfo
  serin start reviews -n bookinfo --image registry.example.com/reviews:v2

Works through the steps of `rollout` until it is over, needs a decision, or --timeout passes. The progress is stored \
in the Release's status: after an interruption, run the same command again, or `serin rollout run`. With --image the \
candidate's Deployment is created from that of the stable subset.";

/// Of `serin approve`.
pub const APPROVE: &str = "\
Examples:
  serin approve reviews -n bookinfo --why \"no complaints\"

Approves the step `approve` that the rollout waits for, and works through the next steps. The history gets your name, \
as the API server reports it, and the reason. It is an error if no approval is pending.";

/// Of `serin reject`.
pub const REJECT: &str = "\
Examples:
  serin reject reviews -n bookinfo --why \"slow checkout\"

Ends the rollout, as `serin rollback` does. It is an error if no approval is pending.";

/// Of `serin pause`.
pub const PAUSE: &str = "\
Examples:
  serin pause reviews -n bookinfo

The traffic stays as it is, and no further step begins. Continue with `serin resume`, or with `serin step` for one \
step. `serin rollback` works during a pause.";

/// Of `serin resume`.
pub const RESUME: &str = "\
Examples:
  serin resume reviews -n bookinfo

Continues a rollout after `serin pause`, or at a step `pause: {}`.";

/// Of `serin step`.
pub const STEP: &str = "\
Examples:
  serin step reviews -n bookinfo

Carries out the next step of a paused rollout, and pauses again.";

/// Of `serin promote`.
pub const PROMOTE: &str = "\
Examples:
  serin promote reviews -n bookinfo
  serin promote reviews v2 -n bookinfo --why \"urgent fix\"

Skips the remaining steps. It is an error if the subset has no ready endpoint. The subset stays in force until you \
make it `stable` in the Release and apply that, or run `serin rollback`.";

/// Of `serin rollback`.
pub const ROLLBACK: &str = "\
Examples:
  serin rollback reviews -n bookinfo --why \"errors in checkout\"

Works at any step. Other objects in the mesh cannot block it: conflicts are reported after the users are back on \
stable.";

/// Of `serin retire`.
pub const RETIRE: &str = "\
Examples:
  serin retire reviews v1 -n bookinfo

Removes the Deployment of the subset, and the objects that serin created in the mesh. It is an error if the subset \
still gets traffic.";

//! `pause`: time passes, or it is resumed.

use std::time::Duration;

use super::{Step, Wait, progress};
use crate::rollout::Unknown;
use crate::rollout::view::View;

/// Until `length` has passed; none: until it is resumed.
pub(super) fn step(view: &View, length: Option<Duration>) -> Result<Step, Wait> {
    let Some(length) = length else { return Err(Wait::Pause(None)) };
    let elapsed = view.observation.elapsed.ok_or(Unknown::Elapsed)?;
    if elapsed < length {
        return Err(Wait::Pause(Some(length.saturating_sub(elapsed))));
    }
    Ok(progress::done(view))
}

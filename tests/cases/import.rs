//! `serin import` as people and programs see it, on files of our own; and what it makes of other people's, compared
//! with what a real Envoy answered to them.
//!
//! Snapshots as those of `check`: `INSTA_UPDATE=always cargo test --release -p serin-tests import`.

mod field;
mod messages;
mod pipecd;

//! Requests of many users, and who answers them: what `serin traffic` sends, and what the demo does with it.
//!
//! [`crowd`] makes the users' requests, [`pace`] says when, [`load`] sends them; by a [`sign`] in its answer a server
//! says who it is. [`tally`] counts, and a [`report`] holds that against what was expected, with the bounds of
//! [`binomial`]. Rate, time, users, versions and what is kept of an answer are bounded.

pub mod bar;
pub mod binomial;
pub mod crowd;
pub mod fault;
pub mod latency;
pub mod line;
pub mod load;
pub mod pace;
pub mod progress;
pub mod report;
pub mod share;
pub mod sign;
pub mod table;
pub mod tally;

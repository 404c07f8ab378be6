//! Requests of many users, and who answers them.

pub mod bar;
pub mod binomial;
pub mod fault;
pub mod line;
pub mod progress;
pub mod share;

//! The rollout: every verb in every phase, every step before every observation, and what holds whatever comes.

mod arbitrary;
mod cluster;
mod driver;
mod fixture;
mod properties;
mod simulation;
mod steps;
mod verbs;

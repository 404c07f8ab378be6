//! The rollout: every verb in every phase, every step before every observation, and what holds whatever comes.

mod arbitrary;
mod fixture;
mod properties;
mod steps;
mod verbs;

//! The rollout: every verb in every phase, every step before every observation, and what holds whatever comes.

mod analyze;
mod arbitrary;
mod candidate;
mod cluster;
mod driver;
mod fixture;
mod gate;
mod judgement;
mod mirror;
mod pods;
mod properties;
mod retirement;
mod simulation;
mod steps;
mod verbs;
mod watch;
mod words;

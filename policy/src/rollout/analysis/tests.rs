//! The formulas with their vectors, what is made of counters, what follows from it, and what is promised, simulated.

mod clusters;
mod counters;
mod extremes;
mod fixture;
mod looks;
mod memory;
mod posted;
mod power;
mod sampling;
mod simulation;
mod slower;
mod vectors;
mod verdicts;

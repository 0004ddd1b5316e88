//! What people and programs see: one file for each form of output.

pub mod findings;

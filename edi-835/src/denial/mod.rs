//! Denials: what an adjustment means for the money (rule S2), and the work that a denied amount makes (rule K2).

mod class;
mod work;

pub(crate) use class::reason;
pub use class::{Class, Meaning, classify};
pub use work::{Limits, WorkItem, WorkKind, remark_missing, work_item};

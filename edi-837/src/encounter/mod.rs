//! Claims out of encounters: CSV, JSON and NDJSON, checked before they are sent.
//!
//! One table of columns ([`columns`]) says for every column where it stands in a claim. A value is read as its
//! column asks, checked, and put with its neighbours into the segment of its loop; the segments then become a
//! claim in the same way as those of a file. So a problem always has a column.

mod boxes;
mod check;
mod columns;
mod csv;
mod draft;
mod error;
mod examine;
mod extract;
mod input;
mod json;
mod mapping;
mod names;
mod practice;
mod rejects;
mod render;
mod rows;
mod schema;
mod set;
mod shape;
mod sound;
mod template;
#[cfg(test)]
mod tests;
mod value;
mod wire;

pub use boxes::{FilledBox, boxes};
pub use columns::{Column, ColumnId, Columns, Kind, columns};
pub(crate) use draft::{Desk, Draft, Drafter};
pub use error::{BoxError, EncounterError, Problem, Weight};
pub(crate) use examine::Examiner;
pub use extract::encounter;
pub(crate) use input::{Encounters, with_head};
pub use mapping::{Formats, Mapping};
pub(crate) use names::CLAIM_ID;
pub use practice::{Address, Payer, Practice, Provider, Receiver, Submitter};
pub(crate) use rejects::Rejects;
pub(crate) use render::{Rendered, Renderer, hl};
pub(crate) use rows::Encounter;
pub use schema::{place, schema};
pub use template::{Template, template};

//! Code sets: which codes there are, since and until when, and what they mean.
//!
//! Everything here is open to the world: an unknown or stopped code is worth a warning and is never an error.
//! Codes and dates are facts of the published lists. Titles are our own words, except those of ICD-10-CM,
//! HCPCS level II and places of service, which are US government works. What is licensed (CPT, CDT, the
//! provider taxonomy) is not in here: its shape is checked, and a list that the user has can be loaded.
//!
//! | module | holds |
//! |---|---|
//! | [`carc`], [`rarc`] | reason and remark codes, each with a type of its own |
//! | [`playbook`] | what a biller does about a reason code |
//! | [`icd10cm`], [`hcpcs`] | the large lists: searched in place, titles inflated on demand |
//! | [`overlay`] | lists that the user loads, with version and hash |
//!
//! [`GroupCode`] and [`ClaimStatusCode`] are the values of CAS01 and CLP02. All sets together are a [`CodeSet`],
//! whose codes are an [`Entry`] each; a [`CodeBook`] is all sets with the loaded lists laid over.
//!
//! ```
//! use edi_core::codes::{CodeSet, carc, playbook};
//!
//! assert!(carc::lookup("16").is_some_and(|reason| reason.rarc_required));
//! assert!(playbook::lookup("197").is_some_and(|play| play.preventable));
//! assert_eq!(CodeSet::PlaceOfService.lookup("11").map(|place| place.title.into_owned()).as_deref(), Some("Office"));
//! ```

mod book;
pub mod carc;
mod clp02;
mod edition;
mod entry;
mod group;
pub mod hcpcs;
pub mod icd10cm;
mod life;
pub mod overlay;
mod packed;
pub mod playbook;
pub mod rarc;
mod set;
mod shape;
mod simple;
mod table;

pub(crate) use book::Known;
pub use book::{Check, CodeBook};
pub use carc::Carc;
pub use clp02::ClaimStatusCode;
pub use edition::{Coverage, Edition};
pub use entry::{Entry, search};
pub use group::GroupCode;
pub use life::{CodeState, Life};
pub use overlay::Overlay;
pub use playbook::{Action, Playbook};
pub use rarc::Rarc;
pub use set::CodeSet;
pub use shape::{ProcedureShape, is_icd10pcs, is_modifier, is_ndc, is_revenue_code, is_taxonomy, procedure_shape};
pub use table::natural;

//! Professional claims (X12 837P, 005010X222A1): read, built from encounters, written.
//!
//! | room | holds |
//! |---|---|
//! | [`model`], [`segment`] | a claim with all its context: loops and the segments in them |
//! | [`encounter`] | claims out of CSV and JSON, checked |
//! | [`read`] | claims out of files, one by one |
//! | [`write`](mod@write) | claims as segments |
//! | [`view`] | a claim as JSON |
//! | [`batch`], [`build`](mod@build) | claims into files, a whole run |

pub mod batch;
pub mod build;
pub mod encounter;
pub mod model;
pub mod read;
pub mod rulebook;
pub mod segment;
pub mod view;
pub mod write;

pub use batch::{BatchOptions, ControlKind, ControlNumbers, ManifestEntry, Sequence};
pub use build::{BuildOptions, BuildReport, Built, ReadyClaim, Verdict, build};
pub use model::Claim;
pub use read::{ClaimKind, ClaimReader, FoundClaim};
pub use write::ClaimWriter;

//! Values of the wire: money, quantities, dates, identifiers, and what stands there when they do not parse.

mod date;
mod decimal;
mod identifier;
mod procedure;
mod rare;
mod wire;

pub use date::{Period, date6, date8, period};
pub use decimal::{Money, Quantity};
pub use identifier::{is_ein, is_itin, is_mbi, is_npi, is_ssn, is_zip, npi_from};
pub use procedure::Procedure;
pub use rare::Rare;
pub use wire::{Wire, WireValue};

//! What people and programs see: one file for each form of output.

pub mod build;
pub mod claims;
pub mod denials;
pub mod export;
pub mod findings;
pub mod holds;
pub mod ledger;
pub mod post;
pub mod remit_check;
pub mod remit_columns;
pub mod remit_filter;
pub mod remit_header;
mod remit_html;
pub mod remit_page;
pub mod remit_tables;
pub mod remit_text;
pub mod remit_view;
pub mod rules;
pub mod sarif;
pub mod table;

//! `edi remit`: remittances, read and proved.

use super::{remit_check, remit_make, remit_post, remit_show};
use crate::context::Context;
use crate::exit::{Failure, Outcome};
use crate::input::Source;
use crate::render::findings::{self, Conservation};
use edi_835::read::{RemittanceEvent, RemittanceReader};
use std::io::BufRead;

/// What to do with remittances.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Prove that remittances balance: line, claim, transaction; name what does not, and why
    Check(remit_check::Args),
    /// Show remittances as a biller reads them, or as JSON, CSV or HTML
    Show(remit_show::Args),
    /// Post remittances to the ledger, or show what would be posted
    Post(remit_post::Args),
    /// Make balanced remittances of synthetic people, or answer an 837P file, by seed
    Make(remit_make::Args),
}

/// Runs a command.
pub fn run(command: &Command, context: &Context) -> Result<Outcome, Failure> {
    match command {
        Command::Check(args) => remit_check::run(args, context),
        Command::Post(args) => remit_post::run(args, context),
        Command::Show(args) => remit_show::run(args, context),
        Command::Make(args) => remit_make::run(args, context),
    }
}

/// Reads a source to its end, event by event, then says what was repaired and where everything went.
///
/// `take` says of each claim whether it was held back (filtered out, say).
pub fn read(
    source: &Source,
    context: &Context,
    mut take: impl FnMut(&RemittanceEvent) -> Result<Held, Failure>,
) -> Result<Outcome, Failure> {
    let reader = source.reader()?;
    let mut reader =
        RemittanceReader::with_options(reader, context.reader_options()).map_err(Failure::edi(&source.name))?;
    let mut claims = Conservation { claims_in: 0, claims_out: 0, claims_held: 0 };
    for event in reader.by_ref() {
        let event = event.map_err(Failure::edi(&source.name))?;
        let held = take(&event)?;
        match &event {
            RemittanceEvent::Claim(_) if held == Held::Back => claims.claims_held += 1,
            RemittanceEvent::Claim(_) => claims.claims_out += 1,
            RemittanceEvent::End(totals) => claims.claims_in += totals.claims,
            RemittanceEvent::Header(_) => {}
        }
    }
    account(source, reader, &mut claims, context)
}

/// Whether a claim went on or was held back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Held {
    /// It is in the output.
    Out,
    /// It is not.
    Back,
}

fn account<R: BufRead>(
    source: &Source,
    mut reader: RemittanceReader<R>,
    claims: &mut Conservation,
    context: &Context,
) -> Result<Outcome, Failure> {
    let found = reader.take_findings();
    let outcome = findings::say(&source.name, reader.envelope().reader().repairs().iter().chain(&found), context);
    let counts = reader.counts();
    for (set_id, count) in &counts.passed_over {
        context.say(format_args!("{}: {count} transactions {set_id} passed over", source.name));
    }
    if counts.stray_claims > 0 {
        let stray = counts.stray_claims;
        context.say(format_args!(
            "{}: {stray} CLP segments stand outside any 835 transaction and are held: a claim there has no payment; look for a lost ST",
            source.name
        ));
    }
    claims.claims_in += counts.stray_claims;
    claims.claims_held += counts.stray_claims;
    claims.prove(&source.name, reader.envelope(), context)?;
    if counts.remittances == 0 {
        context.say(format_args!("{}: there is no 835 in this file", source.name));
        return Ok(Outcome::Failed);
    }
    Ok(if counts.stray_claims > 0 { Outcome::Findings } else { outcome })
}

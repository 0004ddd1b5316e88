//! A remittance advice as text, at most 100 columns wide.

use super::remit_columns::Columns;
use super::remit_header::{PartyView, RemittanceView};
use super::remit_view::{AdjustmentView, ClaimView, EndView, LineView, RemarkView};
use chrono::NaiveDate;
use edi_core::Money;
use std::borrow::Cow;
use std::io::{self, Write};

/// The width of the page.
const WIDTH: usize = 100;

/// Prints the header.
pub fn remittance(out: &mut impl Write, view: &RemittanceView) -> io::Result<()> {
    writeln!(out, "{}", "=".repeat(WIDTH))?;
    let test = if view.test { "   TEST" } else { "" };
    paragraph(out, "", &format!("REMITTANCE ADVICE {} of {}{test}", view.remittance, view.file))?;
    party(out, "Payer    ", &view.payer)?;
    party(out, "Payee    ", &view.payee)?;
    let payment = view.payment.map_or_else(|| "unreadable".to_owned(), |payment| payment.to_string());
    let mut facts = vec![payment];
    facts.extend(Some(view.method_words()).filter(|words| !words.is_empty()));
    facts.extend(view.payment_date.map(|date| format!("dated {date}")));
    facts.push(format!("trace {}", view.trace));
    facts.extend((!view.originator.is_empty()).then(|| format!("originator {}", view.originator)));
    facts.extend(view.production_date.map(|date| format!("produced {date}")));
    facts.extend(view.currency.as_ref().map(|currency| format!("currency {currency}")));
    paragraph(out, "Payment  ", &facts.join(", "))?;
    let references: Vec<String> = view.references.iter().map(|r| format!("{} {}", r.qualifier, r.value)).collect();
    paragraph(out, "Refs     ", &references.join(", "))
}

fn party(out: &mut impl Write, label: &str, party: &PartyView) -> io::Result<()> {
    let id = format!("{} {}", party.id_qualifier, party.id);
    let id = id.trim();
    let mut facts = vec![party.name.to_string()];
    facts.extend((!id.is_empty()).then(|| id.to_owned()));
    facts.extend(party.address.iter().cloned());
    facts.extend(party.references.iter().map(|r| format!("{} {}", r.qualifier, r.value)));
    paragraph(out, label, &facts.join(", "))?;
    for contact in &party.contacts {
        let numbers = contact.numbers.iter().map(|n| format!("{} {}", n.qualifier, n.value));
        let facts: Vec<String> = [contact.function.to_string(), contact.name.to_string()]
            .into_iter()
            .filter(|fact| !fact.is_empty())
            .chain(numbers)
            .collect();
        paragraph(out, "         ", &facts.join(" "))?;
    }
    Ok(())
}

/// Prints a claim.
pub fn claim(out: &mut impl Write, view: &ClaimView) -> io::Result<()> {
    writeln!(out, "{}", "-".repeat(WIDTH))?;
    let mut facts = vec![format!("{} ({} {})", view.claim, view.status, view.status_title)];
    facts.push(format!("payer's number {}", view.payer_claim_number));
    facts.extend((!view.filing_indicator.is_empty()).then(|| format!("filing {}", view.filing_indicator)));
    facts.extend((!view.crossover_carrier.is_empty()).then(|| format!("forwarded to {}", view.crossover_carrier)));
    paragraph(out, "Claim    ", &facts.join(", "))?;
    let mut facts = vec![view.patient.clone()];
    facts.extend((!view.member_id.is_empty()).then(|| format!("id {}", view.member_id)));
    facts.extend((!view.insured.is_empty()).then(|| format!("insured {}", view.insured)));
    facts.extend(service(view.service_from, view.service_to).map(|days| format!("service {days}")));
    facts.extend((!view.rendering_provider.is_empty()).then(|| format!("provider {}", view.rendering_provider)));
    paragraph(out, "Patient  ", &facts.join(", "))?;
    let header: String = Columns::NAMES.iter().map(|name| format!("{name:>10}")).collect();
    writeln!(out, "{:10}{header}", "")?;
    for line in &view.lines {
        self::line(out, line)?;
    }
    if !view.adjustments.is_empty() || !view.remarks.is_empty() {
        writeln!(out, "  claim")?;
        reasons(out, &view.adjustments, &view.remarks)?;
    }
    row(out, "  total", &view.columns)?;
    if !view.interest.is_zero() {
        writeln!(out, "          interest {} (paid by PLB L6, no part of the claim's payment)", view.interest)?;
    }
    if view.cut {
        writeln!(out, "          THE FILE ENDS INSIDE THIS CLAIM: lines may be missing")?;
    } else if !view.balanced {
        writeln!(out, "          DOES NOT BALANCE: see the end of the remittance")?;
    }
    Ok(())
}

fn line(out: &mut impl Write, view: &LineView) -> io::Result<()> {
    let mut facts = vec![view.procedure.clone()];
    facts.extend(service(view.service_from, view.service_to));
    facts.extend(view.submitted_procedure.as_ref().map(|code| format!("submitted as {code}")));
    facts.extend((!view.revenue_code.is_empty()).then(|| format!("revenue code {}", view.revenue_code)));
    facts.extend(view.units.map(|units| format!("units {units}")));
    facts.extend((!view.control.is_empty()).then(|| format!("line control {}", view.control)));
    paragraph(out, &format!("{:>4}  ", view.line), &facts.join(", "))?;
    row(out, "", &view.columns)?;
    reasons(out, &view.adjustments, &view.remarks)
}

fn reasons(out: &mut impl Write, adjustments: &[AdjustmentView], remarks: &[RemarkView]) -> io::Result<()> {
    for a in adjustments {
        let amount = a.amount.map_or_else(|| "unreadable".to_owned(), |amount| amount.to_string());
        let code = format!("{}-{}", a.group, a.reason);
        paragraph(out, &format!("{:10}{code:<8}{amount:>12}  ", ""), or_unknown(a.title))?;
    }
    for remark in remarks {
        paragraph(out, &format!("{:10}{:<8}{:12}  ", "", remark.code, ""), or_unknown(remark.title))?;
    }
    Ok(())
}

fn or_unknown(title: &str) -> &str {
    if title.is_empty() { "(not in our lists)" } else { title }
}

/// A row of amounts; where one is too wide for its column, they are named instead.
fn row(out: &mut impl Write, label: &str, columns: &Columns) -> io::Result<()> {
    let cells = columns.values().map(|amount| amount.map_or_else(|| "-".to_owned(), |amount| amount.to_string()));
    if cells.iter().all(|cell| cell.len() < 10) {
        let cells: String = cells.iter().map(|cell| format!("{cell:>10}")).collect();
        return writeln!(out, "{label:<10}{cells}");
    }
    let named: Vec<String> = Columns::NAMES.iter().zip(&cells).map(|(name, cell)| format!("{name} {cell}")).collect();
    paragraph(out, &format!("{label:<10}"), &named.join(", "))
}

/// Prints the end: PLB, and totals that add up on the page.
pub fn end(out: &mut impl Write, view: &EndView) -> io::Result<()> {
    writeln!(out, "{}", "-".repeat(WIDTH))?;
    if !view.provider_adjustments.is_empty() {
        writeln!(out, "Provider adjustments (PLB): positive lowers the payment")?;
    }
    for plb in &view.provider_adjustments {
        let amount = plb.amount.map_or_else(|| "unreadable".to_owned(), |amount| amount.to_string());
        let mut facts = vec![or_unknown(&plb.title).to_owned()];
        facts.extend((!plb.reference.is_empty()).then(|| format!("reference {}", plb.reference)));
        facts.push(format!("provider {}", plb.provider));
        paragraph(out, &format!("  {:<4}{amount:>14}  ", plb.reason), &facts.join(", "))?;
    }
    let whole = view.shown == view.claims;
    let of = if whole { String::new() } else { format!(" of {}", view.claims) };
    writeln!(out, "Totals of {}{of} claims", view.shown)?;
    for (sign, name, amount) in totals(view) {
        writeln!(out, "  {sign} {name:<42}{amount:>18}")?;
    }
    if view.untyped_segments > 0 {
        writeln!(out, "{} segments have no place in the model; they are kept, and not shown", view.untyped_segments)?;
    }
    if view.balanced {
        return writeln!(out, "Balanced: every line, every claim and the payment add up.");
    }
    writeln!(out, "DOES NOT BALANCE:")?;
    view.deltas.iter().try_for_each(|delta| paragraph(out, "  ", delta))
}

/// The rows of the totals: each is a sign, a name and an amount, and every `=` is the sum of what stands above.
pub fn totals(view: &EndView) -> Vec<(&'static str, &'static str, Money)> {
    let sums = &view.totals;
    let mut rows = vec![
        (" ", "Charge", sums.charge),
        ("-", "Contractual", sums.contractual),
        ("-", "Deductible", sums.deductible),
        ("-", "Coinsurance", sums.coinsurance),
        ("-", "Copay", sums.copay),
        ("-", "Other adjustments", sums.other),
    ];
    let unexplained = sums.unexplained();
    if !unexplained.is_zero() {
        rows.push(("-", "Explained by no adjustment", unexplained));
    }
    rows.push(("=", "Paid on claims", sums.paid));
    if view.shown == view.claims {
        rows.push(("-", "Provider adjustments (PLB)", view.provider_adjusted));
        if let Some(payment) = view.payment {
            let unexplained = sums.paid - view.provider_adjusted - payment;
            if !unexplained.is_zero() {
                rows.push(("-", "Explained by nothing", unexplained));
            }
            rows.push(("=", "Payment", payment));
        }
    }
    rows.push((" ", "The patient owes, in the rows above", sums.patient_owes));
    rows
}

/// Days of service as text.
pub fn service(from: Option<NaiveDate>, to: Option<NaiveDate>) -> Option<String> {
    let (from, to) = (from?, to?);
    Some(if from == to { from.to_string() } else { format!("{from} to {to}") })
}

/// Text of a file that may go to a terminal: without control characters, which could steer it.
pub fn printable(text: &str) -> Cow<'_, str> {
    if text.chars().any(char::is_control) {
        text.chars().map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c }).collect()
    } else {
        text.into()
    }
}

/// Text behind a label, wrapped at words to the width of the page; nothing where there is no text.
fn paragraph(out: &mut impl Write, label: &str, text: &str) -> io::Result<()> {
    let indent = label.chars().count();
    let room = WIDTH.saturating_sub(indent).max(20);
    let mut lines: Vec<String> = Vec::new();
    let text = printable(text);
    for word in text.split_whitespace() {
        let mut word: Vec<char> = word.chars().collect();
        loop {
            let used = lines.last().map_or(room, |line| line.chars().count());
            if used + 1 + word.len() <= room {
                if let Some(line) = lines.last_mut() {
                    line.push(' ');
                    line.extend(word);
                }
                break;
            }
            // A word longer than a line is cut.
            let rest = word.split_off(word.len().min(room));
            lines.push(word.into_iter().collect());
            if rest.is_empty() {
                break;
            }
            word = rest;
        }
    }
    for (n, line) in lines.iter().enumerate() {
        let label = if n == 0 { label } else { "" };
        writeln!(out, "{label:<indent$}{line}")?;
    }
    Ok(())
}

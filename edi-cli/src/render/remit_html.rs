//! A remittance advice as HTML: one file, no script, nothing loaded; it prints well.

use super::remit_columns::Columns;
use super::remit_header::{PartyView, RemittanceView};
use super::remit_text::{service, totals};
use super::remit_view::{AdjustmentView, ClaimView, EndView, RemarkView};
use std::fmt::{self, Display, Write as _};
use std::io::{self, Write};

const STYLE: &str = "\
:root{color-scheme:light}
body{font:14px/1.4 system-ui,sans-serif;color:#1a1a1a;background:#fff;margin:2rem auto;max-width:66rem;padding:0 1rem}
h1{font-size:1.4rem;margin:2rem 0 .5rem}h2{font-size:1.05rem;margin:0}
section{border-top:1px solid #bbb;padding:.8rem 0}
dl{display:grid;grid-template-columns:8rem 1fr;margin:.3rem 0;gap:.1rem .8rem}dt{color:#555}dd{margin:0;overflow-wrap:anywhere}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;margin:.4rem 0;font-variant-numeric:tabular-nums}
th,td{padding:.15rem .4rem;text-align:right;vertical-align:top;white-space:nowrap}
th:first-child,td:first-child,td.text{text-align:left;white-space:normal}
th{font-weight:600;color:#555;border-bottom:1px solid #bbb}
tr.line td{border-top:1px solid #e4e4e4}tr.total td{border-top:1px solid #888;font-weight:600}
th:first-child,td:first-child{min-width:10rem}.claim th:not(:first-child){width:8%}
tr.reason td{color:#333;padding-top:0}table.totals,table.plb{width:auto}
.bad{color:#a00000;font-weight:600}.good{color:#0a5c2b;font-weight:600}
@media print{body{margin:0;padding:0;max-width:none;font-size:9pt}.scroll{overflow:visible}th,td{padding:.1rem .15rem}
th:first-child,td:first-child{min-width:6.5rem}dl{grid-template-columns:6rem 1fr}section{break-inside:avoid}h1{break-before:page}body>h1:first-of-type{break-before:auto}@page{margin:14mm}}
";

/// Text with what HTML would take for its own.
struct Escaped<T>(T);

impl<T: Display> Display for Escaped<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.to_string().chars() {
            match c {
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '&' => f.write_str("&amp;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                c if c.is_control() => f.write_char(char::REPLACEMENT_CHARACTER)?,
                c => f.write_char(c)?,
            }
        }
        Ok(())
    }
}

/// Begins the document.
pub fn begin(out: &mut impl Write, page_breaks: bool) -> io::Result<()> {
    let breaks = if page_breaks { "@media print{section.claim{break-before:page}}\n" } else { "" };
    writeln!(
        out,
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
         <title>Remittance advice</title><style>\n{STYLE}{breaks}</style></head><body>"
    )
}

/// Ends the document.
pub fn finish(out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "</body></html>")
}

/// Says that the reading stopped.
pub fn cut(out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "<p class=\"bad\">The reading stopped here.</p>")
}

/// A term and what it is; nothing where that is empty.
fn fact(out: &mut impl Write, term: &str, value: impl Display) -> io::Result<()> {
    let value = value.to_string();
    if value.trim().is_empty() { Ok(()) } else { writeln!(out, "<dt>{term}</dt><dd>{}</dd>", Escaped(value)) }
}

/// Writes a header.
pub fn remittance(out: &mut impl Write, view: &RemittanceView) -> io::Result<()> {
    let test = if view.test { " (test)" } else { "" };
    writeln!(out, "<h1>Remittance advice{test}</h1><section class=\"header\"><dl>")?;
    fact(out, "File", format_args!("{}, remittance {}", view.file, view.remittance))?;
    party(out, "Payer", &view.payer)?;
    party(out, "Payee", &view.payee)?;
    let payment = view.payment.map_or_else(|| "unreadable".to_owned(), |payment| payment.to_string());
    fact(out, "Payment", format_args!("{payment} {}", view.method_words()))?;
    fact(out, "Trace", &view.trace)?;
    fact(out, "Originator", &view.originator)?;
    fact(out, "Dated", view.payment_date.map(|date| date.to_string()).unwrap_or_default())?;
    fact(out, "Produced", view.production_date.map(|date| date.to_string()).unwrap_or_default())?;
    let references: Vec<String> = view.references.iter().map(|r| format!("{} {}", r.qualifier, r.value)).collect();
    fact(out, "References", references.join(", "))?;
    writeln!(out, "</dl></section>")
}

fn party(out: &mut impl Write, term: &str, party: &PartyView) -> io::Result<()> {
    let id = format!("{} {}", party.id_qualifier, party.id);
    let mut facts = vec![party.name.to_string(), id.trim().to_owned()];
    facts.extend(party.address.iter().cloned());
    facts.extend(party.references.iter().map(|r| format!("{} {}", r.qualifier, r.value)));
    facts.retain(|fact| !fact.is_empty());
    fact(out, term, facts.join(", "))?;
    for contact in &party.contacts {
        let mut words = vec![contact.function.to_string(), contact.name.to_string()];
        words.extend(contact.numbers.iter().map(|n| format!("{} {}", n.qualifier, n.value)));
        words.retain(|word| !word.is_empty());
        fact(out, "Contact", words.join(" "))?;
    }
    Ok(())
}

/// Writes a claim.
pub fn claim(out: &mut impl Write, view: &ClaimView) -> io::Result<()> {
    let (key, status) = (Escaped(&view.claim), Escaped(&view.status));
    writeln!(out, "<section class=\"claim\"><h2>Claim {key}: {status} {}</h2><dl>", Escaped(&view.status_title))?;
    fact(out, "Payer's number", &view.payer_claim_number)?;
    let mut patient = vec![view.patient.clone(), view.member_id.clone()];
    patient.retain(|word| !word.is_empty());
    fact(out, "Patient", patient.join(", id "))?;
    fact(out, "Insured", &view.insured)?;
    fact(out, "Service", service(view.service_from, view.service_to).unwrap_or_default())?;
    fact(out, "Provider", &view.rendering_provider)?;
    fact(out, "Forwarded to", &view.crossover_carrier)?;
    let interest = if view.interest.is_zero() { String::new() } else { view.interest.to_string() };
    fact(out, "Interest", interest)?;
    writeln!(out, "</dl><div class=\"scroll\"><table><thead><tr><th>Service</th>")?;
    Columns::NAMES.iter().try_for_each(|name| write!(out, "<th>{name}</th>"))?;
    writeln!(out, "</tr></thead><tbody>")?;
    for line in &view.lines {
        let days = service(line.service_from, line.service_to).unwrap_or_default();
        let units = line.units.map(|units| format!(" x {units}")).unwrap_or_default();
        row(out, "line", &format!("{} {}{units} {days}", line.line, line.procedure), &line.columns)?;
        reasons(out, &line.adjustments, &line.remarks)?;
    }
    if !view.adjustments.is_empty() || !view.remarks.is_empty() {
        writeln!(out, "<tr class=\"line\"><td colspan=\"10\">Whole claim</td></tr>")?;
        reasons(out, &view.adjustments, &view.remarks)?;
    }
    row(out, "total", "Claim", &view.columns)?;
    writeln!(out, "</tbody></table></div>")?;
    if view.cut {
        writeln!(out, "<p class=\"bad\">The file ends inside this claim: lines may be missing.</p>")?;
    } else if !view.balanced {
        writeln!(out, "<p class=\"bad\">Does not balance: see the end of the remittance.</p>")?;
    }
    writeln!(out, "</section>")
}

fn row(out: &mut impl Write, class: &str, label: &str, columns: &Columns) -> io::Result<()> {
    write!(out, "<tr class=\"{class}\"><td>{}</td>", Escaped(label))?;
    for amount in columns.values() {
        let amount = amount.map_or_else(|| "-".to_owned(), |amount| amount.to_string());
        write!(out, "<td>{amount}</td>")?;
    }
    writeln!(out, "</tr>")
}

fn reasons(out: &mut impl Write, adjustments: &[AdjustmentView], remarks: &[RemarkView]) -> io::Result<()> {
    let mut reason = |code: String, amount: String, title: &str| {
        let title = if title.is_empty() { "(not in our lists)" } else { title };
        let (code, title) = (Escaped(code), Escaped(title));
        writeln!(
            out,
            "<tr class=\"reason\"><td>{code}</td><td>{amount}</td><td class=\"text\" colspan=\"8\">{title}</td></tr>"
        )
    };
    for a in adjustments {
        let amount = a.amount.map_or_else(|| "unreadable".to_owned(), |amount| amount.to_string());
        reason(format!("{}-{}", a.group, a.reason), amount, a.title)?;
    }
    remarks.iter().try_for_each(|remark| reason(remark.code.to_string(), String::new(), remark.title))
}

/// Writes the end: PLB, totals, the proof.
pub fn end(out: &mut impl Write, view: &EndView) -> io::Result<()> {
    let of = if view.shown == view.claims { String::new() } else { format!(" of {}", view.claims) };
    writeln!(out, "<section class=\"end\"><h2>Totals of {}{of} claims</h2>", view.shown)?;
    if !view.provider_adjustments.is_empty() {
        writeln!(
            out,
            "<table class=\"plb\"><thead><tr><th>Provider adjustment</th><th>Amount</th></tr></thead><tbody>"
        )?;
        for plb in &view.provider_adjustments {
            let amount = plb.amount.map_or_else(|| "unreadable".to_owned(), |amount| amount.to_string());
            let (reason, title, reference) = (Escaped(&plb.reason), Escaped(&plb.title), Escaped(&plb.reference));
            writeln!(out, "<tr><td>{reason} {title} {reference}</td><td>{amount}</td></tr>")?;
        }
        writeln!(out, "</tbody></table>")?;
    }
    writeln!(out, "<table class=\"totals\"><tbody>")?;
    for (sign, name, amount) in totals(view) {
        let class = if sign == "=" { "total" } else { "row" };
        writeln!(out, "<tr class=\"{class}\"><td>{sign} {name}</td><td>{amount}</td></tr>")?;
    }
    writeln!(out, "</tbody></table>")?;
    if view.balanced {
        writeln!(out, "<p class=\"good\">Balanced: every line, every claim and the payment add up.</p>")?;
    } else {
        writeln!(out, "<p class=\"bad\">Does not balance:</p><ul>")?;
        view.deltas.iter().try_for_each(|delta| writeln!(out, "<li>{}</li>", Escaped(delta)))?;
        writeln!(out, "</ul>")?;
    }
    writeln!(out, "</section>")
}

//! A remittance as tables: six of them, joined by `file`, `remittance`, `claim_number` and `line`.

use super::remit_columns::Columns;
use super::remit_header::RemittanceView;
use super::remit_view::{AdjustmentView, ClaimView, EndView, LineView, RemarkView};
use crate::context::stdout;
use crate::exit::Failure;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

/// A table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Table {
    /// One row a remittance
    Remittances,
    /// One row a claim
    Claims,
    /// One row a service line
    Lines,
    /// One row a CAS triplet, of a claim or of a line
    Adjustments,
    /// One row a remark code, of a claim or of a line
    Remarks,
    /// One row a PLB pair
    Plb,
}

const ALL: [Table; 6] =
    [Table::Remittances, Table::Claims, Table::Lines, Table::Adjustments, Table::Remarks, Table::Plb];

const AMOUNTS: [&str; 9] =
    ["charge", "allowed", "contractual", "deductible", "coinsurance", "copay", "other", "paid", "patient_owes"];

impl Table {
    fn name(self) -> &'static str {
        match self {
            Self::Remittances => "remittances",
            Self::Claims => "claims",
            Self::Lines => "lines",
            Self::Adjustments => "adjustments",
            Self::Remarks => "remarks",
            Self::Plb => "plb",
        }
    }

    /// Names of the columns behind the keys `file` and `remittance`.
    fn columns(self) -> Vec<&'static str> {
        let plain: &[&str] = match self {
            Self::Remittances => &[
                "trace",
                "originator",
                "payer",
                "payer_id",
                "payee",
                "payee_id",
                "payment",
                "credit_debit",
                "method",
                "payment_date",
                "production_date",
                "test",
            ],
            Self::Claims => &[
                "claim_number",
                "claim",
                "status",
                "status_title",
                "payer_claim_number",
                "filing_indicator",
                "patient",
                "member_id",
                "rendering_provider",
                "service_from",
                "service_to",
                "patient_responsibility",
                "interest",
                "balanced",
            ],
            Self::Lines => &[
                "claim_number",
                "line",
                "claim",
                "control",
                "procedure_qualifier",
                "procedure",
                "submitted_procedure",
                "revenue_code",
                "units",
                "service_from",
                "service_to",
            ],
            Self::Adjustments => &["claim_number", "line", "claim", "group", "reason", "amount", "quantity", "title"],
            Self::Remarks => &["claim_number", "line", "claim", "code", "title"],
            Self::Plb => &["provider", "fiscal_period", "reason", "title", "reference", "amount"],
        };
        let amounts: &[&str] = if matches!(self, Self::Claims | Self::Lines) { &AMOUNTS } else { &[] };
        plain.iter().chain(amounts).copied().collect()
    }
}

/// The tables that are written.
pub struct Tables {
    writers: Vec<(Table, csv::Writer<Box<dyn Write>>)>,
    file: String,
}

impl Tables {
    /// One table on stdout.
    pub fn on_stdout(table: Table) -> Result<Self, Failure> {
        Self::new(vec![(table, Box::new(stdout()))])
    }

    /// All tables in a folder, which is made where it is not there.
    pub fn in_folder(folder: &Path) -> Result<Self, Failure> {
        fs::create_dir_all(folder).map_err(Failure::at(folder))?;
        let open = |table: Table| -> Result<(Table, Box<dyn Write>), Failure> {
            let path = folder.join(table.name()).with_extension("csv");
            Ok((table, Box::new(File::create(&path).map_err(Failure::at(path))?)))
        };
        Self::new(ALL.into_iter().map(open).collect::<Result<_, _>>()?)
    }

    fn new(outputs: Vec<(Table, Box<dyn Write>)>) -> Result<Self, Failure> {
        let mut writers = Vec::new();
        for (table, out) in outputs {
            let mut writer = csv::Writer::from_writer(out);
            let columns = table.columns();
            writer.write_record(["file", "remittance"].iter().chain(&columns)).map_err(io::Error::from)?;
            writers.push((table, writer));
        }
        Ok(Self { writers, file: String::new() })
    }

    /// Appends a row to a table, where it is written.
    fn row(&mut self, table: Table, remittance: u64, cells: Vec<String>) -> io::Result<()> {
        let Some((_, writer)) = self.writers.iter_mut().find(|(t, _)| *t == table) else { return Ok(()) };
        let keys = [self.file.clone(), remittance.to_string()];
        writer.write_record(keys.iter().chain(&cells)).map_err(io::Error::from)
    }

    /// Rows of a header.
    pub fn remittance(&mut self, view: &RemittanceView) -> io::Result<()> {
        self.file.clone_from(&view.file);
        let cells = vec![
            view.trace.to_string(),
            view.originator.to_string(),
            view.payer.name.to_string(),
            view.payer.id.to_string(),
            view.payee.name.to_string(),
            view.payee.id.to_string(),
            optional(view.payment),
            view.credit_debit.to_string(),
            view.method.to_string(),
            optional(view.payment_date),
            optional(view.production_date),
            view.test.to_string(),
        ];
        self.row(Table::Remittances, view.remittance, cells)
    }

    /// Rows of a claim, its lines, adjustments and remarks.
    pub fn claim(&mut self, view: &ClaimView) -> io::Result<()> {
        let mut cells = vec![
            view.number.to_string(),
            view.claim.to_string(),
            view.status.to_string(),
            view.status_title.clone(),
            view.payer_claim_number.to_string(),
            view.filing_indicator.to_string(),
            view.patient.clone(),
            view.member_id.clone(),
            view.rendering_provider.to_string(),
            optional(view.service_from),
            optional(view.service_to),
            optional(view.patient_responsibility),
            view.interest.to_string(),
            view.balanced.to_string(),
        ];
        cells.extend(amounts(&view.columns));
        self.row(Table::Claims, view.remittance, cells)?;
        self.reasons(view, None, &view.adjustments, &view.remarks)?;
        for line in &view.lines {
            self.line(view, line)?;
            self.reasons(view, Some(line.line), &line.adjustments, &line.remarks)?;
        }
        Ok(())
    }

    fn line(&mut self, claim: &ClaimView, line: &LineView) -> io::Result<()> {
        let mut cells = vec![
            claim.number.to_string(),
            line.line.to_string(),
            claim.claim.to_string(),
            line.control.to_string(),
            line.procedure_qualifier.to_string(),
            line.procedure.clone(),
            line.submitted_procedure.clone().unwrap_or_default(),
            line.revenue_code.to_string(),
            optional(line.units),
            optional(line.service_from),
            optional(line.service_to),
        ];
        cells.extend(amounts(&line.columns));
        self.row(Table::Lines, claim.remittance, cells)
    }

    fn reasons(
        &mut self,
        claim: &ClaimView,
        line: Option<u32>,
        adjustments: &[AdjustmentView],
        remarks: &[RemarkView],
    ) -> io::Result<()> {
        let keys = || vec![claim.number.to_string(), optional(line), claim.claim.to_string()];
        for a in adjustments {
            let mut cells = keys();
            let (amount, quantity) = (optional(a.amount), optional(a.quantity));
            cells.extend([a.group.to_string(), a.reason.to_string(), amount, quantity, a.title.to_owned()]);
            self.row(Table::Adjustments, claim.remittance, cells)?;
        }
        for remark in remarks {
            let mut cells = keys();
            cells.extend([remark.code.to_string(), remark.title.to_owned()]);
            self.row(Table::Remarks, claim.remittance, cells)?;
        }
        Ok(())
    }

    /// Rows of the PLB.
    pub fn end(&mut self, view: &EndView) -> io::Result<()> {
        for plb in &view.provider_adjustments {
            let cells = vec![
                plb.provider.to_string(),
                optional(plb.fiscal_period),
                plb.reason.to_string(),
                plb.title.clone(),
                plb.reference.to_string(),
                optional(plb.amount),
            ];
            self.row(Table::Plb, view.remittance, cells)?;
        }
        Ok(())
    }

    /// Flushes all.
    pub fn finish(&mut self) -> io::Result<()> {
        self.writers.iter_mut().try_for_each(|(_, writer)| writer.flush())
    }
}

fn optional<T: ToString>(value: Option<T>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

fn amounts(columns: &Columns) -> impl Iterator<Item = String> {
    columns.values().into_iter().map(optional)
}

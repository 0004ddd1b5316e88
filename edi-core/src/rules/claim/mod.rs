//! Rules of a professional claim: what its segments say together.

mod balance;
mod body;
mod codes;
mod dates;
mod level;
mod lines;
mod payers;
mod people;
mod service;

pub(super) use level::{Levels, check_subscriber, subscriber_ends};
pub(super) use people::{check_billing, check_name};

use super::found::Found;
use super::kept::{Part, Placed};
use crate::codes::{ProcedureShape, procedure_shape};
use chrono::NaiveDate;

/// A claim with what it hangs under.
#[derive(Debug, Clone)]
pub(super) struct Claim<'a> {
    /// Loop 2000A and its names.
    pub(super) billing: Part<'a>,
    /// Loop 2000B and its names.
    pub(super) subscriber: Part<'a>,
    /// Loop 2000C and its name; empty where the subscriber is the patient.
    pub(super) patient: Part<'a>,
    /// CLM.
    pub(super) clm: Placed<'a>,
    /// Loop 2300 and the loops 2310.
    pub(super) own: Part<'a>,
    /// The loops 2320, from the first on.
    pub(super) others: Part<'a>,
    /// The loops 2400, from the first on.
    pub(super) lines: Part<'a>,
    /// The lines, each looked up once.
    each_line: Vec<Line<'a>>,
    /// It is the first claim under its subscriber, so that what is wrong there is told once.
    pub(super) first: bool,
    /// The first and last day of service of all lines.
    pub(super) service: Option<(NaiveDate, NaiveDate)>,
    /// BHT04, the day on which the file was written.
    pub(super) written: Option<NaiveDate>,
    /// The HI of the diagnoses, and what it holds.
    pub(super) diagnoses: Option<(Placed<'a>, Vec<Diagnosis<'a>>)>,
}

/// A diagnosis of HI.
#[derive(Debug, Clone, Copy)]
pub(super) struct Diagnosis<'a> {
    /// Its element.
    pub(super) n: usize,
    /// Of the composite: which list it is of, and the code.
    pub(super) qualifier: &'a [u8],
    pub(super) code: &'a [u8],
}

/// A service line.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line<'a> {
    pub(super) part: Part<'a>,
    pub(super) sv1: Placed<'a>,
    /// SV101-2.
    pub(super) procedure: &'a [u8],
    /// The number of a CPT category I code.
    pub(super) cpt: Option<u32>,
    pub(super) days: Option<(NaiveDate, NaiveDate)>,
}

/// Another payer of the claim: loop 2320 and the loops 2330.
#[derive(Debug, Clone, Copy)]
pub(super) struct Other<'a> {
    pub(super) part: Part<'a>,
    pub(super) sbr: Placed<'a>,
    /// Loop 2330B, NM1.
    pub(super) payer: Option<Placed<'a>>,
}

impl<'a> Claim<'a> {
    /// The claim of a part that begins with CLM.
    pub(super) fn of([header, billing, subscriber, patient, all]: [Part<'a>; 5], first: bool) -> Option<Self> {
        let clm = all.first("2300", "CLM")?;
        let own = all.before(["2320", "2400"]);
        let rest = all.behind(own);
        let others = rest.before(["2400", "2400"]);
        let lines = rest.behind(others);
        let each_line: Vec<_> = lines.each("2400", "LX").filter_map(Line::of).collect();
        let days = each_line.iter().filter_map(|line| line.days);
        let service = days.reduce(|(from, to), (first, last)| (from.min(first), to.max(last)));
        let written = header.first("", "BHT").and_then(|bht| bht.day(4));
        let diagnoses = body::diagnoses_of(own);
        Some(Self {
            billing,
            subscriber,
            patient,
            clm,
            own,
            others,
            lines,
            each_line,
            first,
            service,
            written,
            diagnoses,
        })
    }

    pub(super) fn lines(&self) -> impl Iterator<Item = Line<'a>> + use<'a, '_> {
        self.each_line.iter().copied()
    }

    pub(super) fn others(&self) -> impl Iterator<Item = Other<'a>> + use<'a> {
        self.others.each("2320", "SBR").filter_map(|part| {
            let sbr = part.first("2320", "SBR")?;
            Some(Other { part, sbr, payer: part.first("2330B", "NM1") })
        })
    }

    /// The loop 2000C names the patient.
    pub(super) fn is_dependent(&self) -> bool {
        !self.patient.is_empty()
    }

    /// The claim is for Medicare.
    pub(super) fn is_medicare(&self) -> bool {
        self.subscriber.first("2000B", "SBR").is_some_and(|sbr| sbr.is(9, "MB"))
    }
}

impl<'a> Line<'a> {
    /// The line of a part that begins with LX.
    fn of(part: Part<'a>) -> Option<Self> {
        let sv1 = part.first("2400", "SV1")?;
        let days = part.with("2400", "DTP", "472").and_then(|dtp| dtp.days(3));
        let procedure = sv1.part(1, 2);
        Some(Self { part, sv1, procedure, cpt: cpt(procedure), days })
    }

    /// The modifiers of SV101 (components 3 to 6) that are filled, each with its component.
    pub(super) fn modifiers(&self) -> impl Iterator<Item = (usize, &'a [u8])> + use<'a> {
        let components = self.sv1.element(1).components().zip(1..).skip(2).take(4);
        components.map(|(component, n)| (n, component.bytes())).filter(|(_, code)| !code.is_empty())
    }

    /// CPT keeps 00100 to 01999 for anaesthesia.
    pub(super) fn is_anesthesia(&self) -> bool {
        self.cpt.is_some_and(|code| (100..=1999).contains(&code))
    }

    /// HCPCS keeps A0425 to A0436 for ambulance transports and their miles.
    pub(super) fn is_ambulance(&self) -> bool {
        (&b"A0425"[..]..=&b"A0436"[..]).contains(&self.procedure) && self.procedure.len() == 5
    }
}

/// The number of a CPT category I code.
fn cpt(procedure: &[u8]) -> Option<u32> {
    let code = std::str::from_utf8(procedure).ok()?;
    match procedure_shape(code) {
        Some(ProcedureShape::CptI) => code.parse().ok(),
        _ => None,
    }
}

/// Runs every rule on a claim.
pub(super) fn check(claim: &Claim<'_>, found: &mut Found) {
    body::check(claim, found);
    people::check(claim, found);
    dates::check(claim, found);
    codes::check(claim, found);
    service::check_claim(claim, found);
    payers::check(claim, found);
    lines::check_all(claim, found);
    for line in claim.lines() {
        lines::check(claim, &line, found);
        codes::check_line(claim, &line, found);
        service::check_line(claim, &line, found);
        payers::check_line(claim, &line, found);
    }
    balance::check(claim, found);
}

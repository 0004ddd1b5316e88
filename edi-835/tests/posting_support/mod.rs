//! A small clinic for tests: it books claims, receives remittances, and checks its ledger after each.
#![allow(dead_code)] // each test file uses its part

use chrono::NaiveDate;
use edi_835::ledger::{Account, ClaimHistory, HoldView, Ledger, Run};
use edi_835::posting::{Booked, Fate, PostEvent, PostOptions, RemittanceOutcome, Rules, post};
use edi_core::account::{ClaimKey, PayerOnClaim, Submission, SubmittedLine};
use edi_core::value::{Period, Procedure};
use edi_core::{Money, Quantity};
use std::collections::BTreeMap;

pub fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// An amount of dollars and cents.
pub fn cents(text: &str) -> i64 {
    text.parse::<Money>().unwrap().cents().unwrap()
}

fn money(cents: i64) -> String {
    Money::from_cents(cents).canonical().to_string()
}

/// A claim with one line for each charge, of procedure 99213, to these payers.
pub fn submission(key: &str, charges: &[&str], payers: &[&str]) -> Submission {
    let lines: Vec<SubmittedLine> = charges
        .iter()
        .zip(1u32..)
        .map(|(charge, ordinal)| SubmittedLine {
            ordinal,
            control: format!("{key}L{ordinal}").into(),
            procedure: Procedure::hcpcs(PROCEDURES[ordinal as usize - 1], None::<&str>),
            service: Some(Period::day(day("2026-01-05"))),
            units: Quantity::new(1),
            charge: charge.parse().unwrap(),
        })
        .collect();
    let payer = |(id, sequence): (&&str, &str)| PayerOnClaim {
        id: (*id).into(),
        name: format!("PLAN {id}").into(),
        filing_indicator: "CI".into(),
        sequence: sequence.into(),
    };
    Submission {
        key: ClaimKey(key.into()),
        frequency: "1".into(),
        original_reference: "".into(),
        provider: "1234567893".into(),
        provider_tax_id: "990000001".into(),
        payers: payers.iter().zip(["P", "S", "T"]).map(payer).collect(),
        destination: 0,
        patient: format!("DOE, {key}").into(),
        member_id: format!("W{key}").into(),
        charge: lines.iter().map(|line| line.charge).sum(),
        lines,
        patient_paid: Money::ZERO,
        test: false,
    }
}

pub const PROCEDURES: [&str; 4] = ["99213", "36415", "85025", "71046"];

/// A claim payment.
#[derive(Clone)]
pub struct Clp {
    key: String,
    status: String,
    pub number: String,
    charge: i64,
    paid: i64,
    more: String,
    lines: String,
    patient: i64,
    line: usize,
    clp05: Option<String>,
}

/// A claim payment of this CLP01 and status; charge and payment are the sums of its lines, less what is adjusted at
/// claim level.
pub fn clp(key: &str, status: &str) -> Clp {
    Clp {
        key: key.into(),
        status: status.into(),
        number: format!("N{key}"),
        charge: 0,
        paid: 0,
        more: String::new(),
        lines: String::new(),
        patient: 0,
        line: 0,
        clp05: None,
    }
}

fn cas(adjustments: &str) -> (String, i64, i64) {
    let (mut text, mut total, mut patient) = (String::new(), 0, 0);
    for adjustment in adjustments.split_whitespace() {
        let mut parts = adjustment.split(['-', '=']);
        let (group, reason) = (parts.next().unwrap(), parts.next().unwrap());
        let amount = cents(adjustment.split_once('=').unwrap().1);
        text += &format!("CAS*{group}*{reason}*{}~", money(amount));
        total += amount;
        patient += if group == "PR" { amount } else { 0 };
    }
    (text, total, patient)
}

impl Clp {
    pub fn number(mut self, number: &str) -> Self {
        self.number = number.into();
        self
    }

    /// REF*F8.
    pub fn corrects(self, number: &str) -> Self {
        self.with(&format!("REF*F8*{number}~"))
    }

    pub fn with(mut self, segments: &str) -> Self {
        self.more += segments;
        self
    }

    pub fn clp05(mut self, amount: &str) -> Self {
        self.clp05 = Some(amount.into());
        self
    }

    /// Claim-level adjustments (`CO-253=1.50 PR-1=20`).
    pub fn cas(mut self, adjustments: &str) -> Self {
        let (text, total, patient) = cas(adjustments);
        self.more = text + &self.more;
        self.paid -= total;
        self.patient += patient;
        self
    }

    /// The next line, of the procedure that the clinic's claims have there, with our control number.
    pub fn line(self, charge: &str, adjustments: &str) -> Self {
        let (procedure, control) = (PROCEDURES[self.line], format!("REF*6R*{}L{}~", self.key, self.line + 1));
        self.any_line(&format!("HC:{procedure}"), charge, adjustments, &control)
    }

    pub fn any_line(mut self, procedure: &str, charge: &str, adjustments: &str, more: &str) -> Self {
        let charge = cents(charge);
        let (text, total, patient) = cas(adjustments);
        let paid = charge - total;
        self.lines += &format!("SVC*{procedure}*{}*{}**1~DTM*472*20260105~{text}{more}", money(charge), money(paid));
        self.charge += charge;
        self.paid += paid;
        self.patient += patient;
        self.line += 1;
        self
    }

    /// Another charge or payment than the lines make.
    pub fn stating(mut self, charge: &str, paid: &str) -> Self {
        (self.charge, self.paid) = (cents(charge), cents(paid));
        self
    }

    /// The reversal of this claim payment: every amount negated, no CLP05.
    pub fn reversed(&self) -> Self {
        let negate =
            |text: &str| -> String { text.split_terminator('~').map(|segment| negated(segment) + "~").collect() };
        Self {
            status: "22".into(),
            charge: -self.charge,
            paid: -self.paid,
            more: negate(&self.more),
            lines: negate(&self.lines),
            patient: 0,
            clp05: None,
            ..self.clone()
        }
    }

    pub fn paid(&self) -> i64 {
        self.paid
    }

    fn write(&self) -> String {
        let patient = if self.patient == 0 || self.status == "22" { String::new() } else { money(self.patient) };
        let patient = self.clp05.clone().unwrap_or(patient);
        format!(
            "CLP*{}*{}*{}*{}*{patient}*12*{}~{}{}",
            self.key,
            self.status,
            money(self.charge),
            money(self.paid),
            self.number,
            self.more,
            self.lines
        )
    }
}

fn negated(segment: &str) -> String {
    let minus = |text: &str| money(-cents(text));
    let mut parts: Vec<String> = segment.split('*').map(str::to_owned).collect();
    match parts[0].as_str() {
        "CAS" => parts[3] = minus(&parts[3]),
        "SVC" => (parts[2], parts[3]) = (minus(&parts[2]), minus(&parts[3])),
        _ => {}
    }
    parts.join("*")
}

/// A remittance of payer 11111 on 2026-01-20.
#[derive(Clone)]
pub struct Remit {
    pub trace: String,
    pub payer: String,
    pub payee: String,
    pub usage: char,
    pub flag: char,
    pub date: String,
    claims: Vec<Clp>,
    plbs: Vec<(String, String, i64)>,
    off: i64,
}

pub fn remit(trace: &str, claims: &[Clp]) -> Remit {
    Remit {
        trace: trace.into(),
        payer: "11111".into(),
        payee: "1234567893".into(),
        usage: 'P',
        flag: 'C',
        date: "20260120".into(),
        claims: claims.to_vec(),
        plbs: Vec::new(),
        off: 0,
    }
}

impl Remit {
    pub fn from(mut self, payer: &str) -> Self {
        self.payer = payer.into();
        self
    }

    /// PLB: code, reference, amount.
    pub fn plb(mut self, code: &str, reference: &str, amount: &str) -> Self {
        self.plbs.push((code.into(), reference.into(), cents(amount)));
        self
    }

    /// BPR02 is off by this.
    pub fn off(mut self, amount: &str) -> Self {
        self.off = cents(amount);
        self
    }

    pub fn paid(&self) -> i64 {
        self.claims.iter().map(Clp::paid).sum::<i64>() - self.plbs.iter().map(|plb| plb.2).sum::<i64>() + self.off
    }

    /// ST to SE.
    fn transaction(&self, control: usize) -> String {
        let mut text = format!(
            "ST*835*{control:04}~BPR*I*{}*{}*ACH*CCP*01*021000021*DA*1*1999999999**01*011000015*DA*9*{}~\
             TRN*1*{}*1999999999~N1*PR*PLAN~REF*2U*{}~N1*PE*CLINIC*XX*{}~LX*1~",
            money(self.paid()),
            self.flag,
            self.date,
            self.trace,
            self.payer,
            self.payee
        );
        text.extend(self.claims.iter().map(Clp::write));
        for (code, reference, amount) in &self.plbs {
            text += &format!("PLB*1234567893*20261231*{code}:{reference}*{}~", money(*amount));
        }
        let count = text.matches('~').count() + 1;
        text + &format!("SE*{count}*{control:04}~")
    }

    pub fn file(&self) -> String {
        file(std::slice::from_ref(self))
    }
}

/// A file of several remittances.
pub fn file(remits: &[Remit]) -> String {
    let usage = remits.first().map_or('P', |remit| remit.usage);
    let mut text = format!(
        "ISA*00*          *00*          *ZZ*PAYER          *ZZ*CLINIC         *260120*1200*^*00501*000000001*0*{usage}*:~\
         GS*HP*PAYER*CLINIC*20260120*1200*1*X*005010X221A1~"
    );
    text.extend(remits.iter().zip(1..).map(|(remit, control)| remit.transaction(control)));
    text + &format!("GE*{}*1~IEA*1*000000001~", remits.len())
}

/// A clinic with a ledger.
pub struct Clinic {
    pub ledger: Ledger,
    pub rules: Rules,
    pub run: Run,
}

impl Clinic {
    pub fn new() -> Self {
        Self::with_rules("")
    }

    pub fn with_rules(rules: &str) -> Self {
        let run = Run { actor: "tester".into(), day: day("2026-01-21"), rules: "test".into() };
        Self { ledger: Ledger::in_memory().unwrap(), rules: Rules::parse(rules).unwrap(), run }
    }

    /// A clinic that booked claim A of one line of 500.00 to payer 11111, and secondary to 22222.
    pub fn with_two_payers() -> Self {
        let mut clinic = Self::new();
        clinic.book(&submission("A", &["500"], &["11111", "22222"]));
        clinic
    }

    pub fn book(&mut self, submission: &Submission) -> Booked {
        let booked = self.ledger.book(submission, &self.run, &self.rules).unwrap();
        self.check();
        booked
    }

    pub fn post_text(&mut self, file: &str) -> Vec<RemittanceOutcome> {
        let outcomes = self.post_with(file, false);
        self.check();
        outcomes
    }

    pub fn post_with(&mut self, file: &str, dry_run: bool) -> Vec<RemittanceOutcome> {
        let options = PostOptions { run: self.run.clone(), rules: &self.rules, dry_run, file: "test.835".into() };
        post(|| Ok(file.as_bytes()), &mut self.ledger, &options, &mut |_| {}).unwrap()
    }

    pub fn post(&mut self, remit: &Remit) -> RemittanceOutcome {
        self.post_text(&remit.file()).pop().unwrap()
    }

    /// Posts a remittance; the rules that its claims' warnings are of.
    pub fn warnings(&mut self, remit: &Remit) -> Vec<String> {
        let (text, mut warnings) = (remit.file(), Vec::new());
        let options =
            PostOptions { run: self.run.clone(), rules: &self.rules, dry_run: false, file: "test.835".into() };
        let mut hear = |event: PostEvent<'_>| {
            if let PostEvent::Claim { planned, .. } = event {
                warnings.extend(planned.warnings.iter().map(|warning| warning.rule.to_owned()));
            }
        };
        post(|| Ok(text.as_bytes()), &mut self.ledger, &options, &mut hear).unwrap();
        self.check();
        warnings
    }

    /// Posts claims of payer 11111; the remittance itself must post.
    pub fn post_claims(&mut self, trace: &str, claims: &[Clp]) -> RemittanceOutcome {
        let outcome = self.post(&remit(trace, claims));
        assert_eq!(outcome.fate, Fate::Posted);
        outcome
    }

    #[track_caller]
    pub fn check(&mut self) {
        let report = self.ledger.check().unwrap();
        assert_eq!(report.breaches, [], "{report:?}");
    }

    /// Balances that are not zero, in cents.
    pub fn balances(&mut self) -> BTreeMap<Account, i64> {
        let all = self.ledger.balances(false).unwrap();
        all.into_iter().map(|b| (b.account, b.amount.cents().unwrap())).filter(|(_, cents)| *cents != 0).collect()
    }

    pub fn balance(&mut self, account: Account) -> i64 {
        self.balances().get(&account).copied().unwrap_or_default()
    }

    pub fn claim(&mut self, key: &str) -> ClaimHistory {
        self.ledger.claim(key).unwrap().unwrap()
    }

    /// What a payer (or the patient, `""`) owes on a claim.
    pub fn owed(&mut self, key: &str, account: Account, payer: &str) -> i64 {
        let owed = self.claim(key).owed;
        owed.iter().filter(|o| o.account == account && o.payer == payer).map(|o| o.amount.cents().unwrap()).sum()
    }

    pub fn holds(&mut self) -> Vec<HoldView> {
        self.ledger.holds(false).unwrap()
    }

    /// Causes of the open holds, in order, each with its claim number.
    pub fn causes(&mut self) -> Vec<(String, String)> {
        let holds = self.holds();
        let of = |hold: &HoldView| {
            let causes: Vec<&str> = hold.reasons.iter().map(|reason| reason.cause.as_str()).collect();
            (hold.claim_key.to_string(), causes.join(" "))
        };
        holds.iter().map(of).collect()
    }

    #[track_caller]
    pub fn assert_held(&mut self, expected: &[(&str, &str)]) {
        let expected: Vec<(String, String)> = expected.iter().map(|(k, c)| ((*k).into(), (*c).into())).collect();
        pretty_assertions::assert_eq!(self.causes(), expected, "{:#?}", self.holds());
    }
}

//! The inputs: gen.py's files where they can be had, else the engine's own, all drawn by seed.

use crate::Outcome;
use chrono::{NaiveDate, NaiveDateTime};
use edi_835::generate::{self, Draw, RemittanceDraft};
use edi_837::encounter::{BoxError, Mapping, Practice};
use edi_837::{BuildOptions, ReadyClaim, Sequence, Verdict};
use edi_core::account::Submission;
use edi_core::lex::Delimiters;
use edi_core::writer::SegmentWriter;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

const PRACTICE: &str = include_str!("../../../testdata/encounters/generic.practice.toml");
const MAPPING: &str = include_str!("../../../testdata/encounters/generic.mapping.toml");

/// A claim of the generators takes about so many bytes of CSV, of 835.
pub const BYTES_A_CLAIM: (usize, usize) = (390, 420);

/// What is done with each claim that is built.
type See<'a> = &'a mut dyn FnMut(&ReadyClaim<'_>) -> Result<(), BoxError>;

/// What all rows read, made once.
pub struct Inputs {
    pub origin: &'static str,
    bytes: usize,
    shared: Option<PathBuf>,
    pub claims: usize,
    pub practice: Practice,
    pub mapping: Mapping,
}

impl Inputs {
    pub fn new(bytes: usize, claims: usize) -> Outcome<Self> {
        let shared = std::env::var_os("EDI_SHARED").map(PathBuf::from).filter(|s| s.join("bench/gen.py").is_file());
        let origin = if shared.is_some() { "gen.py" } else { "made by the engine" };
        let (practice, mapping) = (Practice::parse(PRACTICE)?, Mapping::parse(MAPPING)?);
        Ok(Self { origin, bytes, shared, claims, practice, mapping })
    }

    /// The engine's own alone: one payer, one billing provider.
    pub fn own(claims: usize) -> Outcome<Self> {
        Ok(Self { shared: None, ..Self::new(0, claims)? })
    }

    /// An 835 of the size that was asked for.
    pub fn remittances(&self) -> Outcome<Vec<u8>> {
        match &self.shared {
            Some(shared) => generated(shared, ["835", "--size", &self.bytes.to_string()]),
            None => remittances(self.bytes / BYTES_A_CLAIM.1),
        }
    }

    /// An 837P of the size that was asked for.
    pub fn claims(&self) -> Outcome<Vec<u8>> {
        match &self.shared {
            Some(shared) => generated(shared, ["837", "--size", &self.bytes.to_string()]),
            None => {
                let folder = tempfile::tempdir()?;
                let encounters = encounters(self.bytes / BYTES_A_CLAIM.1);
                self.build(&encounters, folder.path(), &mut |_| Ok(()))?;
                let mut all = Vec::new();
                for file in std::fs::read_dir(folder.path())? {
                    all.extend(std::fs::read(file?.path())?);
                }
                Ok(all)
            }
        }
    }

    /// A CSV of encounters, a fifth of the size that was asked for, and how many there are.
    pub fn encounters(&self) -> Outcome<(Vec<u8>, usize)> {
        let count = self.bytes / 5 / BYTES_A_CLAIM.0;
        Ok((self.encounters_of(count)?, count))
    }

    fn encounters_of(&self, count: usize) -> Outcome<Vec<u8>> {
        match &self.shared {
            Some(shared) => generated(shared, ["csv", "--claims", &count.to_string()]),
            None => Ok(encounters(count)),
        }
    }

    /// Builds 837P files of encounters into a folder, and shows each claim; how many were written.
    pub fn build(&self, encounters: &[u8], folder: &Path, see: See<'_>) -> Outcome<u64> {
        let options = BuildOptions::new(clock());
        let on_claim = |claim: &ReadyClaim<'_>| {
            see(claim)?;
            Ok(Verdict::Take)
        };
        let input = (encounters, "encounters.csv");
        let mut numbers = Sequence(1);
        let built = edi_837::build(input, &self.practice, &self.mapping, &options, &mut numbers, folder, on_claim)?;
        Ok(built.publish(folder)?.written)
    }

    /// Claims as they are booked.
    pub fn submissions(&self, count: usize) -> Outcome<Vec<Submission>> {
        let mut submissions = Vec::with_capacity(count);
        let folder = tempfile::tempdir()?;
        self.build(&self.encounters_of(count)?, folder.path(), &mut |claim| {
            submissions.push(claim.claim()?.submission(false));
            Ok(())
        })?;
        Ok(submissions)
    }
}

/// The 835 that answers these claims, so many of a payer to a transaction set, and how many claims it has. Answers of
/// later payers are left out: they would wait for the first one's, and the others post.
pub fn answers(submissions: &[Submission], to_a_set: usize) -> Outcome<(Vec<u8>, usize)> {
    let mut count = 0;
    let mut writer = SegmentWriter::new(Vec::new(), Delimiters::default());
    generate::begin(&mut writer, clock(), 1, "P")?;
    for (draft, mut claims) in generate::answer(submissions, &mut Draw::new(7), clock().date()) {
        claims.retain(|claim| claim.status != "2");
        count += claims.len();
        for (n, claims) in claims.chunks(to_a_set).enumerate() {
            let trace = format!("{}-{n}", draft.trace).into();
            let draft = RemittanceDraft { trace, ..draft.clone() };
            generate::remittance(&mut writer, &draft, || claims.iter().cloned())?;
        }
    }
    generate::end(&mut writer)?;
    Ok((writer.into_inner()?, count))
}

/// The moment at which everything happens.
pub fn clock() -> NaiveDateTime {
    NaiveDate::from_ymd_opt(2026, 1, 5).unwrap_or_default().into()
}

fn generated(shared: &Path, arguments: [&str; 3]) -> Outcome<Vec<u8>> {
    let out = tempfile::NamedTempFile::new()?;
    let mut command = Command::new("python3");
    command.arg(shared.join("bench/gen.py")).args(arguments).arg("--out").arg(out.path());
    if !command.output()?.status.success() {
        return Err("gen.py failed".into());
    }
    let _ = std::fs::remove_file(out.path().with_extension("json"));
    Ok(std::fs::read(out.path())?)
}

/// An 835 of so many claims, a thousand to a transaction set.
pub fn remittances(claims: usize) -> Outcome<Vec<u8>> {
    let date = clock().date();
    let mut writer = SegmentWriter::new(Vec::new(), Delimiters::default());
    generate::begin(&mut writer, clock(), 1, "P")?;
    for n in 0..claims.div_ceil(1000).max(1) as u64 {
        let draft = RemittanceDraft::synthetic(n, date);
        generate::remittance(&mut writer, &draft, || generate::invent(Draw::new(n), date).take(1000))?;
    }
    generate::end(&mut writer)?;
    Ok(writer.into_inner()?)
}

/// Encounters in the columns of the generic mapping.
pub fn encounters(count: usize) -> Vec<u8> {
    const HEAD: &str = "claim_id,line,bill_npi,rend_npi,rend_last,rend_first,sub_id,sub_last,sub_first,sub_dob,\
        sub_sex,addr,city,state,zip,group,payer_id,payer_name,pos,dos,dx1,dx2,dx3,cpt,mod,charge,units\n";
    let mut draw = Draw::new(20_260_105);
    let mut text = String::from(HEAD);
    for n in 1..=count {
        let member = draw.number() % 1_000_000_000;
        let (last, first) =
            (draw.pick(["MOORE", "LEE", "GARCIA", "CLARK"]), draw.pick(["ANN", "JOHN", "MARY", "DAVID"]));
        let (sex, day) = (draw.pick(["F", "M"]), 1 + draw.below(28));
        let (first_dx, second_dx) = (draw.pick(["J029", "E119", "I10", "M5450"]), draw.pick(["", "R079", "E785"]));
        let lines = draw.pick([1, 1, 2, 2, 3]);
        for line in 1..=lines {
            let (code, modifier) = (draw.pick(["99213", "99214", "93000", "36415"]), draw.pick(["", "", "25", "59"]));
            let (dollars, cents) = (25 + draw.below(500), draw.below(100));
            let _ = writeln!(
                text,
                "PCN{n:08},{line},1234567893,1234647083,WELLS,NORA,W{member:09},{last},{first},197504{day:02},{sex},\
                 100 MAIN ST,DENVER,CO,802020001,GRP{:05},99999,EXAMPLE HEALTH PLAN,11,202508{day:02},\
                 {first_dx},{second_dx},,{code},{modifier},{dollars}.{cents:02},1",
                member % 100_000
            );
        }
    }
    text.into_bytes()
}

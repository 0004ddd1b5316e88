//! `edi mask`: an equal-shaped file without a patient's data, to show and to test with.

use crate::context::{Context, stdout};
use crate::exit::{Failure, Outcome};
use crate::input::{self, Source};
use crate::render::findings::{self, Conservation};
use chrono::{Days, NaiveDate};
use edi_core::envelope::{EnvelopeReader, Event};
use edi_core::lex::{Delimiters, Segment};
use edi_core::reader::Reader;
use edi_core::value::{date8, npi_from};
use sha2::{Digest, Sha256};
use std::fs::File;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io::{BufWriter, Write};
use std::path::PathBuf;

/// Arguments of `edi mask`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Names, addresses, phones, identifiers of people, claims and accounts, dates of birth and free text are
replaced by others of the same shape; amounts, codes, dates of service and of death, and payers stay. One key gives the same
replacement for the same value in every file.

Examples:
  edi mask --key secret testdata/remits/clean.835 > shown.835
  edi mask --key secret --to masked claims.837 remits.835"
)]
pub struct Args {
    /// X12 files, `-` for stdin; .gz and .zip are opened
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// What the replacements are drawn by; `--seed` otherwise, and by chance where there is neither
    #[arg(long, env = "EDI_MASK_KEY", hide_env_values = true)]
    key: Option<String>,
    /// The folder for the files, by their own names; on stdout otherwise
    #[arg(long, value_name = "FOLDER")]
    to: Option<PathBuf>,
}

/// Masks each file.
pub fn run(args: &Args, context: &Context) -> Result<Outcome, Failure> {
    if let Some(to) = &args.to {
        std::fs::create_dir_all(to).map_err(Failure::at(to))?;
    }
    let masker = Masker::new(args.key.as_deref(), context.seed);
    context.for_each(input::sources(&args.files), |source| {
        let source = source?;
        match &args.to {
            None => mask(&source, &masker, &mut stdout(), context),
            Some(to) => {
                let name = source.name.rsplit(['/', ':']).next().unwrap_or("part");
                let path = to.join(name.strip_suffix(".gz").unwrap_or(name));
                let file = File::create_new(&path).map_err(Failure::at(&path))?;
                mask(&source, &masker, &mut BufWriter::new(file), context)
            }
        }
    })
}

fn mask(source: &Source, masker: &Masker, out: &mut impl Write, context: &Context) -> Result<Outcome, Failure> {
    let fail = || Failure::edi(&source.name);
    let reader = Reader::with_options(source.reader()?, context.reader_options()).map_err(fail())?;
    let mut envelope = EnvelopeReader::new(reader);
    let mut claims = 0;
    while let Some(event) = envelope.next().map_err(fail())? {
        let segment = match event {
            Event::InterchangeStart(_, it) | Event::GroupStart(_, it) => it,
            Event::TransactionEnd(_, it) | Event::GroupEnd(_, it) | Event::InterchangeEnd(_, it) => it,
            Event::TransactionStart(_, it) | Event::Segment(it) | Event::Outside(it) => Some(it),
        };
        let Some(segment) = segment else { continue };
        claims += u64::from(matches!(segment.id(), b"CLM" | b"CLP"));
        // What is no segment may hold anything: only its line breaks stay.
        out.write_all(&breaks(segment.lead()))?;
        out.write_all(&masker.segment(&segment))?;
    }
    out.write_all(&breaks(envelope.reader().tail()))?;
    out.flush()?;
    let found = envelope.take_findings();
    let outcome = findings::say(&source.name, envelope.reader().repairs().iter().chain(&found), context);
    Conservation { claims_in: claims, claims_out: claims, claims_held: 0 }.prove(&source.name, &envelope, context)?;
    Ok(outcome)
}

fn breaks(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().copied().filter(u8::is_ascii_whitespace).collect()
}

/// What is done with an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hide {
    /// Letters become letters, digits digits.
    Text,
    /// A street; a post office box stays one.
    Street,
    /// A date of birth becomes an earlier one.
    Birth,
    /// Components 2, 4 and 6 are identifiers, under qualifiers.
    Pairs,
    /// Component 7 is a description.
    Description,
    /// Component 2 is a reference.
    Reference,
}

/// Elements that are private in every segment of an id.
const ALWAYS: [(&[u8], &[usize], Hide); 27] = [
    (b"N2", &[1, 2], Hide::Text),
    (b"N3", &[1, 2], Hide::Street),
    (b"N4", &[1, 3], Hide::Text),
    (b"PER", &[2, 4, 6, 8], Hide::Text),
    (b"DMG", &[2], Hide::Birth),
    (b"SBR", &[3, 4], Hide::Text),
    (b"CLM", &[1], Hide::Text),
    (b"CLP", &[1, 7], Hide::Text),
    (b"TRN", &[2, 4], Hide::Text),
    (b"BPR", &[9, 15], Hide::Text),
    (b"PLB", &[1], Hide::Text),
    (b"PLB", &[3, 5, 7, 9, 11, 13], Hide::Reference),
    (b"TS3", &[1], Hide::Text),
    (b"NTE", &[2], Hide::Text),
    (b"MSG", &[1], Hide::Text),
    (b"K3", &[1], Hide::Text),
    (b"CR1", &[9, 10], Hide::Text),
    (b"CR2", &[10, 11], Hide::Text),
    (b"PWK", &[6, 7], Hide::Text),
    (b"PS1", &[1], Hide::Text),
    (b"FRM", &[3], Hide::Text),
    (b"STC", &[12], Hide::Text),
    (b"SV1", &[1], Hide::Description),
    (b"SVC", &[1, 6], Hide::Description),
    (b"CTX", &[1], Hide::Reference),
    (b"IK4", &[4], Hide::Text),
    (b"BDS", &[3], Hide::Text),
];

/// REF01 of references that are no person's: payers, versions, certificates, policies.
const PUBLIC: [&[u8]; 14] =
    [b"2U", b"EV", b"F2", b"X4", b"F4", b"EW", b"0K", b"APC", b"1S", b"RB", b"P4", b"NF", b"FY", b"G3"];

/// NM101 and N101 of those whose name and number everybody may know: payers and the receiver.
const KNOWN: [&[u8]; 3] = [b"PR", b"TT", b"40"];

/// The elements of a segment that are hidden, and how.
fn hidden(segment: &Segment<'_>) -> Vec<(usize, Hide)> {
    let element = |n: usize| segment.element(n).bytes();
    let text = |elements: &[usize]| elements.iter().map(|n| (*n, Hide::Text)).collect();
    match segment.id() {
        b"NM1" if KNOWN.contains(&element(1)) && element(2) != b"1" => Vec::new(),
        // The submitter's number stands in ISA and GS too.
        b"NM1" if KNOWN.contains(&element(1)) || element(1) == b"41" => text(&[3, 4, 5, 7]),
        b"NM1" => text(&[3, 4, 5, 7, 9, 12]),
        b"N1" if KNOWN.contains(&element(1)) => Vec::new(),
        b"N1" => text(&[2, 4]),
        b"REF" if PUBLIC.contains(&element(1)) => vec![(4, Hide::Pairs)],
        b"REF" => vec![(2, Hide::Text), (3, Hide::Text), (4, Hide::Pairs)],
        id => {
            let of_id = ALWAYS.iter().filter(|(it, ..)| *it == id);
            of_id.flat_map(|(_, elements, hide)| elements.iter().map(|n| (*n, *hide))).collect()
        }
    }
}

/// Draws replacements under a key.
struct Masker {
    key: [u8; 32],
}

impl Masker {
    fn new(key: Option<&str>, seed: u64) -> Self {
        let chance = || RandomState::new().build_hasher().finish();
        let drawn = || [chance(), chance(), chance(), chance()].map(u64::to_be_bytes).concat();
        let material = match key {
            Some(key) => [b"key:", key.as_bytes()].concat(),
            None if seed != 0 => [&b"seed:"[..], &seed.to_be_bytes()].concat(),
            None => drawn(),
        };
        Self { key: Sha256::digest(material).into() }
    }

    /// The segment as it stands in the stream, its line breaks too, with what is private replaced.
    fn segment(&self, segment: &Segment<'_>) -> Vec<u8> {
        let original = segment.bytes();
        let mut masked = original.to_vec();
        let mut start = segment.id().len() + 1;
        let places = hidden(segment);
        for (element, n) in segment.elements().zip(1..) {
            let end = start + element.bytes().len();
            if let (Some((_, hide)), Some(value)) = (places.iter().find(|(it, _)| *it == n), masked.get_mut(start..end))
            {
                self.element(value, *hide, segment.delimiters());
            }
            start = end + 1;
        }
        // The raw bytes have breaks of wraps inside, and may have the id in lower case.
        let mut at = 0;
        let replaced = |byte: &u8| match (original.get(at), masked.get(at)) {
            (Some(was), Some(is)) if was.eq_ignore_ascii_case(byte) => {
                at += 1;
                if was == is { *byte } else { *is }
            }
            _ => *byte,
        };
        segment.raw().iter().map(replaced).collect()
    }

    fn element(&self, value: &mut [u8], hide: Hide, delimiters: Delimiters) {
        let parts = |which: fn(usize) -> bool, value: &mut [u8]| {
            for repetition in value.split_mut(|byte| Some(*byte) == delimiters.repetition) {
                let components = repetition.split_mut(|byte| *byte == delimiters.component).zip(1..);
                components.filter(|(_, n)| which(*n)).for_each(|(part, _)| self.text(part));
            }
        };
        match hide {
            Hide::Text => self.text(value),
            Hide::Street if is_box(value) => {
                value.split_mut(|byte| !byte.is_ascii_digit()).for_each(|it| self.text(it))
            }
            Hide::Street => self.text(value),
            Hide::Birth => self.birth(value),
            Hide::Pairs => parts(|n| n % 2 == 0, value),
            Hide::Description => parts(|n| n == 7, value),
            Hide::Reference => parts(|n| n == 2, value),
        }
    }

    /// A day up to a year earlier: a child that is born stays born. What is no date stays none.
    fn birth(&self, value: &mut [u8]) {
        let Some(day) = date8(value) else { return self.text(value) };
        let draw = self.draw(&[value], 2);
        let back = 1 + (u64::from(draw[0]) * 256 + u64::from(draw[1])) % 364;
        let earlier: NaiveDate = day.checked_sub_days(Days::new(back)).unwrap_or(day);
        value.copy_from_slice(earlier.format("%Y%m%d").to_string().as_bytes());
    }

    /// Replaces a text by another of the same shape: each character stays in its class. Different texts get
    /// different replacements, and none is its own, unless it is of one class that has one character. Ten digits
    /// keep whether the last is the check digit of an NPI.
    fn text(&self, value: &mut [u8]) {
        let number: Option<u32> = (value.len() == 10 && value.iter().all(u8::is_ascii_digit))
            .then(|| value[..9].iter().fold(0, |number, digit| number * 10 + u32::from(digit - b'0')));
        let Some(number) = number else { return self.permute(value) };
        let off = |number: u32, check: u8| 10 + check - npi_from(number).as_bytes()[9];
        let kept = off(number, value[9]);
        self.permute(&mut value[1..9]);
        let masked = value[..9].iter().fold(0, |number, digit| number * 10 + u32::from(digit - b'0'));
        value[9] = b'0' + (npi_from(masked).as_bytes()[9] - b'0' + kept) % 10;
    }

    /// A permutation of all texts of one shape: four Feistel rounds between the characters at even and at odd
    /// places, and the first character moved last.
    fn permute(&self, value: &mut [u8]) {
        let places: Vec<usize> = (0..value.len()).filter(|i| class(value[*i]).len() > 1).collect();
        let Some((first, rest)) = places.split_first() else { return };
        let halves: [Vec<usize>; 2] = [0, 1].map(|odd| rest.iter().copied().skip(odd).step_by(2).collect());
        for round in 0..4u8 {
            let (moved, told) = (&halves[usize::from(round % 2)], &halves[usize::from(1 - round % 2)]);
            let told: Vec<u8> = told.iter().map(|i| value[*i]).collect();
            let draw = self.draw(&[&[round], &shape(value), &told], moved.len());
            moved.iter().zip(draw).for_each(|(i, by)| value[*i] = shifted(value[*i], usize::from(by)));
        }
        let told: Vec<u8> = rest.iter().map(|i| value[*i]).collect();
        let by = usize::from(self.draw(&[&[4], &shape(value), &told], 1)[0]);
        value[*first] = shifted(value[*first], 1 + by % (class(value[*first]).len() - 1));
    }

    /// So many bytes that the key and these parts give.
    fn draw(&self, parts: &[&[u8]], count: usize) -> Vec<u8> {
        let block = |n: u32| {
            let mut hash = Sha256::new_with_prefix(self.key);
            hash.update(n.to_be_bytes());
            for part in parts {
                hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
                hash.update(part);
            }
            hash.finalize()
        };
        (0..).flat_map(block).take(count).collect()
    }
}

/// The class that a character stays in. Letters that a Medicare number never has are a class of their own, and so
/// is zero, so that what is shaped like one stays so, and what is not does not become so.
fn class(byte: u8) -> &'static [u8] {
    match byte {
        b'1'..=b'9' => b"123456789",
        b'S' | b'L' | b'O' | b'I' | b'B' | b'Z' => b"SLOIBZ",
        b'A'..=b'Z' => b"ACDEFGHJKMNPQRTUVWXY",
        b'a'..=b'z' => b"abcdefghijklmnopqrstuvwxyz",
        _ => b"",
    }
}

fn shifted(byte: u8, by: usize) -> u8 {
    let class = class(byte);
    let at = class.iter().position(|it| *it == byte);
    at.map_or(byte, |at| class[(at + by) % class.len()])
}

/// The class of each character, by its first.
fn shape(value: &[u8]) -> Vec<u8> {
    value.iter().map(|byte| class(*byte).first().copied().unwrap_or(*byte)).collect()
}

/// Whether it begins like a post office box, which a check of addresses looks at.
fn is_box(street: &[u8]) -> bool {
    let letters = street.iter().filter(|byte| byte.is_ascii_alphanumeric()).map(u8::to_ascii_uppercase);
    let start: Vec<u8> = letters.take(13).collect();
    [&b"POBOX"[..], b"POSTOFFICEBOX", b"LOCKBOX"].iter().any(|it| start.starts_with(it))
}

#[cfg(test)]
mod tests {
    use super::*;
    use edi_core::value::{is_mbi, is_npi};
    use pretty_assertions::assert_eq;
    use std::collections::BTreeSet;

    fn masked(text: &str) -> String {
        let mut value = text.as_bytes().to_vec();
        Masker::new(Some("key"), 0).text(&mut value);
        String::from_utf8(value).unwrap()
    }

    #[test]
    fn shapes_stay_and_values_go() {
        for text in ["DOE", "Mary-Ann O'Neil", "W100000001", "1", "A", "12-3456789", "x@example.com", "1EG4TE5MK73"] {
            let other = masked(text);
            assert_ne!(other, text);
            assert_eq!(shape(other.as_bytes()), shape(text.as_bytes()));
            assert_eq!(masked(text), other);
        }
        assert_eq!(masked(""), "");
        assert_eq!(masked("00 - 0"), "00 - 0");
    }

    #[test]
    fn numbers_keep_what_makes_them_valid() {
        for npi in ["1234567893", "1245319599", "1999999984"] {
            assert!(is_npi(npi) && is_npi(&masked(npi)) && masked(npi) != npi);
        }
        for other in ["1234567890", "8005550100", "9876543210", "0000000000"] {
            assert!(!is_npi(other) && !is_npi(&masked(other)), "{other}");
        }
        assert!(is_mbi("1EG4TE5MK73") && is_mbi(&masked("1EG4TE5MK73")) && !is_mbi(&masked("1SG4TE5MK73")));
    }

    #[test]
    fn different_values_stay_different() {
        let two: BTreeSet<String> = (11..=99).map(|n| masked(&n.to_string())).collect();
        assert_eq!(two.len(), 89);
        let npis: BTreeSet<String> = (0..2000).map(|n| masked(&format!("{:010}", 1_200_000_000u64 + n))).collect();
        assert_eq!(npis.len(), 2000);
    }

    #[test]
    fn a_birth_is_earlier_and_a_date() {
        let mut value = *b"20240229";
        Masker::new(None, 7).birth(&mut value);
        let (was, is) = (date8(b"20240229").unwrap(), date8(&value).unwrap());
        assert!(is < was && was - is <= chrono::TimeDelta::days(365));
    }
}

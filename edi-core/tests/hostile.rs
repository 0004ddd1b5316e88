//! Dirty forms in combination: every delimiter, padding, wrap, encoding and fragment with every other, read whole and
//! byte by byte, cut anywhere. No claim is lost, every byte is accounted for, and what was mended is told.

use edi_core::envelope::{EnvelopeReader, Event};
use edi_core::reader::Reader;
use pretty_assertions::assert_eq;
use std::io::{BufRead, Read};

/// Element, repetition and component separator, terminator.
type Four = [char; 4];

const DELIMITERS: [Four; 12] = [
    ['*', '^', ':', '~'],
    ['|', '^', ':', '~'],
    ['\t', '^', '\\', '\''],
    ['\x1d', '\x1f', '\x1e', '\x1c'],
    ['\\', '^', '>', '\''],
    ['\'', '^', '<', '!'],
    ['!', '^', ':', '\x07'],
    ['+', '%', ';', '&'],
    ['*', '^', ':', '\n'],
    ['*', '^', ':', '\r'],
    ['*', '^', ':', '\x1a'],
    ['*', '^', ':', '\0'],
];

const CLAIMS: usize = 3;

/// The segments of an interchange; those of its transaction set are from 2 to 2 before the end.
fn segments(d: Four, padded: bool) -> Vec<String> {
    let isa =
        "ISA*00*          *00*          *ZZ*PAYER          *ZZ*CLINIC         *260105*1200*^*00501*000000007*0*P*:";
    let mut all = match padded {
        true => vec![isa.to_owned()],
        false => vec![isa.split('*').map(str::trim).collect::<Vec<_>>().join("*")],
    };
    let head = "GS*HP*PAYER*CLINIC*20260105*1200*7*X*005010X221A1/ST*835*0001/BPR*I*240*C*CHK************20260105/\
                TRN*1*T1*1999999999/N1*PR*ISA PLAN/N1*PE*GS*XX*1234567893/LX*1";
    all.extend(head.split('/').map(str::to_owned));
    for n in 1..=CLAIMS {
        all.push(format!("CLP*C{n}*1*100*80*20*12*P{n}"));
        all.extend(["NM1*QC*1*ISA*ST****MI*M1", "SVC*HC:99213*100*80", "CAS*PR*2*20"].map(str::to_owned));
    }
    all.extend([format!("SE*{}*0001", 7 + 4 * CLAIMS), "GE*1*7".to_owned(), "IEA*1*000000007".to_owned()]);
    let own = |c| match c {
        '*' => d[0],
        '^' => d[1],
        ':' => d[2],
        c => c,
    };
    all.into_iter().map(|segment| segment.chars().map(own).collect()).collect()
}

fn joined(segments: &[String], d: Four, behind: &str) -> String {
    segments.iter().map(|segment| format!("{segment}{}{behind}", d[3])).collect()
}

fn wrapped(text: &str, width: usize, line_break: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    chars.chunks(width).map(|line| line.iter().collect::<String>() + line_break).collect()
}

fn utf16(text: &str) -> Vec<u8> {
    std::iter::once(0xFEFF).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
}

/// A stream that gives one byte at a time.
struct Drops<'a>(&'a [u8]);

impl Read for Drops<'_> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let here = self.fill_buf()?;
        let length = here.len().min(into.len());
        into[..length].copy_from_slice(&here[..length]);
        self.consume(length);
        Ok(length)
    }
}

impl BufRead for Drops<'_> {
    fn fill_buf(&mut self) -> std::io::Result<&[u8]> {
        Ok(&self.0[..self.0.len().min(1)])
    }

    fn consume(&mut self, amount: usize) {
        self.0 = &self.0[amount..];
    }
}

/// Claims, transaction sets, rules of repairs, rules of findings.
#[derive(Debug, PartialEq, Eq)]
struct Found {
    claims: usize,
    transactions: u64,
    repairs: Vec<String>,
    findings: Vec<String>,
}

fn read(input: impl BufRead) -> edi_core::error::Result<Found> {
    let mut reader = EnvelopeReader::new(Reader::new(input)?);
    let mut claims = 0;
    while let Some(event) = reader.next()? {
        claims += usize::from(matches!(event, Event::Segment(s) | Event::Outside(s) if s.id() == b"CLP"));
    }
    assert!(reader.reader().accounting().is_conserved());
    let rules = |list: &[edi_core::Finding]| list.iter().map(|f| f.rule.to_string()).collect::<Vec<_>>();
    let findings = rules(&reader.take_findings());
    let transactions = reader.counts().transactions;
    Ok(Found { claims, transactions, repairs: rules(reader.reader().repairs()), findings })
}

/// Reads whole and in drops, which must give the same.
#[track_caller]
fn read_both(bytes: &[u8], what: &str) -> Found {
    let whole = read(bytes).unwrap_or_else(|e| panic!("{what}: {e}"));
    let drops = read(Drops(bytes)).unwrap_or_else(|e| panic!("{what}, in drops: {e}"));
    assert_eq!(whole, drops, "{what}");
    whole
}

#[test]
fn every_delimiter_with_every_padding_wrap_and_encoding() {
    let mut cases = 0;
    for d in DELIMITERS {
        for padded in [true, false] {
            let plain = joined(&segments(d, padded), d, "");
            let newline = matches!(d[3], '\r' | '\n');
            let mut forms = vec![("one line", plain.clone())];
            match d[3] {
                '\r' => forms.push(("CR LF", joined(&segments(d, padded), d, "\n"))),
                '\n' => {}
                _ => forms.push(("lines", joined(&segments(d, padded), d, "\r\n"))),
            }
            for width in [16, 72, 80, 100, 103, 104, 105, 106, 107, 132] {
                if !newline {
                    forms.push(("wrapped LF", wrapped(&plain, width, "\n")));
                    forms.push(("wrapped CR LF", wrapped(&plain, width, "\r\n")));
                }
            }
            for (name, form) in forms {
                let junk = format!("Subject: the ISA*00 file\r\n\r\n{form}");
                for (encoding, bytes, told) in [
                    ("plain", form.clone().into_bytes(), None),
                    ("BOM", format!("\u{FEFF}{form}").into_bytes(), Some("REPAIR-BOM")),
                    ("UTF-16", utf16(&form), Some("REPAIR-UTF16")),
                    ("mail", junk.into_bytes(), Some("REPAIR-LEADING-JUNK")),
                ] {
                    let what = format!("{d:?} padded {padded} {name} {encoding}");
                    let found = read_both(&bytes, &what);
                    assert_eq!((found.claims, found.transactions), (CLAIMS, 1), "{what}: {found:?}");
                    assert_eq!(found.findings, [""; 0], "{what}");
                    let wanted = told.into_iter().chain((!padded).then_some("REPAIR-ISA-PADDING"));
                    let wanted = wanted.chain(name.starts_with("wrapped").then_some("REPAIR-WRAP"));
                    for rule in wanted {
                        assert!(found.repairs.iter().any(|r| r == rule), "{what}: {rule} in {:?}", found.repairs);
                    }
                    cases += 1;
                }
            }
        }
    }
    assert!(cases > 1000, "{cases}");
}

#[test]
fn fragments_with_every_delimiter_stand_alone_and_behind_one_another() {
    for d in DELIMITERS {
        if d[3] == '\0' || d[3] == '\x1a' {
            continue; // padding behind data, where no ISA says that it ends segments
        }
        let all = segments(d, true);
        let gs = joined(&all[1..all.len() - 1], d, "");
        let st = joined(&all[2..all.len() - 2], d, "");
        for (name, form) in [("GS", &gs), ("ST", &st)] {
            let found = read_both(form.as_bytes(), &format!("{d:?} {name}"));
            assert_eq!((found.claims, found.transactions), (CLAIMS, 1), "{d:?} {name}: {found:?}");
            assert!(found.repairs.contains(&"REPAIR-NO-ISA".to_owned()));
        }
        for other in DELIMITERS.into_iter().filter(|other| other[0] != d[0]) {
            let whole = joined(&segments(other, true), other, "");
            for (name, form) in [("ST, ISA", format!("{st}{whole}")), ("ISA, ST", format!("{whole}{st}"))] {
                let found = read_both(form.as_bytes(), &format!("{d:?} {other:?} {name}"));
                assert_eq!((found.claims, found.transactions), (2 * CLAIMS, 2), "{d:?} {other:?} {name}: {found:?}");
            }
        }
    }
    let (a, b) = (DELIMITERS[0], DELIMITERS[1]);
    let of = |d| joined(&segments(d, true)[2..segments(d, true).len() - 2], d, "");
    let found = read_both(format!("{}\r\n{}", of(a), of(b)).as_bytes(), "ST, other ST");
    assert_eq!((found.claims, found.transactions), (2 * CLAIMS, 2), "{found:?}");
}

/// The next interchange begins where the buffer ends, and no IEA stands before it.
#[test]
fn an_isa_is_seen_across_the_reads_of_the_stream() {
    let (d, other) = (DELIMITERS[0], DELIMITERS[1]);
    let all = segments(d, true);
    let first = joined(&all[..all.len() - 1], d, "");
    let text = first.clone() + &joined(&segments(other, true), other, "");
    for cut in first.len() - 2..first.len() + 8 {
        let found = read(text.as_bytes()[..cut].chain(&text.as_bytes()[cut..])).unwrap();
        assert_eq!((found.claims, found.transactions), (2 * CLAIMS, 2), "{cut}: {found:?}");
    }
}

#[test]
fn a_few_elements_behind_the_letters_isa_are_data() {
    let d = DELIMITERS[0];
    for stray in ["ISA", "ISA*XX", "ISA*00*A*00*B*ZZ*C"] {
        let mut all = segments(d, true);
        all.insert(10, stray.to_owned());
        let found = read_both(joined(&all, d, "").as_bytes(), stray);
        assert_eq!((found.claims, found.transactions, &found.findings[..]), (CLAIMS, 1, &["SE-COUNT".to_owned()][..]));
    }
}

#[test]
fn cut_anywhere_each_whole_claim_is_kept_and_the_cut_is_told() {
    for d in DELIMITERS {
        for whole in [joined(&segments(d, true), d, ""), joined(&segments(d, false), d, "")] {
            for length in 1..whole.len() {
                let cut = &whole[..length];
                let Ok(found) = read(cut.as_bytes()) else {
                    assert!(!cut.contains("CLP"), "{cut}");
                    continue;
                };
                let complete = cut.matches(&format!("{}CLP", d[3])).count();
                let last_is_cut = cut.rsplit(d[3]).next().is_some_and(|last| last.starts_with("CLP"));
                assert_eq!(found.claims, complete - usize::from(last_is_cut), "{d:?} {length}: {found:?}");
                let only_terminator = length + 1 == whole.len();
                assert!(!found.repairs.is_empty() || only_terminator, "{d:?} {length}: {found:?}");
            }
        }
    }
}

use super::*;
use pretty_assertions::assert_eq;
use proptest::prelude::*;
use std::io::{BufReader, Read};

const FILE: &str = "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *260105*1200*^*00501*000000001*0*P*:~\
GS*HP*SENDER*RECEIVER*20260105*1200*1*X*005010X221A1~ST*835*0001~BPR*I*10*C*CHK************20260105~SE*3*0001~GE*1*1~IEA*1*000000001~";

/// All segments as text, the repairs' rules, and the bytes put together again.
fn read(bytes: &[u8]) -> (Vec<String>, Vec<&'static str>, Vec<u8>) {
    let mut reader = Reader::new(bytes).unwrap();
    let (mut segments, mut again) = (Vec::new(), Vec::new());
    while let Some(segment) = reader.next().unwrap() {
        segments.push(String::from_utf8_lossy(segment.bytes()).into_owned());
        again.extend(segment.lead());
        again.extend(segment.raw());
    }
    again.extend(reader.tail());
    assert!(reader.accounting().is_conserved(), "{:?}", reader.accounting());
    let rules = reader.repairs().iter().map(|f| match &f.rule {
        std::borrow::Cow::Borrowed(rule) => *rule,
        std::borrow::Cow::Owned(_) => "owned",
    });
    let rules = rules.collect();
    (segments, rules, again)
}

fn plain() -> Vec<String> {
    read(FILE.as_bytes()).0
}

/// Reads a dirty form of [`FILE`] and expects its segments, these repairs, and the same bytes again.
fn dirty(bytes: &[u8], rules: &[&str]) {
    let (segments, repairs, again) = read(bytes);
    assert_eq!(segments, plain());
    assert_eq!(repairs, rules);
    assert_eq!(again, bytes);
}

#[test]
fn reads_a_clean_file() {
    let (segments, repairs, again) = read(FILE.as_bytes());
    assert_eq!(segments.len(), 7);
    assert_eq!(segments[3], "BPR*I*10*C*CHK************20260105");
    assert_eq!(repairs, [""; 0]);
    assert_eq!(again, FILE.as_bytes());
}

#[test]
fn line_breaks_behind_terminators_are_no_repair() {
    dirty(FILE.replace('~', "~\n").as_bytes(), &[]);
    dirty(FILE.replace('~', "~\r\n").as_bytes(), &[]);
}

#[test]
fn a_line_break_may_be_the_terminator() {
    for by in ["\n", "\r", "\r\n"] {
        dirty(FILE.replace('~', by).as_bytes(), &[]);
    }
    dirty(FILE.replace('~', "\x1d").as_bytes(), &[]);
}

#[test]
fn blank_lines_indents_and_padding() {
    dirty(FILE.replace('~', "~\n\n").as_bytes(), &["REPAIR-BLANK-LINE"]);
    dirty(FILE.replace('~', "~\n  ").trim_end().as_bytes(), &["REPAIR-INDENT"]);
    dirty(FILE.replace('~', "~  \n").as_bytes(), &["REPAIR-TRAILING-SPACE"]);
    dirty(FILE.replace("~", "~~").as_bytes(), &["REPAIR-EMPTY-SEGMENT"]);
    dirty(format!("{FILE}\r\n\x1a").as_bytes(), &["REPAIR-TRAILING-JUNK"]);
    dirty(format!("{FILE}\0\0\0").as_bytes(), &["REPAIR-TRAILING-JUNK"]);
}

#[test]
fn junk_before_and_behind() {
    dirty(format!("Subject: remit\nFrom: payer\n\n{FILE}").as_bytes(), &["REPAIR-LEADING-JUNK"]);
    dirty(format!("{FILE}\n-- \nsent by a machine").as_bytes(), &["REPAIR-TRAILING-JUNK"]);
    let twice = format!("{FILE}\nnext file:\n{FILE}");
    let (segments, repairs, again) = read(twice.as_bytes());
    assert_eq!(segments, [plain(), plain()].concat());
    assert_eq!(repairs, ["REPAIR-LEADING-JUNK"]);
    assert_eq!(again, twice.as_bytes());
}

#[test]
fn wraps_inside_segments() {
    let wrapped: Vec<u8> = FILE.as_bytes().chunks(80).flat_map(|line| [line, b"\n"].concat()).collect();
    dirty(&wrapped, &["REPAIR-WRAP"]);
}

#[test]
fn an_isa_without_padding() {
    let short = FILE.replace("          ", "").replace("SENDER         ", "SENDER");
    let (segments, repairs, again) = read(short.as_bytes());
    assert_eq!(segments[1..], plain()[1..]);
    assert_eq!(repairs, ["REPAIR-ISA-PADDING"]);
    assert_eq!(again, short.as_bytes());
}

#[test]
fn an_isa_without_its_last_element() {
    let (segments, repairs, _) = read(FILE.replace("*P*:~", "*P*~").replace('~', "~\n").as_bytes());
    assert_eq!(segments[1..], plain()[1..]);
    assert_eq!(repairs, ["REPAIR-ISA-PADDING"]);
}

#[test]
fn byte_order_marks_and_utf_16() {
    let mut bom = b"\xEF\xBB\xBF".to_vec();
    bom.extend(FILE.as_bytes());
    let (segments, repairs, _) = read(&bom);
    assert_eq!((segments, repairs), (plain(), vec!["REPAIR-BOM"]));
    for mark in [true, false] {
        let mut little: Vec<u8> = if mark { vec![0xFF, 0xFE] } else { vec![] };
        little.extend(FILE.encode_utf16().flat_map(u16::to_le_bytes));
        let (segments, repairs, _) = read(&little);
        assert_eq!((segments, repairs), (plain(), vec!["REPAIR-UTF16"]));
        let mut big: Vec<u8> = if mark { vec![0xFE, 0xFF] } else { vec![] };
        big.extend(FILE.encode_utf16().flat_map(u16::to_be_bytes));
        let (segments, repairs, _) = read(&big);
        assert_eq!((segments, repairs), (plain(), vec!["REPAIR-UTF16"]));
    }
}

#[test]
fn latin_1_is_kept() {
    let mut bytes = FILE.as_bytes().to_vec();
    bytes[40] = 0xE9;
    let mut reader = Reader::new(&bytes[..]).unwrap();
    let isa = reader.next().unwrap().unwrap();
    assert!(isa.element(6).text().contains('é'));
    assert_eq!(reader.repairs()[0].rule, "REPAIR-NON-ASCII");
}

#[test]
fn lower_case_ids() {
    let (segments, repairs, _) = read(FILE.replace("BPR*", "bpr*").replace("SE*", "se*").as_bytes());
    assert_eq!((segments, repairs), (plain(), vec!["REPAIR-LOWER-CASE"]));
}

#[test]
fn a_wrap_inside_a_lower_case_id() {
    let (segments, repairs, _) = read(FILE.replace("BPR*", "b\npr*").as_bytes());
    assert_eq!((segments, repairs), (plain(), vec!["REPAIR-WRAP", "REPAIR-LOWER-CASE"]));
}

#[test]
fn delimiters_change_between_interchanges() {
    let other = FILE.replace('*', "|").replace('~', "\n").replace(":", ">");
    let both = format!("{FILE}{other}");
    let (segments, repairs, again) = read(both.as_bytes());
    assert_eq!(segments.len(), 14);
    assert_eq!(segments[10], "BPR|I|10|C|CHK||||||||||||20260105");
    assert_eq!(repairs, [""; 0]);
    assert_eq!(again, both.as_bytes());
}

#[test]
fn isa_in_data_is_data() {
    let file = FILE.replace("BPR*I*", "N3*ISA*00*ISA~BPR*I*");
    let (segments, repairs, _) = read(file.as_bytes());
    assert_eq!(segments.len(), 8);
    assert_eq!(repairs, [""; 0]);
}

#[test]
fn fragments_without_an_isa() {
    let st = FILE.find("ST*").unwrap();
    for from in [FILE.find("GS*").unwrap(), st] {
        for by in ["~", "~\r\n", "\n"] {
            let (segments, repairs, _) = read(FILE[from..].replace('~', by).as_bytes());
            let whole = plain();
            assert_eq!(segments, whole[if from == st { 2 } else { 1 }..]);
            assert_eq!(repairs, ["REPAIR-NO-ISA"]);
        }
    }
}

/// Gives its bytes, and then says that there should be more: what a cut gzip file does.
struct Broken<'a>(&'a [u8]);

impl Read for Broken<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.0.is_empty() { Err(io::ErrorKind::UnexpectedEof.into()) } else { self.0.read(into) }
    }
}

#[test]
fn what_stands_before_a_break_is_read() {
    for end in 4..FILE.len() {
        let mut reader = Reader::new(BufReader::with_capacity(1, Broken(&FILE.as_bytes()[..end]))).unwrap();
        let mut segments = 0;
        let ended = loop {
            match reader.next() {
                Ok(Some(_)) => segments += 1,
                Ok(None) => break true,
                Err(_) => break false, // cut inside the ISA
            }
        };
        assert_eq!(ended, end > 105, "{end}");
        let whole = FILE[..end].matches('~').count();
        assert!(!ended || segments == whole || segments == whole + 1, "{end}: {segments}");
        assert!(!ended || reader.accounting().is_conserved());
        assert_eq!(&*reader.repairs()[0].rule, "REPAIR-BROKEN-OFF");
    }
    let strict = Options { strict: true, ..Options::default() };
    let mut reader = Reader::with_options(BufReader::new(Broken(FILE.as_bytes())), strict).unwrap();
    while let Ok(Some(_)) = reader.next() {}
    assert!(matches!(reader.next(), Err(error) if matches!(*error.kind, ErrorKind::RepairRefused { .. })));
}

#[test]
fn a_lost_last_terminator_and_a_cut() {
    let (segments, repairs, _) = read(FILE.trim_end_matches('~').as_bytes());
    assert_eq!((segments, repairs), (plain(), vec!["REPAIR-TERMINATOR"]));
    let cut = &FILE[..FILE.find("*CHK").unwrap()];
    let (segments, repairs, _) = read(cut.as_bytes());
    assert_eq!(segments.len(), 4);
    assert_eq!(repairs, ["REPAIR-TRUNCATED"]);
    let two = format!("{}\n{FILE}", FILE.trim_end_matches('~'));
    let (segments, repairs, again) = read(two.as_bytes());
    assert_eq!(segments, [plain(), plain()].concat());
    assert_eq!(repairs, ["REPAIR-TERMINATOR"]);
    assert_eq!(again, two.as_bytes());
}

#[test]
fn what_is_not_x12_is_named() {
    let error = |bytes: &[u8]| Reader::new(bytes).unwrap().next().unwrap_err().to_string();
    assert!(error(b"").contains("empty"));
    assert!(error(b"%PDF-1.7 ...").contains("a PDF document"));
    assert!(error(b"{\"a\": 1}").contains("JSON"));
    assert!(error(b"UNB+UNOA:1+A+B'").contains("EDIFACT"));
    assert!(error(b"MSH|^~\\&|A|B").contains("HL7"));
    assert!(error(b"ISA*00*short").contains("ISA cannot be read"));
    assert!(error(b"  \r\n ").contains("blank"));
}

#[test]
fn strict_refuses_repairs() {
    let options = Options { strict: true, ..Options::default() };
    let mut reader = Reader::with_options(FILE.as_bytes(), options.clone()).unwrap();
    while reader.next().unwrap().is_some() {}
    let indented = FILE.replace('~', "~\n ");
    let mut reader = Reader::with_options(indented.as_bytes(), options).unwrap();
    let error = loop {
        match reader.next() {
            Ok(Some(_)) => {}
            Ok(None) => panic!("read without a word"),
            Err(error) => break error,
        }
    };
    assert!(matches!(*error.kind, ErrorKind::RepairRefused { .. }));
}

#[test]
fn limits_hold() {
    let long = FILE.replace("BPR*I*", &format!("BPR*{}*", "9".repeat(2 << 20)));
    let mut reader = Reader::new(long.as_bytes()).unwrap();
    let error = std::iter::from_fn(|| reader.next().map(|s| s.map(|_| ())).transpose()).find_map(|r| r.err());
    assert!(matches!(*error.unwrap().kind, ErrorKind::Limit { .. }));
    let many = FILE.replace("BPR*I*", &"*".repeat(5000));
    let mut reader = Reader::new(many.as_bytes()).unwrap();
    let error = std::iter::from_fn(|| reader.next().map(|s| s.map(|_| ())).transpose()).find_map(|r| r.err());
    assert!(matches!(*error.unwrap().kind, ErrorKind::Limit { .. }));
}

#[test]
fn loci_count_bytes_lines_and_segments() {
    let file = FILE.replace('~', "~\r\n");
    let mut reader = Reader::new(file.as_bytes()).unwrap();
    let mut ordinal = 0;
    while let Some(segment) = reader.next().unwrap() {
        ordinal += 1;
        let locus = segment.locus();
        assert_eq!((locus.segment, locus.line), (ordinal, ordinal));
        assert!(file[usize::try_from(locus.byte).unwrap()..].starts_with(&*segment.id_text()));
    }
}

/// A reader that gives `step` bytes at a time.
struct Slow<'a>(&'a [u8], usize);

impl Read for Slow<'_> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let n = self.1.min(self.0.len()).min(into.len());
        into[..n].copy_from_slice(&self.0[..n]);
        self.0 = &self.0[n..];
        Ok(n)
    }
}

fn bytes_of(reader: &mut Reader<impl BufRead>) -> Result<Vec<Vec<u8>>> {
    let mut all = Vec::new();
    while let Some(segment) = reader.next()? {
        all.push(segment.bytes().to_vec());
    }
    Ok(all)
}

proptest! {
    /// Any chunking of the input gives the same segments, and the in-place scan agrees with the nom parser.
    #[test]
    fn any_chunking_is_the_same(step in 1usize..200, wrap in 20usize..200, break_lines in any::<bool>()) {
        let text = if break_lines { FILE.replace('~', "~\r\n") } else { FILE.to_owned() };
        let text: Vec<u8> = text.as_bytes().chunks(wrap).flat_map(|c| [c, if break_lines { &b""[..] } else { b"\n" }].concat()).collect();
        let mut whole = Reader::new(&text[..]).unwrap();
        let mut slow = Reader::new(BufReader::with_capacity(step, Slow(&text, step))).unwrap();
        prop_assert_eq!(bytes_of(&mut whole).unwrap(), bytes_of(&mut slow).unwrap());
        prop_assert_eq!(whole.repairs(), slow.repairs());
    }

    /// No input makes the reader panic, and every byte is accounted for.
    #[test]
    fn no_bytes_panic(head in any::<bool>(), bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        let mut input = if head { FILE.as_bytes()[..150].to_vec() } else { Vec::new() };
        input.extend(bytes);
        let mut reader = Reader::new(&input[..]).unwrap();
        let mut again: Vec<u8> = Vec::new();
        loop {
            match reader.next() {
                Ok(Some(segment)) => { again.extend(segment.lead()); again.extend(segment.raw()); }
                Ok(None) => {
                    prop_assert!(reader.accounting().is_conserved());
                    again.extend(reader.tail());
                    if !reader.repairs().iter().any(|f| matches!(&*f.rule, "REPAIR-BOM" | "REPAIR-UTF16")) {
                        prop_assert_eq!(&again, &input);
                    }
                    break;
                }
                Err(_) => break,
            }
        }
    }

    /// The scan in place finds the elements that the plain nom parser finds.
    #[test]
    fn scan_equals_parser(elements in proptest::collection::vec("[A-Z0-9 :.^]{0,8}", 0..20)) {
        let body = format!("ZZZ{}{}", if elements.is_empty() { "" } else { "*" }, elements.join("*"));
        let file = FILE.replace("BPR*I*10*C*CHK************20260105", &body);
        let mut reader = Reader::new(file.as_bytes()).unwrap();
        for _ in 0..3 { reader.next().unwrap(); }
        let segment = reader.next().unwrap().unwrap();
        let (_, (id, parsed)) = crate::lex::segment(body.as_bytes(), segment.delimiters()).unwrap();
        prop_assert_eq!(id, segment.id());
        let found: Vec<&[u8]> = segment.elements().map(|e| e.bytes()).collect();
        prop_assert_eq!(found, parsed);
    }
}

#[test]
fn no_repair_is_lost_where_many_interchanges_need_one() {
    let spaced = FILE.replace('~', "~\n  ").trim_end().to_owned();
    let options = Options { findings_limit: 3, ..Options::default() };
    let all = spaced.repeat(10);
    let mut reader = Reader::with_options(all.as_bytes(), options).unwrap();
    while reader.next().unwrap().is_some() {}
    let counts: Vec<u64> = reader.repairs().iter().map(|repair| repair.count).collect();
    assert_eq!((counts.len(), counts.iter().sum::<u64>()), (3, 60), "{counts:?}");
}

#[test]
fn a_tab_that_separates_is_no_blank_at_the_end() {
    let file = FILE.replace('*', "\t").replace("IEA\t1\t000000001~", "IEA\t1\t");
    let mut reader = Reader::new(file.as_bytes()).unwrap();
    let mut last = Vec::new();
    while let Some(segment) = reader.next().unwrap() {
        last = segment.bytes().to_vec();
    }
    assert_eq!(last, b"IEA\t1\t");
}

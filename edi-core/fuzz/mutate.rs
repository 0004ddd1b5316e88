//! Changes of inputs: by their structure (segments or lines, elements or fields, delimiters) and by their bytes.

/// The largest input.
const LARGEST: usize = 1 << 16;

/// What is put into inputs beside their own bytes.
const WORDS: [&str; 33] = [
    "~",
    "*",
    ":",
    "^",
    "\r\n",
    "\n",
    "\0",
    " ",
    "\"",
    ",",
    ";",
    "-",
    "\u{1A}",
    "\u{FEFF}",
    "é",
    "ISA*",
    "GS*HP*",
    "ST*835*1~",
    "ST*837*1~",
    "SE*1*1~",
    "GE*1*1~",
    "IEA*1*1~",
    "CLP*A*1*10*10~",
    "CAS*CO*45*1~",
    "SVC*HC:1*1*1~",
    "PLB*1*20261231*WO:A*1~",
    "HL*1**20*1~",
    "CLM*A*1~",
    "NM1*85*2*A~",
    "LX*1~",
    "SV1*HC:1*1~",
    "*****",
    "[[a]]\n",
];

/// Values that stand at an edge: numbers, dates, periods, codes.
const VALUES: [&str; 36] = [
    "",
    "0",
    "00",
    "-0",
    "+1",
    "1",
    "-1",
    ".5",
    "5.",
    "-.5",
    "1e9",
    "0.001",
    "100.00",
    "99999999.99",
    "2147483648",
    "4294967296",
    "9223372036854775807",
    "18446744073709551616",
    "-9999999999999999.99",
    "79228162514264337593543950335",
    "0.0000000000000000000000000001",
    "NaN",
    "00000000",
    "20240229",
    "20230229",
    "99991231",
    "00010101",
    "20260101-20251231",
    "240000",
    "2359",
    "true",
    "null",
    "HC",
    "22",
    "N",
    "A B",
];

/// What may delimit.
const DELIMITERS: &[u8] = b"*|^:~>\\!+;'\n\r\t\x1C\x1D\x1E\x1F\x00 A\x7F\xC3";

/// A small generator of numbers (xorshift).
pub struct Draw(u64);

impl Draw {
    /// Begins with this seed.
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// A number below this one; 0 where there is none.
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit.max(1) as u64).unwrap_or_default()
    }

    /// Most often a small number, seldom one up to `limit`.
    fn small(&mut self, limit: usize) -> usize {
        let magnitude = 1 << self.below(1 + limit.max(1).ilog2() as usize);
        self.below(magnitude)
    }

    fn one<'t, T>(&mut self, of: &'t [T]) -> &'t T {
        &of[self.below(of.len())]
    }
}

/// One of the inputs, changed in one to six places. Half of the time it is one of the newest.
pub fn mutated(inputs: &[Vec<u8>], draw: &mut Draw) -> Vec<u8> {
    let newest = inputs.len().min(if draw.below(2) == 0 { 50 } else { usize::MAX });
    let mut input = inputs[inputs.len() - 1 - draw.below(newest)].clone();
    for _ in 0..=draw.small(6) {
        let other = draw.one(inputs);
        input = match draw.below(10) {
            0..3 => by_segments(&input, other, draw),
            3..7 => by_elements(&input, other, draw),
            7 => whole(&input, other, draw),
            _ => by_bytes(input, other, draw),
        };
        input.truncate(LARGEST);
    }
    input
}

/// The element and component separator and the terminator: those of an ISA, or those of a text of lines.
fn delimiters(input: &[u8]) -> [u8; 3] {
    if input.get(..3).is_some_and(|id| id.eq_ignore_ascii_case(b"ISA")) && input.len() > 105 {
        return [input[3], input[104], input[105]];
    }
    let count = |byte: u8| input.iter().filter(|b| **b == byte).count();
    let element = b",=| *".iter().copied().max_by_key(|byte| count(*byte)).unwrap_or(b',');
    [element, b':', if element == b'*' { b'~' } else { b'\n' }]
}

/// The segments with their terminators, or the lines.
fn segments(input: &[u8]) -> Vec<&[u8]> {
    let [_, _, terminator] = delimiters(input);
    input.split_inclusive(|b| *b == terminator).collect()
}

/// Segments taken out, repeated, swapped, moved, or taken over from another input.
fn by_segments(input: &[u8], other: &[u8], draw: &mut Draw) -> Vec<u8> {
    let (mut ours, theirs) = (segments(input), segments(other));
    let (at, to) = (draw.below(ours.len()), draw.below(ours.len() + 1));
    let end = (at + 1 + draw.small(8)).min(ours.len());
    let taken: Vec<&[u8]> = ours.get(at..end).unwrap_or_default().to_vec();
    match draw.below(7) {
        0 => drop(ours.splice(at..end, [])),
        1 => drop(ours.splice(to..to, taken)),
        2 if !taken.is_empty() => {
            let times = draw.small(2000);
            let repeated = taken.iter().copied().cycle().take(times * taken.len());
            ours.splice(at..at, repeated);
        }
        3 if to < ours.len() => ours.swap(at, to),
        4 => {
            ours.splice(at..end, []);
            let to = to.min(ours.len());
            ours.splice(to..to, taken);
        }
        _ => {
            let from = draw.below(theirs.len());
            let until = (from + 1 + draw.small(16)).min(theirs.len());
            ours.splice(to..to, theirs.get(from..until).unwrap_or_default().iter().copied());
        }
    }
    ours.concat()
}

/// One element of one segment changed, or its place.
fn by_elements(input: &[u8], other: &[u8], draw: &mut Draw) -> Vec<u8> {
    let [element, component, terminator] = delimiters(input);
    let mut segments = segments(input);
    let n = draw.below(segments.len());
    let Some(segment) = segments.get(n) else { return input.to_vec() };
    let end = segment.strip_suffix(&[terminator]);
    let mut parts: Vec<Vec<u8>> = end.unwrap_or(segment).split(|b| *b == element).map(<[u8]>::to_vec).collect();
    // The id is left as it is, most often.
    let first = usize::from(parts.len() > 1 && draw.below(16) > 0);
    let at = first + draw.below(parts.len() - first);
    let to = first + draw.below(parts.len() - first);
    match draw.below(10) {
        0 => parts[at].clear(),
        1..4 => parts[at] = draw.one(&VALUES).as_bytes().to_vec(),
        4 => parts.swap(at, to),
        5 => drop(parts.remove(at)),
        6 => parts.insert(to, parts[at].clone()),
        7 => {
            let theirs: Vec<&[u8]> = other.split(|b| *b == element || *b == terminator).collect();
            parts[at] = draw.one(&theirs).to_vec();
        }
        8 => {
            let by = [component, b'^', element, b'-', b'"'][draw.below(5)];
            let within = draw.below(parts[at].len() + 1);
            let times = 1 + draw.small(5000);
            parts[at].splice(within..within, std::iter::repeat_n(by, times));
        }
        _ => parts.resize(parts.len() + draw.small(20), parts[at].clone()),
    }
    let mut changed = parts.join(&element);
    changed.extend(end.map(|_| terminator));
    segments[n] = &changed;
    segments.concat()
}

/// The whole input in another form, or joined with another.
fn whole(input: &[u8], other: &[u8], draw: &mut Draw) -> Vec<u8> {
    let (ours, theirs) = (segments(input), segments(other));
    let terminator = delimiters(input)[2];
    match draw.below(8) {
        0 | 1 => {
            let (from, into) = (*draw.one(&delimiters(input)), *draw.one(DELIMITERS));
            input.iter().map(|b| if *b == from { into } else { *b }).collect()
        }
        2 => [&ours[..draw.below(ours.len() + 1)], &theirs[draw.below(theirs.len() + 1)..]].concat().concat(),
        3 => [input, other].concat(),
        4 => {
            let width = 1 + draw.below(140);
            input.chunks(width).collect::<Vec<_>>().join(&b"\r\n"[draw.below(2)..])
        }
        5 => {
            let behind = [b"\n".as_slice(), b"\r\n", b" \n", b"  ", b"~"][draw.below(5)];
            let broken = |b: &u8| if *b == terminator { [&[*b], behind].concat() } else { vec![*b] };
            input.iter().flat_map(broken).collect()
        }
        6 if input.len() < 4096 => input.iter().flat_map(|b| [*b, 0]).collect(),
        _ => ours[..draw.below(ours.len() + 1)].concat(),
    }
}

/// Bytes taken out, flipped, put in, repeated, taken over from another input, or cut off.
fn by_bytes(mut input: Vec<u8>, other: &[u8], draw: &mut Draw) -> Vec<u8> {
    let (at, length) = (draw.below(input.len() + 1), 1 + draw.small(512));
    let end = (at + length).min(input.len());
    match draw.below(8) {
        0 => drop(input.drain(at..end)),
        1 => input[at..end].iter_mut().take(4).for_each(|byte| *byte ^= 1 << draw.below(8)),
        2 | 3 => drop(input.splice(at..at, draw.one(&WORDS).bytes())),
        4 => drop(input.splice(at..end.min(at + 1), draw.one(&WORDS).bytes())),
        5 => {
            let piece = input[at..end].to_vec();
            let to = draw.below(input.len() + 1);
            input.splice(to..to, piece);
        }
        6 => {
            let from = draw.below(other.len() + 1);
            let until = (from + length).min(other.len());
            input.splice(at..end, other[from..until].iter().copied());
        }
        _ => input.truncate(at),
    }
    input
}

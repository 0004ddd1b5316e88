//! `edi diff`: two files compared by claim, loop and element, and not by line.

use super::diff_blocks::{Block, Blocks, Row};
use crate::context::{Context, stdout};
use crate::exit::{Failure, Outcome};
use crate::input::{self, Source};
use crate::mask;
use crate::render::findings::Conservation;
use serde_json::json;
use std::collections::VecDeque;
use std::io::Write;
use std::path::PathBuf;

/// Arguments of `edi diff`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Delimiters, line breaks, trailers and the numbers of levels and lines are no difference.

Examples:
  edi diff claims.837 mended.837
  edi diff --envelope --format json yesterday.835 today.835")]
pub struct Args {
    /// The first file, `-` for stdin; .gz is opened
    first: PathBuf,
    /// The second file
    second: PathBuf,
    /// Compare ISA, GS, ST and BHT too, which differ from file to file
    #[arg(long)]
    envelope: bool,
    /// How to print
    #[arg(long, default_value = "text")]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// One line a difference
    Text,
    /// One object a difference
    Json,
}

/// How far ahead a block (a claim, a level, a header) is looked for in the other file.
const WINDOW: usize = 200;

/// Compares two files.
pub fn run(args: &Args, context: &Context) -> Result<Outcome, Failure> {
    let open = |path: &PathBuf| -> Result<Source, Failure> {
        let mut sources = input::sources(std::slice::from_ref(path));
        match (sources.pop(), sources.pop()) {
            (Some(source), None) => source,
            _ => Err(Failure::Usage(format!("{}: an archive of several files cannot be compared", path.display()))),
        }
    };
    let (first, second) = (open(&args.first)?, open(&args.second)?);
    let mut sides = [Side::new(&first, args.envelope, context)?, Side::new(&second, args.envelope, context)?];
    let mut out = Report { args, context, out: stdout(), differences: 0 };
    compare(&mut sides, &mut out)?;
    out.out.flush()?;
    context.say(format_args!("{} and {}: {} differences", first.name, second.name, out.differences));
    for (side, source) in sides.iter().zip([&first, &second]) {
        let claims = side.blocks.claims();
        let all = Conservation { claims_in: claims, claims_out: claims, claims_held: 0 };
        all.prove(&source.name, side.blocks.envelope(), context)?;
    }
    Ok(if out.differences == 0 { Outcome::Clean } else { Outcome::Findings })
}

/// A file, with the blocks that were read ahead.
struct Side {
    blocks: Blocks,
    ahead: VecDeque<Block>,
}

impl Side {
    fn new(source: &Source, envelope: bool, context: &Context) -> Result<Self, Failure> {
        Ok(Self { blocks: Blocks::new(source, envelope, context)?, ahead: VecDeque::new() })
    }

    /// Reads ahead until so many blocks are there, or the file ends.
    fn fill(&mut self, count: usize) -> Result<(), Failure> {
        while self.ahead.len() < count {
            match self.blocks.next()? {
                Some(block) => self.ahead.push_back(block),
                None => break,
            }
        }
        Ok(())
    }

    fn find(&self, key: &str) -> Option<usize> {
        self.ahead.iter().position(|block| block.key == key)
    }
}

/// Walks both files; where the next blocks are not the same, the nearer meeting point tells which side has more.
fn compare([first, second]: &mut [Side; 2], out: &mut Report<'_, impl Write>) -> Result<(), Failure> {
    loop {
        first.fill(1)?;
        second.fill(1)?;
        let (a, b) = (first.ahead.front(), second.ahead.front());
        let same = match (a, b) {
            (None, None) => return Ok(()),
            (Some(a), Some(b)) => a.key == b.key,
            _ => false,
        };
        if same {
            if let (Some(a), Some(b)) = (first.ahead.pop_front(), second.ahead.pop_front()) {
                out.block(&a, &b)?;
            }
            continue;
        }
        first.fill(WINDOW)?;
        second.fill(WINDOW)?;
        let in_second = first.ahead.front().and_then(|a| second.find(&a.key));
        let in_first = second.ahead.front().and_then(|b| first.find(&b.key));
        // The block that the other side has later, or never, is told here.
        let drop_first = match (in_second, in_first) {
            (Some(near), Some(far)) => far <= near,
            (None, _) => !first.ahead.is_empty(),
            (Some(_), None) => false,
        };
        let (side, sign) = if drop_first { (&mut *first, '-') } else { (&mut *second, '+') };
        if let Some(block) = side.ahead.pop_front() {
            out.whole(sign, &block)?;
        }
    }
}

/// Where differences go.
struct Report<'a, W: Write> {
    args: &'a Args,
    context: &'a Context,
    out: W,
    differences: u64,
}

impl<W: Write> Report<'_, W> {
    /// A block that one side does not have.
    fn whole(&mut self, sign: char, block: &Block) -> Result<(), Failure> {
        let row = block.rows.first();
        self.line(sign, block, row, &format!("{} segments", block.rows.len()))
    }

    /// Two blocks of one key: their rows are aligned by loop, id and qualifier, then compared by element.
    fn block(&mut self, a: &Block, b: &Block) -> Result<(), Failure> {
        let (mut i, mut j) = (0, 0);
        for (at_a, at_b) in common(&a.rows, &b.rows) {
            self.surplus('-', a, &a.rows[i..at_a])?;
            self.surplus('+', b, &b.rows[j..at_b])?;
            self.row(a, &a.rows[at_a], &b.rows[at_b])?;
            (i, j) = (at_a + 1, at_b + 1);
        }
        self.surplus('-', a, &a.rows[i..])?;
        self.surplus('+', b, &b.rows[j..])
    }

    fn surplus(&mut self, sign: char, block: &Block, rows: &[Row]) -> Result<(), Failure> {
        for row in rows {
            let shown: Vec<String> =
                (row.elements.iter().zip(1..)).map(|(value, n)| self.shown(row, n, value)).collect();
            self.line(sign, block, Some(row), &shown.join("*"))?;
        }
        Ok(())
    }

    fn row(&mut self, block: &Block, a: &Row, b: &Row) -> Result<(), Failure> {
        for n in 1..=a.elements.len().max(b.elements.len()) {
            let value = |row: &Row| row.elements.get(n - 1).cloned().unwrap_or_default();
            let (was, is) = (value(a), value(b));
            if was == is || a.is_number(n) {
                continue;
            }
            let (was, is) = (self.shown(a, n, &was), self.shown(b, n, &is));
            self.differences += 1;
            match self.args.format {
                Format::Text => writeln!(
                    self.out,
                    "~ {} {}{n:02}: {was:?} -> {is:?} (lines {} and {})",
                    place(self.context, block, a),
                    a.id,
                    a.line,
                    b.line,
                )?,
                Format::Json => writeln!(
                    self.out,
                    "{}",
                    json!({"change": "~", "block": name(self.context, block), "loop": a.in_loop.as_str(),
                        "element": format!("{}{n:02}", a.id), "first": was, "second": is, "lines": [a.line, b.line]})
                )?,
            }
        }
        Ok(())
    }

    fn line(&mut self, sign: char, block: &Block, row: Option<&Row>, words: &str) -> Result<(), Failure> {
        self.differences += 1;
        let Some(row) = row else { return Ok(()) };
        match self.args.format {
            Format::Text => {
                writeln!(
                    self.out,
                    "{sign} {} {}: {words} (line {})",
                    place(self.context, block, row),
                    row.id,
                    row.line
                )?;
            }
            Format::Json => writeln!(
                self.out,
                "{}",
                json!({"change": sign.to_string(), "block": name(self.context, block), "loop": row.in_loop.as_str(),
                    "segment": row.id.as_str(), "words": words, "line": row.line})
            )?,
        }
        Ok(())
    }

    fn shown(&self, row: &Row, n: usize, value: &str) -> String {
        if mask::is_private(&row.id, n) { self.context.id(value) } else { value.to_owned() }
    }
}

/// `claim A100`, with the private parts of a level's name masked.
fn name(context: &Context, block: &Block) -> String {
    match block.private {
        true => format!("{} {}", block.kind, context.id(&block.name)),
        false => format!("{} {}", block.kind, block.name),
    }
}

fn place(context: &Context, block: &Block, row: &Row) -> String {
    let in_loop = if row.in_loop.is_empty() { String::new() } else { format!(" loop {}", row.in_loop) };
    format!("{}{in_loop}", name(context, block).trim_end())
}

/// Rows compared with all others up to this many pairs; past it only in their order.
const PAIRS: usize = 1 << 22;

/// The pairs of a longest common subsequence of rows by key.
fn common(a: &[Row], b: &[Row]) -> Vec<(usize, usize)> {
    let same = |i: usize, j: usize| a[i].key == b[j].key;
    let start = (0..a.len().min(b.len())).take_while(|i| same(*i, *i)).count();
    let mut pairs: Vec<(usize, usize)> = (0..start).map(|i| (i, i)).collect();
    let (n, m) = (a.len() - start, b.len() - start);
    if n == 0 || m == 0 || n.saturating_mul(m) > PAIRS {
        let rest = (start..a.len().min(b.len())).filter(|i| same(*i, *i));
        pairs.extend(rest.map(|i| (i, i)));
        return pairs;
    }
    // Lengths of the longest common subsequences of what lies behind each pair.
    let mut lengths = vec![0u32; (n + 1) * (m + 1)];
    for i in (0..n).rev() {
        for j in (0..m).rev() {
            lengths[i * (m + 1) + j] = match same(start + i, start + j) {
                true => lengths[(i + 1) * (m + 1) + j + 1] + 1,
                false => lengths[(i + 1) * (m + 1) + j].max(lengths[i * (m + 1) + j + 1]),
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    while i < n && j < m {
        if same(start + i, start + j) {
            pairs.push((start + i, start + j));
            (i, j) = (i + 1, j + 1);
        } else if lengths[(i + 1) * (m + 1) + j] >= lengths[i * (m + 1) + j + 1] {
            i += 1;
        } else {
            j += 1;
        }
    }
    pairs
}

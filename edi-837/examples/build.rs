//! Encounters into 837P files, without a ledger: `build ENCOUNTERS PRACTICE.toml OUT [MAPPING.toml]`.
//!
//! Numbers begin at 1 and nothing remembers them: for trials, not for what is sent.

use edi_837::encounter::{Mapping, Practice};
use edi_837::{BuildOptions, Sequence, Verdict, build};
use std::error::Error;
use std::fs::{File, read_to_string};
use std::io::{BufReader, Write};
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [input, practice, out, mapping @ ..] = &arguments[..] else {
        return Err("build ENCOUNTERS PRACTICE.toml OUT [MAPPING.toml]".into());
    };
    let practice = Practice::parse(&read_to_string(practice)?)?;
    let mapping = match mapping.first() {
        Some(path) => Mapping::parse(&read_to_string(path)?)?,
        None => Mapping::default(),
    };
    let options = BuildOptions::new(chrono::Local::now().naive_local());
    let reader = BufReader::with_capacity(1 << 16, File::open(input)?);
    let out = Path::new(out);
    let built = build((reader, input), &practice, &mapping, &options, &mut Sequence(1), out, |_| Ok(Verdict::Take))?;
    let report = built.publish(out)?;
    writeln!(std::io::stdout(), "{}", serde_json::to_string_pretty(&report)?)?;
    Ok(())
}

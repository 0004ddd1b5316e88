//! Where the inputs lie: `testdata`, the shipped guides, and what was found before, in `found/TARGET/`.

use std::fs;
use std::path::{Path, PathBuf};

/// Inputs that were found before and led somewhere new, or broke something that was mended since.
pub fn found(target: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../edi-core/fuzz/found").join(target)
}

/// The files of `testdata` and the guides that end so, small ones only, and all that was found before.
pub fn seeds(target: &str, ends: &[&str]) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files = Vec::new();
    for folder in ["../testdata", "../edi-core/src/guide/data"] {
        walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), &mut files);
    }
    files.retain(|path| ends.iter().any(|end| path.to_string_lossy().ends_with(end)));
    walk(&found(target), &mut files);
    files.sort();
    let read = |path: PathBuf| fs::read(&path).ok().filter(|bytes| bytes.len() < 1 << 16).map(|bytes| (path, bytes));
    files.into_iter().filter_map(read).collect()
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() { walk(&path, files) } else { files.push(path) }
    }
}

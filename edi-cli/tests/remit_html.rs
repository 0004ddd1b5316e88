//! The HTML of `edi remit show`, looked at in headless Chromium: on a screen and on paper. Runs where `chromium` is
//! installed (`apt-get install chromium`); says so and passes elsewhere, unless `CHROMIUM` names the browser to use.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

use std::path::{Path, PathBuf};
use std::process::Command;

/// The browser, where there is one.
fn chromium() -> Option<String> {
    let named = std::env::var("CHROMIUM");
    let name = named.clone().unwrap_or_else(|_| "chromium".to_owned());
    let there = Command::new(&name).arg("--version").output().is_ok_and(|output| output.status.success());
    assert!(there || named.is_err(), "there is no browser {name}, which CHROMIUM names");
    if !there {
        println!("skipped: no chromium here; install it, or name it in CHROMIUM");
    }
    there.then_some(name)
}

fn browse(chromium: &str, folder: &Path, arguments: &[&str], page: &Path) -> Vec<u8> {
    let output = Command::new(chromium)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-pdf-header-footer"])
        .arg(format!("--user-data-dir={}", folder.join("profile").display()))
        .args(arguments)
        .arg(format!("file://{}", page.display()))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

fn page(folder: &Path, name: &str, arguments: &[&str]) -> PathBuf {
    let remits = Path::new(env!("CARGO_MANIFEST_DIR")).join("../testdata/remits");
    let output = Command::new(env!("CARGO_BIN_EXE_edi"))
        .args(["remit", "show", "-q", "--format", "html"])
        .args(arguments)
        .arg(remits.join("clean.835"))
        .output()
        .unwrap();
    let path = folder.join(name);
    std::fs::write(&path, output.stdout).unwrap();
    path
}

/// Width and height that the header of a PNG tells.
fn png_size(bytes: &[u8]) -> (u32, u32) {
    assert_eq!(&bytes[..8], b"\x89PNG\r\n\x1a\n");
    let number = |at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap());
    (number(16), number(20))
}

/// How many pages a PDF of Chromium has.
fn pages(pdf: &[u8]) -> usize {
    let text = String::from_utf8_lossy(pdf);
    text.match_indices("/Type /Page").filter(|(at, found)| !text[at + found.len()..].starts_with('s')).count()
}

#[test]
fn it_is_seen_on_a_screen_and_on_paper() {
    let Some(chromium) = chromium() else { return };
    let folder = std::env::temp_dir().join(format!("edi-html-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = page(&folder, "remit.html", &[]);

    let dom = String::from_utf8(browse(&chromium, &folder, &["--dump-dom"], &file)).unwrap();
    for shown in
        ["<td>= Paid on claims</td><td>314.20</td>", "<td>= Payment</td><td>313.02</td>", "Balanced: every line"]
    {
        assert!(dom.contains(shown), "{shown}");
    }
    for (name, size, blank) in [("desktop.png", "1280,1600", 60_000), ("phone.png", "500,1600", 40_000)] {
        let picture = folder.join(name);
        let screenshot = format!("--screenshot={}", picture.display());
        browse(&chromium, &folder, &[&screenshot, &format!("--window-size={size}")], &file);
        let bytes = std::fs::read(&picture).unwrap();
        let (width, height) = png_size(&bytes);
        assert_eq!(format!("{width},{height}"), size);
        // A blank page of this size is a few thousand bytes.
        assert!(bytes.len() > blank, "{name} has {} bytes", bytes.len());
    }
    let printed = |file: &Path| {
        let pdf = folder.join("page.pdf");
        browse(&chromium, &folder, &[&format!("--print-to-pdf={}", pdf.display())], file);
        pages(&std::fs::read(pdf).unwrap())
    };
    assert_eq!(printed(&file), 2);
    // The header, and a page for each of the three claims.
    assert_eq!(printed(&page(&folder, "breaks.html", &["--page-breaks"])), 4);
    std::fs::remove_dir_all(&folder).unwrap();
}

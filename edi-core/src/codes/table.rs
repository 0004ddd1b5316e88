//! Tables of the built-in lists: tab-separated text, parsed once, and searched in the natural order of codes.

use std::cmp::Ordering;

/// The rows of a table: every line that is neither empty nor a comment (`#`), split at tabs. A field that a
/// line does not have is empty; a test holds that every line has all of them.
pub(super) fn rows<const N: usize>(text: &'static str) -> impl Iterator<Item = [&'static str; N]> {
    text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).map(|line| {
        let mut fields = line.split('\t');
        std::array::from_fn(|_| fields.next().unwrap_or_default())
    })
}

/// The natural order of codes: by leading letters, then by number, then as text, so that `N9` stands before
/// `N10`, and `01` and `1` are two codes. Tables are kept, listed and searched in it.
pub fn natural(a: &str, b: &str) -> Ordering {
    key(a).cmp(&key(b))
}

fn key(code: &str) -> (&str, u64, &str) {
    let letters = code.find(|c: char| !c.is_ascii_uppercase()).unwrap_or(code.len());
    let (prefix, rest) = code.split_at(letters);
    let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    (prefix, rest[..digits].parse().unwrap_or_default(), code)
}

/// The row of `code` in a table that is sorted by [`natural`].
pub(super) fn find<'a, T>(table: &'a [T], code: &str, code_of: impl Fn(&T) -> &str) -> Option<&'a T> {
    let at = table.binary_search_by(|row| natural(code_of(row), code)).ok()?;
    table.get(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_sort_by_letters_then_number() {
        let mut codes = vec!["N10", "B1", "N9", "10", "2", "01", "1", "F3N", "F3", "MA01", "M2"];
        codes.sort_by(|a, b| natural(a, b));
        assert_eq!(codes, ["01", "1", "2", "10", "B1", "F3", "F3N", "M2", "MA01", "N9", "N10"]);
    }

    /// Every line of every table has its columns, and codes stand in natural order, once each.
    #[test]
    fn tables_are_in_order() {
        let tables = [
            include_str!("data/carc.tsv"),
            include_str!("data/rarc.tsv"),
            include_str!("data/playbook.tsv"),
            include_str!("data/claim_status.tsv"),
            include_str!("data/claim_status_category.tsv"),
            include_str!("data/modifier.tsv"),
            include_str!("data/place_of_service.tsv"),
            include_str!("data/state.tsv"),
            include_str!("data/small.tsv"),
        ];
        for table in tables {
            let head = table.lines().rfind(|line| line.starts_with('#')).unwrap();
            let columns: Vec<&str> = head.trim_start_matches("# ").split('\t').collect();
            let lines: Vec<Vec<&str>> =
                table.lines().filter(|line| !line.starts_with('#')).map(|line| line.split('\t').collect()).collect();
            assert!(lines.iter().all(|line| line.len() == columns.len()), "{head}");
            let skip = usize::from(columns[0] == "set");
            for pair in lines.windows(2).filter(|pair| skip == 0 || pair[0][0] == pair[1][0]) {
                assert_eq!(natural(pair[0][skip], pair[1][skip]), Ordering::Less, "{} {:?}", head, pair);
            }
        }
    }
}

//! What is known to be sound: values of columns of which the guide found others sound before.
//!
//! Where a segment stands, and what must stand beside it, hangs on which columns are given and on their codes.
//! That asked once, a further claim of the same columns can only break the guide by a value: by a code that was not
//! seen, by its length, or by a character. So a claim whose codes were seen, and whose other values are no
//! shorter and no longer than those seen, need not be shown to the guide again. That all characters are printable
//! ASCII, the renderer sees of the whole claim at once. The rules see every claim.

use super::columns::{Column, Kind, columns};
use super::rows::Values;
use edi_core::Text;

/// The most codes of a column that are remembered.
const CODES: usize = 64;

/// What was found sound of the values of one set of columns; nothing yet where there are no cells.
#[derive(Debug, Default)]
pub(super) struct Sound(Vec<Known>);

/// What was found sound of one column.
#[derive(Debug)]
pub(super) enum Known {
    /// Codes, which may decide where a segment stands.
    Codes(Vec<Text>),
    /// The least and the greatest length, in digits where it is a number. The form was read by the column's kind.
    Lengths { from: usize, to: usize, digits: bool },
    /// More hangs on the value: how many segments it makes, or where they stand.
    Nothing,
}

impl Sound {
    /// Whether these values, of the same columns, are sound as well.
    pub(super) fn covers(&self, values: &Values) -> bool {
        let mut cells = self.0.iter().zip(values.cells());
        self.0.len() == values.cells().len() && cells.all(|(known, (_, value))| known.covers(value))
    }

    /// Takes values that the guide found sound.
    pub(super) fn learn(&mut self, values: &Values) {
        if self.0.len() != values.cells().len() {
            self.0 =
                values.cells().iter().map(|(id, _)| columns().get(*id).map_or(Known::Nothing, Known::of)).collect();
        }
        self.0.iter_mut().zip(values.cells()).for_each(|(known, (_, value))| known.learn(value));
    }
}

impl Known {
    pub(super) fn of(column: &Column) -> Self {
        let lengths = |digits| Self::Lengths { from: usize::MAX, to: 0, digits };
        match &column.kind {
            Kind::Adjustments => Self::Nothing,
            // Where a PWK stands, two of its codes decide together.
            Kind::Code(_) if column.segment == "PWK" => Self::Nothing,
            Kind::Money | Kind::Quantity | Kind::Number => lengths(true),
            Kind::Text(_)
            | Kind::Id(_)
            | Kind::Npi
            | Kind::Date(_)
            | Kind::Period(_)
            | Kind::Zip
            | Kind::Phone
            | Kind::Ssn
            | Kind::Diagnosis
            | Kind::Procedure
            | Kind::Ndc
            | Kind::Pointers => lengths(false),
            Kind::Code(_)
            | Kind::State
            | Kind::Country
            | Kind::Flag
            | Kind::Sex
            | Kind::Relationship
            | Kind::Taxonomy
            | Kind::Modifier
            | Kind::Place => Self::Codes(Vec::new()),
        }
    }

    fn covers(&self, value: &str) -> bool {
        match self {
            Self::Codes(codes) => codes.iter().any(|code| code == value),
            Self::Lengths { from, to, digits } => (*from..=*to).contains(&length(value, *digits)) && !is_padded(value),
            Self::Nothing => false,
        }
    }

    fn learn(&mut self, value: &Text) {
        match self {
            Self::Codes(codes) if codes.len() < CODES && !codes.contains(value) => codes.push(value.clone()),
            Self::Lengths { from, to, digits } => {
                let length = length(value, *digits);
                (*from, *to) = ((*from).min(length), (*to).max(length));
            }
            Self::Codes(_) | Self::Nothing => {}
        }
    }
}

fn length(value: &str, digits: bool) -> usize {
    if digits { value.bytes().filter(u8::is_ascii_digit).count() } else { value.len() }
}

/// Whether there are blanks around it: what the practice file completes was not read as a value.
fn is_padded(value: &str) -> bool {
    value.starts_with(' ') || value.ends_with(' ')
}

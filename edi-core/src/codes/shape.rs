//! What codes look like, for lists that are licensed, or too new, or too old to look them up in.

use super::{CodeSet, icd10cm};

/// What kind of procedure code it looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ProcedureShape {
    /// CPT category I: five digits from 00100 on, or four digits and `A` for the giving of vaccines.
    CptI,
    /// CPT category II, performance measures: four digits and `F`.
    CptII,
    /// CPT category III, emerging technology: four digits and `T`.
    CptIII,
    /// CPT proprietary laboratory analyses: four digits and `U`.
    Pla,
    /// CPT administrative multianalyte assays: four digits and `M`.
    Maaa,
    /// HCPCS level II: a letter from `A` to `V`, but not `D`, and four digits.
    Hcpcs,
    /// Dental CDT: `D` and four digits.
    Cdt,
}

/// What kind of procedure code it looks like; none where it is none.
#[must_use]
pub fn procedure_shape(code: &str) -> Option<ProcedureShape> {
    let &[first, a, b, c, last] = code.as_bytes() else { return None };
    let digits = [a, b, c].iter().all(u8::is_ascii_digit);
    match (first, last) {
        _ if !digits => None,
        (b'0'..=b'9', b'0'..=b'9') => (code >= "00100").then_some(ProcedureShape::CptI),
        (b'0'..=b'9', b'A') => Some(ProcedureShape::CptI),
        (b'0'..=b'9', b'F') => Some(ProcedureShape::CptII),
        (b'0'..=b'9', b'T') => Some(ProcedureShape::CptIII),
        (b'0'..=b'9', b'U') => Some(ProcedureShape::Pla),
        (b'0'..=b'9', b'M') => Some(ProcedureShape::Maaa),
        (b'D', b'0'..=b'9') => Some(ProcedureShape::Cdt),
        (b'A'..=b'V', b'0'..=b'9') => Some(ProcedureShape::Hcpcs),
        _ => None,
    }
}

/// Whether it could be a procedure modifier: two digits or capital letters.
#[must_use]
pub fn is_modifier(code: &str) -> bool {
    code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase())
}

/// Whether it could be a national drug code as claims have it (LIN03 with N4): eleven digits, without hyphens.
#[must_use]
pub fn is_ndc(code: &str) -> bool {
    code.len() == 11 && code.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether it could be a revenue code: four digits, the leading zero with them.
#[must_use]
pub fn is_revenue_code(code: &str) -> bool {
    code.len() == 4 && code.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether it could be a provider taxonomy code: ten characters, three digits first and `X` last.
#[must_use]
pub fn is_taxonomy(code: &str) -> bool {
    match code.as_bytes() {
        [a, b, c, middle @ .., b'X'] if middle.len() == 6 => {
            [a, b, c].iter().all(|byte| byte.is_ascii_digit())
                && middle.iter().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase())
        }
        _ => false,
    }
}

/// Whether it could be a procedure of ICD-10-PCS: seven digits or capital letters, without `I` and `O`.
#[must_use]
pub fn is_icd10pcs(code: &str) -> bool {
    code.len() == 7
        && code.bytes().all(|byte| (byte.is_ascii_digit() || byte.is_ascii_uppercase()) && !b"IO".contains(&byte))
}

impl CodeSet {
    /// Whether this could be a code of the set. Sets without a shape take anything that is not empty.
    #[must_use]
    pub fn is_shape(self, code: &str) -> bool {
        match self {
            Self::Icd10Cm => icd10cm::is_shape(code),
            Self::Hcpcs => procedure_shape(code) == Some(ProcedureShape::Hcpcs),
            Self::Cpt => matches!(
                procedure_shape(code),
                Some(
                    ProcedureShape::CptI
                        | ProcedureShape::CptII
                        | ProcedureShape::CptIII
                        | ProcedureShape::Pla
                        | ProcedureShape::Maaa
                )
            ),
            Self::Taxonomy => is_taxonomy(code),
            Self::Modifier => is_modifier(code),
            _ => !code.is_empty(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn procedures() {
        let shapes = [
            ("99213", Some(ProcedureShape::CptI)),
            ("0001A", Some(ProcedureShape::CptI)),
            ("00099", None),
            ("3044F", Some(ProcedureShape::CptII)),
            ("0042T", Some(ProcedureShape::CptIII)),
            ("0001U", Some(ProcedureShape::Pla)),
            ("0002M", Some(ProcedureShape::Maaa)),
            ("J1100", Some(ProcedureShape::Hcpcs)),
            ("D0120", Some(ProcedureShape::Cdt)),
            ("W0000", None),
            ("9921", None),
            ("99 13", None),
            ("9921é", None),
            ("j1100", None),
        ];
        for (code, shape) in shapes {
            assert_eq!(procedure_shape(code), shape, "{code}");
        }
    }

    #[test]
    fn other_shapes() {
        assert!(is_modifier("25") && is_modifier("LT") && !is_modifier("2") && !is_modifier("lt"));
        assert!(is_ndc("00002140701") && !is_ndc("0002-1407-01"));
        assert!(is_revenue_code("0450") && !is_revenue_code("450"));
        assert!(is_taxonomy("207Q00000X") && !is_taxonomy("207Q000000") && !is_taxonomy("X"));
        assert!(is_icd10pcs("0DTJ4ZZ") && !is_icd10pcs("0DTO4ZZ"));
        assert!(CodeSet::Cpt.is_shape("99213") && !CodeSet::Cpt.is_shape("J1100"));
        assert!(CodeSet::State.is_shape("anything") && !CodeSet::State.is_shape(""));
    }
}

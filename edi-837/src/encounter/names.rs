//! The columns that the code names, each looked up once.

use super::columns::{Column, ColumnId, columns, id};
use super::set::Set;
use std::sync::LazyLock;

/// A column that is looked up when it is first asked for.
type Named = LazyLock<ColumnId>;

pub(crate) static CLAIM_ID: Named = LazyLock::new(|| id("claim_id"));
pub(super) static BILLING_NPI: Named = LazyLock::new(|| id("billing_npi"));
pub(super) static PAYER_ID: Named = LazyLock::new(|| id("payer_id"));
pub(super) static PAYER_NAME: Named = LazyLock::new(|| id("payer_name"));
pub(super) static FILING: Named = LazyLock::new(|| id("filing"));
pub(super) static RELATIONSHIP: Named = LazyLock::new(|| id("relationship"));
pub(super) static SELF: Named = LazyLock::new(|| id("*self"));
pub(super) static SUBSCRIBER_ENTITY: Named = LazyLock::new(|| id("subscriber_entity"));
pub(super) static SUBSCRIBER_DOB: Named = LazyLock::new(|| id("subscriber_dob"));
pub(super) static PATIENT_DOB: Named = LazyLock::new(|| id("patient_dob"));
pub(super) static CLAIM_CHARGE: Named = LazyLock::new(|| id("claim_charge"));
pub(super) static FREQUENCY: Named = LazyLock::new(|| id("frequency"));
pub(super) static ORIGINAL_REFERENCE: Named = LazyLock::new(|| id("original_reference"));
pub(super) static CAUSES: LazyLock<[ColumnId; 2]> = LazyLock::new(|| ["related_cause1", "related_cause2"].map(id));
pub(super) static ACCIDENT_DATE: Named = LazyLock::new(|| id("accident_date"));
pub(super) static ACCIDENT_STATE: Named = LazyLock::new(|| id("accident_state"));
pub(super) static ACCIDENT_COUNTRY: Named = LazyLock::new(|| id("accident_country"));
pub(super) static ADMISSION_DATE: Named = LazyLock::new(|| id("admission_date"));
pub(super) static DISABILITY_START: Named = LazyLock::new(|| id("disability_start"));
pub(super) static DISABILITY_END: Named = LazyLock::new(|| id("disability_end"));
pub(super) static DISABILITY_PERIOD: Named = LazyLock::new(|| id("disability_period"));
pub(super) static POS: Named = LazyLock::new(|| id("pos"));

/// The diagnoses, in order.
pub(super) static DIAGNOSES: LazyLock<[ColumnId; 12]> =
    LazyLock::new(|| std::array::from_fn(|n| id(&format!("dx{}", n + 1))));

pub(super) static LINE: Named = LazyLock::new(|| id("line"));
pub(super) static LINE_CONTROL: Named = LazyLock::new(|| id("line_control"));
pub(super) static LINE_POS: Named = LazyLock::new(|| id("line_pos"));
pub(super) static POINTERS: Named = LazyLock::new(|| id("pointers"));
pub(super) static CHARGE: Named = LazyLock::new(|| id("charge"));
pub(super) static UNITS: Named = LazyLock::new(|| id("units"));
pub(super) static DOS: Named = LazyLock::new(|| id("dos"));
pub(super) static DOS_TO: Named = LazyLock::new(|| id("dos_to"));
pub(super) static PROCEDURE_TYPE: Named = LazyLock::new(|| id("procedure_type"));
pub(super) static PROCEDURE: Named = LazyLock::new(|| id("procedure"));
pub(super) static DME_DAYS: Named = LazyLock::new(|| id("dme_days"));
pub(super) static DME_PROCEDURE: Named = LazyLock::new(|| id("*dme_procedure"));
pub(super) static DME_PROCEDURE_TYPE: Named = LazyLock::new(|| id("*dme_procedure_type"));

/// Columns of another payer of the claim, and of what it answered on a line.
pub(super) struct Other {
    pub(super) payer_id: ColumnId,
    pub(super) payer_name: ColumnId,
    pub(super) filing: ColumnId,
    pub(super) line_payer_id: ColumnId,
    pub(super) line_paid: ColumnId,
    pub(super) line_units: ColumnId,
    /// Procedure and modifiers of the line, and where the answer repeats them.
    pub(super) line_procedure: [(ColumnId, ColumnId); 5],
}

/// The other payers, in order.
pub(super) static OTHERS: LazyLock<[Other; 10]> = LazyLock::new(|| {
    std::array::from_fn(|n| {
        let of_claim = |part: &str| id(&format!("other{}_{part}", n + 1));
        let of_line = |part: &str| id(&format!("line_other{}_{part}", n + 1));
        Other {
            payer_id: of_claim("payer_id"),
            payer_name: of_claim("payer_name"),
            filing: of_claim("filing"),
            line_payer_id: of_line("payer_id"),
            line_paid: of_line("paid"),
            line_units: of_line("units"),
            line_procedure: ["procedure", "mod1", "mod2", "mod3", "mod4"].map(|part| (id(part), of_line(part))),
        }
    })
});

/// What the patient's columns say of a subscriber who is the patient: from where, to where.
pub(super) static OF_SELF: LazyLock<[(ColumnId, ColumnId); 18]> = LazyLock::new(|| {
    [
        ("patient_last", "subscriber_last"),
        ("patient_first", "subscriber_first"),
        ("patient_middle", "subscriber_middle"),
        ("patient_suffix", "subscriber_suffix"),
        ("patient_address", "subscriber_address"),
        ("patient_address2", "subscriber_address2"),
        ("patient_city", "subscriber_city"),
        ("patient_state", "subscriber_state"),
        ("patient_zip", "subscriber_zip"),
        ("patient_country", "subscriber_country"),
        ("patient_subdivision", "subscriber_subdivision"),
        ("patient_dob", "subscriber_dob"),
        ("patient_sex", "subscriber_sex"),
        ("patient_ssn", "subscriber_ssn"),
        ("patient_death_date", "*self_death_date"),
        ("patient_weight", "*self_weight"),
        ("patient_pregnant", "*self_pregnant"),
        ("property_casualty_claim", "*self_property_casualty_claim"),
    ]
    .map(|(from, to)| (id(from), id(to)))
});

/// The columns of a patient who is not the subscriber.
pub(super) static OF_PATIENT: LazyLock<Set> = LazyLock::new(|| {
    let of_patient = |(_, column): &(ColumnId, &Column)| matches!(column.loop_id.as_str(), "2000C" | "2010CA");
    columns().rows().iter().enumerate().filter(of_patient).map(|(id, _)| id).collect()
});

/// Columns without which a patient is not told.
pub(super) struct Person {
    pub(super) needed: Vec<ColumnId>,
    pub(super) country: ColumnId,
    /// What an address in the USA needs further.
    pub(super) at_home: [ColumnId; 2],
}

impl Person {
    fn of(who: &str, parts: &[&str]) -> Self {
        let column = |part: &str| id(&format!("{who}_{part}"));
        let needed = parts.iter().map(|part| column(part)).collect();
        Self { needed, country: column("country"), at_home: [column("state"), column("zip")] }
    }
}

/// A subscriber who is the patient; its name is required anyway.
pub(super) static SUBSCRIBER: LazyLock<Person> =
    LazyLock::new(|| Person::of("subscriber", &["address", "city", "dob", "sex"]));

/// A patient who is not the subscriber.
pub(super) static DEPENDENT: LazyLock<Person> =
    LazyLock::new(|| Person::of("patient", &["last", "address", "city", "dob", "sex"]));

/// Events of the claim that do not come behind its service.
pub(super) static BEFORE_SERVICE: LazyLock<[ColumnId; 4]> =
    LazyLock::new(|| ["onset_date", "accident_date", "initial_treatment_date", "lmp_date"].map(id));

/// Days of the claim of which the second does not come before the first.
pub(super) static ORDERED: LazyLock<[(ColumnId, ColumnId); 3]> = LazyLock::new(|| {
    [
        ("admission_date", "discharge_date"),
        ("assumed_care_date", "relinquished_care_date"),
        ("last_worked_date", "return_to_work_date"),
    ]
    .map(|(first, second)| (id(first), id(second)))
});

/// What the practice file says of a payer: its address.
pub(super) static PAYER_ADDRESS: LazyLock<[ColumnId; 4]> =
    LazyLock::new(|| ["payer_address", "payer_city", "payer_state", "payer_zip"].map(id));

//! The one list of tables, from which rows are appended in either database. A test holds it against the schema.

use super::store::Table;

pub(super) static RUN: Table = Table { name: "run", columns: &["id", "actor", "day", "rules"] };
pub(super) static SOURCE: Table = Table { name: "source", columns: &["id", "hash", "name"] };
pub(super) static ACCOUNT: Table = Table { name: "account", columns: &["id", "name", "nature"] };
pub(super) static PAYER: Table = Table { name: "payer", columns: &["id", "code", "name"] };
pub(super) static PAYER_ALIAS: Table = Table { name: "payer_alias", columns: &["identifier", "payer_id"] };
pub(super) static PAYEE: Table = Table { name: "payee", columns: &["id", "code"] };
pub(super) static PAYEE_ALIAS: Table = Table { name: "payee_alias", columns: &["identifier", "payee_id"] };
pub(super) static CLAIM: Table =
    Table { name: "claim", columns: &["id", "claim_key", "payee_id", "patient", "member_id"] };
pub(super) static CLAIM_KEY: Table = Table { name: "claim_key", columns: &["claim_key", "claim_id"] };
pub(super) static LINE: Table = Table { name: "line", columns: &["id", "claim_id", "control"] };
pub(super) static SUBMISSION: Table = Table {
    name: "submission",
    columns: &[
        "id",
        "claim_id",
        "ordinal",
        "claim_key",
        "frequency",
        "destination",
        "original_reference",
        "charge",
        "patient_paid",
        "content",
        "run_id",
    ],
};
pub(super) static SUBMISSION_PAYER: Table = Table {
    name: "submission_payer",
    columns: &["submission_id", "position", "payer_id", "filing_indicator", "sequence"],
};
pub(super) static SUBMISSION_LINE: Table = Table {
    name: "submission_line",
    columns: &["submission_id", "ordinal", "line_id", "procedure_code", "from_day", "to_day", "units", "charge"],
};
pub(super) static REMITTANCE: Table = Table {
    name: "remittance",
    columns: &[
        "id",
        "identity",
        "content",
        "state",
        "originator",
        "trace",
        "paid_on",
        "amount",
        "method",
        "payer_id",
        "payer_name",
        "payee_id",
        "control",
        "source_id",
        "segment_from",
        "segment_to",
        "run_id",
    ],
};
pub(super) static ADJUDICATION: Table = Table {
    name: "adjudication",
    columns: &[
        "id",
        "remittance_id",
        "ordinal",
        "claim_id",
        "payer_id",
        "position",
        "number",
        "original_reference",
        "status",
        "forwarded",
        "charge",
        "paid",
        "interest",
        "content",
        "reverses",
    ],
};
pub(super) static ADJUDICATED_LINE: Table = Table {
    name: "adjudicated_line",
    columns: &["adjudication_id", "ordinal", "line_id", "matched_by", "procedure_code", "charge", "paid", "allowed"],
};
pub(super) static ADJUSTMENT: Table = Table {
    name: "adjustment",
    columns: &["adjudication_id", "line_ordinal", "seq", "group_code", "reason", "amount"],
};
pub(super) static REMARK: Table =
    Table { name: "remark", columns: &["adjudication_id", "line_ordinal", "seq", "code"] };
pub(super) static PLB: Table = Table {
    name: "plb",
    columns: &["id", "remittance_id", "ordinal", "code", "reference", "amount", "account_id", "payer_id", "payee_id"],
};
pub(super) static PLB_MATCH: Table = Table { name: "plb_match", columns: &["plb_id", "opened_by", "amount"] };
pub(super) static HOLD: Table = Table {
    name: "hold",
    columns: &[
        "id",
        "kind",
        "state",
        "round",
        "remittance_id",
        "ordinal",
        "claim_id",
        "payer_id",
        "claim_key",
        "number",
        "original_reference",
        "amount",
        "content",
        "body",
        "source_id",
        "segment_from",
        "segment_to",
        "run_id",
    ],
};
pub(super) static HOLD_REASON: Table =
    Table { name: "hold_reason", columns: &["hold_id", "round", "seq", "rule", "code", "words", "proposal"] };
pub(super) static JOURNAL: Table = Table {
    name: "journal",
    columns: &[
        "id",
        "kind",
        "run_id",
        "source_id",
        "segment_from",
        "segment_to",
        "effective",
        "posted",
        "period",
        "claim_id",
        "remittance_id",
        "adjudication_id",
        "submission_id",
        "hold_id",
        "plb_id",
        "reverses",
    ],
};
pub(super) static ENTRY: Table = Table {
    name: "entry",
    columns: &[
        "journal_id",
        "seq",
        "account_id",
        "amount",
        "payer_id",
        "line_id",
        "remittance_id",
        "payee_id",
        "hold_id",
        "reason",
        "rule",
        "reverses_journal",
        "reverses_seq",
    ],
};
pub(super) static DENIAL: Table = Table {
    name: "denial",
    columns: &[
        "id",
        "kind",
        "adjudication_id",
        "claim_id",
        "line_id",
        "payer_id",
        "group_code",
        "reason",
        "remarks",
        "amount",
        "expected",
        "line_denied",
        "category",
        "preventable",
        "action",
        "next_step",
        "opened",
        "due",
    ],
};
pub(super) static DENIAL_EVENT: Table =
    Table { name: "denial_event", columns: &["denial_id", "seq", "state", "owner", "note", "run_id"] };
pub(super) static DEPOSIT: Table = Table {
    name: "deposit",
    columns: &["id", "trace", "originator", "day", "amount", "remittance_id", "source_id", "run_id"],
};
pub(super) static CLOSED_MONTH: Table = Table { name: "closed_month", columns: &["month", "run_id"] };
pub(super) static CONTROL_NUMBER: Table = Table { name: "control_number", columns: &["kind", "receiver", "last"] };
pub(super) static AUDIT: Table = Table { name: "audit", columns: &["id", "run_id", "verb", "subject", "detail"] };
pub(super) static REFUND: Table =
    Table { name: "refund", columns: &["id", "payer_id", "payee_id", "reference", "amount", "run_id"] };
pub(super) static REFUND_MATCH: Table = Table { name: "refund_match", columns: &["plb_id", "refund_id", "amount"] };

/// All tables, each behind those that it refers to.
pub(super) static TABLES: [&Table; 32] = [
    &RUN,
    &SOURCE,
    &ACCOUNT,
    &PAYER,
    &PAYER_ALIAS,
    &PAYEE,
    &PAYEE_ALIAS,
    &CLAIM,
    &CLAIM_KEY,
    &LINE,
    &SUBMISSION,
    &SUBMISSION_PAYER,
    &SUBMISSION_LINE,
    &REMITTANCE,
    &ADJUDICATION,
    &ADJUDICATED_LINE,
    &ADJUSTMENT,
    &REMARK,
    &PLB,
    &PLB_MATCH,
    &HOLD,
    &HOLD_REASON,
    &JOURNAL,
    &ENTRY,
    &DENIAL,
    &DENIAL_EVENT,
    &DEPOSIT,
    &CLOSED_MONTH,
    &CONTROL_NUMBER,
    &AUDIT,
    &REFUND,
    &REFUND_MATCH,
];

-- The ledger, version 1. Amounts are whole cents, debits positive; dates are YYYY-MM-DD.
-- What refers to nothing is refused at the commit: where it were refused row by row, SQLite would keep a journal of
-- each statement that writes many rows.

-- What a row was written by: one run for each database transaction.
CREATE TABLE run (
    id INTEGER PRIMARY KEY,
    actor TEXT NOT NULL,
    day TEXT NOT NULL,
    rules TEXT NOT NULL
);

-- Files that were posted or booked from.
CREATE TABLE source (
    id INTEGER PRIMARY KEY,
    hash TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL
);

CREATE TABLE account (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    nature TEXT NOT NULL
);

CREATE TABLE payer (
    id INTEGER PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL
);
CREATE TABLE payer_alias (
    identifier TEXT PRIMARY KEY,
    payer_id INTEGER NOT NULL REFERENCES payer (id) DEFERRABLE INITIALLY DEFERRED
) WITHOUT ROWID;

-- Billing providers: those to whom payments may be made.
CREATE TABLE payee (
    id INTEGER PRIMARY KEY,
    code TEXT NOT NULL UNIQUE
);
CREATE TABLE payee_alias (
    identifier TEXT PRIMARY KEY,
    payee_id INTEGER NOT NULL REFERENCES payee (id) DEFERRABLE INITIALLY DEFERRED
) WITHOUT ROWID;

CREATE TABLE claim (
    id INTEGER PRIMARY KEY,
    claim_key TEXT NOT NULL,
    payee_id INTEGER NOT NULL REFERENCES payee (id) DEFERRABLE INITIALLY DEFERRED,
    patient TEXT NOT NULL,
    member_id TEXT NOT NULL
);
-- Every CLM01 under which a claim was sent: a replacement may have one of its own.
CREATE TABLE claim_key (
    claim_key TEXT PRIMARY KEY,
    claim_id INTEGER NOT NULL REFERENCES claim (id) DEFERRABLE INITIALLY DEFERRED
) WITHOUT ROWID;
CREATE TABLE line (
    id INTEGER PRIMARY KEY,
    claim_id INTEGER NOT NULL REFERENCES claim (id) DEFERRABLE INITIALLY DEFERRED,
    control TEXT NOT NULL,
    UNIQUE (claim_id, control)
);
CREATE TABLE submission (
    id INTEGER PRIMARY KEY,
    claim_id INTEGER NOT NULL REFERENCES claim (id) DEFERRABLE INITIALLY DEFERRED,
    ordinal INTEGER NOT NULL,
    claim_key TEXT NOT NULL,
    frequency TEXT NOT NULL,
    destination INTEGER NOT NULL,
    original_reference TEXT NOT NULL,
    charge INTEGER NOT NULL,
    patient_paid INTEGER NOT NULL,
    content TEXT NOT NULL,
    run_id INTEGER NOT NULL REFERENCES run (id) DEFERRABLE INITIALLY DEFERRED,
    UNIQUE (claim_id, ordinal),
    UNIQUE (claim_id, content)
);
CREATE TABLE submission_payer (
    submission_id INTEGER NOT NULL REFERENCES submission (id) DEFERRABLE INITIALLY DEFERRED,
    position INTEGER NOT NULL,
    payer_id INTEGER NOT NULL REFERENCES payer (id) DEFERRABLE INITIALLY DEFERRED,
    filing_indicator TEXT NOT NULL,
    sequence TEXT NOT NULL,
    PRIMARY KEY (submission_id, position)
) WITHOUT ROWID;
CREATE TABLE submission_line (
    submission_id INTEGER NOT NULL REFERENCES submission (id) DEFERRABLE INITIALLY DEFERRED,
    ordinal INTEGER NOT NULL,
    line_id INTEGER NOT NULL REFERENCES line (id) DEFERRABLE INITIALLY DEFERRED,
    procedure_code TEXT NOT NULL,
    from_day TEXT,
    to_day TEXT,
    units TEXT NOT NULL,
    charge INTEGER NOT NULL,
    PRIMARY KEY (submission_id, ordinal)
) WITHOUT ROWID;

-- identity: TRN03, TRN02, BPR16, BPR02 and payee; the content hash too where nothing is paid.
-- state: posted, held (no entries), undone.
CREATE TABLE remittance (
    id INTEGER PRIMARY KEY,
    identity TEXT NOT NULL,
    content TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('posted', 'held', 'undone')),
    originator TEXT NOT NULL,
    trace TEXT NOT NULL,
    paid_on TEXT,
    amount INTEGER NOT NULL,
    method TEXT NOT NULL,
    payer_id INTEGER REFERENCES payer (id) DEFERRABLE INITIALLY DEFERRED,
    payer_name TEXT NOT NULL,
    payee_id INTEGER REFERENCES payee (id) DEFERRABLE INITIALLY DEFERRED,
    control TEXT NOT NULL,
    source_id INTEGER NOT NULL REFERENCES source (id) DEFERRABLE INITIALLY DEFERRED,
    segment_from INTEGER NOT NULL,
    segment_to INTEGER NOT NULL,
    run_id INTEGER NOT NULL REFERENCES run (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE UNIQUE INDEX remittance_posted ON remittance (identity) WHERE state = 'posted';
CREATE UNIQUE INDEX remittance_held ON remittance (identity, content) WHERE state = 'held';
CREATE INDEX remittance_trace ON remittance (trace);

-- One payer's answer to a claim that was posted, or that asked for no entry.
CREATE TABLE adjudication (
    id INTEGER PRIMARY KEY,
    remittance_id INTEGER NOT NULL REFERENCES remittance (id) DEFERRABLE INITIALLY DEFERRED,
    ordinal INTEGER NOT NULL,
    claim_id INTEGER NOT NULL REFERENCES claim (id) DEFERRABLE INITIALLY DEFERRED,
    payer_id INTEGER NOT NULL REFERENCES payer (id) DEFERRABLE INITIALLY DEFERRED,
    position INTEGER NOT NULL,
    number TEXT NOT NULL,
    original_reference TEXT NOT NULL,
    status TEXT NOT NULL,
    forwarded INTEGER NOT NULL,
    charge INTEGER NOT NULL,
    paid INTEGER NOT NULL,
    interest INTEGER NOT NULL,
    content TEXT NOT NULL,
    reverses INTEGER REFERENCES adjudication (id) DEFERRABLE INITIALLY DEFERRED,
    UNIQUE (remittance_id, ordinal)
);
CREATE INDEX adjudication_claim ON adjudication (claim_id);
CREATE INDEX adjudication_number ON adjudication (number) WHERE number <> '';
CREATE TABLE adjudicated_line (
    adjudication_id INTEGER NOT NULL REFERENCES adjudication (id) DEFERRABLE INITIALLY DEFERRED,
    ordinal INTEGER NOT NULL,
    line_id INTEGER NOT NULL REFERENCES line (id) DEFERRABLE INITIALLY DEFERRED,
    matched_by TEXT NOT NULL,
    procedure_code TEXT NOT NULL,
    charge INTEGER NOT NULL,
    paid INTEGER NOT NULL,
    allowed INTEGER,
    PRIMARY KEY (adjudication_id, ordinal)
) WITHOUT ROWID;
CREATE TABLE adjustment (
    adjudication_id INTEGER NOT NULL REFERENCES adjudication (id) DEFERRABLE INITIALLY DEFERRED,
    line_ordinal INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    group_code TEXT NOT NULL,
    reason TEXT NOT NULL,
    amount INTEGER NOT NULL,
    PRIMARY KEY (adjudication_id, line_ordinal, seq)
) WITHOUT ROWID;
CREATE TABLE remark (
    adjudication_id INTEGER NOT NULL REFERENCES adjudication (id) DEFERRABLE INITIALLY DEFERRED,
    line_ordinal INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    code TEXT NOT NULL,
    PRIMARY KEY (adjudication_id, line_ordinal, seq)
) WITHOUT ROWID;

-- Provider-level adjustments (PLB) that were posted; held ones are holds.
CREATE TABLE plb (
    id INTEGER PRIMARY KEY,
    remittance_id INTEGER NOT NULL REFERENCES remittance (id) DEFERRABLE INITIALLY DEFERRED,
    ordinal INTEGER NOT NULL,
    code TEXT NOT NULL,
    reference TEXT NOT NULL,
    amount INTEGER NOT NULL,
    account_id INTEGER NOT NULL REFERENCES account (id) DEFERRABLE INITIALLY DEFERRED,
    payer_id INTEGER NOT NULL REFERENCES payer (id) DEFERRABLE INITIALLY DEFERRED,
    payee_id INTEGER NOT NULL REFERENCES payee (id) DEFERRABLE INITIALLY DEFERRED,
    UNIQUE (remittance_id, ordinal)
);
CREATE INDEX plb_open ON plb (payer_id, payee_id, account_id);
-- How much of an open item a later one took.
CREATE TABLE plb_match (
    plb_id INTEGER NOT NULL REFERENCES plb (id) DEFERRABLE INITIALLY DEFERRED,
    opened_by INTEGER NOT NULL REFERENCES plb (id) DEFERRABLE INITIALLY DEFERRED,
    amount INTEGER NOT NULL,
    PRIMARY KEY (plb_id, opened_by)
) WITHOUT ROWID;
CREATE INDEX plb_match_opened ON plb_match (opened_by);

-- kind: claim, plb, booking, remittance. state: open, released, rejected, undone. body: what is held, as JSON.
CREATE TABLE hold (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    round INTEGER NOT NULL,
    remittance_id INTEGER REFERENCES remittance (id) DEFERRABLE INITIALLY DEFERRED,
    ordinal INTEGER NOT NULL,
    claim_id INTEGER REFERENCES claim (id) DEFERRABLE INITIALLY DEFERRED,
    payer_id INTEGER REFERENCES payer (id) DEFERRABLE INITIALLY DEFERRED,
    claim_key TEXT NOT NULL,
    number TEXT NOT NULL,
    original_reference TEXT NOT NULL,
    amount INTEGER NOT NULL,
    content TEXT NOT NULL,
    body TEXT NOT NULL,
    source_id INTEGER REFERENCES source (id) DEFERRABLE INITIALLY DEFERRED,
    segment_from INTEGER NOT NULL,
    segment_to INTEGER NOT NULL,
    run_id INTEGER NOT NULL REFERENCES run (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX hold_claim ON hold (claim_id) WHERE state = 'open';
CREATE INDEX hold_key ON hold (claim_key) WHERE state = 'open';
CREATE INDEX hold_number ON hold (number) WHERE state = 'open';
CREATE INDEX hold_original ON hold (original_reference) WHERE state = 'open';
CREATE INDEX hold_payer ON hold (payer_id) WHERE state = 'open';
CREATE INDEX hold_remittance ON hold (remittance_id);
CREATE TABLE hold_reason (
    hold_id INTEGER NOT NULL REFERENCES hold (id) DEFERRABLE INITIALLY DEFERRED,
    round INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    rule TEXT NOT NULL,
    code TEXT NOT NULL,
    words TEXT NOT NULL,
    proposal TEXT NOT NULL,
    PRIMARY KEY (hold_id, round, seq)
) WITHOUT ROWID;

-- A journal is of one claim or of none; its entries are of that claim.
CREATE TABLE journal (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    run_id INTEGER NOT NULL REFERENCES run (id) DEFERRABLE INITIALLY DEFERRED,
    source_id INTEGER REFERENCES source (id) DEFERRABLE INITIALLY DEFERRED,
    segment_from INTEGER,
    segment_to INTEGER,
    effective TEXT NOT NULL,
    posted TEXT NOT NULL,
    period TEXT NOT NULL,
    claim_id INTEGER REFERENCES claim (id) DEFERRABLE INITIALLY DEFERRED,
    remittance_id INTEGER REFERENCES remittance (id) DEFERRABLE INITIALLY DEFERRED,
    adjudication_id INTEGER REFERENCES adjudication (id) DEFERRABLE INITIALLY DEFERRED,
    submission_id INTEGER REFERENCES submission (id) DEFERRABLE INITIALLY DEFERRED,
    hold_id INTEGER REFERENCES hold (id) DEFERRABLE INITIALLY DEFERRED,
    plb_id INTEGER REFERENCES plb (id) DEFERRABLE INITIALLY DEFERRED,
    reverses INTEGER REFERENCES journal (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX journal_claim ON journal (claim_id) WHERE claim_id IS NOT NULL;
CREATE INDEX journal_remittance ON journal (remittance_id) WHERE remittance_id IS NOT NULL;
CREATE TABLE entry (
    journal_id INTEGER NOT NULL REFERENCES journal (id) DEFERRABLE INITIALLY DEFERRED,
    seq INTEGER NOT NULL,
    account_id INTEGER NOT NULL REFERENCES account (id) DEFERRABLE INITIALLY DEFERRED,
    amount INTEGER NOT NULL CHECK (amount <> 0),
    payer_id INTEGER REFERENCES payer (id) DEFERRABLE INITIALLY DEFERRED,
    line_id INTEGER REFERENCES line (id) DEFERRABLE INITIALLY DEFERRED,
    remittance_id INTEGER REFERENCES remittance (id) DEFERRABLE INITIALLY DEFERRED,
    payee_id INTEGER REFERENCES payee (id) DEFERRABLE INITIALLY DEFERRED,
    hold_id INTEGER REFERENCES hold (id) DEFERRABLE INITIALLY DEFERRED,
    reason TEXT NOT NULL,
    rule TEXT NOT NULL,
    reverses_journal INTEGER,
    reverses_seq INTEGER,
    PRIMARY KEY (journal_id, seq)
) WITHOUT ROWID;
CREATE INDEX entry_hold ON entry (hold_id) WHERE hold_id IS NOT NULL;
CREATE INDEX entry_payee ON entry (payee_id, payer_id, account_id) WHERE payee_id IS NOT NULL;

-- Denied amounts, and tasks about amounts that are not denied.
CREATE TABLE denial (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    adjudication_id INTEGER NOT NULL REFERENCES adjudication (id) DEFERRABLE INITIALLY DEFERRED,
    claim_id INTEGER NOT NULL REFERENCES claim (id) DEFERRABLE INITIALLY DEFERRED,
    line_id INTEGER REFERENCES line (id) DEFERRABLE INITIALLY DEFERRED,
    payer_id INTEGER NOT NULL REFERENCES payer (id) DEFERRABLE INITIALLY DEFERRED,
    group_code TEXT NOT NULL,
    reason TEXT NOT NULL,
    remarks TEXT NOT NULL,
    amount INTEGER NOT NULL,
    expected INTEGER NOT NULL,
    line_denied INTEGER NOT NULL,
    category TEXT NOT NULL,
    preventable INTEGER NOT NULL,
    action TEXT NOT NULL,
    next_step TEXT NOT NULL,
    opened TEXT NOT NULL,
    due TEXT NOT NULL
);
CREATE INDEX denial_claim ON denial (claim_id);
-- What was done about one; the last row is its state.
CREATE TABLE denial_event (
    denial_id INTEGER NOT NULL REFERENCES denial (id) DEFERRABLE INITIALLY DEFERRED,
    seq INTEGER NOT NULL,
    state TEXT NOT NULL,
    owner TEXT NOT NULL,
    note TEXT NOT NULL,
    run_id INTEGER NOT NULL REFERENCES run (id) DEFERRABLE INITIALLY DEFERRED,
    PRIMARY KEY (denial_id, seq)
) WITHOUT ROWID;

CREATE TABLE deposit (
    id INTEGER PRIMARY KEY,
    trace TEXT NOT NULL,
    originator TEXT NOT NULL,
    day TEXT NOT NULL,
    amount INTEGER NOT NULL,
    remittance_id INTEGER REFERENCES remittance (id) DEFERRABLE INITIALLY DEFERRED,
    source_id INTEGER NOT NULL REFERENCES source (id) DEFERRABLE INITIALLY DEFERRED,
    run_id INTEGER NOT NULL REFERENCES run (id) DEFERRABLE INITIALLY DEFERRED
);

CREATE TABLE closed_month (
    month TEXT PRIMARY KEY,
    run_id INTEGER NOT NULL REFERENCES run (id) DEFERRABLE INITIALLY DEFERRED
) WITHOUT ROWID;

CREATE TABLE control_number (
    kind TEXT NOT NULL,
    receiver TEXT NOT NULL,
    last INTEGER NOT NULL,
    PRIMARY KEY (kind, receiver)
) WITHOUT ROWID;

CREATE TABLE audit (
    id INTEGER PRIMARY KEY,
    run_id INTEGER NOT NULL REFERENCES run (id) DEFERRABLE INITIALLY DEFERRED,
    verb TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail TEXT NOT NULL
);

-- What was written stays: a correction is a further row.
CREATE TRIGGER run_stays BEFORE UPDATE ON run BEGIN SELECT RAISE(ABORT, 'run rows are never changed'); END;
CREATE TRIGGER run_kept BEFORE DELETE ON run BEGIN SELECT RAISE(ABORT, 'run rows are never deleted'); END;
CREATE TRIGGER source_stays BEFORE UPDATE ON source BEGIN SELECT RAISE(ABORT, 'source rows are never changed'); END;
CREATE TRIGGER source_kept BEFORE DELETE ON source BEGIN SELECT RAISE(ABORT, 'source rows are never deleted'); END;
CREATE TRIGGER claim_stays BEFORE UPDATE ON claim BEGIN SELECT RAISE(ABORT, 'claim rows are never changed'); END;
CREATE TRIGGER claim_kept BEFORE DELETE ON claim BEGIN SELECT RAISE(ABORT, 'claim rows are never deleted'); END;
CREATE TRIGGER claim_key_stays BEFORE UPDATE ON claim_key BEGIN SELECT RAISE(ABORT, 'claim_key rows are never changed'); END;
CREATE TRIGGER claim_key_kept BEFORE DELETE ON claim_key BEGIN SELECT RAISE(ABORT, 'claim_key rows are never deleted'); END;
CREATE TRIGGER line_stays BEFORE UPDATE ON line BEGIN SELECT RAISE(ABORT, 'line rows are never changed'); END;
CREATE TRIGGER line_kept BEFORE DELETE ON line BEGIN SELECT RAISE(ABORT, 'line rows are never deleted'); END;
CREATE TRIGGER submission_stays BEFORE UPDATE ON submission BEGIN SELECT RAISE(ABORT, 'submission rows are never changed'); END;
CREATE TRIGGER submission_kept BEFORE DELETE ON submission BEGIN SELECT RAISE(ABORT, 'submission rows are never deleted'); END;
CREATE TRIGGER submission_payer_stays BEFORE UPDATE ON submission_payer BEGIN SELECT RAISE(ABORT, 'submission_payer rows are never changed'); END;
CREATE TRIGGER submission_payer_kept BEFORE DELETE ON submission_payer BEGIN SELECT RAISE(ABORT, 'submission_payer rows are never deleted'); END;
CREATE TRIGGER submission_line_stays BEFORE UPDATE ON submission_line BEGIN SELECT RAISE(ABORT, 'submission_line rows are never changed'); END;
CREATE TRIGGER submission_line_kept BEFORE DELETE ON submission_line BEGIN SELECT RAISE(ABORT, 'submission_line rows are never deleted'); END;
CREATE TRIGGER adjudication_stays BEFORE UPDATE ON adjudication BEGIN SELECT RAISE(ABORT, 'adjudication rows are never changed'); END;
CREATE TRIGGER adjudication_kept BEFORE DELETE ON adjudication BEGIN SELECT RAISE(ABORT, 'adjudication rows are never deleted'); END;
CREATE TRIGGER adjudicated_line_stays BEFORE UPDATE ON adjudicated_line BEGIN SELECT RAISE(ABORT, 'adjudicated_line rows are never changed'); END;
CREATE TRIGGER adjudicated_line_kept BEFORE DELETE ON adjudicated_line BEGIN SELECT RAISE(ABORT, 'adjudicated_line rows are never deleted'); END;
CREATE TRIGGER adjustment_stays BEFORE UPDATE ON adjustment BEGIN SELECT RAISE(ABORT, 'adjustment rows are never changed'); END;
CREATE TRIGGER adjustment_kept BEFORE DELETE ON adjustment BEGIN SELECT RAISE(ABORT, 'adjustment rows are never deleted'); END;
CREATE TRIGGER remark_stays BEFORE UPDATE ON remark BEGIN SELECT RAISE(ABORT, 'remark rows are never changed'); END;
CREATE TRIGGER remark_kept BEFORE DELETE ON remark BEGIN SELECT RAISE(ABORT, 'remark rows are never deleted'); END;
CREATE TRIGGER plb_stays BEFORE UPDATE ON plb BEGIN SELECT RAISE(ABORT, 'plb rows are never changed'); END;
CREATE TRIGGER plb_kept BEFORE DELETE ON plb BEGIN SELECT RAISE(ABORT, 'plb rows are never deleted'); END;
CREATE TRIGGER plb_match_stays BEFORE UPDATE ON plb_match BEGIN SELECT RAISE(ABORT, 'plb_match rows are never changed'); END;
CREATE TRIGGER plb_match_kept BEFORE DELETE ON plb_match BEGIN SELECT RAISE(ABORT, 'plb_match rows are never deleted'); END;
CREATE TRIGGER journal_stays BEFORE UPDATE ON journal BEGIN SELECT RAISE(ABORT, 'journal rows are never changed'); END;
CREATE TRIGGER journal_kept BEFORE DELETE ON journal BEGIN SELECT RAISE(ABORT, 'journal rows are never deleted'); END;
CREATE TRIGGER entry_stays BEFORE UPDATE ON entry BEGIN SELECT RAISE(ABORT, 'entry rows are never changed'); END;
CREATE TRIGGER entry_kept BEFORE DELETE ON entry BEGIN SELECT RAISE(ABORT, 'entry rows are never deleted'); END;
CREATE TRIGGER hold_reason_stays BEFORE UPDATE ON hold_reason BEGIN SELECT RAISE(ABORT, 'hold_reason rows are never changed'); END;
CREATE TRIGGER hold_reason_kept BEFORE DELETE ON hold_reason BEGIN SELECT RAISE(ABORT, 'hold_reason rows are never deleted'); END;
CREATE TRIGGER denial_stays BEFORE UPDATE ON denial BEGIN SELECT RAISE(ABORT, 'denial rows are never changed'); END;
CREATE TRIGGER denial_kept BEFORE DELETE ON denial BEGIN SELECT RAISE(ABORT, 'denial rows are never deleted'); END;
CREATE TRIGGER denial_event_stays BEFORE UPDATE ON denial_event BEGIN SELECT RAISE(ABORT, 'denial_event rows are never changed'); END;
CREATE TRIGGER denial_event_kept BEFORE DELETE ON denial_event BEGIN SELECT RAISE(ABORT, 'denial_event rows are never deleted'); END;
CREATE TRIGGER closed_month_stays BEFORE UPDATE ON closed_month BEGIN SELECT RAISE(ABORT, 'closed_month rows are never changed'); END;
CREATE TRIGGER closed_month_kept BEFORE DELETE ON closed_month BEGIN SELECT RAISE(ABORT, 'closed_month rows are never deleted'); END;
CREATE TRIGGER audit_stays BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'audit rows are never changed'); END;
CREATE TRIGGER audit_kept BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'audit rows are never deleted'); END;
CREATE TRIGGER deposit_stays BEFORE UPDATE ON deposit BEGIN SELECT RAISE(ABORT, 'deposit rows are never changed'); END;
CREATE TRIGGER deposit_kept BEFORE DELETE ON deposit BEGIN SELECT RAISE(ABORT, 'deposit rows are never deleted'); END;
CREATE TRIGGER payer_alias_stays BEFORE UPDATE ON payer_alias BEGIN SELECT RAISE(ABORT, 'payer_alias rows are never changed'); END;
CREATE TRIGGER payer_alias_kept BEFORE DELETE ON payer_alias BEGIN SELECT RAISE(ABORT, 'payer_alias rows are never deleted'); END;
CREATE TRIGGER payee_alias_stays BEFORE UPDATE ON payee_alias BEGIN SELECT RAISE(ABORT, 'payee_alias rows are never changed'); END;
CREATE TRIGGER payee_alias_kept BEFORE DELETE ON payee_alias BEGIN SELECT RAISE(ABORT, 'payee_alias rows are never deleted'); END;
CREATE TRIGGER remittance_kept BEFORE DELETE ON remittance BEGIN SELECT RAISE(ABORT, 'remittance rows are never deleted'); END;
CREATE TRIGGER hold_kept BEFORE DELETE ON hold BEGIN SELECT RAISE(ABORT, 'hold rows are never deleted'); END;
CREATE TRIGGER control_number_kept BEFORE DELETE ON control_number BEGIN SELECT RAISE(ABORT, 'control_number rows are never deleted'); END;
CREATE TRIGGER remittance_stays BEFORE UPDATE OF id, identity, content, originator, trace, paid_on, amount, method, payer_id, payer_name, payee_id, control, source_id, segment_from, segment_to, run_id ON remittance
    BEGIN SELECT RAISE(ABORT, 'of a remittance only its state may change'); END;
CREATE TRIGGER hold_stays BEFORE UPDATE OF id, kind, remittance_id, ordinal, claim_key, number, original_reference, amount, content, body, source_id, segment_from, segment_to, run_id ON hold
    BEGIN SELECT RAISE(ABORT, 'of a hold only its state may change'); END;

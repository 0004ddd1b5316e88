-- Refunds that we sent to payers (rule P3), and how much of each a payer said had come (PLB 72).
CREATE TABLE refund (
    id INTEGER PRIMARY KEY,
    payer_id INTEGER NOT NULL REFERENCES payer (id) DEFERRABLE INITIALLY DEFERRED,
    payee_id INTEGER NOT NULL REFERENCES payee (id) DEFERRABLE INITIALLY DEFERRED,
    reference TEXT NOT NULL,
    amount INTEGER NOT NULL CHECK (amount > 0),
    run_id INTEGER NOT NULL REFERENCES run (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX refund_payer ON refund (payer_id, payee_id);
CREATE TABLE refund_match (
    plb_id INTEGER NOT NULL REFERENCES plb (id) DEFERRABLE INITIALLY DEFERRED,
    refund_id INTEGER NOT NULL REFERENCES refund (id) DEFERRABLE INITIALLY DEFERRED,
    amount INTEGER NOT NULL,
    PRIMARY KEY (plb_id, refund_id)
) WITHOUT ROWID;
CREATE INDEX refund_match_refund ON refund_match (refund_id);

-- What is left of each provider-level adjustment and of each refund (whose id is below zero): positive where we owe it.
CREATE VIEW open_item AS
    SELECT p.id AS id, p.account_id AS account_id, p.payer_id AS payer_id, p.payee_id AS payee_id, p.code AS code,
        p.reference AS reference, r.trace AS trace, r.paid_on AS day,
        -p.amount - coalesce((SELECT sum(m.amount) FROM plb_match m JOIN plb t ON t.id = m.plb_id
                JOIN remittance q ON q.id = t.remittance_id
                WHERE m.opened_by = p.id AND q.state = 'posted'), 0)
            + coalesce((SELECT sum(m.amount) FROM plb_match m WHERE m.plb_id = p.id), 0)
            + coalesce((SELECT sum(m.amount) FROM refund_match m WHERE m.plb_id = p.id), 0) AS rest
    FROM plb p JOIN remittance r ON r.id = p.remittance_id WHERE r.state = 'posted'
    UNION ALL
    SELECT -f.id, a.id, f.payer_id, f.payee_id, '72', f.reference, '', u.day,
        -f.amount - coalesce((SELECT sum(m.amount) FROM refund_match m JOIN plb t ON t.id = m.plb_id
            JOIN remittance q ON q.id = t.remittance_id
            WHERE m.refund_id = f.id AND q.state = 'posted'), 0)
    FROM refund f JOIN run u ON u.id = f.run_id JOIN account a ON a.name = 'overpayment';

CREATE TRIGGER refund_stays BEFORE UPDATE ON refund BEGIN SELECT RAISE(ABORT, 'refund rows are never changed'); END;
CREATE TRIGGER refund_kept BEFORE DELETE ON refund BEGIN SELECT RAISE(ABORT, 'refund rows are never deleted'); END;
CREATE TRIGGER refund_match_stays BEFORE UPDATE ON refund_match BEGIN SELECT RAISE(ABORT, 'refund_match rows are never changed'); END;
CREATE TRIGGER refund_match_kept BEFORE DELETE ON refund_match BEGIN SELECT RAISE(ABORT, 'refund_match rows are never deleted'); END;

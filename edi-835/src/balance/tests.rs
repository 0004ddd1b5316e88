use super::*;
use crate::model::ClaimPayment;
use crate::read::{RemittanceEvent, RemittanceReader};
use pretty_assertions::assert_eq;

/// Proves a remittance of these segments between N1 and SE.
fn check(bpr02: &str, body: &str) -> RemittanceBalance {
    let file = format!("ST*835*1~BPR*I*{bpr02}*C*CHK~TRN*1*T*1~N1*PR*PLAN~{body}SE*0*1~");
    outcome(&file)
}

fn outcome(file: &str) -> RemittanceBalance {
    let mut balance = None;
    for event in RemittanceReader::new(file.as_bytes()).unwrap() {
        match event.unwrap() {
            RemittanceEvent::Header(header) => balance = Some(TransactionBalance::new(&header)),
            RemittanceEvent::Claim(claim) => {
                let proved = balance.as_mut().unwrap().push(&claim).is_some();
                assert_eq!(proved, prove_claim(&claim).is_ok());
            }
            RemittanceEvent::End(totals) => return balance.unwrap().finish(&totals),
        }
    }
    panic!("no end")
}

/// The deltas as words.
fn words(bpr02: &str, body: &str) -> Vec<String> {
    let outcome = check(bpr02, body);
    assert_eq!(outcome.balanced(), outcome.deltas.is_empty());
    outcome.deltas.iter().map(ToString::to_string).collect()
}

const LINE: &str = "SVC*HC:99213*100*80~CAS*CO*45*15~CAS*PR*3*5~";

#[test]
fn b1_b2_b3_hold() {
    // 200 charged, 160 paid on lines, 3.20 sequestration at claim level; 10.00 recovered, 1.50 interest paid.
    let body = format!("CLP*A*1*200*156.8*10~CAS*CO*253*3.2~AMT*I*1.5~{LINE}{LINE}PLB*1*20261231*WO:X*10*L6:Y*-1.5~");
    let outcome = check("148.3", &body);
    assert!(outcome.balanced() && outcome.warnings.is_empty(), "{:?}", outcome.warnings);
    assert_eq!(outcome.provider_adjusted().to_string(), "8.50");
    assert_eq!(outcome.proof.as_ref().map(RemittanceProof::ordinal), Some(1));
    assert_eq!(outcome.interest.to_string(), "1.50");
}

/// Transactions that ran together: the second payment may not vanish, whatever the first makes.
#[test]
fn two_payments_are_no_proof() {
    let claim = |n| format!("CLP*C{n}*1*100*80*5~{LINE}");
    let second = "BPR*I*80*C*CHK~TRN*1*U*1~";
    for body in [
        format!("{second}{}", claim(1)),
        format!("{}{second}", claim(1)),
        format!("{}LX*2~{second}{}", claim(1), claim(2)),
    ] {
        let payment = if body.contains("C2") { "160" } else { "80" };
        let why = format!(
            "transaction: B3 expected {payment}.00, found {payment}.00, delta 0.00: there are 2 BPR, each with a \
             payment: transactions may have run together"
        );
        assert_eq!(words(payment, &body), [why]);
    }
}

#[test]
fn a_claim_without_number_is_named_by_its_place() {
    let told = words("80", &format!("CLP**1*100*70*5~{LINE}"));
    assert!(told[0].starts_with("claim without number (1): B2 expected 80.00, found 70.00"), "{told:?}");
}

#[test]
fn a_line_names_its_side_and_its_delta() {
    let body = "CLP*A*1*100*80*5~SVC*HC:99213*100*80~CAS*CO*45*15~CAS*PR*3*4~";
    assert_eq!(
        words("80", body),
        [
            "claim A line 1: B1 expected 81.00, found 80.00, delta -1.00: nothing in it explains the difference",
            "claim A: B2 expected 81.00, found 80.00, delta -1.00: line 1 is off by the same amount",
        ]
    );
}

/// A fault and the likely cause that the first delta of the level names.
#[track_caller]
fn cause(bpr02: &str, body: &str, level: Level, id: &str) {
    let outcome = check(bpr02, body);
    let of_level: Vec<_> = outcome.deltas.iter().filter(|d| d.level == level).collect();
    let ids: Vec<_> = of_level.iter().map(|d| d.cause.as_ref().map_or("", Cause::id)).collect();
    assert!(ids.contains(&id), "{ids:?} {:?}", outcome.deltas);
}

#[test]
fn causes_in_a_claim() {
    use Level::{Claim, Line};
    cause("80", "CLP*A*1*100*80~CAS*CO*45*20~SVC*HC:1*100*80~CAS*CO*45*20~", Claim, "both-levels");
    cause("80", "CLP*A*1*100*80~CAS*CO*253*20~SVC*HC:1*100*80~CAS*CO*45*20~", Claim, "claim-adjustments-in-lines");
    cause("80", "CLP*A*1*100*80~SVC*HC:1*100*80~CAS*CO*45*-20~", Line, "adjustment-sign");
    cause("80", "CLP*A*1*100*80~SVC*HC:1*100*80~CAS*CO*45*20~CAS*CO*45*20~", Line, "adjustment-repeated");
    cause("80", "CLP*A*1*100*80~SVC*HC:1*100*80~CAS*CO*45*20*1*97*7~", Line, "adjustment-superfluous");
    cause("80", "CLP*A*1*100*80~SVC*HC:1*100*80~", Line, "unadjusted");
    cause("80", "CLP*A*1*100*80~", Claim, "unadjusted");
    cause("82", "CLP*A*1*100*82~AMT*I*2~SVC*HC:1*100*80~CAS*CO*45*20~", Claim, "interest-included");
    cause("70", "CLP*A*1*100*70*10~SVC*HC:1*100*80~CAS*CO*45*20~", Claim, "patient-missing");
    cause("65", "CLP*A*2*500*65*75~CAS*OA*23*425~CAS*CO*45*10~CAS*PR*1*75~", Claim, "patient-repeated");
    cause("100", "CLP*A*1*200*100~SVC*HC:1*100*80~CAS*CO*45*20~", Claim, "line-missing");
    cause("80", "CLP*A*1*100*80~SVC*HC:1*100*80~CAS*CO*45*20~SVC*HC:2*50*40~CAS*CO*45*10~", Claim, "line-extra");
    cause("80", "CLP*A*22*-100*80~SVC*HC:1*-100*-80~CAS*CO*45*-20~", Claim, "payment-sign");
    cause("8000", "CLP*A*1*100*8000~SVC*HC:1*100*80~CAS*CO*45*20~", Claim, "decimal-point");
}

#[test]
fn causes_in_a_transaction() {
    use Level::Transaction;
    let claims = "CLP*A*1*100*100~CLP*B*22*-30*-30~CLP*C*1*25*25~";
    let with = |plb: &str| format!("{claims}PLB*1*20261231*{plb}~");
    cause("105", &with("WO*10"), Transaction, "plb-sign");
    cause("95", &with("WO*10"), Transaction, "one-plb-left-out");
    cause("105", &with("WO*10*FB*-5*CS*5"), Transaction, "plb-signs");
    cause("95", &with("WO*10*FB*-5*CS*5"), Transaction, "plb-left-out");
    cause("95", &with("L6*-2"), Transaction, "interest-left-out");
    cause("102", "CLP*A*1*100*100~AMT*I*2~", Transaction, "interest-without-plb");
    cause("125", claims, Transaction, "reversal-left-out");
    cause("65", claims, Transaction, "reversal-twice");
    cause("70", claims, Transaction, "claim-left-out");
    cause("120", claims, Transaction, "claim-twice");
    cause("-95", claims, Transaction, "payment-sign");
    cause("9500", claims, Transaction, "decimal-point");
    cause("80", "", Transaction, "no-claims");
    cause("80", "LX*1~TS3*P*11*20261231*2*200~CLP*A*1*100*50~CAS*CO*45*50~", Transaction, "claims-missing");
    cause("80", "CLP*A*1*100*70~CAS*CO*45*20~", Transaction, "claim-off");
}

#[test]
fn the_secondary_vector_of_rule_c3() {
    assert_eq!(words("65", "CLP*A*2*500*65~CAS*OA*23*425~CAS*CO*45*10~"), Vec::<String>::new());
}

#[test]
fn a_forwarded_balance_over_two_remittances() {
    // Rule P5.
    let first = check("0", "CLP*A*1*600*600~CLP*B*22*-800*-800~PLB*1*20261231*FB:T1*-200~");
    let second = check("300", "CLP*C*1*500*500~PLB*1*20261231*FB:T1*200~");
    assert!(first.balanced() && second.balanced());
    assert!((first.provider_adjusted() + second.provider_adjusted()).is_zero());
}

#[test]
fn what_cannot_be_read_is_never_balanced() {
    assert_eq!(
        words("0", "CLP*A*1*100*1,00~CAS*CO*45*x~SVC*HC:1*$5*0~"),
        [
            "claim A: B2: CLP04 is missing or no amount",
            "claim A: B2: CAS03 is missing or no amount",
            "claim A line 1: B1: SVC02 is missing or no amount",
            "transaction: B3 found 0.00: CLP04 is missing or no amount",
        ]
    );
    assert_eq!(words("x", "CLP*A*1*1*1~"), ["transaction: B3 expected 1.00: BPR02 is missing or no amount"]);
    assert_eq!(
        words("1", "CLP*A*1*1*1~PLB*1*20261231*WO*x~"),
        ["transaction: B3 found 1.00: a PLB amount is missing or no amount"]
    );
    assert!(!outcome("ST*835*1~CLP*A*1*1*1~SE*3*1~").balanced());
}

#[test]
fn a_cut_remittance_is_never_proved() {
    let cut = outcome("ST*835*1~BPR*I*80*C*CHK~CLP*A*1*100*80~CAS*CO*45*20~SVC*HC:1*1");
    assert!(cut.proof.is_none() && cut.unbalanced_claims == 1);
    assert_eq!(cut.deltas.iter().map(|d| d.cause.as_ref().map_or("", Cause::id)).collect::<Vec<_>>(), ["cut", "cut"]);
    assert_eq!(cut.unbalanced_paid.to_string(), "80.00");
}

#[test]
fn what_stands_beside_the_gates_warns() {
    let ids = |bpr: &str, body: &str| {
        let outcome = check(bpr, body);
        assert!(outcome.balanced(), "{:?}", outcome.deltas);
        outcome.warnings.iter().map(|w| w.rule.id()).collect::<Vec<_>>()
    };
    assert_eq!(ids("80", &format!("CLP*A*1*100*80*6~{LINE}")), ["B4"]);
    assert_eq!(ids("-80", "CLP*A*22*-100*-80*-20~CAS*PR*1*-20~"), ["B4"]);
    assert_eq!(ids("-80", "CLP*A*22*-100*-80~CAS*PR*1*-20~"), [""; 0]);
    assert_eq!(ids("81", &format!("CLP*A*1*100*80*5~AMT*I*2~{LINE}PLB*1*20261231*L6*-1~")), ["P1"]);
    assert_eq!(ids("80", &format!("CLP*A*1*100*80*5~{LINE}PLB*1*20261231*WO*0~")), ["B3"]);
    assert_eq!(ids("80", &format!("CLP*A*1*100*80*5~{LINE}AMT*B6*90~")), ["ALLOWED"]);
    for allowed in ["85", "85.00"] {
        assert_eq!(ids("80", &format!("CLP*A*1*100*80*5~{LINE}AMT*B6*{allowed}~")), [""; 0]);
    }
}

#[test]
fn memory_is_bounded_whatever_the_faults() {
    let body = "CLP*A*1*100*80~".repeat(3000);
    let outcome = check("1", &body);
    assert_eq!((outcome.deltas.len(), outcome.dropped, outcome.unbalanced_claims), (1000, 2001, 3000));
    assert_eq!(outcome.deltas.last().map(|d| d.level), Some(Level::Transaction));
}

#[test]
fn exact_to_the_last_digit() {
    let claim = |paid: &str| -> ClaimPayment {
        let file = format!("ST*835*1~CLP*A*1*123456789012345.67*{paid}~CAS*CO*45*0.01~SE*4*1~");
        let mut events = RemittanceReader::new(file.as_bytes()).unwrap().map(Result::unwrap);
        events.find_map(|e| if let RemittanceEvent::Claim(c) = e { Some(*c) } else { None }).unwrap()
    };
    assert!(prove_claim(&claim("123456789012345.66")).is_ok());
    let deltas = prove_claim(&claim("123456789012345.661")).unwrap_err();
    assert_eq!(deltas[0].delta.map(|d| d.to_string()).as_deref(), Some("0.001"));
}

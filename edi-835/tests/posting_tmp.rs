mod posting_support;
use posting_support::*;
#[test]
fn t() {
    let mut c = Clinic::with_two_payers();
    let p = remit("T1", &[clp("A","1").line("500","")]);
    let s = remit("T2", &[clp("A","2").line("500","OA-23=500")]).from("22222");
    c.post(&p); c.post(&s);
    println!("{:#?}", c.causes());
    let run = c.run.clone();
    println!("{:?}", c.ledger.undo(1,&run)); println!("{:?}", c.ledger.undo(2,&run));
    println!("{:#?}", c.causes());
    c.post(&p); c.post(&s);
    println!("{:#?}", c.holds());
    println!("{:#?}", c.ledger.remittances());
}

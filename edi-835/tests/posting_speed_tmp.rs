use edi_835::ledger::*; use edi_835::posting::*; use edi_835::read::*;
use edi_core::account::*; use edi_core::{Money,Quantity}; use std::time::Instant; use std::fs::File; use std::io::BufReader;
#[test] fn speed() {
    let path = std::env::var("F").unwrap();
    let dir = tempfile::tempdir_in("/tmp").unwrap();
    let mut ledger = Ledger::open(dir.path().join("l.db")).unwrap();
    let mut rules = Rules::default();
    let run = Run{actor:"t".into(),day:"2026-01-21".parse().unwrap(),rules:"x".into()};
    let t=Instant::now(); let mut n=0;
    let reader = RemittanceReader::new(BufReader::new(File::open(&path).unwrap())).unwrap();
    let mut booking = ledger.booking(&run,None,&rules).unwrap(); let mut head=None;
    for e in reader { match e.unwrap() { RemittanceEvent::Header(h)=>head=Some(h), RemittanceEvent::Claim(c)=>{
        let a=c.adjudication(head.as_ref().unwrap());
        let abs=|m:Money|m.abs();
        let s=Submission{key:a.key.clone(),frequency:"1".into(),original_reference:"".into(),provider:head.as_ref().unwrap().payee().unwrap().n1.id.clone(),provider_tax_id:"123456789".into(),
            payers:vec![PayerOnClaim{id:"99999".into(),name:"P".into(),filing_indicator:"CI".into(),sequence:"P".into()}],destination:0,patient:a.patient.clone(),member_id:"W".into(),charge:abs(a.charge),
            lines:a.lines.iter().map(|l|SubmittedLine{ordinal:l.ordinal,control:l.control.clone(),procedure:l.procedure.clone(),service:l.service,units:Quantity::new(1),charge:abs(l.charge)}).collect(),patient_paid:Money::ZERO,test:false};
        booking.book(&s).unwrap(); n+=1;
    }, _=>{} } }
    booking.commit().unwrap();
    let b=t.elapsed(); println!("book {n} in {b:?}: {:.0}/s", n as f64/b.as_secs_f64());
    rules.version="x".into();
    let t=Instant::now();
    let o=post(||Ok(BufReader::with_capacity(1<<16,File::open(&path)?)),&mut ledger,&PostOptions{run:run.clone(),rules:&rules,dry_run:false,file:"g".into()},&mut |_|{}).unwrap();
    let p=t.elapsed(); println!("post {} in {p:?}: {:.0}/s", n, n as f64/p.as_secs_f64());
    println!("posted {} held {} plb held {}", o.iter().map(|o|o.posted).sum::<u64>(), o.iter().map(|o|o.held).sum::<u64>(), o.iter().map(|o|o.provider_held).sum::<u64>());
    let mut causes=std::collections::BTreeMap::new(); for h in ledger.holds(false).unwrap(){for r in h.reasons{*causes.entry(r.cause).or_insert(0)+=1;}} println!("{causes:?}");
    let t=Instant::now(); let r=ledger.check().unwrap(); println!("check {:?} {} {} {:?}",t.elapsed(),r.entries,r.claims,r.breaches.len());
}

//! Properties over random claims and remittances: reversals, corrections, secondary payers, split claims, balances
//! carried forward, claims that nobody booked, in any order.

mod posting_support;

use edi_835::ledger::{Account, Error};
use edi_835::posting::Fate;
use edi_core::account::Submission;
use posting_support::*;
use proptest::prelude::*;
use proptest::sample::Index;
use std::collections::BTreeMap;

/// What happens to one claim.
#[derive(Debug, Clone)]
struct Story {
    /// Charge of each line in cents, and the shares of it, in hundredths, of contract, patient and denial.
    lines: Vec<(i64, [i64; 3])>,
    /// Sequestration at claim level, in hundredths of what is paid.
    sequestration: i64,
    /// A further payer is on the claim.
    secondary: bool,
    /// The first answer is taken back, and another takes its place; together or one after the other.
    corrected: Option<bool>,
    /// Each line comes in a claim payment of its own.
    split: bool,
    /// The clinic booked it.
    booked: bool,
    /// What the patient paid at the visit, in cents.
    prepaid: i64,
}

fn story() -> impl Strategy<Value = Story> {
    let line = (100i64..60_000, [0i64..60, 0..30, 0..10]);
    (
        prop::collection::vec(line, 1..4),
        0i64..3,
        any::<bool>(),
        prop::option::of(any::<bool>()),
        prop::bool::weighted(0.2),
        prop::bool::weighted(0.9),
        prop_oneof![Just(0i64), 1i64..5_000],
    )
        .prop_map(|(lines, sequestration, secondary, corrected, split, booked, prepaid)| Story {
            lines,
            sequestration,
            secondary,
            corrected,
            split,
            booked,
            prepaid,
        })
}

/// One thing that arrives: a booking, or a file.
#[derive(Debug, Clone)]
enum Arrival {
    Booking(Box<Submission>),
    File(String),
}

fn dollars(cents: i64) -> String {
    edi_core::Money::from_cents(cents).to_string()
}

impl Story {
    fn key(n: usize) -> String {
        format!("C{n}")
    }

    fn booking(&self, n: usize) -> Submission {
        let charges: Vec<String> = self.lines.iter().map(|(charge, _)| dollars(*charge)).collect();
        let charges: Vec<&str> = charges.iter().map(String::as_str).collect();
        let payers: &[&str] = if self.secondary { &["11111", "22222"] } else { &["11111"] };
        let mut booking = submission(&Self::key(n), &charges, payers);
        booking.patient_paid = edi_core::Money::from_cents(self.prepaid);
        booking
    }

    /// The primary's answer; `more` cents of the first line's contract share are the patient's.
    fn answer(&self, n: usize, more: i64, lines: std::ops::Range<usize>) -> Clp {
        let key = Self::key(n);
        let mut answer = clp(&key, "1");
        for (i, (charge, shares)) in self.lines.iter().enumerate().take(lines.end).skip(lines.start) {
            let [contract, patient, denied] = shares.map(|share| charge * share / 100);
            let more = if i == 0 { more } else { 0 };
            let (contract, patient) = (contract - more, patient + more);
            let cuts = [("CO-45", contract), ("PR-1", patient), ("CO-97", denied)];
            let cuts: Vec<String> =
                cuts.iter().filter(|(_, c)| *c != 0).map(|(code, c)| format!("{code}={}", dollars(*c))).collect();
            let control = format!("REF*6R*{key}L{}~", i + 1);
            answer = answer.any_line(&format!("HC:{}", PROCEDURES[i]), &dollars(*charge), &cuts.join(" "), &control);
        }
        let sequestered = answer.paid() * self.sequestration / 100;
        if sequestered == 0 { answer } else { answer.cas(&format!("CO-253={}", dollars(sequestered))) }
    }

    fn whole(&self, n: usize, more: i64) -> Clp {
        self.answer(n, more, 0..self.lines.len())
    }

    /// A correction makes a cent of the first line's contract share the patient's: it differs, and to the secondary too.
    fn correction(&self) -> Option<(i64, bool)> {
        let (charge, shares) = self.lines[0];
        self.corrected.filter(|_| charge * shares[0] / 100 > 0 && !self.split).map(|together| (1, together))
    }

    /// What arrives for this claim from the primary, and from the secondary.
    fn arrivals(&self, n: usize) -> Vec<Remit> {
        let mut all = Vec::new();
        let key = Self::key(n);
        let mut put = |payer: &str, claims: Vec<Clp>| {
            let trace = format!("T{n}.{}", all.len());
            all.push(remit(&trace, &claims).from(payer));
        };
        let first = self.whole(n, 0);
        if self.split && self.lines.len() > 1 && self.correction().is_none() {
            for i in 0..self.lines.len() {
                put("11111", vec![self.answer(n, 0, i..i + 1).number(&format!("N{key}.{i}"))]);
            }
        } else {
            put("11111", vec![first.clone()]);
        }
        if let Some((more, together)) = self.correction() {
            let last = self.whole(n, more).number(&format!("N{key}b")).corrects(&format!("N{key}"));
            if together {
                put("11111", vec![last, first.reversed()]);
            } else {
                put("11111", vec![first.reversed()]);
                put("11111", vec![last]);
            }
        }
        if self.secondary {
            put("22222", vec![self.second(n)]);
        }
        all
    }

    /// The secondary's answer: OA-23 for what the primary paid and wrote off, half of the rest paid.
    fn second(&self, n: usize) -> Clp {
        let more = self.correction().map_or(0, |(more, _)| more);
        let patient = more + self.lines.iter().map(|(charge, shares)| charge * shares[1] / 100).sum::<i64>();
        let denied: i64 = self.lines.iter().map(|(charge, shares)| charge * shares[2] / 100).sum();
        let charge: i64 = self.lines.iter().map(|(charge, _)| charge).sum();
        let (e, rest) = (charge - patient - denied, patient + denied);
        let mut answer = clp(&Self::key(n), "2").number(&format!("S{n}"));
        let mut left = e;
        for (i, (charge, _)) in self.lines.iter().enumerate() {
            let taken = left.min(*charge);
            left -= taken;
            let cuts = if taken == 0 { String::new() } else { format!("OA-23={}", dollars(taken)) };
            let control = format!("REF*6R*{}L{}~", Self::key(n), i + 1);
            answer = answer.any_line(&format!("HC:{}", PROCEDURES[i]), &dollars(*charge), &cuts, &control);
        }
        if rest / 2 == 0 { answer } else { answer.cas(&format!("PR-2={}", dollars(rest / 2))) }
    }
}

fn arrivals(stories: &[Story], forward: i64) -> Vec<Arrival> {
    let mut bookings = Vec::new();
    let mut files = Vec::new();
    for (n, story) in stories.iter().enumerate() {
        if story.booked {
            bookings.push(Arrival::Booking(Box::new(story.booking(n))));
        }
        for (i, remit) in story.arrivals(n).into_iter().enumerate() {
            // A debt is carried forward beside the first remittance and taken beside another.
            let remit = match (n, i) {
                (0, 0) if forward > 0 => remit.plb("FB", "F", &format!("-{}", dollars(forward))),
                _ => remit,
            };
            files.push(Arrival::File(remit.file()));
        }
    }
    if forward > 0 {
        let taken =
            remit("FB2", &[]).plb("FB", "F", &dollars(forward)).plb("CS", "X", &format!("-{}", dollars(forward)));
        files.push(Arrival::File(taken.file()));
    }
    bookings.into_iter().chain(files).collect()
}

/// The clinic's own NPI and payers are known from the start.
const RULES: &str = "payees = ['1234567893']";

fn run(clinic: &mut Clinic, arrivals: &[Arrival]) {
    for arrival in arrivals {
        match arrival {
            Arrival::Booking(submission) => {
                clinic.book(submission);
            }
            Arrival::File(file) => {
                clinic.post_text(file);
            }
        }
    }
}

type State = (Vec<(Account, String, i64)>, Vec<(String, Vec<(Account, String, i64)>)>, BTreeMap<String, usize>);

/// Balances by payer, what is open on each claim, and how many holds there are of each claim.
fn state(clinic: &mut Clinic, claims: usize) -> State {
    let cents = |m: edi_core::Money| m.cents().unwrap();
    let balances = clinic.ledger.balances(true).unwrap().into_iter();
    let mut sums: BTreeMap<(Account, String), i64> = BTreeMap::new();
    for balance in balances {
        // Whose money is held is known only once it is released.
        let held = matches!(balance.account, Account::Clearing | Account::Unapplied);
        let payer = if held { String::new() } else { balance.payer.to_string() };
        *sums.entry((balance.account, payer)).or_default() += cents(balance.amount);
    }
    let balances = sums.into_iter().map(|((a, p), c)| (a, p, c)).filter(|b| b.2 != 0).collect();
    let mut open = Vec::new();
    for key in (0..claims).map(Story::key) {
        if let Some(claim) = clinic.ledger.claim(&key).unwrap() {
            let mut owed: BTreeMap<(Account, String), i64> = BTreeMap::new();
            for o in claim.owed {
                *owed.entry((o.account, o.payer.to_string())).or_default() += cents(o.amount);
            }
            open.push((key, owed.into_iter().map(|((a, p), c)| (a, p, c)).filter(|o| o.2 != 0).collect()));
        }
    }
    let mut holds = BTreeMap::new();
    for hold in clinic.holds() {
        *holds.entry(hold.claim_key.to_string()).or_default() += 1;
    }
    (balances, open, holds)
}

fn shuffled(arrivals: &[Arrival], order: &[Index]) -> Vec<Arrival> {
    let mut left = arrivals.to_vec();
    let mut out = Vec::new();
    for index in order.iter().cycle() {
        if left.is_empty() {
            break;
        }
        out.push(left.remove(index.index(left.len())));
    }
    out
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_order_of_the_files_gives_the_same_balances(
        stories in prop::collection::vec(story(), 1..4),
        forward in prop_oneof![Just(0i64), 1i64..9_000],
        order in prop::collection::vec(any::<Index>(), 16),
    ) {
        let arrivals = arrivals(&stories, forward);
        let mut clinic = Clinic::with_rules(RULES);
        run(&mut clinic, &arrivals);
        let mut other = Clinic::with_rules(RULES);
        run(&mut other, &shuffled(&arrivals, &order));
        let (one, two) = (state(&mut clinic, stories.len()), state(&mut other, stories.len()));
        prop_assert_eq!(&one, &two, "{:#?}\n{:#?}", clinic.holds(), other.holds());
        for key in one.2.keys() {
            let n: usize = key.trim_start_matches('C').parse().unwrap_or(usize::MAX);
            prop_assert!(stories.get(n).is_none_or(|s| !s.booked), "{} is held: {:#?}", key, clinic.holds());
        }
    }

    #[test]
    fn posting_twice_is_posting_once(stories in prop::collection::vec(story(), 1..3)) {
        let arrivals = arrivals(&stories, 500);
        let mut clinic = Clinic::with_rules(RULES);
        run(&mut clinic, &arrivals);
        let before = state(&mut clinic, stories.len());
        for arrival in &arrivals {
            match arrival {
                Arrival::Booking(submission) => {
                    prop_assert_eq!(clinic.book(submission), edi_835::posting::Booked::Again);
                }
                Arrival::File(file) => {
                    let fates: Vec<Fate> = clinic.post_text(file).into_iter().map(|o| o.fate).collect();
                    prop_assert_eq!(fates, [Fate::AlreadyPosted]);
                }
            }
        }
        prop_assert_eq!(state(&mut clinic, stories.len()), before);
    }

    #[test]
    fn post_undo_post_is_post(
        stories in prop::collection::vec(story(), 1..3),
        order in prop::collection::vec(any::<Index>(), 16),
    ) {
        let arrivals = arrivals(&stories, 500);
        let mut clinic = Clinic::with_rules(RULES);
        run(&mut clinic, &shuffled(&arrivals, &order));
        let posted = state(&mut clinic, stories.len());
        let mut left: Vec<i64> = clinic.ledger.remittances().unwrap().iter().map(|r| r.id).collect();
        let day = clinic.run.clone();
        while !left.is_empty() {
            let before = left.len();
            left.retain(|id| match clinic.ledger.undo(*id, &day) {
                Ok(()) => false,
                Err(Error::Refused(_)) => true,
                Err(error) => panic!("{error}"),
            });
            clinic.check();
            prop_assert!(left.len() < before, "nothing can be undone any more");
        }
        let mut booked = Clinic::with_rules(RULES);
        let bookings: Vec<Arrival> = arrivals.iter().filter(|a| matches!(a, Arrival::Booking(_))).cloned().collect();
        run(&mut booked, &bookings);
        prop_assert_eq!(state(&mut clinic, stories.len()), state(&mut booked, stories.len()));
        run(&mut clinic, &arrivals);
        prop_assert_eq!(state(&mut clinic, stories.len()), posted);
    }
}

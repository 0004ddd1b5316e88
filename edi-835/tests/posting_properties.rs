//! Properties over random claims and remittances, all drawn together: reversals, corrections, second and third payers
//! and their reversals, split claims, copies, balances carried forward and recoveries, claims that nobody booked, several
//! claims in a remittance and several remittances in a file, in any order.

mod posting_support;

use edi_835::ledger::{Account, Error};
use edi_835::posting::{Booked, Fate};
use edi_core::account::Submission;
use posting_support::*;
use proptest::prelude::*;
use proptest::sample::Index;
use std::collections::BTreeMap;
use std::ops::Range;

/// What happens to one claim.
#[derive(Debug, Clone)]
struct Story {
    /// Charge of each line in cents, and the shares of it, in hundredths, of contract, patient and denial.
    lines: Vec<(i64, [i64; 3])>,
    /// Sequestration at claim level, in hundredths of what is paid.
    sequestration: i64,
    /// Further payers on the claim: none, a second, a second and a third.
    further: usize,
    /// The last payer takes its answer back.
    taken_back: bool,
    /// The first answer is taken back, and another takes its place; together or one after the other.
    corrected: Option<bool>,
    /// Each line comes in a claim payment of its own.
    split: bool,
    /// The first answer comes again under another trace number.
    copied: bool,
    /// The clinic booked it.
    booked: bool,
    /// What the patient paid at the visit, in cents.
    prepaid: i64,
    /// The payer defers a recovery of this much and takes it in two parts, the first of so many hundredths.
    recovery: Option<(i64, i64)>,
}

fn story() -> impl Strategy<Value = Story> {
    let line = (100i64..60_000, [0i64..60, 0..30, 0..10]);
    let payers = (0usize..3, prop::bool::weighted(0.3), prop::option::of(any::<bool>()));
    let odd = (prop::bool::weighted(0.2), prop::bool::weighted(0.3), prop::bool::weighted(0.9));
    let money = (0i64..3, prop_oneof![Just(0i64), 1i64..5_000], prop::option::of((2i64..9_000, 1i64..100)));
    (prop::collection::vec(line, 1..4), payers, odd, money).prop_map(
        |(lines, (further, taken_back, corrected), (split, copied, booked), (sequestration, prepaid, recovery))| {
            let split = split && lines.len() > 1;
            // A copy and a correction that comes apart compete for one place: whichever is first has it.
            let copied = copied && !split && corrected != Some(false);
            Story { lines, sequestration, further, taken_back, corrected, split, copied, booked, prepaid, recovery }
        },
    )
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

const PAYERS: [&str; 3] = ["11111", "22222", "33333"];

impl Story {
    fn key(n: usize) -> String {
        format!("C{n}")
    }

    fn booking(&self, n: usize) -> Submission {
        let charges: Vec<String> = self.lines.iter().map(|(charge, _)| dollars(*charge)).collect();
        let charges: Vec<&str> = charges.iter().map(String::as_str).collect();
        let mut booking = submission(&Self::key(n), &charges, &PAYERS[..=self.further]);
        booking.patient_paid = edi_core::Money::from_cents(self.prepaid);
        booking
    }

    /// The primary's answer; of the first line's contract share `more` cents are the patient's, and as many are paid.
    fn answer(&self, n: usize, more: i64, lines: Range<usize>) -> Clp {
        let key = Self::key(n);
        let mut answer = clp(&key, "1");
        for (i, (charge, shares)) in self.lines.iter().enumerate().take(lines.end).skip(lines.start) {
            let [contract, patient, denied] = shares.map(|share| charge * share / 100);
            let more = if i == 0 { more } else { 0 };
            let (contract, patient) = (contract - 2 * more, patient + more);
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

    /// A correction makes a cent of the first line's contract share the patient's and pays another: it differs, and to the
    /// next payer too.
    fn correction(&self) -> Option<(i64, bool)> {
        let (charge, shares) = self.lines[0];
        self.corrected.filter(|_| charge * shares[0] / 100 > 1 && !self.split).map(|together| (1, together))
    }

    /// What arrives for this claim: of each payer, the claims that come in one remittance.
    fn answers(&self, n: usize) -> Vec<(usize, Vec<Clp>)> {
        let key = Self::key(n);
        let first = self.whole(n, 0);
        let part = |i: usize| self.answer(n, 0, i..i + 1).number(&format!("N{key}.{i}"));
        let mut all = match self.split {
            true if self.taken_back => vec![(0, (0..self.lines.len()).map(part).collect())],
            true => (0..self.lines.len()).map(|i| (0, vec![part(i)])).collect(),
            false => vec![(0, vec![first.clone()])],
        };
        if let Some((more, together)) = self.correction() {
            let last = self.whole(n, more).number(&format!("N{key}b")).corrects(&format!("N{key}"));
            match together {
                true => all.push((0, vec![last, first.reversed()])),
                false => all.extend([(0, vec![first.reversed()]), (0, vec![last])]),
            }
        }
        if self.is_copied() {
            all.push((0, vec![first]));
        }
        for payer in 1..=self.further {
            let later = self.later(n, payer);
            all.push((payer, vec![later.clone()]));
            if self.taken_back && payer == self.further {
                all.push((payer, vec![later.reversed()]));
            }
        }
        all
    }

    fn is_copied(&self) -> bool {
        self.copied && self.corrected != Some(false)
    }

    /// A later payer's answer: OA-23 for what the earlier ones paid and wrote off, half of the rest paid.
    fn later(&self, n: usize, payer: usize) -> Clp {
        let more = self.correction().map_or(0, |(more, _)| more);
        let share = |i: usize| self.lines.iter().map(|(charge, shares)| charge * shares[i] / 100).sum::<i64>();
        let charge: i64 = self.lines.iter().map(|(charge, _)| charge).sum();
        let mut rest = share(1) + share(2) + more;
        for _ in 1..payer {
            rest /= 2;
        }
        let key = Self::key(n);
        let mut answer = clp(&key, &(payer + 1).to_string()).number(&format!("S{payer}{key}"));
        let mut left = charge - rest;
        for (i, (charge, _)) in self.lines.iter().enumerate() {
            let taken = left.min(*charge);
            left -= taken;
            let cuts = if taken == 0 { String::new() } else { format!("OA-23={}", dollars(taken)) };
            let control = format!("REF*6R*{key}L{}~", i + 1);
            answer = answer.any_line(&format!("HC:{}", PROCEDURES[i]), &dollars(*charge), &cuts, &control);
        }
        if rest / 2 == 0 { answer } else { answer.cas(&format!("PR-2={}", dollars(rest / 2))) }
    }
}

/// Remittances of the stories: answers of one payer to several claims may come in one (`joined`).
fn remits(stories: &[Story], joined: bool) -> Vec<Remit> {
    let mut all: Vec<(usize, usize, Vec<Clp>)> = Vec::new(); // payer, how far the story is, claims
    for (n, story) in stories.iter().enumerate() {
        for (step, (payer, claims)) in story.answers(n).into_iter().enumerate() {
            match all.iter_mut().find(|(p, s, _)| joined && (*p, *s) == (payer, step)) {
                Some((.., beside)) => beside.extend(claims),
                None => all.push((payer, step, claims)),
            }
        }
    }
    let remits = all.into_iter().enumerate();
    remits.map(|(i, (payer, _, claims))| remit(&format!("T{i}"), &claims).from(PAYERS[payer])).collect()
}

/// A provider-level adjustment: code, reference, cents.
type Adjustment = (&'static str, String, i64);

/// Adds remittances of provider-level adjustments: a debt carried from one to the next and at last taken, recoveries that
/// were put off and are taken in two parts.
fn with_provider_level(mut remits: Vec<Remit>, stories: &[Story], chain: &[i64]) -> Vec<Remit> {
    let mut adjustments: Vec<(String, Vec<Adjustment>)> = Vec::new();
    let trace = |link: usize| format!("FB{link}");
    for link in 0..=chain.len() {
        let mut of_link = Vec::new();
        if let Some(carried) = chain.get(link) {
            of_link.push(("FB", trace(link), -carried));
        }
        if let Some(taken) = link.checked_sub(1).and_then(|before| chain.get(before)) {
            of_link.push(("FB", trace(link - 1), *taken));
        }
        adjustments.push((trace(link), of_link));
    }
    for (n, story) in stories.iter().enumerate() {
        let Some((amount, share)) = story.recovery else { continue };
        let first = amount * share / 100;
        let number = format!("N{}", Story::key(n));
        adjustments.push((format!("WO{n}"), vec![("WO", Story::key(n), -amount)]));
        adjustments.push((format!("WO{n}a"), vec![("WO", number, first)]));
        adjustments.push((format!("WO{n}b"), vec![("WO", Story::key(n), amount - first), ("L6", String::new(), -5)]));
    }
    for (trace, items) in adjustments {
        let items: Vec<_> = items.into_iter().filter(|(.., amount)| *amount != 0).collect();
        if items.is_empty() {
            continue;
        }
        // What is taken is made up for by an amount of another kind, so that the payment is not below zero.
        let taken: i64 = items.iter().map(|(.., amount)| *amount).sum();
        let mut of_its_own = remit(&trace, &[]);
        for (code, reference, amount) in items {
            of_its_own = of_its_own.plb(code, &reference, &dollars(amount));
        }
        if taken > 0 {
            of_its_own = of_its_own.plb("CS", &trace, &dollars(-taken));
        }
        remits.push(of_its_own);
    }
    remits
}

/// Everything that arrives: bookings, then files of as many remittances as `per_file` says.
fn arrivals(stories: &[Story], chain: &[i64], joined: bool, per_file: usize) -> Vec<Arrival> {
    let bookings = stories.iter().enumerate().filter(|(_, story)| story.booked);
    let bookings = bookings.map(|(n, story)| Arrival::Booking(Box::new(story.booking(n))));
    let remits = with_provider_level(remits(stories, joined), stories, chain);
    bookings.chain(remits.chunks(per_file).map(|remits| Arrival::File(file(remits)))).collect()
}

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

/// Sums of accounts, by payer.
type ByPayer = BTreeMap<(Account, String), i64>;

/// What must not depend on the order: balances, what is open on each claim, what is held, what is open with payers.
#[derive(Debug, PartialEq)]
struct State {
    /// Of every account, by payer.
    balances: ByPayer,
    /// Of each claim: charge, paid, given up; what is owed, by account and payer.
    claims: BTreeMap<String, ([i64; 3], ByPayer)>,
    /// How many holds of each claim number, and their money.
    holds: BTreeMap<String, (usize, i64)>,
    /// Sums of the open items, by account.
    items: BTreeMap<Account, i64>,
    /// Open denials and tasks: claim, reason, amount.
    work: Vec<(String, String, i64)>,
}

fn state(clinic: &mut Clinic, claims: usize) -> State {
    let cents = |m: edi_core::Money| m.cents().unwrap();
    let mut balances: ByPayer = BTreeMap::new();
    for balance in clinic.ledger.balances(true).unwrap() {
        // Whose money is held is known only once it is released.
        let held = matches!(balance.account, Account::Clearing | Account::Unapplied);
        let payer = if held { String::new() } else { balance.payer.to_string() };
        *balances.entry((balance.account, payer)).or_default() += cents(balance.amount);
    }
    balances.retain(|_, cents| *cents != 0);
    let mut of_claims = BTreeMap::new();
    for key in (0..claims).map(Story::key) {
        let Some(claim) = clinic.ledger.claim(&key).unwrap() else { continue };
        assert_eq!(claim.charge, claim.paid + claim.adjusted + claim.open, "{key}");
        let mut owed: ByPayer = BTreeMap::new();
        for o in claim.owed {
            *owed.entry((o.account, o.payer.to_string())).or_default() += cents(o.amount);
        }
        owed.retain(|_, cents| *cents != 0);
        of_claims.insert(key, ([claim.charge, claim.paid, claim.adjusted].map(cents), owed));
    }
    let mut holds: BTreeMap<String, (usize, i64)> = BTreeMap::new();
    for hold in clinic.holds() {
        let of_key = holds.entry(hold.claim_key.to_string()).or_default();
        *of_key = (of_key.0 + 1, of_key.1 + cents(hold.amount));
    }
    let mut items: BTreeMap<Account, i64> = BTreeMap::new();
    for item in clinic.ledger.open_provider_items().unwrap() {
        *items.entry(item.account).or_default() += cents(item.left);
    }
    let work = clinic.ledger.work(false).unwrap();
    let mut work: Vec<(String, String, i64)> =
        work.iter().map(|w| (w.claim.to_string(), w.reason.to_string(), cents(w.amount))).collect();
    work.sort();
    State { balances, claims: of_claims, holds, items, work }
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

/// How many cases: `PROPTEST_CASES`, or so many.
fn cases(usual: u32) -> ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(usual);
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

/// An answer that no careful payer would send: any status, number, group, reason and amount that adds up.
#[derive(Debug, Clone)]
struct Wild {
    claim: usize,
    payer: usize,
    status: &'static str,
    number: u8,
    corrects: Option<u8>,
    cuts: Vec<(&'static str, i64)>,
    of_claim: Option<(&'static str, i64)>,
    negated: bool,
    plb: Option<(&'static str, &'static str, i64)>,
}

fn wild() -> impl Strategy<Value = Wild> {
    let status = prop::sample::select(vec!["1", "1", "1", "2", "3", "4", "5", "19", "20", "22", "22", "23", "25"]);
    let codes =
        ["CO-45", "CO-45", "PR-1", "PR-2", "OA-23", "CO-97", "CO-253", "OA-209", "OA-94", "PR-96", "CO-246", "CR-45"];
    let amount = prop::sample::select(vec![0i64, 1, 2_500, 5_000, 9_999, 10_000, -2_500, -10_000, 12_000]);
    let cut = (prop::sample::select(codes.to_vec()), amount.clone());
    let plb = (
        prop::sample::select(vec!["WO", "FB", "72", "L6", "CS", "B2", "ZZ"]),
        prop::sample::select(vec!["", "C0", "W1", "X"]),
        amount,
    );
    let who = (0usize..2, 0usize..3, 0u8..3, prop::option::weighted(0.2, 0u8..3));
    let what = (prop::collection::vec(cut.clone(), 0..3), prop::option::weighted(0.2, cut), any::<bool>());
    (who, status, what, prop::option::weighted(0.4, plb)).prop_map(
        |((claim, payer, number, corrects), status, (cuts, of_claim, negated), plb)| Wild {
            claim,
            payer,
            status,
            number,
            corrects,
            cuts,
            of_claim,
            negated,
            plb,
        },
    )
}

impl Wild {
    fn answer(&self) -> Clp {
        let words =
            |cuts: &[(&str, i64)]| cuts.iter().map(|(code, c)| format!("{code}={} ", dollars(*c))).collect::<String>();
        let mut answer = clp(&Story::key(self.claim), self.status).number(&format!("N{}", self.number));
        answer = answer.line("100", &words(&self.cuts));
        if let Some(cut) = self.of_claim {
            answer = answer.cas(&words(&[cut]));
        }
        if let Some(number) = self.corrects {
            answer = answer.corrects(&format!("N{number}"));
        }
        answer
    }

    /// Its remittance; a reversal often takes back what came before.
    fn remit(&self, trace: usize, before: &[Self]) -> Remit {
        let earlier = before.iter().rev().find(|w| w.claim == self.claim && w.status != "22");
        let (answer, payer) = match earlier.filter(|_| self.status == "22" && self.negated) {
            Some(earlier) => (earlier.answer().reversed(), earlier.payer),
            None => (self.answer(), self.payer),
        };
        // Whatever is paid, the payment of the remittance is not below zero.
        let mut remit = remit(&format!("W{trace}"), &[answer]).from(PAYERS[payer]).plb("CS", "X", "-400");
        if let Some((code, reference, amount)) = self.plb {
            remit = remit.plb(code, reference, &dollars(amount));
        }
        remit
    }
}

fn chain() -> impl Strategy<Value = Vec<i64>> {
    prop::collection::vec(1i64..9_000, 0..4)
}

proptest! {
    #![proptest_config(cases(48))]

    #[test]
    fn whatever_a_payer_sends_posts_or_is_held_and_nobody_is_owed_by_it(all in prop::collection::vec(wild(), 1..10)) {
        let mut clinic = Clinic::new();
        clinic.book(&submission("C0", &["100"], &PAYERS[..2]));
        clinic.book(&submission("C1", &["100"], &PAYERS[..1]));
        let booked = clinic.balances();
        for (trace, wild) in all.iter().enumerate() {
            let outcome = clinic.post(&wild.remit(trace, &all[..trace])); // which checks the ledger
            prop_assert_eq!((outcome.fate, outcome.posted + outcome.held), (Fate::Posted, 1));
            for key in ["C0", "C1"] {
                let claim = clinic.claim(key);
                prop_assert_eq!(claim.charge, claim.paid + claim.adjusted + claim.open);
                prop_assert!(!claim.paid.is_negative(), "{key}: {:?}", claim.paid);
                let mut owed: ByPayer = BTreeMap::new();
                for o in &claim.owed {
                    *owed.entry((o.account, o.payer.to_string())).or_default() += o.amount.cents().unwrap();
                }
                prop_assert!(owed.values().all(|cents| *cents >= 0), "{key}: {owed:?}");
            }
        }
        let holds = clinic.holds();
        prop_assert!(holds.iter().all(|hold| !hold.reasons.is_empty() && !hold.reasons[0].words.is_empty()));
        let ids: Vec<i64> = clinic.ledger.remittances().unwrap().iter().map(|r| r.id).collect();
        let day = clinic.run.clone();
        clinic.ledger.undo_together(&ids, &day).unwrap();
        clinic.check();
        prop_assert_eq!(clinic.balances(), booked);
    }

    #[test]
    fn any_order_of_the_files_gives_the_same_balances(
        stories in prop::collection::vec(story(), 1..4),
        chain in chain(),
        (joined, per_file) in (any::<bool>(), 1usize..4),
        order in prop::collection::vec(any::<Index>(), 24),
    ) {
        let arrivals = arrivals(&stories, &chain, joined, per_file);
        let mut clinic = Clinic::new();
        run(&mut clinic, &arrivals);
        let mut other = Clinic::new();
        run(&mut other, &shuffled(&arrivals, &order));
        let (one, two) = (state(&mut clinic, stories.len()), state(&mut other, stories.len()));
        prop_assert_eq!(&one, &two, "{:#?}\n{:#?}", clinic.holds(), other.holds());
        if stories.iter().any(|story| story.booked) {
            for (key, (count, _)) in &one.holds {
                let story = key.strip_prefix('C').and_then(|n| stories.get(n.parse::<usize>().unwrap()));
                let fits = story.is_some_and(|story| !story.booked || (story.is_copied() && *count == 1));
                prop_assert!(fits, "{} is held: {:#?}", key, clinic.holds());
            }
        }
    }

    #[test]
    fn posting_twice_is_posting_once(
        stories in prop::collection::vec(story(), 1..3),
        chain in chain(),
        (joined, per_file) in (any::<bool>(), 1usize..4),
        order in prop::collection::vec(any::<Index>(), 24),
    ) {
        let arrivals = shuffled(&arrivals(&stories, &chain, joined, per_file), &order);
        let mut clinic = Clinic::new();
        run(&mut clinic, &arrivals);
        let (before, remittances) = (state(&mut clinic, stories.len()), clinic.ledger.remittances().unwrap());
        for arrival in &arrivals {
            match arrival {
                Arrival::Booking(submission) => prop_assert_eq!(clinic.book(submission), Booked::Again),
                Arrival::File(file) => {
                    for outcome in clinic.post_text(file) {
                        prop_assert!(matches!(outcome.fate, Fate::AlreadyPosted | Fate::AlreadyHeld), "{outcome:?}");
                    }
                }
            }
        }
        prop_assert_eq!(state(&mut clinic, stories.len()), before);
        prop_assert_eq!(clinic.ledger.remittances().unwrap(), remittances);
    }

    #[test]
    fn post_undo_post_is_post(
        stories in prop::collection::vec(story(), 1..3),
        chain in chain(),
        (joined, per_file) in (any::<bool>(), 1usize..4),
        orders in prop::array::uniform2(prop::collection::vec(any::<Index>(), 24)),
    ) {
        let arrivals = arrivals(&stories, &chain, joined, per_file);
        let mut clinic = Clinic::new();
        run(&mut clinic, &shuffled(&arrivals, &orders[0]));
        let posted = state(&mut clinic, stories.len());
        let remittances = clinic.ledger.remittances().unwrap();
        let mut left: Vec<i64> = remittances.iter().filter(|r| r.state != "undone").map(|r| r.id).collect();
        let day = clinic.run.clone();
        while !left.is_empty() {
            let before = left.len();
            left.retain(|id| match clinic.ledger.undo(*id, &day) {
                Ok(()) => false,
                Err(Error::Refused(_)) => true,
                Err(error) => panic!("{error}"),
            });
            clinic.check();
            if left.len() == before {
                // Each depends on another of them, since what was held in one posted after the other.
                clinic.ledger.undo_together(&left, &day).unwrap();
                clinic.check();
                left.clear();
            }
        }
        let mut booked = Clinic::new();
        let bookings: Vec<Arrival> = arrivals.iter().filter(|a| matches!(a, Arrival::Booking(_))).cloned().collect();
        run(&mut booked, &bookings);
        prop_assert_eq!(state(&mut clinic, stories.len()), state(&mut booked, stories.len()));
        run(&mut clinic, &shuffled(&arrivals, &orders[1]));
        prop_assert_eq!(state(&mut clinic, stories.len()), posted);
    }
}

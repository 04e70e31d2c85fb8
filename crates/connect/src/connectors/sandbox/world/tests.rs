use super::*;
use crate::connectors::sandbox::institutions::{Door, SITES};
use jiff::{SignedDuration, ToSpan};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

fn banks() -> impl Strategy<Value = &'static Site> {
    let banks: Vec<&'static Site> =
        SITES.iter().filter(|s| !matches!(s.door, Door::Fiscal | Door::Employment)).collect();
    proptest::sample::select(banks)
}
fn plans() -> impl Strategy<Value = Plan> {
    proptest::sample::select(vec![Plan::Full, Plan::Low, Plan::Negative, Plan::Nothing])
}
fn instants() -> impl Strategy<Value = Timestamp> {
    (1_420_000_000_i64..2_200_000_000, 0..1_000_000_i32)
        .prop_map(|(second, micros)| Timestamp::new(second, micros * 1000).expect("in range"))
}
fn year_before(now: Timestamp) -> Date {
    day(now).saturating_sub(364.days())
}
/// A movement as it looks at an instant, without what only the account adds.
fn look(world: &World, m: &Movement, now: Timestamp) -> (Date, i64, i64, bool, String) {
    let pending = m.is_pending(now.as_second());
    let cents = if pending { m.held } else { m.cents };
    (m.value_date(), m.at, cents, pending, world.description(m, now))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn balances_are_the_sum_of_movements_at_any_instant(
        site in banks(), user in "[a-z0-9_]{1,8}", plan in plans(), now in instants(), back in 0..400_i32
    ) {
        let world = World::of(site, &user, plan);
        let books = world.books(day(now).saturating_sub(back.days()), now);
        prop_assert_eq!(books.accounts.len(), world.purses().len());
        for book in &books.accounts {
            let mut balance = book.opening;
            let mut last = 0;
            for m in &book.booked {
                balance += m.effect(book.purse);
                prop_assert_eq!(m.balance, balance);
                prop_assert!(m.cents > 0 && m.held > 0);
                prop_assert!(last <= m.booked.unwrap_or(0) && m.booked <= Some(now.as_second()));
                last = m.booked.unwrap_or(0);
            }
            prop_assert_eq!(book.current(), balance);
            if book.purse == Purse::Checking {
                prop_assert_eq!(plan == Plan::Negative, balance < 0, "{}", balance);
            }
        }
    }

    #[test]
    fn a_movement_has_the_same_facts_whenever_and_however_it_is_seen(
        site in banks(), user in "[a-z0-9_]{1,8}", now in instants(), later in 0..40_i64, back in 0..300_i32
    ) {
        let world = World::of(site, &user, Plan::Full);
        let then = now + SignedDuration::from_hours(24 * later + 5);
        let one = world.books(day(now).saturating_sub(back.days()), now);
        let two = world.books(year_before(then), then);
        for (a, b) in one.accounts.iter().zip(&two.accounts) {
            prop_assert_eq!(a.purse, b.purse);
            if a.purse == Purse::Loan && world.loan(month_of(day(now))).0 != world.loan(month_of(day(then))).0 {
                continue;
            }
            let known: BTreeMap<u64, &Movement> = b.booked.iter().map(|m| (m.seed.bits(), m)).collect();
            prop_assert_eq!(known.len(), b.booked.len(), "keys are distinct");
            let from = year_before(then);
            for m in a.booked.iter().filter(|m| m.value_date() >= from && m.booked >= Some(number(from) * DAY)) {
                let again = known.get(&m.seed.bits());
                prop_assert!(again.is_some(), "booked movements stay: {:?}", m);
                let again = again.expect("just checked");
                prop_assert_eq!((m.at, m.booked, m.cents, m.inflow, m.balance), (again.at, again.booked, again.cents, again.inflow, again.balance));
                // Read at the same instant they are the same to the letter.
                prop_assert_eq!(look(&world, m, then), look(&world, again, then));
            }
        }
    }

    #[test]
    fn what_is_pending_is_booked_or_gone_within_days_and_history_is_complete_when_it_happens(
        site in banks(), user in "[a-z0-9_]{1,8}", now in instants()
    ) {
        let world = World::of(site, &user, Plan::Full);
        let then = now + SignedDuration::from_hours(24 * 5);
        let one = world.books(day(now).saturating_sub(20.days()), now);
        let two = world.books(day(now).saturating_sub(20.days()), then);
        for (a, b) in one.accounts.iter().zip(&two.accounts) {
            let seen: BTreeSet<u64> = a.booked.iter().chain(&a.pending).map(|m| m.seed.bits()).collect();
            let booked: BTreeSet<u64> = b.booked.iter().map(|m| m.seed.bits()).collect();
            for m in &a.pending {
                prop_assert!(m.is_pending(now.as_second()));
                prop_assert_eq!(booked.contains(&m.seed.bits()), m.booked.is_some());
                prop_assert!(m.pending_until - m.at <= 4 * DAY);
            }
            if a.purse == Purse::Loan {
                continue;
            }
            // Nothing turns up later that had already happened.
            for m in b.booked.iter().filter(|m| m.at <= now.as_second() && m.value_date() >= day(now).saturating_sub(15.days())) {
                prop_assert!(seen.contains(&m.seed.bits()), "{:?} was not there", m);
            }
        }
    }
}

#[test]
fn a_month_of_the_frequent_user_has_between_60_and_130_movements() {
    let now: Timestamp = "2026-01-31T23:59:59Z".parse().expect("a timestamp");
    for site in SITES.iter().filter(|s| matches!(s.door, Door::Plain)) {
        let books = World::of(site, "bnk100", Plan::Full).books(year_before(now), now);
        let mut months: BTreeMap<i64, usize> = BTreeMap::new();
        for m in books.accounts.iter().flat_map(|b| &b.booked) {
            *months.entry(month_of(m.value_date())).or_default() += 1;
        }
        for (month, count) in months.range(month_of(year_before(now)) + 1..) {
            assert!((60..=130).contains(count), "{}: {count} in month {month}", site.name);
        }
        assert!(months.len() >= 12);
    }
}
#[test]
fn some_days_have_twins_and_some_purchases_change_vanish_or_come_back() {
    let now: Timestamp = "2026-01-31T23:59:59Z".parse().expect("a timestamp");
    let (mut twins, mut tips, mut vanished, mut corrected, mut refunds) = (0, 0, 0, 0, 0);
    for site in SITES.iter().filter(|s| matches!(s.door, Door::Plain)) {
        let world = World::of(site, "bnk100", Plan::Full);
        let books = world.books(year_before(now), now);
        let mut days: BTreeMap<(Date, i64, &str), u32> = BTreeMap::new();
        for m in books.accounts.iter().flat_map(|b| &b.booked) {
            *days.entry((m.value_date(), m.cents, m.word)).or_default() += 1;
            tips += u32::from(m.cents != m.held);
            corrected += u32::from(m.corrected.is_some());
            refunds += u32::from(m.refund);
        }
        twins += days.values().filter(|n| **n > 1).count();
        vanished += world
            .draw(Purse::Card, number(year_before(now)), now.as_second())
            .iter()
            .filter(|m| m.booked.is_none())
            .count();
    }
    assert!(
        twins > 20 && tips > 50 && corrected > 20 && refunds > 10 && vanished > 10,
        "{twins} {tips} {corrected} {refunds} {vanished}"
    );
}
#[test]
fn a_checking_account_of_a_good_customer_stays_above_zero() {
    let now: Timestamp = "2026-01-31T23:59:59Z".parse().expect("a timestamp");
    for site in SITES {
        for user in ["bnk100", "ana", "someone"] {
            let books = World::of(site, user, Plan::Full).books(year_before(now), now);
            for book in books.accounts.iter().filter(|b| b.purse != Purse::Card) {
                let least = book.booked.iter().map(|m| m.balance).min().unwrap_or(0);
                assert!(least >= 0, "{} {user} {:?} falls to {least}", site.name, book.purse);
            }
        }
    }
}

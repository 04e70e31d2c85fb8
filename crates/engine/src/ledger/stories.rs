//! Small stories with known ends; the histories at large are proved in `sim::ledger`.

use super::{
    keyed::{Found, match_accounts},
    *,
};
use domain::{
    ids::{Bucket, uuid_in},
    record::{Direction, Movement},
};
use jiff::civil::date;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

/// An account's book that applies plans as the engine does.
#[derive(Default)]
struct Book {
    known: Vec<Known>,
    born: u64,
    /// What the institution says with each reading that it removed.
    removed: Vec<String>,
}

fn at(hours: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_hours(500_000 + hours)
}
fn day(day: i8) -> Date {
    date(2026, 3, day)
}
fn march() -> Option<Window> {
    Window::new(day(1), day(31))
}

fn coffee(on: i8) -> Movement {
    Movement {
        value_date: day(on),
        transacted_at: None,
        amount: Amount::cents(450),
        direction: Some(Direction::Outflow),
        currency: "BRL".into(),
        description: "Padaria Real".into(),
        pending: false,
        running_balance: None,
        reference: None,
        on_card: false,
    }
}
fn rent(on: i8) -> Movement {
    Movement { amount: Amount::cents(90_000), description: "Aluguel".into(), ..coffee(on) }
}
fn card(on: i8, cents: i64) -> Movement {
    Movement { on_card: true, amount: Amount::cents(cents), ..coffee(on) }
}
fn pending(movement: Movement) -> Movement {
    Movement { pending: true, ..movement }
}

fn content(movement: &Movement) -> i64 {
    let mut hasher = DefaultHasher::new();
    format!("{movement:?}").hash(&mut hasher);
    hasher.finish().cast_signed()
}

/// A page of movements without ids.
fn page(number: u32, movements: &[Movement]) -> Vec<Seen> {
    movements
        .iter()
        .map(|m| Seen {
            item: 0,
            facts: Facts::Movement(m.clone()),
            source_id: None,
            page: number,
            content: content(m),
        })
        .collect()
}
fn with_ids(mut seen: Vec<Seen>, ids: &[&str]) -> Vec<Seen> {
    for (seen, id) in seen.iter_mut().zip(ids) {
        seen.source_id = Some((*id).to_owned());
    }
    seen
}

impl Book {
    fn read(&mut self, hours: i64, complete: bool, trust: Trust, mut seen: Vec<Seen>) -> Plan {
        for (index, seen) in seen.iter_mut().enumerate() {
            seen.item = index;
        }
        let reading = Reading {
            window: march(),
            complete,
            trust,
            seen: &seen,
            removed: &self.removed.clone(),
            at: at(hours),
            stated: Stated::default(),
        };
        let plan = reconcile(&self.known, &reading, &Rules::default());
        self.apply(&plan, &reading);
        let again = reconcile(&self.known, &reading, &Rules::default());
        assert!(again.is_quiet(), "the same reading twice wrote {again:?} after {plan:?}");
        plan
    }
    fn apply(&mut self, plan: &Plan, reading: &Reading<'_>) {
        let seen = reading.seen;
        let keep =
            |s: &Seen| s.source_id.clone().filter(|_| keeps_source_id(reading.trust, &s.facts));
        for (id, item) in &plan.update {
            let known = self.known.iter_mut().find(|k| k.id == *id).unwrap();
            known.facts = seen[*item].facts.clone();
            known.content = seen[*item].content;
            known.written_at = reading.at;
            known.source_id = keep(&seen[*item]).or(known.source_id.take());
        }
        for known in &mut self.known {
            if plan.suspect.contains(&known.id) {
                (known.suspected_at, known.judged_at) = (Some(reading.at), Some(reading.at));
            }
            if plan.clear.contains(&known.id) {
                (known.suspected_at, known.judged_at) = (None, Some(reading.at));
            }
            if let Some((_, doubt)) = plan.doubts.iter().find(|(id, _)| *id == known.id) {
                (known.doubt, known.judged_at) = (doubt.clone(), Some(reading.at));
            }
        }
        self.known.retain(|k| !plan.delete.contains(&k.id));
        for (item, doubt) in &plan.create {
            self.born += 1;
            self.known.push(Known {
                id: RecordId::from(uuid_in(Bucket::of(0), self.born, [0; 8])),
                facts: seen[*item].facts.clone(),
                day: None,
                source_id: keep(&seen[*item]),
                content: seen[*item].content,
                suspected_at: None,
                doubt: doubt.clone(),
                created_at: reading.at,
                written_at: reading.at,
                judged_at: None,
            });
        }
    }
    fn ids(&self) -> Vec<RecordId> {
        self.known.iter().map(|k| k.id).collect()
    }
    fn days(&self) -> Vec<i8> {
        let movement = |known: &Known| match &known.facts {
            Facts::Movement(movement) => movement.value_date.day(),
            Facts::Keyed(_) | Facts::Snapshot | Facts::Edition(_) => unreachable!(),
        };
        self.known.iter().map(movement).collect()
    }
    fn doubts(&self) -> usize {
        self.known.iter().filter(|k| k.doubt.is_some()).count()
    }
}

#[test]
fn two_coffees_are_two_records_and_stay_two() {
    let mut book = Book::default();
    let two = page(0, &[coffee(3), coffee(3), rent(2)]);
    book.read(0, true, Trust::None, two.clone());
    assert_eq!(book.known.len(), 3);
    let plan = book.read(24, true, Trust::None, two);
    assert!(plan.is_quiet() && plan.unchanged.len() == 3);
}

#[test]
fn pages_that_overlap_count_once() {
    let mut book = Book::default();
    let mut seen = page(0, &[rent(9), rent(8), rent(7), coffee(6)]);
    seen.extend(page(1, &[rent(8), rent(7), coffee(6), rent(5)]));
    book.read(0, true, Trust::None, seen);
    assert_eq!(book.known.len(), 5);
    assert_eq!(book.doubts(), 0);
}

#[test]
fn equal_items_on_two_pages_are_one_in_doubt_until_a_page_shows_both() {
    let mut book = Book::default();
    let mut seen = page(0, &[rent(9), coffee(8)]);
    seen.extend(page(1, &[coffee(8), rent(5)]));
    book.read(0, true, Trust::None, seen);
    assert_eq!((book.known.len(), book.doubts()), (3, 1));
    book.read(24, true, Trust::None, page(0, &[rent(9), coffee(8), coffee(8), rent(5)]));
    assert_eq!((book.known.len(), book.doubts()), (4, 0));
}

#[test]
fn a_pending_movement_keeps_its_id_when_it_posts_with_a_tip_and_more_words() {
    let mut book = Book::default();
    let dinner = Movement { on_card: true, ..coffee(10) };
    book.read(0, true, Trust::None, page(0, &[pending(dinner.clone()), rent(2)]));
    let ids = book.ids();
    let posted = Movement {
        value_date: day(12),
        amount: Amount::cents(500),
        description: "PADARIA REAL SAO PAULO BR 00012345".into(),
        ..dinner
    };
    let plan = book.read(48, true, Trust::None, page(0, &[posted, rent(2)]));
    assert_eq!(plan.update.len(), 1);
    assert_eq!(book.ids(), ids);
}

#[test]
fn a_hold_is_rather_another_amount_of_its_day_than_its_amount_on_another_day() {
    let mut book = Book::default();
    book.read(0, true, Trust::None, page(0, &[pending(card(10, 1000)), rent(2)]));
    let seen = [card(11, 1000), card(10, 1100), rent(2)];
    let plan = book.read(24, true, Trust::None, page(0, &seen));
    assert_eq!(plan.update.iter().map(|(_, item)| *item).collect::<Vec<_>>(), [1], "{plan:?}");
}

#[test]
fn a_hold_is_booked_though_its_instant_changed() {
    let mut book = Book::default();
    let timed = |hours, movement| Movement { transacted_at: Some(at(hours)), ..movement };
    book.read(0, true, Trust::None, page(0, &[pending(timed(7, coffee(10))), rent(2)]));
    let ids = book.ids();
    book.read(24, true, Trust::None, page(0, &[timed(30, coffee(11)), rent(2)]));
    assert_eq!(book.ids(), ids);
}

#[test]
fn one_posted_movement_for_two_pending_ones_is_kept_in_doubt() {
    let mut book = Book::default();
    book.read(
        0,
        true,
        Trust::None,
        page(0, &[pending(card(10, 1000)), pending(card(10, 1010)), rent(2)]),
    );
    book.read(24, true, Trust::None, page(0, &[card(11, 1100), rent(2)]));
    assert_eq!(book.known.len(), 4, "both facts are kept");
    assert_eq!(book.doubts(), 1);
    book.read(48, true, Trust::None, page(0, &[card(11, 1100), rent(2)]));
    assert_eq!((book.known.len(), book.doubts()), (2, 0));
}

#[test]
fn a_doubt_about_something_better_is_not_decided_by_something_worse() {
    let mut book = Book::default();
    let dinner = |on, cents, words: &str| Movement {
        on_card: true,
        amount: Amount::cents(cents),
        description: words.into(),
        ..coffee(on)
    };
    book.read(0, true, Trust::None, page(0, &[pending(dinner(10, 1000, "Real")), rent(2)]));
    let ids = book.ids();
    let booked = [
        dinner(12, 1050, "Real"),
        dinner(11, 1000, "Real Sul"),
        dinner(11, 1000, "Real Norte"),
        rent(2),
    ];
    let plan = book.read(24, true, Trust::None, page(0, &booked));
    assert!(plan.update.is_empty(), "{plan:?}");
    assert_eq!((book.known.len(), book.doubts()), (5, 3));
    assert_eq!(book.ids()[..2], ids);
}

#[test]
fn a_repetition_of_what_is_in_doubt_is_said_as_well() {
    let mut book = Book::default();
    book.read(0, true, Trust::None, page(0, &[rent(9), coffee(5), rent(2)]));
    let other_words = || Movement { description: "Farmacia Central".into(), ..coffee(5) };
    let mut seen = page(0, &[rent(9), other_words()]);
    seen.extend(page(1, &[other_words(), rent(2)]));
    book.read(24, false, Trust::None, seen);
    let doubt = book.known.last().unwrap().doubt.clone();
    assert_eq!(doubt, Some(Doubt::PerhapsTwice));
    let mut book = Book::default();
    book.read(0, true, Trust::None, page(0, &[rent(9), coffee(5), rent(2)]));
    let mut seen = page(0, &[rent(9), other_words()]);
    seen.extend(page(1, &[other_words(), rent(2)]));
    book.read(24, true, Trust::None, seen);
    let others = vec![book.ids()[1]];
    let doubt = book.known.last().unwrap().doubt.clone();
    assert_eq!(doubt, Some(Doubt::PerhapsSame { others, twice: true }));
}

#[test]
fn what_is_shown_on_two_pages_is_corrected_once() {
    let mut book = Book::default();
    let at_noon = |movement: Movement| Movement { transacted_at: Some(at(7)), ..movement };
    book.read(0, true, Trust::None, page(0, &[rent(9), at_noon(coffee(5)), rent(2)]));
    let ids = book.ids();
    let corrected = || at_noon(Movement { description: "Padaria Real Filial".into(), ..coffee(6) });
    let mut seen = page(0, &[rent(9), corrected()]);
    seen.extend(page(1, &[corrected(), rent(2)]));
    let plan = book.read(24, true, Trust::None, seen);
    assert_eq!((plan.update.len(), plan.create.len()), (1, 0), "{plan:?}");
    assert_eq!(book.ids(), ids);
}

#[test]
fn a_repetition_is_no_rival_of_the_twins_that_it_repeats() {
    let mut book = Book::default();
    let at_noon = |movement: Movement| Movement { transacted_at: Some(at(7)), ..movement };
    book.read(0, true, Trust::None, page(0, &[rent(9), at_noon(coffee(5)), rent(2)]));
    let corrected = || at_noon(Movement { description: "Padaria Real Filial".into(), ..coffee(5) });
    let mut seen = page(0, &[rent(9), corrected()]);
    seen.extend(page(1, &[corrected(), corrected(), rent(2)]));
    let plan = book.read(24, true, Trust::None, seen);
    assert_eq!((plan.update.len(), plan.create.len()), (1, 1), "{plan:?}");
}

#[test]
fn a_reading_that_narrowed_a_doubt_knows_no_more_when_it_is_applied_again() {
    let mut book = Book::default();
    let (one, other) = (pending(card(10, 1000)), pending(card(10, 1010)));
    let first = [rent(12), one, other.clone(), rent(4), rent(2)];
    book.read(0, true, Trust::None, page(0, &first));
    book.read(24, true, Trust::None, page(0, &[rent(12), other, rent(2)]));
    let booked = [rent(12), card(11, 1100), rent(4), rent(2)];
    book.read(26, false, Trust::None, page(0, &booked));
    assert_eq!((book.known.len(), book.doubts()), (6, 1));
    let plan = book.read(31, true, Trust::None, page(0, &booked));
    assert_eq!((plan.delete.len(), plan.suspect.len(), plan.doubts.len()), (1, 1, 1), "{plan:?}");
}

#[test]
fn a_pending_movement_that_vanished_is_deleted() {
    let mut book = Book::default();
    book.read(0, true, Trust::None, page(0, &[pending(coffee(10)), rent(2), rent(4)]));
    let plan = book.read(24, true, Trust::None, page(0, &[rent(2), rent(4)]));
    assert_eq!(plan.delete.len(), 1);
}

#[test]
fn a_posted_movement_is_deleted_only_by_a_second_look() {
    let mut book = Book::default();
    book.read(0, true, Trust::None, page(0, &[rent(9), coffee(5), rent(2)]));
    let gone = page(0, &[rent(9), rent(2)]);
    assert_eq!(book.read(24, true, Trust::None, gone.clone()).suspect.len(), 1);
    assert!(book.read(26, true, Trust::None, gone.clone()).is_quiet(), "two hours are too soon");
    assert!(book.read(40, false, Trust::None, gone.clone()).is_quiet(), "not a complete reading");
    assert_eq!(book.read(31, true, Trust::None, gone).delete.len(), 1);
}

#[test]
fn what_the_institution_says_it_removed_is_deleted_at_once_where_its_ids_are_trusted() {
    let all = || with_ids(page(0, &[rent(9), coffee(5), rent(2)]), &["a", "b", "c"]);
    let gone = || with_ids(page(0, &[rent(9)]), &["a"]);
    for (trust, left) in [(Trust::Stable, 2), (Trust::Reading, 3)] {
        let mut book = Book::default();
        book.read(0, true, trust, all());
        book.removed = vec!["b".into(), "never seen".into()];
        let plan = book.read(1, false, trust, gone());
        assert_eq!((book.known.len(), plan.delete.len()), (left, 3 - left), "{trust:?}");
        assert!(plan.suspect.is_empty() && !plan.counted_as_complete);
    }
    let mut book = Book::default();
    book.read(0, true, Trust::Stable, all());
    book.removed = vec!["b".into()];
    assert!(book.read(1, true, Trust::Stable, all()).is_quiet(), "it is shown after all");
}

#[test]
fn what_is_said_to_be_removed_is_not_believed_once_the_manifest_trusts_ids_no_more() {
    let mut book = Book::default();
    let all = || with_ids(page(0, &[rent(9), coffee(5), rent(2)]), &["a", "b", "c"]);
    book.read(0, true, Trust::Stable, all());
    book.removed = vec!["b".into()];
    let plan = book.read(1, false, Trust::Reading, with_ids(page(0, &[rent(9)]), &["a"]));
    assert!(plan.delete.is_empty(), "{plan:?}");
}

#[test]
fn nothing_is_removed_by_an_empty_or_a_gutted_reading() {
    let mut book = Book::default();
    let all: Vec<Movement> = (1..=20).map(rent).collect();
    book.read(0, true, Trust::None, page(0, &all));
    for hours in [24, 48] {
        assert!(book.read(hours, true, Trust::None, Vec::new()).is_quiet());
        let some: Vec<Movement> =
            all.iter().filter(|m| m.value_date.day() % 4 != 0).cloned().collect();
        let plan = book.read(hours, true, Trust::None, page(0, &some));
        assert!(plan.is_quiet() && !plan.counted_as_complete);
        assert_eq!(plan.notes, [Note::TooManyMissing { missing: 5, of: 20 }]);
    }
}

#[test]
fn a_history_that_shortens_removes_nothing() {
    let mut book = Book::default();
    let all: Vec<Movement> = (1..=20).rev().map(rent).collect();
    book.read(0, true, Trust::None, page(0, &all));
    for hours in [24, 48] {
        assert!(book.read(hours, true, Trust::None, page(0, &all[..18])).is_quiet());
    }
}

#[test]
fn a_list_that_runs_upwards_and_lost_its_tail_removes_nothing() {
    let mut book = Book::default();
    let all: Vec<Movement> = (1..=20).map(rent).collect();
    book.read(0, true, Trust::None, page(0, &all));
    for hours in [24, 48] {
        assert!(book.read(hours, true, Trust::None, page(0, &all[..18])).is_quiet());
    }
}

#[test]
fn an_empty_reading_removes_nothing_where_little_stood() {
    let mut book = Book::default();
    book.read(0, true, Trust::None, page(0, &[pending(coffee(5)), rent(2)]));
    for hours in [24, 48] {
        let plan = book.read(hours, true, Trust::None, Vec::new());
        assert!(plan.is_quiet() && !plan.counted_as_complete);
        assert_eq!(plan.notes, [Note::Empty { known: 2 }]);
    }
}

#[test]
fn repetitions_that_were_kept_in_doubt_do_not_make_a_reading_incomplete() {
    let mut book = Book::default();
    let visits = |days: [i8; 4]| {
        let visit = |n: usize| Movement {
            amount: Amount::cents(100 + i64::try_from(n).unwrap()),
            ..rent(days[n])
        };
        let mut seen = [0, 1, 2, 3].map(visit).to_vec();
        seen.push(coffee(2));
        page(0, &seen)
    };
    book.read(0, true, Trust::None, visits([4, 8, 12, 16]));
    let plan = book.read(24, true, Trust::None, visits([5, 9, 11, 15]));
    assert!(!plan.counted_as_complete, "four are missing: {plan:?}");
    assert_eq!(book.doubts(), 4);
    let plan = book.read(48, true, Trust::None, visits([4, 8, 12, 16]));
    assert!(plan.counted_as_complete, "{plan:?}");
    assert_eq!(plan.suspect.len(), 4);
}

#[test]
fn what_a_reading_puts_in_doubt_it_does_not_delete() {
    let mut book = Book::default();
    book.read(0, true, Trust::None, page(0, &[rent(9), coffee(5), rent(2)]));
    let ids = book.ids();
    book.read(24, true, Trust::None, page(0, &[rent(9), rent(2)]));
    let other = Movement { description: "Farmacia Central".into(), ..coffee(5) };
    let plan = book.read(48, true, Trust::None, page(0, &[rent(9), other, rent(2)]));
    assert!(plan.delete.is_empty(), "{plan:?}");
    assert_eq!((&book.ids()[..3], book.doubts()), (&ids[..], 1));
}

#[test]
fn ids_that_churn_under_a_wrong_manifest_are_not_believed() {
    let mut book = Book::default();
    let all: Vec<Movement> = (1..=5).map(rent).collect();
    book.read(0, true, Trust::Stable, with_ids(page(0, &all), &["a", "b", "c", "d", "e"]));
    let ids = book.ids();
    let plan =
        book.read(24, true, Trust::Stable, with_ids(page(0, &all), &["v", "w", "x", "y", "z"]));
    assert_eq!(book.ids(), ids);
    assert!(plan.notes.contains(&Note::Disbelieved { mark: Mark::Ids }));
}

#[test]
fn an_equal_purchase_under_another_trusted_id_is_not_the_one_that_is_missing() {
    let mut book = Book::default();
    book.read(0, true, Trust::Stable, with_ids(page(0, &[rent(20), coffee(17)]), &["a", "b"]));
    let other = with_ids(page(0, &[rent(20), coffee(17), rent(1)]), &["a", "c", "d"]);
    book.read(24, true, Trust::Stable, other.clone());
    assert_eq!((book.known.len(), book.doubts()), (4, 1), "both are kept for now");
    book.read(48, true, Trust::Stable, with_ids(page(0, &[coffee(17), coffee(17)]), &["b", "c"]));
    assert_eq!((book.known.len(), book.doubts()), (4, 0), "they were two");
}

#[test]
fn a_reused_id_makes_a_new_record() {
    let mut book = Book::default();
    let ids = ["a", "b", "c", "d"];
    book.read(
        0,
        true,
        Trust::Stable,
        with_ids(page(0, &[rent(5), coffee(4), rent(3), rent(1)]), &ids),
    );
    let ids = ["a", "d", "b", "c", "e"];
    let seen = [
        rent(5),
        rent(1),
        Movement { amount: Amount::cents(99), description: "Taxi".into(), ..coffee(9) },
        rent(3),
        coffee(4),
    ];
    let plan = book.read(24, true, Trust::Stable, with_ids(page(0, &seen), &ids));
    assert_eq!(plan.create.len(), 1, "{plan:?}");
    assert!(plan.notes.contains(&Note::ReusedIds { items: 1 }));
}

#[test]
fn an_id_is_reused_where_the_direction_or_more_than_ten_days_differ_too() {
    let refund = Movement { direction: Some(Direction::Inflow), ..coffee(6) };
    for (other, new) in [(coffee(6), 0), (coffee(21), 1), (refund, 1)] {
        let mut book = Book::default();
        let first = [rent(9), coffee(5), rent(2)];
        book.read(0, true, Trust::Stable, with_ids(page(0, &first), &["a", "b", "c"]));
        let other = Movement { amount: Amount::cents(700), ..other };
        let then = [rent(9), other, rent(2)];
        let plan = book.read(24, true, Trust::Stable, with_ids(page(0, &then), &["a", "b", "c"]));
        assert_eq!(plan.create.len(), new, "{plan:?}");
    }
}

#[test]
fn the_other_twin_alone_is_not_taken_for_the_first() {
    let mut book = Book::default();
    let first = Movement { running_balance: Some(Amount::cents(10_000)), ..coffee(5) };
    let second = Movement { running_balance: Some(Amount::cents(9_550)), ..coffee(5) };
    let older = Movement { running_balance: Some(Amount::cents(10_450)), ..rent(4) };
    book.read(0, true, Trust::None, page(0, &[first.clone(), older.clone()]));
    book.read(24, false, Trust::None, page(0, &[second.clone(), older.clone()]));
    assert_eq!(book.known.len(), 3);
    let ids = book.ids();
    book.read(48, true, Trust::None, page(0, &[second, first, older]));
    assert_eq!((book.ids(), book.doubts()), (ids, 0));
}

#[test]
fn a_balance_that_comes_back_days_later_or_under_other_words_is_another_purchase() {
    let with_balance =
        |movement| Movement { running_balance: Some(Amount::cents(700)), ..movement };
    let other_words = Movement { description: "Farmacia Central".into(), ..coffee(5) };
    for (other, records) in [(coffee(6), 3), (coffee(8), 4), (other_words, 4)] {
        let mut book = Book::default();
        let first = page(0, &[rent(9), with_balance(coffee(5)), rent(2)]);
        book.read(0, true, Trust::None, first);
        book.read(24, true, Trust::None, page(0, &[rent(9), with_balance(other), rent(2)]));
        assert_eq!(book.known.len(), records);
    }
}

#[test]
fn a_record_in_doubt_whose_balance_moved_is_itself() {
    let mut book = Book::default();
    let with_balance =
        |movement, cents| Movement { running_balance: Some(Amount::cents(cents)), ..movement };
    let other_words = Movement { description: "Farmacia Central".into(), ..coffee(5) };
    book.read(0, true, Trust::None, page(0, &[rent(9), with_balance(coffee(5), 700), rent(2)]));
    let seen = |cents| page(0, &[rent(9), with_balance(other_words.clone(), cents), rent(2)]);
    book.read(24, true, Trust::None, seen(700));
    let ids = book.ids();
    assert_eq!((ids.len(), book.doubts()), (4, 1));
    let plan = book.read(26, true, Trust::None, seen(900));
    assert_eq!((plan.update.len(), book.ids()), (1, ids), "{plan:?}");
}

#[test]
fn an_item_in_doubt_becomes_no_record_that_its_doubt_does_not_name() {
    let mut book = Book::default();
    let pharmacy = |on| Movement { description: "Farmacia Central".into(), ..coffee(on) };
    book.read(0, true, Trust::None, page(0, &[rent(9), pharmacy(6), coffee(5), rent(2)]));
    let both = [rent(9), pharmacy(6), pharmacy(5), rent(2)];
    book.read(24, true, Trust::None, page(0, &both));
    let ids = book.ids();
    assert_eq!((ids.len(), book.doubts()), (5, 1), "the coffee is perhaps a pharmacy");
    let one = page(0, &[rent(9), pharmacy(5), rent(2)]);
    book.read(26, true, Trust::None, one.clone());
    book.read(34, true, Trust::None, one);
    assert_eq!(book.ids(), [ids[0], ids[3], ids[4]], "the other pharmacy is gone");
}

#[test]
fn another_day_with_the_same_words_explains_more_than_other_words() {
    let mut book = Book::default();
    let metro = |on| Movement { description: "Metro".into(), ..coffee(on) };
    book.read(0, true, Trust::None, page(0, &[rent(9), metro(6), coffee(5), rent(2)]));
    let ids = book.ids();
    let redated = page(0, &[rent(9), coffee(6), rent(2)]);
    book.read(24, true, Trust::None, redated.clone());
    let doubt = book.known.last().unwrap().doubt.clone();
    assert_eq!(doubt, Some(Doubt::PerhapsSame { others: vec![ids[2]], twice: false }));
    book.read(48, true, Trust::None, redated);
    assert_eq!(book.ids()[..2], [ids[0], ids[2]], "the metro is gone, the coffee has moved");
}

#[test]
fn descriptions_that_grow_do_not_vouch_for_one_that_is_another() {
    let mut book = Book::default();
    let visit = |cents: i64, words: &str| Movement {
        amount: Amount::cents(cents),
        description: words.into(),
        ..coffee(5)
    };
    let at_the_ends = |mut visits: Vec<Movement>| {
        visits.insert(0, rent(9));
        visits.push(rent(2));
        page(0, &visits)
    };
    let short = vec![visit(1, "Metro"), visit(2, "Metro"), visit(3, "Metro"), visit(4, "Metro")];
    book.read(0, true, Trust::None, at_the_ends(short));
    let long = "Metro Norte";
    let grown = vec![visit(1, long), visit(2, long), visit(3, long), visit(4, "Farmacia")];
    let plan = book.read(24, true, Trust::None, at_the_ends(grown));
    assert_eq!((plan.update.len(), plan.create.len()), (3, 1), "{plan:?}");
}

#[test]
fn a_day_that_moved_for_all_is_a_time_zone() {
    let mut book = Book::default();
    let all = |off: i8| -> Vec<Movement> {
        (0..6)
            .map(|n| Movement {
                amount: Amount::cents(n * 100 + 1),
                ..coffee(20 + off - i8::try_from(n).unwrap())
            })
            .collect()
    };
    book.read(0, true, Trust::None, page(0, &all(0)));
    let ids = book.ids();
    let plan = book.read(24, true, Trust::None, page(0, &all(1)));
    assert_eq!(plan.update.len(), 6, "{plan:?}");
    assert_eq!(book.ids(), ids);
}

#[test]
fn other_words_are_believed_where_three_movements_got_them_at_once() {
    for (renamed, updates) in [(2, 0), (3, 3)] {
        let mut book = Book::default();
        let all = |words: [&str; 3]| -> Vec<Movement> {
            let mut all: Vec<Movement> = (0..renamed)
                .map(|n| Movement {
                    description: words[n].into(),
                    ..coffee(10 + i8::try_from(n).unwrap())
                })
                .collect();
            all.push(rent(2));
            all
        };
        book.read(0, true, Trust::None, page(0, &all(["Real", "Central", "Cultura"])));
        let plan = book.read(24, true, Trust::None, page(0, &all(["Norte", "Metro", "Posto"])));
        assert_eq!(plan.update.len(), updates, "{plan:?}");
    }
}

#[test]
fn one_days_coffee_is_not_the_next_ones_where_the_others_show_that_the_calendar_moved() {
    let mut book = Book::default();
    let others = |off: i8| -> [Movement; 3] {
        [1, 2, 3]
            .map(|n: i8| Movement { amount: Amount::cents(n.into()), ..rent(10 + 2 * n + off) })
    };
    let mut seen = others(0).to_vec();
    seen.extend([28, 29, 30, 31].map(coffee));
    book.read(0, true, Trust::None, page(0, &seen));
    let ids = book.ids();
    // The last coffee is told under a day that nobody asked for.
    let mut seen = others(1).to_vec();
    seen.extend([29, 30, 31].map(coffee));
    let plan = book.read(24, true, Trust::None, page(0, &seen));
    assert_eq!((plan.update.len(), plan.create.len()), (6, 0), "{plan:?}");
    assert_eq!(book.ids(), ids);
    assert_eq!(book.days(), [13, 15, 17, 29, 30, 31, 31]);
}

#[test]
fn what_nobody_asked_for_moves_with_what_the_calendar_moved() {
    let others = |off: i8| -> [Movement; 3] {
        [1, 2, 3]
            .map(|n: i8| Movement { amount: Amount::cents(n.into()), ..rent(10 + 2 * n + off) })
    };
    let first_of_april = Movement { value_date: date(2026, 4, 1), ..coffee(1) };
    let mut both = others(0).to_vec();
    both.push(first_of_april);
    let mut moved = others(-1).to_vec();
    moved.push(coffee(31));
    for by_one_reading in [true, false] {
        let mut book = Book::default();
        if !by_one_reading {
            book.read(0, true, Trust::None, page(0, &others(0)));
        }
        book.read(1, true, Trust::None, page(0, &both));
        let plan = book.read(24, true, Trust::None, page(0, &moved));
        assert_eq!((plan.update.len(), plan.create.len()), (4, 0), "{plan:?}");
    }
    // Nothing else says that the days are told otherwise.
    let mut book = Book::default();
    book.read(0, true, Trust::None, page(0, &both));
    let mut stayed = others(0).to_vec();
    stayed.push(coffee(31));
    let plan = book.read(24, true, Trust::None, page(0, &stayed));
    assert_eq!((plan.update.len(), plan.create.len()), (0, 1), "{plan:?}");
}

#[test]
fn a_calendar_that_moved_by_hours_moves_what_is_near_midnight() {
    let mut book = Book::default();
    let visit = |on: i8, cents: i64| Movement { amount: Amount::cents(cents), ..rent(on) };
    let list = |off: i8| -> Vec<Movement> {
        let mut list: Vec<Movement> = [1, 2, 3, 4, 5].map(|n| visit(4, n)).to_vec();
        list.extend([10, 11].map(|on| visit(on, 600)));
        list.extend([10, 11, 12].map(|on| coffee(on + off)));
        list.extend([10, 14, 18].map(|on| visit(on + off, 700)));
        list
    };
    book.read(0, true, Trust::None, page(0, &list(0)));
    let ids = book.ids();
    let plan = book.read(24, true, Trust::None, page(0, &list(1)));
    assert_eq!((plan.update.len(), plan.create.len()), (6, 0), "{plan:?}");
    assert_eq!(book.ids(), ids);
    assert_eq!(book.days(), [4, 4, 4, 4, 4, 10, 11, 11, 12, 13, 11, 15, 19]);
}

#[test]
fn what_is_far_from_midnight_stays_though_a_calendar_moved_most_by_hours() {
    let mut book = Book::default();
    let visit = |on: i8, cents: i64| Movement { amount: Amount::cents(cents), ..rent(on) };
    let list = |off: i8| -> Vec<Movement> {
        let mut list: Vec<Movement> = [1, 2, 3].map(|n| visit(4, n)).to_vec();
        list.extend([10, 11].map(coffee));
        list.extend([11, 12, 13, 14, 15, 16, 17].map(|n| visit(n + off, n.into())));
        list
    };
    book.read(0, true, Trust::None, page(0, &list(0)));
    let ids = book.ids();
    let plan = book.read(24, true, Trust::None, page(0, &list(1)));
    assert_eq!((plan.update.len(), plan.create.len()), (7, 0), "{plan:?}");
    assert_eq!(book.ids(), ids);
    assert_eq!(book.days(), [4, 4, 4, 10, 11, 12, 13, 14, 15, 16, 17, 18]);
}

#[test]
fn what_is_new_among_days_that_nobody_read_does_not_say_that_the_calendar_moved() {
    let mut book = Book::default();
    let visits = |days: [i8; 2]| {
        let visit = |on: i8, n: i64| Movement { amount: Amount::cents(n), ..rent(on) };
        let seen: Vec<Movement> =
            days.iter().flat_map(|on| [1, 2, 3].map(|n| visit(*on, n))).collect();
        page(0, &seen)
    };
    book.read(0, false, Trust::None, visits([20, 21]));
    // An older list that lost its tail.
    let plan = book.read(24, true, Trust::None, visits([18, 19]));
    assert_eq!((plan.update.len(), plan.create.len()), (0, 6), "{plan:?}");
}

#[test]
fn a_series_that_is_shown_as_it_was_stays_though_its_reading_moved() {
    let mut book = Book::default();
    let visits = |on: i8| -> Vec<Movement> {
        let mut seen =
            [1, 2, 3].map(|n| Movement { amount: Amount::cents(n), ..rent(on) }).to_vec();
        seen.extend([20, 21, 22, 23, 24].map(coffee));
        seen.push(rent(2));
        seen
    };
    book.read(0, true, Trust::None, page(0, &[coffee(24), rent(2)]));
    book.read(24, true, Trust::None, page(0, &visits(20)));
    let ids = book.ids();
    let plan = book.read(48, true, Trust::None, page(0, &visits(19)));
    assert_eq!((plan.update.len(), plan.create.len()), (3, 0), "{plan:?}");
    assert_eq!((book.ids(), book.days()), (ids, vec![24, 2, 19, 19, 19, 20, 21, 22, 23]));
}

#[test]
fn what_a_day_shows_booked_or_pending_as_it_was_is_not_what_moved_from_it() {
    let mut book = Book::default();
    let visit = |on: i8, n: i64| Movement { amount: Amount::cents(n), ..rent(on) };
    let seen = |off: i8| {
        let mut seen: Vec<Movement> = [1, 2, 3].map(|n| visit(4, n)).to_vec();
        seen.extend([pending(coffee(10)), coffee(10 + off)]);
        seen.extend([4, 5, 6].map(|n| visit(12 + off, n)));
        seen.push(visit(14, 7));
        page(0, &seen)
    };
    book.read(0, true, Trust::None, seen(0));
    let ids = book.ids();
    let plan = book.read(24, true, Trust::None, seen(-1));
    assert_eq!((plan.update.len(), plan.create.len()), (4, 0), "{plan:?}");
    assert_eq!((book.ids(), book.days()), (ids, vec![4, 4, 4, 10, 9, 11, 11, 11, 14]));
}

#[test]
fn two_that_moved_do_not_say_that_the_calendar_did() {
    let mut book = Book::default();
    let seen = |off: i8| page(0, &[coffee(10 + off), rent(14 + off), coffee(2)]);
    book.read(0, true, Trust::None, seen(0));
    let plan = book.read(24, true, Trust::None, seen(1));
    assert!(plan.update.is_empty(), "{plan:?}");
    assert_eq!((book.known.len(), book.doubts()), (5, 2));
}

#[test]
fn a_coffee_that_is_gone_and_one_of_a_day_that_nobody_read_do_not_say_that_the_calendar_moved() {
    let mut book = Book::default();
    let coffees = |from: i8| {
        let mut seen = [from, from + 1, from + 2].map(coffee).to_vec();
        seen.push(rent(2));
        page(0, &seen)
    };
    book.read(0, false, Trust::None, coffees(20));
    let ids = book.ids();
    let plan = book.read(24, true, Trust::None, coffees(21));
    assert_eq!((plan.update.len(), plan.create.len()), (0, 1), "{plan:?}");
    assert_eq!(plan.suspect, [ids[0]]);
}

#[test]
fn an_instalment_is_no_other() {
    let mut book = Book::default();
    let part = |words: &str| Movement {
        transacted_at: Some(at(7)),
        description: words.into(),
        ..coffee(5)
    };
    book.read(0, true, Trust::None, page(0, &[rent(9), part("Loja 1/3"), rent(2)]));
    let plan = book.read(1, false, Trust::None, page(0, &[rent(9), part("Loja 3/3")]));
    assert_eq!((plan.update.len(), plan.create.len()), (0, 1), "{plan:?}");
}

#[test]
fn what_is_booked_neither_gains_nor_loses_a_reference() {
    let mut book = Book::default();
    let tied = |cents| Movement {
        amount: Amount::cents(cents),
        reference: Some("E2E1".into()),
        ..coffee(5)
    };
    let seen = [rent(9), pending(coffee(5)), tied(450), rent(2)];
    book.read(0, true, Trust::None, page(0, &seen));
    let ids = book.ids();
    let seen = [rent(9), coffee(5), tied(550), rent(2)];
    let plan = book.read(24, true, Trust::None, page(0, &seen));
    assert_eq!((plan.update.len(), plan.create.len()), (2, 0), "{plan:?}");
    assert_eq!(book.ids(), ids);
    assert_eq!(book.known[2].facts, Facts::Movement(tied(550)));
}

#[test]
fn what_was_booked_on_its_own_day_does_not_move_the_calendar() {
    let mut book = Book::default();
    let visit = |on, cents, words: &str| Movement {
        amount: Amount::cents(cents),
        description: words.into(),
        ..coffee(on)
    };
    let holds = |on| [1, 2, 3].map(|cents| pending(visit(on, cents, "Real")));
    let mut seen = holds(10).to_vec();
    seen.push(rent(2));
    book.read(0, true, Trust::None, page(0, &seen));
    let ids = book.ids();
    let mut seen = holds(11).to_vec();
    seen.extend([1, 2, 3].map(|cents| visit(10, cents, "Real Norte")));
    seen.push(rent(2));
    book.read(24, true, Trust::None, page(0, &seen));
    assert_eq!((book.known.len(), &book.ids()[..4]), (7, &ids[..]));
    for known in &book.known[..3] {
        let Facts::Movement(movement) = &known.facts else { unreachable!() };
        assert!(!movement.pending, "{movement:?}");
    }
}

#[test]
fn a_hold_is_not_booked_on_the_next_day_where_a_booked_record_may_have_moved_there() {
    let mut book = Book::default();
    let seen = |on| page(0, &[pending(coffee(on)), coffee(on), rent(2)]);
    book.read(0, true, Trust::None, seen(9));
    let ids = book.ids();
    let plan = book.read(24, true, Trust::None, seen(10));
    assert!(plan.update.is_empty(), "{plan:?}");
    assert_eq!(book.doubts(), 2);
    book.read(25, true, Trust::None, seen(9));
    book.read(48, true, Trust::None, seen(9));
    assert_eq!((book.ids(), book.days(), book.doubts()), (ids, vec![9, 9, 2], 0));
}

#[test]
fn a_hold_in_doubt_is_booked_as_others_are() {
    let mut book = Book::default();
    book.read(0, true, Trust::None, page(0, &[pending(coffee(22)), rent(2)]));
    book.read(24, false, Trust::None, page(0, &[pending(coffee(23))]));
    assert_eq!((book.known.len(), book.doubts()), (3, 1));
    let ids = book.ids();
    let booked = |on| Movement { description: "Padaria Real Sul".into(), ..coffee(on) };
    book.read(48, true, Trust::None, page(0, &[booked(23), booked(22), rent(2)]));
    assert_eq!((book.ids(), book.doubts()), (ids, 0));
}

#[test]
fn what_is_in_the_doubt_of_a_record_is_that_record() {
    let mut book = Book::default();
    let holds = [pending(card(10, 1000)), pending(card(10, 1010)), rent(2)];
    book.read(0, true, Trust::None, page(0, &holds));
    let booked = |cents| Movement { reference: Some("E2E1".into()), ..card(11, cents) };
    book.read(24, true, Trust::None, page(0, &[booked(1100), rent(2)]));
    assert_eq!((book.known.len(), book.doubts()), (4, 1));
    let plan = book.read(26, true, Trust::None, page(0, &[booked(1150), rent(2)]));
    assert_eq!((plan.update.len(), plan.create.len()), (1, 0), "{plan:?}");
}

#[test]
fn a_record_in_doubt_whose_item_was_another_may_be_the_next_item() {
    let mut book = Book::default();
    book.read(0, true, Trust::None, page(0, &[rent(20), coffee(14), rent(2)]));
    book.read(24, true, Trust::None, page(0, &[rent(20), coffee(15), rent(2)]));
    assert_eq!((book.known.len(), book.doubts()), (4, 1));
    let ids = book.ids();
    book.read(48, true, Trust::None, page(0, &[rent(20), coffee(15), coffee(15), rent(2)]));
    assert_eq!((book.ids(), book.doubts()), (ids, 0));
}

#[test]
fn a_doubt_about_two_that_are_not_shown_is_not_decided_for_one() {
    let mut book = Book::default();
    let balance = |cents, movement: Movement| Movement {
        running_balance: Some(Amount::cents(cents)),
        ..movement
    };
    let two = [rent(20), balance(812, coffee(15)), balance(818, coffee(14)), rent(2)];
    book.read(0, true, Trust::None, page(0, &two));
    let one = [rent(20), balance(812, coffee(14)), rent(2)];
    book.read(24, false, Trust::None, page(0, &one));
    assert_eq!((book.known.len(), book.doubts()), (5, 1));
    let ids = book.ids();
    let plan = book.read(26, true, Trust::None, page(0, &one));
    assert_eq!((book.ids(), book.doubts(), plan.suspect.len()), (ids, 1, 2), "{plan:?}");
}

#[test]
fn a_repetition_of_what_is_shown_does_not_become_the_next_days_purchase() {
    let mut book = Book::default();
    let seen = |on: &[i8]| {
        let coffees = on.iter().map(|on| coffee(*on));
        let all: Vec<Movement> = [rent(28)].into_iter().chain(coffees).chain([rent(2)]).collect();
        page(0, &all)
    };
    book.read(0, true, Trust::None, seen(&[23]));
    book.read(24, true, Trust::None, seen(&[24]));
    book.read(26, true, Trust::None, seen(&[23]));
    assert_eq!((book.days(), book.doubts()), (vec![28, 23, 2, 24], 1));
    let plan = book.read(48, true, Trust::None, seen(&[25, 23]));
    assert!(plan.update.is_empty(), "{plan:?}");
}

#[test]
fn what_was_booked_is_rather_another_day_than_pending_again() {
    let mut book = Book::default();
    book.read(0, true, Trust::None, page(0, &[rent(20), coffee(15), rent(2)]));
    let ids = book.ids();
    let seen = [rent(20), pending(coffee(15)), coffee(14), rent(2)];
    book.read(24, true, Trust::None, page(0, &seen));
    let plan = book.read(48, true, Trust::None, page(0, &seen));
    assert_eq!(plan.update, [(ids[1], 2)], "{plan:?}");
}

#[test]
fn a_hold_that_was_booked_on_its_own_day_stays_where_the_calendar_moved_by_hours() {
    let mut book = Book::default();
    let others = |off: i8| {
        [1, 2, 3, 4, 5, 6, 7].map(|n: i8| {
            let off = if n <= 4 { off } else { 0 };
            Movement { amount: Amount::cents(n.into()), ..rent(8 + 2 * n + off) }
        })
    };
    let mut seen = vec![pending(coffee(29)), pending(coffee(28))];
    seen.extend(others(0));
    book.read(0, true, Trust::None, page(0, &seen));
    let ids = book.ids();
    let booked = Movement { description: "Padaria Real Sul".into(), ..coffee(28) };
    let mut seen = vec![pending(coffee(30)), pending(coffee(29)), booked];
    seen.extend(others(1));
    let plan = book.read(24, true, Trust::None, page(0, &seen));
    assert!(plan.update.contains(&(ids[1], 2)), "{plan:?}");
    assert_eq!((plan.create.len(), book.days()[0]), (1, 29), "{plan:?}");
}

#[test]
fn what_is_booked_becomes_no_hold_because_the_balances_of_others_moved() {
    let mut book = Book::default();
    let with_balance = |n: i8, off: i64| Movement {
        running_balance: Some(Amount::cents(i64::from(n) * 1000 + off)),
        ..rent(10 + n)
    };
    let mut seen = [1, 2].map(|n| with_balance(n, 0)).to_vec();
    seen.extend([coffee(5), rent(2)]);
    book.read(0, true, Trust::None, page(0, &seen));
    let mut seen = [1, 2].map(|n| with_balance(n, 7)).to_vec();
    seen.extend([pending(coffee(5)), rent(2)]);
    let plan = book.read(24, true, Trust::None, page(0, &seen));
    assert_eq!((plan.update.len(), plan.create.len()), (2, 1), "{plan:?}");
    assert_eq!(book.doubts(), 1);
}

#[test]
fn what_is_equal_to_an_item_in_doubt_is_in_the_same_doubt() {
    let mut book = Book::default();
    book.read(0, true, Trust::None, page(0, &[pending(coffee(5)), rent(2)]));
    let two = [pending(coffee(6)), pending(coffee(6)), rent(2)];
    book.read(24, false, Trust::None, page(0, &two));
    assert_eq!((book.known.len(), book.doubts()), (4, 2));
}

#[test]
fn words_that_are_akin_to_several_are_kept_in_doubt() {
    let mut book = Book::default();
    book.read(0, true, Trust::None, page(0, &[rent(9), coffee(5), rent(2)]));
    let grown = |words: &str| Movement { description: words.into(), ..coffee(5) };
    let two = [rent(9), grown("Padaria Real Norte"), grown("Padaria Real Sul")];
    book.read(24, false, Trust::None, page(0, &two));
    assert_eq!((book.known.len(), book.doubts()), (5, 2));
}

#[test]
fn a_balance_decides_no_doubt_about_something_better() {
    let mut book = Book::default();
    let visit = |on, cents| Movement { running_balance: Some(Amount::cents(cents)), ..coffee(on) };
    book.read(0, true, Trust::None, page(0, &[rent(9), visit(6, 1450), visit(5, 1000), rent(2)]));
    let plan = book.read(24, false, Trust::None, page(0, &[rent(9), visit(6, 1000)]));
    assert!(plan.update.is_empty(), "{plan:?}");
    assert_eq!((book.known.len(), book.doubts()), (5, 1));
}

#[test]
fn a_balance_of_the_next_day_says_nothing_where_nobody_asked_for_that_day() {
    let mut book = Book::default();
    let visit =
        |on| Movement { value_date: on, running_balance: Some(Amount::cents(700)), ..coffee(1) };
    book.read(0, true, Trust::None, page(0, &[visit(date(2026, 4, 1)), rent(2)]));
    let plan = book.read(24, true, Trust::None, page(0, &[visit(date(2026, 3, 31)), rent(2)]));
    assert!(plan.update.is_empty(), "{plan:?}");
    assert_eq!(book.known.len(), 3);
}

#[test]
fn a_second_look_says_that_a_record_is_gone_not_which_other_purchase_it_became() {
    let mut book = Book::default();
    book.read(0, true, Trust::None, page(0, &[rent(9), coffee(5), rent(2)]));
    let other = Movement { description: "Farmacia Central".into(), ..coffee(5) };
    let seen = page(0, &[rent(9), other, rent(2)]);
    book.read(24, true, Trust::None, seen.clone());
    let ids = book.ids();
    assert_eq!((ids.len(), book.doubts()), (4, 1));
    book.read(48, true, Trust::None, seen);
    assert_eq!((book.ids(), book.doubts()), (vec![ids[0], ids[2], ids[3]], 0));
}

#[test]
fn a_hold_in_doubt_about_what_was_booked_is_not_the_hold_of_the_next_day() {
    let mut book = Book::default();
    book.read(0, true, Trust::None, page(0, &[pending(coffee(10)), rent(2)]));
    let booked = |words: &str| Movement { description: words.into(), ..coffee(10) };
    let seen =
        [pending(coffee(11)), booked("Padaria Real Norte"), booked("Padaria Real Sul"), rent(2)];
    let plan = book.read(24, true, Trust::None, page(0, &seen));
    assert!(plan.update.is_empty(), "{plan:?}");
    assert_eq!((book.known.len(), book.doubts()), (5, 3));
}

#[test]
fn what_is_booked_stays_booked_where_only_its_balance_moved() {
    let mut book = Book::default();
    let with_balance =
        |movement, cents| Movement { running_balance: Some(Amount::cents(cents)), ..movement };
    let seen = [rent(9), with_balance(coffee(5), 700), pending(coffee(5)), rent(2)];
    book.read(0, true, Trust::None, page(0, &seen));
    let ids = book.ids();
    let grown = Movement { description: "Padaria Real Norte".into(), ..coffee(5) };
    let seen = [rent(9), with_balance(coffee(5), 900), with_balance(grown.clone(), 800), rent(2)];
    book.read(24, true, Trust::None, page(0, &seen));
    assert_eq!(book.ids(), ids);
    let words = |known: &Known| match &known.facts {
        Facts::Movement(movement) => movement.description.clone(),
        Facts::Keyed(_) | Facts::Snapshot | Facts::Edition(_) => unreachable!(),
    };
    let read: Vec<String> = book.known[1..3].iter().map(words).collect();
    assert_eq!(read, [coffee(5).description, grown.description]);
}

#[test]
fn balances_that_moved_by_one_amount_are_no_doubts_where_a_reading_was_cut_off() {
    let visit = |on: i8, off: i64| Movement {
        running_balance: Some(Amount::cents(i64::from(on) * 1000 + off)),
        ..coffee(on)
    };
    // What was dated back to the 5th leaves the balances before it as they were.
    let seen = |moved: [i64; 3]| {
        let [a, b, c] = moved;
        let movements = [visit(9, a), visit(8, b), visit(7, c)].into_iter();
        page(0, &movements.chain((1..=4).rev().map(|on| visit(on, 0))).collect::<Vec<_>>())
    };
    for (moved, in_doubt) in [([450, 450, 450], 0), ([450, 450, 77], 3)] {
        let mut book = Book::default();
        book.read(0, true, Trust::None, seen([0; 3]));
        let plan = book.read(24, false, Trust::None, seen(moved));
        assert_eq!((plan.update.len(), plan.create.len()), (3 - in_doubt, in_doubt));
        assert!(plan.create.iter().all(|(_, doubt)| doubt.is_some()));
    }
}

#[test]
fn balances_that_are_not_believed_tell_no_twins_apart() {
    let mut book = Book::default();
    let visits = |off: i64| -> Vec<Movement> {
        (1..=5)
            .map(|n| Movement {
                running_balance: Some(Amount::cents(n * 1000 + off)),
                ..rent(10 + i8::try_from(n).unwrap())
            })
            .collect()
    };
    let twin = |cents: i64, reference: Option<&str>| Movement {
        running_balance: Some(Amount::cents(cents)),
        reference: reference.map(str::to_owned),
        ..coffee(5)
    };
    let mut first = visits(0);
    first.extend([twin(700, None), pending(coffee(5))]);
    book.read(0, true, Trust::None, page(0, &first));
    let ids = book.ids();
    let mut then = visits(7);
    then.extend([twin(707, Some("E2E1")), twin(708, None)]);
    let plan = book.read(24, false, Trust::None, page(0, &then));
    assert!(plan.notes.contains(&Note::Disbelieved { mark: Mark::Balances }), "{plan:?}");
    assert_eq!(book.ids(), ids);
    let Facts::Movement(booked) = &book.known[5].facts else { unreachable!() };
    assert_eq!(booked.reference, None, "{plan:?}");
}

#[test]
fn a_repetition_is_the_last_that_a_hold_becomes() {
    let mut book = Book::default();
    let grown = || Movement { description: "Padaria Real Norte".into(), ..coffee(5) };
    book.read(0, true, Trust::None, page(0, &[rent(9), pending(coffee(5)), grown(), rent(2)]));
    let ids = book.ids();
    let mut seen = page(0, &[rent(9), grown()]);
    seen.extend(page(1, &[grown(), grown(), rent(2)]));
    let plan = book.read(24, true, Trust::None, seen);
    assert!(plan.create.is_empty(), "{plan:?}");
    assert_eq!(book.ids(), ids);
}

/// After three purchases that say by their days how the calendar moved.
fn told(off: i8, others: &[Movement]) -> Vec<Seen> {
    let visit = |n: i8| Movement { amount: Amount::cents(n.into()), ..rent(4 + 2 * n + off) };
    page(0, &[&[1, 2, 3].map(visit), others].concat())
}

#[test]
fn a_row_explains_one_that_is_gone_and_one_that_is_new_however_long_it_is() {
    let mut book = Book::default();
    let coffees = |from: i8| [0, 1, 2, 3, 4].map(|n| coffee(from + n));
    book.read(0, true, Trust::None, told(0, &coffees(20)));
    let plan = book.read(24, true, Trust::None, told(0, &coffees(21)));
    assert_eq!((plan.update.len(), plan.create.len(), plan.suspect.len()), (0, 1, 1), "{plan:?}");
}

#[test]
fn holds_move_with_their_reading_though_they_are_shown_booked_under_other_words() {
    let mut book = Book::default();
    let grown = |on| Movement { description: "Padaria Real Norte".into(), ..coffee(on) };
    book.read(0, true, Trust::None, told(0, &[pending(coffee(16)), pending(coffee(17))]));
    let ids = book.ids();
    let plan = book.read(24, true, Trust::None, told(-1, &[grown(15), grown(16)]));
    assert!(plan.create.is_empty(), "{plan:?}");
    assert_eq!((book.ids(), book.days()), (ids, vec![5, 7, 9, 15, 16]));
}

#[test]
fn a_hold_that_its_day_shows_is_not_what_the_series_moved_on() {
    let mut book = Book::default();
    let before = [coffee(19), coffee(20), coffee(21)];
    book.read(0, true, Trust::None, told(0, &before));
    let with_hold = [&before[..], &[pending(coffee(22))]].concat();
    book.read(24, true, Trust::None, told(0, &with_hold));
    let hold = book.ids()[6];
    let now = [coffee(20), coffee(21), pending(coffee(22)), coffee(23)];
    let plan = book.read(48, true, Trust::None, told(1, &now));
    assert!(plan.unchanged.contains(&(hold, 5)), "{plan:?}");
}

#[test]
fn a_hold_of_the_next_day_is_the_one_before_where_it_was_in_doubt_about_it() {
    let mut book = Book::default();
    book.read(0, true, Trust::None, page(0, &[rent(20), pending(coffee(3)), rent(2)]));
    book.read(24, false, Trust::None, page(0, &[pending(coffee(4))]));
    assert_eq!((book.known.len(), book.doubts()), (4, 1));
    let ids = book.ids();
    let seen = [rent(20), pending(coffee(5)), pending(coffee(4)), rent(2)];
    let plan = book.read(48, true, Trust::None, page(0, &seen));
    assert_eq!((plan.update, plan.delete), (vec![(ids[1], 2)], vec![ids[3]]));
    assert_eq!((book.days(), book.doubts()), (vec![20, 4, 2, 5], 0));
}

#[test]
fn what_was_stored_in_doubt_is_itself_where_the_other_of_its_doubt_may_be_shown_as_well() {
    let mut book = Book::default();
    book.read(0, true, Trust::None, page(0, &[rent(20), coffee(15), rent(2)]));
    let next = [rent(20), coffee(16), pending(coffee(15)), rent(2)];
    book.read(24, true, Trust::None, page(0, &next));
    assert_eq!((book.known.len(), book.doubts()), (5, 2));
    let ids = book.ids();
    let seen = [rent(20), coffee(16), pending(coffee(15)), coffee(14), rent(2)];
    let plan = book.read(48, true, Trust::None, page(0, &seen));
    assert_eq!((plan.update, book.ids(), book.doubts()), (vec![(ids[1], 3)], ids, 0));
}

#[test]
fn two_that_may_have_moved_with_the_calendar_are_in_doubt_where_that_explains_more() {
    let mut book = Book::default();
    let branch = |on| Movement { description: "Padaria Real Filial".into(), ..coffee(on) };
    let before = [rent(20), pending(coffee(12)), coffee(12), branch(11), rent(3), rent(2), rent(1)];
    book.read(0, true, Trust::None, page(0, &before));
    let ids = book.ids();
    let mut after = page(0, &[rent(20), coffee(11)]);
    after.extend(page(1, &[coffee(11), branch(10), rent(3), rent(2), rent(1)]));
    let plan = book.read(24, true, Trust::None, after);
    assert!(plan.update.iter().all(|(id, _)| *id != ids[3]), "{plan:?}");
    assert_eq!(book.doubts(), 2, "{plan:?}");
}

#[test]
fn an_instant_says_more_than_a_balance_that_another_inherited() {
    let mut book = Book::default();
    let of = |instant: Option<&str>, balance: Option<i64>, movement: Movement| Movement {
        transacted_at: instant.map(|at| at.parse().unwrap()),
        running_balance: balance.map(Amount::cents),
        ..movement
    };
    let (evening, midnight) = (Some("2026-03-15T22:13:23Z"), Some("2026-03-16T00:00:00Z"));
    let hold = Movement { description: "Padaria".into(), ..pending(coffee(15)) };
    let before = [of(midnight, Some(900), coffee(15)), of(evening, None, hold), rent(2)];
    book.read(0, true, Trust::None, page(0, &before));
    let ids = book.ids();
    let after = [of(midnight, Some(450), coffee(15)), of(evening, Some(900), coffee(15)), rent(2)];
    let plan = book.read(24, true, Trust::None, page(0, &after));
    assert_eq!(plan.update, [(ids[0], 0), (ids[1], 1)], "{plan:?}");
}

#[test]
fn what_a_hold_may_have_become_is_no_explanation_beside_a_reference() {
    let mut book = Book::default();
    let booked = |cents: i64| Movement { reference: Some("E2E1".into()), ..card(10, cents) };
    let holds = [pending(card(6, 430)), pending(card(7, 440))];
    book.read(0, true, Trust::None, page(0, &[rent(20), holds[0].clone(), rent(2)]));
    book.read(1, false, Trust::None, page(0, &[booked(450)]));
    assert_eq!(book.doubts(), 1);
    book.read(2, false, Trust::None, page(0, &holds[1..]));
    let ids = book.ids();
    let plan = book.read(3, false, Trust::None, page(0, &[booked(460)]));
    assert_eq!(plan.update, [(ids[3], 0)], "{plan:?}");
}

#[test]
fn of_twins_told_a_day_before_the_booked_one_moves_and_the_hold_is_in_doubt() {
    let mut book = Book::default();
    let seen = [rent(20), coffee(14), pending(coffee(14)), rent(2)];
    book.read(0, true, Trust::None, page(0, &seen));
    book.read(24, true, Trust::None, page(0, &[rent(20), rent(2)]));
    let ids = book.ids();
    let seen = [rent(20), coffee(13), coffee(13), rent(2)];
    let plan = book.read(48, true, Trust::None, page(0, &seen));
    assert_eq!(plan.update, [(ids[1], 1)], "{plan:?}");
    let doubt = Doubt::PerhapsSame { others: vec![ids[2]], twice: false };
    assert_eq!(plan.create, [(2, Some(doubt))], "{plan:?}");
}

#[test]
fn instants_are_true_where_all_of_them_are_of_the_next_day() {
    let mut book = Book::default();
    let visits = |hours: i64| -> Vec<Movement> {
        let visit = |n: i64| Movement {
            amount: Amount::cents(n),
            transacted_at: Some(at(hours + n).round(jiff::Unit::Hour).unwrap()),
            ..coffee(10)
        };
        [1, 2, 3].map(visit).to_vec()
    };
    let first = date(2026, 3, 10).to_zoned(jiff::tz::TimeZone::UTC).unwrap().timestamp();
    let hours = first.duration_since(at(0)).as_hours();
    book.read(0, false, Trust::None, page(0, &visits(hours)));
    let plan = book.read(24, false, Trust::None, page(0, &visits(hours + 25)));
    assert_eq!((plan.update.len(), plan.create.len()), (0, 3), "{plan:?}");
    assert!(!plan.notes.contains(&Note::Disbelieved { mark: Mark::Times }), "{plan:?}");
}

#[test]
fn an_id_that_differs_is_believed_where_nothing_says_that_the_record_is_gone() {
    let mut book = Book::default();
    let first = [rent(20), pending(card(10, 430)), rent(2)];
    book.read(0, true, Trust::Stable, with_ids(page(0, &first), &["a", "b", "c"]));
    let shown = |id: &str| with_ids(page(0, &[card(10, 450)]), &[id]);
    book.read(1, false, Trust::Stable, shown("d"));
    assert_eq!((book.known.len(), book.doubts()), (4, 1));
    let plan = book.read(24, false, Trust::Stable, shown("e"));
    assert_eq!((plan.update.len(), plan.create.len()), (0, 1), "{plan:?}");
}

#[test]
fn an_item_that_an_id_sends_home_is_not_the_hold_that_its_record_was_in_doubt_about() {
    let mut book = Book::default();
    let ids = ["a", "b", "c"];
    let first = [rent(20), pending(card(10, 430)), rent(2)];
    book.read(0, true, Trust::Stable, with_ids(page(0, &first), &ids));
    let booked = |cents: i64| with_ids(page(0, &[card(10, cents)]), &["d"]);
    book.read(1, false, Trust::Stable, booked(450));
    assert_eq!(book.known.len(), 4);
    let known = book.ids();
    let corrected = [rent(20), card(10, 460), rent(2)];
    let seen = with_ids(page(0, &corrected), &["a", "d", "c"]);
    let plan = book.read(24, true, Trust::Stable, seen);
    assert_eq!(plan.update, [(known[3], 1)], "{plan:?}");
}

#[test]
fn a_record_in_doubt_whose_item_another_moved_to_moved_as_well() {
    let mut book = Book::default();
    let holds = [pending(coffee(14)), pending(coffee(15))];
    book.read(0, true, Trust::None, told(0, &holds));
    book.read(24, false, Trust::None, page(0, &[coffee(16)]));
    assert_eq!((book.known.len(), book.doubts()), (6, 1));
    let ids = book.ids();
    let plan = book.read(48, true, Trust::None, told(1, &[coffee(15), coffee(16), coffee(17)]));
    assert!(plan.create.is_empty(), "{plan:?}");
    assert_eq!((book.ids(), book.days()), (ids, vec![7, 9, 11, 15, 16, 17]));
}

#[test]
fn running_balances_say_how_much_is_unexplained() {
    let step = |on: i8, cents: i64, after: i64| Movement {
        amount: Amount::cents(cents),
        running_balance: Some(Amount::cents(after)),
        ..coffee(on)
    };
    let mut book = Book::default();
    let whole = [step(3, 100, 700), step(2, 200, 800), step(1, 50, 1000)];
    assert_eq!(book.read(0, true, Trust::None, page(0, &whole)).verdict, Verdict::Agrees);
    let gap = [step(3, 100, 700), step(1, 50, 1000)];
    assert_eq!(
        Book::default().read(0, true, Trust::None, page(0, &gap)).verdict,
        Verdict::DisagreesBy(Amount::cents(-200))
    );
    assert_eq!(
        Book::default().read(0, true, Trust::None, page(0, &[rent(1)])).verdict,
        Verdict::CannotTell
    );
}

#[test]
fn accounts_are_found_by_number_and_a_shared_mask_is_a_doubt() {
    let keys = |list: &[&str]| -> Vec<String> { list.iter().map(|k| (*k).to_owned()).collect() };
    let a = keys(&["number:0341", "like:CHECKING|BRL|ANA"]);
    let b = keys(&["number:****7788", "like:SAVINGS|BRL|ANA"]);
    let c = keys(&["number:****7788", "like:CARD|BRL|ANA"]);
    let known: Vec<&[String]> = vec![&a, &b, &c];
    let seen = [
        keys(&["number:341", "like:CHECKING|BRL|ANA"]),
        keys(&["number:****7788", "like:SAVINGS|BRL|ANA"]),
        keys(&["number:****7788", "like:LOAN|BRL|ANA"]),
        keys(&["number:999"]),
    ];
    let seen: Vec<&[String]> = seen.iter().map(Vec::as_slice).collect();
    let found = match_accounts(&known, &seen, Trust::None);
    assert_eq!(found[0], Found::Known(0));
    assert_eq!(found[1], Found::Known(1));
    assert_eq!(found[2], Found::Known(2), "only one account with that mask is left");
    assert_eq!(found[3], Found::New);
    let found = match_accounts(&known, &[&keys(&["number:****7788"])], Trust::None);
    assert_eq!(found, [Found::Perhaps]);
    let other = keys(&["number:3415", "like:CHECKING|BRL|ANA"]);
    let found = match_accounts(&known, &[&other], Trust::None);
    assert_eq!(found, [Found::New], "one digit more is another account");
}

/// What a computation finds, by its names.
fn computed(names: &[&str], facts: impl Fn(&str) -> Facts) -> Vec<Seen> {
    let seen = names.iter().enumerate().map(|(item, name)| Seen {
        item,
        facts: facts(name),
        source_id: None,
        page: 0,
        content: i64::try_from(name.len()).unwrap(),
    });
    seen.collect()
}
fn compute(book: &mut Book, hours: i64, complete: bool, seen: &[Seen], rules: &Rules) -> Plan {
    let reading = Reading {
        window: None,
        complete,
        trust: Trust::None,
        seen,
        removed: &[],
        at: at(hours),
        stated: Stated::default(),
    };
    let plan = reconcile(&book.known, &reading, rules);
    book.apply(&plan, &reading);
    plan
}

#[test]
fn what_is_computed_is_believed_at_once_but_where_it_is_of_some_days() {
    let rules = Rules { believes: true, ..Rules::default() };
    let named = |name: &str| Facts::Keyed(vec![format!("name:{name}")]);
    let mut book = Book::default();
    let all = ["rent", "power", "water", "gas", "phone"];
    compute(&mut book, 0, true, &computed(&all, named), &rules);
    let plan = compute(&mut book, 1, false, &computed(&["rent"], named), &rules);
    assert!(plan.is_quiet(), "some days say nothing of others");
    let plan = compute(&mut book, 2, true, &computed(&["rent"], named), &rules);
    assert_eq!((plan.delete.len(), plan.unchanged.len()), (4, 1), "however many they are");
    let plan = compute(&mut book, 3, true, &[], &rules);
    assert_eq!((plan.delete.len(), plan.notes), (1, vec![]), "also if nothing is left");
    assert!(book.known.is_empty());
}

#[test]
fn no_more_than_so_many_are_kept_and_those_were_written_last() {
    let rules = Rules { believes: true, keeps: Some(2), deletes: false, ..Rules::default() };
    let mut book = Book::default();
    let picture = computed(&["risk"], |_| Facts::Snapshot);
    for hours in 0..4 {
        compute(&mut book, hours, true, &picture, &rules);
    }
    assert_eq!(book.known.iter().map(|k| k.created_at).collect::<Vec<_>>(), [at(2), at(3)]);
    let mut book = Book::default();
    let of = |day: &str| computed(&[day], |day| Facts::Keyed(vec![format!("reference:{day}")]));
    for (hours, day) in [(0, "1"), (1, "2"), (2, "1"), (3, "3")] {
        let mut seen = of(day);
        seen[0].content = hours;
        compute(&mut book, hours, true, &seen, &rules);
    }
    let kept: Vec<_> = book.known.iter().map(|k| k.created_at).collect();
    assert_eq!(kept, [at(0), at(3)], "what is computed again is young again");
}

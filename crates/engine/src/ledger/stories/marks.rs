//! Ids, instants, balances and references: how far they are believed.

use super::*;

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
fn a_balance_under_another_amount_says_less_than_a_description_that_grew() {
    let mut book = Book::default();
    let bought = |cents: i64, words: &str, balance: i64| Movement {
        amount: Amount::cents(cents),
        description: words.into(),
        running_balance: Some(Amount::cents(balance)),
        ..coffee(5)
    };
    book.read(0, true, Trust::None, page(0, &[rent(9), bought(450, "Metro", 700), rent(2)]));
    let ids = book.ids();
    let seen = [rent(9), bought(450, "Metro Centro", 1_750), bought(1_050, "Metro", 700), rent(2)];
    let plan = book.read(24, true, Trust::None, page(0, &seen));
    assert_eq!((plan.update, plan.create), (vec![(ids[1], 1)], vec![(2, None)]));
}

#[test]
fn a_hold_leaves_what_a_reference_ties_to_another() {
    let mut book = Book::default();
    let of = |cents| Movement { amount: Amount::cents(cents), ..coffee(5) };
    let tied = |cents| Movement { reference: Some("E2E1".into()), ..of(cents) };
    book.read(0, true, Trust::None, page(0, &[rent(9), tied(990), pending(of(1090)), rent(2)]));
    let ids = book.ids();
    let corrected = page(0, &[rent(9), tied(1090), of(1090), rent(2)]);
    let plan = book.read(24, true, Trust::None, corrected);
    assert_eq!(plan.update, [(ids[1], 1), (ids[2], 2)], "{plan:?}");
}

//! What is pending becomes what is booked.

use super::*;

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
fn two_holds_are_not_what_the_days_before_them_show_where_one_is_shown_booked() {
    let mut book = Book::default();
    book.read(0, true, Trust::None, page(0, &[rent(9), pending(coffee(11)), rent(2)]));
    book.window = Window::new(day(12), day(14));
    book.read(24, true, Trust::None, page(0, &[pending(coffee(14)), pending(coffee(12))]));
    book.window = Window::new(day(8), day(11));
    book.read(25, true, Trust::None, page(0, &[coffee(11), coffee(10), rent(9)]));
    assert_eq!(book.days(), [9, 11, 2, 14, 12, 10]);
}

#[test]
fn a_hold_that_was_first_taken_for_its_neighbour_is_booked_as_something_else() {
    let mut book = Book::default();
    let fuel = |on, cents, words: &str| Movement { description: words.into(), ..card(on, cents) };
    let first = [rent(9), pending(fuel(6, 990, "Posto")), fuel(5, 990, "Posto Real"), rent(2)];
    book.read(0, true, Trust::None, page(0, &first));
    let ids = book.ids();
    let booked = [rent(9), fuel(5, 1009, "Posto"), fuel(5, 990, "Posto Real Sul"), rent(2)];
    let plan = book.read(24, true, Trust::None, page(0, &booked));
    assert_eq!(
        (plan.update, book.ids()),
        (vec![(ids[1], 1), (ids[2], 2)], ids),
        "{:?}",
        plan.create
    );
}

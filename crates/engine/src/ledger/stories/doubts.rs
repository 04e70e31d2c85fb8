//! What is kept in doubt, and how it ends.

use super::*;

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
fn what_is_equal_to_an_item_in_doubt_is_in_the_same_doubt() {
    let mut book = Book::default();
    book.read(0, true, Trust::None, page(0, &[pending(coffee(5)), rent(2)]));
    let two = [pending(coffee(6)), pending(coffee(6)), rent(2)];
    book.read(24, false, Trust::None, page(0, &two));
    assert_eq!((book.known.len(), book.doubts()), (4, 2));
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
fn a_twin_that_is_shown_ends_no_doubt_about_the_other() {
    let mut book = Book::default();
    book.read(0, true, Trust::None, page(0, &[rent(9), coffee(6), coffee(5), coffee(5), rent(2)]));
    let twin = book.known[2].id;
    book.known[1].doubt = Some(Doubt::PerhapsSame { others: vec![twin], twice: false });
    let ids = book.ids();
    book.read(24, false, Trust::None, page(0, &[rent(9), coffee(6), coffee(5), rent(2)]));
    assert_eq!((book.ids(), book.doubts()), (ids, 1));
}

#[test]
fn what_was_decided_is_in_doubt_where_another_answer_asks_for_less() {
    let mut book = Book::default();
    book.read(0, true, Trust::None, page(0, &[rent(9), pending(coffee(6)), rent(2)]));
    book.read(24, false, Trust::None, page(0, &[rent(9), pending(coffee(5)), rent(2)]));
    let ids = book.ids();
    assert_eq!((ids.len(), book.doubts()), (4, 1));
    // The hold of the 6th may have been booked on the 5th; that of the 5th asks for less.
    let grown = Movement { description: "Padaria Real Centro".into(), ..coffee(5) };
    let seen = page(0, &[rent(9), grown, rent(2)]);
    let plan = book.read(48, true, Trust::None, seen.clone());
    let doubt = Some(Doubt::PerhapsSame { others: vec![ids[1], ids[3]], twice: false });
    assert_eq!((plan.update, plan.create), (vec![], vec![(1, doubt)]));
    book.read(72, true, Trust::None, seen);
    assert_eq!((book.days(), book.doubts()), (vec![9, 2, 5], 0));
}

#[test]
fn what_was_a_repetition_is_no_other_amount_under_its_balance() {
    let mut book = Book::default();
    let with_balance =
        |movement, cents| Movement { running_balance: Some(Amount::cents(cents)), ..movement };
    let seen = |cents| with_balance(coffee(5), cents);
    book.read(0, true, Trust::None, page(0, &[rent(9), seen(700), rent(2)]));
    book.read(24, false, Trust::None, page(0, &[rent(9), seen(900), rent(2)]));
    assert_eq!((book.known.len(), book.doubts()), (4, 1));
    let more = with_balance(Movement { amount: Amount::cents(3200), ..coffee(5) }, 900);
    let both = page(0, &[rent(9), seen(900), more, rent(2)]);
    let plan = book.read(48, true, Trust::None, both);
    assert_eq!(plan.create.len(), 1, "{plan:?}");
    assert!(plan.update.iter().all(|(_, item)| *item != 2), "{plan:?}");
}

#[test]
fn what_is_shown_exactly_as_it_was_is_not_gone_for_nothing_on_the_oldest_day() {
    let mut book = Book::default();
    book.read(0, true, Trust::None, page(0, &[coffee(8), pending(coffee(5)), coffee(5)]));
    let ids = book.ids();
    book.known[0].doubt = Some(Doubt::PerhapsSame { others: vec![ids[1]], twice: false });
    book.known[1].suspected_at = Some(at(1));
    let plan = book.read(2, true, Trust::None, page(0, &[coffee(8), coffee(5)]));
    assert!(plan.create.is_empty(), "{plan:?}");
}

//! Two movements are two records, also where pages repeat them.

use super::*;

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
fn a_repetition_may_be_the_twin_that_is_missed() {
    let mut book = Book::default();
    book.read(0, true, Trust::None, told(0, &[coffee(20), coffee(20), rent(2)]));
    let ids = book.ids();
    let one = || told(1, &[coffee(21), rent(3)]);
    let plan = book.read(24, true, Trust::None, one());
    assert_eq!(plan.suspect.len(), 1, "{plan:?}");
    let both = [told(1, &[coffee(21)]), page(1, &[coffee(21), rent(3)])].concat();
    let plan = book.read(26, true, Trust::None, both);
    assert_eq!((plan.update.len(), plan.clear.len()), (1, 1), "{plan:?}");
    let plan = book.read(48, true, Trust::None, one());
    assert_eq!((plan.suspect.len(), book.ids()), (1, ids), "{plan:?}");
}

#[test]
fn what_the_next_page_repeats_is_a_hold_only_if_nothing_is_its_booking() {
    let mut book = Book::default();
    let hold = || pending(coffee(14));
    book.read(0, true, Trust::None, page(0, &[rent(20), hold(), hold(), rent(2)]));
    let ids = book.ids();
    let turned = |rest: &[Movement]| {
        let rest: Vec<Movement> = [&[hold()], rest].concat();
        [page(0, &[rent(20), hold()]), page(1, &rest)].concat()
    };
    let plan = book.read(24, true, Trust::None, turned(&[coffee(14), rent(2)]));
    assert_eq!((plan.update.len(), plan.create.len()), (1, 0), "{plan:?}");
    assert_eq!(book.ids(), ids);

    let mut book = Book::default();
    book.read(0, true, Trust::None, page(0, &[rent(20), hold(), hold(), rent(2)]));
    let plan = book.read(24, true, Trust::None, turned(&[rent(2)]));
    assert_eq!(plan.unchanged.len(), 4, "both are still held: {plan:?}");
}

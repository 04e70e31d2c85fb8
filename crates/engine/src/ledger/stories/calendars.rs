//! Days that are told otherwise.

use super::*;

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
fn what_moved_against_the_others_pays_for_its_own_way() {
    let mut book = Book::default();
    let balance = |cents, movement: Movement| Movement {
        running_balance: Some(Amount::cents(cents)),
        ..movement
    };
    let older = [balance(480, coffee(13)), balance(450, coffee(12))];
    book.read(0, true, Trust::None, told(0, &older));
    let newer = [pending(coffee(15)), balance(490, coffee(14))];
    book.read(1, true, Trust::None, told(0, &[&newer[..], &older].concat()));
    let then = [
        balance(494, coffee(16)),
        balance(490, coffee(15)),
        balance(480, coffee(13)),
        balance(470, coffee(13)),
        balance(460, coffee(12)),
    ];
    let plan = book.read(24, true, Trust::None, told(1, &then));
    assert_eq!(&book.days()[3..], [13, 13, 16, 15, 12], "{plan:?}");
}

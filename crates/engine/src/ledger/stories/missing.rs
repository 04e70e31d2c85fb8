//! What a reading says by silence, and what the institution says it removed.

use super::*;

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
fn a_reading_that_comes_again_after_a_newer_one_says_nothing_new() {
    let mut book = Book::default();
    book.read(0, true, Trust::None, page(0, &[rent(20), rent(2)]));
    let first = page(0, &[rent(20), coffee(15), rent(2)]);
    book.read(24, true, Trust::None, first.clone());
    // Dated back: it was not there yet.
    let second = [rent(20), coffee(15), card(10, 700), pending(coffee(9)), rent(2)];
    book.read(25, true, Trust::None, page(0, &second));
    let plan = book.read(24, true, Trust::None, first);
    assert!(plan.is_quiet(), "{plan:?}");
}

#[test]
fn another_reading_of_the_same_instant_is_not_the_one_that_was_heard() {
    let mut book = Book::default();
    book.read(0, true, Trust::None, page(0, &[rent(20), coffee(15), rent(2)]));
    let ids = book.ids();
    let plan = book.read(0, true, Trust::None, page(0, &[rent(20), rent(2)]));
    assert_eq!(plan.suspect, [ids[1]], "{plan:?}");
}

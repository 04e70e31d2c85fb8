//! Descriptions that change.

use super::*;

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
fn words_that_are_akin_to_several_are_kept_in_doubt() {
    let mut book = Book::default();
    book.read(0, true, Trust::None, page(0, &[rent(9), coffee(5), rent(2)]));
    let grown = |words: &str| Movement { description: words.into(), ..coffee(5) };
    let two = [rent(9), grown("Padaria Real Norte"), grown("Padaria Real Sul")];
    book.read(24, false, Trust::None, page(0, &two));
    assert_eq!((book.known.len(), book.doubts()), (5, 2));
}

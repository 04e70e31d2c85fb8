//! What is computed from what is stored.

use super::*;

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

//! How often the rules are right, on descriptions that were written for measuring.

use domain::record::Direction;
use insights::categories::Rules;

/// Direction, description, category, subcategory (empty where there is none).
fn labelled() -> impl Iterator<Item = [&'static str; 4]> {
    include_str!("labelled.tsv").lines().filter(|line| !line.starts_with('#')).map(|line| {
        let mut cells = line.split('\t');
        std::array::from_fn(|_| cells.next().unwrap_or_default())
    })
}

#[test]
#[expect(clippy::print_stdout, reason = "it measures, and says what it measured")]
fn most_of_what_banks_print_is_told_apart() {
    let rules = Rules::embedded();
    let (mut all, mut category, mut both) = (0_u32, 0_u32, 0_u32);
    for [direction, description, is, below] in labelled() {
        let direction: Direction = direction.parse().expect("a direction");
        let label = rules.label(description, Some(direction), None).expect("something is said");
        let found = label.subcategory.map_or("", |subcategory| subcategory.as_str());
        all += 1;
        category += u32::from(label.category.as_str() == is);
        both += u32::from(label.category.as_str() == is && found == below);
        if label.category.as_str() != is || found != below {
            println!("{description}: {} / {found}, but was {is} / {below}", label.category);
        }
    }
    println!("{all} descriptions: category right {category}, subcategory too {both}");
    assert!(both * 100 >= all * 90, "{both} of {all}");
}

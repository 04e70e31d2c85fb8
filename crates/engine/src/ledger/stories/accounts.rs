//! Which account is which.

use super::*;

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

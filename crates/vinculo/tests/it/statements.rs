//! Statement files, read without a server.

use crate::say;
use std::fs;

const MT940: &str = ":20:1\n:25:12345678/0532013000\n:60F:C260130EUR10,\n\
                     :61:2602300131D4,50NTRFNONREF//77\n:86:Coffee\n:62F:C260131EUR5,50\n-\n";
const CSV: &str = "Date,Description,Amount\n01/02/2026,Coffee,-4.50\n03/04/2026,Book,-10.00\n";

#[test]
fn what_a_file_says_is_printed_for_people_and_for_programs() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("january.sta"), MT940).unwrap();
    let said = say(folder.path(), &["statements", "read", "january.sta"]);
    assert_eq!(said.code, Some(0), "{}", said.err);
    assert_eq!(
        said.out,
        "account   0532013000  bank=12345678  currency=EUR\n\
         balance   2026-01-30             10 opening  currency=EUR\n\
         fault     line 4, column 5: the value date is beyond the end of its month; its last day \
         was taken\n\
         movement  2026-02-28          -4.50 Coffee  booking_date=2026-01-31  id=77  kind=NTRF\n\
         balance   2026-01-31           5.50 closing  currency=EUR\n"
    );
    assert_eq!(said.err, "mt940: 1 accounts, 2 balances, 1 movements, 1 faults\n");

    let said = say(folder.path(), &["statements", "read", "--json", "january.sta"]);
    let lines: Vec<serde_json::Value> =
        said.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 5);
    assert_eq!(
        lines[3],
        serde_json::json!({
            "said": "movement", "id": "77", "value_date": "2026-02-28",
            "booking_date": "2026-01-31", "amount": "-4.50", "description": "Coffee",
            "kind": "NTRF", "pending": false, "reversal": false
        })
    );
}

#[test]
fn a_mapping_is_proposed_saved_and_followed() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("export.csv"), CSV).unwrap();
    let proposed = say(folder.path(), &["statements", "mapping", "export.csv"]);
    assert_eq!(proposed.code, Some(0), "{}", proposed.err);
    let decide = "decide: whether the day or the month comes first does not show\n";
    assert!(proposed.err.ends_with(decide), "{}", proposed.err);
    let decided = proposed.out.replace("month_first", "day_first");
    fs::write(folder.path().join("bank.json"), decided).unwrap();
    let arguments = ["statements", "read", "export.csv", "--mapping", "bank.json"];
    let said = say(folder.path(), &arguments);
    assert!(said.out.contains("movement  2026-02-01          -4.50 Coffee\n"), "{}", said.out);
    assert!(!said.out.contains("fault"), "{}", said.out);
    let ordered = say(folder.path(), &["statements", "read", "export.csv", "--days", "day-first"]);
    assert_eq!(ordered.out, said.out);
}

#[test]
fn a_file_that_cannot_be_read_says_where_and_why() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("letter.txt"), "Dear bank,\n").unwrap();
    let said = say(folder.path(), &["statements", "read", "letter.txt"]);
    assert_eq!(said.code, Some(1));
    assert!(said.err.contains("letter.txt, line 1: "), "{}", said.err);
    let said = say(folder.path(), &["statements", "read", "--format", "mt940", "letter.txt"]);
    let expected = "letter.txt, line 1: there is no statement in this MT940 file";
    assert!(said.err.contains(expected), "{}", said.err);
    let said = say(folder.path(), &["statements", "read", "--format", "pdf", "letter.txt"]);
    assert_eq!(said.code, Some(2));
    assert!(said.err.contains("the formats are ofx, camt"), "{}", said.err);
    fs::write(folder.path().join("bad.json"), "{\"columns\": {}}").unwrap();
    let arguments = ["statements", "read", "letter.txt", "--mapping", "bad.json"];
    let said = say(folder.path(), &arguments);
    assert!(said.err.contains("bad.json"), "{}", said.err);
    let cut = &MT940[..MT940.len() - 20];
    fs::write(folder.path().join("cut.sta"), cut).unwrap();
    let said = say(folder.path(), &["statements", "read", "cut.sta"]);
    assert_eq!(said.code, Some(0));
    assert!(said.err.contains("The file breaks off"), "{}", said.err);
}

//! QIF as programs and banks write it.

use crate::heard::{hear, hear_with, text};
use statements::{DayOrder, Options};

#[test]
fn several_accounts_are_told_apart_and_days_of_quicken_are_read() {
    let heard = hear(&text("qif/us.qif"));
    assert_eq!(
        heard.lines(),
        [
            "account Household kind=checking name=Our joint account",
            "balance opening 1000.00 date=2026-01-05",
            "movement 2026-01-10 -1234.56 “Landlord Rent January” reference=1001",
            "movement 2026-01-31 -30.00 “Supermarket”",
            "account Blue card kind=card name=Blue card",
            "movement 2026-02-01 -12.5 “Cash machine” kind=ATM",
        ]
    );
    assert!(!heard.summary().cut_off);
}

#[test]
fn the_order_of_days_is_that_which_the_whole_file_shows() {
    let heard = hear(&text("qif/br.qif"));
    assert_eq!(
        heard.lines(),
        [
            "account  kind=checking",
            "movement 2026-01-05 -1234.56 “PAGAMENTO BOLETO”",
            "movement 2026-01-13 2000.00 “SALÁRIO JANEIRO”",
            "fault line 11: there is no such day",
            "movement ? -1.00 “Dia errado”",
            "fault line 16: the amount is not a number",
            "fault line 15: the record has no amount and was left out",
            "movement 2026-01-15 -4.00 “Sem total”",
        ]
    );
}

#[test]
fn where_no_day_shows_the_order_their_sequence_does_or_whoever_knows() {
    let days = |options: &Options| -> Vec<String> {
        let heard = hear_with(&text("qif/undecided.qif"), options);
        assert!(heard.summary().cut_off, "its last record is not closed");
        heard.movements().iter().map(|m| m.value_date.expect("a day").to_string()).collect()
    };
    assert_eq!(days(&Options::default()), ["2026-02-01", "2026-02-02", "2026-02-03"]);
    let month_first = Options { day_order: Some(DayOrder::MonthFirst), ..Options::default() };
    assert_eq!(days(&month_first), ["2026-01-02", "2026-02-02", "2026-03-02"]);
    let wandering = b"!Type:Bank\nD01/05/2026\nT1\n^\nD02/03/2026\nT2\n^\nD02/04/2026\nT3\n^\n";
    // The fifth of January and the third and fourth of February; the other way round they go back.
    let heard = hear(wandering);
    assert!(heard.faults()[0].ends_with("read as month first"), "{:?}", heard.faults());
    assert_eq!(heard.movements()[0].value_date.expect("a day").to_string(), "2026-01-05");
}

#[test]
fn of_securities_only_the_money_is_said() {
    let heard = hear(&text("qif/securities.qif"));
    assert_eq!(
        heard.lines(),
        [
            "account  kind=investment",
            "movement 2026-01-10 -31.00 “ACME” kind=Buy",
            "movement 2026-01-20 2.50 “ACME” kind=Div",
            "movement 2026-01-22 -100.00 “To the bank” kind=XOut",
        ]
    );
}

#[test]
fn what_waits_for_a_day_that_shows_the_order_is_bounded() {
    let mut file = b"!Type:Bank\n".to_vec();
    for _ in 0..6_000 {
        file.extend_from_slice(b"D01/02/2026\nT1.00\nPThe same\n^\n");
    }
    file.extend_from_slice(b"D01/31/2026\nT1.00\n^\n");
    let heard = hear(&file);
    assert_eq!(heard.summary().movements, 6_001);
    let faults = heard.faults();
    assert!(faults[0].ends_with("read as day first"), "{faults:?}");
    assert!(faults[1].ends_with("written in another order than the others"), "{faults:?}");
}

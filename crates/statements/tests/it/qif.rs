//! QIF as Quicken and banks write it.

use crate::heard::{Heard, hear, hear_with, text};
use proptest::prelude::*;
use statements::{DayOrder, Format, HEAD, Options, recognise};

fn qif(text: &str) -> Heard {
    hear_with(text.as_bytes(), &Options { format: Some(Format::Qif), ..Options::default() })
}

#[test]
fn every_text_is_recognised_by_its_beginning() {
    for (name, bytes) in crate::heard::texts("qif") {
        assert_eq!(recognise(&bytes[..bytes.len().min(HEAD)]), Some(Format::Qif), "{name}");
    }
}

#[test]
fn accounts_are_named_and_balances_are_no_movements() {
    assert_eq!(
        hear(&text("qif/quicken.qif")).lines(),
        [
            "account Joint account kind=checking",
            "balance opening 1000.00 date=2026-01-01",
            "movement 2026-01-05 -1234.50 “Hardware & Son Nails” reference=1001",
            "account Visa kind=card",
            "movement 2026-01-13 -10 “Books”",
        ]
    );
}

#[test]
fn one_day_that_can_be_read_in_one_way_only_decides_for_all() {
    assert_eq!(
        hear(&text("qif/brazil-1252.qif")).lines(),
        [
            "account  kind=checking",
            "movement 2026-01-05 -1234.50 “PIX ENVIADO JOÃO”",
            "movement 2026-01-13 2000.00 “SALÁRIO”",
        ]
    );
    let open = "!Type:CCard\nD01/02/2026\nT-1.00\n^\n";
    assert_eq!(
        qif(open).lines(),
        [
            "fault line 1: whether the day or the month comes first does not show; the day was taken",
            "account  kind=card",
            "movement 2026-02-01 -1.00 “”",
        ]
    );
    let order = Some(DayOrder::MonthFirst);
    let options = Options { day_order: order, format: Some(Format::Qif), ..Options::default() };
    let lines = hear_with(open.as_bytes(), &options).lines();
    assert_eq!(lines, ["account  kind=card", "movement 2026-01-02 -1.00 “”"]);
}

#[test]
fn what_is_broken_is_said_with_its_place_and_the_rest_is_read() {
    let heard = qif(concat!(
        "PX\n^\n!Type:Cash\nD31/12/2026\nTmuch\n^\nD31/02/2026\nT1\n^\nPlost\n!Type:Invst\nNBuy\n^\n",
        "!Type:Cash\nD20261231\nT2\n^\nD31/12/2026\nT3\n",
    ));
    assert_eq!(
        heard.lines(),
        [
            "fault line 2: a record before any “!Type:” was left out",
            "fault line 4: the record has no amount (T) and was left out",
            "account ",
            "fault line 7: the record has no day (D) that there is; the movement has none",
            "movement ? 1 “”",
            "fault line 11: the record above this is not ended by “^” and was left out",
            "fault line 11: investments are not read; their records were left out",
            "movement 2026-12-31 2 “”",
            "fault line 18: the file ends inside a record, which was left out",
        ]
    );
    assert!(heard.summary().cut_off);
    let refused = qif("!Type:Cat\nNHome\n^\n").end.expect_err("no account").to_string();
    assert_eq!(refused, "line 3: there is no account (!Type:Bank, CCard or Cash) in this QIF file");
}

#[test]
fn a_file_that_is_cut_anywhere_says_the_movements_that_came_before() {
    for (name, bytes) in crate::heard::texts("qif") {
        let order =
            if name.contains("quicken") { DayOrder::MonthFirst } else { DayOrder::DayFirst };
        let options =
            Options { day_order: Some(order), format: Some(Format::Qif), ..Options::default() };
        let whole = hear(&bytes);
        for end in 0..bytes.len() {
            let cut = hear_with(&bytes[..end], &options);
            let count = cut.movements().len();
            assert_eq!(cut.movements(), whole.movements()[..count], "{name}, cut at {end}");
        }
    }
}

proptest! {
    #[test]
    fn what_was_written_is_read(cents in prop::collection::vec(-1_000_000_i64..1_000_000, 0..40)) {
        let records: String = cents
            .iter()
            .map(|cents| format!("D31/12/2026\nT{}\nPx\n^\n", domain::money::Amount::cents(*cents)))
            .collect();
        let heard = qif(&format!("!Type:Bank\n{records}"));
        let amounts: Vec<_> = heard.movements().iter().map(|movement| movement.amount).collect();
        let written: Vec<_> = cents.iter().map(|&c| domain::money::Amount::cents(c)).collect();
        prop_assert_eq!(amounts, written);
    }
    #[test]
    fn any_lines_are_read_or_refused(
        lines in prop::collection::vec(
            "(!(Type:(Bank|CCard|Invst|é)|Account))|[DTUPMNL^$].{0,12}",
            0..30,
        ),
    ) {
        qif(&lines.join("\n"));
    }
}

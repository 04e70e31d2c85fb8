//! MT940 as banks write it.

use crate::heard::{hear, hear_with, text};
use proptest::prelude::*;
use statements::{Balance, BalanceKind, Format, HEAD, Options, Said, recognise};

fn mt940(text: &str) -> crate::heard::Heard {
    hear_with(text.as_bytes(), &Options { format: Some(Format::Mt940), ..Options::default() })
}

#[test]
fn every_text_is_recognised_by_its_beginning() {
    for (name, bytes) in crate::heard::texts("mt940") {
        assert_eq!(recognise(&bytes[..bytes.len().min(HEAD)]), Some(Format::Mt940), "{name}");
    }
}

#[test]
fn numbered_fields_are_put_together_as_they_were_before_they_were_wrapped() {
    let heard = hear(&text("mt940/numbered-1252.sta"));
    assert_eq!(
        heard.lines(),
        [
            "account 0532013000 bank=37040044 currency=EUR",
            "balance opening 1200.50 date=2026-01-30 currency=EUR",
            "movement 2026-01-31 -83.90 “FOLGELASTSCHRIFT Rechnung 0117 Kunde Müller, Danke” \
             id=260131000042 kind=N105 booked=2026-01-31 reference=RE-2026-0117 \
             with=STADTWERKE BEISPIEL GMBH UND CO KG with_account=DE89370400440532013000",
            "movement 2026-01-31 2000.00 “GUTSCHR. UEBERWEISUNG Miete Februar” kind=N051 \
             booked=2026-02-02 with=Anna Beispiel with_account=DE02120300000000202051",
            // A reversed credit takes away, and a question mark may be the person's own.
            "movement 2026-02-01 -10.00 “STORNO Irrtum. Wer? Wir?” id=260201000007 kind=N201 \
             booked=2026-02-01 reference=ABC-1 reversal",
            "balance closing 3106.60 date=2026-02-02 currency=EUR",
            "balance available 3106.60 date=2026-02-02 currency=EUR",
        ]
    );
}

#[test]
fn words_between_slashes_are_told_from_slashes_in_a_text() {
    let heard = hear(&text("mt940/slashes.swi"));
    assert_eq!(
        heard.lines(),
        [
            "account NL44RABO0123456789 currency=EUR",
            "balance opening 473.17 date=2026-01-30 currency=EUR",
            "movement 2026-01-31 -44.95 “Factuur 17/kenmerk 009” kind=NMSC reference=F-2026-17 \
             with=T. Telecom with_account=NL91ABNA0417164300",
            "movement 2026-01-31 10.00 “Terug” id=00000000001005 kind=NTRF booked=2026-01-31 \
             reference=E2E-9 with=J. de Vries with_account=NL32INGB0000012345",
            "movement 2026-01-31 -5.25 “SEPA OVERBOEKING Gift” kind=N446 booked=2026-01-31 \
             with=Stichting A with_account=NL20INGB0001234567",
            "balance closing 432.97 date=2026-01-31 currency=EUR",
        ]
    );
}

#[test]
fn sixteen_columns_may_be_an_account_with_a_name_behind_it() {
    let heard = hear(&text("mt940/columns.sta"));
    assert_eq!(
        heard.lines(),
        [
            "account 1291.99.348 currency=EUR",
            "balance opening 473.17 date=2011-06-14 currency=EUR",
            "movement 2011-05-27 -13.28 “Terugboeking NIET AKKOORD” kind=N044 \
             with=W.P. Jansen with_account=0121470966",
            "movement 2011-06-15 -36.56 “Betaalautomaat 14:23 pasnr. 065” kind=N030 \
             with=TOMTE TUMMETOT",
            "balance closing 423.33 date=2011-06-15 currency=EUR",
        ]
    );
}

#[test]
fn fields_of_a_banks_own_name_the_holder_the_days_and_the_other() {
    let heard = hear(&text("mt940/own-fields.sta"));
    assert_eq!(
        heard.lines(),
        [
            "account 1966315302010001 holder=JANE DOE",
            "period 2017-10-04 2017-10-11",
            "balance opening 627311.30 date=2017-10-11 currency=HUF",
            "movement 2017-10-11 -2402.00 “526715 Transaction fee G2000001” kind=S \
             booked=2017-10-11 reference=X with=ERGO Versicherung AG branch \
             with_account=0000004279070017",
            "balance closing 624909.30 date=2017-10-11 currency=HUF",
        ]
    );
}

#[test]
fn control_signs_blank_lines_and_empty_information_are_passed_over() {
    let heard = hear(&text("mt940/framed-and-blank.sta"));
    assert_eq!(
        heard.lines(),
        [
            "account PL29114010810000267002001002 currency=PLN",
            "balance opening 0.40 date=2017-01-19 currency=PLN",
            "movement 2017-01-19 0.01 “911-INCOMING 911 INCOMING; FROM: JAN NOWAK UL. NIJAKA 1; \
             FOR: RENT ; TNR: 179171073864111.010001” id=MB170119012058 kind=NTRF \
             booked=2017-01-19",
            // Expected, not booked.
            "movement 2017-01-19 -0.01 “” kind=NTRF booked=2017-01-19 pending",
            "balance closing 0.41 date=2017-01-19 currency=PLN",
        ]
    );
}

#[test]
fn what_is_broken_is_said_with_its_place_and_the_rest_is_read() {
    let heard = mt940(concat!(
        ":20:X\n:25:1/2\n:60F:C26013EUR5,00\n",
        ":61:260230D1,00NTRFA\n:61:26AB30D2,00NTRFB\n:61:2601311399D3,00NTRFC\n:61:nonsense\n",
        ":62F:C260229EUR1,00\n-\n",
    ));
    assert_eq!(
        heard.lines(),
        [
            "fault line 3: :60F: is no balance and was left out",
            "account 2 bank=1",
            // Interest is reckoned in months of thirty days.
            "fault line 4, column 5: the value date is beyond the end of its month; its last day \
             was taken",
            "movement 2026-02-28 -1.00 “” kind=NTRF reference=A",
            "fault line 5: :61: has no amount after a C or D and was left out",
            "fault line 6, column 11: the booking day is no day; the movement has none",
            "movement 2026-01-31 -3.00 “” kind=NTRF reference=C",
            "fault line 7: :61: has no amount after a C or D and was left out",
            "fault line 8: :62F: is of no day that there is; it has none",
            "balance closing 1.00 currency=EUR",
        ]
    );
}

#[test]
fn statements_without_an_end_an_account_or_a_head_are_read_as_far_as_they_go() {
    let heard = mt940(":20:A\n:25:1\n:60F:C260101EUR1,\n:61:260101C1,NTRF\n:20:B\n:25:1\n");
    assert_eq!(
        heard.faults(),
        [
            "fault line 5: the statement before this has no closing balance (:62F:)",
            "fault line 6: the file ends before the closing balance (:62F:)",
        ]
    );
    assert!(heard.summary().cut_off);
    let heard = mt940(":61:2601010101C5,NTRF\n:86:text\n");
    assert_eq!(
        heard.lines(),
        [
            "fault line 1: no account (:25:) is named before this",
            "account ",
            "movement 2026-01-01 5 “text” kind=NTRF booked=2026-01-01",
        ]
    );
    for (text, problem) in [
        ("", "line 1: there is no statement in this MT940 file"),
        (":86:text\n-\n", "line 2: there is no statement in this MT940 file"),
        ("1\n2\n3\n", "line 3: there is no statement in this MT940 file"),
    ] {
        assert_eq!(mt940(text).end.expect_err("nothing").to_string(), problem, "{text}");
    }
}

#[test]
fn a_line_that_a_program_broke_in_its_middle_is_put_together() {
    let heard = mt940(":61:1811261126CR\n30,00N062NONREF\n:\n86:166?00GUTSCHR.?20SVWZ+Test\n");
    let last = heard.lines().pop().expect("a movement");
    assert_eq!(last, "movement 2018-11-26 30.00 “GUTSCHR. Test” kind=N062 booked=2018-11-26");
}

#[test]
fn the_booking_day_is_of_the_year_that_is_nearest() {
    let heard = mt940(":61:2601020102C1,NTRF\n:61:2601011230C2,NTRF\n:61:2512310102C3,NTRF\n");
    let booked: Vec<_> = heard
        .lines()
        .iter()
        .filter_map(|line| line.split("booked=").nth(1).map(str::to_owned))
        .collect();
    assert_eq!(booked, ["2026-01-02", "2025-12-30", "2026-01-02"]);
}

#[test]
fn a_report_of_the_day_has_no_closing_balance() {
    let heard = mt940(concat!(
        ":20:X\n:25:1\n:28C:1\n:34F:EUR0,\n:13D:2601011200+0100\n",
        ":61:260101D1,00NTRFA\n:86:coffee\n:90D:1EUR1,00\n-\n",
    ));
    assert_eq!(
        heard.lines(),
        ["account 1", "movement 2026-01-01 -1.00 “coffee” kind=NTRF reference=A"]
    );
}

/// A statement of movements in cents, in two of the ways of writing one.
fn statement(opening: i64, cents: &[i64], envelope: bool) -> String {
    let mark = |cents: i64| if cents < 0 { 'D' } else { 'C' };
    let amount = |cents: i64| format!("{},{:02}", cents.abs() / 100, cents.abs() % 100);
    let movement = |(number, &cents): (usize, &i64)| {
        format!(
            ":61:2601020102{}{}NTRFNONREF//{number}\r\n\
             :86:105?00BASISLASTSCHRIFT?20EREF+1?21SVWZ+words\r\n",
            mark(cents),
            amount(cents)
        )
    };
    let movements = cents.iter().enumerate().map(movement).collect::<Vec<_>>().concat();
    let closing = opening + cents.iter().sum::<i64>();
    format!(
        "{}:20:X\r\n:25:1/2\r\n:60F:{}260101EUR{}\r\n{movements}:62F:{}260131EUR{}\r\n{}",
        if envelope { "{1:F01X}{2:O940X}{4:\r\n" } else { "" },
        mark(opening),
        amount(opening),
        mark(closing),
        amount(closing),
        if envelope { "-}{5:}\r\n" } else { "-\r\n" },
    )
}

proptest! {
    #[test]
    fn movements_add_up_to_what_the_balances_differ_by(
        opening in -1_000_000_i64..1_000_000,
        cents in prop::collection::vec(-1_000_000_i64..1_000_000, 0..40),
        envelope in any::<bool>(),
    ) {
        let heard = hear(statement(opening, &cents, envelope).as_bytes());
        prop_assert_eq!(heard.faults(), [] as [&str; 0]);
        let balance = |wanted| heard.all.iter().find_map(|said| match said {
            Said::Balance(Balance { kind, amount, .. }) if *kind == wanted => Some(amount.0),
            _ => None,
        }).expect("a balance");
        let sum: rust_decimal::Decimal = heard.movements().iter().map(|m| m.amount.0).sum();
        prop_assert_eq!(heard.movements().len(), cents.len());
        prop_assert_eq!(sum, balance(BalanceKind::Closing) - balance(BalanceKind::Opening));
    }
    #[test]
    fn any_lines_are_read_or_refused(
        lines in prop::collection::vec(
            prop_oneof![
                Just(":20:X".to_owned()), Just(":25:1/2 EUR".to_owned()), Just("-".to_owned()),
                Just(":60F:C260131EUR1,".to_owned()), Just(":62F:D260131EUR1,5".to_owned()),
                Just(":".to_owned()), Just(":NS:0126".to_owned()), Just("15é".to_owned()),
                ":61:[0-9]{0,10}[RE]?[CD]?[A-Z]?[0-9]{0,6},?[0-9]{0,2}[NFS]?.{0,30}",
                ":86:[0-9]{0,3}[?><][0-9]{0,2}.{0,40}",
                ":86:/(TRTP|NAME|REMI|CNTP|IBAN)/.{0,30}/(REMI|EREF)/.{0,10}",
                "[?0-9]{0,6}.{0,70}",
            ],
            0..30,
        ),
    ) {
        mt940(&lines.join("\n"));
    }
}

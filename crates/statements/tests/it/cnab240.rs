//! CNAB 240 as Brazil's banks write it.

use crate::heard::{Heard, hear, hear_with, text};
use proptest::prelude::*;
use statements::{Format, HEAD, Options, recognise};

fn cnab(text: &str) -> Heard {
    hear_with(text.as_bytes(), &Options { format: Some(Format::Cnab240), ..Options::default() })
}

/// A record: what stands in columns from 1, blanks elsewhere.
fn record(columns: &[(usize, &str)]) -> String {
    let mut line = vec![b' '; 240];
    for (from, text) in columns {
        line[from - 1..from - 1 + text.len()].copy_from_slice(text.as_bytes());
    }
    String::from_utf8(line).expect("ASCII")
}

fn header() -> String {
    record(&[(1, "23700000"), (143, "20102026"), (164, "032")])
}
fn lot(opening: &str) -> String {
    record(&[
        (1, "23700011E0440032"),
        (53, "01234"),
        (58, "5"),
        (59, "000000067890"),
        (71, "1"),
        (143, "31012026"),
        (151, opening),
        (171, "BRL"),
    ])
}
fn detail(day: &str, amount: &str) -> String {
    record(&[(1, "2370001300001E"), (143, day), (151, amount), (170, "209"), (177, "TED")])
}
fn trailer(closing: &str, lines: &str, debits: &str, credits: &str) -> String {
    record(&[
        (1, "23700015"),
        (143, "04022026"),
        (151, closing),
        (171, lines),
        (177, debits),
        (195, credits),
    ])
}
fn end(lines: &str) -> String {
    record(&[(1, "23799999"), (18, "000001"), (24, lines)])
}

const MOVEMENTS: [&str; 3] = [
    "movement 2026-02-02 1500.75 “TED RECEBIDA JOAO” kind=209-0976 booked=2026-02-02 \
     reference=000000000000123 with_account=104/01234/98765",
    "movement 2026-02-03 -19.90 “TARIFA PACOTE” kind=105-0310 reference=0000000000031",
    "movement 2026-02-04 19.90 “ESTORNO TARIFA” kind=204-0311 reversal",
];

#[test]
fn every_text_is_recognised_by_its_beginning() {
    for (name, bytes) in crate::heard::texts("cnab240") {
        assert_eq!(recognise(&bytes[..bytes.len().min(HEAD)]), Some(Format::Cnab240), "{name}");
    }
}

#[test]
fn dialects_differ_in_check_digits_encodings_and_line_ends_only() {
    for (file, account, opening, closing) in [
        ("banco-do-brasil-1252.txt", "567890-0 bank=001 branch=1234-9", "1000.00", "2500.75"),
        ("itau-trimmed.txt", "56789-0 bank=341 branch=1234", "-500.00", "1000.75"),
        ("no-line-ends.txt", "567890-0 bank=033 branch=1234-9", "1000.00", "2500.75"),
    ] {
        let heard = hear(&text(&format!("cnab240/{file}")));
        let mut lines = heard.lines();
        for line in &mut lines {
            *line = line.replace("JOÃO", "JOAO");
        }
        let account = format!("account {account} currency=BRL holder=PADARIA SAO JOSE LTDA");
        let opening = format!("balance opening {opening} date=2026-01-31 currency=BRL");
        let closing = format!("balance closing {closing} date=2026-02-04");
        let [one, two, three] = MOVEMENTS;
        assert_eq!(lines, [&*account, &opening, one, two, three, &closing], "{file}");
    }
}

#[test]
fn what_is_broken_is_said_with_its_place_and_the_rest_is_read() {
    let lines = [
        header(),
        detail("02022026", "000000000000000100C"),
        lot("00000000000X000100C"),
        detail("30022026", "000000000000000200D"),
        detail("        ", "000000000000000300C"),
        detail("05022026", "000000000000000400X"),
        record(&[(1, "2370001300001Y")]),
        record(&[(1, "2370001700001E")]),
        trailer("000000000000000100C", "000009", "000000000000000201", "000000000000000300"),
        record(&[(1, "23700021C2001")]),
        record(&[(1, "2370002300001A")]),
        record(&[(1, "23700025")]),
        end("000099"),
    ];
    assert_eq!(
        cnab(&lines.join("\r\n")).lines(),
        [
            "fault line 2: a movement without the header of its lot",
            "account  bank=237",
            "movement 2026-02-02 1.00 “TED” kind=209",
            "fault line 3: the lot before this has no trailer",
            "account 67890-1 bank=237 branch=1234-5 currency=BRL",
            "fault line 3, column 151: the balance is no amount with D or C",
            "fault line 4, column 143: this is no day (DDMMYYYY); it was left out",
            "fault line 4, column 143: the movement has no day",
            "movement ? -2.00 “TED” kind=209",
            "fault line 5, column 143: the movement has no day",
            "movement ? 3.00 “TED” kind=209",
            "fault line 6, column 151: the amount is none, or has no D or C; the movement was left \
             out",
            "fault line 7, column 14: only segment E is read; lines of other segments were left out",
            "fault line 8, column 8: there is no such kind of line; it was left out",
            "balance closing 1.00 date=2026-02-04",
            "fault line 9, column 171: the lot has another number of lines than this says; some may \
             be missing",
            "fault line 9, column 177: the debits of the lot have another sum than this says",
            "fault line 10, column 10: a lot that is no statement was left out",
            "fault line 13, column 24: the file has another number of lines than this says; some may \
             be missing",
        ]
    );
}

#[test]
fn a_file_of_another_service_is_refused_and_says_what_is_missing() {
    let lines = [header(), record(&[(1, "23700011C2001")]), record(&[(1, "23700015")]), end("")];
    let refused = cnab(&lines.join("\n")).end.expect_err("no statement");
    assert_eq!(
        refused.to_string(),
        "line 4: there is no statement (a lot of service 04 with lines of segment E) in this CNAB \
         240 file"
    );
}

proptest! {
    #[test]
    fn movements_add_up_to_what_the_balances_differ_by(
        opening in -1_000_000_i64..1_000_000,
        cents in prop::collection::vec(-1_000_000_i64..1_000_000, 0..20),
        ends in prop::sample::select(vec!["\r\n", "\n", "\r", ""]),
    ) {
        let signed = |cents: i64| format!("{:018}{}", cents.abs(), if cents < 0 { 'D' } else { 'C' });
        let closing = opening + cents.iter().sum::<i64>();
        let debits: i64 = cents.iter().filter(|cents| **cents < 0).sum();
        let credits: i64 = cents.iter().filter(|cents| **cents > 0).sum();
        let mut lines = vec![header(), lot(&signed(opening))];
        lines.extend(cents.iter().map(|&cents| detail("02022026", &signed(cents))));
        lines.push(trailer(
            &signed(closing),
            &format!("{:06}", cents.len() + 2),
            &format!("{:018}", -debits),
            &format!("{credits:018}"),
        ));
        lines.push(end(&format!("{:06}", cents.len() + 4)));
        let heard = hear(lines.join(ends).as_bytes());
        prop_assert_eq!(heard.faults(), [] as [&str; 0]);
        let balances: Vec<_> = heard.all.iter().filter_map(|said| match said {
            statements::Said::Balance(balance) => Some(balance.amount.0),
            _ => None,
        }).collect();
        let sum: rust_decimal::Decimal = heard.movements().iter().map(|m| m.amount.0).sum();
        prop_assert_eq!(heard.movements().len(), cents.len());
        prop_assert_eq!(sum, balances[1] - balances[0]);
    }
    #[test]
    fn any_records_are_read_or_refused(
        lines in prop::collection::vec("[0-9]{7}[0-59][0-9]{5}[EY ][0-9CDé ]{0,240}", 0..20),
    ) {
        cnab(&lines.join("\n"));
    }
}

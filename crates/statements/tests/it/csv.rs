//! CSV as the banks of Brazil, Mexico, Colombia and the United States export it.

use crate::heard::{Heard, hear, hear_with, text, texts};
use proptest::prelude::*;
use statements::{
    DayOrder, Format, HEAD, Mapping, Options,
    csv::{Column, DecimalSign, Doubt, Sign},
    recognise,
};

fn guess(file: &str) -> statements::csv::Guess {
    let bytes = text(&format!("csv/{file}"));
    Mapping::guess(&bytes).unwrap_or_else(|| panic!("{file}: nothing was guessed"))
}

fn with(mapping: &str, file: &str) -> Heard {
    let mapping = serde_json::from_str(mapping).expect("a mapping");
    hear_with(
        file.as_bytes(),
        &Options { mapping: Some(mapping), format: Some(Format::Csv), ..Options::default() },
    )
}

#[test]
fn every_text_is_recognised_by_its_beginning() {
    for (name, bytes) in texts("csv") {
        assert_eq!(recognise(&bytes[..bytes.len().min(HEAD)]), Some(Format::Csv), "{name}");
    }
    for other in
        ["", "a;b;c\n1;2;3\n", "Name,Mail\nAna,ana@example.com\n", "<html><td>1</td></html>"]
    {
        assert_eq!(recognise(other.as_bytes()), None, "{other}");
    }
}

#[test]
fn exports_of_brazil_are_read_without_a_mapping() {
    assert_eq!(
        hear(&text("csv/nubank.csv")).lines(),
        [
            "account ",
            "movement 2026-01-05 -1234.50 “Transferência enviada pelo Pix - João da Silva” \
             id=6958f0a1-0000-4000-8000-000000000001",
            "movement 2026-01-13 2000.00 “Transferência recebida, \"Padaria\" São José” \
             id=6958f0a1-0000-4000-8000-000000000002",
        ]
    );
    assert_eq!(
        hear(&text("csv/bradesco-1252.csv")).lines(),
        [
            "account ",
            "balance opening 1000.00 date=2026-01-01",
            "movement 2026-01-05 -1234.50 “PIX ENVIADO João” reference=0012345 then=-234.50",
            "movement 2026-01-06 2000.00 “SALÁRIO” reference=881 then=1765.50",
            "fault line 7: the row has a debit and a credit; their difference was taken",
            "fault line 7: the row has an amount and no day; it is no movement and was left out",
        ]
    );
    assert_eq!(
        hear(&text("csv/inter.csv")).lines(),
        [
            "account ",
            "movement 2026-01-05 -1234.50 “Pix enviado João da Silva” then=-234.50",
            "movement 2026-01-06 2000.00 “Crédito Empresa X” then=1765.50",
        ]
    );
    // The balance stands in the column of amounts, and is none.
    assert_eq!(
        hear(&text("csv/banco-do-brasil-1252.csv")).lines(),
        [
            "account ",
            "balance opening 1000.00 date=2025-12-30",
            "movement 2026-01-05 -1234.50 “Pix - Enviado” reference=10501",
        ]
    );
}

#[test]
fn which_way_money_went_may_be_a_word_a_column_or_a_sign() {
    assert_eq!(
        hear(&text("csv/marks.csv")).lines(),
        [
            "account ",
            "movement 2026-01-05 -1234.50 “Compra”",
            "movement 2026-01-06 2000.00 “Depósito”",
            "fault line 4: which way the amount went is not said; the row was left out",
            "fault line 4: the row has no amount and was left out",
        ]
    );
    assert_eq!(
        hear(&text("csv/bbva-mx.csv")).lines(),
        [
            "account ",
            "movement 2026-01-05 -1234.50 “SPEI ENVIADO BANORTE” then=8765.50",
            "movement 2026-01-06 2000.00 “PAGO DE NOMINA” then=10765.50",
        ]
    );
    assert_eq!(
        hear(&text("csv/santander-mx.csv")).lines(),
        [
            "account 65501234567",
            "movement 2026-01-05 -1234.50 “CARGO TRANSF SPEI RENTA” reference=0012345 then=8765.50",
            "movement 2026-01-06 2000.00 “ABONO NOMINA ENERO” reference=0012346 then=10765.50",
        ]
    );
}

#[test]
fn days_are_read_with_names_of_months_and_in_every_order() {
    assert_eq!(
        hear(&text("csv/named-months.csv")).lines(),
        [
            "account ",
            "movement 2026-01-05 -500.00 “RETIRO CAJERO” then=1500.00",
            "movement 2026-02-01 100.00 “DEPOSITO” then=1600.00",
        ]
    );
    assert_eq!(
        hear(&text("csv/bancolombia.csv")).lines(),
        [
            "account ",
            "movement 2026-01-05 -45000 “COMPRA EN TIENDA” then=955000",
            "movement 2026-01-06 2500000.00 “PAGO DE NOMINA” then=3455000.00",
        ]
    );
    assert_eq!(
        hear(&text("csv/bofa.csv")).lines(),
        [
            "account ",
            "balance opening 1000.00 date=2026-01-01",
            "movement 2026-01-05 -4.50 “COFFEE SHOP” then=995.50",
            "movement 2026-01-13 2000.00 “PAYROLL” then=2995.50",
        ]
    );
    assert_eq!(
        hear(&text("csv/utf16.csv")).facts(),
        ["account ", "movement 2026-01-31 -5.00 “Pão”", "movement 2026-01-30 7.00 “João”"]
    );
}

#[test]
fn a_guess_says_what_it_proposes_and_how_sure_it_is() {
    let sure = guess("bradesco-1252.csv");
    assert_eq!((sure.doubts.as_slice(), sure.mapping.days), (&[][..], DayOrder::DayFirst));
    assert!(sure.sure >= 60, "{}", sure.sure);
    assert_eq!(
        serde_json::to_value(&sure.mapping).expect("JSON"),
        serde_json::json!({
            "delimiter": ";", "skip": 0, "header": true, "days": "day_first", "decimal": ",",
            "sign": "as_written",
            "columns": {
                "date": "Data", "description": ["Histórico"], "debit": "Débito (R$)",
                "credit": "Crédito (R$)", "balance": "Saldo (R$)", "reference": "Docto."
            }
        })
    );
    let chase = guess("chase.csv");
    assert_eq!(
        (chase.mapping.days, chase.mapping.decimal),
        (DayOrder::MonthFirst, DecimalSign::Point)
    );
    assert_eq!(chase.mapping.columns.direction, Some(Column::from("Details")));
    assert_eq!(guess("excel.csv").mapping.skip, 1);
}

#[test]
fn what_a_guess_cannot_decide_it_says() {
    let undecided = guess("undecided.csv");
    assert_eq!(undecided.doubts, [Doubt::DayOrder]);
    assert_eq!(
        hear(&text("csv/undecided.csv")).faults(),
        [
            "fault line 1: there is no mapping for this file, and whether the day or the month comes \
             first does not show"
        ]
    );
    // Who knows it says so, and nothing is left open.
    let options = Options { day_order: Some(DayOrder::DayFirst), ..Options::default() };
    assert_eq!(
        hear_with(&text("csv/undecided.csv"), &options).lines(),
        ["account ", "movement 2026-02-01 -4.50 “Coffee”", "movement 2026-04-03 -10.00 “Book”",]
    );
    assert_eq!(guess("card.csv").doubts, [Doubt::Sign]);
    let headerless = guess("headerless.csv");
    assert_eq!(headerless.doubts, [Doubt::Columns]);
    assert!(headerless.sure < guess("chase.csv").sure);
    assert_eq!(headerless.mapping.columns.date, Column::Number(1));
    assert_eq!(
        hear(&text("csv/headerless.csv")).facts(),
        [
            "account ",
            "movement 2026-01-25 -12.50 “GROCERY STORE”",
            "movement 2026-01-26 2000.00 “PAYROLL”",
        ]
    );
    let thousands =
        Mapping::guess(b"Fecha;Detalle;Importe\n31/01/2026;x;-1.234\n30/01/2026;y;2.000\n");
    assert_eq!(thousands.expect("a guess").doubts, [Doubt::DecimalSign]);
    assert_eq!(Mapping::guess(b"Name;Mail\nAna;ana@example.com\n"), None);
}

#[test]
fn a_saved_mapping_is_followed_to_the_letter() {
    let heard = with(
        r#"{"delimiter": "|", "encoding": "iso-8859-1", "skip": 1, "header": false,
            "columns": {"date": 2, "value_date": 3, "description": [5, 4], "amount": 6, "id": 1,
                        "currency": 7, "account": 8, "balance": 9, "kind": 10, "counterparty": 11,
                        "counterparty_account": 12, "reference": 13},
            "days": "day_first", "decimal": ",", "sign": "turned", "bank": "0341"}"#,
        "ignored|\n7|05/01/26|06/01/26|b|a|1.234,50|BRL|A-1|10,00|PIX|Ana|B-2|R\n\
         8|05/01/26||||-1,00|BRL|A-1||||\n9|05/01/26||||-2,00||A-2||||\n",
    );
    assert_eq!(
        heard.lines(),
        [
            "account A-1 bank=0341",
            "movement 2026-01-06 -1234.50 “a b” id=7 kind=PIX booked=2026-01-05 currency=BRL \
             reference=R with=Ana with_account=B-2 then=10.00",
            "movement 2026-01-05 1.00 “” id=8 currency=BRL",
            "account A-2 bank=0341",
            "movement 2026-01-05 2.00 “” id=9",
        ]
    );
    let fixed = with(
        r#"{"columns": {"date": "DATE", "amount": "amount", "description": ["memo"]},
            "days": "year_first", "account": "12-3", "currency": "USD"}"#,
        "Report of January\n\nDate,Memo,Amount (USD),Amount\n2026-01-05T09:30:00-03:00,x,1,-2.5\n",
    );
    assert_eq!(
        fixed.lines(),
        ["account 12-3 currency=USD", "movement 2026-01-05 -2.5 “x” at=2026-01-05T12:30:00Z",]
    );
}

#[test]
fn a_mapping_that_cannot_be_says_why() {
    for (mapping, problem) in [
        (r#""columns": {"date": 1}"#, "columns must name an amount, or a debit and a credit"),
        (
            r#""columns": {"date": 1, "debit": 2}"#,
            "columns must name an amount, or a debit and a credit",
        ),
        (r#""columns": {"date": 0, "amount": 1}"#, "columns count from 1"),
        (
            r#""columns": {"date": "x", "amount": 1}, "header": false"#,
            "without a header columns can only be named by their number",
        ),
        (
            r#""columns": {"date": 1, "amount": 2}, "delimiter": "é""#,
            "delimiter must be one sign of ASCII, and no letter, digit or quote",
        ),
    ] {
        let heard = with(&format!("{{{mapping}, \"days\": \"day_first\"}}"), "05/01/2026,1\n");
        let said = heard.end.expect_err(mapping).to_string();
        assert_eq!(said, format!("line 1: the mapping cannot be used: {problem}"));
    }
    assert!(serde_json::from_str::<Mapping>(r#"{"columns": {"date": 1, "colour": 2}}"#).is_err());
    let other = with(
        r#"{"columns": {"date": "Data", "amount": "Valor"}, "days": "day_first"}"#,
        "x\nData;Valor\n05/01/2026;1\n",
    );
    assert_eq!(
        other.end.expect_err("another delimiter").to_string(),
        "line 1: no row names all columns of the mapping; here these are missing: date, amount"
    );
}

#[test]
fn what_is_broken_is_said_with_its_place_and_the_rest_is_read() {
    let mapping =
        r#"{"columns": {"date": "d", "amount": "a", "description": ["t"]}, "days": "day_first"}"#;
    let heard = with(
        mapping,
        "d,a,t\n31/02/2026,1.00,x\n05/01/2026,1.2.3,y\n05/01/2026,,z\n\n05/01/2026,2.00,\"open\n\
         06/01/2026,3.00,\"two\nlines\"\n07/01/2026,4.00\nTotal,9.00,\n08/01/2026,5.0",
    );
    assert_eq!(
        heard.lines(),
        [
            "account ",
            "fault line 2: the day is none that there is; the movement has no day",
            "movement ? 1.00 “x”",
            "fault line 3: the amount is no amount and was left out",
            "fault line 3: the row has no amount and was left out",
            "fault line 4: the row has no amount and was left out",
            // What has all columns is a row, whatever quote is open above it.
            "fault line 6: a quote is opened and not closed; it was taken for text",
            "movement 2026-01-05 2.00 “\"open”",
            "movement 2026-01-06 3.00 “two lines”",
            "movement 2026-01-07 4.00 “”",
            "fault line 10: the row has an amount and no day; it is no movement and was left out",
            "fault line 11: the file ends inside this row, which was left out",
        ]
    );
    assert!(heard.summary().cut_off);
    let heard = with(mapping, "d,a,t\n05/01/2026,2.00,\"open\n06/01/2026,3.00,x\n");
    assert_eq!(
        heard.lines(),
        [
            "fault line 2: a quote is opened and not closed; it was taken for text",
            "account ",
            "movement 2026-01-05 2.00 “\"open”",
            "movement 2026-01-06 3.00 “x”",
        ]
    );
}

#[test]
fn an_empty_statement_is_one_if_its_header_shows_it() {
    let heard = hear(b"Data;Descri\xe7\xe3o;Valor\n");
    assert_eq!(heard.lines(), ["account "]);
    let refused = hear_with(b"a,b\n", &Options { format: Some(Format::Csv), ..Options::default() });
    assert_eq!(
        refused.end.expect_err("no columns").to_string(),
        "line 1: which columns hold the day and the amount does not show; a mapping must say"
    );
}

#[test]
fn a_mapping_survives_being_saved() {
    for (name, bytes) in texts("csv") {
        let mapping = Mapping::guess(&bytes).expect("a guess").mapping;
        let saved = serde_json::to_string(&mapping).expect("JSON");
        let again: Mapping = serde_json::from_str(&saved).expect("a mapping");
        assert_eq!((&again, again.sign), (&mapping, Sign::AsWritten), "{name}");
        let options = Options { mapping: Some(again), ..Options::default() };
        assert_eq!(hear_with(&bytes, &options).facts(), hear(&bytes).facts(), "{name}");
    }
}

/// A file of movements in one of the ways of writing one.
fn file(cents: &[i64], comma: bool, two: bool) -> String {
    let sep = if comma { ';' } else { ',' };
    let amount = |cents: i64| {
        let point = if comma { ',' } else { '.' };
        let sign = if cents < 0 && !two { "-" } else { "" };
        format!("{sign}{}{point}{:02}", cents.abs() / 100, cents.abs() % 100)
    };
    let head = if two {
        ["Fecha", "Concepto", "Cargo", "Abono"].as_slice()
    } else {
        &["Data", "Histórico", "Valor"]
    };
    let row = |(number, &cents): (usize, &i64)| {
        let (debit, credit) = match (two, cents < 0) {
            (false, _) => (amount(cents), None),
            (true, true) => (amount(cents), Some(String::new())),
            (true, false) => (String::new(), Some(amount(cents))),
        };
        let day = number % 28 + 1;
        let credit = credit.map(|credit| format!("{sep}{credit}")).unwrap_or_default();
        format!("{day:02}/01/2026{sep}movement {number}{sep}{debit}{credit}\n")
    };
    let rows = cents.iter().enumerate().map(row).collect::<Vec<_>>().concat();
    format!("{}\n{rows}", head.join(&sep.to_string()))
}

proptest! {
    #[test]
    fn what_was_written_is_read_without_a_mapping(
        cents in prop::collection::vec((1_i64..1_000_000).prop_map(|c| if c % 3 == 0 { -c } else { c }), 1..60),
        comma in any::<bool>(),
        two in any::<bool>(),
    ) {
        let heard = hear(file(&cents, comma, two).as_bytes());
        let amounts: Vec<_> = heard.movements().iter().map(|m| m.amount).collect();
        let written: Vec<_> = cents.iter().map(|&c| domain::money::Amount::cents(c)).collect();
        prop_assert_eq!(amounts, written);
        prop_assert!(heard.movements().iter().all(|m| m.value_date.is_some_and(|d| d.month() == 1)));
    }
    #[test]
    fn a_file_that_is_cut_anywhere_never_says_another_amount(
        cents in prop::collection::vec(-1_000_000_i64..0, 2..8),
        two in any::<bool>(),
        at in any::<prop::sample::Index>(),
    ) {
        let whole = file(&cents, false, two);
        let options = Options {
            mapping: Mapping::guess(whole.as_bytes()).map(|guess| guess.mapping),
            format: Some(Format::Csv),
            ..Options::default()
        };
        let first = whole.match_indices('\n').nth(1).expect("rows").0 + 1;
        let end = first + at.index(whole.len() - first);
        let heard = hear_with(&whole.as_bytes()[..end], &options);
        for (movement, cents) in heard.movements().iter().zip(&cents) {
            prop_assert_eq!(movement.amount, domain::money::Amount::cents(*cents));
        }
    }
    #[test]
    fn any_rows_are_read_or_refused(
        rows in prop::collection::vec("(Data|Valor|05/01/2026|1,50|-2.5|Saldo|\"|é|;|,|\t| |D|ene|2026){0,8}", 0..30),
    ) {
        let text = rows.join("\n");
        hear_with(text.as_bytes(), &Options { format: Some(Format::Csv), ..Options::default() });
        if let Some(guess) = Mapping::guess(text.as_bytes()) {
            prop_assert!(guess.sure <= 100);
            prop_assert!(guess.mapping.check().is_ok());
        }
    }
}

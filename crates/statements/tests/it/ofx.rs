//! OFX, QFX and OFC as banks write them.

use crate::heard::{hear, text};
use statements::{Format, HEAD, Said, Stop, read, recognise};

/// What the statement of January says, whichever way its file is encoded and laid out.
const JANUARY: &[&str] = &[
    "account 1234567890 bank=0341 kind=checking currency=BRL name=Banco Ipê",
    "period 2026-01-01 2026-01-31",
    "movement 2026-01-05 -1234.50 “PIX ENVIADO JOÃO” id=20260105001 kind=DEBIT",
    "movement 2026-01-06 2000.00 “SALÁRIO” id=20260105001 kind=CREDIT at=2026-01-06T17:30:00Z \
     reference=881",
    "balance closing 765.50 date=2026-01-31",
];

#[test]
fn one_statement_says_the_same_in_every_encoding_and_layout() {
    for file in [
        "half-closed-1252.ofx",
        "says-1252-is-utf8.ofx",
        "says-utf8-is-1252.ofx",
        "utf8-without-charset.ofx",
        "bom-and-blank-line.ofx",
        "utf16.ofx",
        "utf16-without-mark.ofx",
        "one-line.ofx",
    ] {
        let heard = hear(&text(&format!("ofx/{file}")));
        assert_eq!(heard.facts(), JANUARY, "{file}");
        let faults = heard.faults();
        assert_eq!(faults.len(), 1, "{file}: {faults:?}");
        assert!(faults[0].ends_with("the balance has no decimal point and was read as cents"));
        assert!(!heard.summary().cut_off, "{file}");
    }
}

#[test]
fn every_text_is_recognised_by_its_beginning() {
    for (name, bytes) in crate::heard::texts("ofx") {
        assert_eq!(recognise(&bytes[..bytes.len().min(HEAD)]), Some(Format::Ofx), "{name}");
    }
    for other in [&b""[..], b"\0\0\0\0", b"%PDF-1.7", b"<html><body>Not found</body></html>"] {
        assert_eq!(recognise(other), None);
        let problem = hear(other).end.expect_err("nothing can be made of it").to_string();
        assert!(problem.starts_with("line 1: "), "{problem}");
    }
}

#[test]
fn a_card_needs_no_balance_and_an_amount_of_blanks_and_a_dot_is_none() {
    let heard = hear(&text("ofx/card-without-balance.ofx"));
    assert_eq!(
        heard.lines(),
        [
            "account a1b2c3d4-0000 kind=card currency=BRL name=NU PAGAMENTOS S.A.",
            "period 2026-01-01 2026-01-31",
            "movement 2026-01-10 -49.90 “Padaria & Café - Parcela 1/3” id=5f-1 kind=DEBIT",
            "fault line 16, column 1: the movement has no amount and was left out",
            "movement 2026-01-12 49.90 “Estorno” id=5f-1 kind=CREDIT",
        ]
    );
}

#[test]
fn a_file_of_several_accounts_says_each_with_what_is_its_own() {
    let heard = hear(&text("ofx/two-accounts.ofx"));
    assert_eq!(
        heard.lines(),
        [
            "account 0123456789 bank=012 branch=180 kind=checking currency=MXN",
            "period 2026-01-01 2026-01-31",
            "movement 2026-01-15 -1500.00 “PAGO CUENTA DE TERCERO <Niño> & Cía.” id=A-1 kind=XFER \
             at=2026-01-15T16:15:00Z reference=SPEI 991 with_account=002180700000000011",
            "movement 2026-01-31 -20.00 “OXXO” kind=DEBIT pending",
            "balance closing 8500.00 date=2026-01-31",
            "balance available 8480.00 date=2026-01-31",
            "account 0987 bank=012 kind=savings currency=USD",
            "period 2026-01-01 2026-01-31",
            "movement 2026-01-31 10.5 “INTEREST” id=B-1 kind=INT currency=EUR",
            // Its movements leave zeros out, so that a balance without a point proves nothing.
            "balance closing 1500 date=2026-01-31",
            "fault line 25, column 119: the bank refused what was asked for (code 2003)",
        ]
    );
}

#[test]
fn of_securities_only_the_money_is_said() {
    let heard = hear(&text("ofx/investment.qfx"));
    assert_eq!(
        heard.lines(),
        [
            "account INV-7 bank=broker.example kind=investment currency=USD name=Broker",
            "period 2026-01-01 2026-01-31",
            "movement 2026-01-10 -31.00 “Bought 3 ACME” id=I1 kind=BUYSTOCK",
            "movement 2026-01-20 2.50 “Dividend” id=I2 kind=DIV",
            "movement 2026-01-25 100.00 “Deposit” id=I4 kind=DEP",
            "balance available 71.50 date=2026-01-31",
        ]
    );
}

#[test]
fn ofc_is_read_as_well() {
    let heard = hear(&text("ofx/old.ofc"));
    assert_eq!(
        heard.lines(),
        [
            "account 55555-X bank=001 kind=checking",
            "period 2026-01-01 2026-01-31",
            "movement 2026-01-02 -1500.00 “ALUGUEL JOÃO” id=0001 kind=1 reference=000123",
            "movement 2026-01-03 200.00 “DEPÓSITO” kind=0",
            "balance closing 1000.50 date=2026-01-31",
        ]
    );
}

#[test]
fn what_is_broken_is_said_with_its_place_and_the_rest_is_read() {
    let heard = hear(&text("ofx/broken.ofx"));
    assert_eq!(
        heard.lines(),
        [
            "fault line 14, column 24: DTPOSTED is not a day",
            "fault line 14, column 1: the movement has no day",
            "fault line 15, column 1: the statement names no account (ACCTID)",
            "account  currency=USD",
            "movement ? -1.00 “No such day” id=1 kind=DEBIT",
            "fault line 15, column 42: TRNAMT is not a number",
            "fault line 15, column 1: the movement has no amount and was left out",
            "fault line 16, column 1: the movement has no day of booking; another of its days was \
             taken",
            "movement 2026-02-03 -3.00 “a < b & c &unknown;” id=3 kind=DEBIT",
            "movement 2026-02-04 -4.00 “Fine” id=4 kind=DEBIT",
            "fault line 18, column 25: DTASOF is not a day",
            "fault line 18, column 1: the balance has no amount and was left out",
            "fault line 19, column 24: the file breaks off inside a movement, which was left out",
        ]
    );
    assert!(heard.summary().cut_off);
}

#[test]
fn a_balance_without_a_point_is_cents_only_where_the_other_amounts_prove_it() {
    let balance = |amount: &str, text: &str| {
        let file = format!(
            "<OFX><STMTRS><BANKACCTFROM><ACCTID>1</BANKACCTFROM><BANKTRANLIST><STMTTRN>\
             <DTPOSTED>20260101<TRNAMT>{amount}</STMTTRN></BANKTRANLIST>\
             <LEDGERBAL><BALAMT>{text}</LEDGERBAL></STMTRS></OFX>"
        );
        hear(file.as_bytes()).facts().pop().expect("a balance")
    };
    assert_eq!(balance("10.50", "123456"), "balance closing 1234.56");
    assert_eq!(balance("10.55", "123456"), "balance closing 123456");
    assert_eq!(balance("10.5", "123456"), "balance closing 123456");
    assert_eq!(balance("10.50", "1234.5"), "balance closing 1234.5");
    assert_eq!(balance("10.50", "000"), "balance closing 000".replace("000", "0"));
}

#[test]
fn a_listener_that_has_heard_enough_ends_the_reading() {
    let mut heard = 0;
    let bytes = text("ofx/two-accounts.ofx");
    let summary = read(&bytes[..], &statements::Options::default(), &mut |said: Said| {
        heard += 1;
        if matches!(said, Said::Movement(_)) { Err(Stop) } else { Ok(()) }
    })
    .expect("readable");
    assert!(summary.stopped);
    assert_eq!((heard, summary.movements), (3, 1));
}

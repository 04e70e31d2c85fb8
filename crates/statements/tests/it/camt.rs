//! CAMT.052 and CAMT.053 as banks write them.

use crate::heard::{Heard, hear, hear_with, text};
use proptest::prelude::*;
use statements::{Balance, BalanceKind, Format, HEAD, Options, Said, recognise};

fn camt(text: &str) -> Heard {
    hear_with(text.as_bytes(), &Options { format: Some(Format::Camt), ..Options::default() })
}

/// A statement of these elements.
fn statement(inner: &str) -> String {
    format!(
        "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.02\"><BkToCstmrStmt><Stmt>\
         <Acct><Id><IBAN>DE89370400440532013000</IBAN></Id></Acct>{inner}\
         </Stmt></BkToCstmrStmt></Document>"
    )
}

fn balance(code: &str, amount: &str) -> String {
    format!(
        "<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy=\"EUR\">{amount}</Amt>\
         <CdtDbtInd>CRDT</CdtDbtInd></Bal>"
    )
}

#[test]
fn every_text_is_recognised_by_its_beginning() {
    for (name, bytes) in crate::heard::texts("camt") {
        assert_eq!(recognise(&bytes[..bytes.len().min(HEAD)]), Some(Format::Camt), "{name}");
    }
}

#[test]
fn old_and_new_versions_say_the_same_whatever_their_encoding_and_prefix() {
    for file in ["camt053.v2-says-utf8-is-1252.xml", "camt053.v8-prefixed.xml"] {
        let heard = hear(&text(&format!("camt/{file}")));
        assert_eq!(
            heard.lines(),
            [
                "account DE89370400440532013000 bank=COBADEFFXXX kind=checking currency=EUR \
                 holder=Müller & Söhne name=Giro",
                // Midnight is the end of the day before.
                "period 2026-01-30 2026-01-31",
                "balance opening 100.00 date=2026-01-29 currency=EUR",
                "balance closing 152.50 date=2026-01-31 currency=EUR",
                "balance available 152.50 date=2026-01-31 currency=EUR",
                "movement 2026-02-01 60.00 “Miete Februar Wohnung 3” id=2026013000017 \
                 kind=PMNT-RCDT-ESCT booked=2026-01-30 currency=EUR with=Anna Beispiel \
                 with_account=DE02120300000000202051",
                // Two payments, one line in the bank's books: what they do not share is not said.
                "movement 2026-01-31 -12.50 “first second SEPA payments” kind=544 \
                 booked=2026-01-31 at=2026-01-31T12:15:00Z currency=EUR reference=B-77",
                // What was paid to the shop comes back.
                "movement 2026-01-31 5.00 “RF18539007547034” id=R-9 booked=2026-01-31 \
                 currency=EUR reference=RF18539007547034 with=Shop reversal",
                "movement 2026-02-02 -7.77 “Card, not yet booked” currency=EUR pending",
            ],
            "{file}"
        );
    }
}

#[test]
fn a_report_of_the_day_is_read_like_a_statement() {
    let heard = hear(&text("camt/camt052.v6.xml"));
    assert_eq!(
        heard.lines(),
        [
            "account 0532013000 currency=EUR",
            "balance closing -1.00 date=2026-02-01 currency=EUR",
            "balance available 9.00 date=2026-02-01 currency=EUR",
            "movement 2026-02-01 -2.00 “Coffee” id=77 booked=2026-02-01 currency=EUR",
        ]
    );
}

#[test]
fn interim_balances_are_the_ends_of_pages() {
    for (codes, said) in [
        (&["OPBD", "CLBD"][..], &["opening 0", "closing 1"][..]),
        (&["PRCD", "OPBD", "CLBD"], &["opening 1", "closing 2"]),
        (&["PRCD", "CLBD"], &["opening 0", "closing 1"]),
        (&["OPBD", "ITBD"], &["opening 0", "closing 1"]),
        (&["ITBD", "ITBD"], &["opening 0", "closing 1"]),
        (&["ITBD", "CLBD"], &["opening 0", "closing 1"]),
        (&["OPBD", "ITBD", "CLBD"], &["opening 0", "closing 2"]),
        (&["ITBD"], &["closing 0"]),
        (&["CLAV", "ITAV", "FWAV", "INFO", "XPCD", "OPAV"], &["available 0"]),
        (&["ITAV"], &["available 0"]),
        (&["own"], &[]),
    ] {
        let balances: String =
            codes.iter().enumerate().map(|(n, code)| balance(code, &n.to_string())).collect();
        let heard = camt(&statement(&balances));
        let lines: Vec<_> = heard
            .lines()
            .iter()
            .filter_map(|line| line.strip_prefix("balance ")?.strip_suffix(" currency=EUR"))
            .map(str::to_owned)
            .collect();
        assert_eq!(lines, said, "{codes:?}");
    }
}

#[test]
fn what_is_broken_is_said_with_its_place_and_the_rest_is_read() {
    let heard = camt(&statement(concat!(
        "\n<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt>1</Amt></Bal>",
        "\n<Ntry><Amt Ccy=\"EUR\">1.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><ValDt><Dt>2026-02-30</Dt></ValDt></Ntry>",
        "\n<Ntry><Amt>x</Amt><CdtDbtInd>DBIT</CdtDbtInd></Ntry>",
        "\n<Ntry><Amt>2</Amt><CdtDbtInd>?</CdtDbtInd></Ntry>",
        "\n<Ntry><Amt>-3</Amt><CdtDbtInd>DBIT</CdtDbtInd><ValDt><Dt>2026-02-03</Dt></ValDt><NtryRef>7</Ntry>",
        "\n<Ntry><Amt>4</Amt><CdtDbtInd>CRDT</CdtDbtInd><ValDt><Dt>2026-02-04</Dt></ValDt></Nm>",
        "\n<Ntry><Amt>5</Amt><CdtDbtInd>CRDT</CdtDbtInd><ValDt><Dt>2026-02-05</Dt></ValDt>",
    )));
    assert_eq!(
        heard.lines(),
        [
            "fault line 2, column 1: a balance without Amt or CdtDbtInd was left out",
            "account DE89370400440532013000",
            "fault line 3, column 80: ValDt is no day",
            "fault line 3, column 1: the entry has neither ValDt nor BookgDt; it is of no day",
            "movement ? -1.00 “” currency=EUR",
            "fault line 4, column 13: Amt is no amount",
            "fault line 4, column 1: an entry without Amt or CdtDbtInd was left out",
            "fault line 5, column 31: CdtDbtInd is neither CRDT nor DBIT",
            "fault line 5, column 1: an entry without Amt or CdtDbtInd was left out",
            "fault line 6, column 14: Amt has a sign of its own; CdtDbtInd alone was heeded",
            "fault line 6, column 91: NtryRef is not closed; it ends with what is around it",
            "movement 2026-02-03 -3 “” id=7",
            "fault line 7, column 80: a closing tag that nothing has opened; it was passed over",
            "fault line 8, column 1: <Ntry> is not closed before the next one",
            "movement 2026-02-04 4 “”",
            "fault line 8, column 80: Ntry is not closed; it ends with what is around it",
            "movement 2026-02-05 5 “”",
        ]
    );
}

#[test]
fn nothing_is_expanded_and_nothing_fetched() {
    let entity = |n: u8| format!("<!ENTITY e{n} \"&e{};&e{};\">", n - 1, n - 1);
    let bomb = (1..20).map(entity).collect::<Vec<_>>().concat();
    let file = format!(
        "<?xml version=\"1.0\"?><!DOCTYPE d [<!ENTITY e0 SYSTEM \"file:///etc/passwd\">{bomb}]>{}",
        statement(
            "<Ntry><Amt Ccy=\"EUR\">1.00</Amt><CdtDbtInd>DBIT</CdtDbtInd>\
             <ValDt><Dt>2026-02-01</Dt></ValDt><AddtlNtryInf>&e19; &amp; &#65;</AddtlNtryInf></Ntry>"
        )
    );
    let heard = camt(&file);
    assert_eq!(
        heard.facts(),
        ["account DE89370400440532013000", "movement 2026-02-01 -1.00 “&e19; & A” currency=EUR",]
    );
}

#[test]
fn elements_that_stand_too_deep_are_left_out_and_the_file_goes_on() {
    let deep = format!("{}{}", "<x>".repeat(5000), "</x>".repeat(5000));
    let heard = camt(&statement(&format!("{deep}{}", balance("CLBD", "1"))));
    assert_eq!(
        heard.lines(),
        [
            "fault line 1, column 327: elements stand too deep in one another; they are left out",
            "account DE89370400440532013000",
            "balance closing 1 currency=EUR",
        ]
    );
}

#[test]
fn a_file_without_a_statement_says_where_one_would_be() {
    for (file, problem) in [
        (
            "<Document><BkToCstmrStmt><GrpHdr/>\n</BkToCstmrStmt></Document>",
            "line 2, column 1: there is no statement (<Stmt>) in this CAMT file",
        ),
        ("<Document>\n", "line 2, column 1: there is no statement (<Stmt>) in this CAMT file"),
    ] {
        assert_eq!(camt(file).end.expect_err("nothing").to_string(), problem);
    }
}

proptest! {
    #[test]
    fn movements_add_up_to_what_the_balances_differ_by(
        opening in 0_i64..1_000_000,
        cents in prop::collection::vec(-1_000_000_i64..1_000_000, 0..20),
    ) {
        let amount = |cents: i64| format!("{}.{:02}", cents.abs() / 100, cents.abs() % 100);
        let sign = |cents: i64| if cents < 0 { "DBIT" } else { "CRDT" };
        let stated = |code: &str, cents: i64| balance(code, &amount(cents))
            .replace("CRDT", sign(cents));
        let closing = opening + cents.iter().sum::<i64>();
        let entry = |&cents: &i64| format!(
            "<Ntry><Amt Ccy=\"EUR\">{}</Amt><CdtDbtInd>{}</CdtDbtInd><Sts>BOOK</Sts>\
             <ValDt><Dt>2026-01-02</Dt></ValDt></Ntry>", amount(cents), sign(cents)
        );
        let entries = cents.iter().map(entry).collect::<Vec<_>>().concat();
        let inner = stated("OPBD", opening) + &stated("CLBD", closing) + &entries;
        let heard = hear(statement(&inner).as_bytes());
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
    fn any_elements_are_read_or_refused(
        pieces in prop::collection::vec(
            prop_oneof![
                prop::sample::select(vec![
                    "<Stmt>", "</Stmt>", "<Rpt>", "<Acct>", "</Acct>", "<Id>", "<IBAN>", "</IBAN>",
                    "<Bal>", "</Bal>", "<Tp>", "<Cd>", "OPBD", "</Cd>", "<Amt Ccy=\"EUR\">", "</Amt>",
                    "1.5", "<CdtDbtInd>", "DBIT", "</CdtDbtInd>", "<Ntry>", "</Ntry>", "<NtryDtls>",
                    "<TxDtls>", "</TxDtls>", "<RltdPties>", "<Dbtr>", "<Nm>", "é", "</Nm>", "<x/>",
                    "<Sts/>", "<Dt>", "2026-01-01", "</Dt>", "<ValDt>", "</ValDt>", "<FrToDt>",
                    "<ToDtTm>", "2026-01-01T00:00:00", "</FrToDt>", "</", "<", "&",
                ]).prop_map(str::to_owned),
                ".{0,6}",
            ],
            0..80,
        ),
    ) {
        camt(&pieces.concat());
    }
}

use super::*;
use crate::ofx::Institutions;
use jiff::civil::date;
use std::sync::Arc;

fn site(version: u16, more: &str) -> Arc<Site> {
    let list = format!(
        "[[institution]]\nid = 1\nname = \"x\"\ndisplay_name = \"X\"\nurl = \"https://x/\"\n\
         org = \"O&K\"\nfid = \"7\"\nversion = {version}\n{more}"
    );
    Institutions::of_toml(&list).expect("a list").listed()[0].clone()
}

fn written(site: &Site, ask: &Ask, answers: &[(String, SecretString)]) -> String {
    let (user, password) = (SecretString::from("ana"), SecretString::from("a<b&c é"));
    let key = SecretString::from("k1");
    let caller = Caller {
        site,
        login: Some((&user, &password)),
        client: "device",
        cookie: None,
        access_key: Some(&key),
        token: None,
        answers,
        now: "2026-01-31T09:30:00Z".parse().expect("a timestamp"),
    };
    request(&caller, ask, "id-1").to_string()
}

fn listed(kind: AccountKind) -> Listed {
    let account = statements::Account {
        bank: Some("111".into()),
        number: "22".into(),
        kind: Some(kind),
        ..statements::Account::default()
    };
    Listed { account, kind_word: Some("MONEYMRKT".into()), has_statements: true }
}

#[test]
fn a_request_of_1_x_is_sgml_and_one_of_2_x_is_xml() {
    let old = written(&site(103, "close_tags = false"), &Ask::Accounts, &[]);
    assert!(old.starts_with("OFXHEADER:100\r\nDATA:OFXSGML\r\nVERSION:103\r\n"), "{old}");
    assert!(old.contains("<USERPASS>a&lt;b&amp;c &#233;\r\n<LANGUAGE>ENG\r\n"), "{old}");
    let new = written(&site(220, ""), &Ask::Accounts, &[]);
    assert!(new.starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\""), "{new}");
    assert!(new.contains("<?OFX OFXHEADER=\"200\" VERSION=\"220\""), "{new}");
    assert!(new.contains("<USERPASS>a&lt;b&amp;c é</USERPASS>"), "{new}");
    assert!(new.contains("<FI><ORG>O&amp;K</ORG><FID>7</FID></FI>"), "{new}");
}

#[test]
fn what_came_with_1_0_3_and_2_0_3_is_not_said_to_older_servers() {
    let answers = [("MFA1".to_owned(), SecretString::from("Lima"))];
    for (version, knows) in [(102, false), (103, true), (160, true), (200, false), (203, true)] {
        let text = written(&site(version, ""), &Ask::Accounts, &answers);
        for tag in ["<CLIENTUID>device", "<ACCESSKEY>k1", "<MFAPHRASEA>Lima"] {
            assert_eq!(text.contains(tag), knows, "{version}: {tag}");
        }
    }
}

#[test]
fn a_statement_is_asked_for_by_kind_and_with_a_day_to_spare() {
    let window = Window::new(date(2026, 1, 1), date(2026, 1, 20));
    let site = site(203, "");
    let bank = written(&site, &Ask::Statement(&listed(AccountKind::Savings), window), &[]);
    let from =
        "<BANKACCTFROM><BANKID>111</BANKID><ACCTID>22</ACCTID><ACCTTYPE>MONEYMRKT</ACCTTYPE>";
    assert!(bank.contains(from), "{bank}");
    let days = "<INCTRAN><DTSTART>20251231000000.000[0:GMT]</DTSTART>\
                <DTEND>20260121235959.000[0:GMT]</DTEND><INCLUDE>Y</INCLUDE></INCTRAN>";
    assert!(bank.contains(days), "{bank}");
    let card = written(&site, &Ask::Statement(&listed(AccountKind::CreditCard), None), &[]);
    assert!(card.contains("<CCACCTFROM><ACCTID>22</ACCTID></CCACCTFROM><INCTRAN><INCLUDE>N"));
    let today = Window::new(date(2026, 1, 1), date(2026, 1, 31));
    let until_now = written(&site, &Ask::Statement(&listed(AccountKind::Checking), today), &[]);
    assert!(until_now.contains("<DTEND>20260131093000.000[0:GMT]</DTEND>"), "{until_now}");
}

#[test]
fn what_is_written_is_read_again_by_our_own_reader() {
    for version in [102, 103, 160, 203, 220] {
        for close in ["close_tags = true", "close_tags = false"] {
            let text = written(&site(version, close), &Ask::Questions, &[]);
            let reply = statements::ofx::reply(text.as_bytes());
            assert!(reply.is_ok(), "{version}: {text}");
        }
    }
}

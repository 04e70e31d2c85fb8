//! The ledgers, the register and the debts agree with the bank.

use crate::connectors::sandbox::{
    fiscal::Taxpayer, habits::Purse, institutions::Site, national_ids::rut, world::Plan,
};
use domain::{
    money::Amount,
    record::Direction,
    time::{Window, day},
};
use jiff::{Timestamp, civil::date};
use rust_decimal::Decimal;
use std::collections::BTreeSet;

fn now() -> Timestamp {
    "2026-01-14T09:00:00Z".parse().expect("a timestamp")
}
fn taxpayer(login: &str) -> Taxpayer {
    let site = Site::named("tatooine_cl_fiscal").expect("the authority");
    Taxpayer::of(site, login, Plan::Full).expect("somebody")
}
fn year() -> Window {
    Window { from: date(2025, 1, 1), to: date(2025, 12, 31) }
}
fn is_rut(number: &str) -> bool {
    number.split_once('-').is_some_and(|(base, _)| rut(base) == number)
}

#[test]
fn a_companys_ledgers_add_up_to_what_moved_on_its_account() {
    let who = taxpayer("77100200-5");
    assert!(who.person.company);
    let ledgers = who.ledgers(year(), now());
    let books = who.bank.books(year().from, now());
    let by_card: Decimal = (books.accounts.iter().flat_map(|book| &book.booked))
        .filter(|m| m.word == "VENTAS CON TARJETA" && year().contains(m.value_date()))
        .map(|m| Amount::cents(m.cents).0)
        .sum();
    let sums: Vec<_> = ledgers.iter().filter(|one| one.summary_invoice_details.is_some()).collect();
    assert_eq!(sums.len(), 12, "one for each month");
    assert_eq!(sums.iter().map(|one| one.total_amount.0).sum::<Decimal>(), by_card);
    let mut kinds = BTreeSet::new();
    for one in &ledgers {
        assert_eq!(one.net_amount.0 + one.vat_amount.0, one.total_amount.0);
        assert!(one.vat_amount.0.fract().is_zero(), "whole pesos: {}", one.vat_amount);
        assert!(is_rut(&one.sender_id), "{}", one.sender_id);
        assert!(one.receiver_id.as_deref().is_none_or(is_rut));
        let bought = one.kind == Direction::Inflow;
        assert_eq!(bought, one.purchase_invoice_details.is_some());
        assert_eq!(bought, one.sales_invoice_details.is_none());
        kinds.insert((one.document_code, bought));
    }
    assert!(
        [(33, true), (33, false), (39, false), (61, true)].iter().all(|k| kinds.contains(k)),
        "{kinds:?}"
    );
}

#[test]
fn a_purchase_is_pending_until_it_counts_as_acknowledged() {
    let who = taxpayer("77100200-5");
    let recent = Window::last_days(day(now()), 30);
    let ledgers = who.ledgers(recent, now());
    assert!(ledgers.iter().any(|one| one.status.as_str() == "PENDING"));
    for one in ledgers.iter().filter(|one| one.folio.is_some()) {
        assert_eq!(one.acknowledged_at.is_none(), one.status.as_str() == "PENDING");
    }
}

#[test]
fn who_has_wages_alone_has_debts_and_no_ledgers() {
    let who = taxpayer("15620310-6");
    assert!(!who.person.company && who.ledgers(year(), now()).is_empty());
    let report = who.debts(now());
    assert_eq!(report.debt_data_last_update, date(2025, 12, 31));
    let books = who.bank.books(date(2025, 12, 1), now());
    let owed: Decimal = (books.accounts.iter())
        .filter(|book| matches!(book.purse, Purse::Card | Purse::Loan))
        .map(|book| Amount::cents(book.at_end_of(date(2025, 12, 31)).max(0)).0)
        .sum();
    assert!(owed > Decimal::ZERO);
    assert_eq!(report.total.map(|total| total.0), Some(owed));
    let debts = report.direct_debts.iter().flatten();
    assert_eq!(debts.map(|debt| debt.amount.0).sum::<Decimal>(), owed);
}

#[test]
fn documents_say_what_the_records_say() {
    let who = taxpayer("77100200-5");
    let text = |bytes: &[u8]| {
        lopdf::Document::load_mem(bytes).and_then(|d| d.extract_text(&[1])).expect("text")
    };
    let report = who.debts(now());
    assert!(
        text(&super::debts::printed(&report)).contains(&report.total.expect("one").to_string())
    );
    let status = who.registered_in_chile(now());
    assert!(text(&super::standing::printed(&status)).contains("77100200-5"));
    assert!(status.equity_holders.iter().all(|one| is_rut(&one.document_id_number)));
    let shares: Decimal = status.equity_holders.iter().map(|one| one.ownership_share.0).sum();
    assert_eq!(shares, Decimal::from(100));
}

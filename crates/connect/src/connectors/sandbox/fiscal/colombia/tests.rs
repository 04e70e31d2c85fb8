//! The invoices and declarations agree with the bank and with each other.

use crate::connectors::sandbox::{
    fiscal::{Taxpayer, figures::year},
    institutions::Site,
    national_ids::nit,
    world::Plan,
};
use domain::{
    money::Amount,
    record::Direction,
    resources::invoices_colombia::PaymentMethodColombia,
    time::{Window, day},
};
use jiff::{Timestamp, civil::date};
use rust_decimal::Decimal;
use std::collections::BTreeSet;

use super::declarations::Declaration;

fn now() -> Timestamp {
    "2026-01-14T09:00:00Z".parse().expect("a timestamp")
}
fn taxpayer(login: &str) -> Taxpayer {
    let site = Site::named("tatooine_co_fiscal").expect("the authority");
    Taxpayer::of(site, login, Plan::Full).expect("somebody")
}
fn company() -> Taxpayer {
    taxpayer("900555120-2")
}
fn person() -> Taxpayer {
    taxpayer("1020304050-8")
}
fn days() -> Window {
    Window::last_days(day(now()), 365)
}

#[test]
fn a_company_is_paid_what_it_invoices() {
    let who = company();
    assert!(who.person.company && !person().person.company);
    let invoices = who.invoices_of_colombia(days(), now());
    let books = who.bank.books(days().from, now());
    let moved: Decimal = (books.accounts.iter().flat_map(|book| &book.booked))
        .filter(|m| m.word == "DATAFONO VENTAS" && days().contains(m.value_date()))
        .map(|m| Amount::cents(m.cents).0)
        .sum();
    let to_consumers =
        invoices.iter().filter(|it| it.receiver_name.as_deref() == Some("CONSUMIDOR FINAL"));
    let sold: Decimal = to_consumers.filter_map(|it| it.total_amount).map(|a| a.0).sum();
    assert_eq!(sold, moved);
    let mut later = 0;
    for it in &invoices {
        let (net, vat) = (it.subtotal_amount.expect("one").0, it.tax_amount.expect("one").0);
        assert_eq!(net + vat, it.total_amount.expect("one").0);
        assert!(vat.fract().is_zero(), "whole pesos");
        let own = if it.kind == Some(Direction::Outflow) { &it.sender_id } else { &it.receiver_id };
        assert_eq!(own.as_deref(), Some("900555120-2"));
        for number in [&it.sender_id, &it.receiver_id].into_iter().flatten() {
            let right = number.split_once('-').is_some_and(|(base, _)| nit(base) == *number);
            assert!(right || number == "222222222222", "{number}");
        }
        let on_credit = it.payment_method == Some(PaymentMethodColombia::OnCredit);
        assert_eq!(on_credit, it.expiration_date > it.invoice_date);
        later += usize::from(on_credit);
    }
    assert!(later > 10);
    let numbers: BTreeSet<_> = invoices.iter().map(|it| &it.invoice_identification).collect();
    assert_eq!(numbers.len(), invoices.len());
}

#[test]
fn declarations_follow_from_the_wages_and_the_invoices_of_their_year() {
    let six = Window { from: date(2020, 1, 1), to: date(2026, 1, 14) };
    let years = |who: &Taxpayer| -> Vec<i16> {
        let all = who.declarations(six, now());
        all.iter()
            .filter_map(|one| match one {
                Declaration::Individual(it) => it.document_information.year,
                Declaration::Business(it) => it.document_information.year,
            })
            .collect()
    };
    assert_eq!(years(&company()), [2020, 2021, 2022, 2023, 2024], "the last is not filed yet");
    assert_eq!(years(&person()), [2020, 2021, 2022, 2023, 2024]);

    let who = company();
    let Some(Declaration::Business(it)) = who.declarations(year(2024), now()).pop() else {
        panic!("a company's")
    };
    let invoices = who.invoices_of_colombia(year(2024), now());
    let sold: Decimal = (invoices.iter().filter(|it| it.kind == Some(Direction::Outflow)))
        .filter_map(|it| it.subtotal_amount)
        .map(|a| a.0)
        .sum();
    let income = &it.annual_income_statement;
    assert_eq!(income.gross_income_from_ordinary_activities.0, sold);
    assert_eq!(
        income.total_gross_income.0,
        income.gross_income_from_ordinary_activities.0 + income.other_income.0
    );

    let who = person();
    let Some(Declaration::Individual(it)) = who.declarations(year(2024), now()).pop() else {
        panic!("a person's")
    };
    let books = who.bank.books(date(2024, 1, 1), now());
    let paid: i64 = (books.accounts.iter().flat_map(|book| &book.booked))
        .filter(|m| m.habit.wage.is_some() && year(2024).contains(m.value_date()))
        .map(|m| m.cents)
        .sum();
    let earned = it.annual_income_statement.gross_income.earned_income.0;
    assert_eq!(earned * Decimal::new(8, 1), Amount::cents(paid).0, "less the fifth withheld");
    let tax = &it.tax_assessment;
    assert_eq!(
        tax.balance_payable.0 - tax.balance_refundable.0,
        tax.total_tax_due.0 - tax.total_withheld_tax.0
    );
    let printed = Declaration::Individual(it).printed(&who);
    let text = lopdf::Document::load_mem(&printed).and_then(|d| d.extract_text(&[1]));
    assert!(text.expect("text").contains("1020304050-8"));
}

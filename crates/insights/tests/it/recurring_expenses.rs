use crate::book::{account, amount, came, checking, day, movement, open, went};
use domain::{
    record::Direction,
    resources::{
        accounts::Category,
        recurring_expenses::{ExpenseType, RecurringExpense},
        transactions::TransactionCategory,
    },
};
use insights::{Movement, recurring_expenses};

fn of(movements: &[Movement]) -> Vec<RecurringExpense> {
    let accounts = checking();
    let today = day("2024-06-20");
    let found = recurring_expenses(&open(&accounts, movements), None, today, today);
    found.into_iter().map(|found| found.expense).collect()
}

fn monthly(months: &[&str], day: &str, much: &str, description: &str) -> Vec<Movement<'static>> {
    months.iter().map(|month| went(&format!("2024-{month}-{day}"), much, description)).collect()
}

#[test]
fn a_subscription_is_found_by_its_merchant_after_two_months() {
    let found = of(&monthly(&["05", "06"], "04", "219", "NETFLIX COM MX 4411"));
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].name, "Netflix");
    assert_eq!(found[0].category, TransactionCategory::OnlinePlatformsLeisure);
    assert_eq!(found[0].payment_type, ExpenseType::Subscription);
    assert_eq!(found[0].days_since_last_transaction, 16);
    assert_eq!(found[0].transactions[0].value_date, day("2024-06-04"), "the newest first");
    assert_eq!(found[0].average_transaction_amount, amount("219"));
}

#[test]
fn others_need_three_months() {
    let two = of(&monthly(&["05", "06"], "04", "800", "PAGO CFE 0091"));
    assert_eq!(two, []);
    let mut bills = monthly(&["04", "06"], "04", "800", "PAGO CFE 0091");
    bills.push(went("2024-05-06", "1100", "CFE SUMINISTRADOR"));
    let found = of(&bills);
    assert_eq!(found[0].name, "CFE");
    assert_eq!(found[0].payment_type, ExpenseType::Regular);
    assert_eq!(found[0].average_transaction_amount, amount("900"));
    assert_eq!(found[0].median_transaction_amount, amount("800"));
}

#[test]
fn a_missed_month_and_an_outlier_are_forgiven() {
    let mut payments = monthly(&["01", "02", "03", "05", "06"], "10", "599", "TOTALPLAY");
    payments.push(went("2024-04-02", "4000", "TOTALPLAY INSTALACION"));
    let found = of(&payments);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].transactions.len(), 5);
}

#[test]
fn what_is_not_one_of_the_six_categories_is_not_one() {
    assert_eq!(of(&monthly(&["04", "05", "06"], "04", "500", "WALMART")), []);
    assert_eq!(of(&monthly(&["04", "05", "06"], "04", "500", "RETIRO CAJERO")), []);
    assert_eq!(of(&monthly(&["04", "05", "06"], "04", "500", "PAGO TARJETA DE CREDITO")), []);
    let incomes: Vec<Movement> = ["04", "05", "06"]
        .iter()
        .map(|m| came(&format!("2024-{m}-04"), "219", "NETFLIX"))
        .collect();
    assert_eq!(of(&incomes), []);
}

#[test]
fn what_stopped_is_not_listed() {
    assert_eq!(of(&monthly(&["01", "02", "03"], "04", "219", "NETFLIX")), []);
}

#[test]
fn every_account_has_its_own() {
    let accounts = [account("card", Category::CreditCard), account("loan", Category::Loan)];
    let pay = |account: &str, on: &str| movement(account, on, Direction::Outflow, "129", "SPOTIFY");
    let movements = [
        pay("card", "2024-04-05"),
        pay("card", "2024-05-05"),
        pay("card", "2024-06-05"),
        pay("loan", "2024-05-06"),
        pay("loan", "2024-06-06"),
    ];
    let today = day("2024-06-20");
    let found = recurring_expenses(&open(&accounts, &movements), None, today, today);
    let accounts: Vec<&str> = found.iter().map(|found| found.account.as_str()).collect();
    assert_eq!(accounts, ["card"], "a loan pays nothing");
}

//! What insights cost for a link with 5,000 movements a month for twelve months, beside a plain
//! loop that sums them. `cargo xtask bench` runs it in release.

#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a tool that prints and may stop")]
#![expect(clippy::disallowed_types, reason = "it measures real time")]

use domain::{money::Amount, record::Direction, resources::accounts::Category};
use insights::{
    Account, Book, IncomesWanted, Movement, categories::Rules, incomes, recurring_expenses,
    risk_insights,
};
use jiff::{
    Span,
    civil::{Date, date},
};
use rust_decimal::Decimal;
use std::{
    hint::black_box,
    time::{Duration, Instant},
};

const TODAY: Date = date(2026, 1, 31);
const MOVEMENTS: i64 = 60_000;
const RUNS: usize = 7;
/// What is said, by turns; the numbers make each a text of its own.
const SAYS: [&str; 10] = [
    "SPEI ENVIADO BBVA MEXICO REF",
    "COMPRA OXXO INSURGENTES SUC",
    "PIX RECEBIDO MARIA DE SOUZA",
    "PAGO DE NOMINA EMPRESA SA DE CV",
    "NETFLIX COM MX CDMX",
    "RETIRO CAJERO AUTOMATICO SUC",
    "DOMICILIACION CFE SUMINISTRADOR",
    "PSE ACUEDUCTO DE BOGOTÁ",
    "COMPRA CARTAO PADARIA SÃO JOÃO",
    "TIENDA SIN NOMBRE CONOCIDO",
];

fn main() {
    let (accounts, movements) = (accounts(), movements());
    let rules = Rules::embedded();
    println!("insights of {MOVEMENTS} movements in 12 months, the median of {RUNS} runs:");
    let plain = median(|| movements.iter().map(|movement| movement.amount.0).sum::<Decimal>());
    println!("  a plain loop that sums them: {plain:.2?}");
    let says = |what: &str, took: Duration| {
        println!("  {what}: {took:.2?}, {:.0} loops", took.as_secs_f64() / plain.as_secs_f64());
    };
    says(
        "labels alone",
        median(|| {
            let labels = movements.iter().filter_map(|movement| {
                rules.label(movement.description.as_deref()?, movement.direction, None)
            });
            labels.count()
        }),
    );
    says(
        "opening the book (labels, order, transfers)",
        median(|| Book::open(&accounts, &movements, rules)),
    );
    let book = Book::open(&accounts, &movements, rules);
    says("incomes", median(|| incomes(&book, &IncomesWanted::until(TODAY))));
    says("recurring expenses", median(|| recurring_expenses(&book, None, TODAY, TODAY)));
    says("risk insights", median(|| risk_insights(&book, TODAY)));
}

/// How long `work` takes.
fn median<T>(work: impl Fn() -> T) -> Duration {
    let mut took: Vec<Duration> = (0..RUNS)
        .map(|_| {
            let since = Instant::now();
            black_box(work());
            since.elapsed()
        })
        .collect();
    took.sort_unstable();
    *took.get(RUNS / 2).unwrap()
}

fn accounts() -> Vec<Account> {
    let categories = [Category::Checking, Category::Savings, Category::CreditCard];
    let accounts = categories.iter().enumerate().map(|(n, category)| Account {
        id: n.to_string(),
        category: Some(*category),
        currency: Some("MXN".into()),
        balance: Some(Amount::cents(1_234_567)),
        ..Account::default()
    });
    accounts.collect()
}

fn movements() -> Vec<Movement<'static>> {
    let one = |n: i64| {
        let says = SAYS.iter().cycle().nth(usize::try_from(n % 10).unwrap()).unwrap();
        Movement {
            account: (n % 3).to_string(),
            value_date: TODAY.saturating_sub(Span::new().days(n * 360 / MOVEMENTS)),
            amount: Amount::cents(1_000 + n * 7_919 % 500_000),
            direction: Some(if n % 4 == 0 { Direction::Inflow } else { Direction::Outflow }),
            currency: None,
            description: Some(format!("{says} {n:07}").into()),
            status: None,
            mcc: None,
            category: None,
            subcategory: None,
            counterparty: None,
        }
    };
    (0..MOVEMENTS).map(one).collect()
}

//! What insights cost for a link with 5,000 movements a month for twelve months, in time and in
//! memory, beside a plain loop that sums them. `cargo xtask bench` runs it in release.

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
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use std::{
    alloc::System,
    hint::black_box,
    time::{Duration, Instant},
};

/// Counts in this program alone.
#[global_allocator]
static MEMORY: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

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
    let sum = || movements.iter().map(|movement| movement.amount.0).sum::<Decimal>();
    let plain = measured(sum);
    println!("  a plain loop that sums them: {}", plain.says());
    let beside = |what: &str, cost: Cost| {
        let loops = cost.took.as_secs_f64() / plain.took.as_secs_f64();
        println!("  {what}: {}, {loops:.0} loops", cost.says());
    };
    let labels = || {
        let labels = movements.iter().filter_map(|movement| {
            rules.label(movement.description.as_deref()?, movement.direction, None)
        });
        labels.count()
    };
    beside("labels alone", measured(labels));
    let open = || Book::open(&accounts, &movements, rules);
    beside("opening the book (labels, order, transfers)", measured(open));
    let book = open();
    beside("incomes", measured(|| incomes(&book, &IncomesWanted::until(TODAY))));
    beside("recurring expenses", measured(|| recurring_expenses(&book, None, TODAY, TODAY)));
    beside("risk insights", measured(|| risk_insights(&book, TODAY)));
}

/// What a piece of work costs.
struct Cost {
    /// The median of several runs.
    took: Duration,
    /// Allocations and reallocations of one run.
    allocations: usize,
    /// Bytes that one run asked for, whether or not it gave them back.
    bytes: usize,
}

impl Cost {
    fn says(&self) -> String {
        let Self { took, allocations, bytes } = self;
        format!("{took:.2?}, {allocations} allocations of {} kB", bytes / 1_000)
    }
}

/// What `work` costs.
fn measured<T>(work: impl Fn() -> T) -> Cost {
    let region = Region::new(MEMORY);
    black_box(work());
    let counted = region.change();
    let mut took: Vec<Duration> = (0..RUNS)
        .map(|_| {
            let since = Instant::now();
            black_box(work());
            since.elapsed()
        })
        .collect();
    took.sort_unstable();
    Cost {
        took: *took.get(RUNS / 2).unwrap(),
        allocations: counted.allocations + counted.reallocations,
        bytes: counted.bytes_allocated,
    }
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

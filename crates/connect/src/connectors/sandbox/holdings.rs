//! What people of Brazil have put into securities and funds. As in the rest of the world nothing is
//! remembered: each product is bought in rounds of twelve months that begin with nothing and end
//! with all of it sold, so that whoever sees a year sees every movement behind a position. The money
//! comes from the checking account and goes back there.

use super::{
    chance::Seed,
    habits::{Habit, Purse, When, habit},
    institutions::Country,
    world::{Movement, Plan, World, in_month, month_of, second_of},
};
use domain::{resources::investments::InvestmentType, time::day};
use jiff::{Timestamp, civil::Date};

/// Something that can be bought.
#[derive(Debug)]
pub(super) struct Product {
    pub(super) kind: InvestmentType,
    pub(super) name: &'static str,
    /// The tax number of who issued it.
    pub(super) issuer: Option<&'static str>,
    pub(super) isin: &'static str,
    /// The price of a unit when a round begins, in cents.
    pub(super) price: i64,
    /// Hundredths of a percent that a unit gains in a year.
    pub(super) yields: i64,
    /// Hundredths of a percent by which the price wanders from day to day.
    wanders: i64,
    /// What is put in at a time, in Mexican cents: least and most.
    cents: (i64, i64),
    /// The months of a round in which it is bought.
    months: &'static [i64],
    /// Only whole units are traded, and what they earn is paid out in the middle of the round.
    pub(super) traded: bool,
}

/// All there is to buy.
pub(super) static PRODUCTS: &[Product] = &[
    Product {
        kind: InvestmentType::FixedIncomeBanking,
        name: "CDB",
        issuer: Some("00000000000191"),
        isin: "BRXVNCDBC001",
        price: 100_000,
        yields: 1_180,
        wanders: 0,
        cents: (300_000, 700_000),
        months: &[0, 2, 4, 6],
        traded: false,
    },
    Product {
        kind: InvestmentType::InvestmentFund,
        name: "FUNDO MARE ALTA RENDA FIXA",
        issuer: Some("11222333000181"),
        isin: "BRXVNFIXC002",
        price: 1_250,
        yields: 1_040,
        wanders: 5,
        cents: (120_000, 260_000),
        months: &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
        traded: false,
    },
    Product {
        kind: InvestmentType::VariableIncome,
        name: "XVNC3",
        issuer: Some("11222333000181"),
        isin: "BRXVNCACNOR3",
        price: 2_350,
        yields: 900,
        wanders: 250,
        cents: (250_000, 500_000),
        months: &[0, 5],
        traded: true,
    },
    Product {
        kind: InvestmentType::TreasuryBond,
        name: "TESOURO SELIC",
        issuer: None,
        isin: "BRXVNTLFT004",
        price: 1_420_000,
        yields: 1_090,
        wanders: 0,
        cents: (400_000, 900_000),
        months: &[0, 6],
        traded: false,
    },
];

/// The month of a round in which everything is sold.
const SOLD_IN: i64 = 11;
/// The month of a round in which something is paid out.
const PAID_IN: i64 = 8;
/// Months of a round.
const ROUND: i64 = 12;
/// Units are counted in hundred-millionths.
const UNIT: i128 = 100_000_000;
/// What prices are split for.
const HOLDINGS: u64 = 301;

#[rustfmt::skip] // One habit, one line.
static BOUGHT: Habit = habit(Purse::Checking, When::Books, (0, 0), &[], "APLICACAO {what} {ref}", "OUTROS");
#[rustfmt::skip]
static SOLD: Habit = habit(Purse::Checking, When::Books, (0, 0), &[], "RESGATE {what} {ref}", "RESGATE_APLIC_FINANCEIRA").inflow();
#[rustfmt::skip]
static PAID: Habit = habit(Purse::Checking, When::Books, (0, 0), &[], "PROVENTOS {what} {ref}", "RENDIMENTO_APLIC_FINANCEIRA").inflow();

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    /// Put in.
    Bought,
    /// Paid out without selling anything.
    Paid,
    /// All of it sold.
    Sold,
}

/// One movement of an investment.
#[derive(Debug, Clone)]
pub(super) struct Trade {
    pub(super) product: &'static Product,
    pub(super) seed: Seed,
    pub(super) what: What,
    /// When, in seconds since 1970.
    pub(super) at: i64,
    /// How many units, in hundred-millionths.
    pub(super) units: i128,
    /// What a unit cost, in millionths.
    pub(super) price: i128,
    /// Before taxes, in cents.
    pub(super) gross: i64,
    /// The tax on the gain, in cents.
    pub(super) tax: i64,
}

impl Trade {
    /// What moved on the account, in cents.
    pub(super) fn net(&self) -> i64 {
        self.gross - self.tax
    }
    /// The day of it.
    pub(super) fn date(&self) -> Date {
        day(Timestamp::from_second(self.at).unwrap_or(Timestamp::UNIX_EPOCH))
    }
    fn on_the_account(&self) -> Movement {
        let habit = match self.what {
            What::Bought => &BOUGHT,
            What::Paid => &PAID,
            What::Sold => &SOLD,
        };
        Movement::by_the_books(habit, self.seed, self.at, self.net(), habit.inflow)
            .called(self.product.name)
    }
}

/// What somebody has of a product at an instant.
#[derive(Debug)]
pub(super) struct Position {
    pub(super) product: &'static Product,
    /// Which round; positions of two rounds are two positions.
    pub(super) round: i64,
    /// Its movements up to the instant, the earliest first.
    pub(super) trades: Vec<Trade>,
    /// How many units, in hundred-millionths.
    pub(super) units: i128,
    /// What a unit is worth, in millionths.
    pub(super) price: i128,
}

impl Position {
    /// What it is worth, in cents.
    pub(super) fn gross(&self) -> i64 {
        cents(self.units, self.price)
    }
    /// How many units were bought, in hundred-millionths.
    pub(super) fn bought(&self) -> i128 {
        self.trades.iter().filter(|t| t.what == What::Bought).map(|t| t.units).sum()
    }
    /// What it was bought for, in cents.
    pub(super) fn spent(&self) -> i64 {
        self.trades.iter().filter(|t| t.what == What::Bought).map(|t| t.gross).sum()
    }
    /// The tax that selling it would cost, in cents.
    pub(super) fn tax(&self) -> i64 {
        if self.units == 0 { 0 } else { tax(self.product, self.gross() - self.spent()) }
    }
}

fn cents(units: i128, price: i128) -> i64 {
    i64::try_from(units * price / UNIT / 10_000).unwrap_or(0)
}
/// The tax on a gain; that on shares is declared by the person.
fn tax(product: &Product, gain: i64) -> i64 {
    if product.traded { 0 } else { gain.max(0) * 175 / 1000 }
}

impl World {
    /// Whether they have put anything into securities.
    fn invests(&self) -> bool {
        self.site.country == Country::Brazil && self.plan == Plan::Full
    }
    fn holdings_seed(&self, product: &Product) -> Seed {
        self.seed.with(HOLDINGS).with(Seed::of(&[product.isin]).bits())
    }
    /// Which round of a product runs in `month`, and the month in which it began.
    fn round(&self, product: &Product, month: i64) -> (i64, i64) {
        let since = month - self.holdings_seed(product).below(12).cast_signed();
        (since.div_euclid(ROUND), month - since.rem_euclid(ROUND))
    }
    /// What a unit is worth on a day of the round that began in `first`, in millionths.
    fn price(&self, product: &Product, first: i64, on: Date) -> i128 {
        let begun = second_of(in_month(first, 1)) / 86_400;
        let now = second_of(on) / 86_400;
        let wandered = self
            .holdings_seed(product)
            .with(now.cast_unsigned())
            .between(-product.wanders, product.wanders);
        let gained = product.yields * (now - begun) / 365 + wandered;
        i128::from(product.price) * i128::from(10_000 + gained)
    }

    /// All movements of the round that began in `first`.
    fn trades_of_round(&self, product: &'static Product, first: i64) -> Vec<Trade> {
        let seed = self.holdings_seed(product).with(first.cast_unsigned());
        let company = if self.person.company { 10 } else { 1 };
        let mut trades = Vec::new();
        let mut units = 0;
        let mut spent = 0;
        for k in 0..ROUND {
            let seed = seed.with(k.cast_unsigned());
            let on = in_month(first + k, seed.with(1).small(12).cast_signed() + 8);
            let price = self.price(product, first, on);
            let trade = |what, units, gross: i64, tax| Trade {
                product,
                seed: seed.with(2),
                what,
                at: second_of(on) + 13 * 3_600 + seed.with(3).between(0, 18_000),
                units,
                price,
                gross,
                tax,
            };
            if product.months.contains(&k) {
                let (least, most) = product.cents;
                let wanted = self.site.country.scale(seed.with(4).between(least, most)) * company;
                let mut bought = i128::from(wanted) * 10_000 * UNIT / price;
                if product.traded {
                    bought = bought / UNIT * UNIT;
                }
                let paid = if product.traded { cents(bought, price) } else { wanted };
                units += bought;
                spent += paid;
                trades.push(trade(What::Bought, bought, paid, 0));
            }
            if k == PAID_IN && product.traded {
                trades.push(trade(What::Paid, 0, cents(units, price) / 40, 0));
            }
            if k == SOLD_IN {
                let gross = cents(units, price);
                trades.push(trade(What::Sold, units, gross, tax(product, gross - spent)));
            }
        }
        trades
    }

    /// The rounds that any of the months is in, of each product.
    fn rounds(&self, first: i64, last: i64) -> impl Iterator<Item = (&'static Product, i64)> {
        let products = PRODUCTS.iter().filter(|_| self.invests());
        products.flat_map(move |product| {
            let begun = self.round(product, first).1;
            (0..).map(move |n| (product, begun + n * ROUND)).take_while(move |(_, b)| *b <= last)
        })
    }

    /// What buying and selling moves on the checking account in these months, up to `until`.
    pub(super) fn invested(&self, first: i64, last: i64, until: i64) -> Vec<Movement> {
        let rounds = self.rounds(first, last);
        let trades = rounds.flat_map(|(product, begun)| self.trades_of_round(product, begun));
        let inside = trades.filter(|t| t.at <= until && month_of(t.date()) >= first);
        inside.map(|trade| trade.on_the_account()).collect()
    }

    /// What is held at `now` and what was sold on or after `from`, position by position; of that there
    /// are no units left.
    pub(super) fn positions(&self, from: Date, now: Timestamp) -> Vec<Position> {
        let rounds = self.rounds(month_of(from), month_of(day(now)));
        let positions = rounds.map(|(product, begun)| {
            let mut trades = self.trades_of_round(product, begun);
            trades.retain(|trade| trade.at <= now.as_second());
            let units = trades.iter().fold(0, |units, trade| match trade.what {
                What::Bought => units + trade.units,
                What::Paid => units,
                What::Sold => units - trade.units,
            });
            let (round, price) = (begun, self.price(product, begun, day(now)));
            Position { product, round, trades, units, price }
        });
        let seen = |p: &Position| p.units > 0 || p.trades.last().is_some_and(|t| t.date() >= from);
        positions.filter(seen).collect()
    }
}

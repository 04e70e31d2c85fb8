//! Risk insights: what is owned and owed, and how money moved in the last days, weeks and months
//! before a day.

use crate::{
    book::{ASSETS, Book, Entry, HISTORY, number},
    exact::{Money, deviation, quotient, slope},
};
use domain::{
    money::Amount,
    resources::{
        accounts::Category,
        risk_insights::{
            AssetsMetrics, BalancesLook, BalancesMetrics, CashflowLook, CashflowMetrics,
            CategoryMetrics, CreditCardsMetrics, LoansMetrics, LookBack, RiskInsights,
            TransactionsLook, TransactionsMetrics,
        },
        transactions::{Subcategory, TransactionCategory},
    },
};
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

/// What days whose balance is not above it are counted for, where nothing else is said.
const THRESHOLD: i64 = 1000;
/// Accounts whose movements are counted.
const MOVING: &[Category] = &[
    Category::Checking,
    Category::Savings,
    Category::CreditCard,
    Category::Loan,
    Category::Financing,
    Category::InvoiceFinancing,
];
/// Accounts on which something was lent.
const LOANS: &[Category] = &[Category::Loan, Category::Financing, Category::InvoiceFinancing];

/// The risk insights of a book as of a day. Later movements are not looked at.
#[must_use]
pub fn risk_insights(book: &Book, today: Date) -> RiskInsights {
    let today = number(today);
    let moved = Days::of(book, today);
    let looks: [Option<Look>; LookBack::ALL.len()] =
        std::array::from_fn(|n| moved.look(*LookBack::ALL.get(n)?));
    RiskInsights {
        accounts: book.accounts.iter().map(|account| account.id.clone()).collect(),
        assets_metrics: assets(book),
        credit_cards_metrics: cards(book),
        loans_metrics: loans(book),
        balances_metrics: balances(book, &looks, today),
        transactions_metrics: moved.transactions(&looks),
        cashflow_metrics: CashflowMetrics {
            looks: looks
                .map(|look| look.map_or_else(Default::default, |look| moved.cashflow(look))),
        },
        category_metrics: categories(book, &moved),
    }
}

/// A look-back for which there is data: its last day and how many days it has.
#[derive(Clone, Copy)]
struct Look {
    to: i32,
    days: i32,
}
impl Look {
    fn from(self) -> i32 {
        self.to - self.days + 1
    }
}

/// What moved on one day.
#[derive(Debug, Clone, Copy, Default)]
struct Day {
    incoming: u32,
    outgoing: u32,
    came: Money,
    went: Money,
    most_came: Money,
    most_went: Money,
    /// Without internal transfers.
    positive: Money,
    negative: Money,
}

/// Days on which something moved, in order.
struct Days {
    today: i32,
    days: BTreeMap<i32, Day>,
}

impl Days {
    fn of(book: &Book, today: i32) -> Self {
        let mut days: BTreeMap<i32, Day> = BTreeMap::new();
        for entry in book.between(today - HISTORY + 1, today) {
            if !book.is_in(entry, MOVING) {
                continue;
            }
            let day = days.entry(entry.number).or_default();
            if entry.is_inflow() {
                day.incoming += 1;
                day.came += entry.money;
                day.most_came = day.most_came.max(entry.money);
            } else {
                day.outgoing += 1;
                day.went += entry.money;
                day.most_went = day.most_went.max(entry.money);
            }
            if !entry.is_internal {
                let side = if entry.is_inflow() { &mut day.positive } else { &mut day.negative };
                *side += entry.money;
            }
        }
        Self { today, days }
    }

    /// The look-back, if something moved before the next shorter one began; the three shortest, if
    /// anything moved at all.
    fn look(&self, back: LookBack) -> Option<Look> {
        let history = self.today - *self.days.keys().next()?;
        let beyond = match back {
            LookBack::ThreeDays | LookBack::Week | LookBack::Month => -1,
            LookBack::ThreeMonths => LookBack::Month.days(),
            LookBack::SixMonths => LookBack::ThreeMonths.days(),
            LookBack::TwelveMonths => LookBack::SixMonths.days(),
        };
        (history > beyond).then(|| Look { to: self.today, days: back.days() + 1 })
    }

    fn within(&self, look: Look) -> impl Iterator<Item = (i32, &Day)> {
        self.days.range(look.from()..=look.to).map(|(number, day)| (*number, day))
    }

    fn transactions(&self, looks: &[Option<Look>; LookBack::ALL.len()]) -> TransactionsMetrics {
        let since = |is: fn(&Day) -> bool| {
            let last = self.days.iter().rev().find(|(_, day)| is(day));
            last.and_then(|(number, _)| u32::try_from(self.today - number).ok())
        };
        let oldest = self.days.keys().next();
        TransactionsMetrics {
            days_since_last_transaction: since(|_| true),
            days_since_last_incoming_transaction: since(|day| day.incoming > 0),
            days_since_last_outgoing_transaction: since(|day| day.outgoing > 0),
            days_history: oldest.and_then(|oldest| u32::try_from(self.today - oldest).ok()),
            looks: looks
                .map(|look| look.map_or_else(Default::default, |look| self.transactions_of(look))),
        }
    }

    fn transactions_of(&self, look: Look) -> TransactionsLook {
        let (mut incoming, mut outgoing, mut active) = (0_u32, 0_u32, 0_u32);
        let (mut most, mut most_incoming, mut most_outgoing) = (0, 0, 0);
        let mut sums = Day::default();
        for (_, day) in self.within(look) {
            active += 1;
            incoming += day.incoming;
            outgoing += day.outgoing;
            most = most.max(day.incoming + day.outgoing);
            most_incoming = most_incoming.max(day.incoming);
            most_outgoing = most_outgoing.max(day.outgoing);
            sums.came += day.came;
            sums.went += day.went;
            sums.most_came = sums.most_came.max(day.most_came);
            sums.most_went = sums.most_went.max(day.most_went);
        }
        let a_day = |count: u32| quotient(i128::from(count), i128::from(look.days), 2);
        let each = |sum: Money, count: u32| sum.among(usize::try_from(count).unwrap_or_default());
        let most_of = |most: Money, count: u32| (count > 0).then(|| most.shown());
        TransactionsLook {
            num_transactions: incoming + outgoing,
            max_num_transactions: most,
            mean_num_transactions: a_day(incoming + outgoing),
            num_incoming_transactions: incoming,
            max_num_incoming_transactions: most_incoming,
            mean_num_incoming_transactions: a_day(incoming),
            sum_incoming_amount: Some(sums.came.shown()),
            max_incoming_amount: most_of(sums.most_came, incoming),
            mean_incoming_amount: each(sums.came, incoming),
            num_outgoing_transactions: outgoing,
            max_num_outgoing_transactions: most_outgoing,
            mean_num_outgoing_transactions: a_day(outgoing),
            sum_outgoing_amount: Some(sums.went.shown()),
            max_outgoing_amount: most_of(sums.most_went, outgoing),
            mean_outgoing_amount: each(sums.went, outgoing),
            days_without_transactions: u32::try_from(look.days)
                .unwrap_or_default()
                .saturating_sub(active),
        }
    }

    fn cashflow(&self, look: Look) -> CashflowLook {
        let came: Vec<(i32, Money)> = self
            .within(look)
            .map(|(number, day)| (number, day.positive))
            .filter(|(_, money)| money.is_positive())
            .collect();
        let went: Vec<(i32, Money)> = self
            .within(look)
            .map(|(number, day)| (number, day.negative))
            .filter(|(_, money)| money.is_positive())
            .collect();
        let net = self
            .within(look)
            .filter(|(_, day)| day.positive.is_positive() || day.negative.is_positive())
            .map(|(number, day)| (number, day.positive - day.negative));
        let sum = |days: &[(i32, Money)]| days.iter().map(|(_, money)| *money).sum::<Money>();
        let most = |days: &[(i32, Money)]| days.iter().map(|(_, money)| *money).max();
        let (positive, negative) = (sum(&came), sum(&went));
        CashflowLook {
            sum_positive: Some(positive.shown()),
            max_positive: most(&came).map(Money::shown),
            mean_positive: positive.among(came.len()),
            sum_positive_trend: slope(came.iter().copied(), 4),
            sum_negative: Some(negative.shown()),
            max_negative: most(&went).map(Money::shown),
            mean_negative: negative.among(went.len()),
            sum_negative_trend: slope(went.iter().copied(), 4),
            positive_to_negative_ratio: positive.per(negative),
            net_cashflow: Some((positive - negative).shown()),
            net_cashflow_trend: slope(net, 4),
        }
    }
}

/// A sum of what is known; nothing where nothing is.
fn sum(amounts: impl Iterator<Item = Option<Amount>>) -> Option<Money> {
    amounts.filter_map(|amount| Money::of(amount?)).reduce(|a, b| a + b)
}

fn of<'b>(
    book: &'b Book,
    categories: &'static [Category],
) -> impl Iterator<Item = &'b crate::book::Account> + Clone {
    book.accounts
        .iter()
        .copied()
        .filter(move |account| account.category.is_some_and(|c| categories.contains(&c)))
}

fn assets(book: &Book) -> AssetsMetrics {
    let checking = of(book, &[Category::Checking]);
    let savings = of(book, &[Category::Savings]);
    let institutions: BTreeSet<&str> =
        of(book, ASSETS).map(|account| account.institution.as_str()).collect();
    AssetsMetrics {
        institutions: institutions.into_iter().filter(|i| !i.is_empty()).map(Into::into).collect(),
        num_assets_accounts: of(book, ASSETS).count(),
        num_checking_accounts: checking.clone().count(),
        num_savings_accounts: savings.clone().count(),
        checking_accounts_balance: sum(checking.map(|account| account.balance)).map(Money::shown),
        savings_accounts_balance: sum(savings.map(|account| account.balance)).map(Money::shown),
    }
}

fn cards(book: &Book) -> CreditCardsMetrics {
    let cards = of(book, &[Category::CreditCard]);
    let limit = sum(cards.clone().map(|card| card.credit_limit));
    let used = sum(cards.clone().map(|card| card.credit_used.or(card.balance)));
    CreditCardsMetrics {
        num_accounts: cards.count(),
        sum_credit_limit: limit.map(Money::shown),
        sum_credit_used: used.map(Money::shown),
        credit_card_limit_utilization: used.zip(limit).and_then(|(used, limit)| used.per(limit)),
    }
}

fn loans(book: &Book) -> LoansMetrics {
    let loans = of(book, LOANS);
    let principal = sum(loans.clone().map(|loan| loan.principal));
    let outstanding = sum(loans.clone().map(|loan| loan.outstanding));
    let arranged = sum(of(book, ASSETS).map(|account| account.overdraft_arranged));
    let used = sum(of(book, ASSETS).map(|account| account.overdraft_used));
    let part = |of: Option<Money>, whole: Option<Money>| {
        of.zip(whole).and_then(|(of, whole)| of.per(whole))
    };
    LoansMetrics {
        num_accounts: loans.clone().count(),
        sum_loans_principal: principal.map(Money::shown),
        sum_loans_outstanding_principal: outstanding.map(Money::shown),
        sum_loans_monthly_payment: sum(loans.map(|loan| loan.monthly_payment)).map(Money::shown),
        loan_limit_utilization: part(outstanding, principal),
        overdraft_limit: arranged.map(Money::shown),
        overdraft_limit_utilization: part(used, arranged),
    }
}

fn balances(
    book: &Book,
    looks: &[Option<Look>; LookBack::ALL.len()],
    today: i32,
) -> BalancesMetrics {
    let series = book.balances(today, LookBack::TwelveMonths.days() + 1);
    let threshold = Amount(THRESHOLD.into()).canonical();
    let looks = looks.map(|look| {
        let look = look?;
        let of = series.as_deref()?.get(..usize::try_from(look.days).ok()?)?;
        Some(balances_of(of, Money::of(threshold)?))
    });
    BalancesMetrics {
        closing_balance: series.and_then(|series| series.first().copied()).map(Money::shown),
        balance_threshold_x: threshold,
        looks: looks.map(Option::unwrap_or_default),
    }
}

/// Of the balances of some days, the newest first.
fn balances_of(series: &[Money], threshold: Money) -> BalancesLook {
    let sum: Money = series.iter().copied().sum();
    let days = |is: &dyn Fn(Money) -> bool| {
        u32::try_from(series.iter().filter(|balance| is(**balance)).count()).ok()
    };
    // Compared with the mean itself, not with what is shown of it.
    let below_mean = |balance: Money| balance.times(series.len()) <= sum;
    BalancesLook {
        min_balance: series.iter().min().copied().map(Money::shown),
        mean_balance: sum.among(series.len()),
        max_balance: series.iter().max().copied().map(Money::shown),
        std_balance: deviation(series),
        balance_trend: slope((0..).zip(series.iter().rev().copied()), 2),
        days_balance_below_0: days(&|balance| balance <= Money::ZERO),
        days_balance_below_mean: days(&below_mean),
        days_balance_below_x: days(&|balance| balance <= threshold),
    }
}

/// What each category came to; only what is known is listed, in the order of the taxonomy.
fn categories(book: &Book, moved: &Days) -> Vec<CategoryMetrics> {
    type Flows = BTreeMap<i32, Money>;
    let look = moved.look(LookBack::ThreeMonths);
    let mut found: BTreeMap<(TransactionCategory, Option<Subcategory>), Flows> = BTreeMap::new();
    let mut inflow = Money::ZERO;
    let from = moved.today - LookBack::ThreeMonths.days();
    let is_known =
        |entry: &&Entry| entry.category.is_some_and(|c| c != TransactionCategory::Unknown);
    for entry in book.between(from, moved.today).iter().filter(is_known) {
        let Some(category) = entry.category else { continue };
        if entry.is_internal || !book.is_in(entry, MOVING) {
            continue;
        }
        let flows = found.entry((category, entry.subcategory)).or_default();
        let flow = flows.entry(entry.number).or_default();
        if entry.is_inflow() {
            *flow += entry.money;
            inflow += entry.money;
        } else {
            *flow += -entry.money;
        }
    }
    found
        .into_iter()
        .map(|((category, subcategory), flows)| {
            let net: Money = flows.values().copied().sum();
            CategoryMetrics {
                category,
                subcategory,
                net_amount_3m: look.map(|_| net.shown()),
                category_inflow_ratio_3m: look.and_then(|_| net.per(inflow)),
                trend_3m: look.and_then(|_| slope(flows.into_iter(), 4)),
            }
        })
        .collect()
}

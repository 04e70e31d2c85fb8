//! What institutions show of holdings: the investments of Open Finance, and the portfolios of those
//! that are reached with a login.

use super::{
    holdings::{Position, Product, Trade, What},
    items::Showing,
    world::in_month,
};
use domain::{
    money::Amount,
    record::Direction,
    resources::{
        instrument_transactions::{
            InstrumentName, InstrumentTransactionType, InvestmentTransactionLegacy,
        },
        investment_transactions::{BrokerNote, InvestmentTransactionBrazil},
        investments::{
            FundClassification, Indexer, InvestmentBalance, InvestmentBrazil, InvestmentType,
            Remuneration, VoucherPayment,
        },
        portfolios::{
            Instrument, InstrumentFee, InstrumentRate, InstrumentType, InvestmentsPortfolio,
            PortfolioType, PublicId, RedemptionCondition,
        },
    },
    time::{Moment, Window, midnight},
};
use jiff::civil::Date;
use rust_decimal::Decimal;

/// A number of units.
fn units(units: i128) -> Amount {
    Amount(Decimal::from_i128_with_scale(units, 8)).canonical()
}
/// A price.
fn price(millionths: i128) -> Amount {
    Amount(Decimal::from_i128_with_scale(millionths, 6)).canonical()
}
/// A rate, as a share.
fn rate(hundredths: i64) -> Amount {
    Amount(Decimal::new(hundredths, 4)).canonical()
}

impl Position {
    fn opened(&self) -> Option<Date> {
        self.trades.first().map(Trade::date)
    }
    /// The institution's key.
    fn key(&self, showing: &Showing<'_>) -> String {
        let seed = super::chance::Seed::of(&[self.product.isin]).bits();
        let seed = showing.world.seed.with(seed).with(self.round.cast_unsigned());
        format!("{:016x}", seed.bits())
    }
    /// What a unit was bought for, on average.
    fn average(&self) -> Amount {
        let units = Decimal::from_i128_with_scale(self.bought().max(1), 8);
        Amount((Decimal::new(self.spent(), 2) / units).round_dp(6)).canonical()
    }
    fn falls_due(&self) -> Date {
        in_month(self.round + 24, 28)
    }
}

impl Trade {
    fn key(&self) -> String {
        format!("{:016x}", self.seed.bits())
    }
    /// In the network's words.
    fn subtype(&self) -> &'static str {
        use InvestmentType::{FixedIncomeBanking, InvestmentFund};
        match (self.what, self.product.kind) {
            (What::Bought, FixedIncomeBanking | InvestmentFund) => "APLICACAO",
            (What::Sold, FixedIncomeBanking | InvestmentFund) => "RESGATE",
            (What::Bought, _) => "COMPRA",
            (What::Sold, _) => "VENDA",
            (What::Paid, _) => "DIVIDENDOS",
        }
    }
}

impl Product {
    fn family(&self) -> (PortfolioType, &'static str, InstrumentType, &'static str) {
        match self.kind {
            InvestmentType::VariableIncome => {
                (PortfolioType::VariableIncome, "Renda variável", InstrumentType::Stock, "ON")
            }
            InvestmentType::InvestmentFund => {
                (PortfolioType::FixedIncome, "Renda fixa", InstrumentType::Fund, "RENDA FIXA")
            }
            InvestmentType::TreasuryBond => {
                (PortfolioType::FixedIncome, "Renda fixa", InstrumentType::Bond, "LFT")
            }
            InvestmentType::FixedIncomeBanking | InvestmentType::FixedIncomeCredit => {
                (PortfolioType::FixedIncome, "Renda fixa", InstrumentType::Deposit, "CDB")
            }
        }
    }
}

impl Showing<'_> {
    /// What is held, and what was sold within the history that is shown.
    fn positions(&self) -> Vec<Position> {
        self.world.positions(self.history().from, self.books.now)
    }

    /// The investments, each with its key.
    pub(super) fn investments(&self) -> Vec<(String, InvestmentBrazil)> {
        let positions = self.positions();
        positions.iter().map(|position| (position.key(self), self.investment(position))).collect()
    }

    fn investment(&self, p: &Position) -> InvestmentBrazil {
        use InvestmentType::{FixedIncomeBanking, InvestmentFund, TreasuryBond, VariableIncome};
        let kind = p.product.kind;
        let (banking, bond) = (kind == FixedIncomeBanking, kind == TreasuryBond);
        let (gross, tax) = (p.gross(), p.tax());
        let indexer = match kind {
            FixedIncomeBanking => Some(Indexer::Cdi),
            TreasuryBond => Some(Indexer::Selic),
            _ => None,
        };
        InvestmentBrazil {
            kind,
            issuer_id_number: p.product.issuer.map(str::to_owned),
            isin_number: Some(p.product.isin.to_owned()),
            currency: self.country().currency().into(),
            product_name: p.product.name.into(),
            is_tax_exempt: None,
            clearing_code: banking.then(|| format!("CDB{}", p.round)),
            due_date: (banking || bond).then(|| p.falls_due()),
            issue_date: if banking { p.opened() } else { None },
            purchase_date: if banking || bond { p.opened() } else { None },
            grace_period_date: if banking { p.opened() } else { None },
            issue_unit_price: banking.then(|| Amount::cents(p.product.price)),
            balance: InvestmentBalance {
                reference_date: Moment(midnight(self.today())),
                gross_value: Amount::cents(gross),
                blocked_amount: Amount::cents(0),
                quantity: units(p.units),
                gross_unit_price: Some(price(p.price)),
                net_value: Some(Amount::cents(gross - tax)),
                withheld_amount: Some(Amount::cents(tax)),
                transaction_fee: Some(Amount::cents(0)),
                purchase_unit_price: Some(p.average()),
                pre_fixed_rate: None,
                post_fixed_rate: indexer.map(|_| rate(10_000)),
                penalty_fee: None,
                late_payment_fee: None,
                closing_price: (kind == VariableIncome).then(|| price(p.price)),
                unit_price_factor: (kind == VariableIncome).then(|| Amount::cents(100)),
            },
            remuneration: indexer.map(|indexer| Remuneration {
                post_fixed_rate: Some(rate(10_000)),
                rate_type: Some("EXPONENCIAL".into()),
                rate_periodicity: Some("ANUAL".into()),
                calculation_base: Some("DIAS_UTEIS".into()),
                indexer: Some(indexer),
                ..Remuneration::default()
            }),
            classification_details: (kind == InvestmentFund).then(|| FundClassification {
                category: Some("RENDA_FIXA".into()),
                class: Some("Renda Fixa".into()),
                subclass: Some("Duração Baixa".into()),
            }),
            voucher_payment_details: bond.then(VoucherPayment::default),
            debtor_details: None,
        }
    }

    /// What was put into investments and taken out of them inside `window`, the latest first.
    pub(super) fn investment_transactions(
        &self,
        window: Window,
    ) -> Vec<(String, InvestmentTransactionBrazil)> {
        let mut shown = Vec::new();
        for position in self.positions() {
            let inside = position.trades.iter().rev().filter(|t| window.contains(t.date()));
            shown.extend(inside.map(|trade| (position.key(self), Self::traded(trade))));
        }
        shown
    }

    fn traded(trade: &Trade) -> InvestmentTransactionBrazil {
        let listed = trade.product.kind == InvestmentType::VariableIncome;
        let fund = trade.product.kind == InvestmentType::InvestmentFund;
        let moves = trade.units > 0;
        let inflow = trade.what == What::Bought;
        let cents = |cents: i64| Some(Amount::cents(cents));
        let note = || BrokerNote {
            broker_note_number: trade.seed.digits(8),
            gross_value: Amount::cents(trade.gross),
            brokerage_fee: Amount::cents(0),
            clearing_settlement_fee: Amount::cents(0),
            clearing_registration_fee: Amount::cents(0),
            stock_exchange_asset_trade_notice_fee: Amount::cents(0),
            stock_exchange_fee: Amount::cents(0),
            clearing_custody_fee: Amount::cents(0),
            taxes: Amount::cents(0),
            income_tax: Amount::cents(0),
            net_value: Amount::cents(trade.net()),
        };
        let id = trade.key();
        InvestmentTransactionBrazil {
            internal_identification: Some(id),
            value_date: Some(trade.date()),
            gross_value: cents(trade.gross).filter(|_| !listed),
            net_value: cents(trade.net()).filter(|_| !listed),
            value: cents(trade.gross).filter(|_| listed || fund),
            unit_price: moves.then(|| price(trade.price)),
            price_factor: (listed && moves).then(|| Amount::cents(100)),
            transaction_tax: cents(0).filter(|_| !listed),
            income_tax: cents(trade.tax).filter(|_| !listed),
            quantity: moves.then(|| units(trade.units)),
            kind: Some(if inflow { Direction::Inflow } else { Direction::Outflow }),
            subtype: Some(trade.subtype().to_owned()),
            broker_note_details: (listed && moves).then(note),
            ..InvestmentTransactionBrazil::default()
        }
    }

    /// The portfolios, with what is in them.
    pub(super) fn portfolios(&self) -> Vec<(String, InvestmentsPortfolio)> {
        let held = self.positions();
        let mut portfolios = Vec::new();
        for kind in [PortfolioType::FixedIncome, PortfolioType::VariableIncome] {
            let mine: Vec<&Position> =
                held.iter().filter(|p| p.product.family().0 == kind).collect();
            let Some(first) = mine.first() else { continue };
            let sum = |of: fn(&Position) -> i64| Amount::cents(mine.iter().map(|p| of(p)).sum());
            portfolios.push((
                self.portfolio_key(kind),
                InvestmentsPortfolio {
                    name: first.product.family().1.into(),
                    kind,
                    balance_type: Some("ASSET".into()),
                    balance_gross: Some(sum(Position::gross)),
                    balance_net: Some(sum(|p| p.gross() - p.tax())),
                    currency: self.country().currency().into(),
                    instruments: Some(
                        mine.iter().filter(|p| p.units > 0).map(|p| self.instrument(p)).collect(),
                    ),
                },
            ));
        }
        portfolios
    }

    fn portfolio_key(&self, kind: PortfolioType) -> String {
        let seed = super::chance::Seed::of(&["portfolio", kind.as_str()]).bits();
        format!("{:016x}", self.world.seed.with(seed).bits())
    }

    fn instrument(&self, p: &Position) -> Instrument {
        let (_, _, kind, subtype) = p.product.family();
        let (gross, tax, spent) = (p.gross(), p.tax(), p.spent());
        let dated = matches!(kind, InstrumentType::Bond | InstrumentType::Deposit);
        Instrument {
            id: None,
            public_id: Some(vec![PublicId { kind: "ISIN".into(), value: p.product.isin.into() }]),
            kind,
            subtype: Some(subtype.to_owned()),
            name: p.product.name.into(),
            currency: self.country().currency().into(),
            price: Some(price(p.price)),
            quantity: Some(units(p.units)),
            balance_gross: Some(Amount::cents(gross)),
            balance_net: Some(Amount::cents(gross - tax)),
            average_acquisition_price: Some(p.average()),
            profit: Some(Amount::cents(gross - spent)),
            open_date: if dated { p.opened() } else { None },
            redemption_conditions: dated.then(|| {
                vec![RedemptionCondition {
                    kind: "due_date".into(),
                    value: p.falls_due().to_string(),
                }]
            }),
            fees: Some(Vec::<InstrumentFee>::new()),
            interest_rates: dated.then(|| {
                vec![InstrumentRate {
                    kind: "YEARLY".into(),
                    value: Amount::cents(10_000),
                    index: Some(if kind == InstrumentType::Bond { "SELIC" } else { "CDI" }.into()),
                }]
            }),
        }
    }

    /// What was bought, sold and paid out inside `window`, the latest first.
    pub(super) fn instrument_transactions(
        &self,
        window: Window,
    ) -> Vec<(String, InvestmentTransactionLegacy)> {
        let mut shown = Vec::new();
        for position in self.positions() {
            let (portfolio, _, kind, _) = position.product.family();
            for trade in position.trades.iter().rev().filter(|t| window.contains(t.date())) {
                let moves = trade.units > 0;
                let transaction = InvestmentTransactionLegacy {
                    instrument: InstrumentName {
                        id: None,
                        name: position.product.name.into(),
                        kind,
                    },
                    settlement_date: trade.date(),
                    operation_date: Some(trade.date()),
                    description: format!("{} {}", trade.subtype(), position.product.name),
                    kind: match trade.what {
                        What::Bought => InstrumentTransactionType::Buy,
                        What::Paid => InstrumentTransactionType::Dividend,
                        What::Sold => InstrumentTransactionType::Sell,
                    },
                    quantity: moves.then(|| units(trade.units)),
                    amount: Some(Amount::cents(trade.gross)),
                    price: moves.then(|| price(trade.price)),
                    currency: self.country().currency().into(),
                    fees: Some(Amount::cents(0)),
                };
                shown.push((self.portfolio_key(portfolio), transaction));
            }
        }
        shown
    }
}

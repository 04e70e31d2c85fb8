//! What holds whatever the movements.

use crate::book::{account, open};
use domain::{money::Amount, record::Direction, resources::accounts::Category};
use insights::{Account, IncomesWanted, Movement, incomes, recurring_expenses, risk_insights};
use jiff::{Span, civil::date};
use proptest::prelude::*;
use rust_decimal::Decimal;

const TODAY: jiff::civil::Date = date(2024, 6, 20);

fn accounts() -> Vec<Account> {
    let mut accounts = vec![
        account("a", Category::Checking),
        account("b", Category::Savings),
        account("c", Category::CreditCard),
    ];
    accounts[0].balance = Some(Amount::cents(123_456));
    accounts
}

fn movement() -> impl Strategy<Value = Movement<'static>> {
    let says = prop_oneof![
        Just("NOMINA"),
        Just("NETFLIX"),
        Just("SPEI RECIBIDO"),
        Just("TRASPASO"),
        Just("CFE"),
        Just("DEVOLUCION"),
        Just("QWXZ"),
        Just(""),
    ];
    let amounts = prop_oneof![Just(50_000_i64), Just(21_900), 0..1_000_000_i64];
    ("[abcd]", 0..420_i64, amounts, any::<bool>(), says).prop_map(
        |(account, back, cents, is_inflow, description)| Movement {
            account,
            value_date: TODAY.saturating_sub(Span::new().days(back)),
            amount: Amount::cents(cents),
            direction: Some(if is_inflow { Direction::Inflow } else { Direction::Outflow }),
            currency: None,
            description: Some(description.into()),
            status: None,
            mcc: None,
            category: None,
            subcategory: None,
            counterparty: None,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn the_order_of_movements_and_accounts_does_not_matter(
        movements in prop::collection::vec(movement(), 0..150),
        turn in 0..150_usize,
    ) {
        let (accounts, mut turned) = (accounts(), movements.clone());
        turned.rotate_left(turn.min(movements.len()));
        turned.reverse();
        let mut other_accounts = accounts.clone();
        other_accounts.reverse();
        let (one, other) = (open(&accounts, &movements), open(&other_accounts, &turned));
        let wanted = IncomesWanted::until(TODAY);
        prop_assert_eq!(incomes(&one, &wanted), incomes(&other, &wanted));
        prop_assert_eq!(risk_insights(&one, TODAY), risk_insights(&other, TODAY));
        prop_assert_eq!(
            recurring_expenses(&one, None, TODAY, TODAY),
            recurring_expenses(&other, None, TODAY, TODAY)
        );
    }

    #[test]
    fn sums_add_up(movements in prop::collection::vec(movement(), 0..150)) {
        let accounts = accounts();
        let book = open(&accounts, &movements);
        let income = incomes(&book, &IncomesWanted::until(TODAY));
        let all = income.total_income_amount.0;
        let classes = [income.total_regular_income_amount, income.total_irregular_income_amount];
        prop_assert_eq!(classes.iter().map(|a| a.0).sum::<Decimal>(), all);
        let levels = [income.total_low_confidence, income.total_medium_confidence, income.total_high_confidence];
        prop_assert_eq!(levels.iter().map(|a| a.0).sum::<Decimal>(), all);
        prop_assert_eq!(income.number_of_income_streams, income.income_streams.len());
        for stream in &income.income_streams {
            prop_assert!(stream.periods_with_income <= stream.lookback_periods);
            prop_assert!(stream.full_periods <= stream.lookback_periods);
        }
        let risk = risk_insights(&book, TODAY);
        for (moved, flow) in risk.transactions_metrics.looks.iter().zip(&risk.cashflow_metrics.looks) {
            prop_assert_eq!(moved.num_transactions, moved.num_incoming_transactions + moved.num_outgoing_transactions);
            let (Some(came), Some(positive)) = (moved.sum_incoming_amount, flow.sum_positive) else { continue };
            let (Some(went), Some(negative)) = (moved.sum_outgoing_amount, flow.sum_negative) else { continue };
            // What is left out of the cashflow is half in and half out, but for halves on the edge of the look-back.
            prop_assert!(positive <= came && negative <= went);
            prop_assert_eq!(flow.net_cashflow.map(|net| net.0), Some(positive.0 - negative.0));
        }
    }

    #[test]
    fn a_longer_look_back_counts_no_less(movements in prop::collection::vec(movement(), 0..100)) {
        let accounts = accounts();
        let risk = risk_insights(&open(&accounts, &movements), TODAY);
        let looks = &risk.transactions_metrics.looks;
        let there = |n: &usize| looks[*n].mean_num_transactions.is_some();
        for n in (1..looks.len()).filter(there) {
            prop_assert!(looks[n].num_transactions >= looks[n - 1].num_transactions);
            prop_assert!(looks[n].max_incoming_amount >= looks[n - 1].max_incoming_amount);
        }
    }

    #[test]
    fn nothing_panics_at_the_ends_of_the_calendar_and_of_numbers(
        days in prop::collection::vec((-9999..=9999_i16, 1..=12_i8, 1..=28_i8), 1..20),
        mantissa in any::<i64>(),
        scale in 0..28_u32,
        text in any::<String>(),
    ) {
        let accounts = accounts();
        let movements: Vec<Movement> = days.iter().enumerate().map(|(n, (year, month, day))| Movement {
            account: if n % 2 == 0 { "a".into() } else { "b".into() },
            value_date: date(*year, *month, *day),
            amount: Amount(Decimal::new(mantissa, scale)),
            direction: Some(if n % 3 == 0 { Direction::Inflow } else { Direction::Outflow }),
            currency: None,
            description: Some(text.clone().into()),
            status: None,
            mcc: None,
            category: None,
            subcategory: None,
            counterparty: None,
        }).collect();
        let book = open(&accounts, &movements);
        for today in [date(-9999, 1, 1), date(9999, 12, 31), movements[0].value_date] {
            let long = IncomesWanted { from: Some(date(-9999, 1, 1)), ..IncomesWanted::until(today) };
            let computed = (
                incomes(&book, &IncomesWanted::until(today)),
                incomes(&book, &long),
                risk_insights(&book, today),
                recurring_expenses(&book, None, today, today),
            );
            drop(computed);
        }
    }
}

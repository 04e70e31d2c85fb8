use crate::book::{account, amount, came, checking, day, movement, open, went};
use domain::{
    record::Direction,
    resources::{
        accounts::Category,
        risk_insights::{LookBack, RiskInsights},
        transactions::{Subcategory, TransactionCategory},
    },
};
use insights::{Account, Movement, risk_insights};

fn of(movements: &[Movement]) -> RiskInsights {
    let mut accounts = checking();
    accounts[0].balance = Some(amount("35901.46"));
    risk_insights(&open(&accounts, movements), day("2024-06-20"))
}

#[test]
fn the_published_sample_of_balances_of_three_days_is_exact() {
    let found = of(&[came("2024-06-19", "483.78", "NOMINA")]);
    let balances = &found.balances_metrics;
    assert_eq!(balances.closing_balance, Some(amount("35901.46")));
    let three_days = &balances.looks[0];
    assert_eq!(three_days.min_balance, Some(amount("35417.68")));
    assert_eq!(three_days.max_balance, Some(amount("35901.46")));
    assert_eq!(three_days.std_balance, Some(amount("279.31")));
    assert_eq!(three_days.balance_trend, Some(amount("193.51")));
    assert_eq!(three_days.days_balance_below_mean, Some(2));
    assert_eq!(three_days.days_balance_below_0, Some(0));
}

#[test]
fn the_published_sample_of_an_outflow_trend_is_exact() {
    let found = of(&[
        went("2024-06-18", "3375.43", "RENTA"),
        went("2024-06-19", "3371.52", "SUPERMERCADO"),
    ]);
    let three_days = &found.cashflow_metrics.looks[0];
    assert_eq!(three_days.sum_negative_trend, Some(amount("-3.91")));
    assert_eq!(three_days.sum_positive_trend, None);
    assert_eq!(three_days.positive_to_negative_ratio, Some(amount("0")));
}

#[test]
fn the_published_means_are_counts_by_the_days_of_the_look_back() {
    let days = ["2024-06-17", "2024-06-18", "2024-06-19", "2024-06-20"];
    let movements: Vec<Movement> = (0..26).map(|n| went(days[n % 4], "10", "OXXO")).collect();
    let found = of(&movements);
    let looks = &found.transactions_metrics.looks;
    assert_eq!(looks[0].num_transactions, 26);
    assert_eq!(looks[0].mean_num_transactions, Some(amount("6.50")), "26 ÷ 4, as published");
    assert_eq!(looks[1].mean_num_transactions, Some(amount("3.25")), "26 ÷ 8");
    assert_eq!(looks[0].max_num_transactions, 7);
    assert_eq!((looks[0].days_without_transactions, looks[1].days_without_transactions), (0, 4));
}

#[test]
fn the_published_use_of_cards_is_exact() {
    let card = Account {
        credit_limit: Some(amount("106560")),
        balance: Some(amount("101020.14")),
        ..account("card", Category::CreditCard)
    };
    let accounts = [card];
    let found = risk_insights(&open(&accounts, &[]), day("2024-06-20"));
    assert_eq!(found.credit_cards_metrics.num_accounts, 1);
    assert_eq!(found.credit_cards_metrics.credit_card_limit_utilization, Some(amount("0.95")));
}

#[test]
fn the_published_ratio_is_exact() {
    let found = of(&[came("2024-06-01", "163697.28", "X"), went("2024-06-02", "158108.77", "Y")]);
    let month = &found.cashflow_metrics.looks[2];
    assert_eq!(month.positive_to_negative_ratio, Some(amount("1.04")));
    assert_eq!(month.net_cashflow, Some(amount("5588.51")));
}

#[test]
fn days_without_a_flow_have_no_part_in_its_trend() {
    let found = of(&[
        came("2024-06-17", "100", "X"),
        came("2024-06-20", "400", "X"),
        went("2024-06-18", "50", "Y"),
    ]);
    let three_days = &found.cashflow_metrics.looks[0];
    assert_eq!(three_days.sum_positive_trend, Some(amount("100")));
    assert_eq!(three_days.sum_negative_trend, None, "one day has no slope");
    // (0, 100), (1, −50), (3, 400)
    assert_eq!(three_days.net_cashflow_trend, Some(amount("117.8571")));
}

#[test]
fn what_moves_between_own_accounts_is_counted_but_is_no_cashflow() {
    let accounts = [account("checking", Category::Checking), account("savings", Category::Savings)];
    let movements = [
        movement("checking", "2024-06-10", Direction::Outflow, "34500", "TRASPASO"),
        movement("savings", "2024-06-11", Direction::Inflow, "34500", "TRASPASO"),
        movement("checking", "2024-06-12", Direction::Outflow, "10", "OXXO"),
    ];
    let found = risk_insights(&open(&accounts, &movements), day("2024-06-20"));
    let counted = &found.transactions_metrics.looks[2];
    assert_eq!(counted.sum_incoming_amount, Some(amount("34500")));
    assert_eq!(counted.sum_outgoing_amount, Some(amount("34510")));
    let flow = &found.cashflow_metrics.looks[2];
    assert_eq!(flow.sum_positive, Some(amount("0")));
    assert_eq!(flow.sum_negative, Some(amount("10")));
    assert_eq!(found.category_metrics.len(), 1, "transfers inside are no category's");
}

#[test]
fn a_look_back_without_data_beyond_the_shorter_one_is_not_there() {
    let looks = |on: &str| {
        let found = of(&[came(on, "5", "X")]);
        let there = |n: usize| found.cashflow_metrics.looks[n].sum_positive.is_some();
        let numbers = found.transactions_metrics.looks.iter().map(|look| look.num_transactions);
        assert!(numbers.clone().zip(0..6).all(|(n, look)| there(look) || n == 0));
        assert_eq!(found.balances_metrics.looks[3].min_balance.is_some(), there(3));
        (0..6).filter(|n| there(*n)).count()
    };
    assert_eq!(looks("2024-06-20"), 3);
    assert_eq!(looks("2024-05-21"), 3, "30 days");
    assert_eq!(looks("2024-05-20"), 4);
    assert_eq!(looks("2024-03-22"), 4, "90 days");
    assert_eq!(looks("2024-03-21"), 5);
    assert_eq!(looks("2023-12-22"), 6, "181 days");
    assert_eq!(looks("2020-01-01"), 0, "too long ago");
    assert_eq!(looks("2024-06-21"), 0, "not yet");
}

#[test]
fn categories_are_netted_and_compared_with_what_came_in() {
    let found = of(&[
        came("2024-04-15", "1000", "NOMINA"),
        came("2024-05-15", "1000", "NOMINA"),
        went("2024-05-20", "500", "WALMART"),
        came("2024-05-21", "9999", "QWXZ"),
    ]);
    let listed: Vec<_> = found
        .category_metrics
        .iter()
        .map(|c| (c.category, c.subcategory, c.net_amount_3m, c.category_inflow_ratio_3m))
        .collect();
    let some = |text: &str| Some(amount(text));
    assert_eq!(
        listed,
        [
            (
                TransactionCategory::FoodGroceries,
                Some(Subcategory::Groceries),
                some("-500"),
                some("-0.25")
            ),
            (
                TransactionCategory::IncomePayments,
                Some(Subcategory::Salary),
                some("2000"),
                some("1")
            ),
        ]
    );
}

#[test]
fn keys_end_with_the_word_of_their_look_back() {
    let json = serde_json::to_value(of(&[])).expect("json");
    for back in LookBack::WORDS {
        assert!(
            json["balances_metrics"]
                .get(format!("min_balance_{back}"))
                .is_some_and(serde_json::Value::is_null)
        );
        assert_eq!(json["transactions_metrics"][format!("num_transactions_{back}")], 0);
    }
    assert_eq!(json["balances_metrics"]["balance_threshold_x"], 1000.0);
}

#[test]
fn what_is_in_another_currency_or_pending_is_left_out() {
    let mut dollars = came("2024-06-19", "7", "X");
    dollars.currency = Some("USD".into());
    let mut pending = came("2024-06-19", "7", "X");
    pending.status = Some(domain::resources::transactions::Status::Pending);
    let mut unsigned = came("2024-06-19", "7", "X");
    unsigned.direction = None;
    let found = of(&[dollars, pending, unsigned]);
    assert_eq!(found.transactions_metrics.days_history, None);
}

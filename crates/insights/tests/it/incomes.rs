use crate::book::{account, amount, came, checking, day, movement, open, went};
use domain::{
    record::Direction,
    resources::{
        accounts::Category,
        incomes::{Confidence, Income, IncomeFrequency, IncomeType},
    },
};
use insights::{IncomesWanted, Movement, incomes};

fn of(movements: &[Movement], to: &str) -> Income {
    let accounts = checking();
    incomes(&open(&accounts, movements), &IncomesWanted::until(day(to)))
}

/// Nine salaries of 2500 on the ninth of each month.
fn nine_salaries() -> Vec<Movement<'static>> {
    let months = [
        "2022-06", "2022-07", "2022-08", "2022-09", "2022-10", "2022-11", "2022-12", "2023-01",
        "2023-02",
    ];
    months.iter().map(|month| came(&format!("{month}-09"), "2500", "NOMINA ACME")).collect()
}

#[test]
fn the_published_sample_of_the_dictionary_is_exact() {
    let income = of(&nine_salaries(), "2023-02-09");
    let stream = &income.income_streams[0];
    assert_eq!(
        (stream.income_type, stream.frequency),
        (IncomeType::Salary, IncomeFrequency::Monthly)
    );
    assert_eq!(stream.number_of_incomes, 9);
    assert_eq!(stream.last_income_date, day("2023-02-09"));
    assert_eq!(
        (stream.lookback_periods, stream.full_periods, stream.periods_with_income),
        (9, 9, 9)
    );
    for average in [
        stream.monthly_average,
        stream.monthly_median,
        stream.average_income_amount,
        stream.last_income_amount,
        income.monthly_average,
        income.monthly_average_regular,
        income.monthly_average_high_confidence,
    ] {
        assert_eq!(average, amount("2500"));
    }
    assert_eq!(stream.stability, Some(amount("1")));
    assert_eq!(stream.regularity, Some(amount("1")));
    assert_eq!(stream.trend, Some(amount("0")));
    assert_eq!(stream.confidence, Confidence::High);
    assert_eq!(income.total_income_amount, amount("22500"));
    assert_eq!(income.total_high_confidence, amount("22500"));
    assert_eq!(income.first_transaction_date, Some(day("2022-06-09")));
    assert_eq!(income.last_transaction_date, day("2023-02-09"));
}

#[test]
fn the_published_sample_of_own_data_is_exact() {
    let mut movements: Vec<Movement> =
        ["2022-10", "2022-11", "2022-12", "2023-01", "2023-02", "2023-03"]
            .iter()
            .map(|month| came(&format!("{month}-25"), "1800", "PAGO DE NOMINA"))
            .collect();
    movements.push(came("2022-10-01", "1200", "HONORARIOS"));
    movements.push(came("2022-09-25", "80", "DEVOLUCION COMPRA"));
    let income = of(&movements, "2023-03-25");
    assert_eq!(income.first_transaction_date, Some(day("2022-09-25")));
    assert_eq!(income.total_income_amount, amount("12000"));
    assert_eq!(income.total_regular_income_amount, amount("10800"));
    assert_eq!(income.total_irregular_income_amount, amount("1200"));
    assert_eq!(income.monthly_average_regular, amount("1800"));
    assert_eq!(income.monthly_average_irregular, amount("200"));
    assert_eq!(income.monthly_average, amount("2000"), "additive, as published");
}

#[test]
fn a_single_income_has_no_steadiness_and_low_confidence() {
    let income = of(&[came("2024-05-03", "700", "DEPOSITO EN EFECTIVO")], "2024-05-30");
    let stream = &income.income_streams[0];
    assert_eq!(
        (stream.income_type, stream.frequency),
        (IncomeType::Deposit, IncomeFrequency::Single)
    );
    assert_eq!((stream.stability, stream.regularity, stream.trend), (None, None, None));
    assert_eq!(stream.confidence, Confidence::Low);
}

#[test]
fn what_is_no_income_is_left_out() {
    let movements = [
        came("2024-05-01", "100", "DEVOLUCION AMAZON"),
        came("2024-05-02", "100", "CONTRACARGO COMPRA"),
        came("2024-05-03", "9000", "CREDITO EMPRESTIMO PESSOAL"),
        came("2024-05-04", "100", "RESGATE CDB"),
        came("2024-05-05", "100", "RESTITUICAO IRPF"),
        went("2024-05-06", "100", "NOMINA"),
    ];
    let income = of(&movements, "2024-05-30");
    assert_eq!(income.income_streams, []);
    assert_eq!(income.total_income_amount, amount("0"));
    assert_eq!(income.monthly_average, amount("0"));
    assert_eq!(income.first_transaction_date, Some(day("2024-05-01")));
}

#[test]
fn nothing_found_is_zeros_and_no_first_day() {
    let income = of(&[], "2024-05-30");
    assert_eq!(income.first_transaction_date, None);
    assert_eq!(income.last_transaction_date, day("2024-05-30"));
    assert_eq!(income.best_working_day_to_charge, Some(0));
    assert_eq!(income.good_working_days_to_charge, Some(vec![]));
}

#[test]
fn a_source_that_is_written_in_several_ways_is_one_stream() {
    let movements = [
        came("2024-01-15", "5000", "SPEI RECIBIDO SUELDO ACME"),
        came("2024-02-15", "5100", "ABONO SUELDO ACME SA DE CV"),
        came("2024-03-15", "5000", "NOMINA ACME"),
        came("2024-04-15", "5000", "NOMINA ACME 04"),
    ];
    let income = of(&movements, "2024-04-30");
    assert_eq!(income.number_of_income_streams, 1);
    assert_eq!(income.income_streams[0].frequency, IncomeFrequency::Monthly);
}

#[test]
fn money_between_own_accounts_is_no_income() {
    let accounts = [account("checking", Category::Checking), account("savings", Category::Savings)];
    let movements = [
        movement("savings", "2024-05-02", Direction::Outflow, "3000", "TRASPASO"),
        movement("checking", "2024-05-03", Direction::Inflow, "3000", "SPEI RECIBIDO"),
        movement("checking", "2024-05-04", Direction::Inflow, "3000", "SPEI RECIBIDO ANA"),
    ];
    let income = incomes(&open(&accounts, &movements), &IncomesWanted::until(day("2024-05-30")));
    assert_eq!(income.total_income_amount, amount("3000"), "one of the two found its half");
}

#[test]
fn types_and_confidence_are_left_out_before_totals() {
    let mut movements = nine_salaries();
    movements.push(came("2023-01-03", "400", "DEPOSITO EN EFECTIVO"));
    let accounts = checking();
    let book = open(&accounts, &movements);
    let asked = |types, at_least| {
        let wanted = IncomesWanted { types, at_least, ..IncomesWanted::until(day("2023-02-09")) };
        incomes(&book, &wanted).total_income_amount
    };
    assert_eq!(asked(None, Confidence::Low), amount("22900"));
    assert_eq!(asked(None, Confidence::Medium), amount("22500"));
    assert_eq!(asked(Some(vec![IncomeType::Deposit]), Confidence::Low), amount("400"));
    assert_eq!(asked(Some(vec![]), Confidence::Low), amount("0"));
}

#[test]
fn a_debit_succeeds_best_when_the_balance_is_highest() {
    let mut accounts = checking();
    accounts[0].balance = Some(amount("9000"));
    let mut movements = Vec::new();
    for month in ["2024-01", "2024-02", "2024-03", "2024-04", "2024-05"] {
        movements.push(came(&format!("{month}-08"), "9000", "NOMINA"));
        movements.push(went(&format!("{month}-14"), "8000", "RENTA"));
    }
    let book = open(&accounts, &movements);
    let income = incomes(&book, &IncomesWanted::until(day("2024-05-31")));
    let best = income.best_working_day_to_charge.expect("a day");
    assert!((5..=9).contains(&best), "{best} is between the salary and the rent");
    let good = income.good_working_days_to_charge.expect("days");
    assert_eq!(good.len(), 3);
    assert!(good.iter().all(|other| other.abs_diff(best) >= 3));
}

#[test]
fn without_a_balance_the_days_after_regular_incomes_are_best() {
    let income = of(&nine_salaries(), "2023-02-09");
    assert!(income.best_working_day_to_charge.is_some_and(|best| (6..=8).contains(&best)));
}

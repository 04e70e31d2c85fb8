//! What one resource says agrees with what the others say of the same life.

use super::*;
use rust_decimal::Decimal;
use serde_json::Value;

/// Everything of a resource within the year that is shown: each with the key of what it is or
/// belongs to.
fn all(visit: &mut Visit, resource: &str) -> Vec<(String, Value)> {
    let (given, _) = visit.read(resource, None).expect("readable");
    let item = |g: Given| {
        let value = serde_json::from_str(g.item.get()).expect("json");
        (g.account.unwrap_or_default(), value)
    };
    given.into_iter().map(item).collect()
}
fn number(value: &Value) -> Decimal {
    value.to_string().parse().unwrap_or_else(|e| panic!("{value}: {e}"))
}
fn customer() -> Visit {
    visit("ofmockbank_br_retail", "76109277673", "").inside()
}
fn company() -> Visit {
    visit("ironbank_br_business", "shop", "full").equipped().inside()
}
/// The booked movements of the account of that category, of which the text says so.
fn moved(visit: &mut Visit, says: &str) -> Vec<(String, bool, Decimal)> {
    let movement = |t: &Value| {
        let day = t["value_date"].as_str().expect("a day").to_owned();
        (day, t["type"] == "INFLOW", number(&t["amount"]))
    };
    all(visit, "TRANSACTIONS")
        .iter()
        .filter(|(_, t)| t["description"].as_str().is_some_and(|text| text.contains(says)))
        .map(|(_, t)| movement(t))
        .collect()
}

#[test]
fn a_bill_is_the_sum_of_the_movements_that_point_to_it_and_is_paid_from_the_account() {
    let mut visit = customer();
    let bills = all(&mut visit, "BILLS");
    assert!(bills.len() >= 11, "{}", bills.len());
    let movements = all(&mut visit, "TRANSACTIONS");
    let paid = moved(&mut visit, "PAGAMENTO FATURA CARTAO");
    let oldest = day(visit.env.now()) - (HISTORY - 32).days();
    for (card, bill) in &bills {
        let key = &bill["internal_identification"];
        let due: jiff::civil::Date =
            bill["due_date"].as_str().expect("a day").parse().expect("one");
        let on_it: Vec<&Value> = movements
            .iter()
            .filter(|(account, t)| {
                account == card
                    && t["credit_card_data"]["credit_card_bill"]["internal_identification"] == *key
            })
            .map(|(_, t)| t)
            .collect();
        let total = number(&bill["total_amount"]);
        for t in &on_it {
            assert_eq!(t["credit_card_data"]["bill_name"], bill["bill_name"]);
            assert_eq!(t["credit_card_data"]["bill_due_date"], bill["due_date"]);
        }
        let payment = (due.to_string(), false, total);
        assert!(paid.contains(&payment), "{payment:?} is not among {paid:?}");
        assert_eq!(number(&bill["payments"][0]["amount"]), total);
        // Of the oldest bill the first movements are out of sight.
        if due > oldest {
            let spent: Decimal = on_it
                .iter()
                .filter(|t| t["description"] != "PAGAMENTO RECEBIDO")
                .map(|t| {
                    number(&t["amount"]) * Decimal::from(if t["type"] == "INFLOW" { -1 } else { 1 })
                })
                .sum();
            assert_eq!(spent, total, "{bill}");
        }
    }
}

#[test]
fn a_statement_says_what_its_month_says_and_so_does_its_document() {
    let mut visit = visit("erebor_mx_retail", "bnk100", "full").inside();
    let statements = all(&mut visit, "STATEMENTS");
    assert_eq!(statements.len(), 2 * 11, "of two accounts, for each month that is over");
    let movements = all(&mut visit, "TRANSACTIONS");
    for (key, it) in &statements {
        let (from, to) = (&it["period_start_date"], &it["period_end_date"]);
        let inside = |t: &Value| {
            let on = t["accounting_date"].as_str();
            on >= from.as_str() && on <= to.as_str()
        };
        // Newest first in the list, oldest first in the statement.
        let mut known: Vec<&Value> =
            movements.iter().filter(|(k, t)| k == key && inside(t)).map(|(_, t)| t).collect();
        known.reverse();
        let lines = it["transactions"].as_array().expect("lines");
        assert_eq!(lines.len(), known.len(), "{from}");
        let mut balance = number(&it["previous_balance"]);
        for (line, movement) in lines.iter().zip(known) {
            for same in [
                "value_date",
                "accounting_date",
                "description",
                "reference",
                "type",
                "amount",
                "balance",
            ] {
                assert_eq!(line[same], movement[same], "{same}");
            }
            let sign = if line["type"] == "INFLOW" { 1 } else { -1 };
            balance += number(&line["amount"]) * Decimal::from(sign);
            assert_eq!(balance, number(&line["balance"]));
        }
        assert_eq!(balance, number(&it["final_balance"]));
    }
    let december = Window::new(date(2025, 12, 1), date(2025, 12, 31));
    let wanted = Fetch { documents: true, ..fetch("STATEMENTS", None, december) };
    let mut out = Collected::default();
    let mut nobody = Answers::none();
    visit.clock.run(visit.talk.fetch(&wanted, &mut nobody, &mut out)).expect("readable");
    assert_eq!(out.0.len(), 2);
    for given in out.0 {
        let it: Value = serde_json::from_str(given.item.get()).expect("json");
        let document = lopdf::Document::load_mem(&given.documents[0].bytes).expect("a PDF");
        let pages: Vec<u32> = document.get_pages().into_keys().collect();
        let text = document.extract_text(&pages).expect("text");
        let lines = it["transactions"].as_array().expect("lines");
        for line in lines {
            let sign = if line["type"] == "INFLOW" { "+" } else { "-" };
            let amount = |key: &str| format!("{:.2}", number(&line[key]));
            let printed = format!("{sign}{} | {}", amount("amount"), amount("balance"));
            assert!(text.contains(&printed), "{printed} is not in {text}");
        }
        let left = format!("Saldo final: {:.2}", number(&it["final_balance"]));
        assert!(text.contains(&left), "{left}");
        assert_eq!(pages.len(), (11 + lines.len()).div_ceil(44), "on as many pages as it needs");
    }
}

#[test]
fn an_investment_is_the_sum_of_its_transactions_and_they_are_paid_from_the_account() {
    let mut visit = customer();
    let investments = all(&mut visit, "INVESTMENTS");
    let transactions = all(&mut visit, "INVESTMENT_TRANSACTIONS");
    let kinds: BTreeSet<&str> =
        investments.iter().filter_map(|(_, i)| i["type"].as_str()).collect();
    assert_eq!(kinds.len(), 4, "{kinds:?}");
    assert!(transactions.iter().all(|(key, _)| investments.iter().any(|(k, _)| k == key)));
    let sold = ["RESGATE", "VENDA"];
    for (key, investment) in &investments {
        let mine: Vec<&Value> =
            transactions.iter().filter(|(k, _)| k == key).map(|(_, t)| t).collect();
        let began = mine.iter().any(|t| sold.iter().all(|s| t["subtype"] != *s));
        let quantity: Decimal = mine
            .iter()
            .filter(|t| t["quantity"].is_number())
            .map(|t| {
                number(&t["quantity"]) * Decimal::from(if t["type"] == "INFLOW" { 1 } else { -1 })
            })
            .sum();
        let held = number(&investment["balance"]["quantity"]);
        // What was sold began before the year that is shown.
        if held > Decimal::ZERO {
            assert!(began);
            assert_eq!(quantity, held, "{investment}");
            let price = number(&investment["balance"]["gross_unit_price"]);
            let worth = number(&investment["balance"]["gross_value"]);
            assert!((held * price - worth).abs() <= Decimal::new(2, 2), "{investment}");
        }
        let name = investment["product_name"].as_str().expect("a name");
        let on_the_account = moved(&mut visit, name);
        for t in mine {
            let value = if t["net_value"].is_number() { &t["net_value"] } else { &t["value"] };
            let day = t["value_date"].as_str().expect("a day").to_owned();
            let movement = (day, t["type"] == "OUTFLOW", number(value));
            assert!(on_the_account.contains(&movement), "{movement:?}: {on_the_account:?}");
        }
    }
}

#[test]
fn a_portfolio_is_the_sum_of_its_instruments() {
    let mut visit = visit("erebor_br_retail", "bnk100", "full").inside();
    let portfolios = all(&mut visit, "INVESTMENTS_PORTFOLIOS");
    assert_eq!(portfolios.len(), 2);
    let transactions = all(&mut visit, "INSTRUMENT_TRANSACTIONS");
    for (key, portfolio) in &portfolios {
        let instruments = portfolio["instruments"].as_array().expect("instruments");
        let sum: Decimal = instruments.iter().map(|i| number(&i["balance_gross"])).sum();
        assert_eq!(sum, number(&portfolio["balance_gross"]));
        for instrument in instruments {
            let bought = transactions.iter().filter(|(of, t)| {
                of == key && t["instrument"]["name"] == instrument["name"] && t["type"] == "BUY"
            });
            assert!(bought.count() > 0, "{instrument}");
        }
    }
}

#[test]
fn sales_by_card_are_paid_out_to_the_cent_and_the_rest_is_receivable() {
    let mut visit = company();
    let sales = all(&mut visit, "RECEIVABLES_TRANSACTIONS");
    assert!(sales.iter().any(|(_, s)| s["status"] == "REVERTED"));
    let approved = |days: i64, debit: bool| {
        let mut by_day: BTreeMap<String, Decimal> = BTreeMap::new();
        for (_, sale) in &sales {
            let kind = sale["type"].as_str().expect("a kind");
            if sale["status"] == "APPROVED"
                && kind.ends_with("DEBIT") == debit
                && sale["number_of_installments"]["paid"] == 1
            {
                let day: jiff::civil::Date =
                    sale["value_date"].as_str().expect("a day").parse().expect("one");
                *by_day.entry((day + days.days()).to_string()).or_default() +=
                    number(&sale["net_amount"]);
            }
        }
        by_day
    };
    let mut paid_out: BTreeMap<String, Decimal> = BTreeMap::new();
    for (day, _, amount) in moved(&mut visit, "VENDAS CARTAO") {
        *paid_out.entry(day).or_default() += amount;
    }
    let mut sold = approved(1, true);
    for (day, amount) in approved(30, false) {
        *sold.entry(day).or_default() += amount;
    }
    let first = (day(visit.env.now()) - (HISTORY - 32).days()).to_string();
    let recent = |all: BTreeMap<String, Decimal>| -> BTreeMap<String, Decimal> {
        all.into_iter().filter(|(day, _)| *day > first).collect()
    };
    assert_eq!(recent(sold), recent(paid_out));
    let due: Decimal = sales
        .iter()
        .filter(|(_, s)| s["status"] == "APPROVED" && s["number_of_installments"]["paid"] == 0)
        .map(|(_, s)| number(&s["net_amount"]))
        .sum();
    let accounts = all(&mut visit, "ACCOUNTS");
    let (key, account) = accounts
        .iter()
        .find(|(_, a)| a["category"] == "RECEIVABLES_ACCOUNT")
        .expect("an account of receivables");
    assert_eq!(number(&account["receivables_data"]["current"]), due);
    assert!(sales.iter().all(|(of, _)| of == key));
}

#[test]
fn an_exchange_ends_with_its_last_event_and_is_paid_from_the_account() {
    let mut visit = customer();
    let exchanges = all(&mut visit, "EXCHANGES");
    assert!(!exchanges.is_empty());
    let events = all(&mut visit, "EXCHANGE_HISTORY");
    let paid = moved(&mut visit, "CONTRATO DE CAMBIO");
    for (key, exchange) in &exchanges {
        let mine: Vec<&Value> = events.iter().filter(|(k, _)| k == key).map(|(_, e)| e).collect();
        assert_eq!(mine[0]["event_type"], 1);
        assert_eq!(mine[0]["event_created_at"], exchange["operation_requested_at"]);
        let last = mine.last().expect("an event");
        for same in ["operation_due_date", "operation_outstanding_balance_amount"] {
            assert_eq!(last[same], exchange[same]);
        }
        let settled = last["event_type"] == 4;
        let local = number(&exchange["local_operation_value_amount"]);
        let due = exchange["operation_due_date"].as_str().expect("a day").to_owned();
        assert_eq!(paid.contains(&(due, false, local)), settled, "{exchange}");
    }
    assert_eq!(events.iter().filter(|(k, _)| exchanges.iter().all(|(e, _)| e != k)).count(), 0);
}

/// The wages that the account of `user` shows: day, employer and amount.
fn wages(site: &str, user: &str, says: &[&str]) -> Vec<(jiff::civil::Date, String, Decimal)> {
    let mut visit = visit(site, user, "full").inside();
    let mut wages = Vec::new();
    for (_, t) in all(&mut visit, "TRANSACTIONS") {
        let text = t["description"].as_str().expect("a text");
        if let Some(employer) = says.iter().find_map(|says| text.strip_prefix(says)) {
            let day = t["value_date"].as_str().expect("a day").parse().expect("one");
            wages.push((day, employer.to_owned(), number(&t["amount"])));
        }
    }
    assert!(wages.len() >= 12, "{}", wages.len());
    wages
}
/// The document of a user of the banks.
fn document(site: &str, user: &str) -> String {
    let mut visit = visit(site, user, "full").inside();
    let owners = all(&mut visit, "OWNERS");
    owners[0].1["document_id"]["document_number"].as_str().expect("a document").to_owned()
}

#[test]
fn social_security_of_mexico_knows_the_wages_that_the_account_shows() {
    let curp = document("erebor_mx_retail", "bnk100");
    let mut planet = visit("planet_mx_employment", &curp, "").inside();
    let report = all(&mut planet, "EMPLOYMENT_RECORDS").remove(0).1;
    let jobs = report["employment_records"].as_array().expect("jobs");
    let date = |value: &Value| -> Option<jiff::civil::Date> { value.as_str()?.parse().ok() };
    for (day, employer, amount) in
        wages("erebor_mx_retail", "bnk100", &["SPEI RECIBIDO NOMINA ", "SPEI RECIBIDO AGUINALDO "])
    {
        let job = jobs
            .iter()
            .find(|job| {
                date(&job["start_date"]).is_some_and(|start| start <= day)
                    && date(&job["end_date"]).is_none_or(|end| day <= end)
            })
            .unwrap_or_else(|| panic!("no job on {day}"));
        assert_eq!(job["employer"], employer.as_str());
        let updates = job["employment_status_updates"].as_array().expect("updates");
        let then = updates
            .iter()
            .find(|update| date(&update["update_date"]).is_some_and(|at| at <= day))
            .expect("hired before");
        // Half a month, of which a fifth is withheld; what is paid for a day is rounded.
        let half = number(&then["base_salary"]) * Decimal::new(304, 1) * Decimal::new(4, 1);
        assert!((half - amount).abs() < Decimal::ONE, "{day}: {amount} of {half}");
    }
    let current = all(&mut planet, "CURRENT_EMPLOYMENTS").remove(0).1;
    assert_eq!(current["current_employment_records"][0]["employer"], jobs[0]["employer"]);
    assert_eq!(current["internal_identification"], curp.as_str());
}

#[test]
fn social_security_of_brazil_knows_the_wages_that_the_account_shows() {
    let cpf = document("erebor_br_retail", "bnk100");
    let mut planet = visit("planet_br_employment", &cpf, "").inside();
    let mut rows = BTreeSet::new();
    for (_, contract) in all(&mut planet, "EMPLOYMENTS_BRAZIL") {
        for row in contract["salaries"].as_array().expect("salaries") {
            let net = number(&row["base_amount"]) - number(&row["retained_amount"]);
            let name = contract["employer_data"]["name"].as_str().expect("a name").to_owned();
            let kind = row["type"].as_str().expect("a kind").to_owned();
            rows.insert((row["month"].as_str().expect("a month").to_owned(), kind, name, net));
        }
    }
    for (day, employer, amount) in wages("erebor_br_retail", "bnk100", &["SALARIO "]) {
        let month = day.saturating_sub(1.months()).strftime("%Y-%m").to_string();
        let row = (month, "REGULAR".to_owned(), employer, amount);
        assert!(rows.contains(&row), "{row:?}");
    }
    let mut visit = visit("erebor_br_retail", "bnk100", "full").inside();
    for (day, _, amount) in moved(&mut visit, "13 SALARIO") {
        let found = rows.iter().any(|(month, kind, _, net)| {
            day.starts_with(month) && kind == "THIRTEENTH" && *net == amount
        });
        assert!(found, "{day} {amount}");
    }
}

#[test]
fn social_security_of_colombia_knows_the_wages_that_the_account_shows() {
    let number_of = document("erebor_co_retail", "bnk100");
    let mut planet = visit("planet_co_employment", &number_of, "").inside();
    let mut by_month: BTreeMap<String, Decimal> = BTreeMap::new();
    for (_, contract) in all(&mut planet, "EMPLOYMENTS_COLOMBIA") {
        for row in contract["salary_and_benefit_details"].as_array().expect("rows") {
            let month = row["month"].as_str().expect("a month").to_owned();
            by_month.insert(month, number(&row["net_amount"]));
        }
    }
    let mut paid: BTreeMap<String, Decimal> = BTreeMap::new();
    let says = ["PAGO DE NOMINA ", "PRIMA DE SERVICIOS "];
    for (day, _, amount) in wages("erebor_co_retail", "bnk100", &says) {
        *paid.entry(day.strftime("%Y-%m").to_string()).or_default() += amount;
    }
    // The first and the last month are not whole.
    let whole: Vec<_> =
        paid.iter().skip(1).filter(|(month, _)| by_month.contains_key(*month)).collect();
    assert!(whole.len() >= 11);
    for (month, amount) in whole {
        assert_eq!(by_month[month], *amount, "{month}");
    }
}

#[test]
fn numbers_of_social_security_have_right_check_digits() {
    let mut planet = visit("planet_mx_employment", "TEMX850715HDFMRR08", "").inside();
    let report = all(&mut planet, "EMPLOYMENT_RECORDS").remove(0).1;
    let documents = report["personal_data"]["document_ids"].as_array().expect("documents");
    let number = |kind: &str| {
        let of = documents.iter().find(|d| d["document_type"] == kind).expect("a document");
        of["document_number"].as_str().expect("a number").to_owned()
    };
    assert_eq!(number("CURP"), "TEMX850715HDFMRR08");
    assert!(number("RFC").starts_with("TEMX850715") && number("RFC").len() == 13);
    let luhn: u32 = number("NSS")
        .bytes()
        .rev()
        .enumerate()
        .map(|(i, b)| {
            let digit = u32::from(b - b'0') * (1 + u32::try_from(i % 2).expect("small"));
            digit / 10 + digit % 10
        })
        .sum();
    assert!(number("NSS").len() == 11 && luhn.is_multiple_of(10));
}

#[test]
fn a_season_begins_and_ends_with_the_clock() {
    let mut planet = visit("planet_mx_employment", "TEMX850715HDFMRR08", "").inside();
    let status = |visit: &mut Visit| {
        let report = all(visit, "EMPLOYMENT_RECORDS").remove(0).1;
        let status = &report["personal_data"]["entitlements"]["status"];
        (status.clone(), all(visit, "CURRENT_EMPLOYMENTS").remove(0).1["status"].clone())
    };
    let mut seen = BTreeSet::new();
    for _ in 0..12 {
        let (one, other) = status(&mut planet);
        assert_eq!(one, other);
        seen.insert(one.as_str().expect("a word").to_owned());
        planet.clock.run(planet.env.sleep(SignedDuration::from_hours(24 * 30)));
    }
    assert_eq!(seen.into_iter().collect::<Vec<_>>(), ["EMPLOYED", "UNEMPLOYED"]);
}

/// By account, what has moved into it (negative: out of it), of the movements that are booked and
/// that `counts`.
fn sums(
    movements: &[(String, Value)],
    counts: impl Fn(&Value) -> bool,
) -> BTreeMap<String, Decimal> {
    let mut sums: BTreeMap<String, Decimal> = BTreeMap::new();
    for (account, t) in movements.iter().filter(|(_, t)| t["status"] == "PROCESSED" && counts(t)) {
        let amount = number(&t["amount"]);
        let signed = if t["type"] == "INFLOW" { amount } else { -amount };
        *sums.entry(account.clone()).or_default() += signed;
    }
    sums
}

#[test]
fn balances_change_by_what_is_booked_and_debts_the_other_way() {
    let mut changed: BTreeSet<(String, bool)> = BTreeSet::new();
    for mut visit in [
        bank().inside(),
        visit("erebor_mx_retail", "bnk103", "negative").inside(),
        customer(),
        company(),
    ] {
        let accounts_before: BTreeMap<_, _> = all(&mut visit, "ACCOUNTS").into_iter().collect();
        let before = all(&mut visit, "TRANSACTIONS");
        let known: BTreeSet<_> = (before.iter())
            .map(|(_, t)| (t["internal_identification"].to_string(), t["status"].to_string()))
            .collect();
        let since = day(visit.env.now());
        visit.clock.run(visit.env.sleep(SignedDuration::from_hours(24 * 20)));
        let accounts: BTreeMap<_, _> = all(&mut visit, "ACCOUNTS").into_iter().collect();
        let movements = all(&mut visit, "TRANSACTIONS");
        let moved = sums(&movements, |t| {
            let which = (t["internal_identification"].to_string(), t["status"].to_string());
            !known.contains(&which)
        });
        for (key, account) in &accounts {
            // A loan that was signed meanwhile is an account of its own.
            let Some(earlier) = accounts_before.get(key) else { continue };
            let current = |account: &Value| number(&account["balance"]["current"]);
            let change = current(account) - current(earlier);
            let moved = moved.get(key).copied().unwrap_or_default();
            let owes = account["balance_type"] == "LIABILITY";
            let category = account["category"].as_str().expect("a category").to_owned();
            if category == "RECEIVABLES_ACCOUNT" {
                // It is the sum of sales, not of movements.
                continue;
            }
            assert_eq!(change, if owes { -moved } else { moved }, "{category}");
            if !change.is_zero() {
                changed.insert((category, owes));
            }
        }
        let mut days: BTreeMap<String, BTreeMap<String, Decimal>> = BTreeMap::new();
        for (key, balance) in all(&mut visit, "BALANCES") {
            let of = balance["value_date"].as_str().expect("a day").to_owned();
            let shown = number(&balance["current_balance"]);
            assert_eq!(shown, number(&balance["balance"]));
            days.entry(key).or_default().insert(of, shown);
        }
        for (key, days) in &days {
            let latest = days.values().next_back().copied();
            assert_eq!(latest, Some(number(&accounts[key]["balance"]["current"])));
            let days: Vec<_> = days.iter().filter(|(of, _)| **of >= since.to_string()).collect();
            assert!(days.len() > 20);
            for pair in days.windows(2) {
                let ((_, yesterday), (of, today)) = (pair[0], pair[1]);
                let booked = |t: &Value| {
                    t["accounting_date"].as_str().is_some_and(|text| text.starts_with(of.as_str()))
                };
                let moved = sums(&movements, booked).get(key).copied().unwrap_or_default();
                assert_eq!(*today - *yesterday, moved, "on {of}");
            }
        }
    }
    for (category, owes) in
        [("CHECKING_ACCOUNT", false), ("CREDIT_CARD", true), ("LOAN_ACCOUNT", true)]
    {
        assert!(changed.contains(&(category.to_owned(), owes)), "{category}: {changed:?}");
    }
}

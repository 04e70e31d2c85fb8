use super::*;
use jiff::civil::date;
use proptest::prelude::*;
use serde_json::{Value, json};
use statements::{Account as Heading, Balance as Stating, Place};

fn cents(cents: i64) -> Amount {
    Amount::cents(cents)
}
fn heading(number: &str, kind: Option<AccountKind>) -> Said {
    Said::Account(Heading { number: number.into(), kind, ..Heading::default() })
}
fn period(from: i8, to: i8) -> Said {
    Said::Period { from: date(2026, 1, from), to: date(2026, 1, to) }
}
fn balance(kind: BalanceKind, day: i8, amount: i64) -> Said {
    let date = Some(date(2026, 1, day));
    Said::Balance(Stating { kind, date, amount: cents(amount), currency: None })
}
fn moved(day: i8, amount: i64) -> Movement {
    Movement {
        value_date: Some(date(2026, 1, day)),
        amount: cents(amount),
        description: "cafe".into(),
        ..Movement::default()
    }
}
fn said(movement: Movement) -> Said {
    Said::Movement(Box::new(movement))
}
fn fault() -> Said {
    Said::Fault(Fault { place: Place { line: 7, column: 3 }, problem: "no day".into() })
}
fn heard(all: impl IntoIterator<Item = Said>) -> Gathered {
    let mut gathered = Gathered::new("MXN", 1000);
    for said in all {
        assert_eq!(gathered.hear(said), Ok(()));
    }
    gathered
}
fn read(given: Result<Given, Failure>) -> (String, Value) {
    let given = given.expect("an item");
    let item = serde_json::from_str(given.item.get()).expect("an object");
    (given.account.expect("a key"), item)
}
fn accounts(gathered: &Gathered) -> Vec<(String, Value)> {
    gathered.accounts().map(read).collect()
}
fn movements(gathered: &Gathered) -> Vec<Value> {
    gathered.movements(None, None).map(|given| read(given).1).collect()
}
/// What is seen of the only account.
fn share(gathered: &Gathered) -> Share {
    let covered = gathered.covered();
    assert_eq!(covered.accounts.len(), 1);
    *covered.accounts.values().next().expect("one account")
}

#[test]
fn money_that_leaves_is_an_outflow_and_no_amount_is_negative() {
    let out = Movement {
        id: Some("7".into()),
        booking_date: Some(date(2026, 1, 5)),
        kind: Some("PIX".into()),
        counterparty: Some("Ana".into()),
        counterparty_account: Some("123".into()),
        running_balance: Some(cents(-50)),
        ..moved(4, -1250)
    };
    let gathered = heard([heading("1", None), said(out), said(moved(6, 300))]);
    let items = movements(&gathered);
    assert_eq!(items[0]["amount"], json!(12.50));
    assert_eq!((&items[0]["type"], &items[1]["type"]), (&json!("OUTFLOW"), &json!("INFLOW")));
    assert_eq!(items[0]["balance"], json!(-0.50));
    assert_eq!(items[0]["value_date"], "2026-01-05", "the day by which statements are cut off");
    assert_eq!(items[0]["accounting_date"], "2026-01-05");
    assert_eq!(items[0]["operation_type"], "PIX");
    assert_eq!(items[0]["counterparty"]["number"], "123");
    assert_eq!(items[0]["observations"], "Ana");
    assert_eq!((&items[0]["currency"], &items[0]["status"]), (&json!("MXN"), &json!("PROCESSED")));
}

#[test]
fn what_is_owed_on_a_card_is_positive_and_only_four_digits_of_it_are_kept() {
    let gathered = heard([
        heading("4000 1234 5678 9010", Some(AccountKind::CreditCard)),
        balance(BalanceKind::Closing, 31, -98_765),
        balance(BalanceKind::Available, 31, 100_000),
        said(moved(4, -1250)),
    ]);
    let (_, card) = accounts(&gathered).remove(0);
    assert_eq!(card["balance"], json!({"current": 987.65, "available": 1000.00}));
    assert_eq!(
        (&card["category"], &card["balance_type"]),
        (&json!("CREDIT_CARD"), &json!("LIABILITY"))
    );
    assert_eq!(card["number"], "**** **** **** 9010");
    let item = movements(&gathered).remove(0);
    assert_eq!(item["credit_card_data"]["card_number"], "**** **** **** 9010");
    assert_eq!(item["type"], "OUTFLOW");
    let shown = format!("{card} {item}");
    assert!(!shown.contains("4000"), "{shown}");
}

#[test]
fn numbers_that_others_send_money_to_are_told_by_their_check_digits() {
    let public = |number: &str, branch: Option<&str>| {
        let account = Heading {
            number: number.into(),
            branch: branch.map(str::to_owned),
            ..Heading::default()
        };
        let (_, item) = accounts(&heard([Said::Account(account)])).remove(0);
        (item["public_identification_name"].clone(), item["public_identification_value"].clone())
    };
    let iban = "DE89 3704 0044 0532 0130 00";
    assert_eq!(public(iban, None), (json!("IBAN"), json!("DE89370400440532013000")));
    assert_eq!(public("DE89 3704 0044 0532 0130 01", None), (Value::Null, Value::Null));
    let clabe = "032180000118359719";
    assert_eq!(public(clabe, None), (json!("CLABE"), json!(clabe)));
    assert_eq!(public("032180000118359718", None), (Value::Null, Value::Null));
    assert_eq!(public("12345-6", Some("0001")), (json!("AGENCY/ACCOUNT"), json!("0001/12345-6")));
}

#[test]
fn one_account_under_several_headings_is_one() {
    let account = |bank: &str, number: &str| {
        Said::Account(Heading {
            bank: Some(bank.into()),
            number: number.into(),
            ..Heading::default()
        })
    };
    let gathered = heard([
        account("0341", "00012-3"),
        said(moved(1, 100)),
        account("341", "123"),
        said(moved(2, 200)),
        account("341", "124"),
        said(moved(3, 300)),
    ]);
    let keys: Vec<String> = accounts(&gathered).into_iter().map(|(key, _)| key).collect();
    assert_eq!(keys.len(), 2, "{keys:?}");
    let of_first = gathered.movements(Some(&keys[0]), None).count();
    assert_eq!((of_first, movements(&gathered).len()), (2, 3));
}

#[test]
fn movements_before_any_heading_have_an_account_without_a_number() {
    let gathered = heard([said(moved(1, 100))]);
    let (_, account) = accounts(&gathered).remove(0);
    assert_eq!((&account["number"], &account["currency"]), (&Value::Null, &json!("MXN")));
    assert_eq!(movements(&gathered).len(), 1);
}

#[test]
fn an_id_on_two_different_movements_is_none_and_so_is_a_row_of_zeros() {
    let with = |id: &str, movement: Movement| said(Movement { id: Some(id.into()), ..movement });
    let gathered = heard([
        heading("1", None),
        with("9", moved(1, 100)),
        with("9", moved(2, 100)),
        with("8", moved(3, 100)),
        with("8", moved(3, 100)),
        with("000", moved(4, 100)),
        with("7", moved(5, 100)),
    ]);
    let ids: Vec<Value> =
        movements(&gathered).iter().map(|item| item["internal_identification"].clone()).collect();
    assert_eq!(ids, [json!(null), json!(null), json!("8"), json!("8"), json!(null), json!("7")]);
}

#[test]
fn a_time_of_day_that_all_share_tells_nothing() {
    let at = |time: &str, movement: Movement| {
        let at = format!("2026-01-0{}T{time}Z", movement.value_date.map_or(1, Date::day));
        said(Movement { at: Some(at.parse().expect("an instant")), ..movement })
    };
    let noon = heard([at("12:00:00", moved(1, 1)), at("12:00:00", moved(2, 1))]);
    assert!(movements(&noon).iter().all(|item| item.get("transacted_at").is_none()));
    let real = heard([at("12:00:00", moved(1, 1)), at("14:23:05", moved(2, 1))]);
    assert_eq!(movements(&real)[1]["transacted_at"], "2026-01-02T14:23:05.000000Z");
}

#[test]
fn a_statement_is_complete_where_it_says_its_days_and_adds_up() {
    let whole = [
        heading("1", None),
        period(1, 31),
        balance(BalanceKind::Opening, 1, 1000),
        said(moved(4, -300)),
        balance(BalanceKind::Closing, 31, 700),
    ];
    let january = Window::new(date(2026, 1, 1), date(2026, 1, 31));
    assert_eq!(share(&heard(whole.clone())), Share { window: january, complete: true });

    let without = |left_out: usize| {
        let rest = whole.iter().enumerate().filter(|(at, _)| *at != left_out);
        share(&heard(rest.map(|(_, said)| said.clone())))
    };
    assert!(!without(1).complete, "it does not say its days");
    assert!(without(2).complete, "without an opening balance there is nothing to add up");
    assert!(!without(3).complete, "a movement is missing");
    let with = |more: Said| share(&heard(whole.iter().cloned().chain([more])));
    assert!(!with(fault()).complete, "something could not be read");
    let undated = Movement { value_date: None, ..moved(1, 0) };
    assert!(!with(said(undated)).complete, "a movement has no day");
    let pending = Movement { pending: true, ..moved(30, -100) };
    assert!(with(said(pending)).complete, "what is pending is in no balance yet");
    let mut cut_off = heard(whole);
    let summary = statements::read(&b"<OFX>"[..], &statements::Options::default(), &mut |_| Ok(()));
    cut_off.end(&Summary { cut_off: true, ..summary.expect("OFX, as far as it goes") });
    let cut_off = cut_off.covered();
    assert!(cut_off.accounts.values().all(|share| !share.complete));
}

#[test]
fn several_stretches_are_one_only_where_nothing_is_between_them() {
    let sheet = |from, to, opening, closing| {
        [
            heading("1", None),
            period(from, to),
            balance(BalanceKind::Opening, from, opening),
            balance(BalanceKind::Closing, to, closing),
        ]
    };
    let days = |from, to| Window::new(date(2026, 1, from), date(2026, 1, to));
    let two = |one: [Said; 4], other: [Said; 4]| share(&heard(one.into_iter().chain(other)));
    let joined = two(sheet(1, 9, 5, 5), sheet(10, 20, 5, 5));
    assert_eq!(joined, Share { window: days(1, 20), complete: true });
    let backwards = two(sheet(10, 20, 5, 5), sheet(1, 9, 5, 5));
    assert_eq!(backwards, joined);
    let weekend = two(sheet(1, 9, 5, 5), sheet(12, 20, 5, 5));
    assert!(weekend.complete, "the balance did not move between them");
    let gap = two(sheet(1, 9, 5, 5), sheet(12, 20, 8, 8));
    assert_eq!(gap, Share { window: days(1, 20), complete: false });
}

#[test]
fn the_newest_balance_is_shown_as_of_its_day() {
    let gathered = heard([
        heading("1", None),
        balance(BalanceKind::Closing, 20, 200),
        heading("1", None),
        balance(BalanceKind::Closing, 10, 100),
    ]);
    assert_eq!(accounts(&gathered)[0].1["balance"]["current"], json!(2.00));
    let as_of = gathered.as_of();
    let share = as_of.accounts.values().next().expect("one account");
    assert_eq!(
        *share,
        Share { window: Window::new(date(2026, 1, 20), date(2026, 1, 20)), complete: false }
    );
}

#[test]
fn faults_are_handed_on_with_their_places_and_only_so_many() {
    let gathered = heard(std::iter::repeat_with(fault).take(MOST_FAULTS + 23));
    let remarks = gathered.covered().remarks;
    assert_eq!(remarks.len(), MOST_FAULTS + 1);
    let first = Remark { line: Some(7), column: Some(3), problem: "no day".into() };
    assert_eq!(remarks[0], first);
    assert_eq!(remarks[MOST_FAULTS].problem, "23 more faults are not shown");
}

#[test]
fn listening_ends_where_there_is_no_room() {
    let mut gathered = Gathered::new("MXN", 2);
    assert_eq!(gathered.hear(said(moved(1, 1))), Ok(()));
    assert_eq!(gathered.hear(said(moved(2, 1))), Ok(()));
    assert_eq!(gathered.hear(said(moved(3, 1))), Err(Stop));
    assert!(gathered.is_overfull());
    assert_eq!(movements(&gathered).len(), 2);
}

fn anything() -> impl Strategy<Value = Said> {
    let day = || (1..=28_i8).prop_map(|day| date(2026, 1, day));
    let kinds =
        prop_oneof![Just(None), Just(Some(AccountKind::CreditCard)), Just(Some(AccountKind::Loan))];
    let amount = any::<i64>().prop_map(Amount::cents);
    prop_oneof![
        (".{0,20}", kinds, proptest::option::of("[0-9X*-]{0,6}")).prop_map(
            |(number, kind, branch)| {
                Said::Account(Heading { number, kind, branch, ..Heading::default() })
            }
        ),
        (day(), day()).prop_map(|(from, to)| Said::Period { from, to }),
        (any::<bool>(), proptest::option::of(day()), amount).prop_map(|(opens, date, amount)| {
            let kind = if opens { BalanceKind::Opening } else { BalanceKind::Closing };
            Said::Balance(Stating { kind, date, amount, currency: None })
        }),
        (proptest::option::of(day()), any::<i64>(), ".{0,10}", any::<bool>()).prop_map(
            |(value_date, amount, text, pending)| {
                said(Movement {
                    value_date,
                    amount: cents(amount),
                    id: Some(text.clone()),
                    description: text,
                    pending,
                    ..Movement::default()
                })
            }
        ),
        Just(fault()),
    ]
}

proptest! {
    /// Whatever is said, every movement with a day comes out once, in the shape of its resource, and
    /// belongs to an account that is listed.
    #[test]
    fn nothing_that_is_said_is_lost(all in prop::collection::vec(anything(), 0..40)) {
        let dated = all.iter().filter(|said| {
            matches!(said, Said::Movement(movement) if movement.value_date.is_some())
        });
        let dated = dated.count();
        let gathered = heard(all);
        let stamp = Timestamp::UNIX_EPOCH;
        let mut keys = BTreeSet::new();
        for given in gathered.accounts() {
            let given = given.expect("an item");
            let read = (domain::resources::accounts::ACCOUNTS.read)(&given.item, given.account, stamp);
            prop_assert!(keys.insert(read.expect("in shape").account));
        }
        let mut seen = 0;
        for given in gathered.movements(None, None) {
            let given = given.expect("an item");
            let read = (domain::resources::transactions::TRANSACTIONS.read)(&given.item, given.account, stamp);
            prop_assert!(keys.contains(&read.expect("in shape").account));
            seen += 1;
        }
        prop_assert_eq!(seen, dated);
        let covered = gathered.covered();
        prop_assert_eq!(covered.accounts.len(), keys.len());
    }
}

//! What a caller's own data say: computed from what the request brings, and kept nowhere.

use super::retrieval::period;
use crate::{
    App,
    body::{Body, Form, Items, Much, Words, body, choices},
    caller::Caller,
    operation::{Operation, post},
    problem::Problem,
    query::{json, shown},
};
use axum::{
    extract::{Request, State},
    http::StatusCode,
    response::Response,
};
use domain::{
    money::Amount,
    record::Direction,
    resources::{
        accounts::Category,
        incomes::{Confidence, Income, IncomeType},
        recurring_expenses::{ExpenseFrequency, ExpenseType, RecurringExpense, RecurringPayment},
        risk_insights::{
            AssetsMetrics, BalancesMetrics, CashflowMetrics, CategoryMetrics, TransactionsMetrics,
        },
        transactions::{Merchant, Status, Subcategory, TransactionCategory},
    },
    time::day,
    words,
};
use insights::{Account, Book, IncomesWanted, MOST_OF_A_REQUEST, Movement, categories::Rules};
use jiff::civil::Date;
use serde::Serialize;
use serde_json::json as example;
use std::{borrow::Cow, collections::HashMap};
use utoipa::ToSchema;

/// The longest body: as many movements as may come, with room for long descriptions.
const LONGEST_BODY: usize = 8 << 20;
/// The most accounts of one person.
const MOST_ACCOUNTS: usize = 1000;
/// The shortest stretch of days that incomes can be told from.
const SHORTEST: i32 = 90;

words!(
    /// Whose account it is.
    Holder {
        /// A person's.
        Individual = "INDIVIDUAL",
        /// A company's.
        Business = "BUSINESS",
    }
);
words!(
    /// Whose account incomes come into.
    Person {
        /// A person's.
        Individual = "INDIVIDUAL",
    }
);
words!(
    /// Which way incomes go.
    Incoming {
        /// In.
        Inflow = "INFLOW",
    }
);
words!(
    /// What incomes come into.
    Asset {
        /// For daily use.
        Checking = "CHECKING_ACCOUNT",
        /// To put money aside.
        Savings = "SAVINGS_ACCOUNT",
    }
);
words!(
    /// What movements happen in.
    Kept {
        /// For daily use.
        Checking = "CHECKING_ACCOUNT",
        /// A credit card.
        CreditCard = "CREDIT_CARD",
        /// A loan.
        Loan = "LOAN_ACCOUNT",
        /// To put money aside.
        Savings = "SAVINGS_ACCOUNT",
    }
);
choices!(Asset, Holder, Incoming, Kept, Person);

body! {
    /// An income of a caller's own.
    #[expect(dead_code, reason = "must be there, and nothing is computed from all of it")]
    OwnIncome {
        /// The caller's key of it.
        transaction_id: String,
        /// Whose account it came into.
        account_holder_type: Person,
        /// The caller's key of that person.
        account_holder_id: String,
        /// The caller's key of the account.
        account_id: String,
        /// What the account is.
        account_category: Asset,
        /// The day.
        value_date: Date,
        /// What the institution says of it.
        description: Words,
        /// Which way it went.
        kind = "type": Incoming,
        /// How much.
        amount: Much,
        /// ISO 4217.
        currency: String,
        /// The institution that keeps the account.
        institution: String,
    }
}
body! {
    /// What to find incomes in.
    FindOwnIncomes {
        /// ISO 639-1; the rules know all their languages at once.
        language: String,
        /// The movements.
        transactions: Items<OwnIncome, MOST_OF_A_REQUEST>,
        /// The first day to look at.
        date_from: Option<Date>,
        /// The last day to look at.
        date_to: Option<Date>,
        /// Only streams of these types.
        allowed_income_types: Option<Vec<IncomeType>>,
        /// Only streams that will go on at least so probably.
        minimum_confidence_level: Option<Confidence>,
    }
}
body! {
    /// A movement of a caller's own.
    OwnTransaction {
        /// The caller's key of it.
        transaction_id: String,
        /// Whose account it moved in.
        account_holder_type: Holder,
        /// The caller's key of whose.
        account_holder_id: String,
        /// The caller's key of the account.
        account_id: String,
        /// What the account is.
        account_category: Kept,
        /// The day.
        value_date: Date,
        /// What the institution says of it.
        description: Words,
        /// Which way it went.
        kind = "type": Direction,
        /// How much.
        amount: Much,
        /// ISO 4217.
        currency: String,
        /// The institution that keeps the account.
        institution: String,
        /// The trade of the shop, of cards.
        mcc: Option<u16>,
    }
}
body! {
    /// What to find recurring expenses or categories in.
    OwnTransactions {
        /// ISO 639-1; the rules know all their languages at once.
        language: String,
        /// The movements.
        transactions: Items<OwnTransaction, MOST_OF_A_REQUEST>,
    }
}
body! {
    /// A movement of a caller's own, in an account that is listed.
    #[expect(dead_code, reason = "must be there, and nothing is computed from all of it")]
    OwnMovement {
        /// The caller's key of it.
        transaction_id: String,
        /// The caller's key of the account.
        account_id: String,
        /// The day.
        value_date: Date,
        /// Whether it is booked; what is not is not looked at.
        status: Option<Status>,
        /// Which way it went.
        kind = "type": Direction,
        /// How much.
        amount: Much,
        /// ISO 4217.
        currency: String,
        /// What the institution says of it.
        description: Words,
    }
}
body! {
    /// An account of a caller's own.
    #[expect(dead_code, reason = "must be there, and nothing is computed from all of it")]
    OwnAccount {
        /// The caller's key of it.
        id: String,
        /// What it is.
        category: Category,
        /// The institution that keeps it.
        institution: String,
        /// What is in it, or owed.
        balance: Amount,
        /// The day of the balance.
        balance_date: Date,
        /// ISO 4217.
        balance_currency: String,
    }
}
body! {
    /// What to find risk insights in.
    FindOwnRiskInsights {
        /// The caller's key of the person.
        user_id: String,
        /// The day that is looked back from; later movements are not looked at.
        reference_date: Date,
        /// ISO 639-1; the rules know all their languages at once.
        transactions_language: String,
        /// The movements.
        transactions: Items<OwnMovement, MOST_OF_A_REQUEST>,
        /// The accounts of all of them.
        accounts: Items<OwnAccount, MOST_ACCOUNTS>,
    }
}

/// The incomes of one account holder.
#[derive(Serialize, ToSchema)]
struct HolderIncomes {
    /// The caller's key of the person.
    account_holder_id: String,
    // What is served of links has more keys under this name.
    #[serde(flatten)]
    #[schema(inline)]
    income: Income,
}

/// An expense that an account of the caller's own data pays every month.
#[derive(Serialize, ToSchema)]
struct HolderExpense {
    /// The caller's key of whose account it is.
    account_holder_id: String,
    /// The caller's key of the account.
    account_id: String,
    /// Who is paid, or what for.
    name: String,
    /// The payments, the newest first.
    transactions: Vec<RecurringPayment>,
    /// How often it is paid.
    frequency: ExpenseFrequency,
    /// The mean of one payment.
    average_transaction_amount: Amount,
    /// The median of one payment.
    median_transaction_amount: Amount,
    /// Days from the newest payment to today.
    days_since_last_transaction: i32,
    /// What for.
    category: TransactionCategory,
    /// Whether it is a subscription.
    payment_type: ExpenseType,
}

/// The risk insights of one person.
#[derive(Serialize, ToSchema)]
struct UserRiskInsights {
    /// The caller's key of the person.
    user_id: String,
    /// What is owned.
    assets_metrics: AssetsMetrics,
    /// What was in the accounts at the end of each day.
    balances_metrics: BalancesMetrics,
    /// How often and how much money moved.
    transactions_metrics: TransactionsMetrics,
    /// What came in and went out each day.
    cashflow_metrics: CashflowMetrics,
    /// What money was spent on and came from.
    category_metrics: Vec<CategoryMetrics>,
}

/// Movements with what they were for, in the order in which they came.
#[derive(Serialize, ToSchema)]
struct Categorized {
    /// The movements.
    transactions: Vec<CategorizedTransaction>,
}

/// A movement with what it was for.
#[derive(Serialize, ToSchema)]
struct CategorizedTransaction {
    /// The caller's key of it.
    transaction_id: String,
    /// Whose account it moved in.
    account_holder_type: Holder,
    /// The caller's key of whose.
    account_holder_id: String,
    /// The caller's key of the account.
    account_id: String,
    /// What the account is.
    account_category: Kept,
    /// The day.
    value_date: Date,
    /// What the institution says of it.
    description: String,
    /// Which way it went.
    #[serde(rename = "type")]
    kind: Direction,
    /// How much.
    amount: Amount,
    /// ISO 4217.
    currency: String,
    /// The institution that keeps the account.
    institution: String,
    /// The trade of the shop.
    mcc: Option<u16>,
    /// What it was for; null where nothing is said.
    category: Option<TransactionCategory>,
    /// What it was for, more closely.
    subcategory: Option<Subcategory>,
    /// The shop, where it is known.
    merchant: Option<Merchant>,
}

pub(crate) fn operations() -> Vec<Operation> {
    let own = |operation: Operation| {
        operation.says("Of the caller's own data, which are not kept.").errors(&[408, 413])
    };
    let income = example!({
        "transaction_id": "t1", "account_holder_type": "INDIVIDUAL", "account_holder_id": "h1",
        "account_id": "a1", "account_category": "CHECKING_ACCOUNT", "value_date": "2026-01-15",
        "description": "PAGO DE NOMINA", "type": "INFLOW", "amount": 12000.5, "currency": "MXN",
        "institution": "erebor",
    });
    let of = |transaction| example!({"language": "es", "transactions": [transaction]});
    vec![
        own(post("/api/enrich/incomes/", "enrich_incomes", "Finds incomes", incomes))
            .body::<FindOwnIncomes>()
            .example(of(&income))
            .schema_of::<HolderIncomes>()
            .answers_array(200, "One for each account holder.", "HolderIncomes"),
        own(post(
            "/api/enrich/recurring-expenses/",
            "enrich_recurring_expenses",
            "Finds recurring expenses",
            recurring_expenses,
        ))
        .body::<OwnTransactions>()
        .example(of(&income))
        .schema_of::<HolderExpense>()
        .answers_array(200, "What is paid every month.", "HolderExpense"),
        own(post(
            "/api/enrich/risk-insights/",
            "enrich_risk_insights",
            "Finds risk insights",
            risk_insights,
        ))
        .body::<FindOwnRiskInsights>()
        .example(example!({
            "user_id": "u1", "reference_date": "2026-01-31", "transactions_language": "es",
            "transactions": [{
                "transaction_id": "t1", "account_id": "a1", "value_date": "2026-01-15",
                "type": "INFLOW", "amount": 12000.5, "currency": "MXN",
                "description": "PAGO DE NOMINA",
            }],
            "accounts": [{
                "id": "a1", "category": "CHECKING_ACCOUNT", "institution": "erebor",
                "balance": 15000, "balance_date": "2026-01-31", "balance_currency": "MXN",
            }],
        }))
        .answers_one::<UserRiskInsights>(200, "What was found."),
        own(post("/api/categorization/", "categorize", "Says what movements were for", categorize))
            .body::<OwnTransactions>()
            .example(of(&income))
            .answers_one::<Categorized>(200, "The same movements, in the same order."),
    ]
}

/// Reads a body of a caller's own data, and computes away from where requests are answered.
async fn computed<B, T>(
    app: App,
    request: Request,
    read: fn(&mut Form) -> Option<B>,
    compute: impl FnOnce(B, &Rules) -> T + Send + 'static,
) -> Result<Response, Problem>
where
    B: Send + 'static,
    T: Serialize + Send + 'static,
{
    let mut form = Form::within(request, LONGEST_BODY).await?;
    let work = move || {
        let read = read(&mut form);
        let body = form.sure(read)?;
        shown(&compute(body, app.engine.rules()))
    };
    let answer = tokio::task::spawn_blocking(work).await.map_err(|_| Problem::unexpected())??;
    Ok(json(StatusCode::OK, answer))
}

/// A language is two letters.
fn language(form: &mut Form, key: &'static str, said: &str) {
    if said.len() != 2 || !said.bytes().all(|letter| letter.is_ascii_alphabetic()) {
        form.object(key, "invalid", "Not a language code of ISO 639-1.");
    }
}

async fn incomes(State(app): State<App>, _: Caller, request: Request) -> Result<Response, Problem> {
    let read = |form: &mut Form| {
        let wanted = FindOwnIncomes::read(form)?;
        language(form, "language", &wanted.language);
        period(form, wanted.date_from, wanted.date_to, SHORTEST);
        Some(wanted)
    };
    computed(app, request, read, |wanted, rules| {
        let types = wanted.allowed_income_types;
        let at_least = wanted.minimum_confidence_level.unwrap_or(Confidence::Low);
        let mut holders = Holders::default();
        for own in wanted.transactions.0 {
            let category = match own.account_category {
                Asset::Checking => Category::Checking,
                Asset::Savings => Category::Savings,
            };
            let account = own_account(&own.account_id, category, own.institution, &own.currency);
            let movement = own_movement(
                own.account_id,
                own.value_date,
                own.amount,
                Direction::Inflow,
                own.currency,
                own.description,
            );
            holders.add(own.account_holder_id, account, movement);
        }
        let found = holders.books().map(|(holder, accounts, movements)| {
            let book = Book::open(&accounts, &movements, rules);
            let to = wanted.date_to.or(book.last_day()).unwrap_or(Date::ZERO);
            let asked =
                IncomesWanted { from: wanted.date_from, to, types: types.clone(), at_least };
            let income = insights::incomes(&book, &asked);
            HolderIncomes {
                account_holder_id: holder,
                income: Income {
                    best_working_day_to_charge: None,
                    good_working_days_to_charge: None,
                    first_transaction_date: income.first_transaction_date.or(asked.from),
                    ..income
                },
            }
        });
        found.collect::<Vec<_>>()
    })
    .await
}

async fn recurring_expenses(
    State(app): State<App>,
    _: Caller,
    request: Request,
) -> Result<Response, Problem> {
    let today = day(app.engine.env().now());
    computed(app, request, transactions, move |wanted, rules| {
        let mut holders = Holders::default();
        for own in wanted.transactions.0 {
            let account = own_account(
                &own.account_id,
                category(own.account_category),
                own.institution,
                &own.currency,
            );
            let mut movement = own_movement(
                own.account_id,
                own.value_date,
                own.amount,
                own.kind,
                own.currency,
                own.description,
            );
            movement.mcc = own.mcc;
            holders.add(own.account_holder_id, account, movement);
        }
        let mut found = Vec::new();
        for (holder, accounts, movements) in holders.books() {
            let book = Book::open(&accounts, &movements, rules);
            let Some(to) = book.last_day() else { continue };
            for expense in insights::recurring_expenses(&book, None, to, today) {
                found.push(own_expense(holder.clone(), expense.account, expense.expense));
            }
        }
        found
    })
    .await
}

fn transactions(form: &mut Form) -> Option<OwnTransactions> {
    let wanted = OwnTransactions::read(form)?;
    language(form, "language", &wanted.language);
    Some(wanted)
}

fn own_expense(holder: String, account: String, expense: RecurringExpense) -> HolderExpense {
    HolderExpense {
        account_holder_id: holder,
        account_id: account,
        name: expense.name,
        transactions: expense.transactions,
        frequency: expense.frequency,
        average_transaction_amount: expense.average_transaction_amount,
        median_transaction_amount: expense.median_transaction_amount,
        days_since_last_transaction: expense.days_since_last_transaction,
        category: expense.category,
        payment_type: expense.payment_type,
    }
}

async fn risk_insights(
    State(app): State<App>,
    _: Caller,
    request: Request,
) -> Result<Response, Problem> {
    let read = |form: &mut Form| {
        let wanted = FindOwnRiskInsights::read(form)?;
        language(form, "transactions_language", &wanted.transactions_language);
        let currencies: HashMap<&str, &str> = wanted
            .accounts
            .0
            .iter()
            .map(|account| (account.id.as_str(), account.balance_currency.as_str()))
            .collect();
        let own = wanted.transactions.0.iter();
        if own.clone().any(|own| !currencies.contains_key(own.account_id.as_str())) {
            let message = "Every transaction needs its account in the list of accounts.";
            form.object("accounts", "invalid", message);
        } else if own
            .clone()
            .any(|own| currencies.get(own.account_id.as_str()) != Some(&own.currency.as_str()))
        {
            let message = "Transactions must be in the currency of their account.";
            form.object("transactions", "invalid", message);
        }
        Some(wanted)
    };
    computed(app, request, read, |wanted, rules| {
        let accounts: Vec<Account> = wanted
            .accounts
            .0
            .into_iter()
            .map(|own| Account {
                balance: Some(own.balance),
                ..own_account(&own.id, own.category, own.institution, &own.balance_currency)
            })
            .collect();
        let movements: Vec<Movement> = wanted
            .transactions
            .0
            .into_iter()
            .map(|own| Movement {
                status: own.status,
                ..own_movement(
                    own.account_id,
                    own.value_date,
                    own.amount,
                    own.kind,
                    own.currency,
                    own.description,
                )
            })
            .collect();
        let book = Book::open(&accounts, &movements, rules);
        let found = insights::risk_insights(&book, wanted.reference_date);
        UserRiskInsights {
            user_id: wanted.user_id,
            assets_metrics: found.assets_metrics,
            balances_metrics: found.balances_metrics,
            transactions_metrics: found.transactions_metrics,
            cashflow_metrics: found.cashflow_metrics,
            category_metrics: found.category_metrics,
        }
    })
    .await
}

async fn categorize(
    State(app): State<App>,
    _: Caller,
    request: Request,
) -> Result<Response, Problem> {
    computed(app, request, transactions, |wanted, rules| {
        let labelled = |own: OwnTransaction| {
            let label = rules.label(&own.description.0, Some(own.kind), own.mcc);
            CategorizedTransaction {
                category: label.map(|label| label.category),
                subcategory: label.and_then(|label| label.subcategory),
                merchant: label.and_then(|label| label.merchant).map(|merchant| Merchant {
                    logo: None,
                    website: merchant.website.clone(),
                    merchant_name: merchant.name.clone(),
                }),
                transaction_id: own.transaction_id,
                account_holder_type: own.account_holder_type,
                account_holder_id: own.account_holder_id,
                account_id: own.account_id,
                account_category: own.account_category,
                value_date: own.value_date,
                description: own.description.0,
                kind: own.kind,
                amount: own.amount.0,
                currency: own.currency,
                institution: own.institution,
                mcc: own.mcc,
            }
        };
        Categorized { transactions: wanted.transactions.0.into_iter().map(labelled).collect() }
    })
    .await
}

fn category(kept: Kept) -> Category {
    match kept {
        Kept::Checking => Category::Checking,
        Kept::CreditCard => Category::CreditCard,
        Kept::Loan => Category::Loan,
        Kept::Savings => Category::Savings,
    }
}

fn own_account(id: &str, category: Category, institution: String, currency: &str) -> Account {
    Account {
        id: id.to_owned(),
        category: Some(category),
        institution,
        currency: Some(currency.to_owned()),
        ..Account::default()
    }
}

fn own_movement(
    account: String,
    day: Date,
    amount: Much,
    direction: Direction,
    currency: String,
    description: Words,
) -> Movement<'static> {
    Movement {
        account,
        value_date: day,
        amount: amount.0,
        direction: Some(direction),
        currency: Some(Cow::Owned(currency)),
        description: Some(Cow::Owned(description.0)),
        status: None,
        mcc: None,
        category: None,
        subcategory: None,
        counterparty: None,
    }
}

/// What each account holder has, in the order in which they are named first.
#[derive(Default)]
struct Holders {
    places: HashMap<String, usize>,
    all: Vec<(String, HashMap<String, Account>, Vec<Movement<'static>>)>,
}

impl Holders {
    fn add(&mut self, holder: String, account: Account, movement: Movement<'static>) {
        let place = *self.places.entry(holder).or_insert_with_key(|holder| {
            self.all.push((holder.clone(), HashMap::new(), Vec::new()));
            self.all.len() - 1
        });
        if let Some((_, accounts, movements)) = self.all.get_mut(place) {
            accounts.entry(account.id.clone()).or_insert(account);
            movements.push(movement);
        }
    }
    fn books(self) -> impl Iterator<Item = (String, Vec<Account>, Vec<Movement<'static>>)> {
        self.all.into_iter().map(|(holder, accounts, movements)| {
            (holder, accounts.into_values().collect(), movements)
        })
    }
}

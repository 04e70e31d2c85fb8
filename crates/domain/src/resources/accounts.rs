//! Accounts: where money is kept or owed.

use super::{body, parse, served};
use crate::{
    filter::{Field, IN, IS, LIKE, Source},
    institution::InstitutionType,
    money::Amount,
    record::{BadItem, Facts, Item},
    resource::{Count, Envelope, Events, News, Origin, Part, Resource, Verbs, WindowRule},
    time::Moment,
    words,
};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// `/api/accounts/`.
pub static ACCOUNTS: Resource = Resource {
    name: "ACCOUNTS",
    offered_as: "ACCOUNTS",
    announced_as: "ACCOUNTS",
    path: "/api/accounts/",
    noun: "account",
    origin: Origin::Institution,
    verbs: Verbs { retrieve: true, resume: true, delete: true, asynchronous: false },
    institutions: &[InstitutionType::Bank],
    countries: &[],
    core: true,
    window: WindowRule::Now,
    kinds: None,
    documents: None,
    single: false,
    load: Part::WHOLE,
    vanishes: false,
    slice: None,
    account_key: None,
    belongs_to: None,
    envelope: &[
        Envelope::Id,
        Envelope::Link,
        Envelope::Institution,
        Envelope::CollectedAt,
        Envelope::CreatedAt,
        Envelope::LastAccessedAt,
    ],
    filters: &[
        Field::id("link", IN, Source::Column("link")),
        Field::id("id", IN, Source::Column("id")),
        Field::text("institution", IN, Source::Body(&["institution", "name"])),
        Field::word("category", Category::WORDS, IN, Source::Body(&["category"])),
        Field::text("currency", IN, Source::Body(&["currency"])),
        Field::text("number", IN, Source::Body(&["number"])),
        Field::text("name", LIKE, Source::Body(&["name"])),
        Field::text("type", IS, Source::Body(&["type"])),
        Field::text(
            "public_identification_name",
            IS,
            Source::Body(&["public_identification_name"]),
        ),
        Field::text(
            "public_identification_value",
            IS,
            Source::Body(&["public_identification_value"]),
        ),
        Field::amount("balance__available", Source::Body(&["balance", "available"])),
        Field::amount("balance__current", Source::Body(&["balance", "current"])),
        Field::instant("created_at", Source::Either("changed_at", "created_at")),
    ],
    required: None,
    deletion_limited: true,
    marks_seen: true,
    events: Events {
        loaded: &[("total_accounts", Count::Total)],
        new: &[News::of("new_accounts_available", &[("new_accounts", Count::New)])],
        updated: None,
        deleted: None,
        changes: None,
        told: None,
    },
    read,
    schemas: || served::<Account>(&ACCOUNTS),
};

/// An account as its institution describes it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct Account {
    /// What it is, in words that are the same everywhere.
    pub category: Option<Category>,
    /// How to read the balance: `ASSET` is owned, `LIABILITY` is owed. Neither is ever negated.
    pub balance_type: Option<BalanceType>,
    /// What the institution calls this kind of account.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// What the institution calls this variety of it.
    pub subtype: Option<String>,
    /// What the institution calls the account itself.
    pub name: Option<String>,
    /// Its number, as the institution prints it.
    pub number: Option<String>,
    /// The branch that keeps it.
    pub agency: Option<String>,
    /// The digit that proves `number`.
    pub check_digit: Option<String>,
    /// How much is in it, or owed.
    pub balance: Balance,
    /// ISO 4217 code of every amount here.
    pub currency: Option<String>,
    /// Which public identifier `public_identification_value` is: `CLABE`, `AGENCY/ACCOUNT`.
    pub public_identification_name: Option<String>,
    /// What others need to send money here; on cards, their numbers joined by commas.
    pub public_identification_value: Option<String>,
    /// The institution's own key.
    pub internal_identification: Option<String>,
    /// What a checking account may be overdrawn by.
    pub overdraft: Option<Overdraft>,
    /// Only on cards.
    pub credit_data: Option<CreditData>,
    /// Only on loans of any kind.
    pub loan_data: Option<LoanData>,
    /// Only on pension accounts: the funds it holds.
    pub funds_data: Option<Vec<Fund>>,
    /// Only on merchants' receivables.
    pub receivables_data: Option<ReceivablesData>,
    /// Deprecated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bank_product_id: Option<String>,
}

words!(
    /// What an account is.
    Category {
        /// Money received before it is due.
        AdvanceDeposit = "ADVANCE_DEPOSIT_ACCOUNT",
        /// For daily use.
        Checking = "CHECKING_ACCOUNT",
        /// A credit card.
        CreditCard = "CREDIT_CARD",
        /// A loan for one purchase.
        Financing = "FINANCING_ACCOUNT",
        /// Securities.
        Investment = "INVESTMENT_ACCOUNT",
        /// A loan on invoices.
        InvoiceFinancing = "INVOICE_FINANCING_ACCOUNT",
        /// A loan.
        Loan = "LOAN_ACCOUNT",
        /// For old age.
        PensionFund = "PENSION_FUND_ACCOUNT",
        /// To put money aside.
        Savings = "SAVINGS_ACCOUNT",
        /// Anything else.
        Uncategorized = "UNCATEGORIZED",
        /// What a merchant's customers have paid by card.
        Receivables = "RECEIVABLES_ACCOUNT",
    }
);
words!(
    /// How a balance is to be read.
    BalanceType {
        /// The person owns it.
        Asset = "ASSET",
        /// The person owes it.
        Liability = "LIABILITY",
    }
);

/// How much is in an account. On a card: spent in the open period, and what is left to spend. On a
/// loan: still to pay, and what would pay it off today.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct Balance {
    /// Booked.
    pub current: Option<Amount>,
    /// Free to use.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub available: Option<Amount>,
    /// Held for movements that are not booked yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub blocked: Option<Amount>,
    /// Put into an investment every evening by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub automatically_invested: Option<Amount>,
}

/// How far a checking account may go below zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Overdraft {
    /// Agreed.
    pub arranged: Amount,
    /// How much of that is in use.
    pub used: Amount,
    /// In use beyond what was agreed.
    pub unarranged: Amount,
}

/// What only credit cards have.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct CreditData {
    /// When this was read.
    pub collected_at: Option<Moment>,
    /// The most that may be owed.
    pub credit_limit: Option<Amount>,
    /// Limits of single cards or uses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limits: Option<Vec<CreditLimit>>,
    /// The last day of the period; in Brazil, the day the bill is due.
    pub cutting_date: Option<Date>,
    /// The least that must be paid for the period.
    pub minimum_payment: Option<Amount>,
    /// Whose cards they are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub network: Option<Network>,
    /// Says more when the network is `OTHER`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub network_additional_info: Option<String>,
    /// The cards of the account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cards: Option<Vec<Card>>,
    /// When the next payment is due.
    pub next_payment_date: Option<String>,
    /// What must be paid so that nothing is charged for.
    pub no_interest_payment: Option<Amount>,
    /// Percent a year.
    pub interest_rate: Option<Amount>,
    /// Deprecated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub monthly_payment: Option<Amount>,
    /// Deprecated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_payment_date: Option<String>,
    /// Deprecated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_date: Option<String>,
    /// What was owed when the last period closed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_period_balance: Option<Amount>,
}

/// One limit of a card account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CreditLimit {
    /// The card's number, mostly its last four digits.
    pub identification_number: Option<String>,
    /// The most that may be owed on it.
    pub credit_limit: Option<Amount>,
    /// Owed.
    pub used_amount: Option<Amount>,
    /// Left.
    pub available_amount: Amount,
    /// Whether the institution moves the limit by itself.
    pub is_limit_flexible: bool,
    /// What it limits.
    #[serde(rename = "type")]
    pub kind: CreditLimitType,
    /// Whether cards share it.
    pub consolidation_type: String,
    /// The use that it limits.
    pub line_name: Option<String>,
    /// Says more about that use.
    pub line_name_additional_info: Option<String>,
}
words!(
    /// What a limit limits.
    CreditLimitType {
        /// The whole card.
        Total = "TOTAL_LIMIT",
        /// One kind of use.
        Modal = "MODAL_LIMIT",
    }
);
words!(
    /// A card scheme.
    Network {
        /// Visa.
        Visa = "VISA",
        /// Mastercard.
        Mastercard = "MASTERCARD",
        /// American Express.
        AmericanExpress = "AMERICAN_EXPRESS",
        /// Diners Club.
        DinersClub = "DINERS_CLUB",
        /// Hipercard.
        Hipercard = "HIPERCARD",
        /// The institution's own.
        Own = "BANDEIRA_PROPRIA",
        /// Electronic cheques.
        ElectronicCheque = "CHEQUE_ELETRONICO",
        /// Elo.
        Elo = "ELO",
        /// Another.
        Other = "OTHER",
    }
);

/// A card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Card {
    /// Whether it is one of several of its account.
    pub is_multiple: bool,
    /// Its number, mostly its last four digits.
    pub identification_number: String,
}

/// What only loans have.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct LoanData {
    /// When this was read.
    pub collected_at: Option<Moment>,
    /// The contract's code in the country's register.
    pub loan_code: Option<String>,
    /// The whole debt as signed: principal, interest, taxes and fees.
    pub contract_amount: Option<Amount>,
    /// Percent of everything it costs, as signed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total_effective_cost: Option<Amount>,
    /// What the institution calls the product.
    pub loan_type: Option<String>,
    /// Still to pay, with interest.
    pub outstanding_balance: Option<Amount>,
    /// What it costs.
    pub interest_rates: Option<Vec<InterestRate>>,
    /// What is charged besides.
    pub fees: Option<Vec<Fee>>,
    /// What is charged for being late.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contracted_charges: Option<Vec<ContractedCharge>>,
    /// What stands behind it.
    pub collaterals: Option<Vec<Collateral>>,
    /// Single large instalments.
    pub balloon_payments: Option<Vec<BalloonPayment>>,
    /// What the contract's length is counted in.
    pub installments_contract_term_frequency: Option<Term>,
    /// How often is paid.
    pub installment_frequency: Option<InstallmentFrequency>,
    /// Says more about how often.
    pub installment_frequency_info: Option<String>,
    /// When the first instalment was due.
    pub first_installment_due_date: Option<Date>,
    /// How many instalments there are.
    pub number_of_installments_total: Option<u32>,
    /// How many are left.
    pub number_of_installments_outstanding: Option<u32>,
    /// How many are paid.
    pub number_of_installments_paid: Option<u32>,
    /// How many are late.
    pub number_of_installments_past_due: Option<u16>,
    /// When the money was handed out.
    pub disbursement_dates: Option<Vec<String>>,
    /// When it was paid off.
    pub settlement_date: Option<String>,
    /// When it was signed.
    pub contract_start_date: Option<Date>,
    /// When it ends.
    pub contract_end_date: Option<Date>,
    /// What `contract_remaining_total` is counted in.
    pub contract_remaining_frequency: Option<Term>,
    /// How long it still runs.
    pub contract_remaining_total: Option<u32>,
    /// How the debt shrinks: `PRICE`, `SAC`.
    pub amortization_schedule: Option<String>,
    /// Says more about how.
    pub amortization_schedule_info: Option<String>,
    /// The tax number of who deducts it from wages.
    pub consignee_id: Option<String>,
    /// The contract's number at the institution.
    pub contract_number: Option<String>,
    /// The usual instalment.
    pub monthly_payment: Option<Amount>,
    /// What was lent.
    pub principal: Option<Amount>,
    /// The day of the month on which it is paid.
    pub payment_day: Option<String>,
    /// What is left of the principal.
    pub outstanding_principal: Option<Amount>,
    /// When the next instalment is due.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_payment_date: Option<String>,
    /// Deprecated: see `principal`.
    pub credit_limit: Option<Amount>,
    /// Deprecated: see `outstanding_balance`.
    pub last_period_balance: Option<Amount>,
    /// Deprecated: see `interest_rates`.
    pub interest_rate: Option<Amount>,
    /// Deprecated: see `payment_day`.
    pub limit_day: Option<String>,
    /// Deprecated.
    pub cutting_day: Option<String>,
    /// Deprecated.
    pub cutting_date: Option<String>,
    /// Deprecated.
    pub last_payment_date: Option<String>,
    /// Deprecated.
    pub no_interest_payment: Option<Amount>,
}

/// One part of what a loan costs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct InterestRate {
    /// What it is called.
    pub name: Option<String>,
    /// The period that it is stated for.
    #[serde(rename = "type")]
    pub kind: Option<RatePeriod>,
    /// Percent, or an amount.
    pub value: Option<Amount>,
    /// How it is reckoned in Brazil.
    pub interest_rate_data: Option<InterestRateData>,
}
words!(
    /// The period that a rate is stated for.
    RatePeriod {
        /// A month.
        Monthly = "MONTHLY",
        /// A year.
        Yearly = "YEARLY",
    }
);

/// How a Brazilian rate is reckoned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct InterestRateData {
    /// Nominal or effective.
    pub tax_type: TaxType,
    /// Simple or compound.
    pub rate_type: RateType,
    /// The period that it is stated for.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<RatePeriod>,
    /// How days are counted: `30/360`.
    pub calculation_base: String,
    /// The family of the index it follows.
    pub reference_index_type: ReferenceIndexType,
    /// The index: `CDI`, `IPCA`.
    pub reference_index_subtype: Option<String>,
    /// Says more about the index.
    pub reference_index_info: Option<String>,
    /// The part that is fixed.
    pub pre_fixed_rate: Amount,
    /// The part that follows the index.
    pub post_fixed_rate: Amount,
    /// Says more.
    pub additional_info: Option<String>,
}
words!(
    /// How a rate is stated.
    TaxType {
        /// Without the effect of compounding.
        Nominal = "NOMINAL",
        /// With it.
        Effective = "EFFECTIVE",
    }
);
words!(
    /// Whether interest bears interest.
    RateType {
        /// It does not.
        Simple = "SIMPLE",
        /// It does.
        Compound = "COMPOUND",
    }
);
words!(
    /// A family of reference indexes.
    ReferenceIndexType {
        /// None.
        Without = "WITHOUT_INDEX_TYPE",
        /// Known beforehand.
        PreFixed = "PRE_FIXED",
        /// Known afterwards.
        PostFixed = "POST_FIXED",
        /// Moves with the market.
        Floating = "FLOATING",
        /// Moves with prices.
        IndexedPrice = "INDEXED_PRICE",
        /// For farming.
        RuralCredit = "RURAL_CREDIT",
        /// Another.
        Other = "OTHER_INDEX",
    }
);

/// What a loan charges besides interest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Fee {
    /// What it is for.
    #[serde(rename = "type")]
    pub kind: Option<FeeType>,
    /// How much.
    pub value: Option<Amount>,
    /// What it is called.
    pub name: Option<String>,
    /// Its code.
    pub code: Option<String>,
    /// When it is charged.
    pub fee_charge_type: Option<FeeChargeType>,
    /// How it is reckoned.
    pub fee_charge: Option<FeeCharge>,
    /// Percent, where it is one.
    pub rate: Option<Amount>,
}
words!(
    /// What a fee is for.
    FeeType {
        /// Doing something.
        Operation = "OPERATION_FEE",
        /// Insurance.
        Insurance = "INSURANCE_FEE",
        /// Something else.
        Others = "OTHERS",
    }
);
words!(
    /// When a fee is charged.
    FeeChargeType {
        /// Once.
        Single = "SINGLE",
        /// With every instalment.
        PerInstallment = "PER_INSTALLMENT",
    }
);
words!(
    /// How a fee is reckoned.
    FeeCharge {
        /// At least so much.
        Minimum = "MINIMUM",
        /// At most so much.
        Maximum = "MAXIMUM",
        /// Exactly so much.
        Fixed = "FIXED",
        /// So many percent.
        Percentage = "PERCENTAGE",
    }
);

/// What a contract charges for being late.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ContractedCharge {
    /// What for.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<ContractedChargeType>,
    /// Says more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub info: Option<String>,
    /// Percent of the loan.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate: Option<Amount>,
}
words!(
    /// What a contract charges for.
    ContractedChargeType {
        /// Interest for paying late.
        LatePaymentInterest = "LATE_PAYMENT_INTEREST_FEE",
        /// A penalty for paying late.
        LatePaymentPenalty = "LATE_PAYMENT_PENALTY_FEE",
        /// Interest for not paying.
        DefaultInterest = "DEFAULT_INTEREST_FEE",
        /// Tax on the contract.
        LoanContractTax = "LOAN_CONTRACT_TAX",
        /// Tax on paying late.
        LatePaymentTax = "LATE_PAYMENT_TAX",
        /// Nothing.
        NoCharge = "NO_CHARGE",
        /// Something else.
        Other = "OTHER",
    }
);

/// What stands behind a loan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Collateral {
    /// What kind of thing.
    #[serde(rename = "type")]
    pub kind: String,
    /// Which variety of it.
    pub subtype: String,
    /// ISO 4217.
    pub currency: String,
    /// What it is worth.
    pub amount: Amount,
}

/// A single large instalment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BalloonPayment {
    /// When it is due.
    pub due_date: Option<Date>,
    /// ISO 4217.
    pub currency: Option<String>,
    /// How much.
    pub amount: Option<Amount>,
}
words!(
    /// What a contract's length is counted in.
    Term {
        /// Days.
        Day = "DAY",
        /// Weeks.
        Week = "WEEK",
        /// Months.
        Month = "MONTH",
        /// Years.
        Year = "YEAR",
        /// It has no end.
        NoDeadlineRemaining = "NO_DEADLINE_REMAINING",
    }
);
words!(
    /// How often instalments are due.
    InstallmentFrequency {
        /// At no fixed time.
        Irregular = "IRREGULAR",
        /// Every week.
        Weekly = "WEEKLY",
        /// Every other week.
        Fortnightly = "FORTNIGHTLY",
        /// Every month.
        Monthly = "MONTHLY",
        /// Every other month.
        Bimonthly = "BIMONTHLY",
        /// Every three months.
        Quarterly = "QUARTERLY",
        /// Twice a year.
        Biannually = "BIANNUALLY",
        /// Every year.
        Annually = "ANNUALLY",
        /// Otherwise.
        Other = "OTHER",
    }
);

/// A fund of a pension account.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct Fund {
    /// What it is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What kind it is.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// What others know it by.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_identifications: Option<Vec<FundIdentification>>,
    /// How much is in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub balance: Option<Amount>,
    /// Its share of the account, in percent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub percentage: Option<Amount>,
    /// When this was read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub collected_at: Option<Moment>,
}

/// What others know a fund by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FundIdentification {
    /// Which identifier it is.
    pub name: String,
    /// The identifier.
    pub value: Option<String>,
}

/// What a merchant's customers have paid by card.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct ReceivablesData {
    /// Both of the following.
    pub current: Option<Amount>,
    /// Will be paid out when due.
    pub available: Option<Amount>,
    /// Was paid out early.
    pub anticipated: Option<Amount>,
    /// When this was read.
    pub collected_at: Option<Moment>,
}

fn read(item: &RawValue, account: Option<String>, stamp: Timestamp) -> Result<Item, BadItem> {
    let mut it: Account = parse(&ACCOUNTS, item)?;
    let stamp = Some(Moment(stamp));
    if let Some(block) = &mut it.credit_data {
        block.collected_at = stamp;
    }
    if let Some(block) = &mut it.loan_data {
        block.collected_at = stamp;
    }
    if let Some(block) = &mut it.receivables_data {
        block.collected_at = stamp;
    }
    for fund in it.funds_data.iter_mut().flatten() {
        fund.collected_at = stamp;
    }
    Ok(Item {
        // An account goes by the key that its movements name as theirs.
        account: account.or_else(|| it.internal_identification.clone()),
        source_id: it.internal_identification.clone(),
        facts: Facts::Keyed(keys(&it)),
        day: None,
        body: body(&ACCOUNTS, &it)?,
    })
}

/// Gives `listed` back what an earlier listing of the same account, whose body is `before`, showed
/// whole and this one masks: a number, with the branch and the check digit that a mask takes along.
pub fn unmask(listed: &mut Item, before: &str) {
    let (Ok(mut it), Ok(before)) =
        (serde_json::from_str::<Account>(&listed.body), serde_json::from_str::<Account>(before))
    else {
        return;
    };
    let number = hides(it.number.as_deref(), before.number.as_deref());
    let public = it.public_identification_name == before.public_identification_name
        && hides(
            it.public_identification_value.as_deref(),
            before.public_identification_value.as_deref(),
        );
    if number {
        it.number = before.number;
        it.agency = it.agency.or(before.agency);
        it.check_digit = it.check_digit.or(before.check_digit);
    }
    if public {
        it.public_identification_value = before.public_identification_value;
    }
    if let Ok(body) = body(&ACCOUNTS, &it)
        && (number || public)
    {
        listed.facts = Facts::Keyed(keys(&it));
        listed.body = body;
    }
}

/// Whether `masked` hides the beginning of what `whole` shows.
fn hides(masked: Option<&str>, whole: Option<&str>) -> bool {
    let (Some(masked), Some(whole)) = (filled(masked), filled(whole)) else { return false };
    let end = plain(masked.rsplit(is_mask).next().unwrap_or_default());
    let visible = end.rsplit("XX").next().unwrap_or_default();
    is_masked(masked) && !is_masked(whole) && plain(whole).ends_with(visible)
}

/// What tells an account from others, the strongest first: its public identifier, its number in its
/// branch, the institution's own key, what is visible of a masked number, the cards on it, and its
/// shape.
fn keys(account: &Account) -> Vec<String> {
    let category = account.category.map_or("", Category::as_str);
    let mut keys = Vec::new();
    let mut weak = Vec::new();
    if let Some(value) = filled(account.public_identification_value.as_deref()) {
        let kind = plain(account.public_identification_name.as_deref().unwrap_or_default());
        match value.split('/').map(digits).collect::<Option<Vec<_>>>() {
            // The cards of an account come and go, and four digits are not a number.
            _ if account.category == Some(Category::CreditCard) => {
                let mut cards: Vec<String> = value.split(',').map(plain).collect();
                cards.sort_unstable();
                weak.push(format!("cards:{}", cards.join(",")));
            }
            Some(parts) => keys.push(format!("public:{kind}:{}", parts.join("/"))),
            None => weak.push(format!("public:{kind}:{value}")),
        }
    }
    if let Some(number) = filled(account.number.as_deref()) {
        let check = filled(account.check_digit.as_deref())
            .filter(|check| !number.ends_with(&format!("-{check}")))
            .unwrap_or_default();
        match digits(&format!("{number}{check}")) {
            Some(number) => {
                let agency = account.agency.as_deref().and_then(digits).unwrap_or_default();
                keys.push(format!("number:{category}|{agency}|{number}"));
            }
            None => weak.insert(0, format!("number:{category}|{number}")),
        }
    }
    if let Some(id) = filled(account.internal_identification.as_deref()) {
        keys.push(format!("id:{id}"));
    }
    keys.append(&mut weak);
    let name = account.name.as_deref().or(account.kind.as_deref()).unwrap_or_default();
    let currency = account.currency.as_deref().unwrap_or_default();
    keys.push(format!("shape:{category}|{}|{}", plain(currency), plain(name)));
    keys
}

fn filled(text: Option<&str>) -> Option<&str> {
    text.map(str::trim).filter(|text| !text.is_empty())
}

/// Letters and digits alone, without leading zeros; `None` when some are masked or none is there.
fn digits(number: &str) -> Option<String> {
    let bare = plain(number);
    let bare = bare.trim_start_matches('0');
    (!is_masked(number) && !bare.is_empty()).then(|| bare.to_owned())
}

fn is_mask(letter: char) -> bool {
    matches!(letter, '*' | '•' | '·' | '#' | '…')
}

/// An x hides something only where several stand together; alone it is a check digit.
fn is_masked(number: &str) -> bool {
    number.contains(is_mask) || number.to_lowercase().contains("xx")
}

/// Upper-case letters and digits alone.
fn plain(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect()
}

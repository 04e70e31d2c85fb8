//! Transactions: the movements of an account.

use super::{accounts::ACCOUNTS, bad, body, parse, served};
use crate::{
    filter::{Field, IN, ONLY_IN, Source},
    institution::InstitutionType,
    money::Amount,
    record::{BadItem, Direction, Facts, Item, Movement},
    resource::{
        ANY_WINDOW, AccountKey, Count, Envelope, Events, News, Origin, Parent, Part, Pointer,
        Resource, Shown, Verbs, WindowRule,
    },
    time::{Moment, day},
    words,
};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// `/api/transactions/`.
pub static TRANSACTIONS: Resource = Resource {
    name: "TRANSACTIONS",
    offered_as: "TRANSACTIONS",
    announced_as: "TRANSACTIONS",
    path: "/api/transactions/",
    noun: "transaction",
    origin: Origin::Institution,
    verbs: Verbs { retrieve: true, resume: true, delete: true, asynchronous: true },
    institutions: &[InstitutionType::Bank],
    countries: &[],
    core: true,
    window: WindowRule::Dates { at_most: ANY_WINDOW },
    kinds: None,
    documents: None,
    single: false,
    load: Part::WHOLE,
    vanishes: true,
    slice: None,
    account_key: Some(AccountKey::optional("account")),
    belongs_to: Some(Parent { resource: &ACCOUNTS, shown: Shown::Whole("account") }),
    envelope: &[
        Envelope::Id,
        Envelope::CollectedAt,
        Envelope::CreatedAt,
        Envelope::Pointer(Pointer { object: "credit_card_bill", resource: "BILLS" }),
    ],
    filters: &[
        Field::id("link", IN, Source::Column("link")),
        Field::id("account", IN, Source::Column("account")),
        Field::text("account_type", IN, Source::AccountBody(&["type"])),
        Field::amount(
            "account__balance__available",
            Source::AccountBody(&["balance", "available"]),
        ),
        Field::amount("account__balance__current", Source::AccountBody(&["balance", "current"])),
        Field::date("accounting_date", Source::Body(&["accounting_date"])),
        Field::amount("amount", Source::Body(&["amount"])),
        Field::instant("collected_at", Source::Column("collected_at")),
        Field::instant("created_at", Source::Either("changed_at", "created_at")),
        Field::text("currency", IN, Source::Body(&["currency"])),
        Field::text(
            "credit_card_data__bill_name",
            ONLY_IN,
            Source::Body(&["credit_card_data", "bill_name"]),
        ),
        Field::text("reference", IN, Source::Body(&["reference"])),
        Field::word("status", Status::WORDS, IN, Source::Body(&["status"])),
        Field::word("type", Direction::WORDS, IN, Source::Body(&["type"])),
        Field::date("value_date", Source::Column("day")),
    ],
    required: Some("link"),
    deletion_limited: true,
    marks_seen: false,
    events: Events {
        loaded: &[
            ("total_transactions", Count::Total),
            ("total_inflow_transactions", Count::Inflow),
            ("total_outflow_transactions", Count::Outflow),
            ("first_transaction_date", Count::FirstDay),
            ("last_transaction_date", Count::LastDay),
        ],
        new: &[News::of("new_transactions_available", &[("new_transactions", Count::New)])],
        updated: Some("transactions_updated"),
        deleted: Some("transactions_deleted"),
        changes: None,
        told: None,
    },
    read,
    schemas: || served::<Transaction>(&TRANSACTIONS),
};

/// A movement of money as the institution describes it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct Transaction {
    /// The institution's own key; while pending it may change.
    pub internal_identification: Option<String>,
    /// The day it happened.
    pub value_date: Option<Date>,
    /// The instant it happened; midnight where only the day is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transacted_at: Option<Moment>,
    /// When it was booked: a day, or an instant where that is known.
    #[schema(value_type = Option<String>)]
    pub accounting_date: Option<Booked>,
    /// The working day on or after `value_date`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inferred_accounting_date: Option<Date>,
    /// Never negative: `type` says which way.
    pub amount: Option<Amount>,
    /// The amount in the account's currency, where it was spent in another.
    pub local_currency_amount: Option<Amount>,
    /// What was in the account afterwards.
    pub balance: Option<Amount>,
    /// ISO 4217.
    pub currency: Option<String>,
    /// The institution's words for it.
    pub description: Option<String>,
    /// More of the institution's words.
    pub observations: Option<String>,
    /// The shop, where it was recognised.
    pub merchant: Option<Merchant>,
    /// What it was for, where that was worked out.
    pub category: Option<TransactionCategory>,
    /// What it was for, more closely.
    pub subcategory: Option<Subcategory>,
    /// The institution's reference.
    pub reference: Option<String>,
    /// Which way the money went, seen from the account; null when unknown.
    #[serde(rename = "type")]
    pub kind: Option<Direction>,
    /// Whether it is booked.
    pub status: Option<Status>,
    /// Only on cards.
    pub credit_card_data: Option<CreditCardData>,
    /// Who was at the other end.
    pub counterparty: Option<Counterparty>,
    /// Only on loans.
    pub loan_data: Option<LoanPayment>,
    /// Whether it was paid at once.
    pub payment_type: Option<PaymentType>,
    /// How it travelled: `PIX`, `TED`, `SPEI`.
    pub operation_type: Option<String>,
    /// Says more about how.
    pub operation_type_additional_info: Option<String>,
    /// ISO 18245 code of the shop's trade.
    pub mcc: Option<u16>,
}

/// When a movement was booked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum Booked {
    /// To the instant.
    At(Moment),
    /// To the day.
    On(Date),
}

words!(
    /// Whether a movement is booked.
    Status {
        /// Not yet: it may change or vanish.
        Pending = "PENDING",
        /// It is.
        Processed = "PROCESSED",
        /// Deprecated.
        Uncategorized = "UNCATEGORIZED",
    }
);
words!(
    /// Whether something was paid at once.
    PaymentType {
        /// It was.
        Full = "FULL",
        /// In instalments.
        Installment = "INSTALLMENT",
    }
);

/// A shop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Merchant {
    /// Where its logo is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logo: Option<String>,
    /// Where its site is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub website: Option<String>,
    /// What people call it.
    pub merchant_name: String,
}

/// The bill of a card that a movement is on.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct CreditCardData {
    /// When this was read.
    pub collected_at: Option<Moment>,
    /// What the institution calls the bill; null until it is closed.
    pub bill_name: Option<String>,
    /// When the bill is due.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bill_due_date: Option<Date>,
    /// The institution's key of the bill.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bill_internal_identification: Option<String>,
    /// Where the bill stands.
    pub bill_status: Option<BillStatus>,
    /// What the bill before came to.
    pub previous_bill_total: Option<String>,
    /// What the bill has come to so far.
    pub bill_amount: Option<Amount>,
    /// The card, mostly its last four digits.
    pub card_number: Option<String>,
    /// Which fee this is, if it is one.
    pub fee_type: Option<CardFee>,
    /// Says more about the fee.
    pub fee_type_additional_info: Option<String>,
    /// Which credit this is, if it is one.
    pub credits_type: Option<CardCredit>,
    /// Says more about the credit.
    pub credits_type_additional_info: Option<String>,
    /// The institution's key of the plan of instalments.
    pub installment_identifier: Option<String>,
    /// How many instalments the plan has.
    pub number_of_installments: Option<u16>,
    /// Points to the bill.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credit_card_bill: Option<CreditCardBill>,
}

/// Points to a bill.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct CreditCardBill {
    /// The bill's own id, where it is stored. Added when the movement is shown.
    #[serde(skip_deserializing, skip_serializing_if = "Option::is_none")]
    pub id: Option<uuid::Uuid>,
    /// The institution's key of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub internal_identification: Option<String>,
}
words!(
    /// Where a bill stands.
    BillStatus {
        /// Paid.
        Paid = "PAID",
        /// Closed, to be paid.
        Closed = "CLOSED",
        /// Still filling.
        Open = "OPEN",
        /// Not begun.
        Future = "FUTURE",
    }
);
words!(
    /// A fee of a card.
    CardFee {
        /// For the year.
        Annual = "ANNUAL_FEE",
        /// For cash at home.
        NationalWithdrawal = "NATIONAL_WITHDRAWAL",
        /// For cash abroad.
        InternationalWithdrawal = "INTERNATIONAL_WITHDRAWAL",
        /// For credit in haste.
        EmergencyCreditEvaluation = "EMERGENCY_CREDIT_EVALUATION_FEE",
        /// For another card.
        DuplicateIssuance = "DUPLICATE_ISSUANCE_FEE",
        /// For paying a bill with the card.
        Payment = "PAYMENT_FEE",
        /// For messages.
        Sms = "SMS_FEE",
        /// For something else.
        Others = "OTHERS",
    }
);
words!(
    /// A credit of a card.
    CardCredit {
        /// Of what was left unpaid.
        Revolving = "REVOLVING_CREDIT",
        /// The bill in instalments.
        BillInstallmentPayment = "BILL_INSTALLMENT_PAYMENT",
        /// A loan.
        Loan = "LOAN",
        /// Another.
        Others = "OTHERS",
    }
);

/// Who was at the other end.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct Counterparty {
    /// A person or a company.
    #[serde(rename = "type")]
    pub kind: Option<CounterpartyType>,
    /// Tax number.
    pub document_number: Option<String>,
    /// Code of their bank.
    pub clearing_code: Option<String>,
    /// Their branch.
    pub agency: Option<String>,
    /// The digit that proves `number`.
    pub check_digit: Option<String>,
    /// Their account.
    pub number: Option<String>,
}
words!(
    /// What someone is.
    CounterpartyType {
        /// A person.
        Individual = "INDIVIDUAL",
        /// A company.
        Company = "COMPANY",
    }
);

/// What a movement paid on a loan.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct LoanPayment {
    /// Whether it was outside the plan.
    pub is_detached: bool,
    /// The institution's key of the instalment.
    pub installment_id: Option<String>,
    /// The fees in it.
    pub fees: Vec<LoanPaymentFee>,
    /// The charges in it.
    pub charges: Vec<LoanPaymentCharge>,
}

/// A fee inside a payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LoanPaymentFee {
    /// What it is called.
    pub name: String,
    /// Its code.
    pub code: String,
    /// How much.
    pub amount: Option<Amount>,
}

/// A charge inside a payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LoanPaymentCharge {
    /// What for.
    #[serde(rename = "type")]
    pub kind: String,
    /// Says more.
    pub info: String,
    /// How much.
    pub amount: Amount,
}

words!(
    /// What a movement was for.
    #[expect(missing_docs, reason = "the words are the documentation")]
    TransactionCategory {
        BillsUtilities = "Bills & Utilities",
        CreditsLoans = "Credits & Loans",
        Deposits = "Deposits",
        FeesCharges = "Fees & Charges",
        FoodGroceries = "Food & Groceries",
        HomeLife = "Home & Life",
        IncomePayments = "Income & Payments",
        Insurance = "Insurance",
        InvestmentsSavings = "Investments & Savings",
        OnlinePlatformsLeisure = "Online Platforms & Leisure",
        PersonalShopping = "Personal Shopping",
        Taxes = "Taxes",
        Transfers = "Transfers",
        TransportTravel = "Transport & Travel",
        Unknown = "Unknown",
        WithdrawalAtm = "Withdrawal & ATM",
    }
);
words!(
    /// What a movement was for, more closely.
    #[expect(missing_docs, reason = "the words are the documentation")]
    Subcategory {
        ElectricityEnergy = "Electricity & Energy",
        Rent = "Rent",
        Telecommunications = "Telecommunications",
        Water = "Water",
        Auto = "Auto",
        CreditCard = "Credit Card",
        Instalment = "Instalment",
        InterestCharges = "Interest & Charges",
        Mortgage = "Mortgage",
        PayAdvance = "Pay Advance",
        Personal = "Personal",
        Adjustments = "Adjustments",
        BankFees = "Bank Fees",
        Chargeback = "Chargeback",
        Refund = "Refund",
        BlockedBalances = "Blocked Balances",
        Alimony = "Alimony",
        AlcoholTobacco = "Alcohol & Tobacco",
        BakeryCoffee = "Bakery & Coffee",
        BarsNightclubs = "Bars & Nightclubs",
        ConvenienceStore = "Convenience Store",
        Delivery = "Delivery",
        Groceries = "Groceries",
        Restaurants = "Restaurants",
        Education = "Education",
        GymsFitness = "Gyms & Fitness",
        HairBeauty = "Hair & Beauty",
        Health = "Health",
        HomeDecorAppliances = "Home Decor & Appliances",
        LaundryDryCleaning = "Laundry & Dry Cleaning",
        Pharmacies = "Pharmacies",
        ProfessionalServices = "Professional Services",
        VeterinaryServices = "Veterinary Services",
        Freelance = "Freelance",
        Interest = "Interest",
        Retirement = "Retirement",
        Salary = "Salary",
        Government = "Government",
        HomeInsurance = "Home Insurance",
        AutoInsurance = "Auto Insurance",
        HealthLifeInsurance = "Health & Life Insurance",
        Savings = "Savings",
        FixedIncome = "Fixed income",
        Equity = "Equity",
        InvestmentFunds = "Investment Funds",
        Derivatives = "Derivatives",
        Cryptocurrencies = "Cryptocurrencies",
        AppsSoftwareAndCloudServices = "Apps, Software and Cloud Services",
        EventsParksAndMuseums = "Events, Parks and Museums",
        Gambling = "Gambling",
        Gaming = "Gaming",
        Lottery = "Lottery",
        MovieAudio = "Movie & Audio",
        BooksNews = "Books & News",
        ClothingAccessories = "Clothing & Accessories",
        DepartmentStore = "Department Store",
        Electronics = "Electronics",
        ECommerce = "E-commerce",
        Gifts = "Gifts",
        OfficeSupplies = "Office Supplies",
        PetSupplies = "Pet Supplies",
        AutoTaxFees = "Auto Tax & Fees",
        Donation = "Donation",
        GovernmentFees = "Government Fees",
        IncomeTax = "Income Tax",
        RealEstateTaxFees = "Real Estate Tax & Fees",
        TaxReturn = "Tax Return",
        Accommodation = "Accommodation",
        AutoExpenses = "Auto Expenses",
        AutoRental = "Auto Rental",
        Flights = "Flights",
        Gas = "Gas",
        MileagePrograms = "Mileage Programs",
        ParkingTolls = "Parking & Tolls",
        PublicTransit = "Public Transit",
        TaxisRideshares = "Taxis & Rideshares",
        Other = "Other",
    }
);

/// Brings a movement into shape: what an institution leaves unsaid of its state is booked, and the
/// day follows from the instant.
fn read(item: &RawValue, account: Option<String>, stamp: Timestamp) -> Result<Item, BadItem> {
    let mut it: Transaction = parse(&TRANSACTIONS, item)?;
    let amount = it.amount.ok_or_else(|| bad(&TRANSACTIONS, "amount", "must be known"))?;
    if amount < Amount::ZERO {
        return Err(bad(&TRANSACTIONS, "amount", "must not be negative: `type` is its sign"));
    }
    let value_date = it
        .value_date
        .or_else(|| it.transacted_at.map(|at| day(at.0)))
        .ok_or_else(|| bad(&TRANSACTIONS, "value_date", "must be known"))?;
    it.value_date = Some(value_date);
    let status = *it.status.get_or_insert(Status::Processed);
    if let Some(block) = &mut it.credit_card_data {
        block.collected_at = Some(Moment(stamp));
    }
    let movement = Movement {
        value_date,
        transacted_at: it.transacted_at.map(|at| at.0),
        amount,
        direction: it.kind,
        currency: it.currency.clone().unwrap_or_default(),
        description: it.description.clone().unwrap_or_default(),
        pending: status == Status::Pending,
        running_balance: it.balance,
        reference: it.reference.clone(),
        on_card: it.credit_card_data.is_some(),
    };
    Ok(Item {
        account,
        source_id: it.internal_identification.clone(),
        day: Some(movement.value_date),
        facts: Facts::Movement(movement),
        body: body(&TRANSACTIONS, &it)?,
    })
}

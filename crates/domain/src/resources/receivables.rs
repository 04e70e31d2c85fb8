//! Receivables: what a merchant's customers have paid by card, sale by sale.

use super::{accounts::ACCOUNTS, body, parse, served};
use crate::{
    filter::{Field, IN, Source},
    institution::InstitutionType,
    money::Amount,
    record::{BadItem, Facts, Item},
    resource::{
        ANY_WINDOW, Envelope, Events, Origin, Parent, Part, Resource, Shown, Verbs, WindowRule,
    },
    words,
};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// `/receivables/transactions/`.
pub static RECEIVABLES: Resource = Resource {
    name: "RECEIVABLES_TRANSACTIONS",
    offered_as: "RECEIVABLES_TRANSACTIONS",
    announced_as: "RECEIVABLES_TRANSACTIONS",
    path: "/receivables/transactions/",
    noun: "receivables transaction",
    origin: Origin::Institution,
    verbs: Verbs { retrieve: true, resume: false, delete: true, asynchronous: false },
    institutions: &[InstitutionType::Bank],
    countries: &[],
    core: false,
    window: WindowRule::Dates { at_most: ANY_WINDOW },
    kinds: None,
    documents: None,
    single: false,
    load: Part::WHOLE,
    vanishes: true,
    slice: None,
    account_key: None,
    belongs_to: Some(Parent {
        resource: &ACCOUNTS,
        shown: Shown::Brief("account", &["id", "institution"]),
    }),
    envelope: &[Envelope::Id, Envelope::CollectedAt, Envelope::CreatedAt],
    filters: &[
        Field::id("link", IN, Source::Column("link")),
        Field::id("account", IN, Source::Column("account")),
        Field::date("value_date", Source::Column("day")),
        Field::instant("created_at", Source::Either("changed_at", "created_at")),
    ],
    required: None,
    deletion_limited: false,
    marks_seen: false,
    events: Events::NONE,
    read,
    schemas: || served::<ReceivablesTransaction>(&RECEIVABLES),
};

/// A sale that was paid by card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReceivablesTransaction {
    /// The hour where it was, `HH:MM`.
    pub value_hour: String,
    /// The day.
    pub value_date: Date,
    /// The acquirer's key.
    pub institution_transaction_id: String,
    /// ISO 4217.
    pub currency: String,
    /// Which card, and how it was used.
    #[serde(rename = "type")]
    pub kind: Option<CardUse>,
    /// What the customer paid.
    pub gross_amount: Option<Amount>,
    /// What the merchant gets of it.
    pub net_amount: Option<Amount>,
    /// What is kept back.
    pub fees: Vec<ReceivablesFee>,
    /// What became of it.
    pub status: Option<SaleStatus>,
    /// In how many parts it is paid out.
    pub number_of_installments: Option<Installments>,
}
words!(
    /// A card scheme, and how the card was used.
    #[expect(missing_docs, reason = "the words are the documentation")]
    CardUse {
        VisaCredit = "VISA_CREDIT",
        VisaDebit = "VISA_DEBIT",
        MastercardCredit = "MASTERCARD_CREDIT",
        MastercardDebit = "MASTERCARD_DEBIT",
        EloCredit = "ELO_CREDIT",
        EloDebit = "ELO_DEBIT",
    }
);
words!(
    /// What became of a sale.
    SaleStatus {
        /// It holds.
        Approved = "APPROVED",
        /// It was called off.
        Cancelled = "CANCELLED",
        /// It was given back.
        Reverted = "REVERTED",
        /// Not said.
        Uncategorized = "UNCATEGORIZED",
    }
);

/// What is kept back of a sale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReceivablesFee {
    /// What for.
    #[serde(rename = "type")]
    pub kind: Option<ReceivablesFeeType>,
    /// How much.
    pub value: Amount,
}
words!(
    /// What something is kept back for.
    ReceivablesFeeType {
        /// The transaction.
        Transaction = "TRANSACTION_FEE",
    }
);

/// In how many parts a sale is paid out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Installments {
    /// So many are paid.
    pub paid: Option<u16>,
    /// Of so many.
    pub total: Option<u16>,
}

fn read(item: &RawValue, account: Option<String>, _stamp: Timestamp) -> Result<Item, BadItem> {
    let it: ReceivablesTransaction = parse(&RECEIVABLES, item)?;
    let key = format!("sale:{}|{}|{}", it.institution_transaction_id, it.value_date, it.value_hour);
    Ok(Item {
        account,
        source_id: None,
        facts: Facts::Keyed(vec![key]),
        day: Some(it.value_date),
        body: body(&RECEIVABLES, &it)?,
    })
}

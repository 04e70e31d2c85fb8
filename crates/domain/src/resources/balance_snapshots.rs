//! Balance snapshots: what is in an account at the moment of asking.

use super::{accounts::ACCOUNTS, body, parse, served};
use crate::{
    filter::{Field, IN, Source},
    institution::InstitutionType,
    money::Amount,
    record::{BadItem, Facts, Item},
    resource::{
        AccountKey, Envelope, Events, Origin, Parent, Part, Resource, Shown, Verbs, WindowRule,
    },
    time::Moment,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// `/api/br/balances/`.
pub static BALANCE_SNAPSHOTS: Resource = Resource {
    name: "BALANCE_SNAPSHOTS",
    offered_as: "BALANCES",
    announced_as: "BALANCE_SNAPSHOTS",
    path: "/api/br/balances/",
    noun: "balance snapshot",
    origin: Origin::Institution,
    verbs: Verbs { retrieve: true, resume: false, delete: false, asynchronous: false },
    institutions: &[InstitutionType::Bank],
    countries: &[],
    core: false,
    window: WindowRule::Now,
    kinds: None,
    documents: None,
    single: false,
    load: Part::WHOLE,
    vanishes: true,
    slice: None,
    account_key: Some(AccountKey::optional("account_id")),
    belongs_to: Some(Parent { resource: &ACCOUNTS, shown: Shown::Apart }),
    envelope: &[
        Envelope::Id,
        Envelope::Link,
        Envelope::Parent("account_id"),
        Envelope::CollectedAt,
        Envelope::CreatedAt,
    ],
    filters: &[
        Field::id("link", IN, Source::Column("link")),
        Field::id("account", IN, Source::Column("account")),
        Field::id("id", IN, Source::Column("id")),
        Field::instant("collected_at", Source::Column("collected_at")),
        Field::instant("created_at", Source::Either("changed_at", "created_at")),
    ],
    required: Some("link"),
    deletion_limited: false,
    marks_seen: false,
    events: Events::NONE,
    read,
    schemas: || served::<BalanceSnapshot>(&BALANCE_SNAPSHOTS),
};

/// What is in an account at the moment of asking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BalanceSnapshot {
    /// The institution's own key of the account.
    pub account_internal_identification: String,
    /// When the institution brought the figures up to date; the moment of reading where it does
    /// not say.
    #[serde(default)]
    pub last_updated_at: Option<Moment>,
    /// ISO 4217.
    pub currency: String,
    /// Free to use.
    pub available: Amount,
    /// Held.
    pub blocked: Amount,
    /// Put into an investment every evening by itself.
    pub automatically_invested: Amount,
}

fn read(item: &RawValue, account: Option<String>, stamp: Timestamp) -> Result<Item, BadItem> {
    let mut it: BalanceSnapshot = parse(&BALANCE_SNAPSHOTS, item)?;
    it.last_updated_at.get_or_insert(Moment(stamp));
    // The contract knows no negative figure here; an overdrawn account has nothing to spend.
    for figure in [&mut it.available, &mut it.blocked, &mut it.automatically_invested] {
        *figure = (*figure).max(Amount::ZERO);
    }
    Ok(Item {
        account: account.or_else(|| Some(it.account_internal_identification.clone())),
        source_id: None,
        facts: Facts::Snapshot,
        day: None,
        body: body(&BALANCE_SNAPSHOTS, &it)?,
    })
}

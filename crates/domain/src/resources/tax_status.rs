//! Tax status: how somebody is registered at the tax authority (in Mexico the *Constancia de
//! Situación Fiscal*, in Colombia the *RUT*). Colombia says it under Mexico's keys.

use super::{bad, body, edition, parse, served};
use crate::{
    filter::{Field, IN, Source},
    institution::InstitutionType,
    record::{BadItem, Facts, Item},
    resource::{Count, Documents, Envelope, Events, Origin, Part, Resource, Verbs, WindowRule},
};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// `/api/tax-status/`.
pub static TAX_STATUS: Resource = Resource {
    name: "TAX_STATUS",
    offered_as: "TAX_STATUS",
    announced_as: "TAX_STATUS",
    path: "/api/tax-status/",
    noun: "tax status",
    origin: Origin::Institution,
    verbs: Verbs { retrieve: true, resume: false, delete: true, asynchronous: false },
    institutions: &[InstitutionType::Fiscal],
    countries: &["MX", "CO"],
    core: true,
    window: WindowRule::Now,
    kinds: None,
    documents: Some(Documents::apart("attach_pdf", &["pdf"])),
    single: true,
    load: Part::WHOLE,
    vanishes: false,
    slice: None,
    account_key: None,
    belongs_to: None,
    envelope: &[Envelope::Id, Envelope::Link, Envelope::CollectedAt, Envelope::CreatedAt],
    filters: &[
        Field::id("link", IN, Source::Column("link")),
        Field::id("id", IN, Source::Column("id")),
        Field::instant("created_at", Source::Either("changed_at", "created_at")),
    ],
    required: None,
    deletion_limited: false,
    marks_seen: false,
    events: Events {
        loaded: &[("total_tax_status", Count::Total), ("last_status_change_date", Count::LastDay)],
        ..Events::NONE
    },
    read,
    schemas: || served::<TaxStatus>(&TAX_STATUS),
};

/// How somebody is registered, as of the day on which it was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct TaxStatus {
    /// Where and when the document was issued.
    pub place_and_date_of_issuance: Option<String>,
    /// The taxpayer's name.
    pub official_name: Option<String>,
    /// The number of their tax identification card.
    pub id_cif: Option<String>,
    /// The taxpayer.
    pub tax_payer_information: Option<TaxPayer>,
    /// Where they are registered.
    pub address: Option<TaxAddress>,
    /// What they do.
    pub economic_activity: Option<Vec<TaxActivity>>,
    /// The tax regimes that they are in.
    #[serde(default)]
    pub regimes: Option<Vec<TaxRegime>>,
    /// `regimes` again, under its older name.
    #[serde(default)]
    pub regimens: Option<Vec<TaxRegime>>,
    /// What they have to file; empty for people without a business.
    pub obligations: Option<Vec<TaxObligation>>,
    /// What the seal is made of.
    pub digital_stamp: Option<String>,
    /// The seal.
    pub digital_stamp_chain: Option<String>,
}

/// A taxpayer as the authority knows them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct TaxPayer {
    /// Tax number: RFC or NIT.
    pub rfc: Option<String>,
    /// Population register number; people only.
    pub curp: Option<String>,
    /// First names.
    pub name: Option<String>,
    /// First surname.
    pub first_last_name: Option<String>,
    /// Second surname.
    pub second_last_name: Option<String>,
    /// When the taxable activity began.
    pub start_operations_date: Option<Date>,
    /// `ACTIVO` or `INACTIVO`.
    pub status_padron: Option<String>,
    /// When that last changed.
    pub last_status_change_date: Option<Date>,
    /// Trade name; companies.
    pub commercial_name: Option<String>,
    /// Registered name; companies.
    pub social_name: Option<String>,
    /// E-mail.
    pub email: Option<String>,
    /// Telephone.
    pub phone: Option<String>,
}

/// Where a taxpayer is registered.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct TaxAddress {
    /// Postcode.
    pub postal_code: Option<String>,
    /// `CALLE`, `AVENIDA`.
    pub street_type: Option<String>,
    /// Its name.
    pub street: Option<String>,
    /// The number of the house.
    pub exterior_number: Option<String>,
    /// The number of the flat.
    pub interior_number: Option<String>,
    /// Neighbourhood.
    pub suburb: Option<String>,
    /// Town.
    pub locality: Option<String>,
    /// Municipality.
    pub municipality: Option<String>,
    /// State.
    pub state: Option<String>,
    /// The streets to either side.
    pub between_street: Option<Vec<CrossStreets>>,
}

/// The streets to either side of an address.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct CrossStreets {
    /// The first.
    pub street_one: Option<String>,
    /// The second.
    pub street_two: Option<String>,
}

/// Something that a taxpayer does.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct TaxActivity {
    /// What.
    pub economic_activity: Option<String>,
    /// Since when.
    pub initial_date: Option<String>,
    /// Until when.
    pub end_date: Option<Date>,
    /// Its rank among them.
    pub order: Option<String>,
    /// Its share in their income.
    pub percentage: Option<String>,
}

/// A tax regime.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct TaxRegime {
    /// Which.
    pub regimen: Option<String>,
    /// `regimen` again, under its other name.
    #[serde(default)]
    pub regime: Option<String>,
    /// Since when.
    pub initial_date: Option<Date>,
    /// Until when.
    pub end_date: Option<Date>,
}

/// Something that a taxpayer has to file.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct TaxObligation {
    /// What.
    pub obligation: Option<String>,
    /// When it is due, in words.
    pub expiration: Option<String>,
    /// Since when.
    pub initial_date: Option<Date>,
    /// Until when.
    pub end_date: Option<Date>,
}

fn read(item: &RawValue, account: Option<String>, _stamp: Timestamp) -> Result<Item, BadItem> {
    let mut it: TaxStatus = parse(&TAX_STATUS, item)?;
    let Some(payer) = &it.tax_payer_information else {
        return Err(bad(&TAX_STATUS, "tax_payer_information", "must be known"));
    };
    let day = payer.last_status_change_date;
    // Both names of the list and of what is in it are in use.
    let mut regimes = it.regimes.take().or(it.regimens.take());
    for regime in regimes.iter_mut().flatten() {
        regime.regimen = regime.regimen.take().or(regime.regime.take());
        regime.regime.clone_from(&regime.regimen);
    }
    it.regimens.clone_from(&regimes);
    it.regimes = regimes;
    let said = TaxStatus {
        place_and_date_of_issuance: None,
        digital_stamp: None,
        digital_stamp_chain: None,
        ..it.clone()
    };
    Ok(Item {
        facts: Facts::Edition(edition(&TAX_STATUS, &said)?),
        account,
        source_id: None,
        day,
        body: body(&TAX_STATUS, &it)?,
    })
}

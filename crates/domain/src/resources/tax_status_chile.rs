//! Tax status of Chile: how somebody is registered at the authority (SII), whom a company belongs
//! to, and what it may issue.

use super::{bad, body, edition, parse, served};
use crate::{
    filter::{Field, IN, Source},
    institution::InstitutionType,
    money::Amount,
    record::{BadItem, Facts, Item},
    resource::{Count, Documents, Envelope, Events, Origin, Part, Resource, Verbs, WindowRule},
    words,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// `/api/cl/tax-status/`.
pub static TAX_STATUS_CHILE: Resource = Resource {
    name: "TAX_STATUS_CHILE",
    offered_as: "TAX_STATUS",
    announced_as: "TAX_STATUS",
    path: "/api/cl/tax-status/",
    noun: "tax status of Chile",
    origin: Origin::Institution,
    verbs: Verbs { retrieve: true, resume: false, delete: true, asynchronous: false },
    institutions: &[InstitutionType::Fiscal],
    countries: &["CL"],
    core: false,
    window: WindowRule::Now,
    kinds: None,
    documents: Some(Documents::apart("attach_pdf", &["pdf"])),
    single: false,
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
    events: Events { loaded: &[("total_tax_status", Count::Total)], ..Events::NONE },
    read,
    schemas: || served::<TaxStatusChile>(&TAX_STATUS_CHILE),
};

/// How somebody is registered. Days are texts: ISO dates, or as the authority prints them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TaxStatusChile {
    /// Who it is, and since when.
    pub entity_details: EntityDetails,
    /// Where they are.
    #[serde(default)]
    pub addresses: Vec<EntityAddress>,
    /// Where to write.
    #[serde(default)]
    pub emails: Vec<EntityEmail>,
    /// Where to call.
    #[serde(default)]
    pub phone_numbers: Vec<EntityPhone>,
    /// What they do.
    #[serde(default)]
    pub economic_activities: Vec<EntityActivity>,
    /// Who acts for them.
    #[serde(default)]
    pub legal_representative: Vec<Representative>,
    /// Whom they belong to.
    #[serde(default)]
    pub equity_holders: Vec<EquityHolder>,
    /// What belongs to them.
    #[serde(default)]
    pub company_partnership_stakes: Vec<PartnershipStake>,
    /// The tax regimes that they are in.
    pub regimes: Option<Vec<RegimeChile>>,
    /// What they may issue.
    pub authorized_tax_documents: Option<Vec<AuthorizedDocument>>,
    /// The taxes on their property.
    pub property_tax_liabilities: Option<Vec<PropertyTax>>,
    /// The office in charge.
    pub fiscal_office: FiscalOffice,
}

words!(
    /// By what Chile knows people and companies.
    DocumentChile {
        /// The tax number.
        Rut = "RUT",
    }
);

/// Who it is, and since when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EntityDetails {
    /// Founded, or born.
    pub incorporation_date: String,
    /// When it began to work.
    pub start_date: String,
    /// When it stopped; null while it works.
    pub end_date: Option<String>,
    /// Always `RUT`.
    pub document_id_type: DocumentChile,
    /// The RUT.
    pub document_id_number: String,
    /// The name.
    pub name: String,
}

words!(
    /// What an address is for.
    AddressRole {
        /// The main one.
        Primary = "PRIMARY",
        /// A branch.
        Secondary = "SECONDARY",
        /// Letters.
        Mailing = "MAILING_ADDRESS",
        /// What the authority serves.
        Notification = "NOTIFICATION_ADDRESS",
    }
);
/// Where somebody is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EntityAddress {
    /// What for.
    #[serde(rename = "type")]
    pub kind: AddressRole,
    /// Since when.
    pub date: String,
    /// The address in one line.
    pub address: String,
}

words!(
    /// What an e-mail address is for.
    EmailRole {
        /// Contact.
        Contact = "CONTACT",
        /// What the authority serves.
        Notification = "NOTIFICATION",
        /// Something else.
        Other = "OTHER",
    }
);
/// Where to write.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EntityEmail {
    /// What for.
    #[serde(rename = "type")]
    pub kind: EmailRole,
    /// The address.
    pub email: String,
}

words!(
    /// A kind of telephone.
    PhoneKind {
        /// At a place.
        Landline = "LANDLINE",
        /// With a person.
        Mobile = "MOBILE",
        /// Something else.
        Other = "OTHER",
    }
);
/// Where to call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EntityPhone {
    /// Which kind.
    #[serde(rename = "type")]
    pub kind: Option<PhoneKind>,
    /// The number.
    pub number: String,
}

/// Something that somebody does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EntityActivity {
    /// Of which broad kind.
    #[serde(rename = "type")]
    pub kind: String,
    /// What.
    pub activity: String,
    /// The authority's code for it.
    pub code: String,
    /// First or second category.
    pub tax_category: u8,
    /// Whether it bears VAT.
    pub vat_affected: bool,
    /// Since when.
    pub start_date: String,
}

/// Who acts for a company.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Representative {
    /// Whether they still do.
    pub is_current: bool,
    /// Their name.
    pub name: String,
    /// Always `RUT`.
    pub document_id_type: DocumentChile,
    /// Their RUT.
    pub document_id_number: String,
    /// Since when.
    pub start_date: String,
    /// Until when; null while they do.
    pub end_date: Option<String>,
}

/// Whom a company belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EquityHolder {
    /// Whether it still does.
    pub is_current: bool,
    /// Their name.
    pub name: String,
    /// Always `RUT`.
    pub document_id_type: DocumentChile,
    /// Their RUT.
    pub document_id_number: String,
    /// Whether they have stopped to work.
    pub inactive: bool,
    /// Since when.
    pub start_date: String,
    /// Until when; null while it does.
    pub end_date: Option<String>,
    /// What they put in.
    pub capital_contributed: Amount,
    /// What they still have to put in.
    pub capital_contribution_outstanding: Amount,
    /// Their part of it, in percent.
    pub ownership_share: Amount,
    /// Their part of its profit, in percent.
    pub profit_share: Amount,
}

/// A company that somebody has a part of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PartnershipStake {
    /// Its name.
    pub name: String,
    /// Always `RUT`.
    pub document_id_type: DocumentChile,
    /// Its RUT.
    pub document_id_number: String,
    /// Whether it has stopped to work.
    pub inactive: bool,
    /// Since when.
    pub start_date: String,
    /// Until when; null while it lasts.
    pub end_date: Option<String>,
    /// What was put in.
    pub capital_contributed: Amount,
    /// What is still to be put in.
    pub capital_contribution_outstanding: Amount,
    /// The part of it, in percent.
    pub ownership_share: Amount,
    /// The part of its profit, in percent.
    pub profit_share: Amount,
}

/// A tax regime.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RegimeChile {
    /// Which.
    #[serde(rename = "type")]
    pub kind: String,
    /// Since when.
    pub start_date: String,
}

/// Something that somebody may issue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AuthorizedDocument {
    /// What.
    #[serde(rename = "type")]
    pub kind: String,
    /// How many of it.
    pub document_limit: u32,
    /// Since when.
    pub authorization_date: String,
}

/// The tax on a property.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PropertyTax {
    /// Its number in the register.
    pub property_id: String,
    /// The commune.
    pub district: String,
    /// Where it is.
    pub address: String,
    /// What it is used for.
    #[serde(rename = "type")]
    pub kind: String,
    /// What should have been paid.
    #[serde(default)]
    pub overdue_tax_payments: Vec<PropertyTaxPayment>,
    /// What is still to come.
    #[serde(default)]
    pub scheduled_tax_payments: Vec<PropertyTaxPayment>,
}

/// An instalment of the tax on a property.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PropertyTaxPayment {
    /// Of this year.
    pub year: i16,
    /// The how-manieth of it.
    pub installment: u8,
    /// When it is to be paid.
    pub due_date: String,
    /// How much.
    pub amount_due: Amount,
}

/// The office in charge of somebody.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct FiscalOffice {
    /// Its name.
    pub name: String,
    /// Where it is.
    pub address: String,
}

fn read(item: &RawValue, account: Option<String>, _stamp: Timestamp) -> Result<Item, BadItem> {
    let it: TaxStatusChile = parse(&TAX_STATUS_CHILE, item)?;
    if it.entity_details.document_id_number.trim().is_empty() {
        let path = "entity_details.document_id_number";
        return Err(bad(&TAX_STATUS_CHILE, path, "must be known"));
    }
    Ok(Item {
        facts: Facts::Edition(edition(&TAX_STATUS_CHILE, &it)?),
        account,
        source_id: None,
        day: None,
        body: body(&TAX_STATUS_CHILE, &it)?,
    })
}

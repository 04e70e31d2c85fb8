//! Owners: the people and companies behind a login.

use super::{body, parse, served, with_envelope};
use crate::{
    filter::{Field, IN, IS, ONLY_ICONTAINS, Source},
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
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        Ref, RefOr,
        schema::{OneOfBuilder, Schema},
    },
};

/// `/api/owners/`.
pub static OWNERS: Resource = Resource {
    name: "OWNERS",
    offered_as: "OWNERS",
    announced_as: "OWNERS",
    path: "/api/owners/",
    noun: "owner",
    origin: Origin::Institution,
    verbs: Verbs { retrieve: true, resume: true, delete: true, asynchronous: false },
    institutions: &[InstitutionType::Bank, InstitutionType::Employment],
    countries: &[],
    core: true,
    window: WindowRule::Now,
    kinds: None,
    documents: None,
    single: false,
    load: Part::WHOLE,
    vanishes: true,
    slice: None,
    account_key: None,
    belongs_to: None,
    envelope: &[Envelope::Id, Envelope::Link, Envelope::CollectedAt, Envelope::CreatedAt],
    filters: &[
        Field::id("link", IN, Source::Column("link")),
        Field::id("id", IN, Source::Column("id")),
        Field::text("email", IS, Source::Body(&["email"])),
        Field::text("display_name", ONLY_ICONTAINS, Source::Body(&["display_name"])),
        Field::instant("created_at", Source::Either("changed_at", "created_at")),
    ],
    required: None,
    deletion_limited: false,
    marks_seen: true,
    events: Events {
        loaded: &[("total_owners", Count::Total)],
        new: &[News::of("new_owners_available", &[("new_owners", Count::New)])],
        updated: None,
        deleted: None,
        changes: None,
        told: None,
    },
    read,
    schemas,
};

/// Someone behind a login, in any country.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct OwnerGeneric {
    /// The institution's own key of the customer.
    pub internal_identification: Option<String>,
    /// The full name.
    pub display_name: Option<String>,
    /// Where to write.
    pub email: Option<String>,
    /// Where to call.
    pub phone_number: Option<String>,
    /// Where they live, in one line.
    pub address: Option<String>,
    /// What they proved themselves with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub document_id: Option<Document>,
    /// Deprecated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub business_name: Option<String>,
    /// Deprecated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_name: Option<String>,
    /// Deprecated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_name: Option<String>,
    /// Deprecated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub second_last_name: Option<String>,
}

/// A document by kind and number.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct Document {
    /// `CURP`, `RFC`, `CC`, `CPF`.
    pub document_type: Option<String>,
    /// Its number.
    pub document_number: Option<String>,
}

/// A Brazilian tax number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TaxDocument {
    /// `CPF` or `CNPJ`.
    pub document_type: String,
    /// Its number.
    pub document_number: String,
}

/// A person, as Open Finance Brazil describes them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OwnerIndividual {
    /// The institution's own key of the customer.
    pub internal_identification: Option<String>,
    /// The full name.
    pub display_name: String,
    /// The name they go by.
    pub social_name: Option<String>,
    /// When they were born.
    pub birth_date: Date,
    /// Whether they are married.
    pub marital_status: Option<MaritalStatus>,
    /// Says more when that is `OTHER`.
    pub marital_status_additional_info: Option<String>,
    /// Their gender.
    pub gender: Option<Gender>,
    /// Tax numbers of the institutions that vouch for this.
    pub companies_id: Vec<String>,
    /// Whether they live in Brazil.
    pub is_local_resident: bool,
    /// Their tax number.
    pub document_id: TaxDocument,
    /// Their other documents.
    pub additional_documents: Vec<IdentityDocument>,
    /// Where they are citizens, if not residents.
    pub nationalities: Option<Vec<Nationality>>,
    /// The main one of `emails`.
    pub email: Option<String>,
    /// Where to write.
    pub emails: Vec<Email>,
    /// The main one of `addresses`.
    pub address: Option<String>,
    /// Where they live.
    pub addresses: Vec<Address>,
    /// The main one of `phone_numbers`.
    pub phone_number: Option<String>,
    /// Where to call.
    pub phone_numbers: Vec<Phone>,
    /// Their parents.
    pub filiations: Vec<Filiation>,
    /// What they say they earn and own.
    pub financial_profile: Option<IndividualProfile>,
    /// What they have at the institution.
    pub financial_relation: Option<IndividualRelation>,
}

/// A company, as Open Finance Brazil describes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OwnerBusiness {
    /// The institution's own key of the customer.
    pub internal_identification: Option<String>,
    /// `company_name` again, for readers of the common shape.
    #[serde(default)]
    pub display_name: Option<String>,
    /// The registered name.
    pub company_name: String,
    /// The name on its sign.
    pub trade_name: Option<String>,
    /// When it was founded.
    pub incorporation_date: Date,
    /// Tax numbers of the institutions that vouch for this.
    pub companies_id: Vec<String>,
    /// Its tax number.
    pub document_id: TaxDocument,
    /// Its other documents.
    pub additional_documents: Vec<IdentityDocument>,
    /// The main one of `emails`.
    pub email: Option<String>,
    /// Where to write.
    pub emails: Vec<Email>,
    /// The main one of `addresses`.
    pub address: Option<String>,
    /// Where it is.
    pub addresses: Vec<Address>,
    /// The main one of `phone_numbers`.
    pub phone_number: Option<String>,
    /// Where to call.
    pub phone_numbers: Vec<Phone>,
    /// Who owns and runs it.
    pub parties: Vec<Party>,
    /// What it says it turns over and owns.
    pub financial_profile: Option<BusinessProfile>,
    /// What it has at the institution.
    pub financial_relation: Option<BusinessRelation>,
}

words!(
    /// Whether someone is married.
    MaritalStatus {
        /// Never was.
        Single = "SINGLE",
        /// Is.
        Married = "MARRIED",
        /// Was, until the other died.
        Widowed = "WIDOWED",
        /// Is, apart.
        Separated = "SEPARATED",
        /// No longer.
        Divorced = "DIVORCED",
        /// By civil union.
        CivilUnion = "CIVIL_UNION",
        /// Otherwise.
        Other = "OTHER",
    }
);
words!(
    /// A gender.
    Gender {
        /// Female.
        Female = "FEMALE",
        /// Male.
        Male = "MALE",
        /// Another.
        Other = "OTHER",
    }
);
words!(
    /// A kind of document.
    DocumentType {
        /// To drive.
        DriversLicense = "DRIVERS_LICENSE",
        /// To travel.
        Passport = "PASSPORT",
        /// To identify oneself.
        IdCard = "ID_CARD",
        /// To pay taxes.
        FiscalId = "FISCAL_ID",
        /// To live there as a foreigner.
        ForeignerCard = "FOREIGNER_REGISTRATION_CARD",
        /// Another.
        Other = "OTHER",
    }
);

/// A document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct IdentityDocument {
    /// Its kind.
    #[serde(rename = "type")]
    pub kind: Option<DocumentType>,
    /// Says more about the kind.
    pub type_additional_info: Option<String>,
    /// Its number.
    pub number: String,
    /// The digit that proves the number; empty where there is none.
    #[serde(default)]
    pub check_digit: String,
    /// Valid from.
    pub issue_date: Option<Date>,
    /// Valid until.
    pub expiration_date: Option<Date>,
    /// Who issued it: ISO 3166 alpha-3.
    pub country_of_issuance: Option<String>,
    /// Says more.
    pub additional_info: Option<String>,
}

/// Where someone is a citizen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Nationality {
    /// Which.
    pub info: Option<String>,
    /// What proves it.
    pub documents: Vec<NationalityDocument>,
}

/// A document that proves a nationality.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NationalityDocument {
    /// Its kind.
    #[serde(rename = "type")]
    pub kind: Option<DocumentType>,
    /// Its number.
    pub number: String,
    /// Valid from.
    pub issue_date: Option<Date>,
    /// Valid until.
    pub expiration_date: Option<Date>,
    /// Who issued it: ISO 3166 alpha-3.
    pub country_of_issuance: Option<String>,
    /// Says more.
    pub additional_info: Option<String>,
}

/// Where to write.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Email {
    /// Whether it is the one to use.
    pub is_main: bool,
    /// The address.
    pub email: String,
}

/// Where someone is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Address {
    /// Whether it is the one to use.
    pub is_main: bool,
    /// Street and number.
    pub address: String,
    /// Floor, flat, entrance.
    pub additional_info: Option<String>,
    /// Part of the town.
    pub district_name: Option<String>,
    /// Town.
    pub town: String,
    /// Seven digits of IBGE.
    pub town_code: Option<String>,
    /// State.
    pub state: Option<String>,
    /// Postal code.
    pub postcode: String,
    /// Country.
    pub country_name: String,
    /// ISO 3166 alpha-3.
    pub country_code: Option<String>,
    /// Degrees north.
    pub latitude: Option<String>,
    /// Degrees east.
    pub longitude: Option<String>,
}

/// Where to call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Phone {
    /// Whether it is the one to use.
    pub is_main: bool,
    /// What kind of line.
    #[serde(rename = "type")]
    pub kind: Option<PhoneType>,
    /// Says more.
    pub additional_info: Option<String>,
    /// The number without codes.
    pub number: String,
    /// The country's code without its plus.
    pub country_code: Option<String>,
    /// The area's code.
    pub area_code: Option<String>,
    /// The extension.
    pub extension: Option<String>,
}
words!(
    /// A kind of telephone line.
    PhoneType {
        /// Fixed.
        Landline = "LANDLINE",
        /// Mobile.
        Mobile = "MOBILE",
        /// Another.
        Other = "OTHER",
    }
);

/// A parent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Filiation {
    /// Mother or father.
    #[serde(rename = "type")]
    pub kind: Option<Parent>,
    /// The full name.
    pub civil_name: String,
    /// The name they go by.
    pub social_name: Option<String>,
}
words!(
    /// Mother or father.
    Parent {
        /// Mother.
        Mother = "MOTHER",
        /// Father.
        Father = "FATHER",
    }
);

/// What a person says they earn and own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct IndividualProfile {
    /// The employer's tax number.
    pub company_id: Option<String>,
    /// What the occupation is coded in.
    pub occupation_code: Option<OccupationCode>,
    /// The occupation.
    pub occupation_description: Option<String>,
    /// What they earn.
    pub informed_income: InformedIncome,
    /// What they own.
    pub patrimony: Option<IndividualPatrimony>,
}
words!(
    /// What an occupation is coded in.
    OccupationCode {
        /// Public offices.
        PublicOffice = "BRAZIL_PUBLIC_OFFICE",
        /// The register of occupations.
        Register = "BRAZIL_OCCUPATION_CODE",
        /// Another.
        Other = "OTHER",
    }
);

/// What someone says they earn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct InformedIncome {
    /// How often.
    pub frequency: Option<Frequency>,
    /// How much.
    pub amount: Amount,
    /// ISO 4217.
    pub currency: String,
    /// As of when.
    pub date: Date,
}
words!(
    /// How often money comes in.
    Frequency {
        /// Every day.
        Daily = "DAILY",
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
        Others = "OTHERS",
    }
);

/// What a person says they own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct IndividualPatrimony {
    /// How much.
    pub amount: Amount,
    /// ISO 4217.
    pub currency: String,
    /// As of which year.
    pub year: u16,
}

/// What a person has at the institution.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct IndividualRelation {
    /// Since when.
    pub start_date: Moment,
    /// Which products, by code.
    pub product_services: Vec<String>,
    /// Says more about the products.
    pub product_services_additional_info: Option<String>,
    /// Who may act for them.
    pub procurators: Vec<Procurator>,
    /// Their accounts.
    pub products: Vec<Product>,
    /// Salaries that they had moved to another bank.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub salary_portability_requests: Option<Vec<SalaryPortability>>,
    /// Accounts that salaries are paid into.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payroll_accounts: Option<Vec<PayrollAccount>>,
}

/// Someone who may act for an owner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Procurator {
    /// By law or by word.
    #[serde(rename = "type")]
    pub kind: Option<ProcuratorType>,
    /// The full name.
    pub civil_name: String,
    /// The name they go by.
    pub social_name: Option<String>,
    /// Their tax number.
    pub document_number: String,
}
words!(
    /// Why someone may act for another.
    ProcuratorType {
        /// By law.
        LegalRepresentative = "LEGAL_REPRESENTATIVE",
        /// By word.
        Attorney = "ATTORNEY",
    }
);

/// An account that an owner has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Product {
    /// Its kind.
    #[serde(rename = "type")]
    pub kind: Option<ProductType>,
    /// Which variety of it.
    pub subtype: Option<String>,
    /// The branch.
    pub agency: Option<String>,
    /// The bank's code.
    pub clearing_code: String,
    /// The number.
    pub number: String,
    /// The digit that proves the number.
    pub check_digit: String,
}
words!(
    /// A kind of account.
    ProductType {
        /// To put money aside.
        Savings = "SAVINGS_ACCOUNT",
        /// For daily use.
        Checking = "CHECKING_ACCOUNT",
    }
);

/// A salary moved to another bank.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct SalaryPortability {
    /// Who pays it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub employer_name: Option<String>,
    /// Their tax number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub employer_id_number: Option<String>,
    /// Their bank's tax number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub employer_bank_id_number: Option<String>,
    /// Their bank's code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub employer_bank_code: Option<String>,
    /// When it was agreed to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub portability_approval_date: Option<Date>,
}

/// An account that a salary is paid into.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct PayrollAccount {
    /// Who pays it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub employer_name: Option<String>,
    /// Their tax number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub employer_id_number: Option<String>,
    /// Their bank's tax number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub employer_bank_id_number: Option<String>,
    /// Their bank's code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub employer_bank_code: Option<String>,
    /// When it was opened.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_opening_date: Option<Date>,
}

/// Someone who owns or runs a company.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Party {
    /// A person or a company.
    pub person_type: Option<PersonType>,
    /// Owns or runs.
    #[serde(rename = "type")]
    pub kind: Option<PartyType>,
    /// A person's full name.
    pub display_name: Option<String>,
    /// The name a person goes by.
    pub social_name: Option<String>,
    /// A company's registered name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub company_name: Option<String>,
    /// The name on a company's sign.
    pub trade_name: Option<String>,
    /// Since when.
    pub start_date: Option<Date>,
    /// The share they own.
    pub percentage_type: Option<Amount>,
    /// Kind of their document.
    pub document_type: Option<PartyDocument>,
    /// Its number.
    pub document_number: String,
    /// Valid from.
    pub document_issue_date: Option<Date>,
    /// Valid until.
    pub document_expiration_date: Option<Date>,
    /// Who issued it: ISO 3166 alpha-3.
    pub document_country: Option<String>,
    /// Says more.
    pub document_additional_info: Option<String>,
}
words!(
    /// What someone is.
    PersonType {
        /// A person.
        Individual = "INDIVIDUAL",
        /// A company.
        Company = "COMPANY",
    }
);
words!(
    /// What someone is to a company.
    PartyType {
        /// Owns a part.
        Member = "MEMBER",
        /// Runs it.
        Administrator = "ADMINISTRATOR",
    }
);
words!(
    /// A kind of document of a party.
    PartyDocument {
        /// A person's tax number.
        Cpf = "CPF",
        /// A company's tax number.
        Cnpj = "CNPJ",
        /// To travel with, other than a passport.
        OtherTravelDocument = "OTHER_TRAVEL_DOCUMENT",
        /// A passport.
        Passport = "PASSPORT",
    }
);

/// What a company says it turns over and owns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BusinessProfile {
    /// What it does.
    pub economic_activities: Vec<EconomicActivity>,
    /// What it turns over.
    pub informed_revenue: Option<InformedRevenue>,
    /// What it owns.
    pub patrimony: Option<BusinessPatrimony>,
}

/// Something that a company does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EconomicActivity {
    /// Whether it is the main thing.
    pub is_main: bool,
    /// CNAE code.
    pub code: String,
}

/// What a company says it turns over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct InformedRevenue {
    /// How often.
    pub frequency: Option<Frequency>,
    /// Says more about how often.
    pub frequency_additional_info: Option<String>,
    /// How much.
    pub amount: Amount,
    /// ISO 4217.
    pub currency: String,
    /// As of which year.
    pub year: u16,
}

/// What a company says it owns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BusinessPatrimony {
    /// How much.
    pub amount: Amount,
    /// ISO 4217.
    pub currency: String,
    /// As of when.
    pub date: Date,
}

/// What a company has at the institution.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BusinessRelation {
    /// Since when.
    pub start_date: Moment,
    /// Which products, by code.
    pub product_services: Vec<String>,
    /// Who may act for it.
    pub procurators: Vec<Procurator>,
    /// Its accounts.
    pub products: Vec<Product>,
}

/// Which of the three shapes an item has.
#[derive(Deserialize)]
struct Shape {
    #[serde(default)]
    birth_date: Option<serde::de::IgnoredAny>,
    #[serde(default)]
    company_name: Option<serde::de::IgnoredAny>,
}

fn read(item: &RawValue, account: Option<String>, _stamp: Timestamp) -> Result<Item, BadItem> {
    let shape: Shape = parse(&OWNERS, item)?;
    if shape.company_name.is_some() {
        let mut it: OwnerBusiness = parse(&OWNERS, item)?;
        it.display_name.get_or_insert_with(|| it.company_name.clone());
        main(&mut it.email, &it.emails, |e| e.is_main, |e| e.email.clone());
        main(&mut it.address, &it.addresses, |a| a.is_main, Address::line);
        main(&mut it.phone_number, &it.phone_numbers, |p| p.is_main, Phone::line);
        let document = Some(it.document_id.document_number.as_str());
        let keys = keys(document, it.internal_identification.as_deref(), Some(&it.company_name));
        return Ok(item_of(account, it.internal_identification.clone(), keys, body(&OWNERS, &it)?));
    }
    if shape.birth_date.is_some() {
        let mut it: OwnerIndividual = parse(&OWNERS, item)?;
        main(&mut it.email, &it.emails, |e| e.is_main, |e| e.email.clone());
        main(&mut it.address, &it.addresses, |a| a.is_main, Address::line);
        main(&mut it.phone_number, &it.phone_numbers, |p| p.is_main, Phone::line);
        let document = Some(it.document_id.document_number.as_str());
        let keys = keys(document, it.internal_identification.as_deref(), Some(&it.display_name));
        return Ok(item_of(account, it.internal_identification.clone(), keys, body(&OWNERS, &it)?));
    }
    let it: OwnerGeneric = parse(&OWNERS, item)?;
    let document = it.document_id.as_ref().and_then(|d| d.document_number.as_deref());
    let keys = keys(document, it.internal_identification.as_deref(), it.display_name.as_deref());
    Ok(item_of(account, it.internal_identification.clone(), keys, body(&OWNERS, &it)?))
}

fn item_of(
    account: Option<String>,
    source_id: Option<String>,
    keys: Vec<String>,
    body: String,
) -> Item {
    Item { account, source_id, facts: Facts::Keyed(keys), day: None, body }
}

/// Readers of the common shape find the main entry where they look for the only one.
fn main<T>(
    single: &mut Option<String>,
    all: &[T],
    is_main: fn(&T) -> bool,
    line: fn(&T) -> String,
) {
    if single.is_none() {
        *single = all.iter().find(|one| is_main(one)).or(all.first()).map(line);
    }
}

impl Address {
    fn line(&self) -> String {
        let state = self.state.as_deref().unwrap_or_default();
        [self.address.as_str(), &self.town, state, &self.postcode]
            .iter()
            .filter(|part| !part.is_empty())
            .copied()
            .collect::<Vec<_>>()
            .join(", ")
    }
}
impl Phone {
    fn line(&self) -> String {
        let country = self.country_code.as_deref().map(|code| format!("+{code}"));
        format!(
            "{}{}{}",
            country.unwrap_or_default(),
            self.area_code.as_deref().unwrap_or_default(),
            self.number
        )
    }
}

/// What tells an owner from others: the document, the institution's own key, the name.
fn keys(document: Option<&str>, id: Option<&str>, name: Option<&str>) -> Vec<String> {
    let plain = |text: &str| -> String {
        text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect()
    };
    let document = document.map(plain).filter(|d| !d.is_empty()).map(|d| format!("document:{d}"));
    let id = id.filter(|id| !id.is_empty()).map(|id| format!("id:{id}"));
    let name = format!("name:{}", plain(name.unwrap_or_default()));
    [document, id, Some(name)].into_iter().flatten().collect()
}

fn schemas() -> Vec<(String, RefOr<Schema>)> {
    let shapes = [
        (OwnerGeneric::name(), OwnerGeneric::schema()),
        (OwnerIndividual::name(), OwnerIndividual::schema()),
        (OwnerBusiness::name(), OwnerBusiness::schema()),
    ];
    let mut one = OneOfBuilder::new().description(Some("Someone behind a login."));
    for (name, _) in &shapes {
        one = one.item(Ref::from_schema_name(name.clone()));
    }
    let mut schemas = vec![("Owner".to_owned(), Schema::OneOf(one.build()).into())];
    for (name, schema) in shapes {
        schemas.push((name.into_owned(), with_envelope(&OWNERS, schema)));
    }
    schemas.extend(served::<OwnerIndividual>(&OWNERS).into_iter().skip(1));
    schemas.extend(served::<OwnerBusiness>(&OWNERS).into_iter().skip(1));
    schemas.extend(served::<OwnerGeneric>(&OWNERS).into_iter().skip(1));
    let mut seen = std::collections::BTreeSet::new();
    schemas.retain(|(name, _)| seen.insert(name.clone()));
    schemas
}

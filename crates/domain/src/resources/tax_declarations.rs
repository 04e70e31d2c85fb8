//! Tax declarations: what somebody in Colombia has declared for a year, on form 210 (people) or 110
//! (companies).

use super::{any_of, bad, body, parse, served};
use crate::{
    filter::{Field, IN, Source},
    institution::InstitutionType,
    money::Amount,
    record::{BadItem, Facts, Item},
    resource::{Documents, Envelope, Events, Origin, Part, Resource, Verbs, WindowRule},
};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize, de::IgnoredAny};
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// `/api/tax-declarations/`.
pub static TAX_DECLARATIONS: Resource = Resource {
    name: "TAX_DECLARATIONS",
    offered_as: "TAX_DECLARATIONS",
    announced_as: "TAX_DECLARATIONS",
    path: "/api/tax-declarations/",
    noun: "tax declaration",
    origin: Origin::Institution,
    verbs: Verbs { retrieve: true, resume: false, delete: true, asynchronous: false },
    institutions: &[InstitutionType::Fiscal],
    countries: &["CO"],
    core: false,
    window: WindowRule::Years { default: 5 },
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
        Field::year("year", Source::Body(&["document_information", "year"])),
        Field::instant("created_at", Source::Either("changed_at", "created_at")),
    ],
    required: None,
    deletion_limited: false,
    marks_seen: false,
    events: Events::NONE,
    read,
    schemas: || {
        let says = "What somebody has declared for a year.";
        let individual = served::<TaxDeclarationIndividual>(&TAX_DECLARATIONS);
        let business = served::<TaxDeclarationBusiness>(&TAX_DECLARATIONS);
        any_of("TaxDeclaration", says, [individual, business])
    },
};

/// The form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DeclarationForm {
    /// Its title.
    pub name: String,
    /// Its number: `110` or `210`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The number under which it was filed.
    pub form_number: String,
    /// The year that it is about.
    pub year: Option<i16>,
}

/// The document of a taxpayer.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct DeclarantDocument {
    /// `NIT` or another.
    pub document_type: String,
    /// Its number.
    pub document_number: String,
}

/// The office of the authority.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct DeclarationOffice {
    /// What the value is: the code of the section.
    pub reporting_type: String,
    /// The code.
    pub reporting_value: String,
}

/// A person who declares.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct DeclarantIndividual {
    /// First surname.
    pub first_last_name: String,
    /// Second surname.
    pub second_last_name: String,
    /// First name.
    pub first_name: String,
    /// Other names.
    pub other_names: String,
    /// What they do, by its code.
    pub main_economic_activity: String,
    /// Their document.
    pub document_id: DeclarantDocument,
    /// Where they declare.
    pub reporting_id: DeclarationOffice,
}

/// A company that declares, or a person on the form of companies.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct DeclarantBusiness {
    /// First surname.
    pub first_last_name: Option<String>,
    /// Second surname.
    pub second_last_name: Option<String>,
    /// First name.
    pub first_name: Option<String>,
    /// Other names.
    pub other_names: Option<String>,
    /// The company's name.
    pub company_name: String,
    /// What it does, by its code.
    pub main_economic_activity: String,
    /// Its document.
    pub document_id: DeclarantDocument,
    /// Where it declares.
    pub reporting_id: DeclarationOffice,
}

/// Sections that are nothing but amounts.
macro_rules! amounts { ($(
    $(#[doc = $says:literal])* $name:ident { $($(#[doc = $doc:literal])* $field:ident),* $(,)? }
)*) => { $(
    $(#[doc = $says])*
    #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
    #[serde(default)]
    pub struct $name { $($(#[doc = $doc])* pub $field: Amount,)* }
    impl Default for $name {
        fn default() -> Self {
            Self { $($field: Amount::cents(0)),* }
        }
    }
)* } }
amounts! {
    /// What a person owns.
    EquityIndividual {
        /// All of it.
        total_gross_equity,
        /// What they owe.
        total_debts,
        /// What is left.
        total_net_equity,
    }
    /// A person's income by where it comes from.
    IncomeBySource {
        /// Employment.
        earned_income,
        /// Fees.
        fee_based_income,
        /// Capital.
        capital_income,
        /// Anything else.
        non_labor_income,
    }
    /// What a person's year came to.
    YearTotalsIndividual {
        /// Exempt income.
        total_exempt_income,
        /// What is deducted.
        total_applicable_deductions,
        /// Both together.
        total_exemptions_and_deductions,
        /// What is left of the income.
        total_ordinary_net_income,
    }
    /// A person's pension.
    PensionIndividual {
        /// What was paid out.
        net_pension_income,
        /// The part of it that is taxed.
        net_taxable_pension_income,
    }
    /// A person's tax.
    AssessmentIndividual {
        /// On gains by chance.
        fortuitous_profit_tax,
        /// On the taxed income.
        total_tax_on_taxable_net_income,
        /// After what is credited.
        net_income_tax,
        /// All that is due.
        total_tax_due,
        /// What was over from the year before.
        previous_year_balance,
        /// What was withheld.
        total_withheld_tax,
        /// What is still to be paid.
        balance_payable,
        /// What was paid too much.
        balance_refundable,
        /// What is to be paid together.
        total_payment,
    }
    /// What a company owns.
    EquityBusiness {
        /// Cash and what is as good.
        cash_and_cash_equivalents,
        /// Investments.
        investments_and_derivative_financial_instruments,
        /// What it is owed.
        accounts_documents_and_finance_leases_receivable,
        /// Inventory.
        inventory,
        /// Property, plant and equipment.
        property_plant_and_equipment_investment_properties,
        /// All of it.
        total_gross_equity,
        /// What it owes.
        debts,
        /// What is left.
        total_net_equity,
    }
    /// A company's income.
    IncomeBusiness {
        /// By what it does.
        gross_income_from_ordinary_activities,
        /// Dividends.
        dividends,
        /// Anything else.
        other_income,
        /// All of it.
        total_gross_income,
        /// What it gave back.
        returns_rebates_and_discounts_on_sales,
        /// What is left.
        total_net_income,
    }
    /// A company's costs.
    CostsBusiness {
        /// Of what it sold.
        costs,
        /// Of being run.
        administration_expenses,
        /// Of selling.
        distribution_and_sales_expenses,
        /// Of money.
        financial_expenses,
        /// All of it.
        total_costs_and_deductible_expenses,
    }
    /// A company's tax.
    AssessmentBusiness {
        /// The income that is taxed.
        net_income_taxable,
        /// On gains by chance.
        fortuitous_profit_tax,
        /// On the taxed income.
        total_tax_on_taxable_net_income,
        /// After what is credited.
        net_income_tax,
        /// All that is due.
        total_tax_due,
        /// What was withheld.
        total_withholdings_for_the_taxable_year_to_be_declared,
        /// What is still to be paid.
        total_balance_payable,
        /// What was paid too much.
        total_balance_in_favor,
        /// What is to be paid together.
        total_payment,
    }
}

/// A person's income.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct IncomeIndividual {
    /// All of it.
    pub gross_income: IncomeBySource,
    /// What is not taxed.
    pub non_taxable_income: IncomeBySource,
    /// What is left.
    pub net_income: IncomeBySource,
    /// The year together.
    pub annual_totals: YearTotalsIndividual,
}

/// A person's declaration: form 210.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TaxDeclarationIndividual {
    /// The form.
    pub document_information: DeclarationForm,
    /// Who declares.
    pub tax_payer_information: DeclarantIndividual,
    /// What they own.
    pub equity_statement: EquityIndividual,
    /// What they earned.
    pub annual_income_statement: IncomeIndividual,
    /// Their pension.
    pub pension_income_statement: PensionIndividual,
    /// Their tax.
    pub tax_assessment: AssessmentIndividual,
    /// When it was filed.
    pub date_issued: Date,
}

/// A company's declaration: form 110.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TaxDeclarationBusiness {
    /// The form.
    pub document_information: DeclarationForm,
    /// Who declares.
    pub tax_payer_information: DeclarantBusiness,
    /// What it owns.
    pub equity_statement: EquityBusiness,
    /// What it earned.
    pub annual_income_statement: IncomeBusiness,
    /// What that cost.
    pub annual_costs_and_deductions_statement: CostsBusiness,
    /// Its tax.
    pub tax_assessment: AssessmentBusiness,
    /// When it was filed.
    pub date_issued: Date,
}

/// What tells the shapes apart, and the declarations from each other.
#[derive(Deserialize)]
struct Outline {
    document_information: DeclarationForm,
    annual_costs_and_deductions_statement: Option<IgnoredAny>,
    date_issued: Date,
}

fn read(item: &RawValue, account: Option<String>, _stamp: Timestamp) -> Result<Item, BadItem> {
    let outline: Outline = parse(&TAX_DECLARATIONS, item)?;
    let form = &outline.document_information;
    let number = form.form_number.trim();
    if number.is_empty() {
        let path = "document_information.form_number";
        return Err(bad(&TAX_DECLARATIONS, path, "must be known"));
    }
    let body = match outline.annual_costs_and_deductions_statement {
        Some(_) => {
            body(&TAX_DECLARATIONS, &parse::<TaxDeclarationBusiness>(&TAX_DECLARATIONS, item)?)?
        }
        None => {
            body(&TAX_DECLARATIONS, &parse::<TaxDeclarationIndividual>(&TAX_DECLARATIONS, item)?)?
        }
    };
    // The last day of the year that it is about.
    let ended = form.year.and_then(|year| Date::new(year, 12, 31).ok());
    Ok(Item {
        facts: Facts::Keyed(vec![format!("form:{number}")]),
        account,
        source_id: None,
        day: Some(ended.unwrap_or(outline.date_issued)),
        body,
    })
}

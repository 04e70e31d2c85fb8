//! Financial statements: the balance sheet and the income statement of a year, as a company has
//! filed them.

use super::{bad, body, parse, served};
use crate::{
    filter::{Field, IN, Source},
    institution::InstitutionType,
    money::Amount,
    record::{BadItem, Facts, Item},
    resource::{Count, Envelope, Events, News, Origin, Part, Resource, Verbs, WindowRule},
};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// `/api/financial-statements/`.
pub static FINANCIAL_STATEMENTS: Resource = Resource {
    name: "FINANCIAL_STATEMENTS",
    offered_as: "FINANCIAL_STATEMENTS",
    announced_as: "FINANCIAL_STATEMENTS",
    path: "/api/financial-statements/",
    noun: "financial statement",
    origin: Origin::Institution,
    verbs: Verbs { retrieve: true, resume: false, delete: true, asynchronous: true },
    institutions: &[InstitutionType::Fiscal],
    countries: &["MX"],
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
        // The contract's own word for the total.
        loaded: &[("new_financial_statements", Count::Total)],
        new: &[News::of(
            "new_financial_statements_available",
            &[("new_financial_statements", Count::New)],
        )],
        ..Events::NONE
    },
    read,
    schemas: || served::<FinancialStatement>(&FINANCIAL_STATEMENTS),
};

/// The statements of one year. Figures are of the whole year, or of its end.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct FinancialStatement {
    /// Why it could not be read or only in part; null where all is well.
    pub error: Option<String>,
    /// The year.
    pub year: String,
    /// ISO 4217.
    pub currency: String,
    /// What there was when the year ended.
    #[serde(default)]
    pub balance_sheet: BalanceSheet,
    /// What the year brought and cost.
    #[serde(default)]
    pub income_statement: IncomeStatement,
}

/// What there was when a year ended.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct BalanceSheet {
    /// What turns into money within a year.
    pub current_assets: CurrentAssets,
    /// What stays longer.
    pub non_current_assets: NonCurrentAssets,
    /// What is owed within a year.
    pub current_liabilities: CurrentLiabilities,
    /// What is owed later.
    pub non_current_liabilities: NonCurrentLiabilities,
    /// What belongs to the owners.
    pub equity: Equity,
}

/// What turns into money within a year.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct CurrentAssets {
    /// Cash and equivalents.
    pub cash_and_equivalents: Option<Amount>,
    /// Short-term investments.
    pub short_term_investments: Option<Amount>,
    /// Trade receivables.
    pub accounts_receivable: Option<Amount>,
    /// Notes receivable.
    pub notes_receivable: Option<Amount>,
    /// Other debtors.
    pub other_debtors: Option<Amount>,
    /// Allowance for doubtful accounts.
    pub bad_debt_provision: Option<Amount>,
    /// Recoverable tax.
    pub tax_recoverable: Option<Amount>,
    /// Inventory.
    pub inventory: Option<Amount>,
    /// Prepaid expenses.
    pub prepaid_expenses: Option<Amount>,
    /// Assets held for sale.
    pub assets_available_for_sale: Option<Amount>,
    /// Total current assets.
    pub total: Option<Amount>,
}

/// What stays longer.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct NonCurrentAssets {
    /// Property, plant and equipment.
    pub property_plant_and_equipment: Option<Amount>,
    /// Accumulated depreciation and amortisation.
    pub accumulated_depreciation_and_amortization: Option<Amount>,
    /// Long-term receivables.
    pub long_term_accounts_receivable: Option<Amount>,
    /// Advances to suppliers.
    pub prepayment_to_suppliers: Option<Amount>,
    /// Goodwill.
    pub goodwill: Option<Amount>,
    /// Intangibles.
    pub intangible_assets: Option<Amount>,
    /// Stakes in associates.
    pub investments_in_associates: Option<Amount>,
    /// Long-term instruments held.
    pub long_term_financial_instruments: Option<Amount>,
    /// Total non-current assets.
    pub total: Option<Amount>,
}

/// What is owed within a year.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct CurrentLiabilities {
    /// Short-term bank loans.
    pub bank_loans: Option<Amount>,
    /// Trade payables.
    pub accounts_payable: Option<Amount>,
    /// Notes payable.
    pub notes_payable: Option<Amount>,
    /// Short-term instruments owed.
    pub financial_instruments: Option<Amount>,
    /// Other creditors.
    pub other_creditors: Option<Amount>,
    /// Income tax payable.
    pub income_tax_payable: Option<Amount>,
    /// Customer advances.
    pub customer_advances: Option<Amount>,
    /// Provisions.
    pub provisions: Option<Amount>,
    /// Taxes payable.
    pub taxes_payable: Option<Amount>,
    /// Total current liabilities.
    pub total: Option<Amount>,
}

/// What is owed later.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct NonCurrentLiabilities {
    /// Long-term payables.
    pub long_term_accounts_payable: Option<Amount>,
    /// Long-term instruments owed.
    pub long_term_financial_instruments: Option<Amount>,
    /// Deferred revenue.
    pub deferred_revenue: Option<Amount>,
    /// Contributions for future capital.
    pub contributions_for_future_capital_increases: Option<Amount>,
    /// Deferred income tax.
    pub deferred_income_tax: Option<Amount>,
    /// Employee benefits.
    pub employee_benefits: Option<Amount>,
    /// Long-term provisions.
    pub long_term_provisions: Option<Amount>,
    /// Total non-current liabilities.
    pub total: Option<Amount>,
}

/// What belongs to the owners.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Equity {
    /// Share capital.
    pub stockholders_equity: Option<Amount>,
    /// Funds for future capital.
    pub future_capital_contributions: Option<Amount>,
    /// Legal reserve.
    pub legal_reserve: Option<Amount>,
    /// Surplus from capital restatement.
    pub capital_update_excess: Option<Amount>,
    /// Deficit from capital restatement.
    pub capital_update_insufficiency: Option<Amount>,
    /// Capital reserve.
    pub capital_reserve: Option<Amount>,
    /// Share premium.
    pub share_premium_on_stock_sales: Option<Amount>,
    /// Retained earnings.
    pub retained_earnings: Option<Amount>,
    /// Other comprehensive income.
    pub other_comprehensive_income: Option<Amount>,
    /// Controlling interest.
    pub controlling_interest: Option<Amount>,
    /// Minority interest.
    pub non_controlling_interest: Option<Amount>,
    /// Total equity.
    pub total: Option<Amount>,
}

/// What a year brought and cost.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct IncomeStatement {
    /// Net revenue (domestic plus foreign sales).
    pub net_revenue: Option<Amount>,
    /// Domestic sales.
    pub domestic_sales: Option<Amount>,
    /// Foreign sales.
    pub foreign_sales: Option<Amount>,
    /// Materials used.
    pub materials_used: Option<Amount>,
    /// Cost of goods sold.
    pub cost_of_goods_sold: Option<Amount>,
    /// Cost of services sold.
    pub cost_of_services_sold: Option<Amount>,
    /// Gross profit.
    pub gross_profit: Option<Amount>,
    /// Gross loss.
    pub gross_loss: Option<Amount>,
    /// Operating expenses.
    pub operating_expenses: Option<Amount>,
    /// Operating profit.
    pub operating_income: Option<Amount>,
    /// Operating loss.
    pub operating_loss: Option<Amount>,
    /// Net financial result.
    pub financial_result: Option<Amount>,
    /// Financial income; never negative.
    pub income_statement_financial_gains: Option<Amount>,
    /// Financial cost; never positive.
    pub income_statement_financial_costs: Option<Amount>,
    /// Share of associates' result.
    pub equity_in_earnings_of_affiliates: Option<Amount>,
    /// Profit before tax.
    pub income_before_taxes: Option<Amount>,
    /// Loss before tax.
    pub loss_before_taxes: Option<Amount>,
    /// Income tax.
    pub income_taxes: Option<Amount>,
    /// Profit from continuing operations.
    pub income_from_continuing_operations: Option<Amount>,
    /// Loss from continuing operations.
    pub loss_from_continuing_operations: Option<Amount>,
    /// Result of discontinued operations.
    pub discontinued_operations: Option<Amount>,
    /// Net profit.
    pub net_income: Option<Amount>,
    /// Net loss.
    pub net_loss: Option<Amount>,
}

fn read(item: &RawValue, account: Option<String>, _stamp: Timestamp) -> Result<Item, BadItem> {
    let it: FinancialStatement = parse(&FINANCIAL_STATEMENTS, item)?;
    let year = it.year.parse().ok().and_then(|year| Date::new(year, 12, 31).ok());
    let Some(day) = year else {
        return Err(bad(&FINANCIAL_STATEMENTS, "year", "must be a year"));
    };
    Ok(Item {
        facts: Facts::Keyed(vec![format!("year:{}", day.year())]),
        account,
        source_id: None,
        day: Some(day),
        body: body(&FINANCIAL_STATEMENTS, &it)?,
    })
}

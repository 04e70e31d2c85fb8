use super::{
    accounts::unmask,
    employment_metrics::EmploymentMetric,
    incomes::{Confidence, Income, IncomeFrequency, IncomeSourceType, IncomeStream, IncomeType},
    recurring_expenses::{ExpenseFrequency, ExpenseType, RecurringExpense, RecurringPayment},
    risk_insights::{
        AssetsMetrics, BalancesMetrics, CashflowMetrics, CategoryMetrics, CreditCardsMetrics,
        LoansMetrics, RiskInsights, TransactionsMetrics,
    },
    transactions::TransactionCategory,
};
use crate::{
    money::Amount,
    record::{Facts, Item},
    resource::{Count, Documents, Envelope, Resource, Shown, all, named, offered_as},
};
use jiff::{Timestamp, civil::date};
use serde_json::{Value, json, value::RawValue};

const SCHEMAS: &str = include_str!("../../../server/tests/schemas.json");

fn stamp() -> Timestamp {
    "2026-01-14T09:12:33.104Z".parse().expect("a timestamp")
}
fn read(resource: &Resource, item: &Value) -> Result<Item, crate::record::BadItem> {
    let raw = RawValue::from_string(item.to_string()).expect("json");
    (resource.read)(&raw, Some("acc-1".into()), stamp())
}
fn keys(item: &Item) -> Vec<String> {
    match &item.facts {
        Facts::Keyed(keys) => keys.clone(),
        other => panic!("not keyed: {other:?}"),
    }
}

/// The record as the API serves it, put together as simply as can be.
fn as_served(resource: &Resource, item: &Item) -> Value {
    let mut record: Value = serde_json::from_str(&item.body).expect("a JSON object");
    for part in resource.envelope {
        for key in part.keys() {
            let value = match part {
                Envelope::Id
                | Envelope::Link
                | Envelope::LinkId
                | Envelope::Parent(_)
                | Envelope::Pointer(_)
                | Envelope::Passing(_) => {
                    json!("018f0000-0000-7000-8000-000000000001")
                }
                Envelope::Institution => json!({"name": "b_mx_r", "type": "bank"}),
                Envelope::InstitutionFace | Envelope::InstitutionName => json!("Bank"),
                Envelope::CollectedAt | Envelope::CreatedAt | Envelope::Computations => {
                    json!("2026-01-14T09:12:33.104000Z")
                }
                Envelope::LastAccessedAt => Value::Null,
            };
            let before = record.as_object_mut().expect("an object").insert((*key).into(), value);
            assert_eq!(before, None, "{}: {key} belongs to the platform", resource.name);
        }
    }
    if let Some(parent) = resource.belongs_to
        && let Some(key) = parent.shown.key()
    {
        let (above, _, item) = samples()
            .into_iter()
            .find(|(r, ..)| std::ptr::eq(*r, parent.resource))
            .expect("a sample");
        let whole = as_served(above, &read(above, &item).expect("a good item"));
        record[key] = match parent.shown {
            Shown::Brief(_, keys) => {
                keys.iter().map(|key| ((*key).to_owned(), whole[*key].clone())).collect()
            }
            _ => whole,
        };
    }
    for &key in resource.documents.iter().flat_map(Documents::keys) {
        assert_eq!(record.get(key), None, "{}: {key} is a document", resource.name);
        record[key] = Value::Null;
    }
    record
}

fn assert_valid(schema: &str, record: &Value) {
    let mut document: Value = serde_json::from_str(SCHEMAS).expect("json");
    document["$ref"] = json!(format!("#/{schema}"));
    let validator = jsonschema::options()
        .should_validate_formats(true)
        .build(&document)
        .expect("the schemas are sound");
    let wrong: Vec<String> =
        validator.iter_errors(record).map(|e| format!("{}: {e}", e.instance_path)).collect();
    assert!(wrong.is_empty(), "{schema}: {wrong:#?} in {record:#}");
}

/// For each resource: the contract's schema, the least an institution can say, and the most.
fn samples() -> Vec<(&'static Resource, &'static str, Value)> {
    [banking(), fiscal(), chile(), colombia(), insights()].concat()
}
/// What is computed, rather than said.
fn insights() -> Vec<(&'static Resource, &'static str, Value)> {
    let r = |name| named(name).expect("a resource");
    let day = date(2026, 1, 14);
    let nothing = Amount::ZERO;
    let stream = IncomeStream {
        account_id: "018f0000-0000-7000-8000-000000000001".into(),
        income_type: IncomeType::Salary,
        frequency: IncomeFrequency::Monthly,
        monthly_average: nothing,
        monthly_median: nothing,
        average_income_amount: nothing,
        last_income_amount: nothing,
        currency: "MXN".into(),
        last_income_description: "NOMINA".into(),
        last_income_date: day,
        stability: None,
        regularity: Some(nothing),
        trend: None,
        lookback_periods: 13,
        full_periods: 12,
        periods_with_income: 1,
        number_of_incomes: 1,
        confidence: Confidence::Low,
    };
    let income = |streams: Vec<IncomeStream>, days: &[u8]| Income {
        number_of_income_streams: streams.len(),
        income_streams: streams,
        income_source_type: IncomeSourceType::Bank,
        first_transaction_date: None,
        last_transaction_date: day,
        best_working_day_to_charge: Some(0),
        good_working_days_to_charge: Some(days.to_vec()),
        monthly_average: nothing,
        monthly_average_regular: nothing,
        monthly_average_irregular: nothing,
        monthly_average_low_confidence: nothing,
        monthly_average_medium_confidence: nothing,
        monthly_average_high_confidence: nothing,
        total_income_amount: nothing,
        total_regular_income_amount: nothing,
        total_irregular_income_amount: nothing,
        total_low_confidence: nothing,
        total_medium_confidence: nothing,
        total_high_confidence: nothing,
    };
    let expense = RecurringExpense {
        name: "Netflix".into(),
        transactions: vec![RecurringPayment {
            amount: nothing,
            description: String::new(),
            value_date: day,
        }],
        frequency: ExpenseFrequency::Monthly,
        average_transaction_amount: nothing,
        median_transaction_amount: nothing,
        days_since_last_transaction: 0,
        category: TransactionCategory::OnlinePlatformsLeisure,
        payment_type: ExpenseType::Subscription,
    };
    let risk = RiskInsights {
        accounts: Vec::new(),
        assets_metrics: AssetsMetrics::default(),
        credit_cards_metrics: CreditCardsMetrics::default(),
        loans_metrics: LoansMetrics::default(),
        balances_metrics: BalancesMetrics { balance_threshold_x: nothing, ..Default::default() },
        transactions_metrics: TransactionsMetrics::default(),
        cashflow_metrics: CashflowMetrics::default(),
        category_metrics: vec![CategoryMetrics {
            category: TransactionCategory::Unknown,
            subcategory: None,
            net_amount_3m: None,
            category_inflow_ratio_3m: None,
            trend_3m: None,
        }],
    };
    let metric = EmploymentMetric { age: Some(40), ..EmploymentMetric::default() };
    vec![
        (r("INCOMES"), "Income", json!(income(Vec::new(), &[]))),
        (r("INCOMES"), "Income", json!(income(vec![stream], &[1, 5]))),
        (r("RECURRING_EXPENSES"), "RecurringExpense", json!(expense)),
        (r("RISK_INSIGHTS"), "RiskInsights", json!(risk)),
        (r("EMPLOYMENT_METRICS"), "EmploymentMetric", json!(metric)),
        (
            r("EMPLOYMENT_METRICS"),
            "EmploymentMetric",
            json!(EmploymentMetric { reference_date: Some(day), ..metric.clone() }),
        ),
    ]
}
fn chile() -> Vec<(&'static Resource, &'static str, Value)> {
    let r = |name| named(name).expect("a resource");
    let invoice = json!({"total_amount": 119, "net_amount": 100, "vat_amount": 19,
        "currency": "CLP", "issue_date": "2026-01-14", "status": "REGISTERED",
        "document_code": 33, "category": "FACTURA_ELECTRONICA", "folio": "77",
        "sender_id": "76086428-5", "sender_name": "A", "receiver_id": "12345678-5",
        "receiver_name": "B", "type": "INFLOW"});
    let mut purchase = invoice.clone();
    purchase["received_at"] = json!("2026-01-14T12:00:00Z");
    purchase["claim_date"] = json!("2026-01-15");
    purchase["purchase_invoice_details"] = json!({"vat_refundable_amount": 19,
        "vat_non_refundable_code": 1, "credit_or_debit_note_on_purchase": false});
    let mut sum = invoice.clone();
    for key in ["folio", "receiver_id", "receiver_name"] {
        sum.as_object_mut().expect("an object").remove(key);
    }
    sum["type"] = json!("OUTFLOW");
    sum["sales_invoice_details"] = json!({"branch_code": 3, "is_free_of_charge": false});
    sum["summary_invoice_details"] = json!({"month": "2026-01", "total_documents": 12,
        "updated_at": "2026-01-14T12:00:00Z", "tax_exempt_amount": 0});
    let entity = json!({"incorporation_date": "2001-02-03", "start_date": "03-02-2001",
        "document_id_type": "RUT", "document_id_number": "76086428-5", "name": "A"});
    let holder = json!({"is_current": true, "name": "B", "document_id_type": "RUT",
        "document_id_number": "12345678-5", "inactive": false, "start_date": "2001-02-03",
        "capital_contributed": 1, "capital_contribution_outstanding": 0,
        "ownership_share": 100, "profit_share": 100});
    vec![
        (r("INVOICES_CHILE"), "InvoiceChile", invoice),
        (r("INVOICES_CHILE"), "InvoiceChile", purchase),
        (r("INVOICES_CHILE"), "InvoiceChile", sum),
        (
            r("TAX_STATUS_CHILE"),
            "TaxStatusChile",
            json!({"entity_details": entity, "fiscal_office": {"name": "", "address": ""}}),
        ),
        (
            r("TAX_STATUS_CHILE"),
            "TaxStatusChile",
            json!({"entity_details": entity, "fiscal_office": {"name": "C", "address": "D"},
                "addresses": [{"type": "PRIMARY", "date": "2001-02-03", "address": "E"}],
                "emails": [{"type": "CONTACT", "email": "a@example.com"}],
                "phone_numbers": [{"type": null, "number": "1"}],
                "economic_activities": [{"type": "F", "activity": "G", "code": "1",
                    "tax_category": 1, "vat_affected": true, "start_date": "2001-02-03"}],
                "legal_representative": [{"is_current": true, "name": "B",
                    "document_id_type": "RUT", "document_id_number": "12345678-5",
                    "start_date": "2001-02-03"}],
                "equity_holders": [holder], "company_partnership_stakes": [holder],
                "regimes": [{"type": "H", "start_date": "2001-02-03"}],
                "authorized_tax_documents": [{"type": "I", "document_limit": 5,
                    "authorization_date": "2001-02-03"}],
                "property_tax_liabilities": [{"property_id": "1-2", "district": "J",
                    "address": "K", "type": "L", "scheduled_tax_payments": [{"year": 2026,
                        "installment": 1, "due_date": "2026-04-30", "amount_due": 5}]}]}),
        ),
        (
            r("DEBT_REPORTS"),
            "DebtReportChile",
            json!({"personal_data": {"full_name": "B", "document_id_type": "RUT",
                    "document_id_number": "12345678-5"}, "currency": "CLP",
                "debt_data_last_update": "2025-12-31"}),
        ),
        (
            r("DEBT_REPORTS"),
            "DebtReportChile",
            json!({"personal_data": {"full_name": "B", "document_id_type": "RUT",
                    "document_id_number": "12345678-5"}, "currency": "CLP", "total": 3,
                "debt_data_last_update": "2025-12-31", "current": 1, "defaulted": 2,
                "direct_debts": [{"financial_institution": "M", "credit_type": "Consumo",
                    "amount": 3, "current": 1, "defaulted": 2}],
                "credit_lines": [{"financial_institution": "M", "direct_amount": 9}]}),
        ),
    ]
}
fn colombia() -> Vec<(&'static Resource, &'static str, Value)> {
    let r = |name| named(name).expect("a resource");
    let declared = |kind: &str, who: Value| {
        let mut who = who;
        who["main_economic_activity"] = json!("4711");
        who["document_id"] = json!({"document_type": "NIT", "document_number": "860034313-7"});
        who["reporting_id"] = json!({"reporting_type": "sectional", "reporting_value": "32"});
        json!({"document_information": {"name": "F", "type": kind, "form_number": "1",
                "year": 2024}, "tax_payer_information": who, "date_issued": "2025-08-12",
            "equity_statement": {}, "annual_income_statement": {}, "tax_assessment": {}})
    };
    let mut person = declared(
        "210",
        json!({"first_last_name": "G", "second_last_name": "H", "first_name": "I",
            "other_names": ""}),
    );
    person["pension_income_statement"] = json!({"net_pension_income": 1});
    let mut company = declared("110", json!({"company_name": "J"}));
    company["annual_costs_and_deductions_statement"] = json!({"costs": 2});
    vec![
        (
            r("INVOICES"),
            "InvoiceDian",
            json!({"invoice_identification": "A", "invoice_date": "2026-01-14",
                "invoice_type": "Factura Electrónica de Venta", "type": "OUTFLOW"}),
        ),
        (
            r("INVOICES"),
            "InvoiceDian",
            json!({"invoice_identification": "A", "invoice_date": "2026-01-14", "type": "INFLOW",
                "sender_details": {"tax_payer_type": "Persona Jurídica", "country": "CO"},
                "receiver_details": {"email": "a@example.com"}, "payment_method": "Crédito",
                "expiration_date": "2026-02-14", "status": "Aprobado", "total_amount": 119,
                "invoice_details": [{"description": "B", "tax_type": "IVA", "quantity": 1}]}),
        ),
        (
            r("TAX_STATUS"),
            "TaxStatusDian",
            json!({"tax_payer_information": {"rfc": "860034313-7"}, "id_cif": "10",
                "address": {"postal_code": "110111"}, "obligations": [],
                "regimens": [{"regimen": "49-No responsable de IVA"}]}),
        ),
        (r("TAX_DECLARATIONS"), "TaxDeclarationIndividual", person),
        (r("TAX_DECLARATIONS"), "TaxDeclarationBusiness", company),
    ]
}
fn fiscal() -> Vec<(&'static Resource, &'static str, Value)> {
    let r = |name| named(name).expect("a resource");
    vec![
        (
            r("INVOICES"),
            "InvoiceSat",
            json!({"invoice_identification": "A", "invoice_date": "2026-01-14", "type": "INFLOW"}),
        ),
        (r("INVOICES"), "InvoiceSat", invoice()),
        (r("TAX_STATUS"), "TaxStatusSat", json!({"tax_payer_information": {}})),
        (
            r("FINANCIAL_STATEMENTS"),
            "FinancialStatement",
            json!({"year": "2024", "currency": "MXN"}),
        ),
        (
            r("FINANCIAL_STATEMENTS"),
            "FinancialStatement",
            json!({"year": "2024", "currency": "MXN", "error": "x",
                "balance_sheet": {"current_assets": {"total": 1}, "equity": {"total": -1}},
                "income_statement": {"net_loss": 3}}),
        ),
        (r("TAX_RETURNS"), "TaxReturnPersonal", declared("nombre", None)),
        (r("TAX_RETURNS"), "TaxReturnBusiness", declared("denominacion_razon_social", None)),
        (r("TAX_RETURNS"), "TaxReturnPersonalMonthly", declared("nombre", Some("Febrero"))),
        (
            r("TAX_RETURNS"),
            "TaxReturnBusinessMonthly",
            declared("denominacion_razon_social", Some("Diciembre")),
        ),
        (
            r("TAX_RETENTIONS"),
            "TaxRetention",
            json!({"invoice_identification": "018f0000-0000-7000-8000-000000000001",
                "issued_at": "2026-01-14T12:00:00Z"}),
        ),
        (
            r("TAX_RETENTIONS"),
            "TaxRetention",
            json!({"invoice_identification": "018f0000-0000-7000-8000-000000000001",
                "issued_at": "2026-01-14T12:00:00Z", "version": "2.0", "code": 16,
                "receiver_nationality": "FOREIGN", "total_retained_amount": "1.5",
                "retention_breakdown": [{"base_amount": 1, "tax_type": "001",
                    "retained_amount": 1, "payment_status": "PAID"}], "xml": "no"}),
        ),
        (r("TAX_STATUS"), "TaxStatusSat", registration()),
        (r("TAX_COMPLIANCE_STATUS"), "TaxComplianceStatus", json!({"outcome": "NEGATIVE"})),
        (
            r("TAX_COMPLIANCE_STATUS"),
            "TaxComplianceStatus",
            json!({"internal_identification": "26NA1", "rfc": "SAT970701NN3",
                   "outcome": "NO_OBLIGATIONS", "pdf": "not the institution's to say"}),
        ),
    ]
}
fn banking() -> Vec<(&'static Resource, &'static str, Value)> {
    let r = |name| named(name).expect("a resource");
    let document = json!({"document_type": "CPF", "document_number": "529.982.247-25"});
    let person = json!({
        "birth_date": "1990-02-03", "display_name": "Ana", "companies_id": [],
        "is_local_resident": true, "document_id": document, "additional_documents": [],
        "emails": [], "addresses": [], "phone_numbers": [], "filiations": []
    });
    let mut full_person = person.clone();
    for (key, value) in [
        (
            "emails",
            json!([{"is_main": false, "email": "b@example.com"},
                          {"is_main": true, "email": "a@example.com"}]),
        ),
        (
            "addresses",
            json!([{"is_main": true, "address": "Rua Um, 1", "town": "Olinda",
            "postcode": "53000000", "country_name": "Brasil"}]),
        ),
        (
            "phone_numbers",
            json!([{"is_main": true, "type": "MOBILE", "number": "900000000",
            "country_code": "55", "area_code": "81"}]),
        ),
        ("filiations", json!([{"type": "MOTHER", "civil_name": "Rosa"}])),
        ("marital_status", json!("CIVIL_UNION")),
        ("gender", json!("FEMALE")),
        ("additional_documents", json!([{"type": "PASSPORT", "number": "X1"}])),
        ("nationalities", json!([{"info": "PT", "documents": [{"number": "1"}]}])),
        (
            "financial_profile",
            json!({"occupation_code": "OTHER", "informed_income":
            {"frequency": "MONTHLY", "amount": 100, "currency": "BRL", "date": "2026-01-01"},
            "patrimony": {"amount": 1, "currency": "BRL", "year": 2025}}),
        ),
        (
            "financial_relation",
            json!({"start_date": "2020-01-01T00:00:00Z",
            "product_services": ["CONTA"], "procurators": [{"civil_name": "P",
            "document_number": "1"}], "products": [{"type": "CHECKING_ACCOUNT",
            "clearing_code": "001", "number": "1", "check_digit": "2"}],
            "payroll_accounts": [{}], "salary_portability_requests": [{}]}),
        ),
    ] {
        full_person[key] = value;
    }
    vec![
        (r("ACCOUNTS"), "Account", json!({"balance": {}})),
        (r("ACCOUNTS"), "Account", checking()),
        (r("ACCOUNTS"), "Account", card()),
        (r("ACCOUNTS"), "Account", loan()),
        (r("TRANSACTIONS"), "Transaction", json!({"value_date": "2026-01-14", "amount": 0})),
        (r("TRANSACTIONS"), "Transaction", movement()),
        (r("BALANCES"), "DailyBalance", json!({"value_date": "2026-01-14", "balance": -1.5})),
        (
            r("BALANCE_SNAPSHOTS"),
            "BalanceSnapshot",
            json!({"account_internal_identification": "acc-1", "currency": "BRL",
                   "available": -3, "blocked": 0, "automatically_invested": 0}),
        ),
        (r("OWNERS"), "Owner", json!({})),
        (
            r("OWNERS"),
            "Owner",
            json!({"display_name": "Ana", "document_id":
            {"document_type": "CURP", "document_number": "X"}, "first_name": "Ana"}),
        ),
        (r("OWNERS"), "OwnerIndividual", person.clone()),
        (r("OWNERS"), "OwnerIndividual", full_person.clone()),
        (r("OWNERS"), "Owner", full_person),
        (r("OWNERS"), "OwnerBusiness", company()),
        (r("OWNERS"), "Owner", company()),
    ]
    .into_iter()
    .chain(samples_of_wealth())
    .chain(samples_of_work())
    .collect()
}
fn samples_of_wealth() -> Vec<(&'static Resource, &'static str, Value)> {
    let r = |name| named(name).expect("a resource");
    vec![
        (
            r("STATEMENTS"),
            "AccountStatement",
            json!({"period_start_date": "2025-12-01", "period_end_date": "2025-12-31"}),
        ),
        (
            r("STATEMENTS"),
            "AccountStatement",
            json!({"period_start_date": "2025-12-01", "period_end_date": "2025-12-31",
                "cut_date": "2025-12-31", "account_number": "1", "RFC": "R", "CLABE": "C",
                "previous_balance": 10, "final_balance": 7, "total_inflow_amount": 0,
                "total_outflow_amount": 3, "total_inflow_transactions": 0,
                "total_outflow_transactions": 1, "transactions": [{"type": "OUTFLOW",
                    "amount": 3, "balance": 7, "accounting_date": "2025-12-04"}]}),
        ),
        (r("BILLS"), "Bill", json!({"due_date": "2026-01-20"})),
        (r("BILLS"), "Bill", bill()),
        (r("INVESTMENTS"), "InvestmentBrazil", investment()),
        (r("INVESTMENTS"), "InvestmentBrazil", full_investment()),
        (
            r("INVESTMENT_TRANSACTIONS"),
            "InvestmentTransactionBrazil",
            json!({"value_date": "2026-01-14", "net_value": 10}),
        ),
        (r("INVESTMENT_TRANSACTIONS"), "InvestmentTransactionBrazil", traded()),
        (
            r("INVESTMENTS_PORTFOLIOS"),
            "InvestmentsPortfolio",
            json!({"name": "Renda fixa", "type": "FIXED_INCOME", "currency": "BRL"}),
        ),
        (r("INVESTMENTS_PORTFOLIOS"), "InvestmentsPortfolio", portfolio()),
        (
            r("INSTRUMENT_TRANSACTIONS"),
            "InvestmentTransactionLegacy",
            json!({"instrument": {"name": "CDB", "type": "DEPOSIT"}, "type": "BUY",
                "settlement_date": "2026-01-14", "description": "COMPRA", "currency": "BRL"}),
        ),
        (
            r("INSTRUMENT_TRANSACTIONS"),
            "InvestmentTransactionLegacy",
            json!({"instrument": {"name": "CDB", "type": "DEPOSIT"}, "type": "DIVIDEND",
                "settlement_date": "2026-01-14", "operation_date": "2026-01-12", "quantity": 1.5,
                "description": "JUROS", "currency": "BRL", "amount": 3, "price": 2, "fees": 0}),
        ),
        (r("RECEIVABLES_TRANSACTIONS"), "ReceivablesTransaction", sale()),
        (r("EXCHANGES"), "Exchange", exchange()),
        (r("EXCHANGES"), "Exchange", full_exchange()),
        (
            r("EXCHANGE_HISTORY"),
            "ExchangeHistory",
            json!({"operation_identifier": "op-1", "event_sequence_number": "1", "event_type": 1,
                "event_created_at": "2026-01-14T09:00:00Z"}),
        ),
        (r("CONSENTS"), "Consent", json!({"document_number": "529.982.247-25", "permissions": {}})),
        (
            r("CONSENTS"),
            "Consent",
            json!({"display_name": "Ana", "document_number": "52998224725", "consent_duration": 92,
                "expired_at": "2026-04-14T09:00:00Z", "status": "AUTHORISED",
                "permissions": {"ACCOUNTS": ["ACCOUNTS_READ"], "RESOURCES": ["RESOURCES_READ"]}}),
        ),
    ]
}
fn samples_of_work() -> Vec<(&'static Resource, &'static str, Value)> {
    let r = |name| named(name).expect("a resource");
    vec![
        (r("EMPLOYMENT_RECORDS"), "EmploymentRecord", report()),
        (r("EMPLOYMENT_RECORDS"), "EmploymentRecord", full_report()),
        (
            r("CURRENT_EMPLOYMENTS"),
            "CurrentEmploymentMexico",
            json!({"personal_data": {"document_ids": []}, "status": "UNEMPLOYED"}),
        ),
        (
            r("CURRENT_EMPLOYMENTS"),
            "CurrentEmploymentMexico",
            json!({"month": "2026-01", "internal_identification": "TEMX850715HDFMRR08",
                "personal_data": {"official_name": "Ana", "birth_date": "1985-07-15",
                    "document_ids": [{"document_type": "NSS", "document_number": "1"}]},
                "status": "EMPLOYED", "current_employment_records": [{"employer": "A",
                    "employer_id": "Y1", "employer_rfc": "AAA010101AAA", "state": "Jalisco",
                    "days_employed": 3, "base_salary": 10, "monthly_salary": 304}]}),
        ),
        (r("EMPLOYMENTS_BRAZIL"), "EmploymentBrazil", contract()),
        (r("EMPLOYMENTS_COLOMBIA"), "EmploymentColombia", json!({"employer_data": {"name": "A"}})),
        (
            r("EMPLOYMENTS_COLOMBIA"),
            "EmploymentColombia",
            json!({"employer_data": {"name": "A", "id_type": "NIT", "id_number": 860_034_313,
                    "economic_activity_code": 1089, "tenure": 2},
                "salary_and_benefit_details": [{"month": "2026-01", "gross_amount": 10,
                    "net_amount": 8, "employment_type": "SALARIED", "salary_type": "FIXED",
                    "parafiscal_contribution": true, "salary_comprehensive": false,
                    "status_changes": ["FIRST_MONTH"]}]}),
        ),
    ]
}
fn checking() -> Value {
    json!({
        "id": "the institution's, not ours", "link": 5, "category": "CHECKING_ACCOUNT",
        "balance_type": "ASSET", "type": "Cuenta", "name": "Cuenta 1", "number": "0001-234",
        "agency": "0341", "check_digit": "5", "balance": {"current": 10.5, "available": "10.50"},
        "currency": "BRL", "public_identification_name": "AGENCY/ACCOUNT",
        "public_identification_value": "0341/0001-2345", "internal_identification": "acc-1",
        "overdraft": {"arranged": 5, "used": 0, "unarranged": 0}
    })
}
fn card() -> Value {
    json!({
        "category": "CREDIT_CARD", "balance": {"current": 1, "available": 9}, "name": "Oro",
        "number": "**** 1234", "currency": "MXN", "public_identification_value": "9076,8763",
        "credit_data": {"collected_at": "1999-01-01T00:00:00Z", "credit_limit": 10,
            "cutting_date": "2026-01-20", "network": "VISA", "cards": [{"is_multiple": false,
            "identification_number": "1234"}], "limits": [{"available_amount": 9,
            "is_limit_flexible": false, "type": "TOTAL_LIMIT",
            "consolidation_type": "CONSOLIDADO"}]}
    })
}
fn loan() -> Value {
    json!({
        "category": "LOAN_ACCOUNT", "balance": {"current": 1}, "number": "77",
        "loan_data": {"interest_rates": [{"name": "R", "type": "MONTHLY", "value": 1.0,
            "interest_rate_data": {"tax_type": "NOMINAL", "rate_type": "SIMPLE",
            "calculation_base": "30/360", "reference_index_type": "PRE_FIXED",
            "pre_fixed_rate": 0.4, "post_fixed_rate": 0}}],
            "fees": [{"type": "OTHERS", "value": 3, "fee_charge_type": "SINGLE",
            "fee_charge": "FIXED"}], "contracted_charges": [{"type": "NO_CHARGE"}],
            "collaterals": [{"type": "A", "subtype": "B", "currency": "MXN", "amount": 1}],
            "balloon_payments": [{"due_date": "2026-01-01"}], "installment_frequency": "MONTHLY",
            "installments_contract_term_frequency": "MONTH", "number_of_installments_total": 12,
            "disbursement_dates": ["2025-01-01"]},
        "funds_data": [{"name": "F", "public_identifications": [{"name": "N"}], "balance": 1}],
        "receivables_data": {"current": 1}
    })
}
fn movement() -> Value {
    json!({
        "internal_identification": "t-1", "value_date": "2026-01-14", "amount": 12.5,
        "transacted_at": "2026-01-14T03:00:00Z", "accounting_date": "2026-01-14T04:00:00Z",
        "inferred_accounting_date": "2026-01-15", "currency": "MXN", "description": "CAFÉ",
        "type": "OUTFLOW", "status": "PENDING", "balance": 100, "reference": "8",
        "merchant": {"merchant_name": "Café"}, "category": "Food & Groceries",
        "subcategory": "Bakery & Coffee", "mcc": 5814, "payment_type": "FULL",
        "operation_type": "CARTAO", "local_currency_amount": 12.5,
        "credit_card_data": {"bill_status": "OPEN", "card_number": "1234",
            "fee_type": "SMS_FEE", "credits_type": "LOAN", "number_of_installments": 3,
            "credit_card_bill": {"id": "no", "internal_identification": "b"}},
        "counterparty": {"type": "COMPANY"},
        "loan_data": {"is_detached": true, "fees": [{"name": "a", "code": "b", "amount": 1}],
            "charges": [{"type": "a", "info": "b", "amount": 1}]}
    })
}
fn bill() -> Value {
    json!({
        "internal_identification": "bill-1", "bill_name": "2026-01", "due_date": "2026-01-20",
        "currency": "BRL", "total_amount": 120.5, "minimum_amount": 12, "is_installment": true,
        "finance_charges": [{"type": "IOF", "currency": "BRL", "amount": 1}],
        "payments": [{"type": "FULL", "payment_date": "2026-01-20", "payment_mode": "PIX",
            "currency": "BRL", "amount": 120.5}]
    })
}
fn investment() -> Value {
    json!({
        "type": "INVESTMENT_FUND", "currency": "BRL", "product_name": "Fundo Maré",
        "balance": {"reference_date": "2026-01-14T09:00:00Z", "gross_value": 100,
            "blocked_amount": 0, "quantity": 1.5}
    })
}
fn full_investment() -> Value {
    json!({
        "type": "FIXED_INCOME_CREDIT", "issuer_id_number": "00000000000191", "currency": "BRL",
        "isin_number": "BRAAAACTF001", "product_name": "CDB", "is_tax_exempt": false,
        "clearing_code": "C1", "due_date": "2027-01-14", "issue_date": "2025-01-14",
        "purchase_date": "2025-02-14", "grace_period_date": "2025-03-14", "issue_unit_price": 1000,
        "balance": {"reference_date": "2026-01-14T09:00:00Z", "gross_value": 100,
            "blocked_amount": 0, "quantity": 1.25, "gross_unit_price": 100, "net_value": 98,
            "withheld_amount": 2, "transaction_fee": 0, "purchase_unit_price": 90},
        "remuneration": {"post_fixed_rate": 1.05, "rate_type": "EXPONENCIAL",
            "rate_periodicity": "ANUAL", "calculation_base": "DIAS_UTEIS", "indexer": "CDI"},
        "classification_details": {"category": "RENDA_FIXA"},
        "voucher_payment_details": {"is_voucher_payment": false},
        "debtor_details": {"name": "Aurora SA", "id_document_number": "11222333000181"}
    })
}
fn traded() -> Value {
    json!({
        "internal_identification": "it-1", "value_date": "2026-01-14", "value": 100, "quantity": 10,
        "gross_value": 100, "net_value": 99, "unit_price": 10, "price_factor": 1, "type": "INFLOW",
        "transaction_tax": 0, "income_tax": 0, "subtype": "COMPRA", "subtype_additional_info": "x",
        "indexer_percentage": 1.05, "rate": 0.1, "exit_fee": 0,
        "broker_note_details": {"broker_note_number": "1", "gross_value": 100, "brokerage_fee": 1,
            "clearing_settlement_fee": 0, "clearing_registration_fee": 0,
            "stock_exchange_asset_trade_notice_fee": 0, "stock_exchange_fee": 0,
            "clearing_custody_fee": 0, "taxes": 0, "income_tax": 0, "net_value": 101}
    })
}
fn portfolio() -> Value {
    json!({
        "name": "Ações", "type": "VARIABLE_INCOME", "balance_type": "ASSET", "balance_gross": 10,
        "balance_net": 9, "currency": "BRL", "instruments": [{
            "public_id": [{"type": "ISIN",
            "value": "BRAAAAACNOR0"}], "type": "STOCK", "subtype": "ON", "name": "AAAA3",
            "currency": "BRL", "price": 5, "quantity": 2, "balance_gross": 10, "balance_net": 9,
            "average_acquisition_price": 4, "profit": 2, "open_date": "2025-01-01",
            "redemption_conditions": [{"type": "due_date", "value": "2026-01-01"}],
            "fees": [{"type": "BROKERAGE", "value": 1}],
            "interest_rates": [{"type": "YEARLY", "value": 105, "index": "CDI"}]}]
    })
}
fn sale() -> Value {
    json!({
        "value_hour": "13:05", "value_date": "2026-01-14", "institution_transaction_id": "0042",
        "currency": "BRL", "type": "VISA_CREDIT", "gross_amount": 100, "net_amount": 97,
        "fees": [{"type": "TRANSACTION_FEE", "value": 3}], "status": "APPROVED",
        "number_of_installments": {"paid": 0, "total": 1}
    })
}
fn exchange() -> Value {
    json!({
        "operation_identifier": "op-1", "operation_type": "COMPRA",
        "operation_requested_at": "2026-01-14T09:00:00Z", "operation_due_date": "2026-01-16",
        "authorized_institution_identifier": 191, "authorized_institution_name": "Bank",
        "local_operation_tax_amount": 5.43, "local_operation_tax_currency": "BRL",
        "local_operation_value_amount": 543, "local_operation_value_currency": "BRL",
        "foreign_operation_value_amount": 100, "foreign_operation_value_currency": "USD",
        "operation_category_code": "32016"
    })
}
fn full_exchange() -> Value {
    let mut full = exchange();
    for (key, value) in [
        ("operation_number", json!("123456789012")),
        ("intermediary_institution_identifier", json!(191)),
        ("intermediary_institution_name", json!("Corretora")),
        ("operation_outstanding_balance_amount", json!(0)),
        ("operation_outstanding_balance_currency", json!("USD")),
        ("tev_amount_amount", json!(5.6)),
        ("tev_amount_currency", json!("BRL")),
        ("local_currency_advance_percentage", json!(0)),
        ("settlement_method", json!("TELETRANSMISSAO")),
    ] {
        full[key] = value;
    }
    full
}
fn report() -> Value {
    json!({
        "internal_identification": "TEMX850715HDFMRR08", "employment_records": [],
        "personal_data": {"document_ids": [], "entitlements":
            {"entitled_to_health_insurance": false, "entitled_to_company_benefits": false}}
    })
}
fn full_report() -> Value {
    let mut full = report();
    full["report_date"] = json!("2026-01-14");
    full["personal_data"] = json!({"official_name": "Ana", "first_name": "Ana", "last_name": "T",
        "birth_date": "1985-07-15", "email": "a@example.com", "document_ids":
            [{"document_type": "CURP", "document_number": "TEMX850715HDFMRR08"}],
        "entitlements": {"entitled_to_health_insurance": true, "status": "UNEMPLOYED",
            "entitled_to_company_benefits": false, "valid_until": "2026-03-01"}});
    full["social_security_summary"] = json!({"weeks_redeemed": 0, "weeks_contributed": 12});
    full["employment_records"] = json!([{"employer": "A", "employer_id": "Y1", "weeks_employed": 4,
        "start_date": "2025-01-01", "end_date": "2025-02-01", "state": "Jalisco",
        "most_recent_base_salary": 10, "monthly_salary": 304, "currency": "MXN",
        "employment_status_updates": [{"event": "HIRED", "base_salary": 10,
            "update_date": "2025-01-01"}]}]);
    full["employment_scores"] = json!([{"score": 700, "period": 3, "version": "1"}]);
    full["salary_estimation"] = json!({"employment_status_estimate": "EMPLOYED",
        "base_salary_estimate": 10, "currency": "MXN"});
    full["files"] = json!([{"type": "REPORT"}]);
    full
}
fn contract() -> Value {
    json!({
        "start_date": "2025-01-01", "end_date": "2025-02-28",
        "employer_data": {"name": "A", "code": "11222333000181", "economic_activity": "6201501"},
        "occupations": [{"start_date": "2025-01-01", "end_date": "2025-02-28", "name": "Analista",
            "description": "411010", "locale": "Urbana"}],
        "salaries": [{"base_amount": 100, "retained_amount": 10, "type": "REGULAR",
            "month": "2025-01", "currency": "BRL"}]
    })
}
fn company() -> Value {
    json!({
        "company_name": "Padaria Sol LTDA", "incorporation_date": "2010-01-01",
        "companies_id": ["00000000000191"], "additional_documents": [], "emails": [],
        "document_id": {"document_type": "CNPJ", "document_number": "11222333000181"},
        "addresses": [], "phone_numbers": [],
        "parties": [{"person_type": "COMPANY", "type": "MEMBER", "document_type": "CNPJ",
            "document_number": "1", "percentage_type": 0.51, "company_name": "X"}],
        "financial_profile": {"economic_activities": [{"is_main": true, "code": "1091102"}],
            "informed_revenue": {"frequency": "ANNUALLY", "amount": 1, "currency": "BRL",
            "year": 2025}, "patrimony": {"amount": 1, "currency": "BRL", "date": "2025-01-01"}},
        "financial_relation": {"start_date": "2020-01-01T00:00:00Z", "product_services": [],
            "procurators": [], "products": [{"clearing_code": "1", "subtype": "S", "number": "1",
            "check_digit": "1"}]}
    })
}
fn invoice() -> Value {
    json!({
        "invoice_identification": "0AA2", "invoice_date": "2026-01-14", "status": "Cancelado",
        "invoice_type": "Nómina", "type": "OUTFLOW", "sender_id": "A", "sender_name": "B",
        "receiver_id": "C", "receiver_name": "D", "receiver_postal_code": "06700",
        "sender_tax_fraud_status": "INVESTIGATING", "cancelation_update_date": "2026-01-15",
        "payment_method": "PPD", "currency": "MXN", "subtotal_amount": 100, "tax_amount": "16",
        "discount_amount": 0, "total_amount": 116.00, "exchange_rate": 1,
        "tax_details": {"total_tax_retained": 0, "total_tax_transferred": 16,
            "transferred_taxes": [{"tax": "IVA", "tax_percentage": 0.16, "pre_tax_amount": 100,
                "tax_amount": 16}],
            "retained_taxes": [{"tax": "ISR", "tax_percentage": 0.1, "pre_tax_amount": 1,
                "tax_amount": 0.1}]},
        "invoice_details": [{"description": "X", "quantity": 2.5, "unit_amount": 40,
            "retained_taxes": [{"tax": "ISR", "tax_percentage": 0.1, "retained_tax_amount": 1}],
            "transferred_taxes": [{"tax": "IVA", "tax_percentage": 0.16,
                "transferred_tax_amount": 16}]}],
        "related_invoices": [{"relationship_type": "04", "related_invoice_identification": "B"}],
        "payments": [{"date": "2026-01-14T12:00:00Z", "amount": 1, "related_documents":
            [{"invoice_identification": "B", "partiality_number": 1, "payment_method": "PPD"}]}],
        "payroll": {"days": 15, "type": "O", "amount": 1, "version": "1.2",
            "payment_date": "2026-01-15", "periodicity": "FIFTEENTH_DAY",
            "earnings_breakdown": [{"type": "001", "taxable_amount": 1, "vat_free_amount": 0}],
            "tax_deductions": [{"type": "002", "amount": 1}], "other_payments": []},
        "warnings": {"code": "sat_xml_limit_reached", "message": "Later."},
        "xml": "not the institution's to say"
    })
}
fn declared(name: &str, month: Option<&str>) -> Value {
    let mut declared = json!({
        "informacion_general": {"ejercicio": 2024, "numero_operacion": "1", name: "X",
            "periodo_declaracion": month.unwrap_or("Del Ejercicio"), "tipo_declaracion": "Normal"},
        "isr": {"determinacion": {"isr_cargo": 12.5, "saldo_a_favor": null}},
        "determinacion_isr": {}, "sueldos_salarios": {"ingreso_anual": 1},
        "estado_resultados": null, "pdf": "no", "receipt_pdf": "no"
    });
    if month.is_some() {
        declared["type"] = json!("monthly");
    }
    declared
}
#[test]
fn a_return_belongs_to_the_last_day_of_what_it_is_about() {
    let returns = named("TAX_RETURNS").expect("a resource");
    let day = |item: &Value| read(returns, item).expect("good").day.map(|day| day.to_string());
    assert_eq!(day(&declared("nombre", None)).as_deref(), Some("2024-12-31"));
    assert_eq!(day(&declared("nombre", Some("Febrero"))).as_deref(), Some("2024-02-29"));
    let mut bad = declared("nombre", None);
    bad["informacion_general"]["ejercicio"] = json!("secret");
    let said = read(returns, &bad).expect_err("no year").to_string();
    assert!(said.contains("ejercicio") && !said.contains("secret"), "{said}");
}
fn registration() -> Value {
    json!({
        "place_and_date_of_issuance": "PUEBLA A 14 DE ENERO DE 2026", "official_name": "X",
        "id_cif": "1", "tax_payer_information": {"rfc": "SAT970701NN3",
            "last_status_change_date": "2010-01-01", "start_operations_date": "2010-01-01"},
        "address": {"postal_code": "06700", "between_street": [{"street_one": "A"}]},
        "economic_activity": [{"economic_activity": "X", "initial_date": "2010-01-01",
            "order": "1", "percentage": "100"}],
        "regimes": [{"regime": "General", "initial_date": "2010-01-01"}],
        "obligations": [{"obligation": "ISR", "expiration": "17", "initial_date": "2010-01-01"}],
        "digital_stamp": "||1||", "digital_stamp_chain": "seal"
    })
}

#[test]
fn an_edition_is_told_by_what_it_says_and_not_by_its_date_or_seal() {
    let status = named("TAX_STATUS").expect("a resource");
    let facts = |item: &Value| read(status, item).expect("good").facts;
    let mut later = registration();
    for key in ["place_and_date_of_issuance", "digital_stamp", "digital_stamp_chain"] {
        later[key] = json!("another");
    }
    assert_eq!(facts(&registration()), facts(&later));
    later["official_name"] = json!("Y");
    assert_ne!(facts(&registration()), facts(&later));
    let body: Value =
        serde_json::from_str(&read(status, &registration()).expect("good").body).expect("json");
    for list in ["regimes", "regimens"] {
        assert_eq!(body[list][0]["regimen"], "General");
        assert_eq!(body[list][0]["regime"], "General");
    }
}
#[test]
fn every_record_that_is_served_validates() {
    for (resource, schema, item) in samples() {
        let read = read(resource, &item).expect("a good item");
        assert_valid(schema, &as_served(resource, &read));
    }
}
#[test]
fn every_resource_is_tried_and_found_by_its_names() {
    for resource in all() {
        assert!(samples().iter().any(|(r, ..)| std::ptr::eq(*r, *resource)), "{}", resource.name);
        assert!(named(resource.name).is_some_and(|r| std::ptr::eq(r, *resource)));
        let place = |resource: &Resource| all().iter().position(|r| std::ptr::eq(*r, resource));
        for source in resource.computed().map_or(&[][..], |computed| computed.from) {
            assert!(place(source) < place(resource), "{} is read first", source.name);
            assert!(source.computed().is_none() && source.kinds.is_none(), "{}", source.name);
        }
        let sums = |(_, count): &&(_, Count)| matches!(count, Count::Sum(_));
        assert!(resource.events.loaded.iter().filter(sums).count() <= 1, "{}", resource.name);
        let Some(parent) = resource.belongs_to.map(|parent| parent.resource) else { continue };
        assert!(parent.belongs_to.is_none() && parent.marks_seen, "{}", resource.name);
        assert!(parent.children().any(|child| std::ptr::eq(child, *resource)));
    }
    assert_eq!(offered_as("BALANCES").map(|r| r.name), Some("BALANCES"));
}
#[test]
fn reading_a_body_again_changes_nothing() {
    for (resource, _, item) in samples() {
        let once = read(resource, &item).expect("a good item");
        let body: Value = serde_json::from_str(&once.body).expect("json");
        let twice = read(resource, &body).expect("a good item");
        assert_eq!(once.body, twice.body);
        assert_eq!(once.facts, twice.facts);
    }
}
#[test]
fn the_documented_schemas_hold_every_key_that_is_served() {
    for (resource, schema, item) in samples() {
        let schemas = (resource.schemas)();
        let names: Vec<&str> = schemas.iter().map(|(name, _)| name.as_str()).collect();
        let mut distinct = names.clone();
        distinct.sort_unstable();
        distinct.dedup();
        assert_eq!(distinct.len(), names.len(), "each name once: {names:?}");
        let text = serde_json::to_string(&schemas.iter().map(|(_, s)| s).collect::<Vec<_>>())
            .expect("json");
        for reference in text.split("#/components/schemas/").skip(1) {
            let name = reference.split('"').next().expect("a name");
            assert!(names.contains(&name), "{}: {name} is referred to", resource.name);
        }
        let own = match (resource.name, schema) {
            ("OWNERS", "Owner") => "OwnerGeneric",
            ("INVOICES", "InvoiceSat") => "InvoiceMexico",
            ("INVOICES", "InvoiceDian") => "InvoiceColombia",
            // The contract calls some by their country.
            (_, schema) if !names.contains(&schema) => names[0],
            (_, schema) => schema,
        };
        let served = as_served(resource, &read(resource, &item).expect("a good item"));
        if resource.name == "OWNERS"
            && served.get("company_name").or(served.get("birth_date")).is_some()
            && schema == "Owner"
        {
            continue;
        }
        let (_, described) = schemas.iter().find(|(name, _)| name == own).expect(own);
        let described = serde_json::to_value(described).expect("json");
        for key in served.as_object().expect("an object").keys() {
            assert!(described["properties"].get(key).is_some(), "{own} lacks {key}");
        }
    }
}
#[test]
fn facts_survive_the_store() {
    for (resource, _, item) in samples() {
        let facts = read(resource, &item).expect("a good item").facts;
        let text = serde_json::to_string(&facts).expect("json");
        assert_eq!(serde_json::from_str::<Facts>(&text).expect("json"), facts, "{text}");
    }
}
#[test]
fn a_bad_item_says_where_but_never_what() {
    let accounts = named("ACCOUNTS").expect("a resource");
    let transactions = named("TRANSACTIONS").expect("a resource");
    let owners = named("OWNERS").expect("a resource");
    for (resource, item, path) in [
        (accounts, json!({"balance": {"current": "secret"}}), "balance.current"),
        (accounts, json!({"balance": {}, "category": "secret"}), "category"),
        (accounts, json!({"balance": {}, "name": {"secret, expected": "secret"}}), "name"),
        (
            accounts,
            json!({"balance": {}, "credit_data": {"limits": [{"type": "secret"}]}}),
            "credit_data.limits[0].type",
        ),
        (accounts, json!({}), "."),
        (accounts, json!("secret"), "."),
        (transactions, json!({"value_date": "secret", "amount": 1}), "value_date"),
        (transactions, json!({"value_date": "2026-01-01"}), "amount"),
        (transactions, json!({"amount": 1}), "value_date"),
        (transactions, json!({"value_date": "2026-01-01", "amount": -1}), "amount"),
        (transactions, json!({"value_date": "2026-01-01", "amount": "secret"}), "amount"),
        (owners, json!({"birth_date": "secret", "display_name": "secret"}), "birth_date"),
    ] {
        let bad = read(resource, &item).expect_err("a bad item");
        assert_eq!(bad.path, path, "{bad}");
        assert!(!bad.to_string().contains("secret"), "{bad}");
    }
}
#[test]
fn an_account_is_known_by_its_number_however_it_is_written() {
    let accounts = named("ACCOUNTS").expect("a resource");
    let one = keys(&read(accounts, &checking()).expect("good"));
    let mut other = checking();
    other["agency"] = json!("341");
    other["number"] = json!("1.234-5");
    other["public_identification_value"] = json!("341/12345");
    other["internal_identification"] = json!("changed");
    other["name"] = json!("CUENTA 1");
    let other = keys(&read(accounts, &other).expect("good"));
    assert_eq!(one[..2], other[..2]);
    assert_eq!(one.last(), other.last());
    assert!(one[0].starts_with("public:AGENCYACCOUNT:341/12345"), "{one:?}");
}
#[test]
fn a_masked_number_is_a_weak_key() {
    let accounts = named("ACCOUNTS").expect("a resource");
    let keys = keys(&read(accounts, &card()).expect("good"));
    assert_eq!(
        keys,
        ["number:CREDIT_CARD|**** 1234", "cards:8763,9076", "shape:CREDIT_CARD|MXN|ORO"],
        "only as weak keys, the mask still visible"
    );
}
#[test]
fn what_an_earlier_listing_showed_is_given_back_to_a_masked_one() {
    let accounts = named("ACCOUNTS").expect("a resource");
    let whole = read(accounts, &checking()).expect("good");
    let listed = |changes: &[(&str, Value)]| {
        let mut account = checking();
        for (key, value) in changes {
            account[key] = value.clone();
        }
        let mut item = read(accounts, &account).expect("good");
        let before = item.clone();
        unmask(&mut item, &whole.body);
        (item, before)
    };
    let (item, _) = listed(&[
        ("number", json!("****-234")),
        ("agency", Value::Null),
        ("check_digit", Value::Null),
        ("public_identification_value", json!("****/XXXX-2345")),
    ]);
    assert_eq!(item, whole);
    let (item, before) = listed(&[("number", json!("***9")), ("name", json!("Nova"))]);
    assert_eq!(item, before, "a mask of another number");
    let (item, before) = listed(&[("number", json!("0001-999"))]);
    assert_eq!(item, before, "a number that changed and hides nothing");
    let mut item = before.clone();
    unmask(&mut item, "not an account");
    assert_eq!(item, before);
}
#[test]
fn blocks_are_stamped_with_the_time_of_reading() {
    let accounts = named("ACCOUNTS").expect("a resource");
    let body: Value =
        serde_json::from_str(&read(accounts, &card()).expect("good").body).expect("json");
    assert_eq!(body["credit_data"]["collected_at"], "2026-01-14T09:12:33.104000Z");
    let loan: Value =
        serde_json::from_str(&read(accounts, &loan()).expect("good").body).expect("json");
    for block in ["loan_data", "receivables_data"] {
        assert_eq!(loan[block]["collected_at"], "2026-01-14T09:12:33.104000Z", "{block}");
    }
}
#[test]
fn a_movement_without_state_is_booked_and_padding_of_amounts_does_not_count() {
    let transactions = named("TRANSACTIONS").expect("a resource");
    let item = |amount: &str| {
        let raw = format!(r#"{{"transacted_at":"2026-01-14T23:00:00Z","amount":{amount}}}"#);
        let raw = RawValue::from_string(raw).expect("json");
        (transactions.read)(&raw, None, stamp()).expect("good")
    };
    assert_eq!(item("10.5").body, item("10.5000").body);
    let body: Value = serde_json::from_str(&item("10").body).expect("json");
    assert_eq!((&body["status"], &body["value_date"]), (&json!("PROCESSED"), &json!("2026-01-14")));
}
#[test]
fn the_main_entry_stands_for_all_in_the_common_keys() {
    let (resource, _, item) = samples().swap_remove(11);
    let body: Value =
        serde_json::from_str(&read(resource, &item).expect("good").body).expect("json");
    assert_eq!(body["email"], "a@example.com");
    assert_eq!(body["phone_number"], "+5581900000000");
    assert_eq!(body["address"], "Rua Um, 1, Olinda, 53000000");
}

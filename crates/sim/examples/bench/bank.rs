//! A bank that answers at once: one account and as many movements as it is told, always the same. It
//! keeps taxpayers' invoices as well, under another name.

use connect::talk::{
    Ask, Connector, Conversation, Covered, Credentials, Failure, Fetch, Given, LoggedIn, Sink,
};
use domain::{
    env::{BoxFuture, Env},
    institution::{Health, Institution, InstitutionType, IntegrationType},
    record::Trust,
};
use jiff::{
    Span,
    civil::{Date, date},
};
use serde_json::{json, value::RawValue};
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering::Relaxed},
};

/// Its name.
pub(crate) const NAME: &str = "bench_mx_retail";
/// Its name as a tax authority.
pub(crate) const AUTHORITY: &str = "bench_mx_fiscal";

/// Shared: the number of movements, or invoices, can be changed while it runs.
#[derive(Clone)]
pub(crate) struct Bank(Arc<AtomicUsize>);

impl Bank {
    /// With so many movements.
    pub(crate) fn new(movements: usize) -> Self {
        Self(Arc::new(AtomicUsize::new(movements)))
    }
    /// From now on so many.
    pub(crate) fn shows(&self, movements: usize) {
        self.0.store(movements, Relaxed);
    }
}

impl Connector for Bank {
    fn name(&self) -> &'static str {
        "bench"
    }
    fn version(&self) -> &'static str {
        "1"
    }
    fn institutions(&self) -> Vec<Institution> {
        let names = ["ACCOUNTS", "TRANSACTIONS"];
        let bank = Institution {
            id: 1,
            name: NAME.into(),
            kind: InstitutionType::Bank,
            website: None,
            display_name: "Bench".into(),
            country_codes: vec!["MX".into()],
            country_code: Some("MX".into()),
            primary_color: "#000000".into(),
            logo: None,
            icon_logo: None,
            text_logo: None,
            code: None,
            form_fields: Vec::new(),
            features: Vec::new(),
            resources: names.map(str::to_owned).into(),
            integration_type: IntegrationType::Credentials,
            status: Health::Healthy,
            openbanking_information: None,
        };
        let authority = Institution {
            id: 2,
            name: AUTHORITY.into(),
            kind: InstitutionType::Fiscal,
            resources: vec!["INVOICES".into()],
            ..bank.clone()
        };
        vec![bank, authority]
    }
    fn trust(&self, _institution: &str) -> Trust {
        Trust::Stable
    }
    fn open(&self, _institution: &str, _subject: &str, env: &Env) -> Box<dyn Conversation> {
        Box::new(Talk {
            bank: self.clone(),
            user: String::new(),
            today: domain::time::day(env.now()),
        })
    }
}

struct Talk {
    bank: Bank,
    user: String,
    today: Date,
}

impl Conversation for Talk {
    fn login<'a>(
        &'a mut self,
        credentials: &'a Credentials,
        _ask: &'a mut dyn Ask,
    ) -> BoxFuture<'a, Result<LoggedIn, Failure>> {
        credentials.reveal("username").clone_into(&mut self.user);
        Box::pin(async { Ok(LoggedIn { user: self.user.clone(), state: None }) })
    }
    fn fetch<'a>(
        &'a mut self,
        wanted: &'a Fetch,
        _ask: &'a mut dyn Ask,
        out: &'a mut dyn Sink,
    ) -> BoxFuture<'a, Result<Covered, Failure>> {
        Box::pin(async move {
            if wanted.resource == "INVOICES" {
                return self.invoices(wanted, out).await;
            }
            let count = if wanted.resource == "ACCOUNTS" { 1 } else { self.bank.0.load(Relaxed) };
            for index in 0..count {
                let item = if wanted.resource == "ACCOUNTS" {
                    account(&self.user)
                } else {
                    self.movement(index)
                };
                let item =
                    RawValue::from_string(item).map_err(|e| Failure::Unexpected(e.to_string()))?;
                let documents = Vec::new();
                out.give(Given { account: Some("a1".into()), page: 0, item, documents }).await?;
            }
            Ok(Covered::whole(wanted.window))
        })
    }
}

/// The account of a user.
fn account(user: &str) -> String {
    json!({
        "category": "CHECKING_ACCOUNT", "balance_type": "ASSET", "type": "Cheques", "subtype": "",
        "name": "Cuenta", "number": user, "agency": null, "check_digit": null,
        "balance": {"current": 1000.25, "available": 1000.25}, "currency": "MXN",
        "public_identification_name": "CLABE", "public_identification_value": format!("{user:0>18}"),
        "internal_identification": "a1", "credit_data": null, "loan_data": null, "funds_data": null,
    })
    .to_string()
}

impl Talk {
    /// What was received within the second month back from today: as much as it is told, and
    /// nothing else.
    async fn invoices(&self, wanted: &Fetch, out: &mut dyn Sink) -> Result<Covered, Failure> {
        let received = wanted.kind.as_deref() == Some("INFLOW");
        for index in 0..if received { self.bank.0.load(Relaxed) } else { 0 } {
            let back = 31 + i64::try_from(index % 28).unwrap_or(0);
            let day = self.today.saturating_sub(Span::new().days(back));
            if wanted.window.is_some_and(|window| window.contains(day)) {
                let item = RawValue::from_string(payroll(day, index));
                let item = item.map_err(|e| Failure::Unexpected(e.to_string()))?;
                out.give(Given { account: None, page: 0, item, documents: Vec::new() }).await?;
            }
        }
        Ok(Covered::whole(wanted.window))
    }

    /// The movement number `index`, spread over the last three hundred days.
    fn movement(&self, index: usize) -> String {
        movement(self.today, index)
    }
}

/// The movement number `index`, as a connector gives it.
pub(crate) fn movement(today: Date, index: usize) -> String {
    let back = i64::try_from(index % 300).unwrap_or(0);
    let day = today.saturating_sub(Span::new().days(back)).max(date(2000, 1, 1));
    json!({
        "internal_identification": format!("m{index}"), "value_date": day, "accounting_date": day,
        "amount": 10 + index, "local_currency_amount": null, "balance": null, "currency": "MXN",
        "description": format!("COMPRA TIENDA {index} SUC {}", index * 7), "observations": null,
        "merchant": null, "category": null, "subcategory": null, "reference": format!("{index:08}"),
        "type": "OUTFLOW", "status": "PROCESSED", "credit_card_data": null, "counterparty": null,
        "loan_data": null, "payment_type": null, "operation_type": "OUTROS",
        "operation_type_additional_info": null, "mcc": null,
    })
    .to_string()
}

/// The voucher number `index` of a pay, as a connector gives it.
fn payroll(day: Date, index: usize) -> String {
    let amount = |kind: &str, amount: u32| json!({"type": kind, "amount": amount});
    let earned = |kind: &str, amount: u32| {
        json!({"type": kind, "taxable_amount": amount,
        "vat_free_amount": 0})
    };
    json!({
        "invoice_identification": format!("018F0000-0000-7000-8000-{index:012}"),
        "invoice_date": day, "status": "Vigente", "invoice_type": "Nómina", "type": "INFLOW",
        "sender_id": "AAA010101AAA", "sender_name": "COMERCIAL BRISA SA DE CV",
        "sender_fiscal_regime": "601", "receiver_id": "BBBB010101BB1",
        "receiver_name": "ANA LUZ DEL MAR", "receiver_fiscal_regime": "605",
        "certification_date": day, "certification_authority": "SAT970701NN3",
        "payment_type": "99", "payment_method": "PUE", "usage": "CN01", "version": "4.0",
        "place_of_issue": "06600", "currency": "MXN", "subtotal_amount": 15_250,
        "exchange_rate": 1, "tax_amount": 0, "discount_amount": 3_150, "total_amount": 12_100,
        "invoice_details": [{
            "description": "Pago de nómina", "product_identification": "84111505", "quantity": 1,
            "unit_code": "ACT", "unit_description": "Actividad", "unit_amount": 15_250,
            "discount": 3_150, "tax_subject_code": "01", "pre_tax_amount": 15_250,
            "tax_percentage": 0, "tax_amount": 0, "total_amount": 15_250,
        }],
        "payroll": {
            "days": 15, "type": "O", "amount": 12_100, "version": "1.2", "date_from": day,
            "date_to": day, "payment_date": day, "periodicity": "FIFTEENTH_DAY",
            "earnings_breakdown": [earned("001", 13_000), earned("010", 1_250), earned("049", 1_000)],
            "tax_deductions": [amount("001", 450), amount("002", 2_100), amount("004", 600)],
            "other_payments": [amount("002", 0), amount("999", 0)],
        },
        "folio": format!("{index}"), "series": "NOM",
    })
    .to_string()
}

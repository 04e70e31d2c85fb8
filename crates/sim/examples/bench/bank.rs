//! A bank that answers at once: one account and as many movements as it is told, always the same.

use connect::talk::{
    Ask, Connector, Conversation, Covered, Credentials, Failure, Fetch, Given, LoggedIn, Sink,
};
use domain::{
    env::{BoxFuture, Env},
    institution::{Health, Institution, InstitutionType, IntegrationType},
    record::Trust,
};
use jiff::{Span, civil::date};
use serde_json::{json, value::RawValue};
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering::Relaxed},
};

/// Its name.
pub(crate) const NAME: &str = "bench_mx_retail";

/// Shared: the number of movements can be changed while it runs.
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
        vec![Institution {
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
        }]
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
    today: jiff::civil::Date,
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
    fn logout(&mut self) -> BoxFuture<'_, ()> {
        Box::pin(std::future::ready(()))
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
    /// The movement number `index`, spread over the last three hundred days.
    fn movement(&self, index: usize) -> String {
        movement(self.today, index)
    }
}

/// The movement number `index`, as a connector gives it.
pub(crate) fn movement(today: jiff::civil::Date, index: usize) -> String {
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

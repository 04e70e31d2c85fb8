//! A tax authority that makes up the invoices it is asked for and keeps none: as many as a story says,
//! and breaking off where the story says so.

use crate::world::{World, recurrent};
use connect::talk::{
    Ask, Connector, Conversation, Covered, Credentials, Failure, Fetch, Given, LoggedIn, Sink,
};
use domain::{
    env::{BoxFuture, Env},
    institution::{Institution, InstitutionType},
    link::Link,
    record::Trust,
};
use jiff::{
    ToSpan,
    civil::{Date, date},
};
use serde_json::{json, value::to_raw_value};
use std::sync::{Arc, Mutex, MutexGuard};

const NAME: &str = "office_mx_fiscal";

/// The tax authority. What happens is told to it, and what it was asked is read off it.
#[derive(Clone)]
pub(crate) struct Office {
    institution: Institution,
    story: Arc<Mutex<Story>>,
}

/// What it shows of received invoices.
pub(crate) struct Story {
    /// How many there are.
    pub(crate) invoices: usize,
    /// They are spread over so many days from this one on.
    pub(crate) days: (Date, i64),
    /// The next reading ends after so many, having said a checkpoint after so many.
    pub(crate) breaks: Option<(usize, Option<usize>)>,
    /// From where readings that showed something went on.
    pub(crate) cursors: Vec<Option<String>>,
}

impl Office {
    /// Opens in the place of the world's bank.
    pub(crate) async fn opened(world: &World) -> Self {
        let known = world.bank.institutions().remove(0);
        let institution = Institution {
            name: NAME.into(),
            kind: InstitutionType::Fiscal,
            resources: vec!["INVOICES".into()],
            ..known
        };
        let days = (date(2025, 11, 1), 28);
        let story = Story { invoices: 0, days, breaks: None, cursors: Vec::new() };
        let office = Self { institution, story: Arc::new(Mutex::new(story)) };
        world.engine.replace_connectors(&[Arc::new(office.clone())]).await.unwrap();
        office
    }
    pub(crate) fn story(&self) -> MutexGuard<'_, Story> {
        self.story.lock().unwrap()
    }
    /// A taxpayer, whose invoices are loaded.
    pub(crate) async fn registered(&self, world: &World) -> Link {
        let registration =
            engine::links::Registration { institution: NAME.into(), ..recurrent("ana", "right") };
        let link = world.engine.register(&world.caller(), registration).await.unwrap();
        world.settle().await;
        link
    }
}

impl Connector for Office {
    fn name(&self) -> &'static str {
        "office"
    }
    fn version(&self) -> &'static str {
        "1"
    }
    fn institutions(&self) -> Vec<Institution> {
        vec![self.institution.clone()]
    }
    fn trust(&self, _: &str) -> Trust {
        Trust::Stable
    }
    fn open(&self, _: &str, _: &str, _: &Env) -> Box<dyn Conversation> {
        Box::new(Talk(self.clone()))
    }
}

struct Talk(Office);

impl Conversation for Talk {
    fn login<'a>(
        &'a mut self,
        _: &'a Credentials,
        _: &'a mut dyn Ask,
    ) -> BoxFuture<'a, Result<LoggedIn, Failure>> {
        Box::pin(async { Ok(LoggedIn { user: "ana".into(), state: None }) })
    }
    fn fetch<'a>(
        &'a mut self,
        wanted: &'a Fetch,
        _: &'a mut dyn Ask,
        out: &'a mut dyn Sink,
    ) -> BoxFuture<'a, Result<Covered, Failure>> {
        Box::pin(async move {
            let (invoices, (first, days)) = {
                let story = self.0.story();
                (story.invoices, story.days)
            };
            let day = |number: usize| {
                first.saturating_add((i64::try_from(number).unwrap() % days).days())
            };
            let asked = |number: &usize| {
                wanted.kind.as_deref() == Some("INFLOW")
                    && wanted.window.is_none_or(|window| window.contains(day(*number)))
            };
            let shown: Vec<usize> = (0..invoices).filter(asked).collect();
            if shown.is_empty() {
                return Ok(Covered::whole(wanted.window));
            }
            let breaks = self.0.story().breaks.take();
            self.0.story().cursors.push(wanted.cursor.clone());
            let from = wanted.cursor.as_ref().map_or(0, |cursor| cursor.parse().unwrap());
            for (place, &number) in shown.iter().enumerate().skip(from) {
                if breaks.is_some_and(|(after, _)| after == place) {
                    return Err(Failure::Unexpected("it died".into()));
                }
                if breaks.is_some_and(|(_, checkpoint)| checkpoint == Some(place)) {
                    out.checkpoint(&place.to_string());
                }
                out.give(invoice(number, day(number), wanted)).await?;
            }
            Ok(Covered::whole(wanted.window))
        })
    }
}

fn invoice(number: usize, day: Date, wanted: &Fetch) -> Given {
    let line = json!({"description": "Servicio de consultoria", "quantity": 1, "unit_code": "E48",
        "product_identification": "80101500", "unit_description": "Unidad de servicio",
        "unit_amount": 1000, "pre_tax_amount": 1000, "tax_percentage": 16, "tax_amount": 160,
        "total_amount": 1160, "tax_subject_code": "02", "transferred_taxes": [{"tax": "IVA",
            "tax_type": "Tasa", "tax_percentage": 16, "transferred_tax_amount": 160}]});
    let item = json!({"invoice_identification": format!("018F0000-0000-7000-8000-{number:012}"),
        "invoice_date": day, "status": "Vigente", "invoice_type": "Ingreso", "type": wanted.kind,
        "sender_id": "AAA010101AAA", "sender_name": "COMERCIAL BRISA SA DE CV",
        "receiver_id": "BBB010101BBB", "receiver_name": "OBRAS DEL SUR SA DE CV",
        "sender_fiscal_regime": "601", "receiver_fiscal_regime": "601", "version": "4.0",
        "certification_date": day, "payment_type": "03", "payment_method": "PUE", "usage": "G03",
        "currency": "MXN", "subtotal_amount": 1000, "tax_amount": 160, "discount_amount": 0,
        "total_amount": 1160, "exchange_rate": 1, "invoice_details": [line.clone(), line]});
    let item = to_raw_value(&item).unwrap();
    Given { account: None, page: 0, item, documents: Vec::new() }
}

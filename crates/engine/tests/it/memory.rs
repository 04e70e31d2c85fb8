//! What a large reading costs in memory.

use crate::world::{World, single};
use connect::talk::{
    Ask, Connector, Conversation, Covered, Credentials, Failure, Fetch, Given, LoggedIn, Sink,
};
use domain::{
    env::{BoxFuture, Env},
    institution::{Institution, InstitutionType},
    record::Trust,
    time::Window,
};
use jiff::{
    ToSpan,
    civil::{Date, date},
};
use serde_json::{json, value::to_raw_value};
use std::sync::Arc;

/// Invoices in the last year.
const INVOICES: usize = 20_000;
/// Bytes above what the process had before.
const MOST: u64 = 64 << 20;

const OFFICE: &str = "office_mx_fiscal";

/// A tax authority that gives invoices one by one and keeps none.
struct Office(Institution);
struct Talk;

impl Connector for Office {
    fn name(&self) -> &'static str {
        "office"
    }
    fn version(&self) -> &'static str {
        "1"
    }
    fn institutions(&self) -> Vec<Institution> {
        vec![self.0.clone()]
    }
    fn trust(&self, _: &str) -> Trust {
        Trust::Stable
    }
    fn open(&self, _: &str, _: &str, _: &Env) -> Box<dyn Conversation> {
        Box::new(Talk)
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
            // All of them are spread over one year, which ends a month before today.
            let year = Window { from: date(2025, 1, 1), to: date(2025, 12, 15) };
            let received = wanted.kind.as_deref() == Some("INFLOW");
            for number in 0..if received { INVOICES } else { 0 } {
                let day = year.from.saturating_add(i64::try_from(number % 349).unwrap().days());
                if wanted.window.is_some_and(|window| window.contains(day)) {
                    out.give(invoice(number, day, wanted)).await?;
                }
            }
            Ok(Covered::whole(wanted.window))
        })
    }
    fn logout(&mut self) -> BoxFuture<'_, ()> {
        Box::pin(std::future::ready(()))
    }
}

/// What the kernel says of this process, in bytes: `VmRSS` or `VmHWM`.
fn memory(of: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with(of)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() << 10
}

// On SQLite alone: what is held is the engine's, whatever the database.
#[tokio::test]
async fn a_year_of_invoices_is_kept_slice_by_slice_in_bounded_memory() {
    let world = World::stopped(store::testing::sqlite().await).await;
    let known = world.bank.institutions().remove(0);
    let office = Institution {
        name: OFFICE.into(),
        kind: InstitutionType::Fiscal,
        resources: vec!["INVOICES".into()],
        ..known
    };
    world.engine.replace_connectors(&[Arc::new(Office(office))]).await.unwrap();
    let registration =
        engine::links::Registration { institution: OFFICE.into(), ..single("ana", &["INVOICES"]) };
    // The highest is that since now.
    std::fs::write("/proc/self/clear_refs", "5").unwrap();
    let before = memory("VmRSS:");
    let link = world.engine.register(&world.caller(), registration).await.unwrap();
    world.engine.settle_down().await.unwrap();
    let above = memory("VmHWM:").saturating_sub(before);
    let mut tx = world.engine.store().read().await.unwrap();
    let kept = tx.summary(link.id, "INVOICES").await.unwrap();
    assert_eq!(kept.total, INVOICES as u64);
    assert!(above <= MOST, "{} MiB above idle", above >> 20);
    drop(tx);
    world.finish().await;
}

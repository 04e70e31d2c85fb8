//! The first page of the console over a hundred thousand links, from the request to its last byte.

use crate::{House, Options, deliveries::announce, list::serve, load};
use domain::{
    access::AccessMode,
    ids::Bucket,
    link::{Link, Status},
    operator::Role,
};
use engine::{operators, webhooks::endpoints::NewEndpoint};
use secrecy::{ExposeSecret as _, SecretString};
use store::jobs::NewJob;

const LINKS: u32 = 100_000;
const PASSWORD: &str = "bench password";

pub(crate) async fn run(house: &House, options: &Options) {
    let engine = &house.engine;
    let model = house.register("overview", AccessMode::Recurrent).await;
    engine.settle_down().await.unwrap();
    let webhooks = engine.webhooks();
    let held = webhooks.hold().await;
    // Nobody is asked while the dispatcher is held.
    let url = "http://127.0.0.1:9/".into();
    let wanted = NewEndpoint { url, authorization: None, events: Vec::new() };
    webhooks.add_endpoint(&house.caller(), wanted).await.unwrap();
    fill(house, &model).await;
    announce(house, &model).await;

    let (store, env) = (engine.store(), engine.env());
    let password = SecretString::from(PASSWORD);
    operators::add(store, env, "bench", Role::Viewer, &password).await.unwrap();
    let token = engine.sign_in("bench", &password).await.unwrap().unwrap();
    let server = serve(server::router(engine.clone(), server::Settings::dev())).await;
    let request = format!(
        "GET /console/{}/ HTTP/1.1\r\nhost: {server}\r\ncookie: vinculo_console={}\r\n\r\n",
        house.caller.tenant,
        token.expose_secret()
    );
    let seen = load::flood(server, request.as_bytes(), 1, options.time()).await;
    println!(
        "overview of {LINKS} links, {} bytes: p50 {:.0} ms, p99 {:.0} ms",
        seen.bytes, seen.p50, seen.p99
    );
    drop(held);
}

/// Links like `model`, some of them not valid, with a refresh that waits for each.
async fn fill(house: &House, model: &Link) {
    let engine = &house.engine;
    let (env, caller) = (engine.env(), house.caller());
    let far = env.now() + jiff::SignedDuration::from_hours(24);
    for from in (0..LINKS).step_by(5_000) {
        let mut tx = engine.store().write().await.unwrap();
        for n in from..(from + 5_000).min(LINKS) {
            let bucket = Bucket::of(u16::try_from(n % 4096).unwrap());
            let status = Status::ALL[if n % 20 == 0 { n as usize % 4 } else { 0 }];
            let link = Link { id: env.id_in(bucket), status, ..model.clone() };
            let mut login = [0; 32];
            login[..4].copy_from_slice(&n.to_be_bytes());
            tx.insert_link(&link, &login).await.unwrap();
            let refresh = NewJob {
                id: env.id_in(bucket),
                tenant: caller.tenant,
                link: Some(link.id),
                kind: "refresh".into(),
                subject: link.id.to_string(),
                payload: "null".into(),
                run_at: far,
                created_at: env.now(),
            };
            tx.schedule(&refresh).await.unwrap();
        }
        tx.commit().await.unwrap();
    }
}

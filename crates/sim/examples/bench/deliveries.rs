//! Webhooks: from the outbox to a receiver on this machine and back into the database, beside a
//! bare loop of the same HTTP client that posts the same bodies and remembers nothing. The receiver
//! shares the machine with both.

use crate::House;
use bytes::Bytes;
use domain::{
    access::AccessMode,
    ids::Bucket,
    link::Link,
    webhook::{Announcement, ProcessType},
};
use engine::webhooks::{Notice, endpoints::NewEndpoint};
use futures::{StreamExt, stream};
use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};
use store::deliveries::DeliveryState;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinSet,
};

/// Links that have something to tell, and how much each: the events of one link go one by one.
const LINKS: usize = 10_000;
const EVENTS: usize = 4;
/// Posts of the bare loop under way at once; the dispatcher allows one endpoint as many.
const AT_ONCE: usize = 64;

pub(crate) async fn run(house: &House) {
    let receiver = Receiver::start().await;
    let url = format!("http://{}/hooks", receiver.address);
    let all = LINKS * EVENTS;

    let bare = bare(&url, all).await;
    println!("deliveries, bare loop of the same client: {bare:.0}/s");

    let webhooks = house.engine.webhooks();
    let caller = house.caller();
    let wanted = NewEndpoint { url, authorization: None, events: Vec::new() };
    webhooks.add_endpoint(&caller, wanted).await.unwrap();
    let held = webhooks.hold().await;
    let model = house.register("deliveries", AccessMode::Single).await;
    let begun = Instant::now();
    announce(house, &model).await;
    let rate = all as f64 / begun.elapsed().as_secs_f64();
    println!("events announced, 1,000 in a transaction: {rate:.0}/s");

    let before = receiver.count.load(Ordering::Relaxed);
    let begun = Instant::now();
    drop(held);
    webhooks.wake();
    // Looking into the database costs something too: only when all has arrived.
    while receiver.count.load(Ordering::Relaxed) - before < all || !is_done(house, all).await {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let rate = all as f64 / begun.elapsed().as_secs_f64();
    let sent = receiver.count.load(Ordering::Relaxed) - before;
    println!(
        "deliveries, claimed, signed, posted and recorded: {rate:.0}/s ({:.2} of bare; {sent} posts for {all})",
        rate / bare
    );
}

async fn announce(house: &House, model: &Link) {
    let engine = &house.engine;
    let links: Vec<Link> = (0..LINKS)
        .map(|n| {
            let bucket = Bucket::of(u16::try_from(n % 4096).unwrap());
            Link { id: engine.env().id_in(bucket), ..model.clone() }
        })
        .collect();
    for _ in 0..EVENTS {
        for some in links.chunks(1000) {
            let notices = some.iter().map(|link| Notice {
                link,
                because: ProcessType::RecurrentUpdate,
                request: house.caller.request,
                what: Announcement::invalid_credentials(
                    "Invalid credentials provided to login to the institution",
                ),
            });
            let mut tx = engine.store().write().await.unwrap();
            engine.webhooks().announce(&mut tx, notices).await.unwrap();
            tx.commit().await.unwrap();
        }
    }
}

async fn is_done(house: &House, all: usize) -> bool {
    let mut tx = house.engine.store().read().await.unwrap();
    let states = tx.deliveries_by_state_across_buckets(Some(house.caller.tenant)).await.unwrap();
    states.iter().any(|(state, n)| *state == DeliveryState::Delivered && *n >= all as u64)
}

#[expect(clippy::disallowed_methods, reason = "the reference is the bare client")]
async fn bare(url: &str, count: usize) -> f64 {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let url: reqwest::Url = url.parse().unwrap();
    let body = Bytes::from(vec![b'x'; 420]);
    let begun = Instant::now();
    stream::iter(0..count)
        .for_each_concurrent(AT_ONCE, |_| async {
            let answer = client
                .post(url.clone())
                .header("content-type", "application/json")
                .header("webhook-id", "0192f0c1a2b374c58d9e0f1a2b3c4d5e")
                .header("webhook-timestamp", "1769853600")
                .header("webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
                .body(body.clone())
                .send()
                .await
                .unwrap();
            answer.bytes().await.unwrap();
        })
        .await;
    count as f64 / begun.elapsed().as_secs_f64()
}

/// Takes whatever is posted and says yes.
struct Receiver {
    address: SocketAddr,
    count: Arc<AtomicUsize>,
    _task: JoinSet<()>,
}

impl Receiver {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let count = Arc::new(AtomicUsize::new(0));
        let mut task = JoinSet::new();
        let counter = count.clone();
        task.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                connections.spawn(take(stream, counter.clone()));
            }
        });
        Self { address, count, _task: task }
    }
}

async fn take(mut stream: TcpStream, count: Arc<AtomicUsize>) {
    stream.set_nodelay(true).unwrap();
    let mut buffer = Vec::with_capacity(8192);
    loop {
        let whole = loop {
            if let Some(whole) = request(&buffer) {
                break whole;
            }
            if stream.read_buf(&mut buffer).await.unwrap_or(0) == 0 {
                return;
            }
        };
        buffer.drain(..whole);
        count.fetch_add(1, Ordering::Relaxed);
        if stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await.is_err() {
            return;
        }
    }
}

/// The length of the request at the beginning of `buffer`, if it is there whole.
fn request(buffer: &[u8]) -> Option<usize> {
    const LENGTH: &[u8] = b"content-length: ";
    let head = buffer.windows(4).position(|four| four == b"\r\n\r\n")?;
    let at = buffer[..head].windows(LENGTH.len()).position(|some| some == LENGTH)? + LENGTH.len();
    let digits = buffer[at..head].iter().take_while(|byte| byte.is_ascii_digit());
    let length = digits.fold(0, |n, digit| n * 10 + usize::from(digit - b'0'));
    let whole = head + 4 + length;
    (buffer.len() >= whole).then_some(whole)
}

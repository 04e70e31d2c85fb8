//! What a caged connector cannot reach, and what the proxy says about it.

use crate::{attacks::Malicious, cage::in_both_cages};
use connect::{
    cage::{Ended, WallsKind},
    egress::{Caps, Egress, Recording, Rules},
};
use std::{
    collections::BTreeMap, net::SocketAddr, os::unix::fs::PermissionsExt as _, path::Path,
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream, UdpSocket, UnixListener},
    sync::oneshot,
};
use tokio_util::task::TaskTracker;

in_both_cages! {
    without_egress_there_is_no_network
    with_egress_there_is_only_the_proxy
    sockets_of_the_machine_cannot_be_reached
    only_approved_places_are_tunnelled_to
    an_approved_place_is_reached_with_its_own_name
    a_greeting_for_another_host_is_not_passed_on
    what_is_no_greeting_is_not_passed_on
    an_honest_client_needs_only_its_environment_to_be_replayed
}

/// A server of the machine that counts who comes, and tells what the first one says.
struct Institution {
    address: SocketAddr,
    heard: oneshot::Receiver<Vec<u8>>,
}

impl Institution {
    async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let (tell, heard) = oneshot::channel();
        TaskTracker::new().spawn(async move {
            let (mut stream, _) = listener.accept().await.expect("somebody comes");
            let mut bytes = vec![0; 16 * 1024];
            let length = stream.read(&mut bytes).await.expect("it speaks");
            bytes.truncate(length);
            // Whoever asked may be gone.
            drop(tell.send(bytes));
            drop(stream.write_all(b"hello").await);
        });
        Self { address, heard }
    }

    /// Where a connector finds it, by the operator's word, as `bank.example:443`.
    fn rules(&self, entries: &[&str]) -> Rules {
        Rules {
            entries: entries.iter().map(|entry| entry.parse().expect("an entry")).collect(),
            hosts: BTreeMap::from([("bank.example:443".to_owned(), self.address)]),
            caps: Caps::default(),
        }
    }
}

async fn without_egress_there_is_no_network(kind: WallsKind) {
    let institution = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = institution.local_addr().expect("an address").port().to_string();
    let outcome = Malicious::new(kind, &["direct", "127.0.0.1", &port]).await.run().await;
    nothing_came(&institution, &outcome.said).await;
    let outcome = Malicious::new(kind, &["direct", "192.0.2.1", "443"]).await.run().await;
    outcome.all_stopped(3);
    let outcome = Malicious::new(kind, &["names", "localhost.localdomain."]).await.run().await;
    outcome.all_stopped(1);
}

async fn with_egress_there_is_only_the_proxy(kind: WallsKind) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let datagrams = UdpSocket::bind(listener.local_addr().expect("an address")).await;
    let datagrams = datagrams.expect("the same port");
    let port = listener.local_addr().expect("an address").port().to_string();
    let egress = Egress::open(Institution::open().await.rules(&[])).expect("a proxy");
    let direct = Malicious::new(kind, &["direct", "127.0.0.1", &port]).await;
    let outcome = direct.egress(egress.socket()).run().await;
    nothing_came(&listener, &outcome.said).await;
    let mut buffer = [0; 16];
    let waiting = datagrams.try_recv_from(&mut buffer);
    assert!(waiting.is_err(), "{outcome:?}");
    let names = Malicious::new(kind, &["names", "bank.example."]).await;
    names.egress(egress.socket()).run().await.all_stopped(1);
}

/// No connection waits: ours is the first.
async fn nothing_came(listener: &TcpListener, said: &str) {
    assert!(said.contains("stopped tcp: E") && said.contains("stopped fast open: E"), "{said}");
    let address = listener.local_addr().expect("an address");
    let ours = TcpStream::connect(address).await.expect("we may");
    let (_, first) = listener.accept().await.expect("ours waits");
    assert_eq!(first, ours.local_addr().expect("an address"), "{said}");
}

async fn sockets_of_the_machine_cannot_be_reached(kind: WallsKind) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("bus");
    let _bus = UnixListener::bind(&path).expect("a socket");
    // Such as the system's message bus: open to everybody.
    for open in [folder.path(), &path] {
        std::fs::set_permissions(open, std::fs::Permissions::from_mode(0o777)).expect("ours");
    }
    let egress = Egress::open(Institution::open().await.rules(&[])).expect("a proxy");
    let path = path.to_str().expect("a path");
    let attack = Malicious::new(kind, &["sockets", path, "/run/dbus/system_bus_socket"]).await;
    attack.egress(egress.socket()).run().await.all_stopped(2);
}

/// Lets the malicious connector ask the proxy for `target` and greet `greeting`.
async fn asked(kind: WallsKind, egress: &Egress, target: &str, greeting: &str) -> String {
    let attack = Malicious::new(kind, &["proxy", target, greeting]).await;
    let outcome = attack.egress(egress.socket()).run().await;
    assert_eq!(outcome.ended, Ended::Exited(0), "{outcome:?}");
    outcome.said
}

async fn only_approved_places_are_tunnelled_to(kind: WallsKind) {
    let institution = Institution::open().await;
    let entries = ["bank.example:443", "http://plain.example:80"];
    let egress = Egress::open(institution.rules(&entries)).expect("a proxy");
    let loopback = institution.address.to_string();
    let targets = [
        "evil.example:443",
        "bank.example:444",
        "sub.bank.example:443",
        "plain.example:80",
        &loopback,
        "[::1]:443",
        "2130706433:443",
        "bank.example",
    ];
    for target in targets {
        let said = asked(kind, &egress, target, "bank.example").await;
        assert!(said.starts_with("HTTP/1.1 40"), "{target}: {said}");
    }
    let tally = egress.tally();
    assert_eq!(tally.connections, 0);
    let refused: Vec<_> = tally.refused.iter().map(|r| r.asked.as_str()).collect();
    assert_eq!(refused, targets);
    assert_eq!(tally.refused[0].why, "the place is not in the approved list");
    assert_eq!(tally.refused[4].why, "addresses are not allowed, only names");
}

async fn an_approved_place_is_reached_with_its_own_name(kind: WallsKind) {
    let institution = Institution::open().await;
    let egress = Egress::open(institution.rules(&["bank.example:443"])).expect("a proxy");
    let said = asked(kind, &egress, "BANK.example:443", "Bank.Example").await;
    assert_eq!(said, "HTTP/1.1 200 Connection established\nheard\n");
    let heard = institution.heard.await.expect("it was greeted");
    assert_eq!(heard[..2], [22, 3], "a TLS handshake");
    let tally = egress.tally();
    assert_eq!((tally.connections, tally.refusals), (1, 0));
    assert_eq!(tally.sent, heard.len() as u64);
    assert_eq!(tally.received, 5);
}

/// The proxy connects, but the institution hears nothing and is left.
async fn nothing_is_heard(institution: Institution, egress: Egress) {
    drop(egress);
    let heard = institution.heard.await.expect("the connection is closed");
    assert_eq!(heard, Vec::<u8>::new());
}

async fn a_greeting_for_another_host_is_not_passed_on(kind: WallsKind) {
    let institution = Institution::open().await;
    let egress = Egress::open(institution.rules(&["bank.example:443"])).expect("a proxy");
    let said = asked(kind, &egress, "bank.example:443", "evil.example").await;
    assert_eq!(said, "HTTP/1.1 200 Connection established\nclosed\n");
    let refused = &egress.tally().refused[0];
    assert_eq!(refused.asked, "bank.example:443");
    assert_eq!(refused.why, "the TLS greeting names another host than the tunnel");
    nothing_is_heard(institution, egress).await;
}

async fn what_is_no_greeting_is_not_passed_on(kind: WallsKind) {
    let institution = Institution::open().await;
    let egress = Egress::open(institution.rules(&["bank.example:443"])).expect("a proxy");
    let said = asked(kind, &egress, "bank.example:443", "none").await;
    assert_eq!(said, "HTTP/1.1 200 Connection established\nclosed\n");
    assert_eq!(egress.tally().refused[0].why, "what came is not a TLS greeting");
    nothing_is_heard(institution, egress).await;
}

async fn an_honest_client_needs_only_its_environment_to_be_replayed(kind: WallsKind) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("session.jsonl");
    let exchange = serde_json::json!({
        "request": {
            "method": "GET", "url": "https://bank.example:443/balance", "headers": [],
            "body": {"text": ""}
        },
        "response": {"status": 200, "headers": [], "body": {"text": "10.50"}}
    });
    std::fs::write(&path, exchange.to_string()).expect("it is written");
    let rules = Institution::open().await.rules(&["bank.example:443"]);
    let egress =
        Egress::replay(rules, &Recording::read(&path).expect("a recording")).expect("a proxy");
    let mut honest = Malicious::new(kind, &["visit", "https://bank.example/balance"]).await;
    honest.cell.trust = egress.trusted().cloned();
    let outcome = honest.egress(egress.socket()).run().await;
    assert_eq!(outcome.said, "10.50\n", "{outcome:?} {:?}", egress.tally());
    // Without being told, it trusts nobody but the world's authorities.
    let doubting = Malicious::new(kind, &["visit", "https://bank.example/balance"]).await;
    let outcome = doubting.egress(egress.socket()).run().await;
    assert!(outcome.errors.contains("CERTIFICATE_VERIFY_FAILED"), "{outcome:?}");
}

/// What the fallback does not hold, and says so of itself: Landlock knows ports, not addresses, so
/// whatever listens on the proxy's port at another address can be reached.
#[tokio::test]
async fn only_namespaces_close_the_network_whole() {
    let egress = Egress::open(Institution::open().await.rules(&[])).expect("a proxy");
    for kind in [WallsKind::Namespaces, WallsKind::Fallback] {
        let attack = Malicious::new(kind, &["around", "127.0.0.2"]).await.egress(egress.socket());
        assert_eq!(attack.walls.closes_network(), kind == WallsKind::Namespaces);
        let mut inmate = attack.start().await;
        let port = inmate.proxy.as_deref().and_then(|proxy| proxy.rsplit(':').next());
        let address = format!("127.0.0.2:{}", port.expect("a port"));
        let other = TcpListener::bind(address).await.expect("it is free");
        let mut stdin = inmate.stdin.take().expect("standard input");
        stdin.write_all(b"go\n").await.expect("it listens");
        assert_eq!(inmate.wait().await, Ended::Exited(0));
        let ours =
            TcpStream::connect(other.local_addr().expect("an address")).await.expect("we may");
        let (_, first) = other.accept().await.expect("somebody waits");
        let reached = first != ours.local_addr().expect("an address");
        assert_eq!(reached, kind == WallsKind::Fallback);
    }
}

#[tokio::test]
async fn a_proxy_is_its_sessions_alone_and_goes_with_it() {
    let egress = Egress::open(Institution::open().await.rules(&[])).expect("a proxy");
    let socket = egress.socket().to_owned();
    let mode =
        |path: &Path| std::fs::metadata(path).expect("it is there").permissions().mode() & 0o777;
    assert_eq!(mode(&socket), 0o600);
    let folder = socket.parent().expect("a folder").to_owned();
    assert_eq!(mode(&folder), 0o700);
    drop(egress);
    assert!(!folder.exists());
    tokio::time::timeout(Duration::from_secs(10), tokio::net::UnixStream::connect(socket))
        .await
        .expect("at once")
        .expect_err("it is gone");
}

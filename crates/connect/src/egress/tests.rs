//! The proxy as its clients see it, with names that mean what a test says.

mod intercepted;

use super::*;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream, UnixStream},
};

async fn institution() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    (listener, address)
}

fn rules(entries: &[&str], hosts: &[(&str, SocketAddr)], caps: Caps) -> Rules {
    Rules {
        entries: entries.iter().map(|entry| entry.parse().expect("an entry")).collect(),
        hosts: hosts.iter().map(|(name, to)| ((*name).to_owned(), *to)).collect(),
        caps,
    }
}

async fn client(egress: &Egress) -> UnixStream {
    UnixStream::connect(egress.socket()).await.expect("the proxy is open")
}

/// Sends `text` and reads until the proxy closes.
async fn answer(egress: &Egress, text: &str) -> String {
    let mut stream = client(egress).await;
    stream.write_all(text.as_bytes()).await.expect("it is heard");
    let mut answer = String::new();
    // A proxy that closes with our words unread resets: what it said before counts.
    drop(stream.read_to_string(&mut answer).await);
    answer
}

/// The greeting of a TLS client.
fn greeting(name: &str) -> Vec<u8> {
    let roots = rustls::RootCertStore::empty();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = name.to_owned().try_into().expect("a name");
    let mut client = rustls::ClientConnection::new(Arc::new(config), name).expect("a client");
    let mut bytes = Vec::new();
    client.write_tls(&mut bytes).expect("a vector takes all");
    bytes
}

/// Opens a tunnel to `bank.example:443` and greets.
async fn tunnel(egress: &Egress) -> UnixStream {
    let mut stream = client(egress).await;
    stream.write_all(b"CONNECT bank.example:443 HTTP/1.1\r\n\r\n").await.expect("it is heard");
    let mut answer = [0; 39];
    stream.read_exact(&mut answer).await.expect("an answer");
    assert_eq!(&answer[..], b"HTTP/1.1 200 Connection established\r\n\r\n");
    stream.write_all(&greeting("bank.example")).await.expect("it is heard");
    stream
}

async fn accepted(listener: &TcpListener) -> TcpStream {
    let (mut stream, _) = listener.accept().await.expect("somebody comes");
    let mut head = [0; 5];
    stream.read_exact(&mut head).await.expect("a greeting");
    let mut rest = vec![0; usize::from(u16::from_be_bytes([head[3], head[4]]))];
    stream.read_exact(&mut rest).await.expect("a greeting");
    stream
}

#[tokio::test]
async fn a_name_that_means_the_machine_itself_is_refused() {
    for address in ["127.0.0.1", "10.0.0.8", "169.254.169.254", "::1", "fd00::1", "224.0.0.1"] {
        let address = SocketAddr::new(address.parse().expect("an address"), 443);
        let resolver = Resolver::Scripted(Box::new(move |_| vec![address]));
        let rules = rules(&["bank.example:443"], &[], Caps::default());
        let egress = Egress::with(rules, resolver, None).expect("a proxy");
        let said = answer(&egress, "CONNECT bank.example:443 HTTP/1.1\r\n\r\n").await;
        assert!(said.starts_with("HTTP/1.1 502 Bad Gateway\r\n"), "{said}");
        let why = "the name resolves to an address that is not public";
        assert_eq!(egress.tally().refused, [Refused { asked: "bank.example:443".into(), why }]);
    }
}

#[tokio::test]
async fn a_name_that_changes_its_meaning_is_looked_at_each_time() {
    let asked = Arc::new(AtomicUsize::new(0));
    let (listener, inside) = institution().await;
    let counter = asked.clone();
    let resolver = Resolver::Scripted(Box::new(move |_| {
        // First nowhere, then at home: with both answers, only what is public would be tried.
        match counter.fetch_add(1, Ordering::Relaxed) {
            0 => vec![],
            _ => vec![inside],
        }
    }));
    let rules = rules(&["bank.example:443"], &[], Caps::default());
    let egress = Egress::with(rules, resolver, None).expect("a proxy");
    for _ in 0..3 {
        let said = answer(&egress, "CONNECT bank.example:443 HTTP/1.1\r\n\r\n").await;
        assert!(said.starts_with("HTTP/1.1 502"), "{said}");
    }
    assert_eq!(asked.load(Ordering::Relaxed), 3);
    let ours = TcpStream::connect(inside).await.expect("we may");
    let (_, first) = listener.accept().await.expect("ours");
    assert_eq!(first, ours.local_addr().expect("an address"), "nobody else came");
}

#[tokio::test]
async fn bytes_are_counted_both_ways_and_end_at_the_cap() {
    let (listener, address) = institution().await;
    let caps = Caps { bytes: 4000, ..Caps::default() };
    let rules = rules(&["bank.example:443"], &[("bank.example:443", address)], caps);
    let egress = Egress::open(rules).expect("a proxy");
    let mut connector = tunnel(&egress).await;
    let mut bank = accepted(&listener).await;
    bank.write_all(&[7; 1000]).await.expect("it is heard");
    let mut heard = vec![0; 1000];
    connector.read_exact(&mut heard).await.expect("it is passed on");
    let greeted = greeting("bank.example").len();
    let tally = egress.tally();
    assert_eq!(tally.received, 1000);
    assert!(tally.sent.abs_diff(greeted as u64) < 64, "{tally:?}");
    bank.write_all(&[7; 4000]).await.expect("it is heard");
    let mut rest = Vec::new();
    drop(connector.read_to_end(&mut rest).await);
    assert!(rest.len() < 4000);
    assert_eq!(egress.tally().refused[0].why, "the session moved too many bytes");
}

#[tokio::test]
async fn a_session_has_only_so_many_connections() {
    let (listener, address) = institution().await;
    let caps = Caps { connections: 1, ..Caps::default() };
    let rules = rules(&["bank.example:443"], &[("bank.example:443", address)], caps);
    let egress = Egress::open(rules).expect("a proxy");
    let _first = tunnel(&egress).await;
    let _bank = accepted(&listener).await;
    let said = answer(&egress, "CONNECT bank.example:443 HTTP/1.1\r\n\r\n").await;
    assert!(said.ends_with("\r\n\r\nthe session made too many connections\n"), "{said}");
}

#[tokio::test]
async fn a_silent_connection_is_closed() {
    let (listener, address) = institution().await;
    let caps = Caps { idle: Duration::from_millis(50), ..Caps::default() };
    let rules = rules(&["bank.example:443"], &[("bank.example:443", address)], caps);
    let egress = Egress::open(rules).expect("a proxy");
    let mut connector = tunnel(&egress).await;
    let _bank = accepted(&listener).await;
    let mut rest = Vec::new();
    drop(connector.read_to_end(&mut rest).await);
    assert!(rest.is_empty());
    assert_eq!(egress.tally().refused[0].why, "the connection was silent for too long");
}

#[tokio::test]
async fn each_side_of_a_tunnel_may_end_before_the_other() {
    let (listener, address) = institution().await;
    let hosts = [("bank.example:443", address)];
    let rules = rules(&["bank.example:443"], &hosts, Caps::default());
    let egress = Egress::open(rules).expect("a proxy");
    let mut connector = tunnel(&egress).await;
    let mut bank = accepted(&listener).await;
    connector.shutdown().await.expect("ours");
    let mut nothing = Vec::new();
    bank.read_to_end(&mut nothing).await.expect("the end is passed on");
    bank.write_all(b"late").await.expect("it is heard");
    drop(bank);
    let mut late = Vec::new();
    connector.read_to_end(&mut late).await.expect("it is passed on");
    assert_eq!((nothing.as_slice(), late.as_slice()), (&b""[..], &b"late"[..]));
}

#[tokio::test]
async fn plain_requests_go_only_where_they_are_approved_and_only_once() {
    let (listener, address) = institution().await;
    let hosts = [("plain.example:80", address), ("bank.example:443", address)];
    let entries = ["http://plain.example:80", "bank.example:443"];
    let egress = Egress::open(rules(&entries, &hosts, Caps::default())).expect("a proxy");
    let serving = TaskTracker::new().spawn(async move {
        let (mut stream, _) = listener.accept().await.expect("somebody comes");
        let mut heard = vec![0; 4096];
        let mut length = 0;
        while !heard[..length].ends_with(b"a=1") {
            length += stream.read(&mut heard[length..]).await.expect("it speaks");
        }
        stream
            .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            .await
            .expect("it hears");
        String::from_utf8_lossy(&heard[..length]).into_owned()
    });
    let said = answer(
        &egress,
        "POST http://plain.example/login?x=1 HTTP/1.1\r\nHost: Plain.Example\r\n\
         Proxy-Authorization: x\r\nConnection: keep-alive\r\nContent-Length: 3\r\n\r\na=1\
         GET http://evil.example/ HTTP/1.1\r\n\r\n",
    )
    .await;
    assert!(said.ends_with("\r\n\r\nok"), "{said}");
    assert_eq!(
        serving.await.expect("it is served"),
        "POST /login?x=1 HTTP/1.1\r\nHost: Plain.Example\r\nContent-Length: 3\r\n\
         Connection: close\r\n\r\na=1"
    );
    for (request, why) in [
        (
            "GET http://bank.example:443/ HTTP/1.1\r\nHost: bank.example:443\r\n\r\n",
            "only TLS is approved",
        ),
        (
            "GET http://plain.example/ HTTP/1.1\r\nHost: evil.example\r\n\r\n",
            "the Host header is not",
        ),
        (
            "GET http://plain.example/ HTTP/1.1\r\nHost: plain.example\r\nHost: x\r\n\r\n",
            "the Host header",
        ),
        ("GET http://plain.example/ HTTP/1.1\r\n\r\n", "the Host header"),
        (
            "GET http://a:b@plain.example/ HTTP/1.1\r\nHost: plain.example\r\n\r\n",
            "the address holds",
        ),
        ("GET http://127.0.0.1/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", "addresses are not allowed"),
        ("CONNECT plain.example:80 HTTP/1.1\r\n\r\n", "no tunnels are approved"),
        ("GET / HTTP/1.1\r\nHost: plain.example\r\n\r\n", "only tunnels and requests"),
        (
            "POST http://plain.example/ HTTP/1.1\r\nHost: plain.example\r\n\
             Transfer-Encoding: chunked\r\n\r\n",
            "a body must have",
        ),
        (
            "POST http://plain.example/ HTTP/1.1\r\nHost: plain.example\r\n\
             Content-Length: 3\r\nContent-Length: 4\r\n\r\n",
            "the Content-Length cannot",
        ),
        ("nonsense\r\n\r\n", "the request cannot be read"),
    ] {
        let said = answer(&egress, request).await;
        let body = said.split("\r\n\r\n").nth(1).unwrap_or("");
        assert!(said.starts_with("HTTP/1.1 40") && body.starts_with(why), "{request}: {said}");
    }
}

#[tokio::test]
async fn a_refusal_cannot_forge_a_line_nor_fill_the_list() {
    let egress = Egress::open(rules(&[], &[], Caps::default())).expect("a proxy");
    let long = format!("CONNECT {}:443 HTTP/1.1\r\n\r\n", "x".repeat(4000));
    assert!(answer(&egress, &long).await.starts_with("HTTP/1.1 400"));
    for _ in 0..MOST_REFUSALS + 5 {
        answer(&egress, "CONNECT evil.example:443 HTTP/1.1\r\n\r\n").await;
    }
    let tally = egress.tally();
    assert_eq!(tally.refused[0].asked.len(), MOST_ASKED);
    assert_eq!(tally.refused.len(), MOST_REFUSALS);
    assert_eq!(tally.refusals, 6 + MOST_REFUSALS as u64);
}

#[tokio::test]
async fn a_head_that_never_ends_is_refused() {
    let egress = Egress::open(rules(&[], &[], Caps::default())).expect("a proxy");
    let said = answer(&egress, &format!("GET /{}", "x".repeat(64 * 1024))).await;
    assert!(said.is_empty() || said.starts_with("HTTP/1.1 400"), "{said}");
    assert_eq!(egress.tally().refused[0].why, "the request is too long or broken off");
}

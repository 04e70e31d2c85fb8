//! A session recorded from a real TLS server, and replayed without it.

use super::*;
use http_body_util::{BodyExt as _, Full};
use hyper::{body::Bytes, client::conn::http1, http, service::service_fn};
use hyper_util::rt::TokioIo;
use rustls::pki_types::{CertificateDer, ServerName, pem::PemObject as _};
use secrecy::SecretString;
use tokio_rustls::{TlsAcceptor, TlsConnector};

/// A bank that knows Ana, sets a cookie, and shows her account to who brings it.
async fn bank(folder: &Path) -> (SocketAddr, PathBuf, AbortOnDropHandle<()>) {
    let authority = Authority::new().expect("an authority");
    let config = authority.server("bank.example").expect("a certificate");
    let trust = folder.join("bank.pem");
    fs::write(&trust, &authority.certificate).expect("it is written");
    let (listener, address) = institution().await;
    let serving = TaskTracker::new().spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.expect("somebody comes");
            let acceptor = TlsAcceptor::from(config.clone());
            let Ok(stream) = acceptor.accept(stream).await else { continue };
            let served = hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service_fn(page))
                .await;
            drop(served);
        }
    });
    (address, trust, AbortOnDropHandle::new(serving))
}

async fn page(
    request: http::Request<hyper::body::Incoming>,
) -> Result<http::Response<Full<Bytes>>, hyper::Error> {
    let cookie = request.headers().get("cookie").cloned();
    let path = request.uri().path().to_owned();
    let whole =
        ["if-none-match", "range"].iter().all(|name| !request.headers().contains_key(*name));
    let body = request.into_body().collect().await?.to_bytes();
    let answer = http::Response::builder();
    Ok(match path.as_str() {
        "/login" if body == "user=ana&password=hunter2%21" => answer
            .header("set-cookie", "sid=abcdef123; Secure")
            .body(Full::new(Bytes::from("hello ana, hunter2!"))),
        "/account" if cookie.is_some_and(|cookie| cookie == "sid=abcdef123") => answer
            .header("content-type", "application/json")
            .body(Full::new(Bytes::from(r#"{"number":"00123456789","balance":"10.50"}"#))),
        "/bank.js" | "/own.js" if !whole => answer.status(304).body(Full::default()),
        "/bank.js" => answer
            .header("content-type", "text/javascript")
            .header("cache-control", "public, max-age=60")
            .body(Full::new(Bytes::from("const day = 86400000; 'hunter2!'"))),
        "/own.js" => answer
            .header("content-type", "text/javascript")
            .header("cache-control", "private, max-age=60")
            .body(Full::new(Bytes::from("const day = 86400000; 'hunter2!'"))),
        "/logo" => answer.body(Full::new(Bytes::from_static(b"\x89PNG\xff"))),
        _ => answer.status(403).body(Full::new(Bytes::from("no"))),
    }
    .expect("a response"))
}

/// What a connector does: through the proxy, trusting what it is told to.
async fn ask(egress: &Egress, request: http::Request<&'static str>) -> http::Response<String> {
    let mut stream = client(egress).await;
    stream.write_all(b"CONNECT bank.example:443 HTTP/1.1\r\n\r\n").await.expect("it is heard");
    let mut answer = [0; 39];
    stream.read_exact(&mut answer).await.expect("an answer");
    let mut roots = rustls::RootCertStore::empty();
    let certificate = &egress.trusted().expect("TLS is opened").authority;
    roots.add(CertificateDer::from_pem_file(certificate).expect("PEM")).expect("an authority");
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from("bank.example").expect("a name");
    let stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await.expect("TLS");
    let (mut sender, connection) =
        http1::handshake(TokioIo::new(stream)).await.expect("a connection");
    let _connected = AbortOnDropHandle::new(TaskTracker::new().spawn(async move {
        drop(connection.await);
    }));
    let request = request.map(|body| Full::new(Bytes::from(body)));
    let (head, body) = sender.send_request(request).await.expect("an answer").into_parts();
    let body = body.collect().await.expect("a body").to_bytes();
    http::Response::from_parts(head, String::from_utf8_lossy(&body).into_owned())
}

fn request(
    method: &str,
    path: &str,
    cookie: &str,
    body: &'static str,
) -> http::Request<&'static str> {
    let request = http::Request::builder().method(method).uri(path).header("host", "bank.example");
    request.header("cookie", cookie).body(body).expect("a request")
}

#[tokio::test]
async fn a_session_is_recorded_without_its_secrets_and_replayed_without_its_bank() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("session.jsonl");
    let (address, trust, bank) = bank(folder.path()).await;
    let hosts = [("bank.example:443", address)];
    let rules = || rules(&["bank.example:443"], &hosts, Caps::default());
    let recorder = Arc::new(Recorder::new(Some(&trust)).expect("authorities"));
    recorder.redactor().learn(&SecretString::from("hunter2!"));

    let egress = Egress::record(rules(), recorder.clone()).expect("a proxy");
    let login = request("POST", "/login", "x=1", "user=ana&password=hunter2%21");
    let login = ask(&egress, login).await;
    assert_eq!(login.headers()["set-cookie"], "sid=abcdef123; Secure", "{login:?}");
    let account = ask(&egress, request("GET", "/account?day=1", "sid=abcdef123", "")).await;
    assert_eq!(account.body(), r#"{"number":"00123456789","balance":"10.50"}"#);
    let logo = ask(&egress, request("GET", "/logo", "x=1", "")).await;
    assert_eq!(logo.status(), 200);
    assert_eq!(egress.tally().refusals, 0, "{:?}", egress.tally());
    assert!(egress.tally().received > 50);
    drop((egress, bank));
    assert!(!path.exists(), "nothing is written before all is known");
    recorder.recording(&["hello".into()]).write(&path).expect("it is written");

    let kept = fs::read_to_string(&path).expect("it is there");
    for secret in ["hunter2", "abcdef123", "00123456789"] {
        assert!(!kept.contains(secret), "{kept}");
    }
    let mode = fs::metadata(&path).expect("it is there").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let exchanges: Vec<Exchange> =
        kept.lines().map(|line| serde_json::from_str(line).expect("an exchange")).collect();
    assert_eq!(exchanges[0].request.url, "https://bank.example:443/login");
    assert_eq!(exchanges[0].request.body, Body::Text("user=ana&password=[redacted]".into()));
    assert_eq!(exchanges[2].response.body, Body::Omitted(5));

    // The bank is gone. Another day, another cookie, another password.
    let egress =
        Egress::replay(rules(), &Recording::read(&path).expect("a recording")).expect("a proxy");
    let login = ask(&egress, request("POST", "/login", "", "user=b&password=c")).await;
    assert_eq!(login.body(), "X4 ana, [redacted]");
    let cookie = login.headers()["set-cookie"].to_str().expect("text").to_owned();
    assert!(cookie.starts_with("sid=cookie"), "{cookie}");
    let account = ask(&egress, request("GET", "/account?day=2", "", "")).await;
    let shown: serde_json::Value = serde_json::from_str(account.body()).expect("JSON");
    assert_eq!(shown["balance"], "10.50");
    assert_eq!(shown["number"].as_str().map(str::len), Some(11));
    let missing = ask(&egress, request("GET", "/other", "", "")).await;
    assert_eq!(missing.status(), 502);
    assert_eq!(egress.tally().refused[0].why, "the recording has no answer to this");
}

/// A recording by hand: method, address, what was carried as JSON, what came.
fn recording(all: &[(&str, &str, &str, &str)]) -> Recording {
    let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
    let exchanges = all.iter().map(|(method, path, carried, came)| Exchange {
        request: Asked {
            method: (*method).to_owned(),
            url: format!("https://bank.example:443{path}"),
            headers: headers.clone(),
            body: Body::Text((*carried).to_owned()),
        },
        response: Came {
            status: 200,
            headers: headers.clone(),
            body: Body::Text((*came).to_owned()),
        },
    });
    Recording { session: None, exchanges: exchanges.collect() }
}

fn replaying(all: &[(&str, &str, &str, &str)]) -> Egress {
    let rules = rules(&["bank.example:443"], &[], Caps::default());
    Egress::replay(rules, &recording(all)).expect("a proxy")
}

#[tokio::test]
async fn what_is_asked_for_at_the_same_time_is_answered_by_what_was_asked_not_by_its_order() {
    let egress = replaying(&[
        ("POST", "/ask", r#"{"what":"phone","n":1}"#, "phone"),
        ("POST", "/ask", r#"{"what":"city","n":1}"#, "city"),
        ("POST", "/ask", r#"{"what":"city","n":1}"#, "city again"),
        ("GET", "/list?page=1", "", "one"),
        ("GET", "/list?page=2", "", "two"),
    ]);
    let said = async |method, path, body| ask(&egress, request(method, path, "", body)).await;
    for (method, path, body, wanted) in [
        ("POST", "/ask", r#"{"n":1, "what":"city"}"#, "city"),
        ("POST", "/ask", r#"{"n":1, "what":"phone"}"#, "phone"),
        ("POST", "/ask", r#"{"n":1, "what":"city"}"#, "city again"),
        ("POST", "/ask", r#"{"n":1, "what":"city"}"#, "city again"),
        ("GET", "/list?page=2", "", "two"),
        ("GET", "/list?page=2", "", "two"),
        ("GET", "/list?page=3", "", "one"),
    ] {
        assert_eq!(said(method, path, body).await.body(), wanted, "{method} {path} {body}");
    }
    assert_eq!(egress.tally().refusals, 0);
}

#[tokio::test]
async fn what_a_browser_wants_for_the_eye_is_not_missed_and_what_a_page_is_read_from_is() {
    let egress = replaying(&[("GET", "/", "", "page")]);
    let wanted = |name: &'static str, value: &'static str| {
        let mut request = request("GET", "/other", "", "");
        request.headers_mut().insert(name, http::HeaderValue::from_static(value));
        request
    };
    for (name, value) in
        [("sec-fetch-dest", "image"), ("sec-fetch-dest", "style"), ("sec-purpose", "prefetch")]
    {
        assert_eq!(ask(&egress, wanted(name, value)).await.status(), 404, "{name}: {value}");
    }
    assert_eq!((egress.tally().refusals, egress.tally().missing), (0, 0));
    for value in ["document", "iframe", "empty"] {
        assert_eq!(ask(&egress, wanted("sec-fetch-dest", value)).await.status(), 502, "{value}");
    }
    assert_eq!((egress.tally().refusals, egress.tally().missing), (3, 3));
}

#[tokio::test]
async fn a_connection_that_is_opened_in_case_is_nothing_refused() {
    let egress = replaying(&[("GET", "/", "", "page")]);
    drop(tunnel(&egress).await);
    // The next one is served after it.
    assert_eq!(ask(&egress, request("GET", "/", "", "")).await.body(), "page");
    assert_eq!(egress.tally().refusals, 0, "{:?}", egress.tally());
}

#[tokio::test]
async fn answers_are_asked_for_whole_and_programs_for_everybody_keep_their_numbers() {
    let folder = tempfile::tempdir().expect("a folder");
    let (address, trust, _bank) = bank(folder.path()).await;
    let hosts = [("bank.example:443", address)];
    let recorder = Arc::new(Recorder::new(Some(&trust)).expect("authorities"));
    recorder.redactor().learn(&SecretString::from("hunter2!"));
    let rules = rules(&["bank.example:443"], &hosts, Caps::default());
    let egress = Egress::record(rules, recorder.clone()).expect("a proxy");
    for path in ["/bank.js", "/own.js"] {
        let mut program = request("GET", path, "", "");
        for (name, value) in [("if-none-match", "\"1\""), ("range", "bytes=0-1")] {
            program.headers_mut().insert(name, http::HeaderValue::from_static(value));
        }
        assert_eq!(ask(&egress, program).await.status(), 200);
    }
    let kept = recorder.recording(&[]);
    let body = |number: usize| kept.exchanges[number].response.body.clone();
    assert_eq!(body(0), Body::Text("const day = 86400000; '[redacted]'".into()));
    assert_eq!(body(1), Body::Text("const day = 90000001; '[redacted]'".into()));
    assert!(kept.exchanges[0].request.headers.iter().all(|(name, _)| name != "if-none-match"));
}

#[tokio::test]
async fn a_recorded_session_keeps_to_the_rules() {
    let folder = tempfile::tempdir().expect("a folder");
    let (address, _trust, _bank) = bank(folder.path()).await;
    let hosts = [("bank.example:443", address), ("plain.example:80", address)];
    let entries = ["bank.example:443", "http://plain.example:80"];
    let recorder = Arc::new(Recorder::new(None).expect("authorities"));
    let rules = rules(&entries, &hosts, Caps::default());
    let egress = Egress::record(rules, recorder).expect("a proxy");
    let mut other = request("GET", "/account", "", "");
    other.headers_mut().insert("host", http::HeaderValue::from_static("evil.example"));
    assert_eq!(ask(&egress, other).await.status(), 502);
    assert_eq!(ask(&egress, request("GET", "/", "", "")).await.status(), 502);
    let plain = "GET http://plain.example/ HTTP/1.1\r\nHost: plain.example\r\n\r\n";
    assert!(answer(&egress, plain).await.starts_with("HTTP/1.1 403"));
    assert!(answer(&egress, "CONNECT evil.example:443 HTTP/1.1\r\n\r\n").await.contains("403"));
    let why: Vec<_> = egress.tally().refused.iter().map(|refused| refused.why).collect();
    assert_eq!(
        why,
        [
            "the Host header is not the address's",
            "the institution's certificate is not trusted, or it does not speak TLS",
            "plain HTTP is not recorded",
            "the place is not in the approved list",
        ]
    );
}

#[test]
fn a_recording_that_cannot_be_read_names_its_line() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("session.jsonl");
    fs::write(&path, "{}\n").expect("it is written");
    let error = Recording::read(&path).expect_err("it is refused").to_string();
    assert!(error.contains("session.jsonl, line 1: missing field `request`"), "{error}");
}

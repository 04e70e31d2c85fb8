//! The one HTTP client of Vinculo's own, and what one attempt at posting a webhook comes to.

use super::guard::{Forbidden, GuardedResolver, Reach};
use bytes::Bytes;
use domain::{env::Clock, time::later};
use jiff::{SignedDuration, Timestamp};
use reqwest::{
    Client, Method, Request, Response, Url,
    header::{CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER, USER_AGENT},
};
use std::{
    error::Error as _,
    fmt::{self, Display, Formatter},
    sync::Arc,
    time::Duration,
};

/// How much of an answer is kept as evidence, in bytes.
pub const EVIDENCE: usize = 1024;
/// How much of an answer is read so that its connection can be used again, in bytes.
const DRAIN: usize = 64 * 1024;
/// How long an idle connection to a receiver is kept: shorter than common servers keep theirs (Node:
/// 5 s), since posting into one that is just being closed would count as a failed attempt.
const IDLE: Duration = Duration::from_secs(4);

/// What came of one attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// What the receiver said, or why it said nothing.
    pub verdict: Result<Said, Silence>,
    /// How long it took.
    pub took: SignedDuration,
}

/// A receiver's answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// The HTTP status.
    pub status: u16,
    /// How long the receiver wants to be left alone.
    pub retry_after: Option<SignedDuration>,
    /// The beginning of the body, at most [`EVIDENCE`] bytes, as text.
    pub body: String,
}

/// Why there was no answer. Reads as a sentence for the tenant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Silence {
    /// The address is inside the operator's network.
    #[error("refused: {0}")]
    Forbidden(Forbidden),
    /// The name has no address.
    #[error("the host name could not be resolved")]
    Unresolved,
    /// Nobody listens there, or TLS could not be agreed on.
    #[error("could not connect: {0}")]
    Unreachable(String),
    /// Nothing within this time.
    #[error("no answer within {}", Words(*.0))]
    TimedOut(SignedDuration),
    /// The connection ended before an answer.
    #[error("the connection broke: {0}")]
    Broken(String),
}

/// A short time, as a sentence says it.
struct Words(SignedDuration);
impl Display for Words {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.0.as_millis() {
            millis if millis % 1000 == 0 => write!(f, "{} seconds", millis / 1000),
            millis => write!(f, "{millis} ms"),
        }
    }
}

/// Posts bodies. Cheap to clone; one pool of connections.
#[derive(Clone)]
pub struct Sender {
    client: Client,
    reach: Reach,
    wall: Arc<dyn Clock>,
}

/// No TLS roots, or no TLS at all, on this machine.
#[derive(Debug, thiserror::Error)]
#[error("the client that sends webhooks cannot be built")]
pub struct NoClient(#[source] reqwest::Error);

impl Sender {
    /// A client that reaches so far. `wall` is the receivers' time, not the engine's: it limits how
    /// long they may take and dates signatures, which receivers compare with their own clock even
    /// when the engine's has been advanced by a month.
    #[expect(clippy::disallowed_methods, reason = "this is the one place that builds the client")]
    pub fn new(reach: Reach, wall: Arc<dyn Clock>) -> Result<Self, NoClient> {
        let build = || {
            Client::builder()
                .redirect(reqwest::redirect::Policy::none())
                // A proxy would resolve names itself, behind the guard's back.
                .no_proxy()
                // Our retries are counted and recorded; hidden ones would break both.
                .retry(reqwest::retry::never())
                .dns_resolver(GuardedResolver(reach))
                .pool_idle_timeout(IDLE)
                .tcp_nodelay(true)
        };
        let client = build().build().or_else(|error| {
            // A bare container has no certificates. Plain http still works, and each https delivery
            // says what is missing, which beats an engine that does not start.
            tracing::warn!(error = %error, "no certificate authorities on this machine: https webhooks will fail");
            build().tls_certs_only([]).build()
        });
        Ok(Self { client: client.map_err(NoClient)?, reach, wall })
    }

    /// What receivers' clocks show.
    #[must_use]
    pub fn wall(&self) -> Timestamp {
        self.wall.now()
    }

    /// How far this client reaches.
    #[must_use]
    pub fn reach(&self) -> Reach {
        self.reach
    }

    /// Posts once, waits so long for an answer, and says what came of it; never an error, since every
    /// outcome is recorded.
    pub async fn post(
        &self,
        url: &Url,
        headers: HeaderMap,
        body: Bytes,
        limit: SignedDuration,
    ) -> Answer {
        let begun = self.wall.now();
        let verdict = self.answer(begun, url, headers, body, limit).await;
        Answer { verdict, took: self.wall.now().duration_since(begun) }
    }

    async fn answer(
        &self,
        begun: Timestamp,
        url: &Url,
        headers: HeaderMap,
        body: Bytes,
        time: SignedDuration,
    ) -> Result<Said, Silence> {
        self.reach.allows(url).map_err(Silence::Forbidden)?;
        let mut request = Request::new(Method::POST, url.clone());
        *request.headers_mut() = headers;
        *request.body_mut() = Some(body.into());

        let deadline = later(begun, time);
        let mut limit = self.wall.sleep_until(deadline);
        let sent = tokio::select! {
            biased;
            sent = self.client.execute(request) => sent,
            () = &mut limit => return Err(Silence::TimedOut(time)),
        };
        let mut response = sent.map_err(|error| silence(&error))?;
        let retry_after = retry_after(response.headers(), self.wall.now());
        let mut kept = Vec::new();
        // The status is the verdict; a body that never ends cannot change it.
        tokio::select! {
            biased;
            () = read(&mut response, &mut kept) => {}
            () = limit => {}
        }
        Ok(Said { status: response.status().as_u16(), retry_after, body: evidence(&kept) })
    }
}

/// What every post carries, whoever receives it.
#[must_use]
pub(super) fn common_headers() -> HeaderMap {
    HeaderMap::from_iter([
        (CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (USER_AGENT, HeaderValue::from_static(concat!("Vinculo/", env!("CARGO_PKG_VERSION")))),
    ])
}

async fn read(response: &mut Response, kept: &mut Vec<u8>) {
    let mut seen = 0;
    while seen < DRAIN
        && let Ok(Some(chunk)) = response.chunk().await
    {
        seen += chunk.len();
        let room = EVIDENCE - kept.len();
        kept.extend_from_slice(&chunk[..chunk.len().min(room)]);
    }
}

/// Text that any database takes: PostgreSQL refuses the zero character.
fn evidence(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).replace('\0', "\u{fffd}")
}

/// Seconds, or a date; anything else says nothing.
fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<SignedDuration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    domain::webhook::retry_after(text).or_else(|| {
        let until = jiff::fmt::rfc2822::parse(text).ok()?.timestamp();
        Some(until.duration_since(now).max(SignedDuration::ZERO))
    })
}

fn silence(error: &reqwest::Error) -> Silence {
    let mut cause = error.source();
    let mut deepest = None;
    while let Some(inner) = cause {
        if let Some(forbidden) = inner.downcast_ref::<Forbidden>() {
            return Silence::Forbidden(forbidden.clone());
        }
        deepest = Some(inner);
        cause = inner.source();
    }
    // Only the innermost cause: the outer ones repeat the URL, whose query may hold a secret.
    let why = deepest.map_or_else(|| "unknown".to_owned(), ToString::to_string);
    if error.is_dns() {
        Silence::Unresolved
    } else if error.is_connect() {
        Silence::Unreachable(why)
    } else {
        Silence::Broken(why)
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::receiver::{Receiver, Reply},
        *,
    };
    use crate::clock::VirtualClock;
    use domain::webhook::TIME_LIMIT;
    use std::sync::Arc;
    use tokio::net::TcpListener;

    const NOW: &str = "2026-01-31T10:00:00Z";

    fn sender(reach: Reach) -> (Sender, Arc<VirtualClock>) {
        let wall = Arc::new(VirtualClock::stopped(NOW.parse().unwrap()));
        (Sender::new(reach, wall.clone()).unwrap(), wall)
    }
    fn url(text: &str) -> Url {
        text.parse().unwrap()
    }
    async fn post(sender: &Sender, to: &str) -> Result<Said, Silence> {
        let body = Bytes::from_static(b"{}");
        sender.post(&url(to), common_headers(), body, TIME_LIMIT).await.verdict
    }

    #[tokio::test]
    async fn a_post_says_who_sends_it_and_brings_the_body() {
        let receiver = Receiver::new().await;
        let (sender, _) = sender(Reach::Anywhere);
        let said = post(&sender, &receiver.url()).await.unwrap();
        assert_eq!(said, Said { status: 200, retry_after: None, body: "ok".into() });
        let [got] = &receiver.received()[..] else { panic!("one request") };
        assert_eq!(got.line, "POST /hook HTTP/1.1");
        assert_eq!(got.header("content-type"), "application/json");
        assert_eq!(got.header("user-agent"), concat!("Vinculo/", env!("CARGO_PKG_VERSION")));
        assert_eq!(got.body, b"{}");
    }

    #[tokio::test]
    async fn a_redirect_is_an_answer_and_is_not_followed() {
        let elsewhere = Receiver::new().await;
        let to = elsewhere.url();
        let receiver = Receiver::answering(move |_, _| {
            Reply::Raw(format!("HTTP/1.1 307 X\r\nlocation: {to}\r\ncontent-length: 0\r\n\r\n"))
        })
        .await;
        let (sender, _) = sender(Reach::Anywhere);
        assert_eq!(post(&sender, &receiver.url()).await.unwrap().status, 307);
        assert_eq!(elsewhere.received(), []);
    }

    #[tokio::test]
    async fn who_does_not_answer_in_five_seconds_has_not_answered() {
        let receiver = Receiver::answering(|_, _| Reply::Silence).await;
        let (sender, wall) = sender(Reach::Anywhere);
        let to = url(&receiver.url());
        let waited = async {
            receiver.has(1).await;
            wall.advance(TIME_LIMIT);
        };
        let body = Bytes::from_static(b"{}");
        let posted = sender.post(&to, common_headers(), body, TIME_LIMIT);
        let (answer, ()) = tokio::join!(posted, waited);
        let verdict = Err(Silence::TimedOut(TIME_LIMIT));
        assert_eq!(answer, Answer { verdict, took: TIME_LIMIT });
        assert_eq!(answer.verdict.unwrap_err().to_string(), "no answer within 5 seconds");
        let short = Silence::TimedOut(SignedDuration::from_millis(1250));
        assert_eq!(short.to_string(), "no answer within 1250 ms");
    }

    #[tokio::test]
    async fn little_of_a_long_body_is_kept_and_its_end_is_not_waited_for() {
        let text =
            format!("HTTP/1.1 500 X\r\ncontent-length: 9000000\r\n\r\n{}", "x".repeat(DRAIN));
        let receiver = Receiver::answering(move |_, _| Reply::Raw(text.clone())).await;
        let (sender, _) = sender(Reach::Anywhere);
        let said = post(&sender, &receiver.url()).await.unwrap();
        assert_eq!((said.status, said.body), (500, "x".repeat(EVIDENCE)));
    }

    #[tokio::test]
    async fn evidence_is_text_that_a_database_takes() {
        let receiver = Receiver::answering(|_, _| {
            Reply::Raw("HTTP/1.1 400 X\r\ncontent-length: 5\r\n\r\na\0b\0c".into())
        })
        .await;
        let (sender, _) = sender(Reach::Anywhere);
        let said = post(&sender, &receiver.url()).await.unwrap();
        assert_eq!(said.body, "a\u{fffd}b\u{fffd}c");
        assert_eq!(evidence(&[b'a', 0xff, b'b']), "a\u{fffd}b");
    }

    #[tokio::test]
    async fn silence_says_why() {
        let (sender, _) = sender(Reach::Anywhere);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let closed = format!("http://{}/", listener.local_addr().unwrap());
        drop(listener);
        let silence = post(&sender, &closed).await.unwrap_err();
        assert!(matches!(silence, Silence::Unreachable(_)), "{silence:?}");

        let rude = Receiver::answering(|_, _| Reply::Close).await;
        let silence = post(&sender, &rude.url()).await.unwrap_err();
        assert!(matches!(silence, Silence::Broken(_)), "{silence:?}");

        // Not TLS at all.
        let plain = Receiver::new().await;
        let silence = post(&sender, &plain.url().replace("http:", "https:")).await.unwrap_err();
        assert!(matches!(silence, Silence::Unreachable(_)), "{silence:?}");
    }

    #[tokio::test]
    async fn serve_posts_nowhere_near_itself_by_address_or_by_name() {
        let receiver = Receiver::new().await;
        let (sender, _) = sender(Reach::Public);
        let port = receiver.address.port();
        for host in ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "2130706433"] {
            let silence = post(&sender, &format!("http://{host}:{port}/")).await.unwrap_err();
            assert!(matches!(silence, Silence::Forbidden(_)), "{host}: {silence:?}");
        }
        assert_eq!(receiver.received(), []);
    }

    #[tokio::test]
    async fn a_name_that_resolves_to_a_private_address_is_refused_when_connecting() {
        // The guard on the URL lets names pass; this is the resolver alone.
        let (sender, _) = sender(Reach::Public);
        let request = sender.client.post("http://localhost:9/").send();
        let silence = silence(&request.await.unwrap_err());
        assert!(matches!(&silence, Silence::Forbidden(f) if f.host == "localhost"), "{silence:?}");
    }

    #[test]
    fn retry_after_is_seconds_or_a_date_and_nothing_else() {
        let now: Timestamp = NOW.parse().unwrap();
        let read = |text: &'static str| {
            retry_after(&HeaderMap::from_iter([(RETRY_AFTER, HeaderValue::from_static(text))]), now)
        };
        assert_eq!(read("120"), Some(SignedDuration::from_secs(120)));
        assert_eq!(read("0"), Some(SignedDuration::ZERO));
        assert_eq!(read("Sat, 31 Jan 2026 10:05:00 GMT"), Some(SignedDuration::from_mins(5)));
        assert_eq!(read("Fri, 30 Jan 2026 10:05:00 GMT"), Some(SignedDuration::ZERO), "past");
        for nonsense in ["", "soon", "-1", "1e9"] {
            assert_eq!(read(nonsense), None, "{nonsense}");
        }
        assert_eq!(retry_after(&HeaderMap::new(), now), None);
    }
}
